package install

import (
	"context"
	"errors"
	"path"
	"slices"

	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

// Install puts files on the board. All of them are sent and checked before the
// first is put in place by a rename; main.py comes last. A foreign main.py is
// kept on the board and given to j.Keep, before anything is written.
func (b *Provisioner) Install(ctx context.Context, p device.Port, j device.Job, report func(device.Progress)) error {
	if err := j.Config.Check(); err != nil {
		return err
	}
	files, err := b.payload(j)
	if err != nil {
		return &fault.Error{Fault: fault.Unknown, Op: "read the board's files", Err: err}
	}
	return b.do(ctx, job{op: "install", port: p, limit: installTime, hide: secrets(j.Config)}, func(ctx context.Context, r *repl.REPL) error {
		if err := b.quiet(ctx); err != nil {
			return err
		}
		w := &work{REPL: r, all: slices.Clone(files), files: files, job: j, report: report}
		err := w.run(ctx)
		if err != nil && !broken(err) {
			b.tidy(ctx, w)
		}
		return err
	})
}

// tidy finishes or removes what an installation that failed has left: a
// courtesy, for the next one does the same.
func (b *Provisioner) tidy(ctx context.Context, w *work) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer done()
	b.cable.pure = false // it may have restarted
	if b.quiet(ctx) == nil {
		_ = w.sweep(ctx)
	}
}

// secrets lists what a board must not show of its settings.
func secrets(c device.Config) []string {
	all := []string{string(c.WiFi.Password), string(c.Broker.Password), c.Find.Secret}
	if c.Broker.SecretID() {
		all = append(all, c.Broker.ClientID)
	}
	return all
}

// work is one installation on its way.
type work struct {
	*repl.REPL
	all     []file // that Lamplighter may put on any board
	files   []file // that this job puts on this board
	job     device.Job
	report  func(device.Progress)
	foreign []file   // foreign files that would be replaced, as main.py
	former  []string // files of earlier versions that are on the board
	block   int64    // of the board's file system, in bytes
	free    int64    // blocks; -1 where the board can't tell
	inflate bool
}

func (w *work) run(ctx context.Context) error {
	if err := w.choose(ctx); err != nil {
		return err
	}
	differ, err := w.compare(ctx)
	if err != nil {
		return err
	}
	if err := w.sweep(ctx); err != nil {
		return err
	}
	if err := w.ask(ctx); err != nil {
		return err
	}
	if len(differ) == 0 {
		w.report(device.Progress{})
		return w.removeFormer(ctx)
	}
	packed, err := pack(differ, w.inflate)
	if err != nil {
		return err
	}
	if !w.fits(packed) {
		return found(fault.DiskFull)
	}
	if err := w.send(ctx, packed); err != nil {
		return err
	}
	if err := w.commit(ctx, differ); err != nil {
		return err
	}
	return w.removeFormer(ctx)
}

// compare finds which files the board has not got, or has otherwise, keeps what they
// would replace of somebody else's, and looks for files of earlier versions.
func (w *work) compare(ctx context.Context) (differ []file, err error) {
	sums, err := w.sums(ctx, paths(withFormer(w.files)))
	if err != nil {
		return nil, err
	}
	if err := w.findFormer(ctx, sums); err != nil {
		return nil, err
	}
	sums = sums[len(former):]
	for i, f := range w.files {
		if sums[i] == f.sum() {
			continue
		}
		differ = append(differ, f)
		if err := w.keep(ctx, f, sums[i]); err != nil {
			return nil, err
		}
	}
	return differ, nil
}

// choose leaves out what this board needs not: umqtt where it has its own, and
// the program with its parts where only settings were asked for and it is not
// there already.
func (w *work) choose(ctx context.Context) error {
	var has [1]int
	if err := w.Call(ctx, `try:
 import umqtt.simple
 print('[1]')
except Exception:
 print('[0]')`, &has); err != nil {
		return err
	}
	head, err := readBytes(ctx, w.REPL, umqttPath, headBytes)
	if err != nil {
		return err
	}
	if has[0] == 1 && !w.file(umqttPath).same(head) {
		w.omit(umqttPath)
	}
	if w.job.Goal != device.SettingsOnly {
		return nil
	}
	head, err = readBytes(ctx, w.REPL, programPath, headBytes)
	if head == nil {
		w.files = slices.DeleteFunc(w.files, func(f file) bool { return partOfProgram(f.path) })
	}
	return err
}

func (w *work) file(name string) file {
	i := slices.IndexFunc(w.files, func(f file) bool { return f.path == name })
	if i < 0 {
		return file{path: name, data: []byte("#")}
	}
	return w.files[i]
}

func (w *work) omit(name string) {
	w.files = slices.DeleteFunc(w.files, func(f file) bool { return f.path == name })
}

// sums gives the SHA-256 of files on the board in hex, "" where there is none.
// Where the board has no SHA-256 the files are read back.
func (w *work) sums(ctx context.Context, names []string) ([]string, error) {
	if err := w.Set(ctx, "p", lines(names...)); err != nil {
		return nil, err
	}
	var got []*string
	if err := w.Call(ctx, askFiles, &got); err != nil {
		return nil, err
	}
	if len(got) != len(names) {
		return nil, found(fault.LineNoise)
	}
	sums := make([]string, len(names))
	for i, sum := range got {
		switch {
		case sum == nil:
		case *sum != "":
			sums[i] = *sum
		default:
			data, err := readBytes(ctx, w.REPL, names[i], maxMain)
			if err != nil {
				return nil, err
			}
			sums[i] = file{data: data}.sum()
		}
	}
	return sums, nil
}

