package devicetest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// MosquittoConf says how a broker for tests behaves.
type MosquittoConf struct {
	Users map[string]string // user → password; nil lets everybody in
	ACL   string            // of an acl_file; "" allows everything
	Extra string            // further lines of mosquitto.conf(5), after the listener
}

// Mosquitto is a mosquitto broker on 127.0.0.1. It keeps its port, and what it
// keeps for others, over a restart.
type Mosquitto struct {
	t    testing.TB
	dir  string
	port int
	cmd  *exec.Cmd
	out  bytes.Buffer
}

// StartMosquitto starts a broker. It fails the test with a plain sentence where
// mosquitto is missing.
func StartMosquitto(t testing.TB, conf MosquittoConf) *Mosquitto {
	t.Helper()
	m := &Mosquitto{t: t, dir: t.TempDir(), port: Port(t)}
	m.write("mosquitto.conf", m.conf(conf))
	if conf.ACL != "" {
		m.write("acl", conf.ACL)
	}
	if conf.Users != nil {
		m.passwords(conf.Users)
	}
	m.Start()
	t.Cleanup(m.Kill)
	return m
}

func (m *Mosquitto) conf(c MosquittoConf) string {
	var b strings.Builder
	fmt.Fprintf(&b, "persistence true\npersistence_location %s/\nlog_type error\nlog_type warning\n", m.dir)
	fmt.Fprintf(&b, "user root\nlistener %d 127.0.0.1\n", m.port)
	if c.Users == nil {
		b.WriteString("allow_anonymous true\n")
	} else {
		fmt.Fprintf(&b, "allow_anonymous false\npassword_file %s\n", filepath.Join(m.dir, "passwords"))
	}
	if c.ACL != "" {
		fmt.Fprintf(&b, "acl_file %s\n", filepath.Join(m.dir, "acl"))
	}
	b.WriteString(c.Extra + "\n")
	return b.String()
}

func (m *Mosquitto) write(name, text string) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// passwords writes the file and lets mosquitto_passwd hash it in place.
func (m *Mosquitto) passwords(users map[string]string) {
	m.t.Helper()
	var b strings.Builder
	for u, p := range users {
		fmt.Fprintf(&b, "%s:%s\n", u, p)
	}
	m.write("passwords", b.String())
	out, err := exec.Command("mosquitto_passwd", "-U", filepath.Join(m.dir, "passwords")).CombinedOutput()
	if err != nil {
		m.t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
}

// Host is the broker's address and Port its port.
func (m *Mosquitto) Host() string { return "127.0.0.1" }

// Port is where the broker listens.
func (m *Mosquitto) Port() int { return m.port }

// Addr is host:port.
func (m *Mosquitto) Addr() string { return net.JoinHostPort(m.Host(), strconv.Itoa(m.port)) }

// Start starts the broker again after Stop or Kill, and waits until it listens.
func (m *Mosquitto) Start() {
	m.t.Helper()
	if m.cmd != nil {
		return
	}
	bin := mosquittoPath()
	if bin == "" {
		m.t.Fatal("these tests need the broker mosquitto: run `make test`, or install mosquitto")
	}
	m.cmd = exec.Command(bin, "-c", filepath.Join(m.dir, "mosquitto.conf"))
	m.cmd.Stdout, m.cmd.Stderr = &m.out, &m.out
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	for limit := time.Now().Add(waitForBroker); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", m.Addr())
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(limit) {
			m.Kill()
			m.t.Fatalf("mosquitto does not listen: %s", m.out.Bytes())
		}
	}
}

const waitForBroker = time.Minute

// Stop ends the broker in good order: it closes every connection and keeps
// what is retained.
func (m *Mosquitto) Stop() { m.end(func(p *os.Process) error { return p.Signal(os.Interrupt) }) }

// Kill ends it at once, as a power cut does.
func (m *Mosquitto) Kill() { m.end((*os.Process).Kill) }

func (m *Mosquitto) end(how func(*os.Process) error) {
	if m.cmd == nil {
		return
	}
	_ = how(m.cmd.Process)
	_ = m.cmd.Wait()
	m.cmd = nil
}

// mosquittoPath finds the broker; Debian keeps it where a user's path may not look.
func mosquittoPath() string {
	for _, name := range []string{"mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}
