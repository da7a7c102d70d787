# Joins the classroom: the WiFi and the broker that /lamplighter.json names.
#
#     from classroom import connect
#     client = connect()
#     client.publish("class/hello", "hi")
#
# connect() tries until it succeeds. The client has the names that umqtt.simple uses.
# Each step prints one line of JSON behind MARK, so that the PC can follow. Passwords are never printed.
import binascii
import gc
import json
import network
import os
import sys
import time
from classroom_mqtt import MQTTClient, MQTTException
from machine import unique_id

VERSION = "1.0.0"
SETTINGS = "/lamplighter.json"
MARK = "@lamplighter "
JOIN_MS = 20000  # how long joining WiFi may take
SURE_MS = 2000  # how long a bad WiFi status must last to be believed: drivers try again by themselves
FIND_AFTER = 3  # attempts without a broker before the classroom is asked where it is

REFUSED = (104, 111)
TIMED_OUT = (110, 115, 116, 119, 11)  # lwIP and newlib number them differently
NO_WAY = (101, 113, 114, 118)
WPA_ENTERPRISE = 5


class Fault(Exception):
    # a stage that failed: its name, why, and a code or detail
    def __init__(self, stage, why, **more):
        super().__init__(stage, why)
        self.stage, self.why, self.more = stage, why, more


def stage(name, **more):
    more["st"] = name
    print(MARK + json.dumps(more))


def failed(fault):
    stage(fault.stage, bad=True, why=fault.why, **fault.more)


