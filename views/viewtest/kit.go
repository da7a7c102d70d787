package viewtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/broker/presets"
	"lamplighter/app/endpoint"
	"lamplighter/app/link"
	"lamplighter/app/roster"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
	"lamplighter/app/watch"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/topic"
	"lamplighter/i18n"
	"lamplighter/views/backend"
	"lamplighter/views/textfit"
	"lamplighter/views/ui"
)

// ThreeBrokers are this computer's and two others, the last in use.
func ThreeBrokers(v *settings.Values) {
	v.Connections = []settings.Connection{
		{ID: "a", Name: "School 学校", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}},
		{ID: "b", Endpoint: endpoint.Endpoint{Host: strings.Repeat("long-name.", 12) + "example", Port: 1883}},
	}
	v.Connection = "a"
}

// MenuTexts are what the open menu says.
func MenuTexts(w *Window) (all []string) {
	for _, o := range test.LaidOutObjects(w.Win.Canvas().Overlays().Top()) {
		if text, ok := o.(*canvas.Text); ok && text.Text != "" {
			all = append(all, text.Text)
		}
	}
	return all
}

// SchoolCertificate is one that a school's own authority signed, and that authority's.
func SchoolCertificate(t testing.TB, hosts ...string) (server, root *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	make := func(c, by *x509.Certificate) *x509.Certificate {
		der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	from, to := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC), time.Date(2028, 8, 31, 8, 0, 0, 0, time.UTC)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "第三中学 CA", Organization: []string{"第三中学"}}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: from, NotAfter: to.AddDate(8, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	root = make(ca, ca)
	own := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mqtt.school.example"}, NotBefore: from, NotAfter: to, DNSNames: hosts}
	return make(own, root), root
}

var Untrusted = &fault.Error{Fault: fault.BadCertificate, Op: "connect"}

// PressNamed presses the button with a text.
func PressNamed(t *testing.T, o fyne.CanvasObject, text string) {
	t.Helper()
	all := buttons(o, func(b *ui.Button) bool { return b.Text == text && b.Visible() })
	if len(all) == 0 {
		t.Fatalf("no button %q", text)
	}
	test.Tap(all[0])
}

// buttons are those in o that want wants.
func buttons(o fyne.CanvasObject, want func(*ui.Button) bool) (all []*ui.Button) {
	for _, child := range test.LaidOutObjects(o) {
		if b, ok := child.(*ui.Button); ok && want(b) {
			all = append(all, b)
		}
	}
	return all
}

// TextsIn is all that labels say.
func TextsIn(o fyne.CanvasObject) (all []string) {
	for _, child := range test.LaidOutObjects(o) {
		if l, ok := child.(*widget.Label); ok {
			all = append(all, Unmarked(l.Text))
		}
	}
	return all
}

// Press gives a key to what has the keyboard, else to the window.
func Press(w *Window, name fyne.KeyName) {
	e := &fyne.KeyEvent{Name: name}
	if f := w.Win.Canvas().Focused(); f != nil {
		f.TypedKey(e)
		return
	}
	w.Win.Canvas().OnTypedKey()(e)
}

func Ctrl(w *Window, name fyne.KeyName) {
	s := &desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierShortcutDefault}
	if f, ok := w.Win.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	ui.ShortcutsOf(w.Win.Canvas()).TypedShortcut(s)
}

// Shows reports whether a text is drawn somewhere in o.
func Shows(o fyne.CanvasObject, text string) bool {
	for _, child := range test.LaidOutObjects(o) {
		if l, ok := child.(interface{ String() string }); ok && Unmarked(l.String()) == text {
			return true
		}
	}
	return false
}

func Key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

// Shut is what comes of a port that somebody on the way keeps shut.
func Shut(address string) error {
	return &fault.Error{Fault: fault.Refused, Op: "connect to", Where: address}
}

// LookButtons counts the buttons that look at a certificate, and can be seen.
func LookButtons(o fyne.CanvasObject) int {
	return len(buttons(o, func(b *ui.Button) bool { return b.Text == i18n.T("certificate.look") && b.Visible() }))
}

// OnAdafruit is a status there.
func OnAdafruit() app.Status {
	return app.Status{Link: link.Online, Broker: "io.adafruit.com", Address: "io.adafruit.com:1883", Preset: "adafruit", Online: 3}
}

// FindButton finds a button by its text.
func FindButton(o fyne.CanvasObject, text string) *ui.Button {
	if all := buttons(o, func(b *ui.Button) bool { return b.Text == text }); len(all) > 0 {
		return all[0]
	}
	return nil
}

