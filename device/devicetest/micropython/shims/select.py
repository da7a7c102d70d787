import _hw, sys
from time import ticks_ms, ticks_diff, collect
POLLIN = 1; POLLOUT = 4; POLLERR = 8; POLLHUP = 16
def _flags(o):
    if hasattr(o, '_id'): return _hw.sk_poll(o._id, o._udp) if o._id >= 0 else 32
    if o is sys.stdin or hasattr(o, 'fileno') and o.fileno() == 0: return (1 if _hw.stdin_any() else 0) | 4
    return 5
class poll:
    def __init__(self): self._r = []
    def register(self, o, ev=5):
        for e in self._r:
            if e[0] is o: e[1] = ev; return
        self._r.append([o, ev])
    def unregister(self, o): self._r = [e for e in self._r if e[0] is not o]
    def modify(self, o, ev): self.register(o, ev)
    def poll(self, ms=-1):
        t0 = ticks_ms(); collect()
        while True:
            seq = _hw.seq(); r = []
            for o, ev in self._r:
                f = _flags(o) & (ev | 8 | 16)
                if f: r.append((o, f))
            if r or ms == 0: return r
            left = -1 if ms < 0 else ms - ticks_diff(ticks_ms(), t0)
            if ms > 0 and left <= 0: return r
            _hw.wait_seq(seq, left)
    def ipoll(self, ms=-1, flags=0): return iter(self.poll(ms))
def select(r, w, x, t=None):
    p = poll()
    for o in r: p.register(o, POLLIN)
    for o in w: p.register(o, POLLOUT)
    res = p.poll(-1 if t is None else int(t * 1000))
    return [o for o, f in res if f & ~4 and o in r], [o for o, f in res if f & 4 and o in w], []
