package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"lamplighter/app/apptest"
	"lamplighter/app/broker"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/assets"
	"lamplighter/device"
	"lamplighter/device/devicetest"
)

// class is a room full of boards that were set up some other day: the program
// without its window, its broker, and real MicroPython on every board.
type class struct {
	*school
	boards []*devicetest.MicroPython
}

// openSchool starts the program without a board on its cable.
func openSchool(t testing.TB) *school {
	s := &school{t: t, loop: apptest.NewLoop(t), dir: t.TempDir()}
	s.loop.Describe = s.stands
	t.Cleanup(s.closing)
	s.begin()
	s.open()
	return s
}

// newClass starts the program and n boards without power.
func newClass(t testing.TB, n int) *class {
	c := &class{openSchool(t), devicetest.StartMicroPythons(t, n, devicetest.Options{Off: true})}
	c.board = c.boards[0]
	return c
}

func base(i int) string { return fmt.Sprintf("class/lamp-%02d", i+1) }

// account makes a board's login at the built-in broker.
func (s *school) account(user, base string) device.Broker {
	s.t.Helper()
	b, _, err := s.Hosting.Broker()
	if err != nil {
		s.t.Fatal(err)
	}
	const password = "0123456789abcdef01234567"
	if err := b.SetAccount(broker.Account{User: user, Role: broker.Board, Base: base}, password); err != nil {
		s.t.Fatal(err)
	}
	host, port := b.LocalAddr()
	return device.Broker{Host: host, Port: port, User: device.Text(user), Password: password, KeepAlive: 30}
}

// makeLamps puts the lamp program into the flash of every board and the board onto
// the panel, as the wizard would, and leaves the boards without power.
func (c *class) makeLamps(keepAlive func(i int) int) {
	c.t.Helper()
	var logins []device.Broker
	for i, board := range c.boards {
		login := c.account("board-"+board.ID(), base(i))
		login.KeepAlive = keepAlive(i)
		logins = append(logins, login)
	}
	c.flash(logins)
}

// flash is makeLamps for boards with these logins.
func (c *class) flash(logins []device.Broker) {
	c.t.Helper()
	model, ok := device.ModelByKey("mpython-2")
	if !ok {
		c.t.Fatal("no such board")
	}
	for i, board := range c.boards {
		board.PowerOff()
		config := device.Config{
			Format: device.ConfigFormat, Name: base(i), Language: "en",
			WiFi:   device.WiFi{SSID: devicetest.TestSSID, Password: devicetest.TestPassword},
			Broker: logins[i], Topics: device.LampTopics(base(i)),
			Lamp: model.Lamps[0], Button: model.Button, Near: true,
		}
		if err := config.Check(); err != nil {
			c.t.Fatal(err)
		}
		file, err := config.File()
		if err != nil {
			c.t.Fatal(err)
		}
		board.WriteFile("/lamplighter.json", file)
		board.WriteProgram(assets.Board())
		if err := c.Lights.AddKnown(lights.Entry{Base: base(i), Name: config.Name}); err != nil {
			c.t.Fatal(err)
		}
	}
}

func usual(int) int { return 30 }

// row is how many boards get their power at once. With the race detector a login
// costs a good part of a second, and a board does not wait for one for ever.
const row = 6

// start gives the boards their power, one row after the other, and waits until
// the panel has their lamps.
func (c *class) start() {
	c.t.Helper()
	for i, board := range c.boards {
		board.PowerOn()
		if i%row == row-1 || i == len(c.boards)-1 {
			c.loop.RunUntil(func() bool { return c.here() == i+1 }, "lamp "+strconv.Itoa(i+1)+" to be here")
		}
	}
}

// here is how many lamps have a board at the broker that has said what it shows.
func (c *class) here() (n int) {
	for _, l := range c.Lights.Lights() {
		if l.Phase == lights.Confirmed && l.Presence == lights.PresenceOnline {
			n++
		}
	}
	return n
}

// echo is the bare program on every board, and a bare client that talks to it.
type echo struct {
	t      testing.TB
	n      int
	client *link.OneShot
	heard  chan heard
}

type heard struct {
	board int
	text  string
	at    time.Time
}

// startEcho puts the bare program on every board and waits until all run.
func (c *class) startEcho() *echo {
	c.t.Helper()
	program, err := os.ReadFile(filepath.Join("testdata", "echo.py"))
	if err != nil {
		c.t.Fatal(err)
	}
	e := &echo{t: c.t, n: len(c.boards), heard: make(chan heard, 4*len(c.boards))}
	byTopic := map[string]int{}
	for i, board := range c.boards {
		board.PowerOff()
		// Outside the class, so that the program does not hear it too.
		place := "echo/" + strconv.Itoa(i)
		login := c.account("echo-"+strconv.Itoa(i), place)
		byTopic[place+"/out"] = i
		settings, err := json.Marshal(map[string]any{
			"ssid": devicetest.TestSSID, "pass": devicetest.TestPassword, "host": login.Host, "port": login.Port,
			"user": string(login.User), "key": string(login.Password), "in": place + "/in", "out": place + "/out",
		})
		if err != nil {
			c.t.Fatal(err)
		}
		board.WriteFile("/echo.json", settings)
		board.WriteFile("/main.py", program)
	}
	b, _, _ := c.Hosting.Broker()
	o := link.Options{}
	o.Host, o.Port = b.LocalAddr()
	o.User, o.Password = b.App()
	receive := func(m link.Message) {
		e.heard <- heard{byTopic[m.Topic], string(m.Payload), time.Now()}
	}
	lost := func(err error) { c.t.Errorf("the bare client was thrown off: %v", err) }
	if e.client, err = link.DialOnce(context.Background(), o, []string{"echo/+/out"}, receive, lost); err != nil {
		c.t.Fatal(err)
	}
	for _, board := range c.boards {
		board.PowerOn()
	}
	e.await("ready", time.Time{})
	return e
}

// round publishes to every board, and gives the time until each one's echo.
func (e *echo) round(number int) []time.Duration {
	e.t.Helper()
	text := strconv.Itoa(number)
	began := time.Now()
	for i := range e.n {
		e.client.Publish("echo/"+strconv.Itoa(i)+"/in", []byte(text), false)
	}
	return e.await(text, began)
}

// await hears text from every board, once each.
func (e *echo) await(text string, began time.Time) []time.Duration {
	e.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	said := map[int]bool{}
	var all []time.Duration
	for len(said) < e.n {
		select {
		case h := <-e.heard:
			if h.text != text || said[h.board] {
				e.t.Fatalf("board %d said %q; waited for %q", h.board, h.text, text)
			}
			said[h.board] = true
			all = append(all, h.at.Sub(began))
		case <-late.C:
			e.t.Fatalf("%d of %d boards said %q", len(said), e.n, text)
		}
	}
	return all
}
