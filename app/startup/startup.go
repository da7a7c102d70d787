package startup

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lamplighter/app/atomicfile"
	"lamplighter/device/crash"
)

// shownFile in the data folder says under which circumstances a window came.
const shownFile = "window.json"

// sameBoot is by how much two computed times of one boot differ at most: the
// clock is set in between.
const sameBoot = 5 * time.Minute

// shown are the circumstances. Where they are the same as the last time there is
// no probe, which takes as long as a third of a start.
type shown struct {
	Version string    `json:"version"`
	Display string    `json:"display"`
	Boot    time.Time `json:"boot"` // drivers change with a restart
}

func (s shown) like(o shown) bool {
	return s.Version == o.Version && s.Display == o.Display && s.Boot.Sub(o.Boot).Abs() < sameBoot
}

// Start is a start of the program, until its window is there.
type Start struct {
	path    string
	now     shown
	probe   *probe        // nil: the last start had a window
	settled chan struct{} // closed by settle
	once    sync.Once     // of settle
	shown   sync.Once
	waits   sync.WaitGroup
}

// Begin finds out, on a goroutine of its own, whether a window can be shown. The
// data folder must be locked for this program.
func Begin(dir, version string) *Start {
	s := &Start{
		path:    filepath.Join(dir, shownFile),
		now:     shown{Version: version, Display: os.Getenv("DISPLAY") + " " + os.Getenv("SESSIONNAME"), Boot: bootTime()},
		settled: make(chan struct{}),
	}
	var last shown
	data, err := os.ReadFile(s.path)
	if err == nil && json.Unmarshal(data, &last) == nil && last.like(s.now) && os.Remove(s.path) == nil {
		return s // a start that does not come as far leaves no file, and the next one probes
	}
	s.probe = begin()
	return s
}

// Check waits for what Begin finds out, for at most a minute, and returns a
// *NoWindowError where no window can be shown.
func (s *Start) Check() error {
	if s.probe == nil {
		return nil
	}
	err := s.probe.wait()
	if err != nil {
		s.endWatch()
	}
	return err
}

// Fail is Check for a start that says itself what is wrong: it is not late any more.
func (s *Start) Fail() error {
	s.endWatch()
	return s.Check()
}

// endWatch ends Watch.
func (s *Start) endWatch() { s.once.Do(func() { close(s.settled) }) }

// Shown says that the window is there.
func (s *Start) Shown() {
	s.endWatch()
	s.shown.Do(func() {
		s.waits.Add(1)
		crash.Go(func() {
			defer s.waits.Done()
			if data, err := json.Marshal(s.now); err == nil {
				_ = atomicfile.Write(s.path, data, 0o600) // else the next start probes
			}
		})
	})
}

// Watch calls late, on a goroutine of its own, when within the time there was no
// window and no reason for that.
func (s *Start) Watch(within time.Duration, late func()) {
	crash.Go(func() {
		select {
		case <-s.settled:
		case <-time.After(within):
			late()
		}
	})
}

// Stop ends what Begin and Shown started.
func (s *Start) Stop() {
	s.waits.Wait()
	if s.probe != nil {
		s.probe.stop()
	}
}
