package practice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net"
	"strconv"
	"syscall"
	"time"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// What a practice board says of itself when it is greeted.
const (
	firmware        = "MicroPython"
	firmwareVersion = "1.24.1"
	machine         = "Practice board"
	model           = "mpython-2"
	freeBytes       = 1 << 20
)

// progressPiece is after how many bytes an installation reports.
const progressPiece = 1024

// file is one file of an installation.
type file struct {
	name string
	data []byte
}

func (f file) sum() string {
	sum := sha256.Sum256(f.data)
	return hex.EncodeToString(sum[:])
}

// at finds the board at a port, if it is plugged in.
func (b *Simulator) at(op string, p device.Port) (*Board, error) {
	board, ok := b.Board(p.Name)
	if !ok {
		return nil, gone(op, p, fault.PortMissing)
	}
	if board.unplugged() {
		return nil, gone(op, p, fault.PortGone)
	}
	return board, nil
}

// work waits for n steps on a board, and tells when it was unplugged meanwhile.
func (b *Simulator) work(ctx context.Context, op string, p device.Port, steps int) (*Board, error) {
	if b.sleep(ctx, steps) != nil {
		return nil, ended(ctx, op, p)
	}
	return b.at(op, p)
}

// Greet stops the program on the board, as a cable does, and tells what the
// board is.
func (b *Simulator) Greet(ctx context.Context, p device.Port, report func(device.Progress)) (device.Identity, error) {
	board, err := b.at("greet", p)
	if err != nil {
		return device.Identity{}, err
	}
	report(device.Progress{Step: "interrupt", Done: 1, Total: 1})
	board.halt(vanish)
	if _, err := b.work(ctx, "greet", p, 4); err != nil {
		return device.Identity{}, err
	}
	return board.identity(), nil
}

func (b *Board) identity() device.Identity {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := device.Identity{
		Firmware: firmware, Version: firmwareVersion, Machine: machine, Platform: "practice", Model: model,
		ID: b.id, FreeBytes: freeBytes, HasWiFi: true, HasUmqtt: true, RawPaste: true,
		Main: device.DefaultMain, Backup: b.files[backupFile] != "",
	}
	if b.runs {
		id.Main, id.Program = device.OurMain, Version
	}
	if b.config != nil {
		c := *b.config
		c.WiFi.Password, c.Broker.Password, c.Find.Secret = "", "", ""
		if c.Broker.SecretID() {
			c.Broker.ClientID = ""
		}
		id.Settings = &c
	}
	return id
}

// Scan lists the practice networks.
func (b *Simulator) Scan(ctx context.Context, p device.Port) ([]device.Network, error) {
	if _, err := b.work(ctx, "scan", p, 10); err != nil {
		return nil, err
	}
	return Networks(), nil
}

// Join tries a network, as a real board would: a wrong password takes longer
// to fail than the right one to succeed.
func (b *Simulator) Join(ctx context.Context, p device.Port, w device.WiFi) (string, error) {
	if err := w.Check(); err != nil {
		return "", err
	}
	_, status, ok := admits(w)
	steps := 12
	if !ok {
		steps = 25
	}
	board, err := b.work(ctx, "join", p, steps)
	if err != nil {
		return "", err
	}
	if !ok {
		f, _ := device.WiFiFault(practicePlatform, status, status != noSuchNetwork)
		return "", gone("join", p, f)
	}
	return board.address(), nil
}

// reachTime bounds Reach, as on a real board.
const reachTime = 8 * time.Second

// Reach opens and closes a TCP connection from this computer, where the board
// lives.
func (b *Simulator) Reach(ctx context.Context, p device.Port, host string, port int) error {
	if err := device.CheckHost(host); err != nil {
		return err
	}
	if _, err := b.work(ctx, "reach", p, 3); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	conn, err := b.opts.Reach(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return &fault.Error{Fault: netFault(err), Op: "reach", Where: p.Name, Err: err}
	}
	conn.Close()
	return nil
}

func netFault(err error) fault.Fault {
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
		return fault.NameNotFound
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.Errno(10061)): // WSAECONNREFUSED
		return fault.Refused
	}
	return fault.Unreachable
}

// Label shows nothing: a practice board has no display.
func (b *Simulator) Label(_ context.Context, p device.Port, _ string) error {
	_, err := b.at("label", p)
	return err
}

// Blink lights the lamp for a moment.
func (b *Simulator) Blink(ctx context.Context, p device.Port, l device.Lamp) error {
	if err := l.Check(); err != nil {
		return err
	}
	board, err := b.at("blink", p)
	if err != nil {
		return err
	}
	before := board.State()
	board.set(func() {
		board.on = true
		if l.Kind == device.LampNeoPixel && l.Color != [3]int{} {
			board.color = l.Color
		}
	})
	defer board.set(func() { board.on, board.color = before.On, before.Color })
	_, err = b.work(ctx, "blink", p, 8)
	return err
}

