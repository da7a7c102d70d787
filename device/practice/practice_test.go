package practice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
	"lamplighter/device/fault"
)

// fakeBroker stands in for the app's connection: it keeps what is published
// and lets the test send and hang up.
type fakeBroker struct {
	mu       sync.Mutex
	sessions []Session
	said     []string // "topic=payload" with "!" where retained, "close", "drop"
	refuse   error
}

func (f *fakeBroker) dial(_ context.Context, s Session) (Client, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return nil, f.refuse
	}
	f.sessions = append(f.sessions, s)
	return f, nil
}

func (f *fakeBroker) Publish(topic string, payload []byte, retained bool) {
	mark := ""
	if retained {
		mark = "!"
	}
	f.note(topic + "=" + string(payload) + mark)
}
func (f *fakeBroker) Close() { f.note("close") }
func (f *fakeBroker) Drop()  { f.note("drop") }

func (f *fakeBroker) note(s string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = append(f.said, s)
}

// take gives what was said since the last time.
func (f *fakeBroker) take() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	said := f.said
	f.said = nil
	return said
}

func (f *fakeBroker) last() Session {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sessions[len(f.sessions)-1]
}

func port(n string) device.Port { return device.Port{Name: n, Kind: device.Practice} }

func config() device.Config {
	return device.Config{
		Format: device.ConfigFormat, Name: "lamp-01", Language: "en",
		WiFi:   device.WiFi{SSID: practiceSSID, Password: Password},
		Broker: device.Broker{Host: "127.0.0.1", Port: 1883, User: "lamp-01", Password: "secret-login", KeepAlive: 30},
		Topics: device.LampTopics("class/lamp-01"),
		Lamp:   device.Lamp{Kind: device.LampNeoPixel, Pin: "17", Count: 3, Level: 30, Color: [3]int{9, 8, 7}},
	}
}

func noProgress(device.Progress) {}

func boardFiles() fstest.MapFS {
	return fstest.MapFS{
		"lamplighter.py": {Data: []byte(strings.Repeat("x", 5000))},
		"main.py":        {Data: []byte("# lamplighter\n")},
	}
}

func newBench(t *testing.T, f *fakeBroker, o Options) *Simulator {
	t.Helper()
	o.Dial = f.dial
	b := New(o)
	t.Cleanup(b.Close)
	return b
}

// install sets a board up, without proof.
func install(t *testing.T, b *Simulator, c device.Config) {
	t.Helper()
	if err := b.Install(t.Context(), port("practice"), device.Job{Config: c}, noProgress); err != nil {
		t.Fatal(err)
	}
}

func faultOf(t *testing.T, err error) fault.Fault {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *fault.Error", err)
	}
	return e.Fault
}

func expect(t *testing.T, f *fakeBroker, want ...string) {
	t.Helper()
	synctest.Wait()
	if got := f.take(); !reflect.DeepEqual(got, want) {
		t.Errorf("the broker heard\n %q, want\n %q", got, want)
	}
}

func TestAPracticeBoardIsGreetedAsABoardWithWiFi(t *testing.T) {
	b := newBench(t, &fakeBroker{}, Options{})
	id, err := b.Greet(t.Context(), port("practice"), noProgress)
	if err != nil {
		t.Fatal(err)
	}
	if !id.HasWiFi || id.Main != device.DefaultMain || id.Settings != nil || len(id.ID) != 12 {
		t.Errorf("got %+v", id)
	}
	if _, ok := device.ModelByKey(id.Model); !ok {
		t.Errorf("model %q is not known", id.Model)
	}
}

func TestAWrongPasswordAndANetworkOutOfSightFailAsOnARealBoard(t *testing.T) {
	b := newBench(t, &fakeBroker{}, Options{})
	for _, tt := range []struct {
		w    device.WiFi
		want fault.Fault
	}{
		{device.WiFi{SSID: practiceSSID, Password: "not the one"}, fault.WiFiPassword},
		{device.WiFi{SSID: practiceSSID}, fault.WiFiPassword},
		{device.WiFi{SSID: "elsewhere", Password: Password}, fault.WiFiNotFound},
		{device.WiFi{SSID: practiceSSID, Password: "short"}, fault.BadValue},
	} {
		_, err := b.Join(t.Context(), port("practice"), tt.w)
		if got := faultOf(t, err); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.w.SSID, got, tt.want)
		}
	}
	for _, w := range []device.WiFi{{SSID: practiceSSID, Password: Password}, {SSID: openSSID}, {SSID: farSSID, Password: Password}} {
		if ip, err := b.Join(t.Context(), port("practice"), w); err != nil || net.ParseIP(ip) == nil {
			t.Errorf("%v: got %q, %v", w.SSID, ip, err)
		}
	}
}

