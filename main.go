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
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver"

	"lamplighter/app"
	"lamplighter/app/instance"
	"lamplighter/app/logfile"
	"lamplighter/app/settings/policy"
	"lamplighter/app/setup"
	"lamplighter/app/startup"
	"lamplighter/assets"
	"lamplighter/device"
	"lamplighter/device/crash"
	"lamplighter/device/install"
	"lamplighter/device/practice"
	"lamplighter/device/usb"
	"lamplighter/i18n"
	"lamplighter/views"
	"lamplighter/views/problem"
)

// The program's identity, which a test of packaging/pack holds to FyneApp.toml.
const (
	id      = "io.lamplighter.app"
	version = "0.1.0"
)

// gcPercent bounds what the garbage collector lets lie about once the start is
// over, in percent of what is in use. Most of that is the topics' messages, in blocks without pointers
// that cost the collector nothing to keep: twice their budget need not be taken.
const gcPercent = 30

// besideTopics is what the program may take beside the topics' budget, in bytes,
// before the garbage collector hurries: more than it needs, and little enough
// that hours of a flood end where its first minutes did.
const besideTopics = 64 << 20

// The exit codes: 0 is also that of a start that raised another one's window.
const (
	exitFailed = 1
	exitBusy   = 3 // --quit: a board is being written
	exitSilent = 4 // --quit: the program does not answer, or does not end
)

const (
	lateTime  = 90 * time.Second        // for the window to come; a driver that hangs is told before
	quitTime  = 30 * time.Second        // for the other program to end
	replyTime = 1500 * time.Millisecond // for the window to answer another start
)

func main() {
	startup.ServeProbe()
	data := flag.String("data", "", "`folder` for settings, roster, broker data and logs (default: the system's folder for settings)")
	tell := flag.Bool("version", false, "print the version and end")
	quit := flag.Bool("quit", false, "end the running program and wait until it has; exit code 3: it is writing to a board, 4: it does not answer")
	flag.Parse()
	if *tell {
		fmt.Println("Lamplighter", version)
		return
	}
	dir, err := startup.DataDir(*data)
	switch {
	case errors.As(err, new(*startup.ReadOnlyError)):
		startup.ShowMessage(startup.ReadOnly(err))
	case err != nil:
		startup.ShowMessage(words(err))
	case *quit:
		os.Exit(quitOther(dir))
	default:
		if err = run(dir); err != nil {
			fmt.Fprintln(os.Stderr, "lamplighter:", err)
		}
	}
	if err != nil {
		os.Exit(exitFailed)
	}
}

// quitOther ends the program that uses the folder, and returns the exit code.
func quitOther(dir string) int {
	err := instance.Quit(dir, quitTime)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "lamplighter:", err)
	if errors.Is(err, instance.ErrBusy) {
		return exitBusy
	}
	return exitSilent
}

func run(dir string) error {
	views.FindFonts()
	ui := fyneapp.NewWithID(id)
	first := &startRequests{raise: func() {}, mayQuit: func() bool { return true }, quit: ui.Quit}
	lock, err := startup.Acquire(dir, instance.Handler{Raise: first.onRaise, Quit: first.onQuit})
	if errors.Is(err, instance.ErrRunning) {
		return nil // its window was raised
	}
	if err != nil {
		return showFailure(ui, startup.Check(), err)
	}
	defer lock.Release()
	if log, file, err := logfile.Open(dir, slog.LevelInfo); err == nil {
		defer file.Close()
		slog.SetDefault(log)
	}
	if err := crash.Output(dir); err != nil {
		slog.Warn("a crash would leave no report", "err", err)
	}
	start := startup.Begin(dir, version)
	defer start.Stop()
	start.Watch(lateTime, func() {
		if startup.Ask(startup.AskToEnd()) {
			os.Exit(exitFailed)
		}
	})
	post := func(f func()) { fyne.Do(crash.Guard(f)) }
	open := func(ctx context.Context, p device.Port) (io.ReadWriteCloser, error) { return usb.Open(ctx, p) }
	cable := func() setup.Provisioner { return install.New(assets.Board(), open, usb.Watch) }
	program, err := app.Start(app.Options{
		Dir: dir, Post: post, Cables: cable(), Cable: cable, Files: assets.Board(),
		Pace: practice.Believable, Language: i18n.BoardLanguage, Policy: policy.Read(languages(), policy.Paths()...),
	})
	if err != nil {
		return showFailure(ui, start.Fail(), err)
	}
	if err := start.Check(); err != nil {
		return endWithoutWindow(dir, lock, program, err)
	}
	bound := func() { debug.SetMemoryLimit(program.Topics.Counts().Budget + besideTopics) }
	program.Settings.Changed.Listen(bound)
	bound()
	window := views.NewWithSplash(ui, post, views.Bind(program, ui.OpenURL, version, startup.IsSoftware()))
	first.raise, first.mayQuit = window.Raise, func() bool { return !program.Boards.Writing() }
	err = show(ui, start, window.Win)
	lock.StopListening()
	err = errors.Join(err, program.Close())
	window.Close()
	return err
}

