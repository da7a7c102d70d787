#!/usr/bin/env python3
"""Draws assets/icons/*.svg. Run it in the repository's root: python3 tools/icons.py

Every icon lives on a 24-unit grid, with strokes 2 units wide and round ends.
The toolkit recolours fills only, so strokes are written as filled outlines:
one path an icon, all parts turning the same way, holes the other way.
"""
import math
import pathlib

H = 1.0  # half a stroke


def n(v):
    s = f"{v:.2f}".rstrip("0").rstrip(".")
    return "0" if s == "-0" else s


def pt(x, y):
    return f"{n(x)} {n(y)}"


def line(*pts, h=H):
    """A stroke through points."""
    out = []
    for (x1, y1), (x2, y2) in zip(pts, pts[1:]):
        d = math.hypot(x2 - x1, y2 - y1)
        ux, uy = (x2 - x1) / d * h, (y2 - y1) / d * h
        out.append(f"M{pt(x1 + uy, y1 - ux)}L{pt(x2 + uy, y2 - ux)}A{n(h)} {n(h)} 0 0 1 {pt(x2 - uy, y2 + ux)}"
                   f"L{pt(x1 - uy, y1 + ux)}A{n(h)} {n(h)} 0 0 1 {pt(x1 + uy, y1 - ux)}Z")
    return "".join(out)


def dot(x, y, r, sweep=1):
    """A filled circle; with sweep 0 a hole."""
    return (f"M{pt(x - r, y)}A{n(r)} {n(r)} 0 0 {sweep} {pt(x + r, y)}"
            f"A{n(r)} {n(r)} 0 0 {sweep} {pt(x - r, y)}Z")


def ring(x, y, r, h=H):
    return dot(x, y, r + h) + dot(x, y, r - h, 0)


def arc(x, y, r, a, b, h=H):
    """A stroke along a circle from angle a to b, in degrees, clockwise from the right."""
    big = 1 if b - a > 180 else 0
    ca, sa = math.cos(math.radians(a)), math.sin(math.radians(a))
    cb, sb = math.cos(math.radians(b)), math.sin(math.radians(b))
    o, i = r + h, r - h
    return (f"M{pt(x + o * ca, y + o * sa)}A{n(o)} {n(o)} 0 {big} 1 {pt(x + o * cb, y + o * sb)}"
            f"A{n(h)} {n(h)} 0 0 1 {pt(x + i * cb, y + i * sb)}"
            f"A{n(i)} {n(i)} 0 {big} 0 {pt(x + i * ca, y + i * sa)}A{n(h)} {n(h)} 0 0 1 {pt(x + o * ca, y + o * sa)}Z")


def box(x, y, w, h, r=1.0):
    """A filled rectangle with round corners."""
    a = f"A{n(r)} {n(r)} 0 0 1 "
    return (f"M{pt(x + r, y)}L{pt(x + w - r, y)}{a}{pt(x + w, y + r)}L{pt(x + w, y + h - r)}{a}{pt(x + w - r, y + h)}"
            f"L{pt(x + r, y + h)}{a}{pt(x, y + h - r)}L{pt(x, y + r)}{a}{pt(x + r, y)}Z")


def hole(x, y, w, h, r=1.0):
    a = f"A{n(r)} {n(r)} 0 0 0 "
    return (f"M{pt(x + r, y)}{a}{pt(x, y + r)}L{pt(x, y + h - r)}{a}{pt(x + r, y + h)}L{pt(x + w - r, y + h)}"
            f"{a}{pt(x + w, y + h - r)}L{pt(x + w, y + r)}{a}{pt(x + w - r, y)}Z")


def frame(x, y, w, h, r=2.0):
    """The outline of a rectangle, its middle line at x, y, w, h."""
    return box(x - H, y - H, w + 2 * H, h + 2 * H, r + H) + hole(x + H, y + H, w - 2 * H, h - 2 * H, max(r - H, 0.2))


