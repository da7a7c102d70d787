package viewtest

import (
	"net/netip"
	"strings"

	"lamplighter/app/connections"
	"lamplighter/app/discover"
	"lamplighter/app/link"
	"lamplighter/app/report"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/watch"
	"lamplighter/views/backend"
)

// App stands in for the app: it answers at once, and notes what was asked.
type App struct {
	Signal    watch.Signal
	State     backend.BrokerState
	Own       []setup.Address
	Err       error // what everything that may fail answers
	Kind      secrets.Protection
	Secret    string // the pupils' password, and that of connections
	Key       string // of the connections' certificates
	Saved     []settings.Connection
	Logins    []connections.Login
	Tested    []settings.Connection
	Answer    func(error) // of the test that runs
	Cancelled int
	Restarts  int // of the broker
	removed   []string

	Looked []settings.Connection
	Seen   func(link.Examined, error) // of the certificate that is looked at
	Found  func(discover.Broker)      // of the search that runs
	Done   func(error)
	Ended  int // searches
}

func newTestApp() *App {
	return &App{
		State: backend.BrokerState{Running: true, Port: 1883},
		Own: []setup.Address{
			{Prefix: netip.MustParsePrefix("192.168.1.23/24"), Name: "WLAN"},
			{Prefix: netip.MustParsePrefix("10.0.0.5/8"), Name: "Ethernet"},
		},
		Secret: "maple-42-river",
	}
}

func (h *App) Changed() *watch.Signal { return &h.Signal }

func (h *App) Status() backend.BrokerState { return h.State }

func (h *App) Addresses() []setup.Address { return h.Own }

func (h *App) ListenInNetwork() { h.State.Local = false; h.Signal.Raise() }

func (h *App) SetOpen(open bool) { h.State.Open = open; h.Signal.Raise() }

// Report is a short one.
func (h *App) Report() []report.File {
	return []report.File{
		{Name: "report.txt", Text: "Lamplighter 0.1.0, go1.26, windows/amd64, 4 CPUs\nThis computer's broker: runs true, port 1883\nBoards in the roster: 3 mpython-2\n"},
		{Name: "lamplighter.log", Text: strings.Repeat("time=09:41 level=INFO msg=broker notice=connected user=<board> addr=192.168.1.40\n", 40)},
	}
}

func (h *App) Restart() { h.Restarts++; h.Signal.Raise() }

func (h *App) Pupils() (user, password string) { return "pupil", h.Secret }

func (h *App) NewPupils(done func(error)) {
	h.Secret = "birch-77-stone"
	done(h.Err)
}

func (h *App) Login(string) connections.Login {
	return connections.Login{Password: h.Secret, Key: h.Key}
}

func (h *App) Save(c settings.Connection, login connections.Login) {
	h.Saved, h.Logins = append(h.Saved, c), append(h.Logins, login)
}

func (h *App) Remove(id string) { h.removed = append(h.removed, id) }

func (h *App) Test(c settings.Connection, _ connections.Login, done func(error)) (cancel func()) {
	h.Tested, h.Answer = append(h.Tested, c), done
	return func() { h.Cancelled++ }
}

func (h *App) Certificate(c settings.Connection, done func(link.Examined, error)) (cancel func()) {
	h.Looked, h.Seen = append(h.Looked, c), done
	return func() { h.Cancelled++ }
}

func (h *App) FindBrokers(report func(discover.Broker), done func(error)) (cancel func()) {
	h.Found, h.Done = report, done
	return func() { h.Ended++ }
}

func (h *App) Protection() secrets.Protection { return h.Kind }

func (h *App) OpenFolder() error { return h.Err }

func (h *App) Version() string { return "1.0.0" }
