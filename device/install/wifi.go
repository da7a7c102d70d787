package install

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

// maxNetworks bounds how many networks of a scan are looked at.
const maxNetworks = 200

// radio is what every WiFi script starts with: w is the station. Off and on
// again helps chips that answer with an internal error, and stops what an
// earlier program began (a chip does not scan while it connects).
const radio = `import network,time
w=network.WLAN(network.STA_IF)
def _hx(s):
 return ''.join(['%02x'%c for c in s])
def _fresh():
 try:
  w.disconnect()
 except OSError:
  pass
 w.active(False)
 time.sleep_ms(300)
 w.active(True)
 time.sleep_ms(100)
try:
 import esp
 esp.osdebug(None)
except Exception:
 pass`

// scan prints a line for each network, and the number of lines.
const scan = `def _scan():
 if not w.active():w.active(True)
 if not w.isconnected():_fresh()
 for i in range(3):
  try:
   a=w.scan()
   if a:return a
  except OSError:
   if i==2:raise
  if not w.isconnected():_fresh()
  time.sleep_ms(500)
 return a
_a=_scan()
for _x in _a:
 print('["%s",%d,%d,%d]'%(_hx(_x[0]),_x[2],_x[3],_x[4]))
print('[%d]'%len(_a))
del _a`

// Scan lists the networks that the board sees, strongest first, each SSID once.
// Hidden networks are left out: they have no name to choose.
func (b *Provisioner) Scan(ctx context.Context, p device.Port) ([]device.Network, error) {
	var all []device.Network
	err := b.do(ctx, job{op: "scan", port: p, limit: scanTime}, func(ctx context.Context, r *repl.REPL) error {
		look := func() (err error) {
			if _, err = r.Exec(ctx, radio); err != nil {
				return noRadio(err)
			}
			all, err = b.scan(ctx, r, p)
			return err
		}
		err := look()
		if !isNoise(err) {
			return err
		}
		// A timer of what ran before prints into the answer: a soft reset ends it.
		if err = r.SoftReset(ctx); err == nil {
			b.cable.pure = true
			err = look()
		}
		return err
	})
	return all, err
}

// scan scans and remembers; radio must have run.
func (b *Provisioner) scan(ctx context.Context, r *repl.REPL, p device.Port) ([]device.Network, error) {
	var platform [1]string
	if err := r.Call(ctx, `import sys
print('["%s"]'%sys.platform)`, &platform); err != nil {
		return nil, err
	}
	out, err := r.Exec(ctx, scan)
	if err != nil {
		return nil, err
	}
	all, err := networks(out, platform[0] == "rp2")
	if err == nil {
		b.seen[p.Name] = all
	}
	return all, err
}

// networks reads what the script scan printed.
func networks(out []byte, pico bool) ([]device.Network, error) {
	var all []device.Network
	lines, promised := 0, -1
	for line := range bytes.Lines(out) {
		var (
			name                string
			channel, rssi, auth int
		)
		line = bytes.TrimSpace(line)
		if json.Unmarshal(line, &[]any{&name, &channel, &rssi, &auth}) == nil && bytes.Count(line, []byte(",")) == 3 {
			ssid, err := hex.DecodeString(name)
			if lines++; err != nil || hidden(ssid) || len(all) == maxNetworks {
				continue
			}
			all = append(all, device.Network{SSID: device.Text(ssid), Channel: channel, RSSI: rssi, Auth: authOf(auth, pico)})
			continue
		}
		var count [1]int
		if json.Unmarshal(line, &count) == nil {
			promised = count[0]
		}
	}
	if lines != promised {
		return nil, found(fault.LineNoise)
	}
	slices.SortStableFunc(all, func(x, y device.Network) int { return cmp.Compare(y.RSSI, x.RSSI) })
	once := map[device.Text]bool{}
	return slices.DeleteFunc(all, func(n device.Network) bool {
		again := once[n.SSID]
		once[n.SSID] = true
		return again
	}), nil
}

// hidden tells a network without a name: some chips give as many zeros as its
// name has letters.
func hidden(ssid []byte) bool { return len(bytes.Trim(ssid, "\x00")) == 0 }

// authOf makes one numbering of what the chips give: the ESP-IDF's
// wifi_auth_mode_t, and on the Pico W a set of bits (1 privacy, 2 WPA, 4 RSN).
func authOf(n int, pico bool) device.Auth {
	if pico {
		return []device.Auth{
			device.AuthOpen, device.AuthWEP, device.AuthWPA, device.AuthWPA,
			device.AuthWPA2, device.AuthWPA2, device.AuthWPAWPA2, device.AuthWPAWPA2,
		}[n&7]
	}
	switch n {
	case 9: // OWE: encrypted, but without a password
		return device.AuthOpen
	case 10, 14, 15, 16: // WPA3 and WPA2/WPA3 enterprise, WPA enterprise
		return device.AuthEnterprise
	case 11, 12: // WPA3 with extended keys
		return device.AuthWPA3
	}
	return device.Auth(n)
}