def shape(*pts):
    """A filled polygon, given clockwise."""
    return "M" + "L".join(pt(x, y) for x, y in pts) + "Z"


def ends(x, y, r, a):
    return x + r * math.cos(math.radians(a)), y + r * math.sin(math.radians(a))


def star(r1, r2, x=12, y=12.6):
    return [ends(x, y, r1 if i % 2 == 0 else r2, -90 + 36 * i) for i in range(10)]


def closed(pts):
    return line(*pts, pts[0])


BULB = arc(12, 9.5, 6.2, 125, 415) + line((8.45, 14.55), (9.2, 17), (14.8, 17), (15.55, 14.55)) + line((10.2, 21), (13.8, 21))
CHIP = frame(6.5, 6.5, 11, 11) + "".join(line((p, 2.5), (p, 5)) + line((p, 19), (p, 21.5)) + line((2.5, p), (5, p)) + line((19, p), (21.5, p)) for p in (9.5, 14.5))
EYE = "M1.5 12C4 7 8 5 12 5C16 5 20 7 22.5 12C20 17 16 19 12 19C8 19 4 17 1.5 12Z" \
      "M3.8 12C6 15.6 8.8 17 12 17C15.2 17 18 15.6 20.2 12C18 8.4 15.2 7 12 7C8.8 7 6 8.4 3.8 12Z" + dot(12, 12, 3)
TRIANGLE = closed([(12, 4), (21, 19.5), (3, 19.5)])
LOCK = frame(5.5, 11, 13, 9) + dot(12, 15.5, 1.5)


def bars(lit):
    return "".join(box(3 + 5 * i, 17 - 4 * i, 3, 4 + 4 * i, 1) if i < lit
                   else box(3 + 5 * i, 19, 3, 2, 1) for i in range(4))


