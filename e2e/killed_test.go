package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"lamplighter/app/broker"
)

// The variables that make the test program a broker that is there to be killed.
const (
	killedDir  = "LAMPLIGHTER_TEST_BROKER_DIR"
	killedPort = "LAMPLIGHTER_TEST_BROKER_PORT"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		beKilled(dir)
	}
	os.Exit(m.Run())
}

func beKilled(dir string) {
	port, _ := strconv.Atoi(os.Getenv(killedPort))
	b, err := broker.Start(broker.Options{Dir: dir, Host: "127.0.0.1", Port: port, Classroom: "class"})
	if err != nil || b.Port() != port {
		fmt.Println("no broker at", port, err)
		os.Exit(1)
	}
	fmt.Println(ready)
	select {}
}

const ready = "ready"

// mortal is the built-in broker in a process of its own, as a computer whose power
// fails has it.
type mortal struct {
	t    testing.TB
	dir  string
	port int
	cmd  *exec.Cmd
}

// live starts the broker, and waits until it listens.
func (m *mortal) live() {
	m.t.Helper()
	m.cmd = exec.Command(os.Args[0])
	m.cmd.Env = append(os.Environ(), killedDir+"="+m.dir, killedPort+"="+strconv.Itoa(m.port))
	out, err := m.cmd.StdoutPipe()
	if err == nil {
		err = m.cmd.Start()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	if line := bufio.NewScanner(out); !line.Scan() || line.Text() != ready {
		m.t.Fatalf("the broker says %q", line.Text())
	}
}

// die kills the broker's process, if it lives.
func (m *mortal) die() {
	if m.cmd == nil {
		return
	}
	_ = m.cmd.Process.Kill()
	_ = m.cmd.Wait()
	m.cmd = nil
}
