package topics

import (
	"context"
	"errors"
	"io"
	"time"

	"fyne.io/fyne/v2"

	"lamplighter/app/topics"
	"lamplighter/app/traffic"
	"lamplighter/app/worker"
	"lamplighter/i18n"
	"lamplighter/views/format"
	"lamplighter/views/ui"
)

// recordItems are the menu's entries for files.
func (p *topicPage) recordItems() []*fyne.MenuItem {
	record := fyne.NewMenuItemWithIcon(i18n.T("topics.record"), ui.Icon("record"), p.work.recordDialog)
	if p.tree.Recorder() != nil {
		record = fyne.NewMenuItemWithIcon(i18n.T("topics.record.stop"), ui.Icon("stop"), p.work.recording.Stop)
	}
	return []*fyne.MenuItem{
		record,
		fyne.NewMenuItemWithIcon(i18n.T("topics.export.all"), ui.Icon("save"), func() { p.exportDialog("") }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.import"), ui.Icon("open"), func() { p.openRecording(p.work.player.Import) }),
		fyne.NewMenuItemWithIcon(i18n.T("topics.replay"), ui.Icon("play"), p.replayDialog),
	}
}

func (p *topicPage) openRecording(do func(io.ReadCloser)) {
	p.env.OpenFile(func(r io.ReadCloser, _ string) { do(r) })
}

// recordDialog begins to write everything that comes into a file.
func (w *topicWork) recordDialog() {
	w.env.SaveFile("lamplighter-"+time.Now().Format("20060102-150405")+".jsonl", func(out io.WriteCloser) {
		w.recorded = ui.PathOf(out)
		w.recording.Start(out)
	})
}

// showRecording tells how far the recording is, and how it ended.
func (w *topicWork) showRecording() {
	r := w.recording.State()
	switch {
	case r.Busy:
		w.progress(taskRecord, func() string { return recordingWords(w.recording.State()) }, "topics.record.stop", w.recording.Stop)
	case r.Ended && r.Err != nil:
		w.setTask(taskRecord, func() fyne.CanvasObject { return w.failed(r.Err, w.recordDialog, taskRecord) })
	case r.Ended:
		where, _ := topics.Display(w.recorded, 200)
		w.finished(taskRecord, func() string { return recordedWords(r, where) }, nil)
	}
}

func recordingWords(r traffic.RecordingState) string {
	if r.Dropped > 0 {
		return i18n.T("topics.record.dropped", "Count", countWords(r.Written), "Dropped", countWords(r.Dropped))
	}
	return i18n.T("topics.record.now", "Count", countWords(r.Written))
}

func recordedWords(r traffic.RecordingState, where string) string {
	if r.Dropped > 0 {
		return i18n.T("topics.record.done.dropped", "Count", countWords(r.Written), "Dropped", countWords(r.Dropped), "Where", where)
	}
	return i18n.T("topics.record.done", "Count", countWords(r.Written), "Where", where)
}

// doneTime is how long it is told that a piece of work ended well.
const doneTime = 20 * time.Second

// finished tells how a piece of work ended: a success for a while, a failure until it is
// taken away.
func (w *topicWork) finished(kind taskKind, text func() string, err error) {
	w.endsShown++
	if turn := w.endsShown; err == nil {
		worker.After(doneTime, w.env.Post, func() {
			if w.tasks[kind].turn == turn {
				w.setTask(kind, nil)
			}
		})
	}
	defer func() { w.tasks[kind].turn = w.endsShown }()
	w.setTask(kind, func() fyne.CanvasObject {
		switch {
		case errors.Is(err, topics.ErrRecording):
			return ui.Notice(ui.Failure, i18n.T("topics.import.not"), w.closer(kind))
		case err != nil && !errors.Is(err, context.Canceled):
			return w.failed(err, nil, kind)
		}
		return ui.Notice(ui.Success, text(), w.closer(kind))
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
	which := ui.NewSelect([]string{i18n.T("topics.export.history"), i18n.T("topics.export.last")}, nil)
	which.SetQuietly(0)
	form := ui.NewSelect([]string{i18n.T("topics.export.csv"), i18n.T("topics.export.jsonl")}, nil)
	form.SetQuietly(0)
	found := ui.NewCheck(i18n.T("topics.export.found"), nil)
	found.Checked = p.tree.Filter() != (topics.Filter{})
	ui.SetVisible(found, found.Checked)
	// The dialog for the file is posted: closing this one takes away all above it.
	p.env.Ask(ui.Question{Title: title, Text: i18n.T("topics.export.text"), Content: ui.Rows(which, form, found), Yes: i18n.T("topics.export.yes"), Do: func() bool {
		what.Last, what.Shown = which.SelectedIndex() == 1, found.Checked
		kind, ext := topics.CSV, "csv"
		if form.SelectedIndex() == 1 {
			kind, ext = topics.JSONLines, "jsonl"
		}
		p.env.Post(func() {
			p.env.SaveFile(format.FileName(topic, ext), func(w io.WriteCloser) { p.export(what, kind, w) })
		})
		return true
	}})
}

// export writes the file, and tells how far it is.
func (p *topicPage) export(what topics.Extent, form topics.Form, w io.WriteCloser) {
	topics.Export(p.tree, what, form, w, p.env.Post, func(written int, done bool, err error) {
		count := countWords(uint64(written))
		if done {
			p.work.finished(taskExport, func() string { return i18n.T("topics.export.done", "Count", count) }, err)
			return
		}
		p.work.progress(taskExport, func() string { return i18n.T("topics.export.now", "Count", count) }, "", nil)
	})
}

// replayDialog publishes a recording to the broker.
func (p *topicPage) replayDialog() {
	speeds := []float64{1, 2, 10, 0}
	speed := ui.NewSelect([]string{i18n.T("topics.replay.1"), i18n.T("topics.replay.2"), i18n.T("topics.replay.10"), i18n.T("topics.replay.fast")}, nil)
	speed.SetQuietly(0)
	p.env.Ask(ui.Question{Title: i18n.T("topics.replay.title"), Text: i18n.T("topics.replay.text"), Content: speed, Yes: i18n.T("topics.replay.yes"), Do: func() bool {
		p.env.Post(func() {
			p.openRecording(func(r io.ReadCloser) {
				p.work.player.Replay(r, speeds[max(0, speed.SelectedIndex())])
			})
		})
		return true
	}})
}

// showPlaying tells how far a recording that is played is, and how it ended.
func (w *topicWork) showPlaying() {
	p := w.player.State()
	if p.Busy {
		w.progress(taskPlay, func() string { return i18n.T("topics.play.now", "Count", countWords(w.player.State().Count)) }, "topics.stop", w.player.Stop)
		return
	}
	w.finished(taskPlay, func() string { return playedWords(p) }, p.Err)
}

func playedWords(p traffic.PlayerState) string {
	key := ui.Either(p.Replay, "topics.replay.done", "topics.import.done")
	text := i18n.T(key, "Count", countWords(p.Count))
	if p.Bad > 0 {
		text = i18n.T("topics.play.bad", "Text", text, "Bad", p.Bad)
	}
	return text
}