ICONS = {
    "lamp": BULB,
    "lamp-on": BULB + dot(12, 9.5, 3),
    "setup": line((9, 2.5), (9, 7)) + line((15, 2.5), (15, 7)) + frame(6, 7, 12, 7, 3) + line((12, 15), (12, 18), (7, 21)) + dot(7, 21, 1.6),
    "topics": frame(3.5, 3.5, 6, 5) + line((6.5, 9.5), (6.5, 18), (12, 18)) + line((6.5, 12), (12, 12)) + frame(14, 10, 6.5, 4, 1.5) + frame(14, 16.2, 6.5, 4, 1.5),
    "settings": line((3, 7), (10, 7)) + ring(13, 7, 2.5) + line((16, 7), (21, 7)) + line((3, 17), (5.5, 17)) + ring(8.5, 17, 2.5) + line((11.5, 17), (21, 17)),
    "board": CHIP,
    "usb": line((12, 3), (12, 19)) + shape((12, 1), (15, 5.5), (9, 5.5)) + dot(12, 20, 2.4) + line((12, 15.5), (7, 13), (7, 10)) + dot(7, 9.5, 1.9) + line((12, 13), (17, 10.5), (17, 8)) + box(15.2, 5, 3.6, 3.6, 0.5),
    "wifi": dot(12, 18.5, 1.8) + arc(12, 18.5, 5, 225, 315) + arc(12, 18.5, 9.3, 225, 315) + arc(12, 18.5, 13.6, 225, 315),
    "lock": LOCK + arc(12, 8.5, 4, 180, 360) + line((8, 8.5), (8, 11)) + line((16, 8.5), (16, 11)),
    "unlock": LOCK + arc(12, 7.5, 4, 180, 340) + line((8, 7.5), (8, 11)),
    "signal-0": bars(0), "signal-1": bars(1), "signal-2": bars(2), "signal-3": bars(3), "signal-4": bars(4),
    "check": line((4.5, 12.5), (9.5, 17.5), (19.5, 6.5)),
    "cross": line((6, 6), (18, 18)) + line((18, 6), (6, 18)),
    "warning": TRIANGLE + line((12, 9.5), (12, 13.5)) + dot(12, 16.7, 1.2),
    "info": ring(12, 12, 9) + line((12, 11.5), (12, 16.5)) + dot(12, 7.8, 1.2),
    "learn": line((12, 5), (22, 9.5), (12, 14), (2, 9.5), (12, 5)) + line((6, 12), (6, 16)) + line((18, 12), (18, 16)) + arc(12, 13, 6.7, 27, 153) + line((22, 10), (22, 15)),
    "help": ring(12, 12, 9) + arc(12, 9.8, 2.7, 180, 390) + line((14.3, 11.2), (12, 13.2), (12, 13.8)) + dot(12, 17, 1.2),
    "star": closed(star(9.2, 3.9)),
    "star-full": shape(*star(10.4, 4.6)) + closed(star(9.4, 4.0)),
    "pause": box(6, 5, 4, 14, 1.2) + box(14, 5, 4, 14, 1.2),
    "play": shape((7.5, 5), (19, 12), (7.5, 19)) + closed([(7.5, 5.5), (18.5, 12), (7.5, 18.5)]),
    "record": dot(12, 12, 6.5),
    "stop": box(6, 6, 12, 12, 2),
    "plus": line((12, 5), (12, 19)) + line((5, 12), (19, 12)),
    "minus": line((5, 12), (19, 12)),
    "edit": closed([(4.5, 19.5), (5.5, 15), (15.5, 5), (19, 8.5), (9, 18.5)]) + line((13, 7.5), (16.5, 11)),
    "trash": line((4, 6.5), (20, 6.5)) + line((9, 3.5), (15, 3.5)) + line((6, 6.5), (7, 20.5), (17, 20.5), (18, 6.5)) + line((10.2, 11), (10.2, 16)) + line((13.8, 11), (13.8, 16)),
    "copy": frame(8.5, 8.5, 11, 11) + line((5.5, 15.5), (4.5, 15.5), (4.5, 4.5), (15.5, 4.5), (15.5, 5.5)),
    "eye": EYE,
    "eye-off": EYE + line((4, 20), (20, 4)),
    "search": ring(10.5, 10.5, 6.5) + line((15.5, 15.5), (20.5, 20.5)),
    "send": closed([(21, 3.5), (14.5, 20.5), (10.5, 13.5), (3.5, 9.5)]) + line((10.5, 13.5), (15, 9)),
    "dot": ring(12, 12, 7.5), "dot-on": ring(12, 12, 7.5) + dot(12, 12, 4),
    "chart": line((4, 3.5), (4, 20), (20.5, 20)) + line((7.5, 15.5), (11, 10.5), (14.5, 13), (20, 6)),
    "save": line((12, 3.5), (12, 14.5)) + line((7, 10), (12, 15), (17, 10)) + line((4, 15.5), (4, 20), (20, 20), (20, 15.5)),
    "open": line((12, 15), (12, 4)) + line((7, 8.5), (12, 3.5), (17, 8.5)) + line((4, 15.5), (4, 20), (20, 20), (20, 15.5)),
    "folder": closed([(3, 19), (3, 5), (9.5, 5), (11.5, 7.5), (21, 7.5), (21, 19)]),
    "more": dot(5, 12, 1.8) + dot(12, 12, 1.8) + dot(19, 12, 1.8),
    "left": line((15, 5), (8, 12), (15, 19)),
    "right": line((9, 5), (16, 12), (9, 19)),
    "up": line((5, 15), (12, 8), (19, 15)),
    "down": line((5, 9), (12, 16), (19, 9)),
    "refresh": arc(12, 12, 7.5, -60, 215) + shape((13.5, 1.2), (19.8, 4.2), (14.3, 8.6)),
    "power": arc(12, 13, 7.5, -60, 240) + line((12, 3.5), (12, 11.5)),
    "palette": ring(12, 12, 9) + dot(8, 10, 1.6) + dot(12, 7.5, 1.6) + dot(16, 10, 1.6) + dot(15, 15, 1.6),
    "sun": ring(12, 12, 4) + "".join(line(ends(12, 12, 7.4, a), ends(12, 12, 9.6, a)) for a in range(0, 360, 45)),
    "clock": ring(12, 12, 9) + line((12, 7), (12, 12.3), (15.5, 14.5)),
    "queue": line((6, 3), (18, 3)) + line((6, 21), (18, 21)) + line((8, 3), (8, 7), (16, 17), (16, 21))
    + line((16, 3), (16, 7), (8, 17), (8, 21)) + shape((12, 15), (15, 20), (9, 20)),
    "offline": dot(12, 18.5, 1.8) + arc(12, 18.5, 5, 225, 315) + arc(12, 18.5, 9.3, 225, 315) + arc(12, 18.5, 13.6, 225, 315) + line((4, 21), (20, 3.5)),
    "kept": line((8, 3.5), (16, 3.5)) + line((9.5, 3.5), (9.5, 10), (6.5, 14), (17.5, 14), (14.5, 10), (14.5, 3.5)) + line((12, 14), (12, 21)),
    "filter": closed([(3.5, 4.5), (20.5, 4.5), (14, 12.5), (14, 19.5), (10, 17.5), (10, 12.5)]),
    "broker": frame(3.5, 4, 17, 6.5) + frame(3.5, 13.5, 17, 6.5) + dot(7.3, 7.25, 1.3) + dot(7.3, 16.75, 1.3) + line((11.5, 7.25), (16.5, 7.25)) + line((11.5, 16.75), (16.5, 16.75)),
    "cloud": arc(7, 14.2, 4.3, 90, 268) + arc(12.3, 10.6, 5.2, 188, 348) + arc(17.3, 14.9, 3.6, 272, 450) + line((7, 18.5), (17.3, 18.5)),
    "globe": ring(12, 12, 9) + line((3, 12), (21, 12)) + arc(19.1, 12, 11.45, 128.3, 231.7) + arc(4.9, 12, 11.45, -51.7, 51.7),
    "group": frame(3.5, 3.5, 6.5, 6.5) + frame(14, 3.5, 6.5, 6.5) + frame(3.5, 14, 6.5, 6.5) + frame(14, 14, 6.5, 6.5),
    "people": ring(9, 8, 3.5) + arc(9, 20.5, 6, 180, 360) + arc(16, 8, 3.5, -80, 80) + arc(15.5, 20.5, 6, 290, 360),
}

