//go:build linux

package install

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"lamplighter/device"
	"lamplighter/device/devicetest"
)

const oldRuns = "the old program runs"

// cutStory is what a board carried before an installation.
type cutStory struct {
	name string
	old  map[string]string
}

// cutStories are a board with somebody's own program, and one with an older
// Lamplighter.
func cutStories(t *testing.T, main string) []cutStory {
	older := config()
	older.Name = "older"
	settings, err := older.File()
	if err != nil {
		t.Fatal(err)
	}
	mine := "import time\nprint('" + oldRuns + "')\nwhile True:\n    time.sleep(1)\n"
	earlier := map[string]string{
		mainPath:     main,
		programPath:  "# The lamp program: a lamp that is switched over MQTT, and says what it does.\n# older\nfrom lamp import voice\nfrom room import say\ndef run():\n" + indent(mine),
		settingsPath: string(settings),
	}
	for _, f := range former {
		earlier[f.path] = string(f.data) + "\n"
	}
	return []cutStory{{"own program", map[string]string{mainPath: mine}}, {"older Lamplighter", earlier}}
}

func indent(program string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(program), "\n", "\n    ") + "\n"
}

// quickFiles is the board's folder with a main.py that does not pause first.
func quickFiles(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(boardFiles(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(boardFiles(), name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	main := string(files["main.py"].Data)
	files["main.py"] = &fstest.MapFile{Data: []byte(strings.Replace(main, "time.sleep(1)", "time.sleep(0)", 1))}
	return files
}

// cutter installs on one board again and again.
type cutter struct {
	t     *testing.T
	m     *devicetest.MicroPython
	files fs.FS
	want  map[string]string
	count *cutCount
	bench *Provisioner // its line is open: the board waits in the raw REPL
}

// cutCount counts what came of the cuts.
type cutCount struct {
	mu                                         sync.Mutex
	cuts, booted, oldRan, newRan, again, whole int
	steps                                      map[string]int
}

func (c *cutCount) add(change func(*cutCount)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

// prepare makes the files as the story has them. Folders stay: the board would
// not notice that they are gone.
func (c *cutter) prepare(s cutStory) {
	c.t.Helper()
	err := filepath.WalkDir(c.m.Root(), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Remove(name)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for name, text := range s.old {
		c.m.WriteFile(name, []byte(text))
	}
}

// install runs one installation.
func (c *cutter) install(report func(device.Progress)) error {
	ctx, done := context.WithTimeout(c.t.Context(), 3*time.Minute)
	defer done()
	return c.bench.Install(ctx, testPort, device.Job{Config: config()}, report)
}

// plug gives the board a new line, and the bench with it.
func (c *cutter) plug() {
	c.bench = New(c.files, func(context.Context, device.Port) (Line, error) { return c.m.Conn(), nil }, nil)
}

// boots powers the board up and tells which program runs: "old" or "new". What
// it has to go by is only what the board prints.
func (c *cutter) boots() string {
	c.t.Helper()
	conn := c.m.Conn()
	defer conn.Close()
	c.m.PowerOn()
	heard := make(chan string, 1)
	go func() { heard <- programHeard(conn) }()
	select {
	case ran := <-heard:
		return ran
	case <-time.After(2 * time.Minute):
		conn.Close()
		return "silent: " + <-heard
	}
}

// programHeard reads until a program has shown that it runs: a new one that it
// has got as far as the WiFi.
func programHeard(r io.Reader) string {
	var all bytes.Buffer
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		all.Write(lines.Bytes())
		all.WriteByte('\n')
		s, ok := device.ParseStage(lines.Bytes())
		switch {
		case strings.Contains(lines.Text(), oldRuns):
			return "old"
		case ok && s.Name == device.StageFound && !s.Bad:
			return "new"
		case strings.Contains(lines.Text(), "Traceback"), strings.Contains(lines.Text(), ">>>"):
			return "neither: " + all.String()
		}
	}
	return "neither: " + all.String()
}

// cut tells the story once, with the cable pulled after n bytes in a direction.
func (c *cutter) cut(s cutStory, d devicetest.Direction, n int) {
	name := fmt.Sprintf("%s, direction %d, byte %d", s.name, d, n)
	c.prepare(s)
	step := "looking and keeping"
	pulled := c.m.CutAfter(d, n)
	if err := c.install(func(p device.Progress) {
		if step = "sending"; p.Done > 0 && p.Done == p.Total {
			step = "checking and renaming"
		}
	}); err == nil {
		step = "after the last rename" // only the answer to it was missing, or nothing
		c.m.Unplug()
	} else {
		c.await(pulled, name, err)
	}
	c.judge(s, name, step)
}

// await waits until the cable is pulled. An installation that failed for another
// reason, as on a computer that is so busy that a board does not answer in time,
// never comes to the place of the cut: then it is cut where it failed.
func (c *cutter) await(pulled <-chan struct{}, name string, err error) {
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	select {
	case <-pulled:
	case <-late.C:
		c.t.Logf("%s: cut earlier, for it failed by itself: %v", name, err)
		c.m.Unplug()
	}
}

// lossy is a boot.py with which the board says so and waits at the nth rename.
const lossy = `import os, time
_left = [%d]
def _lossy(a, b, real=os.rename):
    _left[0] -= 1
    if _left[0] == 0:
        print('POWER!')
        time.sleep(1000)
    real(a, b)
os.rename = _lossy
`

// lose tells the story once, with the power lost at the nth rename; false means
// that there are not so many.
func (c *cutter) lose(s cutStory, nth int) bool {
	c.prepare(s)
	c.m.WriteFile("/boot.py", fmt.Appendf(nil, lossy, nth))
	c.bench.cable.pure = false // boot.py runs at the soft reset
	pulled := make(chan struct{})
	c.m.Filter(devicetest.FromBoard, func(b []byte) []byte {
		if bytes.Contains(b, []byte("POWER!")) {
			go func() { c.m.Unplug(); close(pulled) }()
		}
		return b
	})
	err := c.install(noProgress)
	c.m.Filter(devicetest.FromBoard, nil)
	if err == nil {
		return false
	}
	c.await(pulled, fmt.Sprintf("%s, rename %d", s.name, nth), err)
	if err := os.Remove(filepath.Join(c.m.Root(), "boot.py")); err != nil {
		c.t.Error(err)
	}
	c.judge(s, fmt.Sprintf("%s, rename %d", s.name, nth), "renaming")
	return true
}

// judge looks at what a cut has left, and installs again.
func (c *cutter) judge(s cutStory, name, step string) {
	c.count.add(func(k *cutCount) { k.cuts++; k.steps[step]++ })
	if problem := c.halves(s); problem != "" {
		c.t.Errorf("%s: %s", name, problem)
	} else {
		c.count.add(func(k *cutCount) { k.whole++ })
	}
	switch ran := c.boots(); ran {
	case "old":
		c.count.add(func(k *cutCount) { k.booted++; k.oldRan++ })
	case "new":
		c.count.add(func(k *cutCount) { k.booted++; k.newRan++ })
	default:
		c.t.Errorf("%s: %s", name, ran)
	}
	c.plug()
	if err := c.install(noProgress); err != nil {
		c.t.Errorf("%s: the second run: %v", name, err)
		return
	}
	if problem := c.complete(s); problem != "" {
		c.t.Errorf("%s: after the second run %s", name, problem)
		return
	}
	c.count.add(func(k *cutCount) { k.again++ })
}

// halves looks for a file in place that is neither the old nor the new one.
func (c *cutter) halves(s cutStory) string {
	for path, text := range c.want {
		got, ok := c.m.ReadFile(path)
		if ok && string(got) != text && string(got) != s.old[path] {
			return path + " is neither old nor new"
		}
		if _, had := s.old[path]; had && !ok {
			return path + " is gone"
		}
	}
	return ""
}

// complete tells what is missing of a whole installation.
func (c *cutter) complete(s cutStory) string {
	for path, text := range c.want {
		if got, _ := c.m.ReadFile(path); string(got) != text {
			return path + " is not what was sent"
		}
	}
	if old := s.old[mainPath]; !strings.HasPrefix(old, "# Lamplighter") {
		if got, _ := c.m.ReadFile(backupPath); string(got) != old {
			return "the old main.py is not kept"
		}
	}
	if left := leftoversOn(c.t, c.m); len(left) > 0 {
		return fmt.Sprintf("%q are left over", left)
	}
	for _, f := range former {
		if _, ok := c.m.ReadFile(f.path); ok {
			return f.path + " is left over"
		}
	}
	return ""
}

// TestCutCable pulls the cable, and with it the power, at many places of an
// installation: at 212 with -v.
func TestCutCable(t *testing.T) {
	const boards = 4
	files := quickFiles(t)
	want := map[string]string{}
	b := New(files, nil, nil)
	payload, err := b.payload(device.Job{Config: config()})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range payload {
		if f.path != umqttPath {
			want[f.path] = string(f.data)
		}
	}
	count := &cutCount{steps: map[string]int{}}
	started := time.Now()
	all := devicetest.StartMicroPythons(t, boards, devicetest.Options{})
	var work sync.WaitGroup
	for i, m := range all {
		c := &cutter{t: t, m: m, files: files, want: want, count: count}
		work.Go(func() { c.share(i, boards) })
	}
	work.Wait()
	t.Logf("cuts %d, boards that booted %d (old program %d, new program %d), every file whole %d, second runs that succeeded %d",
		count.cuts, count.booted, count.oldRan, count.newRan, count.whole, count.again)
	t.Logf("cut during %v, in %v", count.steps, time.Since(started).Round(time.Second))
	if count.cuts < 200/placesStep() || count.booted != count.cuts || count.again != count.cuts || count.whole != count.cuts {
		t.Error("not every cut ended well")
	}
	if count.oldRan == 0 || count.newRan == 0 {
		t.Error("the cuts never met one of the two programs")
	}
}

// The places of a story: all along what goes to the board, all along what it
// answers, and close together in the end, where the files are put in place.
const (
	placesTo   = 52
	placesFrom = 14
	placesEnd  = 18
	placesLast = 6 // the last bytes of the board's answer: all is in place
	endBytes   = 1400
)

// placesStep takes every place with -v, and else every second one: make test has a
// quarter of an hour for everything.
func placesStep() int {
	if testing.Verbose() {
		return 1
	}
	return 2
}

// share does every boards-th place of every story.
func (c *cutter) share(nth, boards int) {
	c.plug()
	for _, s := range cutStories(c.t, c.want[mainPath]) {
		c.prepare(s)
		if err := c.install(noProgress); err != nil {
			c.t.Errorf("%s: without a cut: %v", s.name, err)
			return
		}
		for k := 1 + nth; c.lose(s, k); k += boards {
			if c.t.Failed() {
				return
			}
		}
		c.prepare(s)
		c.bench.cable.pure = false // no boot.py any more
		if err := c.install(noProgress); err != nil {
			c.t.Errorf("%s: without a cut: %v", s.name, err)
			return
		}
		c.prepare(s)
		to, from := c.m.Sent(devicetest.ToBoard), c.m.Sent(devicetest.FromBoard)
		if err := c.install(noProgress); err != nil {
			c.t.Errorf("%s: without a cut: %v", s.name, err)
			return
		}
		to, from = c.m.Sent(devicetest.ToBoard)-to, c.m.Sent(devicetest.FromBoard)-from
		every := placesStep()
		for i := nth * every; i < placesTo+placesFrom+placesEnd+placesLast && c.t.Context().Err() == nil; i += boards * every {
			switch {
			case i < placesTo:
				c.cut(s, devicetest.ToBoard, 1+(to-endBytes)*i/placesTo)
			case i < placesTo+placesFrom:
				c.cut(s, devicetest.FromBoard, 1+from*(i-placesTo)/placesFrom)
			case i < placesTo+placesFrom+placesEnd:
				c.cut(s, devicetest.ToBoard, to-endBytes*(i-placesTo-placesFrom)/placesEnd)
			default:
				c.cut(s, devicetest.FromBoard, from-(i-placesTo-placesFrom-placesEnd))
			}
		}
	}
}
