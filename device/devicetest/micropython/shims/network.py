import _hw, json
from time import ticks_ms, ticks_diff
_c = json.loads(_hw.cfg()); _PICO = _c['platform'] == 'rp2'; _8266 = _c['platform'] == 'esp8266'
STA_IF = 0; AP_IF = 1; MODE_11B = 1; MODE_11G = 2; MODE_11N = 4; AUTH_OPEN = 0; AUTH_WPA_PSK = 2; AUTH_WPA2_PSK = 3
# idle, connecting, has an address, no such network, wrong password, failed otherwise
_IDLE, _CONNECTING, _GOT_IP, _NO_AP, _WRONG, _FAIL = (0, 1, 3, -2, -3, -1) if _PICO else (0, 1, 5, 3, 2, 4) if _8266 else (1000, 1001, 1010, 201, 202, 203)
_NO_IP = 2 if _PICO else _CONNECTING
STAT_IDLE = _IDLE; STAT_CONNECTING = _CONNECTING; STAT_GOT_IP = _GOT_IP; STAT_NO_AP_FOUND = _NO_AP; STAT_WRONG_PASSWORD = _WRONG
if _PICO or _8266: STAT_CONNECT_FAIL = _FAIL
else: STAT_BEACON_TIMEOUT = 200; STAT_ASSOC_FAIL = 203; STAT_HANDSHAKE_TIMEOUT = 204
_st = {'active': False, 'ssid': None, 'key': None, 't0': None, 'last': None, 'ap': False, 'host': 'mpy-' + _c['platform']}
_seen = [-1, None]
_BITS = (0, 1, 3, 5, 7, 5, 5, 5)   # a Pico's scan gives 1 privacy, 2 WPA, 4 RSN
def _cfg():
    v = _hw.cfg_version()
    if v != _seen[0]: _seen[0] = v; _seen[1] = json.loads(_hw.cfg())['wifi']
    return _seen[1]
def _bytes(s):
    return s.encode() if isinstance(s, str) else bytes(s or b'')
def _text(t): # as device.Text: a string, or {"hex": …}
    if isinstance(t, dict):
        from binascii import unhexlify
        return unhexlify(t['hex'])
    return (t or '').encode()
def _result(c):
    for a in c.get('networks') or ():
        if _text(a['ssid']) == _st['ssid']:
            if a.get('auth') == 5: return _FAIL
            return _GOT_IP if _text(a.get('pass')) == _st['key'] else _WRONG
    return _NO_AP
def _status():
    if not _st['active'] or _st['t0'] is None: return _IDLE
    c = _cfg(); m = c.get('mode', 'ok')
    if ticks_diff(ticks_ms(), _st['t0']) < c.get('connect_ms', 0) or m == 'hang': return _CONNECTING
    s = c.get('status') or (_NO_AP if m == 'gone' else _result(c))
    if s == _WRONG and c.get('silent'): s = _CONNECTING   # some firmware never says that the password is wrong
    if m == 'no_dhcp' and s == _GOT_IP: s = _NO_IP
    if s != _st['last']: _st['last'] = s; _hw.event(json.dumps({'t': 'wifi', 'status': s}))
    return s
def _up(): return _status() == _GOT_IP
class WLAN:
    IF_STA = 0; IF_AP = 1; PM_NONE = 0
    def __init__(self, itf=0): self._i = itf
    def active(self, on=None):
        k = 'ap' if self._i else 'active'
        if on is None: return _st[k]
        _st[k] = bool(on)
        if not on and not self._i: _st['t0'] = None; _st['last'] = None
        return bool(on)
    def scan(self):
        if not _st['active']: raise OSError('STA must be active')
        from binascii import unhexlify
        c = _cfg()
        if c.get('mode') == 'gone': return []
        return [(b'' if a.get('hidden') else _text(a['ssid']), unhexlify(a.get('bssid') or '020000000001'), a.get('channel') or 1, a.get('rssi') or -60, _BITS[a.get('auth') or 0] if _PICO else a.get('auth') or 0, bool(a.get('hidden'))) for a in c.get('networks') or ()]
    def connect(self, ssid=None, key=None, *, bssid=None):
        if not _st['active'] or not _PICO and _status() == _CONNECTING and not _8266: raise OSError('Wifi Internal State Error')
        if ssid is not None: _st['ssid'] = _bytes(ssid); _st['key'] = _bytes(key)
        _st['t0'] = ticks_ms(); _st['last'] = None
    def disconnect(self): _st['t0'] = None; _st['last'] = None
    def isconnected(self): return bool(self._i == 0 and _up())
    def status(self, p=None):
        if p == 'rssi':
            if _cfg().get('mode') in ('gone', 'hang') or _cfg().get('status') or _st['t0'] is None or _result(_cfg()) != _GOT_IP:
                if _PICO or _8266: return 0 if _PICO else 31
                raise OSError('Wifi Not Connected')
            for a in _cfg().get('networks') or ():
                if _text(a['ssid']) == _st['ssid']: return a.get('rssi') or -60
        if p is not None: raise ValueError('unknown status param')
        return _status()
    def ifconfig(self, c=None):
        if c: return
        ip = _cfg().get('ip') or '192.168.4.77'
        return (ip, '255.255.255.0', '192.168.4.1', '192.168.4.1') if self.isconnected() else ('0.0.0.0',) * 4
    def config(self, *a, **k):
        if k: return
        from machine import unique_id
        return {'mac': unique_id()[:6], 'ssid': _st['ssid'], 'essid': _st['ssid'], 'dhcp_hostname': _st['host'], 'channel': 6}[a[0]]
def hostname(n=None):
    if n is None: return _st['host']
    _st['host'] = n
