package views

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/discover"
	"lamplighter/i18n"
)

// quietTime is how long nobody may answer until that is said.
const quietTime = 5 * time.Second

// brokerFinder lists the brokers that announce themselves in this network, as
// they answer; one of them can be taken over.
type brokerFinder struct {
	host     formHost
	patience time.Duration
	use      func(b discover.Broker)

	all    fyne.CanvasObject
	button *button
	list   *fyne.Container
	remark *widget.Label
	found  []discover.Broker

	turn   int    // counts searches, so that what an old one finds changes nothing
	cancel func() // nil = no search
	hush   func() // ends the wait for quietTime
}

func newBrokerFinder(d formHost, use func(discover.Broker)) *brokerFinder {
	f := &brokerFinder{host: d, patience: quietTime, use: use, list: rows(), remark: small("")}
	f.list.Layout = &stackLayout{gap: unit / 2}
	f.button = newButton(i18n.T("find.look"), icon("search"), f.begin)
	f.remark.Hide()
	f.all = rows(row(f.button), f.remark, f.list)
	return f
}

// begin looks anew.
func (f *brokerFinder) begin() {
	f.stop()
	f.found = nil
	f.list.RemoveAll()
	f.button.Disable()
	f.say(i18n.T("find.looking"))
	turn := f.turn
	mine := func(do func()) {
		if f.turn == turn {
			do()
		}
	}
	f.cancel = func() {}
	f.hush = after(f.patience, f.host.Post, func() { mine(f.quiet) })
	f.cancel = f.host.Strangers.LookForBrokers(
		func(b discover.Broker) { mine(func() { f.take(b) }) },
		func(err error) { mine(func() { f.done(err) }) },
	)
}

// stop ends a search, which may not even run.
func (f *brokerFinder) stop() {
	f.turn++
	if f.cancel == nil {
		return
	}
	f.cancel()
	f.hush()
	f.cancel = nil
	f.button.Enable()
	if len(f.found) == 0 {
		f.say("")
	}
}

// quiet says that nobody has answered, though it is still being looked.
func (f *brokerFinder) quiet() {
	if len(f.found) == 0 {
		f.say(i18n.T("find.none"))
	}
}

func (f *brokerFinder) done(err error) {
	f.stop()
	switch {
	case err != nil:
		f.say(explain(err).Title)
	case len(f.found) == 0:
		f.say(i18n.T("find.none"))
	}
}

// take lists a broker that answered, or what else is known of one.
func (f *brokerFinder) take(b discover.Broker) {
	if len(b.Addrs) == 0 {
		return
	}
	i := slices.IndexFunc(f.found, func(o discover.Broker) bool { return o.Name == b.Name && o.TLS == b.TLS })
	if i < 0 {
		i = len(f.found)
		f.found = append(f.found, b)
		f.list.Add(newPickRow("broker", "", "", nil))
	}
	f.found[i] = b
	line := f.list.Objects[i].(*pickRow)
	line.mark = false
	line.OnPick = func() { f.use(b) }
	line.set(b.Name, answerWords(b), false)
	f.say(i18n.T("find.choose"))
}

// foundHost is the address of a broker that boards can use: they can't look up
// the names of a local network.
func foundHost(b discover.Broker) string { return b.Addrs[0].String() }

func answerWords(b discover.Broker) string {
	address := hostPort(foundHost(b), b.Port)
	if b.TLS {
		return i18n.T("find.secure", "Address", address)
	}
	return address
}

func (f *brokerFinder) say(text string) {
	setText(f.remark, text)
	show(f.remark, text != "")
	f.list.Refresh()
}
