# The colours that people and programs send to a lamp that has any. The PC reads them alike: device/lamp.
import binascii
import json


def channel(v, most=255):
    if isinstance(v, str) and v.strip().isdigit():
        v = int(v)
    if type(v) not in (int, float) or not 0 <= v <= most:
        raise ValueError
    return int(v)


def from_parts(parts):
    color = tuple(channel(p) for p in parts)
    if len(color) != 3:
        raise ValueError
    return color


def from_hue(h, s):
    # the brightest colour of a hue in degrees and a saturation in percent
    h, s = channel(h, 360), channel(s, 100)
    ks = [(n + h) % 360 for n in (300, 180, 60)]
    return tuple(255 - (255 * s * max(0, min(k, 240 - k, 60)) + 3000) // 6000 for k in ks)


def rgb(text):
    # r,g,b, rgb(r,g,b), #ff0000, #f00 or JSON; ValueError for anything else
    t = text.strip()
    if t[:1] == "#":
        return from_parts(binascii.unhexlify(t[1:] if len(t) != 4 else "".join(c + c for c in t[1:])))
    if t[:1] in ("{", "["):
        color = from_json(json.loads(t))
        if not color:
            raise ValueError
        return color
    if t[:4].lower() == "rgb(" and t[-1:] == ")":
        t = t[4:-1]
    return from_parts(t.split(","))


def from_json(c):
    # a command's colour; None for a form that is not known; ValueError, KeyError or TypeError for values that no colour has
    if isinstance(c, str):
        try:
            return rgb(c)
        except (ValueError, KeyError, TypeError):
            return None
    if isinstance(c, dict):
        if "r" in c:
            return from_parts([c[k] for k in "rgb"])
        return from_hue(c["h"], c["s"]) if "h" in c else None
    return from_parts(c)


def at_brightness(color, percent):
    # the same colour with another brightness
    top = max(color)
    if not top:
        color, top = (255, 255, 255), 255
    want = max(1, (min(max(percent, 1), 100) * 255 + 50) // 100)
    return tuple((v * want + top // 2) // top for v in color)


def number(text, most):
    try:
        return channel(text, most)
    except ValueError:
        return None
