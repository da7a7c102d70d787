package views

import (
	"context"
	"errors"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// recordItems are the menu's entries for files.
func (p *topicPage) recordItems() []*fyne.MenuItem {
	record := fyne.NewMenuItemWithIcon(i18n.T("topics.record"), icon("record"), p.work.recordDialog)
	if p.tree.Recorder() != nil {
		record = fyne.NewMenuItemWithIcon(i18n.T("topics.record.stop"), icon("stop"), p.work.stopRecording)
	}
	return []*fyne.MenuItem{
		record,
		fyne.NewMenuItemWithIcon(i18n.T("topics.export.all"), icon("save"), func() { p.exportDialog("") }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.import"), icon("open"), func() { p.openRecording(p.work.importFile) }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.replay"), icon("play"), p.replayDialog),
	}
}

func (p *topicPage) openRecording(do func(io.ReadCloser)) {
	dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			p.problem(err)
			return
		}
		do(r)
	}, p.desk.window()).Show()
}

// recordDialog begins to write everything that comes into a file.
func (w *topicWork) recordDialog() {
	name := "lamplighter-" + time.Now().Format("20060102-150405") + ".jsonl"
	w.desk.saveFile(name, func(out io.WriteCloser) {
		w.tree.SetRecorder(topics.Record(out))
		w.watchRecording()
	})
}

// watchRecording tells every second how far the recording is.
func (w *topicWork) watchRecording() {
	r := w.tree.Recorder()
	if r == nil {
		return
	}
	if _, _, err := r.Stats(); err != nil {
		w.tree.SetRecorder(nil)
		r.Close(func(error) {})
		w.setTask(taskRecord, func() fyne.CanvasObject {
			return w.failed(err, w.recordDialog, taskRecord)
		})
		return
	}
	w.progress(taskRecord, func() string { return recordingWords(r) }, "topics.record.stop", w.stopRecording)
	if w.watching != nil {
		w.watching()
	}
	w.watching = after(time.Second, w.desk.Post, w.watchRecording)
}

func recordingWords(r *topics.Recorder) string {
	written, dropped, _ := r.Stats()
	if dropped > 0 {
		return i18n.T("topics.record.dropped", "Count", countWords(written), "Dropped", countWords(dropped))
	}
	return i18n.T("topics.record.now", "Count", countWords(written))
}

func (w *topicWork) stopRecording() {
	r := w.tree.Recorder()
	if r == nil {
		return
	}
	w.tree.SetRecorder(nil)
	r.Close(func(err error) {
		w.desk.Post(func() {
			written, dropped, _ := r.Stats()
			w.finished(taskRecord, func() string {
				if dropped > 0 {
					return i18n.T("topics.record.done.dropped", "Count", countWords(written), "Dropped", countWords(dropped))
				}
				return i18n.T("topics.record.done", "Count", countWords(written))
			}, err)
		})
	})
}

// finished tells how a piece of work ended.
func (w *topicWork) finished(kind taskKind, text func() string, err error) {
	w.setTask(kind, func() fyne.CanvasObject {
		switch {
		case errors.Is(err, topics.ErrRecording):
			return notice(failure, i18n.T("topics.import.not"), w.closer(kind))
		case err != nil && !errors.Is(err, context.Canceled):
			return w.failed(err, nil, kind)
		}
		return notice(success, text(), w.closer(kind))
	})
}

// exportDialog asks what and in which form, then for the file.
func (p *topicPage) exportDialog(topic string) {
	what, title := topics.Extent{}, i18n.T("topics.export.all.title")
	if topic != "" {
		var ok bool
		if what.Branch, ok = p.tree.Find(topic); !ok {
			return
		}
		safe, _ := topics.Display(topic, 60)
		title = i18n.T("topics.export.title", "Topic", safe)
	}
	which := newChoice([]string{i18n.T("topics.export.history"), i18n.T("topics.export.last")}, nil)
	which.setQuietly(0)
	form := newChoice([]string{i18n.T("topics.export.csv"), i18n.T("topics.export.jsonl")}, nil)
	form.setQuietly(0)
	found := newTick(i18n.T("topics.export.found"), nil)
	found.Checked = p.tree.Filter() != (topics.Filter{})
	show(found, found.Checked)
	// The dialog for the file is posted: closing this one takes away all above it.
	p.desk.ask(question{Title: title, Text: i18n.T("topics.export.text"), Content: rows(which, form, found), Yes: i18n.T("topics.export.yes"), Do: func() bool {
		what.Last, what.Shown = which.SelectedIndex() == 1, found.Checked
		kind, ext := topics.CSV, "csv"
		if form.SelectedIndex() == 1 {
			kind, ext = topics.JSONLines, "jsonl"
		}
		p.desk.Post(func() { p.desk.saveFile(fileName(topic, ext), func(w io.WriteCloser) { p.export(what, kind, w) }) })
		return true
	}})
}

// export writes the file, and tells how far it is.
func (p *topicPage) export(what topics.Extent, form topics.Form, w io.WriteCloser) {
	topics.Export(p.tree, what, form, w, p.desk.Post, func(written int, done bool, err error) {
		count := countWords(uint64(written))
		if done {
			p.work.finished(taskExport, func() string { return i18n.T("topics.export.done", "Count", count) }, err)
			return
		}
		p.work.progress(taskExport, func() string { return i18n.T("topics.export.now", "Count", count) }, "", nil)
	})
}

// importFile reads a recording into the tree, each message at its time; nothing
// is published. What was
// retained then is not shown as retained now, for today's broker may not keep it.
func (w *topicWork) importFile(r io.ReadCloser) {
	w.play(r, 0, func(batch []topics.Message) (int, error) {
		for i := range batch {
			batch[i].Retained, batch[i].Past = false, true
		}
		w.tree.Receive(batch, 0)
		return len(batch), nil
	}, "topics.import.done")
}

// replayDialog publishes a recording to the broker.
func (p *topicPage) replayDialog() {
	speeds := []float64{1, 2, 10, 0}
	speed := newChoice([]string{i18n.T("topics.replay.1"), i18n.T("topics.replay.2"), i18n.T("topics.replay.10"), i18n.T("topics.replay.fast")}, nil)
	speed.setQuietly(0)
	p.desk.ask(question{Title: i18n.T("topics.replay.title"), Text: i18n.T("topics.replay.text"), Content: speed, Yes: i18n.T("topics.replay.yes"), Do: func() bool {
		p.desk.Post(func() {
			p.openRecording(func(r io.ReadCloser) {
				p.work.play(r, speeds[max(0, speed.SelectedIndex())], p.work.publishAll, "topics.replay.done")
			})
		})
		return true
	}})
}

// publishAll publishes messages as they were, but retained ones only as a
// person would: never a command that would haunt a lamp. It tells how many were
// taken; where the connection's queue is full, the others come again.
func (w *topicWork) publishAll(batch []topics.Message) (int, error) {
	for i, m := range batch {
		err := w.desk.Traffic.PublishMessage(m.Topic, m.Payload, m.QoS, false)
		if errors.Is(err, link.ErrFull) {
			return i, nil
		}
		if err != nil {
			return i, err
		}
	}
	return len(batch), nil
}

// play runs a recording, with a way to stop it.
func (w *topicWork) play(r io.ReadCloser, speed float64, take func([]topics.Message) (int, error), doneKey string) {
	if w.cancel != nil {
		w.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	count := uint64(0)
	var failed error
	draw := func() {
		w.progress(taskPlay, func() string { return i18n.T("topics.play.now", "Count", countWords(count)) }, "topics.stop", cancel)
	}
	w.tasks[taskPlay] = task{}
	draw()
	shown := time.Now()
	topics.Play(ctx, r, speed, w.desk.Post, func(batch []topics.Message) int {
		if ctx.Err() != nil {
			return 0
		}
		n, err := take(batch)
		count += uint64(n)
		if failed = err; err != nil {
			cancel()
			return n
		}
		if now := time.Now(); now.Sub(shown) > detailTime {
			shown = now
			draw()
		}
		return n
	}, func(_, bad int, err error) {
		cancel()
		if failed != nil {
			err = failed
		}
		w.finished(taskPlay, func() string {
			text := i18n.T(doneKey, "Count", countWords(count))
			if bad > 0 {
				text = i18n.T("topics.play.bad", "Text", text, "Bad", bad)
			}
			return text
		}, err)
	})
}