// connect begins to join the network s with the password k. With a bounded
// number of attempts the ESP32 tells why it failed; otherwise it tries for ever
// and says "connecting".
const connect = `_fresh()
try:
 w.config(reconnects=2)
except Exception:
 pass
if k:
 w.connect(s,k)
else:
 w.connect(s)`

// look waits until the station's state is other than l, at most ten times g ms,
// and prints joined, state, address, and whether the access point has let us in.
// The strength of an access point can be had only after that: before, an ESP8266
// says 31, a Pico 0, and an ESP32 raises.
const look = `def _look():
 for i in range(10):
  c=1 if w.isconnected() else 0
  t=w.status()
  if t!=l or c and w.ifconfig()[0]!='0.0.0.0':break
  time.sleep_ms(g)
 try:
  a=1 if c or w.status('rssi')<0 else 0
 except Exception:
  a=0
 return '[%d,%d,"%s",%d]'%(c,t,w.ifconfig()[0],a)
print(_look())`

// station is the state of the board's WiFi.
type station struct {
	joined  bool
	status  int // WLAN.status(); its numbers differ between chips
	address string
	let     bool // the access point has let the board in
}

const noAddress = "0.0.0.0"

// How many looks, of up to ten glances each, every state is given.
const (
	looks       = 25 // in all
	looksFailed = 8  // a failure: chips name one in between, too
	looksWrong  = 3  // "wrong password" likewise
	looksNoDHCP = 15 // let in, but without an address
)

// Join tries a network on the board, before anything is written.
func (b *Provisioner) Join(ctx context.Context, p device.Port, w device.WiFi) (string, error) {
	if err := w.Check(); err != nil {
		return "", err
	}
	address := ""
	err := b.do(ctx, job{op: "join", port: p, limit: joinTime, hide: []string{string(w.Password)}}, func(ctx context.Context, r *repl.REPL) error {
		var err error
		address, err = b.join(ctx, r, p, w)
		return err
	})
	return address, err
}

func (b *Provisioner) join(ctx context.Context, r *repl.REPL, p device.Port, w device.WiFi) (string, error) {
	if n, ok := b.inSight(p, w.SSID); ok && n.Auth == device.AuthEnterprise {
		return "", found(fault.WiFiEnterprise)
	}
	if _, err := r.Exec(ctx, radio); err != nil {
		return "", noRadio(err)
	}
	e := evidence{}
	if err := r.Call(ctx, askFirmware, &[]any{&e.platform, &e.major, &e.minor}); err != nil {
		return "", err
	}
	if err := r.Set(ctx, "s", []byte(w.SSID)); err != nil {
		return "", err
	}
	if err := r.Set(ctx, "k", []byte(w.Password)); err != nil {
		return "", err
	}
	if _, err := r.Exec(ctx, connect); err != nil {
		return "", err
	}
	if err := r.Set(ctx, "k", nil); err != nil {
		return "", err
	}
	if err := b.follow(ctx, r, &e); err != nil || e.address != "" {
		return e.address, err
	}
	if _, err := r.Exec(ctx, "w.disconnect()"); err != nil && !isScript(err) {
		return "", err
	}
	return "", b.whyNot(ctx, r, p, w, e)
}

// askFirmware prints the platform and the version of the firmware.
const askFirmware = `import sys
print('["%s",%d,%d]'%(sys.platform,sys.implementation[1][0],sys.implementation[1][1]))`

// evidence is what was seen of a network that could not be joined.
type evidence struct {
	platform     string // sys.platform
	major, minor int    // of the firmware
	address      string // it could be joined
	failure      int    // WLAN.status() when it named a failure last
	fails        int    // how many looks found a failure
	wrong        int    // how many of them blame the password
	let          bool   // let in at the end
}

// note takes a look at the station into account, and reports whether joining
// has failed.
func (e *evidence) note(s station) bool {
	f, failed := device.WiFiFault(e.platform, s.status, false)
	if failed {
		e.failure = s.status
		e.fails++
	}
	if f == fault.WiFiPassword {
		e.wrong++
	}
	e.let = s.joined || s.let || e.platform == "rp2" && s.status == picoNoIP
	return e.fails >= looksFailed || e.wrong >= looksWrong
}

// picoNoIP is a Pico W's status between the access point and the address.
const picoNoIP = 2 // CYW43_LINK_NOIP

// follow looks at the station until it is decided, or long enough.
func (b *Provisioner) follow(ctx context.Context, r *repl.REPL, e *evidence) error {
	last, let := -1000, 0
	for range looks {
		var joined, in int
		var s station
		if err := r.Call(ctx, fmt.Sprintf("l=%d\ng=%d\n", last, b.glance.Milliseconds())+look, &[]any{&joined, &s.status, &s.address, &in}); err != nil {
			return err
		}
		s.joined, s.let, last = joined == 1, in == 1, s.status
		if s.joined && s.address != noAddress {
			e.address = s.address
			return nil
		}
		failed := e.note(s)
		if e.let {
			let++
		}
		if failed || let >= looksNoDHCP {
			return nil
		}
	}
	return nil
}

