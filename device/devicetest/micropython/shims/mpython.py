import _hw, json, network, time, machine
from machine import Pin, Timer, ADC, PWM
from neopixel import NeoPixel
from time import sleep, sleep_ms, sleep_us
_s3 = json.loads(_hw.cfg())['oled'] is False
rgb = NeoPixel(Pin(8 if _s3 else 17, Pin.OUT), 3)
class _Oled:
    def __init__(self): self._t = {}; self._l = None
    def fill(self, c): self._t = {}
    def fill_rect(self, x, y, w, h, c):
        for r in list(self._t):
            if y <= r < y + h: del self._t[r]
    def DispChar(self, s, x, y, mode=1, auto_return=False): self._t[y] = self._t.get(y, '') + str(s); return ([0], 0)
    DispChar_font = DispChar
    def text(self, s, x, y, c=1): self.DispChar(s, x, y)
    def show(self):
        j = json.dumps([self._t[y] for y in sorted(self._t)])
        if j != self._l: self._l = j; _hw.event('{"t":"oled","text":%s}' % j)
    def pixel(self, *a): pass
    hline = vline = rect = line = fill_circle = circle = contrast = invert = pixel
if not _s3: oled = _Oled()   # mPython 3.0 has none, and the name is not there
class wifi:
    def __init__(self): self.sta = network.WLAN(0); self.ap = network.WLAN(1)
    def connectWiFi(self, ssid, passwd, timeout=10):
        if self.sta.isconnected(): self.sta.disconnect()
        self.sta.active(True); self.sta.connect(ssid, passwd)
        t0 = time.ticks_ms(); print('Connection WiFi', end='')
        while not self.sta.isconnected():
            if time.ticks_diff(time.ticks_ms(), t0) > timeout * 1000 or self.sta.status() in (201, 202):
                self.sta.disconnect(); raise OSError('WiFi connection timeout, please check the wifi')
            time.sleep_ms(10); print('.', end='')
        print(''); print('WiFi(%s,-48dBm) Connection Successful, Config:%s' % (ssid, str(self.sta.ifconfig())))
    def disconnectWiFi(self): self.sta.disconnect(); self.sta.active(False)
class _Btn:
    def __init__(self, p): self._p = Pin(p, Pin.IN, Pin.PULL_UP)
    def value(self): return self._p.value()
    def is_pressed(self): return not self._p.value()
    event_pressed = None; event_released = None
button_a = _Btn(0); button_b = _Btn(46 if _s3 else 2)
