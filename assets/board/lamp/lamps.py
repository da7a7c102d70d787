# The kinds of lamp. Each has on, colored and show(on).
from machine import Pin


def pin(name):
    return int(name) if name.isdigit() else name


class PinLamp:
    colored = False

    def __init__(self, c):
        self.low = bool(c.get("low"))
        self.on = False
        self.pin = Pin(pin(c["pin"]), Pin.OUT, value=int(self.low))

    def show(self, on):
        self.on = on
        self.pin.value(int(on != self.low))


class PixelLamp:
    colored = True

    def __init__(self, c):
        from neopixel import NeoPixel
        self.order = c.get("order")
        white = (4,) if self.order == "grbw" else ()  # four bytes a LED
        self.np = NeoPixel(Pin(pin(c["pin"]), Pin.OUT), c.get("count") or 1, *white)
        self.level = c.get("level") or 100
        self.color = tuple(c.get("color") or (255, 255, 255))
        if not any(self.color):
            self.color = (255, 255, 255)
        self.show(False)

    def show(self, on):
        self.on = on
        lit = tuple((v * self.level + 99) // 100 if on else 0 for v in self.color)
        if self.order == "rgb":  # the driver puts green first
            lit = (lit[1], lit[0], lit[2])
        elif self.order:
            lit += (0,)
        for i in range(self.np.n):
            self.np[i] = lit
        self.np.write()


def make_lamp(c):
    return (PixelLamp if c["kind"] == "neopixel" else PinLamp)(c)
