# The lamp program: a lamp that is switched over MQTT, and says what it does.
# /lamplighter.json holds its settings; classroom.py joins WiFi and broker.
import gc
import json
import os
import time
from classroom import VERSION, Classroom, Fault, MQTTException, failed, jitter, my_id, stage, subscribe
from machine import Pin

LOOK_MS = 30  # how long the socket is waited on before the button is looked at
WIFI_MS = 1000  # how often WiFi is looked at
BOUNCE_MS = 50  # a contact's bouncing is over by then
LONGEST_MS = 30000  # between two attempts


def pin(name):
    return int(name) if name.isdigit() else name


class PinLamp:
    colored = False

    def __init__(self, c):
        self.low = bool(c.get("low"))
        self.on = False
        self.pin = Pin(pin(c["pin"]), Pin.OUT, value=int(self.low))

    def show(self, on):
        self.on = on
        self.pin.value(int(on != self.low))


class PixelLamp:
    colored = True

    def __init__(self, c):
        from neopixel import NeoPixel
        self.np = NeoPixel(Pin(pin(c["pin"]), Pin.OUT), c.get("count") or 1)
        self.level = c.get("level") or 100
        self.color = tuple(c.get("color") or (255, 255, 255))
        if not any(self.color):
            self.color = (255, 255, 255)
        self.show(False)

    def show(self, on):
        self.on = on
        lit = tuple((v * self.level + 99) // 100 if on else 0 for v in self.color)
        for i in range(self.np.n):
            self.np[i] = lit
        self.np.write()


class Button:
    # An interrupt remembers a press during a wait that can't look, as a connection that is being opened.
    def __init__(self, c):
        self.pressed = bool(c.get("high"))
        self.down = self.latch = False
        self.since = time.ticks_ms()
        self.pin = None
        if c.get("pin"):
            self.pin = Pin(pin(c["pin"]), Pin.IN, Pin.PULL_DOWN if self.pressed else Pin.PULL_UP)
            try:
                self.pin.irq(self._interrupt, Pin.IRQ_RISING if self.pressed else Pin.IRQ_FALLING)
            except (AttributeError, OSError, ValueError, TypeError):
                pass

    def _rested(self):
        return not self.down and time.ticks_diff(time.ticks_ms(), self.since) > BOUNCE_MS

    def _interrupt(self, p):
        if self._rested():
            self.latch = True

    def hit(self):
        # True once for each press
        if not self.pin:
            return False
        level = self.pin.value() == self.pressed
        if self.latch or level and self._rested():
            self.latch, self.down, self.since = False, True, time.ticks_ms()
            return True
        if self.down and not level:
            self.down, self.since = False, time.ticks_ms()
        return False


class Display:
    WORDS = {
        "en": ("WiFi: ", "Broker: ", "Lamp: ", "on", "off", "..."),
        "zh": ("网络: ", "服务器: ", "灯: ", "开", "关", "..."),
    }

    def __init__(self, c):
        self.oled = None
        if "mpython" in os.uname().machine:
            try:
                import mpython
                self.oled = getattr(mpython, "oled", None)
            except (ImportError, OSError):
                pass
        self.words = self.WORDS.get(c.get("lang"), self.WORDS["en"])
        self.name = c.get("name", "")
        self.shown = None

    def show(self, wifi, broker, on):
        w = self.words
        lines = (self.name, w[0] + (wifi or w[5]), w[1] + (broker or w[5]), w[2] + (w[3] if on else w[4]))
        if not self.oled or lines == self.shown:
            return
        self.shown = lines
        try:
            self.oled.fill(0)
            for i, text in enumerate(lines):
                self.oled.DispChar(text, 0, 16 * i)
            self.oled.show()
        except OSError:
            self.oled = None


def word(payload, now):
    # on, off, toggle, 1, 0, true, false, whatever their case: True, False, or None for anything else
    w = str(payload).strip().lower()
    if w in ("on", "1", "true"):
        return True
    if w in ("off", "0", "false"):
        return False
    return not now if w == "toggle" else None


def rgb(parts):
    color = tuple(int(p) for p in parts)
    if len(color) != 3 or not all(0 <= v <= 255 for v in color):
        raise ValueError
    return color


class Program:
    def __init__(self):
        self.room = Classroom(self.pause)
        self.s = s = self.room.settings
        self.topics = s["topics"]
        self.lamp = (PixelLamp if s["lamp"]["kind"] == "neopixel" else PinLamp)(s["lamp"])
        self.button = Button(s.get("button") or {})
        self.display = Display(s)
        self.client = None

    # -- what the lamp does

    def set(self, on):
        self.lamp.show(on)
        self.show()
        self.say("state", "on" if on else "off")

    def paint(self, color):
        self.lamp.color = color
        self.lamp.show(self.lamp.on)
        self.say("rgb", "%d,%d,%d" % color)

    def say(self, what, payload, retain=None):
        topic = self.topics.get(what)
        if topic and self.client and self.client.sock:
            self.client.publish(topic, payload, self.topics.get("retain", False) if retain is None else retain)

    def look(self):
        # the button works with and without a broker
        if self.button.hit():
            self.set(not self.lamp.on)

    def pause(self, ms):
        start = time.ticks_ms()
        while True:
            self.look()
            left = ms - time.ticks_diff(time.ticks_ms(), start)
            if left <= 0:
                return
            time.sleep_ms(min(left, LOOK_MS))

    def show(self):
        joined = self.room.joined()
        ssid = self.s["wifi"]["ssid"]
        wifi = ssid if isinstance(ssid, str) else self.room.ip()
        self.display.show(wifi if joined else "", self.s["broker"]["host"] if self.client else "", self.lamp.on)

    # -- what it hears

    def heard(self, topic, payload):
        try:
            if self.client.retained:  # an old wish that the broker kept: obeying it would be a ghost's doing
                raise ValueError("retained")
            if topic == self.topics["set"].encode():
                self.command(payload.decode())
            else:
                self.paint(rgb(payload.decode().split(",")))
        except (ValueError, KeyError, TypeError, UnicodeError) as e:
            why = "retained" if e.args and e.args[0] == "retained" else repr(payload[:40])
            stage("ignored", detail=why)
            return
        stage("command", detail="on" if self.lamp.on else "off")

    def command(self, text):
        color = None
        if text.strip()[:1] == "{":
            m = json.loads(text)
            text = m.get("state")
            if self.lamp.colored and "color" in m:
                color = rgb([m["color"][k] for k in "rgb"])
        on = word(text, self.lamp.on)
        if on is None and (color is None or text is not None):
            raise ValueError
        if color:
            self.paint(color)
        if on is not None:
            self.set(on)

    # -- what it says of itself

    def info(self):
        u = os.uname()
        return json.dumps({
            "id": my_id(), "board": u.machine, "firmware": "MicroPython " + u.release, "program": VERSION, "ip": self.room.ip(),
            "rssi": self.room.rssi, "name": self.s.get("name", ""), "lamp": self.s["lamp"]["kind"]})

    def discovery(self):
        # docs: home-assistant.io, MQTT light, default schema
        t, me = self.topics, "lamplighter_" + my_id()
        d = {
            "name": None, "uniq_id": me, "cmd_t": t["set"], "stat_t": t.get("state"), "pl_on": "on", "pl_off": "off",
            "dev": {"ids": [me], "name": self.s.get("name", ""), "mdl": os.uname().machine, "sw": VERSION},
            "o": {"name": "Lamplighter", "sw": VERSION}}
        if t.get("status"):
            d["avty_t"] = t["status"]
        if self.lamp.colored and t.get("rgbset"):
            d["rgb_cmd_t"], d["rgb_stat_t"] = t["rgbset"], t.get("rgb")
        return json.dumps(d)

    def greet(self):
        self.say("status", "online")
        self.say("info", self.info())
        if self.topics.get("config"):
            self.say("config", self.discovery(), True)
        self.say("state", "on" if self.lamp.on else "off")
        if self.lamp.colored:
            self.say("rgb", "%d,%d,%d" % tuple(self.lamp.color))

    # -- from attempt to attempt

    def prepare(self, client):
        client.set_callback(self.heard)
        if self.topics.get("status"):
            client.set_last_will(self.topics["status"], "offline", self.topics.get("retain", False))

    def serve(self):
        # connects and works until something is lost; False when it never got so far
        client = self.room.attempt(prepare=self.prepare)
        try:
            self.client = client
            wanted = [self.topics["set"]]
            if self.lamp.colored and self.topics.get("rgbset"):
                wanted.append(self.topics["rgbset"])
            subscribe(client, *wanted)
            stage("subscribed")
            self.up = True
            self.greet()
            self.show()
            self.work(client)
        finally:
            self.client = None
            client.close()

    def work(self, client):
        looked, skipped = time.ticks_ms(), 0
        while True:
            client.service(LOOK_MS)
            self.look()
            if client.skipped != skipped:
                skipped = client.skipped
                stage("ignored", detail="too long")
            if time.ticks_diff(time.ticks_ms(), looked) > WIFI_MS:
                looked = time.ticks_ms()
                if not self.room.joined():
                    raise Fault("lost", "no-network")

    def lost(self, e):
        # prints what went wrong; a failed stage has its own name, everything later is "lost"
        if isinstance(e, Fault):
            failed(e)
        elif isinstance(e, OSError):
            timeout = e.args and e.args[0] in (110, 116)
            stage("lost", bad=True, why="timeout" if timeout else "closed")
        else:
            stage("lost", bad=True, why="other", detail=type(e).__name__)

    def guarded(self, work):
        try:
            work()
        except Exception as e:  # whatever it is, a lamp comes back; Ctrl-C is none of these
            self.lost(e)

    def recover(self):
        self.show()
        self.room.look_for_broker()

    def run(self):
        rest = 1000
        while True:
            self.up = False
            self.guarded(self.serve)
            gc.collect()
            self.guarded(self.recover)
            if self.up:
                rest = 1000
            self.guarded(lambda: self.pause(jitter(rest)))
            rest = min(2 * rest, LONGEST_MS)


def run():
    stage("start", v=VERSION)
    try:
        program = Program()
    except (Fault, ImportError, ValueError, KeyError, TypeError) as e:
        if isinstance(e, Fault):
            failed(e)
        else:
            stage("start", bad=True, why="other", detail=type(e).__name__)
        return
    program.run()
