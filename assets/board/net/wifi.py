# Joins a WiFi network by the driver itself, and tells why where that fails.
import network
import sys
import time
from net.report import Fault, stage, to_bytes

JOIN_MS = 20000  # how long joining may take
STABLE_MS = 4000  # how long a bad status must last before it counts: drivers try again by themselves
WPA_ENTERPRISE = 5


class WiFi:
    def __init__(self, wait):
        self.wait = wait  # what passes the time, in ms
        self.wlan = network.WLAN(network.STA_IF)
        self.rssi = 0  # dBm, when it was joined

    def ip(self):
        return self.wlan.ifconfig()[0]

    def joined(self):
        return self.wlan.isconnected() and self.ip() != "0.0.0.0"

    def signal(self):
        # dBm, or None while no access point holds us
        try:
            dbm = self.wlan.status("rssi")
        except (OSError, ValueError, TypeError):
            return None
        return dbm if dbm < 0 else None  # an ESP8266 says 31, a Pico 0

    def join(self, w):
        # w is the settings' part of that name
        ssid, password = to_bytes(w["ssid"]), to_bytes(w.get("pass"))
        self._start_radio()
        seen = self._scan(ssid, w.get("hidden"))
        if seen:
            self.rssi = seen[3]
            stage("found", rssi=seen[3])
            if seen[4] == WPA_ENTERPRISE and sys.platform != "rp2":  # a Pico gives bits, and these are WPA2's
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
            self._config(pm=network.WLAN.PM_NONE)
        self._config(reconnects=3)  # an ESP32 that tries for ever never says why
        self.wait(100)

    def _config(self, **what):
        try:
            self.wlan.config(**what)
        except (OSError, ValueError, TypeError, KeyError):
            pass  # this firmware has no such thing

    def _scan(self, ssid, hidden):
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
            if bad is not None and time.ticks_diff(now, since) > STABLE_MS:
                unseen = not seen and bad == getattr(network, "STAT_NO_AP_FOUND", None)
                raise Fault("found" if unseen else "joined", "status", code=bad, detail=sys.platform)
            if time.ticks_diff(now, start) > JOIN_MS:
                raise Fault("joined", self._why_late(seen, password))
            self.wait(50)

    def _bad_status(self):
        # the number of a failure, which the PC knows the meaning of
        s = self.wlan.status()
        if sys.platform == "esp32":
            return s if 0 < s < 1000 else None
        if sys.platform == "esp8266":
            return s if 1 < s < 5 else None
        return s if s < 0 else None

    def _why_late(self, seen, password):
        if self.signal() is not None or self.wlan.status() == 2 and sys.platform == "rp2":
            return "no-address"
        # before 1.22 an ESP32 stays "connecting" for ever when the password is wrong
        old = sys.platform == "esp32" and sys.implementation[1] < (1, 22)
        if old and seen and password and seen[3] > -75:
            return "password"
        return "timeout" if seen else "no-network"