// ExpiringBoards are three boards: one whose password is over, one with twelve
// days left, and one that has time.
func ExpiringBoards(now time.Time) []settings.Board {
	return []settings.Board{
		{ID: "a1", Base: "class/lamp-01", Name: "lamp-01", Expires: now.AddDate(2, 0, 0)},
		{ID: "a2", Base: "class/lamp-02", Name: "lamp-02", Expires: now.AddDate(0, 0, 12)},
		{ID: "a3", Base: "class/lamp-03", Name: "lamp-03", Expires: now.AddDate(0, 0, -1)},
		{ID: "a4", Base: "class/lamp-04", Name: "lamp-04"},
		{ID: "a5", Base: "class/lamp-05", Name: "lamp-05", Expires: now, Connection: "another"},
	}
}

// Unmarked is a label's text as it is read.
func Unmarked(text string) string { return strings.ReplaceAll(text, string(textfit.BreakMark), "") }

// Traffic is a connection that keeps what it is asked.
type Traffic struct {
	Signal    watch.Signal
	Move      watch.Signal // is raised by the test
	Subs      []uplink.Subscription
	Published []topics.Draft
	Retained  []topics.Message // what the broker keeps
	Asked     []string         // filters for which that was asked
	Err       error
	Public    bool
	Preset    string // ID of a preset, "" = a broker without rules
	Keeps     presets.Support
	Filters   []string // nil = the classroom's
}

func (f *Traffic) Changed() *watch.Signal { return &f.Signal }

func (f *Traffic) Moved() *watch.Signal { return &f.Move }

func (f *Traffic) Subscriptions() []uplink.Subscription { return f.Subs }

func (f *Traffic) Online() bool { return f.Err == nil }

func (f *Traffic) IsPublic() bool { return f.Public }

func (f *Traffic) Platform() presets.Preset {
	return presets.ByID(f.Preset).Limiter(presets.Inputs{RetainSupport: f.Keeps}).Preset
}

func (f *Traffic) Browsed() []string {
	if f.Filters == nil {
		return []string{"class/#"}
	}
	return f.Filters
}

func (f *Traffic) Subscribe(filter string, qos byte) error {
	f.Subs = append(f.Subs, uplink.Subscription{Filter: filter, QoS: qos, Granted: qos, Answered: true})
	f.Signal.Raise()
	return nil
}

func (f *Traffic) Unsubscribe(filter string) {
	f.Subs = slices.DeleteFunc(f.Subs, func(s uplink.Subscription) bool { return s.Filter == filter })
	f.Signal.Raise()
}

// AskRetained answers with what the test says that the broker keeps.
func (f *Traffic) AskRetained(filter string, done func([]topics.Message, bool, error)) (cancel func()) {
	f.Asked = append(f.Asked, filter)
	var list []topics.Message
	for _, m := range f.Retained {
		if topic.Matches(filter, m.Topic) {
			list = append(list, m)
		}
	}
	done(list, f.Err == nil, f.Err)
	return func() {}
}

func (f *Traffic) PublishMessage(topic string, payload []byte, qos byte, retained bool) error {
	if f.Err == nil {
		f.Published = append(f.Published, topics.Draft{Topic: topic, Payload: payload, QoS: qos, Retained: retained})
	}
	return f.Err
}

// ButtonOf is the button of an importance in a part of the window.
func ButtonOf(t *testing.T, in fyne.CanvasObject, want widget.Importance) *ui.Button {
	t.Helper()
	all := buttons(in, func(b *ui.Button) bool { return b.Importance == want })
	if len(all) == 0 {
		t.Fatal("no such button")
	}
	return all[0]
}

// QuietProvisioner is a Provisioner with a practice board that never answers.
type QuietProvisioner struct{}

func (QuietProvisioner) Watch(ctx context.Context, report func([]device.Port)) {
	report([]device.Port{PracticePort})
	<-ctx.Done()
}

// never answers, until nobody waits any more.
func never(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func (QuietProvisioner) Greet(ctx context.Context, _ device.Port, _ func(device.Progress)) (device.Identity, error) {
	return device.Identity{}, never(ctx)
}

func (QuietProvisioner) Scan(ctx context.Context, _ device.Port) ([]device.Network, error) {
	return nil, never(ctx)
}

func (QuietProvisioner) Join(ctx context.Context, _ device.Port, _ device.WiFi) (string, error) {
	return "", never(ctx)
}

func (QuietProvisioner) Reach(ctx context.Context, _ device.Port, _ string, _ int) error {
	return never(ctx)
}

func (QuietProvisioner) Blink(ctx context.Context, _ device.Port, _ device.Lamp) error {
	return never(ctx)
}

func (QuietProvisioner) Label(ctx context.Context, _ device.Port, _ string) error {
	return never(ctx)
}

func (QuietProvisioner) Install(ctx context.Context, _ device.Port, _ device.Job, _ func(device.Progress)) error {
	return never(ctx)
}

func (QuietProvisioner) Prove(ctx context.Context, _ device.Port, _ func(device.Stage)) error {
	return never(ctx)
}

func (QuietProvisioner) Restore(ctx context.Context, _ device.Port, _ func(device.Progress)) error {
	return never(ctx)
}

func (QuietProvisioner) Remove(ctx context.Context, _ device.Port, _ func(device.Progress)) error {
	return never(ctx)
}

func (QuietProvisioner) Release() {}

// quietHome is an app in which nothing happens. Methods that a QuietProvisioner never
// lets a setup come to are not there.
type quietHome struct{ setup.Backend }

func (quietHome) Defaults(string) setup.Defaults { return WizardDefaults }

func (quietHome) Connections() []setup.Connection { return nil }

func (quietHome) Find() device.Find { return device.Find{} }

func (quietHome) Taken(string, string) bool { return false }

func (quietHome) Rostered(string, string) bool { return false }

func (quietHome) WatchLamp(string, func(setup.Lamp)) func() { return func() {} }

// TestSetup is a real session for windows in tests, begun when it is asked for.
func TestSetup(t *testing.T, loop *apptest.Loop) func() *setup.Session {
	var s *setup.Session
	t.Cleanup(func() {
		if s != nil {
			s.Close()
			<-s.Idle()
		}
	})
	return func() *setup.Session {
		if s == nil {
			s = setup.NewSession(QuietProvisioner{}, quietHome{}, loop.Post)
		}
		return s
	}
}

var PracticePort = device.Port{Name: "practice", Kind: device.Practice}

var WizardDefaults = setup.Defaults{
	WiFi: []device.WiFi{{SSID: "School-IoT", Password: "classroom 7"}}, Port: 1883, Name: "lamp-07", Classroom: "class", Language: "en",
	Addresses: []setup.Address{{Prefix: netip.MustParsePrefix("192.168.1.23/24"), Name: "WLAN"}, {Prefix: netip.MustParsePrefix("10.20.0.4/16"), Name: "Ethernet"}},
}

// ClassNames are a class, in the window's language.
func ClassNames() []string {
	if i18n.Language() != "en" {
		return strings.Fields("王小明 欧阳娜娜 李雷 韩梅梅 赵一诺 张伟 刘子涵 陈思宇 杨洋 黄晓彤 周杰 吴桐 徐若溪 孙浩然 马超 朱迪 胡悦 郭靖 林黛 何洁 高远 罗兰 郑爽 梁博 谢安琪 宋佳 唐嫣 许仙 邓超 韩寒")
	}
	return strings.Split("Ada Lovelace,Ben,Zoe,Maximilian Alexander von Hohenstein,Li Na,Tom,Sara,Omar,Eva,Noah,Mia,Leo,Ida,Paul,Nina,Emil,Lena,Max,Anna,Theo,Clara,Finn,Maja,Oskar,Ella,Hugo,Ruth,Karl,Vera,Jan", ",")
}

// Enrol makes a class of so many, with a board each of those that are here.
func Enrol(p *backend.Parts, n int) {
	var all []roster.Pupil
	group := i18n.T("class.part.group", "Group", "%d")
	for i, name := range ClassNames()[:n] {
		x := roster.Pupil{Name: name, Number: fmt.Sprint(20260101 + i), Group: fmt.Sprintf(group, i/6+1), Seat: roster.Seat{Row: i/6 + 1, Column: (i*5)%6 + 1}}
		if i%7 != 6 {
			x.Board = fmt.Sprintf("class/lamp-%02d", i+1)
		} else {
			x.Seat, x.Planned = roster.Seat{}, fmt.Sprint(i+1)
		}
		all = append(all, x)
	}
	p.Class.SetPlan(roster.Plan{Rows: 5, Columns: 6})
	p.Class.Replace(all)
}

// DialogText is what the dialog that is open says.
func DialogText(w *Window) string {
	dialog := w.Win.Canvas().Overlays().Top()
	texts := TextsIn(dialog)
	for _, o := range test.LaidOutObjects(dialog) {
		if c, ok := o.(*canvas.Text); ok {
			texts = append(texts, c.Text)
		}
	}
	return strings.Join(texts, "\n")
}
