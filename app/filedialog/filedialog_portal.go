//go:build !windows && !darwin

package filedialog

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// The desktop's portal, see
// https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html.
const (
	portalName   = "org.freedesktop.portal.Desktop"
	portalPath   = "/org/freedesktop/portal/desktop"
	chooser      = "org.freedesktop.portal.FileChooser"
	request      = "org.freedesktop.portal.Request"
	answerTime   = 5 * time.Second // for the portal to take the question
	maxPathBytes = 4096
)

// The portal's answers.
const (
	chosen    = 0
	cancelled = 1
)

// Ask shows the dialog and waits until it is answered: with the path of a file, or
// with "" where none was chosen. It gives ErrNone where there is no dialog.
func Ask(ctx context.Context, q Question) (path string, err error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	defer func() { _ = conn.Close() }() // a dialog still open is closed with it
	if err := conn.Auth(nil); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	if err := conn.Hello(); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	answers, err := call(ctx, conn, q)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	for {
		select {
		case s, open := <-answers:
			if !open {
				return "", fmt.Errorf("%w: the desktop's portal has gone", ErrNone)
			}
			if s.Name == request+".Response" {
				return answer(s.Body)
			}
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// call asks the portal. Its answer is listened for before, as the portal's
// documentation advises.
func call(ctx context.Context, conn *dbus.Conn, q Question) (<-chan *dbus.Signal, error) {
	token := "lamplighter" + rand.Text()
	sender := strings.ReplaceAll(strings.TrimPrefix(conn.Names()[0], ":"), ".", "_")
	handle := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	answers := make(chan *dbus.Signal, 4)
	conn.Signal(answers)
	ctx, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(handle), dbus.WithMatchInterface(request), dbus.WithMatchMember("Response")); err != nil {
		return nil, err
	}
	method, options := chooser+".OpenFile", map[string]dbus.Variant{"handle_token": dbus.MakeVariant(token)}
	if q.Save {
		method = chooser + ".SaveFile"
		options["current_name"] = dbus.MakeVariant(q.Name)
	}
	parent := ""
	if q.Parent.X11 != 0 {
		parent = fmt.Sprintf("x11:%x", q.Parent.X11)
	}
	return answers, conn.Object(portalName, portalPath).CallWithContext(ctx, method, 0, parent, q.Title, options).Err
}

// answer reads what the portal says: a code and, where a file was chosen, its address.
func answer(body []any) (path string, err error) {
	var code uint32
	var results map[string]dbus.Variant
	if err := dbus.Store(body, &code, &results); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	switch code {
	case chosen:
	case cancelled:
		return "", nil
	default:
		return "", fmt.Errorf("%w: the desktop's portal ended with %d", ErrNone, code)
	}
	files, ok := results["uris"].Value().([]string)
	if !ok || len(files) == 0 {
		return "", fmt.Errorf("%w: the desktop's portal named no file", ErrNone)
	}
	u, err := url.Parse(files[0])
	if err != nil || u.Scheme != "file" || u.Path == "" || len(u.Path) > maxPathBytes {
		return "", fmt.Errorf("%w: the file is not on this computer", ErrNone)
	}
	return u.Path, nil
}
