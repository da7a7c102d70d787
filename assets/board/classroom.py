# Joins the classroom: the WiFi and the broker that /lamplighter.json names.
#
#     from classroom import connect
#     client = connect()
#     client.publish("class/hello", "hi")
#
# connect() tries until it succeeds. The client has the names that umqtt.simple uses.
# Each step prints one line of JSON behind a mark, so that the PC can follow. Passwords are never printed.
import binascii
import gc
import json
import os
import sys
import time
from machine import unique_id

sys.path.insert(0, "/lib")  # a file net.py that somebody else put on the board is not meant
from net.mqtt import MQTTClient, MQTTException
from net.report import Fault, failed, stage, to_bytes
from net.wifi import WiFi
sys.path.pop(0)

VERSION = "1.4.0"
SETTINGS = "/lamplighter.json"
NEAR_MS = 2000  # between two attempts at most: with the question where the broker is, a lamp is back within 5 s
FAR_MS = 30000  # platforms ban those who come back again and again
TRIES_BEFORE_FIND = 3  # attempts without a broker before the classroom is asked where it is

REFUSED = (104, 111)
TIMED_OUT = (110, 115, 116, 119, 11)  # lwIP and newlib number them differently


def my_id():
    return binascii.hexlify(unique_id()).decode()


def load():
    for name in (SETTINGS, SETTINGS + ".new"):
        try:
            with open(name) as f:
                return json.load(f)
        except (OSError, ValueError):
            pass
    raise Fault("start", "other", detail="no settings")


def save(settings):
    with open(SETTINGS + ".new", "w") as f:
        json.dump(settings, f)
    try:
        os.rename(SETTINGS + ".new", SETTINGS)
    except OSError:  # FAT on old firmware does not replace
        os.remove(SETTINGS)
        os.rename(SETTINGS + ".new", SETTINGS)


class Classroom:
    def __init__(self, wait=None):
        self.settings = load()
        self.wait = wait or time.sleep_ms  # what passes the time, in ms
        self.wifi = WiFi(self.wait)
        self.fresh = True  # join WiFi anew at the start: the settings may be new ones
        self.tries = 0  # attempts to get to the broker since the last that did
        self.found = False  # the broker was found at a new place, which is not saved yet
        near = self.settings.get("near") or self.settings.get("find")  # settings of before have the one only
        self.longest = NEAR_MS if near else FAR_MS  # between two attempts

    def client(self, client_id=None):
        b = self.settings["broker"]
        user = to_bytes(b.get("user")) or None
        return MQTTClient(
            client_id or b.get("id") or "lamp-" + my_id(), b["host"], b["port"], user, user and to_bytes(b.get("pass")) or None,
            b.get("keepalive") or 30, ssl=b.get("tls", False), ssl_params={"ca": b.get("ca")})

    def connect(self, client):
        # opens the connection and logs in; a Fault says what failed
        try:
            client.dial()
        except (OSError, IndexError) as e:  # IndexError: the name has no address
            self._unreached(e, client)
        stage("reached")
        try:
            client.login()
        except MQTTException as e:
            what = e.args[0]
            if isinstance(what, int):
                raise Fault("accepted", "code", code=what)
            if what in ("closed", "tls", "protocol", "tls-only"):
                raise Fault("accepted", what)
            raise Fault("accepted", "other", detail=what)
        except OSError as e:
            raise Fault("accepted", "timeout" if e.args and e.args[0] in TIMED_OUT else "closed")
        stage("accepted")

    def _unreached(self, e, client):
        no = e.args[0] if e.args else 0
        if client.sock is None:
            raise Fault("reached", "name")
        why = "refused" if no in REFUSED else "timeout" if no in TIMED_OUT else "unreachable"
        raise Fault("reached", why, code=no if isinstance(no, int) else 0)

    def attempt(self, client_id=None, prepare=None):
        # one try, from WiFi to the login; prepare(client) comes before the login
        if self.fresh or not self.wifi.joined():
            self.wifi.join(self.settings["wifi"])
            self.fresh = False
        self.tries += 1
        client = self.client(client_id)
        if prepare:
            prepare(client)
        try:
            self.connect(client)
        except Exception:
            client.close()
            raise
        self.tries = 0
        if self.found:
            self.found = False
            try:
                save(self.settings)
            except OSError:  # no room: it is asked again after the next start
                pass
        return client

    def find_broker(self):
        # asks the classroom where its broker is now, once attempts have failed
        f = self.settings.get("find") or {}
        if self.tries < TRIES_BEFORE_FIND or not f.get("secret") or not self.wifi.joined():
            return
        from net import find
        b = self.settings["broker"]
        where = find.ask(f["class"], f["secret"], f["port"], my_id())
        if where and where != (b["host"], b["port"]):
            b["host"], b["port"] = where
            self.found = True


def connect(client_id=None):
    # joins WiFi and broker, however long it takes, and gives the client
    classroom, pause = Classroom(), 1000
    while True:
        try:
            return classroom.attempt(client_id)
        except Fault as e:
            failed(e)
        classroom.find_broker()
        gc.collect()
        classroom.wait(jitter(pause))
        pause = min(2 * pause, classroom.longest)


def jitter(ms):
    # so that thirty boards do not come back in step
    return ms + ms * (time.ticks_us() % 256) // 1024


def prove():
    # one try of everything, for the PC to watch; True when all went well
    stage("start", v=VERSION)
    try:
        classroom = Classroom()
        client = classroom.attempt()
        subscribe(client, classroom.settings["topics"]["set"])
        stage("subscribed")
        client.disconnect()
        return True
    except Fault as e:
        failed(e)
    except OSError:
        stage("subscribed", bad=True, why="closed")
    return False


def subscribe(client, *topics):
    try:
        for t in topics:
            client.subscribe(t)
    except MQTTException as e:
        code = e.args[0]
        if isinstance(code, int):
            raise Fault("subscribed", "code", code=code)
        raise Fault("subscribed", "other", detail=code)