// endWithoutWindow ends the program where no window can be shown. Another start of it
// goes on with the software OpenGL, where there is one; else the reason is told.
func endWithoutWindow(dir string, lock *instance.Lock, program *app.App, reason error) error {
	closed := program.Close()
	lock.Release()
	if startup.RestartWithSoftwareGL(dir) {
		return closed
	}
	startup.ShowMessage(startup.NoWindow(reason))
	return errors.Join(reason, closed)
}

// languages are those that a policy can choose.
func languages() (tags []string) {
	for _, l := range i18n.Languages() {
		tags = append(tags, l.Tag)
	}
	return tags
}

// calmDown has the garbage collector keep what is free small, and gives back what
// the start took beyond that.
func calmDown() {
	debug.SetGCPercent(gcPercent)
	debug.FreeOSMemory()
}

// show runs the window until it is closed. What is kept is whole, whatever the
// window did.
func show(ui fyne.App, start *startup.Start, w fyne.Window) error {
	var failed error
	look := func() {
		if hasHandle(w) {
			start.Shown()
			crash.Go(calmDown)
			return
		}
		_ = start.Fail() // says no more than this
		failed = &startup.NoWindowError{Reason: "the window could not be made"}
		startup.ShowMessage(startup.NoWindow(failed))
		ui.Quit()
	}
	crash.Go(func() { fyne.Do(look) }) // on this goroutine it would look at once
	return errors.Join(crash.Catch(w.ShowAndRun), failed)
}

// hasHandle reports whether the system has made the window: Fyne goes on without
// one when it has not.
func hasHandle(w fyne.Window) bool {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return true
	}
	var handle uintptr
	native.RunNative(func(c any) {
		switch c := c.(type) {
		case driver.X11WindowContext:
			handle = c.WindowHandle
		case driver.WindowsWindowContext:
			handle = c.HWND
		case driver.MacWindowContext:
			handle = c.NSWindow
		default:
			handle = 1 // a system on which it can't be asked
		}
	})
	return handle != 0
}

// startRequests are what another start may ask this one for.
type startRequests struct {
	raise, quit func()
	mayQuit     func() bool
}

func (d *startRequests) onRaise() instance.Answer {
	return onUI(func() instance.Answer { d.raise(); return instance.Raised })
}

func (d *startRequests) onQuit() instance.Answer {
	return onUI(func() instance.Answer {
		if !d.mayQuit() {
			return instance.Busy
		}
		d.quit()
		return instance.Quitting
	})
}

// onUI has the window's goroutine answer, if it comes to it in time.
func onUI(f func() instance.Answer) instance.Answer {
	answer := make(chan instance.Answer, 1)
	fyne.Do(crash.Guard(func() { answer <- f() }))
	select {
	case a := <-answer:
		return a
	case <-time.After(replyTime):
		return instance.NoAnswer
	}
}

// showFailure shows why the program can't start, in a window where there can be
// one. It gives the error back.
func showFailure(ui fyne.App, noWindow, err error) error {
	if noWindow == nil {
		return views.ShowStartupError(ui, err)
	}
	startup.ShowMessage(words(err))
	return err
}

// words is what a message says of an error, in both languages.
func words(err error) string {
	in := func(language string) string {
		_ = i18n.SetLanguage(language) // these two are always there
		p := problem.Explain(err)
		return p.Title + "\n" + p.Advice
	}
	return startup.Failed(in("en"), in("zh-Hans"), err)
}