// Install puts the files on the board; what it has already is not sent again.
func (b *Simulator) Install(ctx context.Context, p device.Port, j device.Job, report func(device.Progress)) error {
	const op = "install"
	if err := j.Config.Check(); err != nil {
		return err
	}
	board, err := b.at(op, p)
	if err != nil {
		return err
	}
	files, err := b.payload(j)
	if err != nil {
		return err
	}
	board.halt(vanish)
	if err := board.keepMain(j); err != nil {
		return &fault.Error{Fault: fault.Unknown, Op: "keep " + mainFile, Where: p.Name, Err: err}
	}
	total, done := 0, 0
	var differ []file
	for _, f := range files {
		if !board.same(f) {
			differ, total = append(differ, f), total+len(f.data)
		}
	}
	for _, f := range differ {
		for sent := 0; sent < len(f.data); {
			report(device.Progress{Step: f.name, Done: done, Total: total})
			if _, err := b.work(ctx, op, p, 1); err != nil {
				return err
			}
			piece := min(progressPiece, len(f.data)-sent)
			sent, done = sent+piece, done+piece
		}
		board.write(f.name, f.sum())
	}
	report(device.Progress{Step: mainFile, Done: total, Total: total})
	c := j.Config
	board.set(func() {
		board.config = &c
		board.runs = board.runs || j.Goal == device.MakeLamp
		board.color = board.firstColor()
	})
	b.oneSpare()
	b.changed()
	return nil
}

// payload lists the files of a job in the order of their writing.
func (b *Simulator) payload(j device.Job) ([]file, error) {
	settings, err := j.Config.File()
	if err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "write " + settingsFile, Err: err}
	}
	files := []file{{settingsFile, settings}}
	if b.opts.Files == nil {
		return files, nil
	}
	entries, err := fs.ReadDir(b.opts.Files, ".")
	if err != nil {
		return nil, &fault.Error{Fault: fault.Unknown, Op: "read the board's files", Err: err}
	}
	var last []file
	for _, e := range entries {
		settingsOnly := j.Goal == device.SettingsOnly && (e.Name() == mainFile || e.Name() == programFile)
		if e.IsDir() || settingsOnly {
			continue
		}
		data, err := fs.ReadFile(b.opts.Files, e.Name())
		if err != nil {
			return nil, &fault.Error{Fault: fault.Unknown, Op: "read the board's files", Err: err}
		}
		if e.Name() == mainFile {
			last = append(last, file{mainFile, data})
			continue
		}
		files = append(files, file{e.Name(), data})
	}
	return append(files, last...), nil
}

// keepMain keeps the demonstration on the board and gives it to the job,
// before anything is written.
func (b *Board) keepMain(j device.Job) error {
	old := file{mainFile, []byte(demonstration)}
	if j.Goal != device.MakeLamp || !b.same(old) {
		return nil
	}
	if j.Keep != nil {
		if err := j.Keep(mainFile, old.data); err != nil {
			return err
		}
	}
	b.write(backupFile, old.sum())
	return nil
}

// Prove restarts the board and reports its stages until ctx ends. A board with
// settings only runs the helper's proof once.
func (b *Simulator) Prove(ctx context.Context, p device.Port, report func(device.Stage)) error {
	board, err := b.at("prove", p)
	if err != nil {
		return err
	}
	board.halt(vanish)
	if _, err := b.work(ctx, "prove", p, 4); err != nil {
		return err
	}
	board.mu.Lock()
	if board.config == nil {
		board.mu.Unlock()
		return gone("prove", p, fault.BoardSilent)
	}
	running := board.start(*board.config, !board.runs)
	board.program = running
	board.mu.Unlock()
	for {
		select {
		case s := <-running.stages:
			report(s)
		case <-ctx.Done():
			return nil
		case <-running.done:
			return proofEnded(ctx, board, running, report)
		}
	}
}

// proofEnded reports what the program said last. A proof of the settings has
// its end, and waits for ctx; a lamp program ends only with the board.
func proofEnded(ctx context.Context, board *Board, running *program, report func(device.Stage)) error {
	for {
		select {
		case s := <-running.stages:
			report(s)
			continue
		default:
		}
		break
	}
	if board.unplugged() {
		return gone("prove", board.Port(), fault.PortGone)
	}
	<-ctx.Done()
	return nil
}

// Restore puts back the main.py that was there before Lamplighter.
func (b *Simulator) Restore(ctx context.Context, p device.Port, report func(device.Progress)) error {
	board, err := b.at("restore", p)
	if err != nil {
		return err
	}
	old := board.sum(backupFile)
	if old == "" {
		return gone("restore", p, fault.NoBackup)
	}
	board.halt(vanish)
	report(device.Progress{Step: mainFile, Total: len(demonstration)})
	if _, err := b.work(ctx, "restore", p, 3); err != nil {
		return err
	}
	board.write(mainFile, old)
	board.remove(backupFile)
	board.set(func() { board.runs, board.on = false, false })
	report(device.Progress{Step: mainFile, Done: len(demonstration), Total: len(demonstration)})
	return nil
}

// Remove takes everything of Lamplighter off the board, and puts back what was
// there.
func (b *Simulator) Remove(ctx context.Context, p device.Port, report func(device.Progress)) error {
	board, err := b.at("remove", p)
	if err != nil {
		return err
	}
	board.halt(vanish)
	report(device.Progress{Step: mainFile})
	if _, err := b.work(ctx, "remove", p, 5); err != nil {
		return err
	}
	board.set(func() {
		board.files = map[string]string{mainFile: file{data: []byte(demonstration)}.sum()}
		board.config, board.runs, board.on, board.color = nil, false, false, [3]int{255, 190, 90}
	})
	return nil
}

// Release lets the board run what it carries, as pulling the cable and giving
// it power does.
func (b *Simulator) Release() {
	for _, board := range b.Boards() {
		board.boot()
	}
}
