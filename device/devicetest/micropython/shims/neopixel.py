import _hw, json
_c = json.loads(_hw.cfg()); _OLD = _c['platform'] == 'esp8266' and tuple(_c['version']) < (1, 14)
class NeoPixel:
    def __init__(self, pin, n, bpp=3, *timing):
        if len(timing) > (0 if _OLD else 1): raise TypeError('function takes other arguments')
        self.pin = pin; self.n = n; self.bpp = bpp; self.buf = bytearray(n * bpp); self._l = None
    def __len__(self): return self.n
    def __setitem__(self, i, v):
        if i < 0: i += self.n
        if not 0 <= i < self.n: raise IndexError('bytearray index out of range')
        for k in range(self.bpp): self.buf[i * self.bpp + k] = v[k]
    def __getitem__(self, i): return tuple(self.buf[i * self.bpp + k] for k in range(self.bpp))
    def fill(self, v):
        for i in range(self.n): self[i] = v
    def write(self):
        b = bytes(self.buf)
        if b != self._l:
            self._l = b
            _hw.event('{"t":"np","bpp":%d,"pin":%s,"px":%s}' % (self.bpp, json.dumps(str(getattr(self.pin, 'id', self.pin))), json.dumps([self[i] for i in range(self.n)])))
