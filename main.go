// Command lamplighter is the desktop program: this file wires the parts
// together, and does nothing else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"lamplighter/app"
	"lamplighter/app/instance"
	"lamplighter/app/logfile"
	"lamplighter/assets"
	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/install"
	"lamplighter/device/practice"
	"lamplighter/device/usb"
	"lamplighter/i18n"
	"lamplighter/views"
)

// The program's identity; FyneApp.toml says the same to the packaging tool.
const (
	id      = "io.lamplighter.app"
	version = "0.1.0"
)

// gcPercent bounds what the garbage collector lets lie about, in percent of what
// is in use. Most of that is the topics' messages, in blocks without pointers
// that cost the collector nothing to keep: twice their budget need not be taken.
const gcPercent = 30

// besideTopics is what the program may take beside the topics' budget, in bytes,
// before the garbage collector hurries: more than it needs, and little enough
// that hours of a flood end where its first minutes did.
const besideTopics = 64 << 20

func main() {
	data := flag.String("data", "", "`folder` for settings, roster, broker data and logs (default: the system's folder for settings)")
	tell := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *tell {
		fmt.Println("Lamplighter", version)
		return
	}
	debug.SetGCPercent(gcPercent)
	if err := run(*data); err != nil {
		fmt.Fprintln(os.Stderr, "lamplighter:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	ui := fyneapp.NewWithID(id)
	dir, err := dataDir(dir)
	if err != nil {
		return views.ShowStartupError(ui, err)
	}
	raise := func() {}
	lock, err := instance.Acquire(dir, func() { fyne.Do(func() { raise() }) })
	if errors.Is(err, instance.ErrRunning) {
		return nil // its window was raised
	}
	if err != nil {
		return views.ShowStartupError(ui, err)
	}
	defer lock.Release()
	if log, file, err := logfile.Open(dir, slog.LevelInfo); err == nil {
		defer file.Close()
		slog.SetDefault(log)
	}
	if err := crash.Output(dir); err != nil {
		slog.Warn("a crash would leave no report", "err", err)
	}
	post := func(f func()) { fyne.Do(crash.Guard(f)) }
	open := func(ctx context.Context, p device.Port) (io.ReadWriteCloser, error) { return usb.Open(ctx, p) }
	program, err := app.Start(app.Options{
		Dir: dir, Post: post, Cables: install.New(assets.Board(), open, usb.Watch), Files: assets.Board(),
		Pace: practice.Believable, Language: i18n.BoardLanguage,
	})
	if err != nil {
		return views.ShowStartupError(ui, err)
	}
	bound := func() { debug.SetMemoryLimit(program.Topics.Counts().Budget + besideTopics) }
	program.Settings.Changed.Listen(bound)
	bound()
	window := views.New(ui, post, views.Bind(program, ui.OpenURL, version))
	raise = window.Raise
	err = crash.Catch(window.Fyne().ShowAndRun) // what is kept is whole, whatever the window did
	lock.Hush()
	err = errors.Join(err, program.Close())
	window.Close()
	return err
}

// dataDir is the folder that was asked for, or the system's own place for it.
func dataDir(wanted string) (string, error) {
	if wanted != "" {
		return filepath.Abs(wanted)
	}
	base, err := os.UserConfigDir()
	return filepath.Join(base, "Lamplighter"), err
}
