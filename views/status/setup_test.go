package status

import (
	"testing"

	"lamplighter/views/backend"
	"lamplighter/views/frame"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func envOf(w *viewtest.Window) *env { return &env{Shell: w.Shell, Parts: w.Parts} }

func statusOf(w *viewtest.Window) *Line { return w.StatusBar.(*Line) }

func init() {
	viewtest.Status = func(s *ui.Shell, p *backend.Parts) frame.StatusLine { return New(s, p) }
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }
