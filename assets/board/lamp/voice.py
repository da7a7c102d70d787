# What the lamp says over MQTT, by the rules of the platform that the settings name.
import time
from lamp import about

ANSWERS = 8  # how many answers may wait for the gap


class Voice:
    def __init__(self, settings, lamp, wifi):
        self.s, self.lamp, self.wifi = settings, lamp, wifi
        self.t = t = settings["topics"]
        self.prefix = t.get("prefix", "")
        self.retain = t.get("retain", False)
        self.gap = t.get("gap", 0)  # ms
        self.beat = t.get("beat", 0) * 1000
        self.form = None
        if t.get("form"):
            from lamp import forms
            self.form = forms.FORMS[t["form"]](t)
        self.shared = bool(t.get("status")) and t["status"] == t.get("state")  # offline is said where the state is
        self.client = None
        self.waiting = []  # what is said when the gap is over: names, and (topic, payload) of answers
        self.dropped = 0  # answers that had no room
        self.said = self.told = time.ticks_ms()  # when anything was said, and when the state was

    def open(self, client):
        self.client = client
        self.waiting.clear()

    def will(self):
        # topic, payload and retain of the last will, or None
        if self.shared and not self.form:
            return self._topic("state"), self.prefix + "offline", self.retain
        if self.t.get("status") and not self.shared:
            return self.t["status"], "offline", self.retain

    def greet(self):
        self.say("status", "info", "config", "state", "also", "rgb")

    def say(self, *what):
        # at once, or when the gap is over; the words are those of that moment
        for w in what:
            if isinstance(w, tuple) and sum(isinstance(x, tuple) for x in self.waiting) >= ANSWERS:
                self.dropped += 1
            elif w and w not in self.waiting:
                self.waiting.append(w)
        self.work()

    def work(self):
        # says what waits, and the state again when its time has come
        if not self.client or not self.client.sock:
            return
        if self.beat and self._over(self.told, self.beat):
            self.told = time.ticks_ms()
            if "state" not in self.waiting:
                self.waiting.append("state")
        while self.waiting and self._over(self.said, self.gap):
            w = self.waiting.pop(0)
            topic, payload = w if isinstance(w, tuple) else (self._topic(w), None)
            if topic:
                self.client.publish(topic, payload or self._words(w), self.retain)
                self.said = time.ticks_ms()
                if w == "state":
                    self.told = self.said

    def _over(self, since, ms):
        # a difference below 0: the clock of ticks went round meanwhile, after days
        return not 0 <= time.ticks_diff(time.ticks_ms(), since) < ms

    def _topic(self, what):
        if what == "state":
            return self.t.get("stateto") or self.t.get("state")
        if what == "status" and self.shared or what == "rgb" and not self.lamp.colored:
            return None
        return self.t.get(what)

    def _words(self, what):
        if what == "info":
            return about.info(self.s, self.wifi)
        if what == "config":
            return about.discovery(self.t, self.s.get("name", ""), self.lamp.colored)
        if what == "status":
            return "online"
        if what == "rgb":
            return self.prefix + "%d,%d,%d" % tuple(self.lamp.color)
        if what == "state" and self.form:
            return self.form.state(self.lamp.on)
        return (self.prefix if what == "state" else "") + ("on" if self.lamp.on else "off")
