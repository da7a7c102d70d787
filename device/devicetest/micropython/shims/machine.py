import _hw, json
PWRON_RESET = 1; HARD_RESET = 2; WDT_RESET = 3; DEEPSLEEP_RESET = 4; SOFT_RESET = 5
_c = json.loads(_hw.cfg())
def unique_id():
    from binascii import unhexlify
    return unhexlify(_c['uid'])
def reset(): _hw.reset()
def soft_reset(): raise SystemExit
def reset_cause(): return PWRON_RESET if _hw.hard() else SOFT_RESET
def freq(f=None): return 240000000
def idle(): _hw.sleep(1)
def lightsleep(ms=0): _hw.sleep(ms)
def deepsleep(ms=0): _hw.sleep(ms); _hw.reset()
def disable_irq(): return 0
def enable_irq(s): pass
_pins = {}; _irqs = {}
def _watch(_id):   # a pin's level comes from the test: look every 2 ms, while a program wants to know
    for p in list(_irqs):
        v = p.value()
        if v != p._seen:
            p._seen = v
            if p._trigger & (1 if v else 2): _irqs[p](p)
class Pin:
    IN = 1; OUT = 3; OPEN_DRAIN = 7; PULL_UP = 2; PULL_DOWN = 1; IRQ_RISING = 1; IRQ_FALLING = 2
    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        if isinstance(id, str) and id != 'LED' or id == 'LED' and _c['platform'] != 'rp2': raise ValueError('invalid pin')
        if id == 16 and pull != -1 and _c['platform'] == 'esp8266': raise ValueError("Pin(16) doesn't support pull")
        self.id = id; self.init(mode, pull, value=value)
    def init(self, mode=-1, pull=-1, *, value=None):
        self.mode = mode; self.pull = pull
        if value is not None: self.value(value)
    def value(self, v=None):
        if v is None:
            p = _hw.pin(str(self.id))
            return p if p >= 0 else _pins.get(self.id, 1 if self.pull == 2 else 0)
        v = 1 if v else 0
        if _pins.get(self.id) != v: _pins[self.id] = v; _hw.event('{"t":"pin","pin":"%s","v":%d}' % (self.id, v))
    def __call__(self, *a): return self.value(*a)
    def on(self): self.value(1)
    def off(self): self.value(0)
    def toggle(self): self.value(1 - self.value())
    def irq(self, handler=None, trigger=3, **k):
        if not _irqs: _hw.timer_set(2, True, _watch)
        self._seen = self.value(); self._trigger = trigger
        if handler: _irqs[self] = handler
        else: _irqs.pop(self, None)
    def __repr__(self): return 'Pin(%s)' % self.id
Signal = Pin
class Timer:
    ONE_SHOT = 0; PERIODIC = 1
    def __init__(self, id=-1, **k):
        self._h = 0
        if k: self.init(**k)
    def init(self, *, mode=1, period=-1, freq=-1, callback=None, hard=False):
        self.deinit()
        if freq > 0: period = 1000 / freq
        self._cb = callback
        self._h = _hw.timer_set(period, mode == 1, lambda _id: callback and callback(self))
    def deinit(self):
        if self._h: _hw.timer_del(self._h); self._h = 0
_dog = [5000, 0]   # there is one, and a second WDT sets its time
class WDT:
    def __init__(self, id=0, timeout=5000): _dog[0] = timeout; self.feed()
    def feed(self):
        if _dog[1]: _hw.timer_del(_dog[1])
        _dog[1] = _hw.timer_set(_dog[0], False, lambda _i: _hw.reset())
class ADC:
    ATTN_0DB = 0; ATTN_11DB = 3
    def __init__(self, pin): self.p = pin
    def atten(self, a): pass
    def read(self): return self.p.value()
    def read_u16(self): return self.p.value()
class PWM:
    def __init__(self, pin, freq=0, duty=0, duty_u16=0): self._d = duty
    def freq(self, f=None): return 1000
    def duty(self, d=None): self._d = d if d is not None else self._d; return self._d
    def duty_u16(self, d=None): return 0
    def deinit(self): pass
class I2C:
    def __init__(self, *a, **k): pass
    def scan(self): return []
SoftI2C = I2C
class RTC:
    def datetime(self, d=None): return (2025, 1, 1, 2, 0, 0, 0, 0)