# The program's own icon: a lit lamp over a warm evening.
APP = """<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 512 512">
<defs>
<radialGradient id="glow" cx="256" cy="210" r="300" gradientUnits="userSpaceOnUse">
<stop offset="0" stop-color="#ffe2a3"/><stop offset="0.5" stop-color="#f59f1f"/><stop offset="1" stop-color="#cf6a0a"/>
</radialGradient>
</defs>
<rect x="16" y="16" width="480" height="480" rx="112" ry="112" fill="url(#glow)"/>
<path fill="#fffaf0" d="M256 88A126 126 0 0 0 178 313C190 323 198 336 200 352L203 372L309 372L312 352C314 336 322 323 334 313A126 126 0 0 0 256 88Z"/>
<path fill="#f6b23c" d="M244 372L244 270L204 222A13 13 0 0 1 224 206L256 244L288 206A13 13 0 0 1 308 222L268 270L268 372Z"/>
<rect x="206" y="388" width="100" height="20" rx="10" ry="10" fill="#fffaf0"/>
<rect x="222" y="420" width="68" height="20" rx="10" ry="10" fill="#fffaf0"/>
</svg>
"""


def main():
    folder = pathlib.Path("assets/icons")
    for name, d in ICONS.items():
        (folder / f"{name}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path fill="#000000" d="{d}"/></svg>\n')
    (folder / "app.svg").write_text(APP)


if __name__ == "__main__":
    main()
