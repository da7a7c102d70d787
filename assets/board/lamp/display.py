# mPython's display: whose board it is and its name, WiFi, broker and lamp, in the classroom's language.


class Display:
    WORDS = {
        "en": ("WiFi: ", "Broker: ", "Lamp: ", "on", "off", "..."),
        "zh": ("WiFi: ", "服务器: ", "灯: ", "亮", "灭", "..."),
    }

    def __init__(self, c):
        try:
            import mpython
            self.oled = getattr(mpython, "oled", None)
        except (ImportError, OSError):
            self.oled = None
        self.words = self.WORDS.get(c.get("lang"), self.WORDS["en"])
        self.name = (c.get("pupil", "") + " " + c.get("name", "")).strip()
        self.shown = None

    def show(self, wifi, broker, on):
        w = self.words
        lines = (self.name, w[0] + (wifi or w[5]), w[1] + (broker or w[5]), w[2] + (w[3] if on else w[4]))
        if not self.oled or lines == self.shown:
            return
        try:
            for i, text in enumerate(lines):
                if not self.shown or text != self.shown[i]:
                    self.oled.fill_rect(0, 16 * i, 128, 16, 0)
                    self.oled.DispChar(text, 0, 16 * i)
            self.oled.show()
            self.shown = lines
        except Exception:  # whatever it is, the lamp works without it
            self.oled = None
