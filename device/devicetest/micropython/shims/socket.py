import _hw, uctypes, network, json
_hw_version = tuple(json.loads(_hw.cfg())['version'])
AF_INET = 2; AF_INET6 = 10; SOCK_STREAM = 1; SOCK_DGRAM = 2; SOCK_RAW = 3; IPPROTO_TCP = 6; IPPROTO_UDP = 17
SOL_SOCKET = 4095; SO_REUSEADDR = 4; SO_KEEPALIVE = 8; SO_BROADCAST = 32; TCP_NODELAY = 1
_addr = uctypes.addressof
def _chk(r):
    while r == -4: pass      # EINTR: pending KeyboardInterrupt fires on this back-branch
    if r < 0: raise OSError(-r)
    return r
def getaddrinfo(host, port, af=0, type=0, proto=0, flags=0):
    if not network._up(): raise OSError(-202)
    a = _hw.dns(host)
    while a == '\x03': pass
    if not a: raise OSError(-2 if network._PICO or network._8266 else -202)
    return [(2, 1, 0, '', (a, port))]
class socket:
    def __init__(self, af=2, type=1, proto=0, fileno=None):
        if type not in (1, 2): raise OSError(95)
        self._t = -1; self._udp = type == 2; self._id = _chk(_hw.sk_new())
    def fileno(self): return self._id
    def settimeout(self, t): self._t = -1 if t is None else int(t * 1000)
    def setblocking(self, b): self._t = -1 if b else 0
    def setsockopt(self, *a): pass
    def bind(self, addr): _chk(_hw.sk_bind(self._id, int(addr[1])))
    def connect(self, addr):
        if not network._up(): raise OSError(113)
        _chk(_hw.sk_connect(self._id, addr[0], int(addr[1]), self._t))
    def sendto(self, b, addr):
        if not network._up(): raise OSError(113)
        if isinstance(b, str): b = b.encode()
        return _chk(_hw.sk_sendto(self._id, addr[0], int(addr[1]), _addr(b), len(b)))
    def recvfrom(self, n):
        b = bytearray(n); r = _hw.sk_recvfrom(self._id, _addr(b), n, self._t).split()
        k = _chk(int(r[0]))
        return bytes(memoryview(b)[:k]), (r[1], int(r[2]))
    def send(self, b):
        if isinstance(b, str): b = b.encode()
        return _chk(_hw.sk_send(self._id, _addr(b), len(b), self._t)) if len(b) else 0
    def write(self, b, n=None):
        if isinstance(b, str): b = b.encode()
        if n is not None: b = b[:n]
        o = 0; a = _addr(b); L = len(b)
        while o < L:
            r = _hw.sk_send(self._id, a + o, L - o, self._t)
            if r == -11: return o or None
            o += _chk(r)
        return L
    def sendall(self, b): self.write(b)
    def recv(self, n):
        b = bytearray(n); k = _chk(_hw.sk_recv(self._id, _addr(b), n, self._t)); return bytes(memoryview(b)[:k])
    def recv_into(self, b, n=-1): return _chk(_hw.sk_recv(self._id, _addr(b), len(b) if n < 0 else n, self._t))
    def readinto(self, b, n=-1):
        L = len(b) if n < 0 else n; o = 0; a = _addr(b)
        while o < L:
            k = _hw.sk_recv(self._id, a + o, L - o, self._t)
            if k == -11: return o or None
            k = _chk(k)
            if not k: break
            o += k
        return o
    def read(self, n=-1):
        if n < 0:
            r = b''
            while True:
                x = self.recv(1024)
                if not x: return r
                r += x
        b = bytearray(n); k = self.readinto(b)
        return None if k is None else bytes(memoryview(b)[:k])
    def readline(self):
        r = b''
        while not r.endswith(b'\n'):
            x = self.recv(1)
            if not x: break
            r += x
        return r
    def makefile(self, *a): return self
    def close(self):
        if self._id >= 0: _hw.sk_close(self._id); self._id = -1
    def __enter__(self): return self
    def __exit__(self, *a): self.close()
