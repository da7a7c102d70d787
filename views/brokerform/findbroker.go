package brokerform

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/discover"
	"lamplighter/app/endpoint"
	"lamplighter/app/worker"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// quietTime is how long nobody may answer until that is said.
const quietTime = 5 * time.Second

// BrokerFinder lists the brokers that announce themselves in this network, as
// they answer; one of them can be taken over.
type BrokerFinder struct {
	host     Host
	Patience time.Duration
	use      func(b discover.Broker)

	all    fyne.CanvasObject
	Button *ui.Button
	List   *fyne.Container
	Remark *widget.Label
	found  []discover.Broker

	turn      int    // counts searches, so that what an old one finds changes nothing
	cancel    func() // nil = no search
	stopQuiet func() // ends the wait for quietTime
}

// NewBrokerFinder makes the button that looks for brokers in the network, and the list of
// those that answer; use gets the one that a person picks.
func NewBrokerFinder(d Host, use func(discover.Broker)) *BrokerFinder {
	f := &BrokerFinder{host: d, Patience: quietTime, use: use, List: ui.Rows(), Remark: ui.Small("")}
	f.List.Layout = &ui.StackLayout{Gap: ui.Unit / 2}
	f.Button = ui.NewButton(i18n.T("find.look"), ui.Icon("search"), f.Begin)
	f.Remark.Hide()
	f.all = ui.Rows(ui.Row(f.Button), f.Remark, f.List)
	return f
}

// Begin looks anew.
func (f *BrokerFinder) Begin() {
	f.stop()
	f.found = nil
	f.List.RemoveAll()
	f.Button.Disable()
	f.setStatus(i18n.T("find.looking"))
	turn := f.turn
	mine := func(do func()) {
		if f.turn == turn {
			do()
		}
	}
	f.cancel = func() {}
	f.stopQuiet = worker.After(f.Patience, f.host.Post, func() { mine(f.ShowNoneFound) })
	f.cancel = f.host.Probe.FindBrokers(
		func(b discover.Broker) { mine(func() { f.add(b) }) },
		func(err error) { mine(func() { f.done(err) }) },
	)
}

// stop ends a search, which may not even run.
func (f *BrokerFinder) stop() {
	f.turn++
	if f.cancel == nil {
		return
	}
	f.cancel()
	f.stopQuiet()
	f.cancel = nil
	f.Button.Enable()
	if len(f.found) == 0 {
		f.setStatus("")
	}
}

// ShowNoneFound says that nobody has answered, though it is still being looked.
func (f *BrokerFinder) ShowNoneFound() {
	if len(f.found) == 0 {
		f.setStatus(i18n.T("find.none"))
	}
}

func (f *BrokerFinder) done(err error) {
	f.stop()
	switch {
	case err != nil:
		f.setStatus(problem.Explain(err).Title)
	case len(f.found) == 0:
		f.setStatus(i18n.T("find.none"))
	}
}

// add lists a broker that answered, or what else is known of one.
func (f *BrokerFinder) add(b discover.Broker) {
	if len(b.Addrs) == 0 {
		return
	}
	i := slices.IndexFunc(f.found, func(o discover.Broker) bool { return o.Name == b.Name && o.TLS == b.TLS })
	if i < 0 {
		i = len(f.found)
		f.found = append(f.found, b)
		f.List.Add(ui.NewPickRow("broker", "", "", nil))
	}
	f.found[i] = b
	line := f.List.Objects[i].(*ui.PickRow)
	line.Mark = false
	line.OnPick = func() { f.use(b) }
	line.Set(b.Name, answerWords(b), false)
	f.setStatus(i18n.T("find.choose"))
}

// foundHost is the address of a broker that boards can use: they can't look up
// the names of a local network.
func foundHost(b discover.Broker) string { return b.Addrs[0].String() }

func answerWords(b discover.Broker) string {
	address := endpoint.Join(foundHost(b), b.Port)
	if b.TLS {
		return i18n.T("find.secure", "Address", address)
	}
	return address
}

func (f *BrokerFinder) setStatus(text string) {
	ui.SetOrHide(f.Remark, text)
	f.List.Refresh()
}
