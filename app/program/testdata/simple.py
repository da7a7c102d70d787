# A double of umqtt.simple as firmware has it, with its limits: lengths count characters of a str, a SUBSCRIBE
# has one byte of length, nothing times out, nothing pings by itself, and an answer to a ping goes unseen.
# Written from the MQTT 3.1.1 standard and the module's documented interface.
import socket
import struct


class MQTTException(Exception):
    pass


class MQTTClient:
    def __init__(self, client_id, server, port=0, user=None, password=None, keepalive=0, ssl=False, ssl_params={}):
        self.client_id, self.server, self.port = client_id, server, port or (8883 if ssl else 1883)
        self.user, self.pswd, self.keepalive = user, password, keepalive
        self.ssl, self.ssl_params = ssl, ssl_params
        self.sock = self.cb = self.will = None
        self.pid = 0

    def _field(self, s):
        return struct.pack("!H", len(s)) + (s.encode() if isinstance(s, str) else s)

    def _length(self, n):
        out = bytearray()
        while True:
            out.append(n & 127 | (128 if n > 127 else 0))
            n >>= 7
            if not n:
                return bytes(out)

    def set_callback(self, f):
        self.cb = f

    def set_last_will(self, topic, msg, retain=False, qos=0):
        assert topic and 0 <= qos <= 2
        self.will = topic, msg, retain

    def connect(self, clean_session=True):
        self.sock = socket.socket()
        self.sock.connect(socket.getaddrinfo(self.server, self.port)[0][-1])
        if self.ssl:
            import ssl
            self.sock = ssl.wrap_socket(self.sock, **self.ssl_params)
        flags, body = 2, self._field(self.client_id)
        if self.will:
            flags |= 4 | (32 if self.will[2] else 0)
            body += self._field(self.will[0]) + self._field(self.will[1])
        if self.user is not None:
            flags |= 0xC0
            body += self._field(self.user) + self._field(self.pswd)
        head = self._field("MQTT") + bytes([4, flags]) + struct.pack("!H", self.keepalive)
        self.sock.write(b"\x10" + self._length(len(head) + len(body)) + head + body)
        ack = self.sock.read(4)
        assert ack[0] == 0x20 and ack[1] == 2  # IndexError when the broker closed
        if ack[3]:
            raise MQTTException(ack[3])
        return ack[2] & 1

    def disconnect(self):
        self.sock.write(b"\xe0\0")
        self.sock.close()

    def ping(self):
        self.sock.write(b"\xc0\0")

    def publish(self, topic, msg, retain=False, qos=0):
        assert qos == 0
        self.sock.write(bytes([0x30 | (1 if retain else 0)]) + self._length(2 + len(topic) + len(msg)) + self._field(topic))
        self.sock.write(msg)

    def subscribe(self, topic, qos=0):
        assert self.cb is not None
        self.pid += 1
        self.sock.write(bytes([0x82, 5 + len(topic)]) + struct.pack("!H", self.pid) + self._field(topic) + bytes([qos]))
        while self.wait_msg() != 0x90:
            pass
        if self.sock.read(4)[3] == 0x80:  # length, number, code
            raise MQTTException(0x80)

    def _len(self):
        n = shift = 0
        while True:
            b = self.sock.read(1)[0]
            n |= (b & 127) << shift
            if not b & 128:
                return n
            shift += 7

    def wait_msg(self):
        head = self.sock.read(1)
        self.sock.setblocking(True)
        if head is None:
            return None
        if head == b"":
            raise OSError(-1)
        if head == b"\xd0":
            assert self.sock.read(1) == b"\0"
            return None
        if head[0] & 0xF0 != 0x30:
            return head[0]
        n = self._len()
        size = struct.unpack("!H", self.sock.read(2))[0]
        topic = self.sock.read(size)
        self.cb(topic, self.sock.read(n - 2 - size))
        return head[0]

    def check_msg(self):
        self.sock.setblocking(False)
        return self.wait_msg()
