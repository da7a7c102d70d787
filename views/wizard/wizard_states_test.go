package wizard

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"lamplighter/app/setup"
)

// A state that has no page would end the program when a setup comes to it. Those
// of wizardStates are all shown by the tests.
func TestEveryStateOfASetupHasAPageThatIsTried(t *testing.T) {
	source, err := os.ReadFile("../../app/setup/state.go")
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{fmt.Sprintf("%T", setup.Failed{}): true} // once for each of failedFaults
	for _, s := range wizardStates() {
		tried[fmt.Sprintf("%T", s)] = true
	}
	states := regexp.MustCompile(`(?m)^func \(s (\w+)\) with\(`).FindAllSubmatch(source, -1)
	for _, m := range states {
		if name := "setup." + string(m[1]); !tried[name] {
			t.Errorf("%s is not in wizardStates", name)
		}
	}
	if len(states) < 10 {
		t.Errorf("only %d states were found", len(states))
	}
}