// keep gives a foreign file that f would replace to the job. sum is its hash on
// the board, "" where there is none.
func (w *work) keep(ctx context.Context, f file, sum string) error {
	if sum == "" || f.path == settingsPath {
		return nil
	}
	head, err := readBytes(ctx, w.REPL, f.path, headBytes)
	if err != nil || f.same(head) {
		return err
	}
	data, err := readBytes(ctx, w.REPL, f.path, maxMain)
	if err != nil {
		return err
	}
	old := file{f.path, data}
	if old.sum() != sum {
		return found(fault.LineNoise)
	}
	w.foreign = append(w.foreign, old)
	if w.job.Keep == nil {
		return nil
	}
	if err := w.job.Keep(path.Base(f.path), data); err != nil {
		return &fault.Error{Fault: fault.Unknown, Op: "keep " + f.path, Err: err}
	}
	return nil
}

// sweep removes what an earlier installation left.
func (w *work) sweep(ctx context.Context) error {
	if err := w.Set(ctx, "t", lines(append(folders(withFormer(w.all)), "/")...)); err != nil {
		return err
	}
	_, err := w.Exec(ctx, sweep)
	return err
}

// ask asks for what decides how the files are sent.
func (w *work) ask(ctx context.Context) error {
	var module string
	if err := w.Call(ctx, room, &[]any{&w.block, &w.free, &module}); err != nil {
		return err
	}
	w.inflate = module != ""
	return nil
}

// fits reports whether there is room for everything at once: the bundle, the new
// files beside the old ones, and the copies of what is kept.
func (w *work) fits(packed bundle) bool {
	if w.free < 0 || w.block <= 0 {
		return true
	}
	need := w.blocks(len(packed.data)) + spareBlocks
	for _, f := range slices.Concat(packed.files, w.foreign) {
		need += w.blocks(len(f.data))
	}
	return need <= w.free
}

// spareBlocks is for the folders and what the file system needs for itself.
const spareBlocks = 6

// blocks is how many blocks a file takes.
func (w *work) blocks(size int) int64 { return (int64(size) + w.block - 1) / w.block }

// send brings the files to the board beside the old ones, and checks them. What
// arrives damaged is sent once more.
func (w *work) send(ctx context.Context, packed bundle) (err error) {
	for range 2 {
		err = w.sendOnce(ctx, packed)
		var e *fault.Error
		if !errors.As(err, &e) || e.Fault != fault.VerifyFailed {
			return err
		}
	}
	return err
}

func (w *work) sendOnce(ctx context.Context, packed bundle) error {
	if err := w.Set(ctx, "z", []byte(bundlePath)); err != nil {
		return err
	}
	total := len(packed.data)
	progress := func(done int) { w.report(device.Progress{Step: packed.name(done), Done: done, Total: total}) }
	progress(0)
	sink := repl.Sink{Begin: "_w=open(z.decode(),'wb')", Each: "_w.write(d)", End: "_w.close()"}
	if _, err := w.Stream(ctx, sink, packed.data, progress); err != nil {
		return err
	}
	if err := w.check(ctx, []string{bundlePath}, []string{file{data: packed.data}.sum()}); err != nil {
		return err
	}
	if err := w.Set(ctx, "t", packed.manifest()); err != nil {
		return err
	}
	flag := "packed=0\n"
	if w.inflate {
		flag = "packed=1\n"
	}
	if _, err := w.Exec(ctx, flag+unpack); err != nil {
		return err
	}
	want := make([]string, len(packed.files))
	names := make([]string, len(packed.files))
	for i, f := range packed.files {
		want[i], names[i] = f.sum(), f.fresh()
	}
	return w.check(ctx, names, want)
}

// check compares files on the board with what was sent.
func (w *work) check(ctx context.Context, names, want []string) error {
	got, err := w.sums(ctx, names)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return found(fault.VerifyFailed)
	}
	return nil
}

// commit renames the new files in one script, after copies of the foreign
// files have been made on the board, and looks whether all is there.
func (w *work) commit(ctx context.Context, files []file) error {
	var names, sums []string
	for _, f := range w.foreign {
		if err := w.copy(ctx, f); err != nil {
			return err
		}
		names, sums = append(names, f.backup()), append(sums, f.sum())
	}
	for _, f := range files {
		names, sums = append(names, f.path), append(sums, f.sum())
	}
	if err := w.Set(ctx, "t", lines(names...)); err != nil {
		return err
	}
	if _, err := w.Exec(ctx, commit); err != nil {
		return err
	}
	return w.check(ctx, names, sums)
}

// copy makes a copy of a file on the board, and checks it.
func (w *work) copy(ctx context.Context, f file) error {
	to := f.backup() + newSuffix
	if err := w.Set(ctx, "p", []byte(f.path)); err != nil {
		return err
	}
	if err := w.Set(ctx, "q", []byte(to)); err != nil {
		return err
	}
	if _, err := w.Exec(ctx, copyFile); err != nil {
		return err
	}
	return w.check(ctx, []string{to}, []string{f.sum()})
}

func paths(files []file) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.path
	}
	return names
}
