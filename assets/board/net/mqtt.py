# An MQTT 3.1.1 client for small boards, with the names that umqtt.simple uses.
# It never blocks for ever, takes packets that arrive in pieces, and skips what is too big for the board.
# Written from the standard: docs.oasis-open.org/mqtt/mqtt/v3.1.1. QoS 0 and 1.
import select
import socket
import struct
import time
from net.packets import MQTTException, Packets

TIMEOUT_MS = 10000  # how long an answer may take


def _bytes(s):
    return s.encode() if isinstance(s, str) else s


def _field(s):
    s = _bytes(s)
    return struct.pack("!H", len(s)) + s


class MQTTClient(Packets):
    def __init__(self, client_id, server, port=0, user=None, password=None, keepalive=0, ssl=False, ssl_params=None):
        self.client_id = client_id
        self.server = server
        self.port = port or (8883 if ssl else 1883)
        self.user = user
        self.pswd = password
        self.keepalive = keepalive
        self.ssl = ssl
        self.ca = (ssl_params or {}).get("ca")
        self.timeout = TIMEOUT_MS  # ms
        self.sock = self._raw = self.cb = self._will = None
        self._pid = 0
        self._acks = {}
        self._start()

    def set_callback(self, f):
        self.cb = f

    def set_last_will(self, topic, msg, retain=False, qos=0):
        self._will = (topic, msg, retain, qos)

    # -- opening and closing

    def dial(self):
        # opens the connection and sends nothing yet
        self.close()
        addr = socket.getaddrinfo(self.server, self.port, 0, socket.SOCK_STREAM)[0][-1]
        self._raw = self.sock = socket.socket()
        self.sock.settimeout(self.timeout / 1000)
        self.sock.connect(addr)

    def login(self, clean_session=True):
        if self.ssl:
            from net import tls
            try:
                self.sock = tls.wrap(self._raw, self.server, self.ca)
            except (OSError, ValueError) as e:  # ValueError: no certificate at all
                if e.args and e.args[0] in (110, 116):
                    raise
                raise MQTTException("tls")
        self.sock.setblocking(False)
        self._poll = select.poll()
        self._poll.register(self._raw, select.POLLIN)
        self._start()
        flags = 2 if clean_session else 0
        body = _field(self.client_id)
        if self._will:
            topic, msg, retain, qos = self._will
            flags |= 4 | qos << 3 | (32 if retain else 0)
            body += _field(topic) + _field(msg)
        if self.user is not None:
            flags |= 0x80
            body += _field(self.user)
            if self.pswd is not None:
                flags |= 0x40
                body += _field(self.pswd)
        self._send(0x10, _field("MQTT") + bytes([4, flags]) + struct.pack("!H", self.keepalive) + body)
        try:
            ack = self._await("connack")
        except OSError as e:
            if e.args and e.args[0] in (-1, 104, 103, 128):
                raise MQTTException("closed")
            raise
        if ack[1]:
            raise MQTTException(ack[1])
        return ack[0] & 1

    def connect(self, clean_session=True):
        self.dial()
        return self.login(clean_session)

    def close(self):
        # drops the connection without a goodbye: the broker sends the last will
        for s in (self.sock, self._raw):
            try:
                if s:
                    s.close()
            except OSError:
                pass
        self.sock = self._raw = None

    def disconnect(self):
        try:
            self._send(0xE0)
        finally:
            self.close()

    # -- sending

    def _send(self, kind, body=b""):
        n = len(body)
        head = bytearray([kind])
        while True:
            head.append(n & 127 | (128 if n > 127 else 0))
            n >>= 7
            if not n:
                break
        self._write(bytes(head) + body)

    def _write(self, data):
        if not self.sock:
            raise OSError(-1)
        data = memoryview(data)
        start = time.ticks_ms()
        while len(data):
            n = self.sock.write(data)
            if n:
                data = data[n:]
            elif time.ticks_diff(time.ticks_ms(), start) > self.timeout:
                raise OSError(110)
            else:
                time.sleep_ms(5)

    def _next(self):
        self._pid = self._pid % 65535 + 1
        return self._pid

    def publish(self, topic, msg, retain=False, qos=0):
        kind, body = 0x30 | qos << 1 | (1 if retain else 0), _field(topic)
        if qos:
            pid = self._next()
            body += struct.pack("!H", pid)
        self._send(kind, body + _bytes(msg))
        if qos:
            self._await(pid)

    def subscribe(self, topic, qos=0):
        pid = self._next()
        self._send(0x82, struct.pack("!H", pid) + _field(topic) + bytes([qos]))
        for code in self._await(pid):
            if code > 127:  # 128, or a code of MQTT 5
                raise MQTTException(code)

    def ping(self):
        self._pinged = time.ticks_ms()
        self._send(0xC0)

    def _await(self, what):
        start = time.ticks_ms()
        while what not in self._acks:
            left = self.timeout - time.ticks_diff(time.ticks_ms(), start)
            if left <= 0:
                raise OSError(110)
            self._read_packet() or self._poll.poll(min(left, 1000))
        return self._acks.pop(what)

    def check_msg(self):
        # takes one message if there is one; never waits
        return self._read_packet()

    def wait_msg(self):
        # waits for one packet, and keeps the connection alive meanwhile
        while not self.service(1000):
            pass

    def service(self, ms):
        # waits up to ms for packets and takes them all; pings in time; OSError when the broker is gone
        got = self._read_packet()
        if not got:
            self._check()  # after a look, for a board that was busy may have its answer already
            self._poll.poll(ms)
            got = self._read_packet()
        while got and self._read_packet():
            pass
        self._check()
        return got

    def _check(self):
        if not self.keepalive:
            return
        if time.ticks_diff(time.ticks_ms(), self._pinged) > self.keepalive * 500:
            if time.ticks_diff(self._pinged, self._received) > 0:  # nothing came since the last ping
                raise OSError(110)
            self.ping()
