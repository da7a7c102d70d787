package topics

import (
	"fmt"
	"testing"
)

func TestTopicsThatAreExpectedAreBounded(t *testing.T) {
	tree := New(MinBudget)
	for i := range 2 * maxExpected {
		tree.NoteRetained(fmt.Sprint("class/", i))
	}
	if n := len(tree.expected); n != maxExpected {
		t.Errorf("%d topics are expected", n)
	}
}
