# Reads an MQTT 3.1.1 client's packets, which may come in pieces, or be too big for the board.
# Written from the standard: docs.oasis-open.org/mqtt/mqtt/v3.1.1, chapters 2 and 3.
import time

MAX = 1024  # longest message in bytes that is taken; longer ones are skipped and counted


class MQTTException(Exception):
    # args[0]: the broker's CONNACK or SUBACK code, or "closed", "protocol", "tls", "tls-only"
    pass


class Packets:
    sock = cb = None
    retained = False  # whether the message given to the callback was kept by the broker
    skipped = 0  # messages that were too long

    def _start(self):
        self._head = 0  # first byte of the packet that is being read
        self._len = self._shift = 0
        self._body = None
        self._skip = 0
        self._expects_connack = True
        self._acks.clear()
        self._received = self._pinged = time.ticks_ms()

    def _read(self, n):
        if not self.sock:
            raise OSError(-1)
        got = self.sock.read(n)
        if got is None:
            return None
        if not got:
            raise OSError(-1)
        self._received = time.ticks_ms()
        return got

    def _read_packet(self):
        # reads what is there; True after each whole packet, False when there is nothing more
        while True:
            if not self._head:
                b = self._read(1)
                if not b:
                    return False
                if self._expects_connack and b[0] != 0x20:
                    raise MQTTException("tls-only" if b[0] == 0x15 else "protocol")  # an alert of TLS, or not a broker at all
                self._expects_connack = False
                self._head = b[0]
                self._len = self._shift = 0
                self._body = None
            if self._body is None and not self._read_length():
                return False
            while self._skip:
                b = self._read(min(self._skip, 128))
                if not b:
                    return False
                self._skip -= len(b)
            while len(self._body) < self._len:
                b = self._read(self._len - len(self._body))
                if not b:
                    return False
                self._body += b
            head, body = self._head, self._body
            self._head, self._body = 0, None
            if head:
                self._packet(head, body)
                return True

    def _read_length(self):
        while True:
            b = self._read(1)
            if not b:
                return False
            self._len |= (b[0] & 127) << self._shift
            self._shift += 7
            if not b[0] & 128:
                break
            if self._shift > 21:
                raise MQTTException("protocol")
        self._body = b""
        if self._len > MAX + 256:
            self._skip, self._len = self._len, 0
            self.skipped += 1
            self._head = 0xF0  # no packet that anybody handles
        return True

    def _packet(self, head, body):
        kind = head & 0xF0
        try:
            if kind == 0x30:
                self._message(head, body)
            elif kind == 0x20:
                self._acks["connack"] = (body[0], body[1])
            elif kind == 0x40 or kind == 0x90:
                self._acks[body[0] << 8 | body[1]] = body[2:]
            elif kind != 0xD0 and kind != 0xF0:
                raise MQTTException("protocol")
        except IndexError:
            raise MQTTException("protocol")

    def _message(self, head, body):
        n = 2 + (body[0] << 8 | body[1])
        topic, qos = body[2:n], head >> 1 & 3
        if qos:
            pid = body[n:n + 2]
            n += 2
        if n > len(body):
            raise MQTTException("protocol")
        self.retained = bool(head & 1)
        if self.cb:
            self.cb(topic, body[n:])
        if qos:
            self._send(0x40, pid)
