package install

import (
	"context"
	"slices"
)

// former lists what earlier versions of the program put on boards and this one does
// not, each with the beginning of its first line, by which it is told from somebody
// else's file of that name. A file of the program that gets another name, or goes,
// is added here.
var former = []file{
	{"/lib/room/find.py", []byte("# Asks the classroom's network where the broker is now, and believes only an answer that knows ")},
	{"/lib/room/mqtt.py", []byte("# An MQTT 3.1.1 client for small boards, with the names that umqtt.simple uses.")},
	{"/lib/room/packets.py", []byte("# What an MQTT 3.1.1 client hears: packets that may come in pieces, or be too big for the board.")},
	{"/lib/room/say.py", []byte("# What the PC reads on the cable: one line of JSON for each stage. Passwords are never in it.")},
	{"/lib/room/tls.py", []byte("# Encrypts a connection. With a CA the broker's certificate is checked, without one it is not.")},
	{"/lib/room/wifi.py", []byte("# Joins a WiFi network by the driver itself, and tells why where that fails.")},
	{"/lib/lamp/voice.py", []byte("# What the lamp says over MQTT, by the rules of the platform that the settings name.")},
}

// findFormer notes which files of earlier versions are on the board. sums are the
// hashes of former there, "" where there is none.
func (w *work) findFormer(ctx context.Context, sums []string) error {
	w.former = nil
	for i, f := range former {
		if sums[i] == "" {
			continue
		}
		head, err := readBytes(ctx, w.REPL, f.path, headBytes)
		if err != nil {
			return err
		}
		if f.same(head) {
			w.former = append(w.former, f.path)
		}
	}
	return nil
}

// removeFormer removes the files of earlier versions, and their folders where nothing
// else is in them. It comes after the new program is complete, for until then the old
// one may be what runs: where there is no room for both, nothing is written.
func (w *work) removeFormer(ctx context.Context) error {
	if len(w.former) == 0 {
		return nil
	}
	if err := w.Set(ctx, "t", lines(w.former...)); err != nil {
		return err
	}
	if err := w.Set(ctx, "u", lines(folders(former)...)); err != nil {
		return err
	}
	_, err := w.Exec(ctx, dropFormer)
	return err
}

// withFormer is files after those of earlier versions.
func withFormer(files []file) []file { return slices.Concat(former, files) }
