package setup

import (
	"fmt"
	"os"
	"regexp"
	"testing"
)

func TestEveryStateIsInTheTableOfRules(t *testing.T) {
	source, err := os.ReadFile("state.go")
	if err != nil {
		t.Fatal(err)
	}
	sampled := map[string]bool{}
	for _, s := range samples() {
		sampled[fmt.Sprintf("%T", s)] = true
	}
	states := regexp.MustCompile(`(?m)^func \(s (\w+)\) with\(`).FindAllSubmatch(source, -1)
	for _, m := range states {
		if name := "setup." + string(m[1]); !sampled[name] {
			t.Errorf("%s has no sample", name)
		}
	}
	if len(states) < 10 {
		t.Errorf("only %d states were found", len(states))
	}
}