// whyNot tells the most likely reason, after another scan.
func (b *Provisioner) whyNot(ctx context.Context, r *repl.REPL, p device.Port, w device.WiFi, e evidence) error {
	if e.let {
		return found(fault.WiFiNoAddress)
	}
	if _, err := b.scan(ctx, r, p); err != nil && !isScript(err) {
		return err
	}
	n, sight := b.inSight(p, w.SSID)
	if sight && n.Auth == device.AuthEnterprise {
		return found(fault.WiFiEnterprise)
	}
	return &fault.Error{Fault: e.fault(w, n, sight), Op: "join", Err: statusError{e.platform, e.failure}}
}

// fault is why w was not joined; n is the network as it was scanned, where it is
// in sight. The password is blamed by a status that means it, by a firmware that
// never tells of a wrong one, and where a locked network was given none.
func (e evidence) fault(w device.WiFi, n device.Network, sight bool) fault.Fault {
	f, failed := device.WiFiFault(e.platform, e.failure, sight)
	silent := e.fails == 0 && device.SilentOnPassword(e.platform, e.major, e.minor) && n.RSSI > device.FarRSSI
	switch {
	case e.wrong > 0 && (f == fault.WiFiPassword || f == fault.WiFiNotFound):
		return fault.WiFiPassword
	case sight && n.Auth != device.AuthOpen && (w.Password == "" && f != fault.WiFiFull || w.Password != "" && silent):
		return fault.WiFiPassword
	case failed && (sight || w.Hidden || f != fault.WiFiTimeout):
		return f
	case sight || w.Hidden:
		return fault.WiFiTimeout
	}
	return fault.WiFiNotFound
}

// statusError is what WLAN.status() said on a platform.
type statusError struct {
	platform string
	status   int
}

func (e statusError) Error() string {
	return fmt.Sprintf("WLAN.status() %d on %s", e.status, e.platform)
}

func (b *Provisioner) inSight(p device.Port, ssid device.Text) (device.Network, bool) {
	for _, n := range b.seen[p.Name] {
		if n.SSID == ssid {
			return n, true
		}
	}
	return device.Network{}, false
}

// dial opens and closes a TCP connection to the host h, port q, and prints
// what happened: ok, off (no WiFi), name or tcp, with the errno.
const dial = `def _dial():
 import network
 try:
  import usocket as k
 except ImportError:
  import socket as k
 if not network.WLAN(network.STA_IF).isconnected():return 'off',0
 try:
  a=k.getaddrinfo(h.decode(),q)[0][-1]
 except (OSError,IndexError) as e:
  return 'name',e.args[0]
 s=None
 try:
  s=k.socket()
  s.settimeout(8)
  s.connect(a)
  return 'ok',0
 except OSError as e:
  return 'tcp',e.args[0]
 finally:
  if s:s.close()
_r=_dial()
print('["%s",%d]'%(_r[0],_r[1] if isinstance(_r[1],int) else 0))`

// Reach opens and closes a TCP connection from the board, which has joined.
// Its faults are Refused, Unreachable, NameNotFound, and WiFiTimeout where the
// board is no longer in the network.
func (b *Provisioner) Reach(ctx context.Context, p device.Port, host string, port int) error {
	if err := device.CheckHost(host); err != nil {
		return err
	}
	return b.do(ctx, job{op: "reach", port: p, limit: reachTime}, func(ctx context.Context, r *repl.REPL) error {
		if err := r.Set(ctx, "h", []byte(host)); err != nil {
			return err
		}
		var (
			what  string
			errno int
		)
		if err := r.Call(ctx, "q="+strconv.Itoa(port)+"\n"+dial, &[]any{&what, &errno}); err != nil {
			return err
		}
		switch {
		case what == "ok":
			return nil
		case what == "off":
			return found(fault.WiFiTimeout)
		case what == "name":
			return &fault.Error{Fault: fault.NameNotFound, Op: "find the name", Err: errnoError(errno)}
		case errno == 111 || errno == 104: // ECONNREFUSED; lwIP gives ECONNRESET as well
			return &fault.Error{Fault: fault.Refused, Op: "connect", Err: errnoError(errno)}
		}
		return &fault.Error{Fault: fault.Unreachable, Op: "connect", Err: errnoError(errno)}
	})
}

// errnoError is the number of an OSError on the board.
type errnoError int

func (e errnoError) Error() string { return "the board's errno " + strconv.Itoa(int(e)) }

// noRadio makes a missing network module the fault NoWiFi.
func noRadio(err error) error {
	var script *repl.ScriptError
	if errors.As(err, &script) && (script.Type == "ImportError" || strings.Contains(script.Type, "AttributeError")) {
		return &fault.Error{Fault: fault.NoWiFi, Op: "find the radio", Err: err}
	}
	return err
}

// isScript tells an exception on the board from a broken line.
func isScript(err error) bool {
	var script *repl.ScriptError
	return errors.As(err, &script)
}
