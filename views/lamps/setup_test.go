package lamps

import (
	"testing"

	"lamplighter/views/backend"
	"lamplighter/views/frame"
	"lamplighter/views/status"
	"lamplighter/views/ui"
	"lamplighter/views/viewtest"
)

func envOf(w *viewtest.Window) *env { return &env{Shell: w.Shell, Parts: w.Parts} }

func init() {
	viewtest.Places[ui.PlaceLamps] = func(s *ui.Shell, p *backend.Parts) (func() ui.Page, func()) {
		return func() ui.Page { return New(s, p) }, nil
	}
	viewtest.Status = func(s *ui.Shell, p *backend.Parts) frame.StatusLine { return status.New(s, p) }
}

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }
