# Publishes what the lamp is, by the rules of the platform that the settings name.
import time
from lamp import about

MAX_ANSWERS = 8  # how many answers may wait for the minimum interval


class Publisher:
    def __init__(self, settings, lamp, wifi):
        self.s, self.lamp, self.wifi = settings, lamp, wifi
        self.t = t = settings["topics"]
        self.prefix = t.get("prefix", "")
        self.retain = t.get("retain", False)
        self.form = None
        if t.get("form"):
            from lamp import forms
            self.form = forms.FORMS[t["form"]](t)
        # where the state has the status' topic, offline is published there, and the state means online
        self.shared = t.get("status") and t["status"] == t.get("state")
        self.client = None
        self.waiting = []  # what is published when the minimum interval is over: names, and (topic, payload) of answers
        self.dropped = 0  # answers that found no room
        self.sent = self.state_sent = time.ticks_ms()  # when anything was published, and when the state was
        self.held, self.lost = False, ""  # what info tells of the button, and of the last loss

    def attach(self, client):
        self.client = client
        self.waiting = []

    def will(self):
        # topic, payload and retain of the last will; None where there is none, for no form has a word for it
        if not self.shared:
            return self.t.get("status") and (self.t["status"], "offline", self.retain)
        if not self.form:
            return self._topic("state"), self.prefix + "offline", self.retain

    def publish(self, *what):
        # at once, or when the minimum interval is over, in the words of that moment
        for w in what:
            if isinstance(w, tuple) and len(self.waiting) >= MAX_ANSWERS:
                self.dropped += 1
            elif w and w not in self.waiting:
                self.waiting.append(w)
        self.flush()

    def flush(self):
        # publishes what waits, and the state again when its time has come
        beat = self.t.get("beat")
        if beat and elapsed(self.state_sent, beat * 1000):
            self.state_sent = time.ticks_ms()
            self.publish("state")
        while self.waiting and self.client and self.client.sock and elapsed(self.sent, self.t.get("gap", 0)):
            w = self.waiting.pop(0)
            topic, payload = w if isinstance(w, tuple) else (self._topic(w), None)
            if topic:
                self.client.publish(topic, payload or self._payload(w), self.retain)
                self.sent = time.ticks_ms()
                if w == "state":
                    self.state_sent = self.sent

    def _topic(self, what):
        if what == "state" and self.t.get("stateto"):
            return self.t["stateto"]
        if not (what == "status" and self.shared or what == "rgb" and not self.lamp.colored):
            return self.t.get(what)

    def _payload(self, what):
        if what == "info":
            return about.info(self.s, self.wifi, self.held, self.lost)
        if what == "config":
            return about.discovery(self.t, self.s.get("name", ""), self.lamp.colored)
        if what == "status":
            return "online"
        if what == "rgb":
            return self.prefix + "%d,%d,%d" % tuple(self.lamp.color)
        if what == "state" and self.form:
            return self.form.state(self.lamp.on)
        return (self.prefix if what == "state" else "") + ("on" if self.lamp.on else "off")


def elapsed(since, ms):
    # a difference below 0: the clock of ticks went round meanwhile, after days
    return not 0 <= time.ticks_diff(time.ticks_ms(), since) < ms
