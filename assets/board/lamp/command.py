# What people and programs send to a lamp.
import json


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


def read(text, now, colored):
    # the new state and colour, each None where the command does not name it; ValueError where it is none
    color = None
    if text.strip()[:1] == "{":
        m = json.loads(text)
        text = m.get("state")
        if colored and "color" in m:
            color = rgb([m["color"][k] for k in "rgb"])
    on = word(text, now)
    if on is None and (color is None or text is not None):
        raise ValueError
    return on, color
