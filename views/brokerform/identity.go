package brokerform

import (
	"cmp"
	"errors"
	"io"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lamplighter/app/clientcert"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/ui"
)

// IdentityForm asks for the certificate by which this computer shows a broker who
// it is. Boards can't have one, so it is for the settings alone.
type IdentityForm struct {
	host    Host
	changed func()
	Pair    clientcert.Pair
	locked  []byte // a file that waits for its password
	turn    int    // counts files, so that an older one changes nothing

	All      *fyne.Container
	Text     *widget.Label
	Wrong    *fyne.Container
	Password *ui.Entry
	unlock   fyne.CanvasObject
	remove   *ui.Button
}

// NewIdentityForm makes the form; changed is called when Pair is another.
func NewIdentityForm(d Host, p clientcert.Pair, changed func()) *IdentityForm {
	f := &IdentityForm{host: d, changed: changed, Pair: p, Text: ui.Body(""), Wrong: ui.Rows()}
	choose := ui.NewButton(i18n.T("identity.choose"), ui.Icon("folder"), f.choose)
	f.remove = ui.QuietButton(i18n.T("identity.remove"), nil, f.Remove)
	f.Password = ui.NewPasswordEntry("")
	f.Password.OnSubmitted = func(string) { f.Unlock() }
	open := ui.NewButton(i18n.T("identity.open"), ui.Icon("lock"), f.Unlock)
	f.unlock = ui.Labelled(i18n.T("identity.password"), container.NewBorder(nil, nil, nil, open, f.Password))
	f.All = container.New(&ui.TightLayout{Flush: true}, ui.Label(i18n.T("identity.title")), f.Text, ui.Small(i18n.T("identity.for")),
		container.New(&ui.FlowLayout{Gap: ui.Unit / 2}, choose, f.remove), f.unlock, f.Wrong)
	f.show()
	return f
}

// Remove has this computer show no certificate.
func (f *IdentityForm) Remove() {
	f.turn++
	f.locked = nil
	f.Wrong.RemoveAll()
	f.set(clientcert.Pair{})
}

func (f *IdentityForm) choose() {
	f.host.OpenFile(func(r io.ReadCloser, _ string) { f.Read(r) })
}

// Read takes a file, and closes it.
func (f *IdentityForm) Read(r io.ReadCloser) {
	f.turn++
	f.locked = nil
	turn := f.turn
	var data []byte
	ui.InBackground(f.host.Post, func() {
		data, _ = io.ReadAll(io.LimitReader(r, clientcert.MaxSize+1)) // what is missing is told as unknown
		_ = r.Close()
	}, func() {
		if f.turn == turn {
			f.open(data, "")
		}
	})
}

// Unlock opens the file that waits for its password.
func (f *IdentityForm) Unlock() {
	if f.locked != nil {
		f.turn++
		f.open(f.locked, f.Password.Text)
	}
}

// open reads a file, which may take a second.
func (f *IdentityForm) open(data []byte, passphrase string) {
	turn, have := f.turn, f.Pair
	var p clientcert.Pair
	var err error
	ui.InBackground(f.host.Post, func() { p, err = clientcert.Read(data, passphrase, have) }, func() {
		if f.turn == turn {
			f.opened(data, passphrase, p, err)
		}
	})
}

func (f *IdentityForm) opened(data []byte, passphrase string, p clientcert.Pair, err error) {
	f.Wrong.RemoveAll()
	f.locked = nil
	if errors.Is(err, clientcert.ErrPassphrase) {
		f.locked = data
	}
	if err != nil && (f.locked == nil || passphrase != "") {
		f.Wrong.Add(ui.Notice(ui.Failure, IdentityProblem(err)))
	}
	f.set(p)
	if f.locked != nil {
		f.host.Window().Canvas().Focus(f.Password)
	}
}

// IdentityProblem puts what is wrong with a certificate's file into words.
func IdentityProblem(err error) string {
	return cmp.Or(problem.Words(err, identityProblemTexts), i18n.T("identity.unknown"))
}

var identityProblemTexts = []problem.Text{
	{Err: clientcert.ErrTooBig, Key: "identity.too-big"},
	{Err: clientcert.ErrPassphrase, Key: "identity.wrong-password"},
	{Err: clientcert.ErrLockedKey, Key: "identity.locked-key"},
	{Err: clientcert.ErrMismatch, Key: "identity.mismatch"},
}

func (f *IdentityForm) set(p clientcert.Pair) {
	f.Pair = p
	f.show()
	f.changed()
}

func (f *IdentityForm) show() {
	ui.SetText(f.Text, f.words())
	ui.SetVisible(f.remove, f.Pair != clientcert.Pair{})
	if f.locked == nil {
		f.Password.SetText("")
	}
	ui.SetVisible(f.unlock, f.locked != nil)
	f.All.Refresh()
}

// words say what this computer shows.
func (f *IdentityForm) words() string {
	leaf := f.Pair.Leaf()
	switch {
	case f.locked != nil:
		return i18n.T("identity.locked")
	case leaf == nil && f.Pair.Key == "":
		return i18n.T("identity.none")
	case leaf == nil:
		return i18n.T("identity.key-only")
	case f.Pair.Key == "":
		return i18n.T("identity.key-missing", "Name", nameWords(leaf.Subject))
	}
	return i18n.T("identity.shown", "Name", nameWords(leaf.Subject), "Day", dayWords(leaf.NotAfter))
}
