# What people and programs send to a lamp. The PC reads it alike: device/lamp, tried on the same vectors.
import json

PREFIXES = ("led", "light", "lamp", "turn", "switch", "灯")  # the thing's name may go before: led_on
WORDS = {
    True: ("on", "1", "true", "开", "开灯", "打开", "开启", "亮"),
    False: ("off", "0", "false", "关", "关灯", "关闭", "关掉", "灭"),
}


def clean(payload):
    # text without a byte order mark and the NULs that end C's strings, and whether there were any
    p = payload[3:] if payload[:3] == b"\xef\xbb\xbf" else payload
    t = p.strip(b" \t\r\n\v\f\0")
    return t.decode(), len(p) < len(payload) or p.count(b"\0") > t.count(b"\0")


def word(value, now):
    # True, False, or None for what is no word
    w = str(value).strip().strip("\"'").strip().lower()
    if w[1:2] == ".":
        w = w.rstrip("0").rstrip(".")  # 1.0
    for h in PREFIXES:
        if w.startswith(h):
            w = w[len(h):].lstrip("_- :=")
            break
    for on in WORDS:
        if w in WORDS[on]:
            return on
    return not now if w in ("toggle", "切换") else None


def read(text, now, colored):
    # the new state, the colour and the brightness in percent, each None where the command does not name it; ValueError where it is none
    color = level = None
    if colored:
        from lamp import paint
    if text[:1] == "{":
        m = json.loads(text)
        text = m.get("state")
        if colored and m.get("color") is not None:
            color = paint.from_json(m["color"])
        on = word(text, now)
        if on is None and (color is None or text is not None):
            raise ValueError
        return on, color, level
    parts = text.split("#")  # Bemfa's on#80 and on#80#16711680
    on = word(parts[0], now)
    if on is None:
        raise ValueError
    if colored and word(parts[0], False) and len(parts) > 1:
        level = paint.number(parts[1], 100) or None
        n = paint.number(parts[2], 0xFFFFFF) if len(parts) > 2 else None
        if n is not None:
            color = (n >> 16, n >> 8 & 255, n & 255)
    return on, color, level