def raw(text):
    # settings hold text, or {"hex": ...} where it is no UTF-8
    if isinstance(text, dict):
        return binascii.unhexlify(text["hex"])
    return (text or "").encode()


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
        self.wlan = network.WLAN(network.STA_IF)
        self.rssi = 0
        self.fresh = True  # join WiFi anew at the start: the settings may be new ones
        self.tries = 0  # attempts to get to the broker since the last that did
        self.found = False  # the broker was found at a new place, which is not saved yet

    # -- WiFi

    def ip(self):
        return self.wlan.ifconfig()[0]

    def joined(self):
        return self.wlan.isconnected() and self.ip() != "0.0.0.0"

    def signal(self):
        # dBm, or None while no access point holds us
        try:
            return self.wlan.status("rssi")
        except (OSError, ValueError, TypeError):
            return None

    def join(self):
        w = self.settings["wifi"]
        ssid, password = raw(w["ssid"]), raw(w.get("pass"))
        self._start_radio()
        seen = self._look(ssid, w.get("hidden"))
        if seen:
            self.rssi = seen[3]
            stage("found", rssi=seen[3])
            if seen[4] == WPA_ENTERPRISE:
                raise Fault("joined", "enterprise")
        try:
            self.wlan.connect(ssid, password) if password else self.wlan.connect(ssid)
        except (OSError, ValueError, RuntimeError) as e:
            raise Fault("joined", "other", detail=type(e).__name__)
        self._await_address(seen, password)
        self.rssi = self.signal() or self.rssi
        stage("joined", ip=self.ip(), rssi=self.rssi)

    def _start_radio(self):
        # from a known start: what an earlier program left may be half connected
        self.wlan.active(True)
        try:
            self.wlan.disconnect()
        except OSError:
            pass
        if hasattr(network.WLAN, "PM_NONE"):  # else a command waits for the radio's next look
            try:
                self.wlan.config(pm=network.WLAN.PM_NONE)
            except (OSError, ValueError, TypeError):
                pass
        self.wait(100)

    def _look(self, ssid, hidden):
        # the strongest access point of the network; one scan may miss it
        for _ in range(3):
            best = None
            try:
                for ap in self.wlan.scan():
                    if ap[0] == ssid and (best is None or ap[3] > best[3]):
                        best = ap
            except OSError:
                pass
            if best or hidden:
                return best
            self.wait(300)
        raise Fault("found", "no-network")

    def _await_address(self, seen, password):
        start = time.ticks_ms()
        bad = since = None
        while not self.joined():
            now, was = time.ticks_ms(), bad
            bad = self._bad_status()
            if bad != was:
                since = now
            if bad and time.ticks_diff(now, since) > SURE_MS:
                raise Fault("joined" if bad == "password" or seen else "found", bad)
            if time.ticks_diff(now, start) > JOIN_MS:
                raise Fault("joined", self._why_late(seen, password))
            self.wait(50)

    def _bad_status(self):
        s = self.wlan.status()
        if s in (getattr(network, "STAT_WRONG_PASSWORD", None), 15, 204):  # 15, 204: ESP32, the handshake failed
            return "password"
        if s == getattr(network, "STAT_NO_AP_FOUND", None):
            return "no-network"

    def _why_late(self, seen, password):
        if self.signal() is not None or self.wlan.status() == 2 and sys.platform == "rp2":
            return "no-address"
        # before 1.22 an ESP32 stays "connecting" for ever when the password is wrong
        old = sys.platform == "esp32" and sys.implementation[1] < (1, 22)
        if old and seen and password and seen[3] > -75:
            return "password"
        return "timeout" if seen else "no-network"

    # -- broker

    def client(self, client_id=None):
        b = self.settings["broker"]
        user = raw(b.get("user")) or None
        c = MQTTClient(
            client_id or b.get("id") or "lamp-" + my_id(), b["host"], b["port"], user, raw(b.get("pass")) if user else None,
            b.get("keepalive") or 30, ssl=b.get("tls", False), ssl_params={"ca": b.get("ca")})
        return c

    def reach(self, client):
        # opens the connection and logs in; a Fault says what failed
        try:
            client.reach()
        except OSError as e:
            self._unreached(e, client)
        stage("reached")
        try:
            client.login()
        except MQTTException as e:
            what = e.args[0]
            if isinstance(what, int):
                raise Fault("accepted", "code", code=what)
            if what in ("closed", "tls"):
                raise Fault("accepted", what)
            raise Fault("accepted", "other", detail=what)
        except OSError as e:
            raise Fault("accepted", "timeout" if e.args and e.args[0] in TIMED_OUT else "closed")
        stage("accepted")

    def _unreached(self, e, client):
        no = e.args[0] if e.args else 0
        if client.sock is None:
            raise Fault("reached", "name")
        for why, numbers in (("refused", REFUSED), ("timeout", TIMED_OUT), ("unreachable", NO_WAY)):
            if no in numbers:
                raise Fault("reached", why)
        raise Fault("reached", "other", detail="OSError %s" % no)

    def attempt(self, client_id=None, prepare=None):
        # one try, from WiFi to the login; prepare(client) comes before the login
        if self.fresh or not self.joined():
            self.join()
            self.fresh = False
        self.tries += 1
        client = self.client(client_id)
        if prepare:
            prepare(client)
        try:
            self.reach(client)
        except Exception:
            client.close()
            raise
        self.tries = 0
        if self.found:
            self.found = False
            save(self.settings)
        return client

    def look_for_broker(self):
        # asks the classroom where its broker is now, once attempts have failed
        f = self.settings.get("find") or {}
        if self.tries < FIND_AFTER or not f.get("secret") or not self.joined():
            return
        import classroom_find
        b = self.settings["broker"]
        where = classroom_find.ask(f["class"], f["secret"], f["port"], my_id())
        if where and where != (b["host"], b["port"]):
            b["host"], b["port"] = where
            self.found = True


def connect(client_id=None):
    # joins WiFi and broker, however long it takes, and gives the client
    room, pause = Classroom(), 1000
    while True:
        try:
            return room.attempt(client_id)
        except Fault as e:
            failed(e)
        room.look_for_broker()
        gc.collect()
        room.wait(jitter(pause))
        pause = min(2 * pause, 30000)


def jitter(ms):
    # so that thirty boards do not come back in step
    return ms + ms * (time.ticks_us() % 256) // 1024


def prove():
    # one try of everything, for the PC to watch; True when all went well
    stage("start", v=VERSION)
    try:
        room = Classroom()
        client = room.attempt()
        topic = room.settings["topics"]["set"]
        subscribe(client, topic)
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
