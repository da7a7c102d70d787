# What the board says of itself.
import json
import os
from classroom import VERSION, my_id


def info(settings, wifi, held, lost):
    # held: the button is the teacher's now; lost: why the board was away last
    u = os.uname()
    return json.dumps({
        "id": my_id(), "board": u.machine, "firmware": "MicroPython " + u.release, "program": VERSION, "ip": wifi.ip(),
        "rssi": wifi.rssi, "name": settings.get("name", ""), "lamp": settings["lamp"]["kind"], "held": held, "lost": lost})


def discovery(t, name, colored):
    # docs: home-assistant.io, MQTT light, default schema
    me = "lamplighter_" + my_id()
    d = {
        "name": None, "uniq_id": me, "cmd_t": t.get("setto") or t["set"], "stat_t": t.get("state"), "pl_on": "on", "pl_off": "off",
        "dev": {"ids": [me], "name": name, "mdl": os.uname().machine, "sw": VERSION},
        "o": {"name": "Lamplighter", "sw": VERSION}}
    if t.get("status") and t["status"] != t.get("state"):
        d["avty_t"] = t["status"]
    if colored and t.get("rgbset"):
        d["rgb_cmd_t"], d["rgb_stat_t"] = t["rgbset"], t.get("rgb")
    return json.dumps(d)
