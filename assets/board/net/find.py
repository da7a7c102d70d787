# Asks the classroom's network where the broker is now, and takes only an answer that knows this board's secret.
#
#     LAMPLIGHTER? {"class": ..., "nonce": ..., "id": ...}              by UDP broadcast
#     LAMPLIGHTER! {"host": ..., "port": ..., "nonce": ..., "mac": ...}
#
# mac is HMAC-SHA-256 (RFC 2104) of class, nonce, host and port, joined by line feeds, under this board's own secret.
import binascii
import hashlib
import json
import os
import socket
import time

WAIT_MS = 2000
BLOCK = 64  # of SHA-256, in bytes


def hmac(key, msg):
    if len(key) > BLOCK:
        key = hashlib.sha256(key).digest()
    key = key + bytes(BLOCK - len(key))
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key))
    inner.update(msg)
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in key))
    outer.update(inner.digest())
    return outer.digest()


def verify(answer, classroom, secret, nonce):
    # (host, port) from a true answer, else None
    if not answer.startswith(b"LAMPLIGHTER! "):
        return None
    try:
        a = json.loads(answer[13:])
        host, port = a["host"], a["port"]
        signed = "%s\n%s\n%s\n%d" % (classroom, nonce, host, port)
        mac = binascii.hexlify(hmac(binascii.unhexlify(secret), signed.encode())).decode()
        if a["mac"] == mac and 0 < len(host) <= 253 and 0 < port < 65536:
            return host, port
    except (ValueError, KeyError, TypeError, OverflowError):  # the last of 1e999
        pass
    return None


def ask(classroom, secret, port, board):
    nonce = binascii.hexlify(os.urandom(8)).decode()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        try:
            s.setsockopt(getattr(socket, "SOL_SOCKET", 0xFFF), getattr(socket, "SO_BROADCAST", 0x20), 1)
        except OSError:
            pass
        s.settimeout(WAIT_MS / 1000)
        question = "LAMPLIGHTER? " + json.dumps({"class": classroom, "nonce": nonce, "id": board})
        s.sendto(question.encode(), ("255.255.255.255", port))
        start = time.ticks_ms()
        while time.ticks_diff(time.ticks_ms(), start) < WAIT_MS:
            where = verify(s.recvfrom(512)[0], classroom, secret, nonce)
            if where:
                return where
    except OSError:
        pass
    finally:
        s.close()
    return None
