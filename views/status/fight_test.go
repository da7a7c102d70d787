package status

import (
	"fmt"
	"strings"
	"testing"

	"lamplighter/app"
	"lamplighter/app/link"
	"lamplighter/device/fault"
	"lamplighter/views/problem"
	"lamplighter/views/viewtest"
)

func TestTheClientIDOfAFightIsNamedAndHarmless(t *testing.T) {
	fight := func(id string) error {
		return &fault.Error{Fault: fault.DuplicateClient, Op: "stay connected", Err: &link.FightError{
			ClientID: id, Address: "school.local:1883", Err: fmt.Errorf("EOF"),
		}}
	}
	w, _ := viewtest.NewWindow(t, nil)
	st := app.Status{Link: link.Waiting, Broker: "School", Address: "school.local:1883", Err: fight("pupil-7")}
	if got := statusOf(w).Describe(st).Text; !strings.Contains(got, "pupil-7") || !strings.Contains(got, "school.local:1883") {
		t.Errorf("the status line says %q", got)
	}
	if got := problem.Explain(fight("evil\u202e\n" + strings.Repeat("x", 500))).Title; strings.ContainsAny(got, "\u202e\n") || len(got) > 200 {
		t.Errorf("%q", got)
	}
}
