package views

import (
	"net/netip"

	"lamplighter/app/discover"
	"lamplighter/app/link"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/app/watch"
)

// testHouse stands in for the app: it answers at once, and notes what was asked.
type testHouse struct {
	changed   watch.Signal
	broker    BrokerState
	addresses []setup.Address
	err       error // what everything that may fail answers
	kind      settings.Protection
	password  string
	saved     []settings.Connection
	passwords []string
	tested    []settings.Connection
	answer    func(error) // of the test that runs
	cancelled int
	removed   []string

	looked []settings.Connection
	seen   func(link.Examined, error) // of the certificate that is looked at
	report func(discover.Broker)      // of the search that runs
	done   func(error)
	ended  int // searches
}

func newTestHouse() *testHouse {
	return &testHouse{
		broker: BrokerState{Running: true, Port: 1883},
		addresses: []setup.Address{
			{Prefix: netip.MustParsePrefix("192.168.1.23/24"), Name: "WLAN"},
			{Prefix: netip.MustParsePrefix("10.0.0.5/8"), Name: "Ethernet"},
		},
		password: "maple-42-river",
	}
}

func (h *testHouse) Changed() *watch.Signal     { return &h.changed }
func (h *testHouse) Broker() BrokerState        { return h.broker }
func (h *testHouse) Addresses() []setup.Address { return h.addresses }
func (h *testHouse) SetOpen(open bool)          { h.broker.Open = open; h.changed.Raise() }

func (h *testHouse) Pupils(done func(user, password string, err error)) {
	done("pupil", h.password, h.err)
}

func (h *testHouse) NewPupils(done func(user, password string, err error)) {
	h.password = "birch-77-stone"
	done("pupil", h.password, h.err)
}

func (h *testHouse) Password(_ string, done func(string, error)) { done(h.password, h.err) }

func (h *testHouse) SaveConnection(c settings.Connection, password string, done func(error)) {
	h.saved, h.passwords = append(h.saved, c), append(h.passwords, password)
	done(h.err)
}

func (h *testHouse) RemoveConnection(id string, done func(error)) {
	h.removed = append(h.removed, id)
	done(h.err)
}

func (h *testHouse) Test(c settings.Connection, _ string, done func(error)) (cancel func()) {
	h.tested, h.answer = append(h.tested, c), done
	return func() { h.cancelled++ }
}

func (h *testHouse) Certificate(c settings.Connection, done func(link.Examined, error)) (cancel func()) {
	h.looked, h.seen = append(h.looked, c), done
	return func() { h.cancelled++ }
}

func (h *testHouse) LookForBrokers(report func(discover.Broker), done func(error)) (cancel func()) {
	h.report, h.done = report, done
	return func() { h.ended++ }
}

func (h *testHouse) Protection() settings.Protection { return h.kind }
func (h *testHouse) OpenFolder(done func(error))     { done(h.err) }
func (h *testHouse) Version() string                 { return "1.0.0" }
