# The button on the board.
import time
from machine import Pin
from lamp.lamps import pin

DEBOUNCE_MS = 50  # a contact's bouncing is over by then
MAX_HOLD_S = 60  # for how long it can be held at once


class Button:
    # An interrupt remembers a press during a wait that can't look, as a connection that is being opened.
    def __init__(self, c):
        self.active_level = bool(c.get("high"))
        self.down = self.latched = False
        self.since = time.ticks_ms()
        self.pin = None
        self.hold_time = 0, 0  # held: since when, and for how many ms
        if c.get("pin"):
            p = pin(c["pin"])
            try:
                self.pin = Pin(p, Pin.IN, Pin.PULL_DOWN if self.active_level else Pin.PULL_UP)
            except ValueError:  # it can't be pulled, as D0 of an ESP8266
                self.pin = Pin(p, Pin.IN)
            try:
                self.pin.irq(self._interrupt, Pin.IRQ_RISING if self.active_level else Pin.IRQ_FALLING)
            except (AttributeError, OSError, ValueError, TypeError):
                pass

    def _debounced(self):
        return not self.down and time.ticks_diff(time.ticks_ms(), self.since) > DEBOUNCE_MS

    def _interrupt(self, p):
        if self._debounced():
            self.latched = True

    def was_pressed(self):
        # True once for each press
        if not self.pin:
            return False
        level = self.pin.value() == self.active_level
        if self.latched or level and self._debounced():
            self.latched, self.down, self.since = False, True, time.ticks_ms()
            return True
        if self.down and not level:
            self.down, self.since = False, time.ticks_ms()
        return False

    def hold(self, text):
        # takes the button for so many seconds, 0 gives it back: who goes without a word has it for a moment only
        s = int(text)
        if not 0 <= s <= MAX_HOLD_S:
            raise ValueError
        self.hold_time = time.ticks_ms(), 1000 * s

    def held(self):
        since, ms = self.hold_time
        if ms and not 0 <= time.ticks_diff(time.ticks_ms(), since) < ms:
            self.hold_time = 0, 0
        return bool(self.hold_time[1])
