package problem

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lamplighter/app/broker/presets"
	"lamplighter/app/instance"
	"lamplighter/app/link"
	"lamplighter/app/secrets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// Problem is an error as a person reads it.
type Problem struct {
	Title  string // what happened
	Advice string // what to do
	Detail string // the error's own English text, for whoever helps

	command string // which an administrator runs; "" = none
}

// System is the operating system whose words the advice uses.
var System = runtime.GOOS

// faultKeys name the texts of each fault: "problem.<key>.title" and ".advice",
// and ".advice-linux", ".advice-windows" or ".advice-darwin" where it matters.
var faultKeys = map[fault.Fault]string{
	fault.Unknown: "unknown", fault.PortBusy: "port-busy", fault.PortForbidden: "port-forbidden",
	fault.PortMissing: "port-missing", fault.PortGone: "port-gone", fault.NoDriver: "no-driver",
	fault.BoardSilent: "board-silent", fault.BoardBusy: "board-busy", fault.NoMicroPython: "no-micropython",
	fault.BoardRestarts: "board-restarts", fault.WeakPower: "weak-power",
	fault.NoWiFi: "no-wifi", fault.LineNoise: "line-noise", fault.ScriptFailed: "script-failed",
	fault.DiskFull: "disk-full", fault.MemoryFull: "memory-full", fault.ReadOnly: "read-only", fault.NoFileSystem: "no-file-system",
	fault.VerifyFailed: "verify-failed", fault.NoBackup: "no-backup", fault.BadValue: "bad-value",
	fault.WiFiNotFound: "wifi-not-found", fault.WiFiPassword: "wifi-password", fault.WiFiNoAddress: "wifi-no-address",
	fault.WiFiTimeout: "wifi-timeout", fault.WiFiEnterprise: "wifi-enterprise",
	fault.WiFiFull: "wifi-full", fault.WiFiRefused: "wifi-refused", fault.WiFiWeak: "wifi-weak", fault.WiFiSecurity: "wifi-security",
	fault.NameNotFound: "name-not-found",
	fault.Unreachable:  "unreachable", fault.Refused: "refused", fault.BrokerClosed: "broker-closed",
	fault.ConnectionLost: "connection-lost",
	fault.BadCertificate: "bad-certificate", fault.MalformedCertificate: "malformed-certificate", fault.BadTLS: "bad-tls",
	fault.WrongServerName: "wrong-server-name", fault.CertificateWanted: "certificate-wanted",
	fault.CertificateRefused: "certificate-refused", fault.OwnCertificate: "own-certificate", fault.NoTLS: "no-tls", fault.TLSOnly: "tls-only",
	fault.NotBroker: "not-broker", fault.WrongPath: "wrong-path", fault.WebLogin: "web-login", fault.WebDown: "web-down", fault.LoginRefused: "login-refused",
	fault.BadProtocol: "bad-protocol", fault.BadClientID: "bad-client-id",
	fault.Unavailable: "unavailable", fault.BadLogin: "bad-login", fault.NotAllowed: "not-allowed",
	fault.TopicRefused: "topic-refused", fault.NoAnswer: "no-answer", fault.Firewall: "firewall",
	fault.Isolated: "isolated", fault.OtherNetwork: "other-network", fault.WrongAddress: "wrong-address", fault.OwnLoopback: "own-loopback",
	fault.BrokerDown: "broker-down", fault.DuplicateClient: "duplicate-client",
	fault.AgainstRules: "against-rules", fault.TooMany: "too-many",
}

// upgradeKeys are the titles that name a web server's answer to a WebSocket.
var upgradeKeys = map[fault.Fault]string{
	fault.WrongPath: "problem.wrong-path.title-status", fault.WebLogin: "problem.web-login.title-status", fault.WebDown: "problem.web-down.title-status",
}

// Explain puts an error into words. It never fails: what it doesn't know is
// "unknown", with the error's own text as Detail.
func Explain(err error) Problem {
	p, known := ruleWords(err)
	if !known {
		p, known = PlatformWords(err)
	}
	if !known {
		p = words(problemKey(err))
	}
	if title, ok := fightWords(err); ok {
		p.Title = title
	}
	var answer *link.UpgradeError
	if key := upgradeKeys[setup.FaultOf(err)]; key != "" && errors.As(err, &answer) {
		p.Title = i18n.T(key, "Status", answer.Status)
	}
	if field, ok := errors.AsType[*presets.FieldError](err); ok {
		_, words := FieldText(err, presets.ByID(field.Preset))
		p = Problem{Title: words, Advice: i18n.T("problem.field.advice")}
	}
	if folder, ok := errors.AsType[*instance.FolderError](err); ok && problemKey(err) == folderKey {
		p.Advice = i18n.T("problem.folder-read-only.advice", "Folder", format.ClientText(folder.Dir))
	}
	p.Detail = detail(err)
	if setup.FaultOf(err) == fault.Firewall && System == "windows" {
		p.command = firewallCommand()
	}
	if busy, ok := errors.AsType[*fault.HeldPort](err); ok && busy.Program != "" {
		key := "problem.port-busy.advice-named"
		if busy.Program == "ModemManager" || busy.Program == "brltty" { // a service, which nobody can close
			key = "problem.port-busy.advice-service"
		}
		p.Advice = i18n.T(key, "Program", format.ClientText(busy.Program))
	}
	return p
}

// All are the problems that have words of their own, for the guide: each fault's in
// its order, then those of this computer.
func All() []Problem {
	var all []Problem
	for _, f := range slices.Sorted(maps.Keys(faultKeys)) {
		all = append(all, words(faultKeys[f]))
	}
	for _, key := range computerKeys {
		all = append(all, words(key))
	}
	return all
}

