# The button on the board.
import time
from machine import Pin
from lamp.lamps import pin

BOUNCE_MS = 50  # a contact's bouncing is over by then
HOLD_S = 60  # for how long it can be held at once


class Button:
    # An interrupt remembers a press during a wait that can't look, as a connection that is being opened.
    def __init__(self, c):
        self.pressed = bool(c.get("high"))
        self.down = self.latch = False
        self.since = time.ticks_ms()
        self.pin = None
        self.until = 0, 0  # held: since when, and for how many ms
        if c.get("pin"):
            p = pin(c["pin"])
            try:
                self.pin = Pin(p, Pin.IN, Pin.PULL_DOWN if self.pressed else Pin.PULL_UP)
            except ValueError:  # it can't be pulled, as D0 of an ESP8266
                self.pin = Pin(p, Pin.IN)
            try:
                self.pin.irq(self._interrupt, Pin.IRQ_RISING if self.pressed else Pin.IRQ_FALLING)
            except (AttributeError, OSError, ValueError, TypeError):
                pass

    def _rested(self):
        return not self.down and time.ticks_diff(time.ticks_ms(), self.since) > BOUNCE_MS

    def _interrupt(self, p):
        if self._rested():
            self.latch = True

    def hit(self):
        # True once for each press
        if not self.pin:
            return False
        level = self.pin.value() == self.pressed
        if self.latch or level and self._rested():
            self.latch, self.down, self.since = False, True, time.ticks_ms()
            return True
        if self.down and not level:
            self.down, self.since = False, time.ticks_ms()
        return False

    def hold(self, text):
        # takes the button for so many seconds, 0 gives it back: who goes without a word has it for a moment only
        s = int(text)
        if not 0 <= s <= HOLD_S:
            raise ValueError
        self.until = time.ticks_ms(), 1000 * s

    def held(self):
        since, ms = self.until
        if ms and not 0 <= time.ticks_diff(time.ticks_ms(), since) < ms:
            self.until = 0, 0
        return bool(self.until[1])
