# The least that a board can do with MQTT: what it hears on "in" it says on "out", word for word.
# A benchmark measures the lamp program by it. QoS 0, blocking, no keepalive, packets below 128 bytes.
import json
import network
import socket
import struct
import time

with open("/echo.json") as f:
    c = json.load(f)


def field(s):
    return struct.pack("!H", len(s)) + s.encode()


def packet(kind, body):
    return bytes([kind, len(body)]) + body


wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect(c["ssid"], c["pass"])
while not wlan.isconnected():
    time.sleep_ms(20)
s = socket.socket()
s.connect(socket.getaddrinfo(c["host"], c["port"])[0][-1])
s.write(packet(0x10, field("MQTT") + b"\x04\xc2\x00\x00" + field(c["user"]) + field(c["user"]) + field(c["key"])))
s.read(4)
s.write(packet(0x82, b"\x00\x01" + field(c["in"]) + b"\x00"))
s.read(5)
out = field(c["out"])
s.write(packet(0x30, out + b"ready"))
while True:
    n = s.read(2)[1]
    body = s.read(n)
    s.write(packet(0x30, out + body[2 + (body[0] << 8 | body[1]):]))