// computerKeys are those of problems that are no faults.
var computerKeys = []string{"bad-address", "keyring-gone", "running-silent", "took-too-long", "computer-full", "file-forbidden", "file-gone"}

func words(key string) Problem {
	family := "problem." + key
	advice := family + ".advice-" + System
	if !i18n.Has(advice) {
		advice = family + ".advice"
	}
	return Problem{Title: i18n.T(family + ".title"), Advice: i18n.T(advice)}
}

func problemKey(err error) string {
	var e *fault.Error
	var value *device.ValueError
	switch {
	case errors.As(err, &value) && (value.Field == "broker.host" || value.Field == "broker.port"):
		return "bad-address"
	case errors.As(err, &e) && e.Fault != fault.Unknown:
		return faultKey(e.Fault)
	case errors.Is(err, secrets.ErrKeyring):
		return "keyring-gone"
	case errors.Is(err, instance.ErrSilent):
		return "running-silent"
	case errors.Is(err, context.Canceled):
		return "stopped"
	case errors.Is(err, context.DeadlineExceeded):
		return "took-too-long"
	case errors.Is(err, syscall.ENOSPC), System == "windows" && (errors.Is(err, errorDiskFull) || errors.Is(err, errorHandleDiskFull)):
		return "computer-full"
	case errors.As(err, new(*instance.FolderError)):
		return folderKey
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), System == "windows" && errors.Is(err, errorWriteProtect):
		return "file-forbidden"
	case errors.Is(err, fs.ErrNotExist):
		return "file-gone"
	}
	return faultKeys[fault.Unknown]
}

// folderKey is that of a data folder that can't be used.
const folderKey = "folder-read-only"

// Windows' ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL and ERROR_WRITE_PROTECT (winerror.h).
const errorDiskFull, errorHandleDiskFull, errorWriteProtect = syscall.Errno(112), syscall.Errno(39), syscall.Errno(19)

func faultKey(f fault.Fault) string {
	if key, ok := faultKeys[f]; ok {
		return key
	}
	return faultKeys[fault.Unknown]
}

// maxDetail keeps the text of a runaway traceback readable, in bytes.
const maxDetail = 4000

func detail(err error) string {
	if err == nil {
		return ""
	}
	text := strings.ToValidUTF8(err.Error(), "\ufffd")
	if len(text) > maxDetail {
		text = strings.ToValidUTF8(text[:maxDetail], "") + " …"
	}
	return text
}

// View is a problem in its place on the page: what happened, what to do,
// Try again (where retry is not nil), what else helps, and Details to copy.
func View(d *ui.Shell, err error, retry func(), more ...fyne.CanvasObject) fyne.CanvasObject {
	p := Explain(err)
	return p.notice(p.buttons(d, err, retry, more)...)
}

// Closable is View with a last button that takes the problem away.
func Closable(d *ui.Shell, err error, retry func(), closer fyne.CanvasObject) fyne.CanvasObject {
	p := Explain(err)
	return p.notice(append(p.buttons(d, err, retry, nil), closer)...)
}

// buttons are what helps, in the order of use.
func (p Problem) buttons(d *ui.Shell, err error, retry func(), more []fyne.CanvasObject) []fyne.CanvasObject {
	buttons := slices.Clone(more)
	if p.command != "" { // whole in a dialog: a page has no room for it
		buttons = append(buttons, ui.NewButton(i18n.T("problem.firewall.show"), ui.Icon("help"), func() { Show(d, err) }))
	}
	if retry != nil {
		buttons = append(buttons, ui.NewButton(i18n.T("common.retry"), ui.Icon("refresh"), retry))
	}
	if p.Detail != "" {
		buttons = append(buttons, ui.QuietButton(i18n.T("common.details"), nil, func() { ShowDetail(d, p) }))
	}
	return buttons
}

// notice is a problem with the buttons that help.
func (p Problem) notice(buttons ...fyne.CanvasObject) fyne.CanvasObject {
	return ui.NoticeWith(ui.Failure, container.New(&ui.TightLayout{}, ui.SubtitleWrapped(p.Title), ui.Body(p.Advice)), buttons...)
}

// Show explains an error in a dialog, for what has no place of its own.
func Show(d *ui.Shell, err error) {
	p := Explain(err)
	more, buttons := ui.Rows(), ui.Row()
	if p.command != "" {
		more.Add(ui.Body(i18n.T("problem.firewall.command")))
		more.Add(codeOf(p.command))
		buttons.Add(ui.NewButton(i18n.T("problem.firewall.copy"), ui.Icon("copy"), func() { d.CopyText(p.command) }))
	}
	if p.Detail != "" {
		buttons.Add(ui.QuietButton(i18n.T("common.details"), nil, func() { ShowDetail(d, p) }))
	}
	more.Add(buttons)
	d.Show(p.Title, p.Advice, more)
}

// firewallCommand opens Windows' firewall for this program.
func firewallCommand() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return `netsh advfirewall firewall add rule name="Lamplighter" dir=in action=allow program="` + path + `" profile=any`
}

func codeOf(text string) fyne.CanvasObject {
	l := ui.Code(text)
	l.Wrapping = fyne.TextWrapBreak
	return l
}

// ShowDetail shows an error's own text, to be copied for whoever helps.
func ShowDetail(d *ui.Shell, p Problem) {
	text := ui.Code(p.Detail)
	text.Wrapping = fyne.TextWrapBreak
	copyIt := ui.NewButton(i18n.T("common.copy"), ui.Icon("copy"), func() { d.CopyText(p.Title + "\n" + p.Detail) })
	d.Show(i18n.T("common.details"), p.Title, ui.Rows(text, ui.Row(copyIt)))
}
