# The lamp program: a lamp that is switched over MQTT, and says what it does.
# /lamplighter.json holds its settings; classroom.py joins WiFi and broker.
import gc
import os
import time
from classroom import VERSION, Classroom, jitter, subscribe
from lamp import about, command
from lamp.button import Button
from lamp.lamps import lamp
from room.say import Fault, failed, stage

LOOK_MS = 30  # how long the socket is waited on before the button is looked at
WIFI_MS = 1000  # how often WiFi is looked at
LONGEST_MS = 30000  # between two attempts


class Program:
    def __init__(self):
        self.room = Classroom(self.pause)
        self.s = s = self.room.settings
        self.topics = s["topics"]
        self.lamp = lamp(s["lamp"])
        self.button = Button(s.get("button") or {})
        self.display = None
        if "mpython" in os.uname().machine:
            from lamp.display import Display
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
        if not self.display:
            return
        joined = self.room.wifi.joined()
        ssid = self.s["wifi"]["ssid"]
        wifi = ssid if isinstance(ssid, str) else self.room.wifi.ip()
        self.display.show(wifi if joined else "", self.s["broker"]["host"] if self.client else "", self.lamp.on)

    # -- what it hears

    def heard(self, topic, payload):
        try:
            if self.client.retained:  # an old wish that the broker kept: obeying it would be a ghost's doing
                raise ValueError("retained")
            if topic == self.topics["set"].encode():
                self.command(payload.decode())
            else:
                self.paint(command.rgb(payload.decode().split(",")))
        except (ValueError, KeyError, TypeError, UnicodeError) as e:
            why = "retained" if e.args and e.args[0] == "retained" else repr(payload[:40])
            stage("ignored", detail=why)
            return
        stage("command", detail="on" if self.lamp.on else "off")

    def command(self, text):
        on, color = command.read(text, self.lamp.on, self.lamp.colored)
        if color:
            self.paint(color)
        if on is not None:
            self.set(on)

    def greet(self):
        self.say("status", "online")
        self.say("info", about.info(self.s, self.room.wifi))
        if self.topics.get("config"):
            self.say("config", about.discovery(self.topics, self.s.get("name", ""), self.lamp.colored), True)
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
                if not self.room.wifi.joined():
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