func TestReachTellsAClosedPortFromAnOpenOne(t *testing.T) {
	b := newBench(t, &fakeBroker{}, Options{})
	open := devicetest.Port(t)
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(open)))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Reach(t.Context(), port("practice"), "127.0.0.1", open); err != nil {
		t.Error(err)
	}
	l.Close()
	if got := faultOf(t, b.Reach(t.Context(), port("practice"), "127.0.0.1", open)); got != fault.Refused {
		t.Errorf("closed port: %v", got)
	}
	b.opts.Reach = func(context.Context, string, string) (net.Conn, error) { return nil, &net.DNSError{} }
	if got := faultOf(t, b.Reach(t.Context(), port("practice"), "broker.example", 1883)); got != fault.NameNotFound {
		t.Errorf("unknown name: %v", got)
	}
}

func TestTheLampProgramConfirmsWhatItDoesAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeBroker{}
		b := newBench(t, f, Options{})
		install(t, b, config())
		b.Start()
		expect(t, f, "class/lamp-01/status=online!", "class/lamp-01/info="+(&program{board: b.Boards()[0], config: config()}).info()+"!",
			"class/lamp-01/light=off!", "class/lamp-01/light/rgb=9,8,7!")
		send := func(topic string, payload []byte) { f.sessions[0].Message(topic, payload, false) }
		for payload, want := range map[string]string{
			"on": "on", " ON\r\n": "on", "1": "on", "True": "on", `{"state":"ON"}`: "on", `{ "state": "on", "brightness": 3 }`: "on",
			"off": "off", "0": "off", "FALSE": "off", `{"state":"OFF"}`: "off",
			"": "", "ONN": "", "{": "", "{}": "", "[1]": "", "\xff": "", `{"state":{}}`: "", strings.Repeat(" ", 1100) + "on": "",
		} {
			send("class/lamp-01/light/set", []byte(payload))
			if want == "" {
				expect(t, f)
				continue
			}
			expect(t, f, "class/lamp-01/light="+want+"!")
		}
		send("class/lamp-01/light/set", []byte("off"))
		send("class/lamp-01/light/set", []byte("toggle"))
		expect(t, f, "class/lamp-01/light=off!", "class/lamp-01/light=on!")
		send("class/lamp-01/light/rgb/set", []byte(" 1, 2,255 "))
		send("class/lamp-01/light/rgb/set", []byte("1,2,256"))
		send("class/lamp-01/light/rgb/set", []byte("1,2"))
		expect(t, f, "class/lamp-01/light/rgb=1,2,255!")
		b.Boards()[0].PressButton()
		expect(t, f, "class/lamp-01/light=off!")
		send("class/lamp-01/light/set", []byte(`{"color":{"r":1,"g":2,"b":3},"state":"on"}`))
		send("class/lamp-01/light/set", []byte(`{"color":{"r":1,"g":2,"b":300}}`))
		expect(t, f, "class/lamp-01/light/rgb=1,2,3!", "class/lamp-01/light=on!")
		f.sessions[0].Message("class/lamp-01/light/set", []byte("off"), true) // kept by the broker: a ghost
		expect(t, f)
	})
}

func TestUnpluggingVanishesWithoutAGoodbyeAndPluggingInConnectsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeBroker{}
		b := newBench(t, f, Options{})
		install(t, b, config())
		b.Start()
		synctest.Wait()
		f.take()
		board := b.Boards()[0]
		board.Unplug()
		expect(t, f, "drop")
		s := f.last()
		if s.WillTopic != "class/lamp-01/status" || string(s.WillPayload) != "offline" || !s.WillRetained {
			t.Errorf("last will: %q %q %v", s.WillTopic, s.WillPayload, s.WillRetained)
		}
		if _, err := b.Greet(t.Context(), port("practice"), noProgress); faultOf(t, err) != fault.PortGone {
			t.Errorf("greeted although unplugged: %v", err)
		}
		board.Plug()
		synctest.Wait()
		if said := f.take(); len(said) == 0 || said[0] != "class/lamp-01/status=online!" {
			t.Errorf("after plugging in: %q", said)
		}
		b.Close()
		expect(t, f, "class/lamp-01/status=offline!", "close")
	})
}

func TestALostBrokerIsFoundAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeBroker{}
		b := newBench(t, f, Options{})
		install(t, b, config())
		b.Start()
		synctest.Wait()
		f.take()
		first := f.last()
		f.mu.Lock()
		f.refuse = &fault.Error{Fault: fault.Refused}
		f.mu.Unlock()
		first.Lost(errors.New("gone"))
		expect(t, f, "drop")
		time.Sleep(2 * time.Minute)
		f.mu.Lock()
		f.refuse = nil
		f.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		if said := f.take(); len(said) != 4 || said[0] != "class/lamp-01/status=online!" {
			t.Errorf("after the broker came back: %q", said)
		}
		first.Lost(errors.New("late")) // news of the old connection
		expect(t, f)
		if !b.Boards()[0].State().Connected {
			t.Error("not connected")
		}
	})
}

func TestProveTicksEveryStageAndNamesWhatTheBrokerRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		refuse error
		want   []string // stage, with the fault where it failed
	}{
		"all well":   {nil, []string{"start", "found", "joined", "reached", "accepted", "subscribed"}},
		"odd code":   {&fault.Error{Fault: fault.LoginRefused}, []string{"start", "found", "joined", "reached", "accepted login refused"}},
		"no broker":  {&fault.Error{Fault: fault.NotBroker}, []string{"start", "found", "joined", "reached", "accepted not a broker"}},
		"TLS only":   {&fault.Error{Fault: fault.TLSOnly}, []string{"start", "found", "joined", "reached", "accepted TLS only"}},
		"login":      {&fault.Error{Fault: fault.BadLogin}, []string{"start", "found", "joined", "reached", "accepted bad login"}},
		"no way":     {&fault.Error{Fault: fault.Unreachable}, []string{"start", "found", "joined", "reached unreachable"}},
		"hung up":    {&fault.Error{Fault: fault.BrokerClosed}, []string{"start", "found", "joined", "reached", "accepted broker closed"}},
		"topic":      {&fault.Error{Fault: fault.TopicRefused}, []string{"start", "found", "joined", "reached", "accepted", "subscribed topic refused"}},
		"not typed":  {errors.New("x"), []string{"start", "found", "joined", "reached unknown"}},
		"name":       {&fault.Error{Fault: fault.NameNotFound}, []string{"start", "found", "joined", "reached name not found"}},
		"not proven": {&fault.Error{Fault: fault.BadCertificate}, []string{"start", "found", "joined", "reached bad certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeBroker{refuse: tt.refuse}
				b := newBench(t, f, Options{Pace: Believable})
				install(t, b, config())
				ctx, cancel := context.WithCancel(t.Context())
				var got []string
				err := b.Prove(ctx, port("practice"), func(s device.Stage) {
					line := s.Name
					if fault, bad := s.Fault(); bad {
						line += " " + fault.String()
					}
					if got = append(got, line); len(got) == len(tt.want) {
						cancel()
					}
				})
				if err != nil || !reflect.DeepEqual(got, tt.want) {
					t.Errorf("got %q, %v", got, err)
				}
			})
		})
	}
}

func TestAProofOfSettingsConnectsOnceAndLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeBroker{}
		b := newBench(t, f, Options{Files: boardFiles()})
		if err := b.Install(t.Context(), port("practice"), device.Job{Goal: device.SettingsOnly, Config: config()}, noProgress); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var got []string
		if err := b.Prove(ctx, port("practice"), func(s device.Stage) { got = append(got, s.Name) }); err != nil {
			t.Error(err)
		}
		if want := []string{"start", "found", "joined", "reached", "accepted", "subscribed"}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %q", got)
		}
		expect(t, f, "close")
		id, err := b.Greet(t.Context(), port("practice"), noProgress)
		if err != nil || id.Main != device.DefaultMain || id.Settings == nil {
			t.Errorf("main.py was touched: %+v, %v", id, err)
		}
	})
}

