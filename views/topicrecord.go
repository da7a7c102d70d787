package views

import (
	"context"
	"errors"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"lamplighter/app/topics"
	"lamplighter/i18n"
)

// recordItems are the menu's entries for files.
func (p *topicPage) recordItems() []*fyne.MenuItem {
	record := fyne.NewMenuItemWithIcon(i18n.T("topics.record"), icon("record"), p.recordDialog)
	if p.tree.Recorder() != nil {
		record = fyne.NewMenuItemWithIcon(i18n.T("topics.record.stop"), icon("stop"), p.stopRecording)
	}
	return []*fyne.MenuItem{
		record,
		fyne.NewMenuItemWithIcon(i18n.T("topics.export.all"), icon("save"), func() { p.exportDialog("") }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.import"), icon("open"), func() { p.openRecording(p.importFile) }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.replay"), icon("play"), p.replayDialog),
	}
}

// saveFile asks for a file to write to.
func (p *topicPage) saveFile(name string, do func(io.WriteCloser)) {
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil || w == nil {
			p.problem(err)
			return
		}
		do(w)
	}, p.desk.window())
	d.SetFileName(name)
	d.Show()
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
func (p *topicPage) recordDialog() {
	name := "lamplighter-" + p.now().Format("20060102-150405") + ".jsonl"
	p.saveFile(name, func(w io.WriteCloser) {
		p.tree.SetRecorder(topics.Record(w))
		p.showRecording()
	})
}

// showRecording tells every second how far the recording is.
func (p *topicPage) showRecording() {
	p.recordTick = nil
	r := p.tree.Recorder()
	if r == nil {
		return
	}
	written, dropped, err := r.Stats()
	if err != nil {
		p.tree.SetRecorder(nil)
		r.Close(func(error) {})
		p.setTask(p.desk.problemView(err, p.recordDialog))
		return
	}
	text := i18n.T("topics.record.now", "Count", countWords(written))
	if dropped > 0 {
		text = i18n.T("topics.record.dropped", "Count", countWords(written), "Dropped", countWords(dropped))
	}
	p.setTask(notice(remark, text, newButton(i18n.T("topics.record.stop"), icon("stop"), p.stopRecording)))
	p.recordTick = after(time.Second, p.desk.Post, p.showRecording)
}

func (p *topicPage) stopRecording() {
	r := p.tree.Recorder()
	if r == nil {
		return
	}
	p.tree.SetRecorder(nil)
	r.Close(func(err error) {
		p.desk.Post(func() {
			written, _, _ := r.Stats()
			p.finished(i18n.T("topics.record.done", "Count", countWords(written)), err)
		})
	})
}

// finished tells how a piece of work ended.
func (p *topicPage) finished(text string, err error) {
	closeIt := quietButton("", icon("cross"), func() { p.setTask(nil) })
	switch {
	case errors.Is(err, topics.ErrRecording):
		p.setTask(notice(failure, i18n.T("topics.import.not"), closeIt))
	case err != nil && !errors.Is(err, context.Canceled):
		p.setTask(p.desk.problemView(err, nil))
	default:
		p.setTask(notice(success, text, closeIt))
	}
}

// exportDialog asks for the form, then for the file.
func (p *topicPage) exportDialog(topic string) {
	id, title := topics.Root, i18n.T("topics.export.all")
	if topic != "" {
		var ok bool
		if id, ok = p.tree.Find(topic); !ok {
			return
		}
		safe, _ := topics.Display(topic, 60)
		title = i18n.T("topics.export.title", "Topic", safe)
	}
	form := newChoice([]string{i18n.T("topics.export.csv"), i18n.T("topics.export.jsonl")}, nil)
	form.setQuietly(0)
	p.desk.ask(question{Title: title, Text: i18n.T("topics.export.text"), Content: form, Yes: i18n.T("topics.export.yes"), Do: func() bool {
		kind, ext := topics.CSV, "csv"
		if form.SelectedIndex() == 1 {
			kind, ext = topics.JSONLines, "jsonl"
		}
		p.saveFile(fileName(topic, ext), func(w io.WriteCloser) {
			topics.Export(p.tree, id, kind, w, p.desk.Post, func(written int, done bool, err error) {
				if done {
					p.finished(i18n.T("topics.export.done", "Count", countWords(uint64(written))), err)
					return
				}
				p.setTask(notice(remark, i18n.T("topics.export.now", "Count", countWords(uint64(written)))))
			})
		})
		return true
	}})
}

// importFile reads a recording into the tree; nothing is published. What was
// retained then is not shown as retained now, for today's broker may not keep it.
func (p *topicPage) importFile(r io.ReadCloser) {
	p.play(r, 0, func(batch []topics.Message) error {
		for i := range batch {
			batch[i].Retained = false
		}
		p.tree.Receive(batch, 0)
		return nil
	}, "topics.import.done")
}

// replayDialog publishes a recording to the broker.
func (p *topicPage) replayDialog() {
	speeds := []float64{1, 2, 10, 0}
	speed := newChoice([]string{i18n.T("topics.replay.1"), i18n.T("topics.replay.2"), i18n.T("topics.replay.10"), i18n.T("topics.replay.fast")}, nil)
	speed.setQuietly(0)
	p.desk.ask(question{Title: i18n.T("topics.replay"), Text: i18n.T("topics.replay.text"), Content: speed, Yes: i18n.T("topics.replay.yes"), Do: func() bool {
		p.openRecording(func(r io.ReadCloser) {
			p.play(r, speeds[max(0, speed.SelectedIndex())], p.publishAll, "topics.replay.done")
		})
		return true
	}})
}

// publishAll publishes messages as they were, but retained ones only as a
// person would: never a command that would haunt a lamp.
func (p *topicPage) publishAll(batch []topics.Message) error {
	for _, m := range batch {
		if err := p.desk.Traffic.PublishMessage(m.Topic, m.Payload, m.QoS, false); err != nil {
			return err
		}
	}
	return nil
}

// play runs a recording, with a way to stop it.
func (p *topicPage) play(r io.ReadCloser, speed float64, take func([]topics.Message) error, doneKey string) {
	if p.stopPlay != nil {
		p.stopPlay()
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.stopPlay = cancel
	count := uint64(0)
	var failed error
	show := func() {
		p.setTask(notice(remark, i18n.T("topics.play.now", "Count", countWords(count)), newButton(i18n.T("topics.stop"), icon("stop"), cancel)))
	}
	show()
	shown := p.now()
	topics.Play(ctx, r, speed, p.desk.Post, func(batch []topics.Message) {
		if failed = take(batch); failed != nil {
			cancel()
			return
		}
		count += uint64(len(batch))
		if now := p.now(); now.Sub(shown) > detailTime {
			shown = now
			show()
		}
	}, func(read, bad int, err error) {
		cancel()
		if failed != nil {
			err = failed
		}
		text := i18n.T(doneKey, "Count", countWords(count))
		if bad > 0 {
			text = i18n.T("topics.play.bad", "Text", text, "Bad", bad)
		}
		p.finished(text, err)
	})
}
