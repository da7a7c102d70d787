# Runs once per power-up, with the shims on the path; afterwards nothing of /shim can be seen.
import sys, os, _hw, json, builtins
import errno, hashlib, io, struct, collections, binascii, re, random, math, gc, micropython, asyncio
cfg = json.loads(_hw.cfg())
os.umount('/'); _shims = os.VfsPosix('/shim'); os.mount(_shims, '/shim'); os.mount(os.VfsPosix('/flash'), '/')
os.chdir('/')
import time, select, machine
if cfg.get('has_wifi', True):
    import network, socket, ssl, ntptime
if cfg['neopixel']: import neopixel
if cfg['mpython']: import mpython
if cfg['platform'] == 'esp8266' or cfg['platform'] == 'esp32': import esp
if cfg['umqtt']: import umqtt.simple
for _n in ('time', 'socket', 'select', 'ssl', 'machine', 'json', 'os', 'io', 're', 'struct', 'binascii', 'random', 'errno', 'hashlib', 'collections'):
    if _n in sys.modules: sys.modules['u' + _n] = sys.modules[_n]
    elif _n in ('json', 'os', 'io', 're', 'struct', 'binascii', 'random', 'errno', 'hashlib', 'collections'): sys.modules['u' + _n] = __import__(_n)
class _Sys: pass
_s = _Sys()
for _n in dir(sys):
    if _n[:2] != '__': setattr(_s, _n, getattr(sys, _n))
_s.platform = cfg['platform']
_s.__name__ = 'sys'
_v = tuple(cfg['version'])
if _v >= (1, 20, 0): # older firmware does not name its machine there
    _s.implementation = collections.namedtuple('impl', ('name', 'version', '_machine', '_mpy'))('micropython', _v + ('',), cfg['machine'], 11014)
else:
    _s.implementation = collections.namedtuple('impl', ('name', 'version', 'mpy'))('micropython', _v, 10757)
_un = collections.namedtuple('uname', ('sysname', 'nodename', 'release', 'version', 'machine'))
_rel = '%d.%d.%d' % _v
os.uname = lambda: _un(cfg['platform'], cfg['platform'], _rel, 'v' + _rel + ' on 2025-01-01', cfg['machine'])
def _rename(a, b):   # VfsPosix with a root builds both paths in one buffer, so its rename() always fails
    c = os.getcwd().rstrip('/')
    r = _hw.rename(a if a[0] == '/' else c + '/' + a, b if b[0] == '/' else c + '/' + b)
    if r < 0: raise OSError(-r)
os.rename = _rename
os.sync = lambda: None
os.urandom = lambda n: bytes(random.getrandbits(8) for _ in range(n))
os.dupterm = lambda *a: None
def _input(prompt=''):
    print(prompt, end=''); s = ''
    while True:
        c = _hw.stdin_read1()
        if c < 0: continue
        if c in (10, 13): print(); return s
        if c in (8, 127):
            if s: s = s[:-1]; print('\b \b', end='')
            continue
        s += chr(c); print(chr(c), end='')
builtins.input = _input
sys.path[:] = ['', '/lib']
sys.modules['sys'] = _s
os.umount('/shim')
try: os.mkdir('/lib')
except OSError: pass
