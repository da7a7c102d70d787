package views

import (
	"testing"

	"lamplighter/views/viewtest"
)

func init() { viewtest.Build = New }

func TestPicturesOfEveryStateFitTheWindow(t *testing.T) { viewtest.CheckScenes(t) }