func TestAProofEndsWhenTheBoardIsUnplugged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, &fakeBroker{}, Options{})
		install(t, b, config())
		err := b.Prove(t.Context(), port("practice"), func(s device.Stage) {
			if s.Name == device.StageSubscribed {
				go b.Boards()[0].Unplug()
			}
		})
		if got := faultOf(t, err); got != fault.PortGone {
			t.Errorf("got %v", got)
		}
	})
}

func TestAnInstallationCountsItsBytesAndSendsOnlyWhatDiffers(t *testing.T) {
	b := newBench(t, &fakeBroker{}, Options{Files: boardFiles()})
	total := func(c device.Config) (last device.Progress) {
		kept := ""
		job := device.Job{Config: c, Keep: func(name string, old []byte) error { kept = name + ": " + string(old); return nil }}
		if err := b.Install(t.Context(), port("practice"), job, func(p device.Progress) {
			if p.Done < last.Done {
				t.Errorf("went back from %d to %d", last.Done, p.Done)
			}
			last = p
		}); err != nil {
			t.Fatal(err)
		}
		if last.Done != last.Total {
			t.Errorf("ended at %d of %d", last.Done, last.Total)
		}
		if kept != "" && !strings.HasPrefix(kept, "main.py: # The demonstration") {
			t.Errorf("kept %q", kept)
		}
		return last
	}
	if first := total(config()); first.Total < 5000 {
		t.Errorf("the first has %d bytes", first.Total)
	}
	if second := total(config()); second.Total != 0 {
		t.Errorf("the second has %d bytes", second.Total)
	}
	changed := config()
	changed.Name = "lamp-02"
	if third := total(changed); third.Total == 0 || third.Total > 2000 {
		t.Errorf("the third has %d bytes", third.Total)
	}
}

func TestAKeepThatFailsStopsTheInstallation(t *testing.T) {
	b := newBench(t, &fakeBroker{}, Options{})
	full := errors.New("disk full")
	err := b.Install(t.Context(), port("practice"), device.Job{Config: config(), Keep: func(string, []byte) error { return full }}, noProgress)
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if !b.Boards()[0].fresh() {
		t.Error("written all the same")
	}
}

func TestRestoreAndRemoveGiveTheOldMainBack(t *testing.T) {
	b := newBench(t, &fakeBroker{}, Options{Files: boardFiles()})
	p := port("practice")
	if got := faultOf(t, b.Restore(t.Context(), p, noProgress)); got != fault.NoBackup {
		t.Errorf("restore of a new board: %v", got)
	}
	install(t, b, config())
	if id, _ := b.Greet(t.Context(), p, noProgress); id.Main != device.OurMain || !id.Backup {
		t.Errorf("after installing: %+v", id)
	}
	if err := b.Restore(t.Context(), p, noProgress); err != nil {
		t.Fatal(err)
	}
	if id, _ := b.Greet(t.Context(), p, noProgress); id.Main != device.DefaultMain || id.Settings == nil {
		t.Errorf("after restoring: %+v", id)
	}
	install(t, b, config())
	if err := b.Remove(t.Context(), p, noProgress); err != nil {
		t.Fatal(err)
	}
	if id, _ := b.Greet(t.Context(), p, noProgress); id.Main != device.DefaultMain || id.Settings != nil || id.Backup {
		t.Errorf("after removing: %+v", id)
	}
}

func TestBoardsAreRememberedWithoutTheirSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeBroker{}
		b := newBench(t, f, Options{Files: boardFiles()})
		c := config()
		c.Find = device.Find{Classroom: "c", Secret: strings.Repeat("5e", 16), Port: 1}
		install(t, b, c)
		state := b.Export()
		for _, secret := range []string{"secret-login", `"` + Password + `"`, strings.Repeat("5e", 16)} {
			if strings.Contains(string(state), secret) {
				t.Errorf("the state holds %q", secret)
			}
		}
		g := &fakeBroker{}
		again := newBench(t, g, Options{State: state, Secrets: b.Secrets()})
		if got, want := len(again.Boards()), 2; got != want {
			t.Fatalf("%d boards, want %d: the old one and a spare", got, want)
		}
		if again.Boards()[0].id != b.Boards()[0].id {
			t.Error("another id")
		}
		again.Start()
		synctest.Wait()
		if got := g.last(); got.Password != "secret-login" || got.ClientID != "lamp-"+b.Boards()[0].id {
			t.Errorf("the session after a restart: %+v", got)
		}
	})
}

func TestBrokenStateGivesANewBoard(t *testing.T) {
	for _, state := range []string{
		"", "{", "null", `[{}]`, `[{"port":"practice","id":"02","config":{"format":9}}]`,
		`[{"port":"practice","id":"1"},{"port":"practice","id":"2"}]`,
	} {
		b := newBench(t, &fakeBroker{}, Options{State: []byte(state)})
		if len(b.Boards()) != 1 || !b.Boards()[0].fresh() {
			t.Errorf("%s: %+v", state, b.Boards())
		}
	}
}

func TestThereIsAlwaysOneBoardToSetUpUntilThereAreEnough(t *testing.T) {
	b := newBench(t, &fakeBroker{}, Options{})
	for n := 1; n <= MaxBoards; n++ {
		name := "practice"
		if n > 1 {
			name = fmt.Sprint("practice-", n)
		}
		if err := b.Install(t.Context(), port(name), device.Job{Config: config()}, noProgress); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(b.Boards()); got != MaxBoards {
		t.Errorf("%d boards", got)
	}
}

func TestWatchReportsPluggingAndUnplugging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, &fakeBroker{}, Options{})
		ctx, cancel := context.WithCancel(t.Context())
		var got []int
		go b.Watch(ctx, func(ports []device.Port) { got = append(got, len(ports)) })
		synctest.Wait()
		b.Boards()[0].Unplug()
		synctest.Wait()
		b.Boards()[0].Plug()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if want := []int{1, 0, 1}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if len(b.watchers) != 0 {
			t.Error("a watcher stayed")
		}
	})
}

func TestEveryStepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, &fakeBroker{}, Options{Pace: time.Hour, Files: boardFiles()})
		p := port("practice")
		for name, step := range map[string]func(context.Context) error{
			"greet":   func(ctx context.Context) error { _, err := b.Greet(ctx, p, noProgress); return err },
			"scan":    func(ctx context.Context) error { _, err := b.Scan(ctx, p); return err },
			"join":    func(ctx context.Context) error { _, err := b.Join(ctx, p, config().WiFi); return err },
			"blink":   func(ctx context.Context) error { return b.Blink(ctx, p, config().Lamp) },
			"install": func(ctx context.Context) error { return b.Install(ctx, p, device.Job{Config: config()}, noProgress) },
			"remove":  func(ctx context.Context) error { return b.Remove(ctx, p, noProgress) },
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := step(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
			cancel()
		}
	})
}

func TestInfoIsJSONWithTheBoardsID(t *testing.T) {
	b := newBench(t, &fakeBroker{}, Options{})
	p := &program{board: b.Boards()[0], config: config()}
	var info struct{ ID, IP string }
	if err := json.Unmarshal([]byte(p.info()), &info); err != nil || info.ID != b.Boards()[0].id || info.IP == "" {
		t.Errorf("%s: %v", p.info(), err)
	}
}

func TestTheMuxSendsEachPortToItsOwnBench(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cables := newBench(t, &fakeBroker{}, Options{})
		own := newBench(t, &fakeBroker{}, Options{})
		m := NewMux(cables, own)
		first, err := m.Greet(t.Context(), device.Port{Name: "practice", Kind: device.USB}, noProgress)
		if err != nil || first.ID != cables.Boards()[0].id {
			t.Errorf("the cable's port went elsewhere: %v", err)
		}
		second, err := m.Greet(t.Context(), port("practice"), noProgress)
		if err != nil || second.ID != own.Boards()[0].id {
			t.Errorf("the practice port went elsewhere: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var got [][]device.Port
		done := make(chan struct{})
		go func() {
			m.Watch(ctx, func(ports []device.Port) { got = append(got, ports) })
			close(done)
		}()
		synctest.Wait()
		cables.Boards()[0].Unplug()
		synctest.Wait()
		cancel()
		<-done
		if len(got) != 2 || len(got[0]) != 2 || len(got[1]) != 1 || got[1][0].Serial != own.Boards()[0].id {
			t.Errorf("reported %v", got)
		}
	})
}
