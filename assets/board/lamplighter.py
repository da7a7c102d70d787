# The lamp program: a lamp that is switched over MQTT, and says what it does.
# /lamplighter.json holds its settings; classroom.py joins WiFi and broker.
import gc
import os
import sys
import time
from classroom import VERSION, Classroom, jitter, subscribe

sys.path.insert(0, "/lib")  # a file lamp.py that somebody else put on the board is not meant
from lamp import command
from lamp.button import Button
from lamp.lamps import make_lamp
from lamp.publisher import Publisher, elapsed
from net.report import Fault, failed, stage
sys.path.pop(0)

POLL_MS = 30  # how long the socket is waited on before the button is polled
WIFI_CHECK_MS = 1000


class Program:
    def __init__(self):
        self.classroom = Classroom(self.pause)
        self.s = s = self.classroom.settings
        self.topics = s["topics"]
        self.lamp = on_pin("lamp", make_lamp, s["lamp"])
        self.display = None
        if "mpython" in os.uname().machine:
            from lamp.display import Display
            self.display = Display(s)
        self.button = on_pin("button", Button, s.get("button") or {})  # after mPython's module, which takes the button's interrupt
        self.publisher = Publisher(s, self.lamp, self.classroom.wifi)
        if self.lamp.colored and not self.publisher.form:
            from lamp import paint  # now, while there is memory to compile it

    # -- what the lamp does

    def set(self, on, answer=None):
        self.lamp.show(on)
        self.publisher.publish(answer, "state", "also")
        self.show()  # last: drawing takes an mPython longer than all the rest

    def paint(self, color):
        self.lamp.color = color
        self.lamp.show(self.lamp.on)
        self.publisher.publish("rgb")

    def poll_button(self):
        # the button works with and without a broker, and not while the teacher has it
        held = self.button.held()
        if held != self.publisher.held:
            self.publisher.held = held
            self.publisher.publish("info")
        if self.button.was_pressed() and not held:
            self.set(not self.lamp.on)

    def pause(self, ms):
        start = time.ticks_ms()
        while True:
            self.poll_button()
            left = ms - time.ticks_diff(time.ticks_ms(), start)
            if left <= 0:
                return
            time.sleep_ms(min(left, POLL_MS))

    def show(self):
        if not self.display:
            return
        joined = self.classroom.wifi.joined()
        ssid = self.s["wifi"]["ssid"]
        wifi = ssid if isinstance(ssid, str) else self.classroom.wifi.ip()
        self.display.show(wifi if joined else "", self.s["broker"]["host"] if self.publisher.client else "", self.lamp.on)

    # -- commands

    def on_message(self, topic, payload):
        v = self.publisher
        if v.prefix and payload.startswith(v.prefix.encode()):
            return  # a board's word, ours mostly, on the topic that is for commands too
        try:
            if v.client.retained:  # a retained command: nobody gave it now
                raise ValueError("retained")
            text, cut = command.clean(payload)
            if topic.decode() == self.topics.get("hold"):
                return self.button.hold(text)
            self.execute(topic.decode(), text)
        except (ValueError, KeyError, TypeError, UnicodeError) as e:
            why = "retained" if e.args and e.args[0] == "retained" else repr(payload[:40])
            stage("ignored", detail=why)
            return
        more = {"cut": True} if cut else {}
        stage("command", detail="on" if self.lamp.on else "off", **more)

    def execute(self, topic, text):
        if topic == self.topics.get("rgbset"):
            from lamp import paint
            self.paint(paint.rgb(text))
        elif self.publisher.form:
            self.set(*self.publisher.form.read(topic, text, self.lamp.on))
        elif topic == self.topics["set"]:
            on, color, level = command.read(text, self.lamp.on, self.lamp.colored)
            if level:
                from lamp import paint
                color = paint.at_brightness(color or self.lamp.color, level)
            if color:
                self.paint(color)
            if on is not None:
                self.set(on)
        else:
            raise ValueError

    # -- from attempt to attempt

    def prepare(self, client):
        client.set_callback(self.on_message)
        will = self.publisher.will()
        if will:
            client.set_last_will(*will)

    def serve(self):
        # connects and works until something is lost; False when it never got so far
        client = self.classroom.attempt(prepare=self.prepare)
        try:
            self.publisher.attach(client)
            wanted = [self.topics["set"]]
            if self.lamp.colored and self.topics.get("rgbset"):
                wanted.append(self.topics["rgbset"])
            if self.topics.get("hold"):
                wanted.append(self.topics["hold"])
            subscribe(client, *wanted)
            stage("subscribed")
            self.subscribed_at = time.ticks_ms()
            self.publisher.publish("status", "info", "config", "state", "also", "rgb")
            self.show()
            self.loop(client)
        finally:
            self.publisher.client = None
            self.button.hold("0")  # nobody could give it back
            client.close()

    def loop(self, client):
        checked, skipped, dropped = time.ticks_ms(), 0, self.publisher.dropped
        while True:
            client.service(POLL_MS)
            self.poll_button()
            self.publisher.flush()
            if client.skipped != skipped:
                skipped = client.skipped
                stage("ignored", detail="too long")
            if self.publisher.dropped != dropped:
                dropped = self.publisher.dropped
                stage("ignored", detail="too many")
            if time.ticks_diff(time.ticks_ms(), checked) > WIFI_CHECK_MS:
                checked = time.ticks_ms()
                if not self.classroom.wifi.joined():
                    raise Fault("lost", "no-network")

    def report_error(self, e):
        # prints what went wrong; a failed stage has its own name, everything later is "lost"
        if isinstance(e, Fault):
            self.publisher.lost = e.args[1]
            failed(e)
        elif isinstance(e, OSError):
            self.publisher.lost = "timeout" if e.args and e.args[0] in (110, 116) else "closed"
            stage("lost", bad=True, why=self.publisher.lost)
        else:
            self.publisher.lost = "other"
            stage("lost", bad=True, why="other", detail=type(e).__name__)

    def guarded(self, work):
        try:
            work()
        except Exception as e:  # whatever it is, a lamp comes back; Ctrl-C is none of these
            self.report_error(e)

    def recover(self):
        self.show()
        self.classroom.find_broker()

    def run(self):
        delay = 1000
        while True:
            self.subscribed_at = None
            self.guarded(self.serve)
            gc.collect()
            self.guarded(self.recover)
            longest = self.classroom.longest
            if self.subscribed_at is not None and elapsed(self.subscribed_at, longest):
                delay = 1000  # else it is thrown out again and again
            self.guarded(lambda: self.pause(jitter(delay)))
            delay = min(2 * delay, longest)


def on_pin(name, make, settings):
    try:
        return make(settings)
    except (ValueError, TypeError):  # this board has no such pin, or not for this
        raise Fault("start", "pin", detail=name)


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
