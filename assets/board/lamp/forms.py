# How OneNET wraps a lamp's words. Only a board whose settings name a form has this in its memory.
# read() gives the lamp's new state and the answer (topic, payload); ValueError, KeyError or TypeError where it is no command.
import json
from lamp.command import word


class Form:
    def __init__(self, t):
        self.set, self.key, self.n = t["set"], t["key"], 0

    def command(self, value, now):
        on = word(value, now)
        if on is None:
            raise ValueError
        return on

    def next(self):
        self.n = self.n % 65535 + 1
        return self.n


class Data(Form):
    # data streams: Set is $sys/{product}/{device}/cmd/request/+, whose last level is the command's number
    def read(self, topic, text, now):
        cmd, _, n = topic.rsplit("/", 2)
        if not n or topic[:-len(n)] != self.set[:-1]:
            raise ValueError
        if text.strip()[:1] == "{":
            text = json.loads(text)[self.key]
        on = self.command(text, now)
        return on, (cmd + "/response/" + n, json.dumps({self.key: int(on)}))

    def state(self, on):
        return json.dumps({"id": self.next(), "dp": {self.key: [{"v": int(on)}]}})


class Thing(Form):
    # the thing model: Set is $sys/{product}/{device}/thing/property/set
    def read(self, topic, text, now):
        m = json.loads(text)
        on = self.command(m["params"][self.key], now)
        if topic != self.set:
            raise ValueError
        return on, (topic + "_reply", json.dumps({"id": m["id"], "code": 200, "msg": "success"}))

    def state(self, on):
        return json.dumps({"id": str(self.next()), "version": "1.0", "params": {self.key: {"value": bool(on)}}})


FORMS = {"onenet-data": Data, "onenet-thing": Thing}
