package views

import (
	"testing"

	"lamplighter/views/viewtest"
)

func init() { viewtest.Build = New }

func TestPicturesOfAllScenesFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }
