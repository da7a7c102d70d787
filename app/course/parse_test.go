package course

import (
	"errors"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const whole = `# Two lamps
aim: Find out who hears.
take: Who subscribes hears.
tools: lamp, client

## Connect
Press Connect.
A second text: with a colon.
check: connected by=me
saw: You are in.
hint 30: Look at the right.
hint 60: The button is called Connect.

## Subscribe
check: subscribed by=me filter={lamp}/#
check: published topic={lamp}/light/set payload=on|off by=pupil
go: topics
`

func TestALessonIsReadAsItIsWritten(t *testing.T) {
	got, err := Parse("ours.md", "own/ours", []byte("\ufeff"+strings.ReplaceAll(whole, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := Lesson{
		ID: "own/ours", Title: "Two lamps", Aim: "Find out who hears.", Takeaway: "Who subscribes hears.", Tools: []Tool{LampTool, ClientTool},
		Steps: []Step{
			{
				Heading: "Connect", Texts: []string{"Press Connect.", "A second text: with a colon."}, Conclusion: "You are in.",
				Checks: []CheckSpec{{"connected", map[string]string{"by": "me"}}},
				Hints:  []Hint{{30, "Look at the right."}, {60, "The button is called Connect."}},
			},
			{Heading: "Subscribe", Place: GoTopics, Checks: []CheckSpec{
				{"subscribed", map[string]string{"by": "me", "filter": "{lamp}/#"}},
				{"published", map[string]string{"topic": "{lamp}/light/set", "payload": "on|off", "by": "pupil"}},
			}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	wide, err := Parse("x.md", "x", []byte(strings.ReplaceAll(strings.ReplaceAll(whole, "aim:", "aim："), "hint 30:", "hint 30：")+"看：这里\n"))
	if err != nil || wide.Steps[1].Texts[0] != "看：这里" || !reflect.DeepEqual(wide.Steps[0].Hints, want.Steps[0].Hints) {
		t.Errorf("the wide colon of Chinese is not taken: %v", err)
	}
}

func TestWhatIsWrongInALessonIsToldWithItsLine(t *testing.T) {
	change := func(old, now string) string { return strings.Replace(whole, old, now, 1) }
	long := strings.Repeat("长", maxText/3+1)
	seen := map[Flaw]bool{FlawUnread: true} // of the folder
	for _, c := range []struct {
		text string
		flaw Flaw
		line int
		word string
	}{
		{strings.Repeat("x", MaxFile+1), FlawLarge, 0, ""},
		{change("Press", "\xff"), FlawEncoding, 7, ""},
		{change("Press", "a\x00"), FlawEncoding, 7, ""},
		{"", FlawTitle, 0, ""},
		{change("# Two", "Two"), FlawTitle, 1, "Two lamps"},
		{change("# Two lamps", "#  "), FlawTitle, 1, "#"},
		{change("aim: Find out who hears.\n", ""), FlawNoAim, 0, ""},
		{change("take: Who subscribes hears.\n", ""), FlawNoTake, 0, ""},
		{"# T\naim: a\ntake: b\n", FlawNoSteps, 0, ""},
		{change("check: connected by=me\n", ""), FlawNoCheck, 6, "Connect"},
		{change("go: topics\n", "## Last\n"), FlawNoCheck, 17, "Last"},
		{change("aim:", "goal:"), FlawWord, 2, "goal: Find out who hears."},
		{change("aim: Find", "Find"), FlawWord, 2, "Find out who hears."},
		{change("take:", "aim: again\ntake:"), FlawTwice, 3, "aim"},
		{change("by=me\nsaw", "by=me by=friend\nhint"), FlawTwice, 9, "by"},
		{change("saw: You", "saw: a\nsaw: You"), FlawTwice, 11, "saw"},
		{change("go: topics", "go: topics\ngo: lamps"), FlawTwice, 18, "go"},
		{change("aim: Find out who hears.", "aim:"), FlawEmpty, 2, ""},
		{change("check: connected by=me", "check:"), FlawEmpty, 9, ""},
		{change("aim: Find", "aim: "+long), FlawLong, 2, Clip(long, maxWord)},
		{change("## Connect", "## "+strings.Repeat("x", maxTitle+1)), FlawLong, 6, strings.Repeat("x", maxWord)},
		{change("go: topics", strings.Repeat("text\n", maxTexts+1)), FlawMany, 17 + maxTexts, "text"},
		{change("hint 60:", strings.Repeat("hint 5: x\n", maxHints)+"hint 60:"), FlawMany, 15, "x"},
		{whole + strings.Repeat("## Step\ncheck: lamp-here\n", maxSteps-1), FlawMany, 17 + 2*(maxSteps-1) - 1, "Step"},
		{change("lamp, client", "lamp, rocket"), FlawTool, 4, "rocket"},
		{change("go: topics", "go: moon"), FlawPlace, 17, "moon"},
		{change("hint 30:", "hint soon:"), FlawWait, 11, "soon"},
		{change("hint 30:", "hint 0:"), FlawWait, 11, "0"},
		{change("hint 30:", "hint:"), FlawWait, 11, ""},
		{change("connected by=me", "conected by=me"), FlawCheck, 9, "conected"},
		{change("connected by=me", "connected who=me"), FlawParameter, 9, "who"},
		{change("connected by=me", "connected me"), FlawParameter, 9, "me"},
		{change("published topic={lamp}/light/set", "published"), FlawMissing, 16, "topic"},
		{change("connected by=me", "connected by=teacher"), FlawValue, 9, "by=teacher"},
		{change("filter={lamp}/#", "filter={lamp}#"), FlawValue, 15, "filter={lamp}#"},
	} {
		_, err := Parse("ours.md", "x", []byte(c.text))
		var got *ParseError
		if !errors.As(err, &got) {
			t.Errorf("%s at line %d is not seen", c.flaw, c.line)
			continue
		}
		seen[got.Flaw] = true
		if want := (ParseError{"ours.md", c.line, c.flaw, c.word}); *got != want {
			t.Errorf("got %+v, want %+v", *got, want)
		}
	}
	for _, f := range Flaws() {
		if !seen[f] {
			t.Errorf("the flaw %s is never told", f)
		}
	}
}

func TestEveryValueOfAParameterIsChecked(t *testing.T) {
	for check, good := range map[string]bool{
		"subscribed qos=2":                           true,
		"subscribed qos=3":                           false,
		"subscribed catches=a/b,{room}/c spares=x":   true,
		"subscribed catches=a/+":                     false,
		"subscribed spares=a,":                       false,
		"published topic=# retained=yes":             true,
		"published topic=# retained=maybe":           false,
		"left how=replaced":                          true,
		"left how=angry":                             false,
		"payload topic=x is=json field=a":            true,
		"payload topic=x is=xml":                     false,
		"numbers topic=x qos=1 are=twice by=line":    true,
		"numbers topic=x qos=1 are=gone":             false,
		"numbers topic=x qos=1":                      false,
		"delivered topic={lamp}/light to=friend":     true,
		"will-sent topic={lamp}/status payload=gone": true,
		"refused topic=a/#/b":                        false,
		"login-refused by=me":                        true,
		"retained topic=a":                           true,
		"cleared topic=a":                            true,
		"unsubscribed filter=a by=me":                true,
		"lamp-here by=me":                            false,
	} {
		_, err := Parse("f", "x", []byte("# T\naim: a\ntake: b\n## S\ncheck: "+check+"\n"))
		if (err == nil) != good {
			t.Errorf("%q: %v", check, err)
		}
	}
	if !slices.IsSorted(Checks()) || len(Checks()) != len(checkForms) {
		t.Error(Checks())
	}
}

func TestTheDocumentedLessonIsOne(t *testing.T) {
	data, err := os.ReadFile("../../docs/LESSONS.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)
	_, example, _ := strings.Cut(doc, "```\n")
	example, _, ok := strings.Cut(example, "```")
	l, err := Parse("LESSONS.md", "x", []byte(example))
	if !ok || err != nil || len(l.Steps) != 3 {
		t.Errorf("the example has %d steps: %v", len(l.Steps), err)
	}
	for _, name := range Checks() {
		line := regexp.MustCompile("(?m)^\\| `" + name + "` .*$").FindString(doc)
		if line == "" {
			t.Errorf("the check %s is not told", name)
		}
		for p := range checkForms[name].params {
			if !strings.Contains(line, "`"+p+"`") {
				t.Errorf("the parameter %s of %s is not told", p, name)
			}
		}
	}
	for _, word := range slices.Concat(people, kinds, hopes, toolNames()) {
		if !strings.Contains(doc, "`"+word+"`") {
			t.Errorf("the word %s is not told", word)
		}
	}
}

func toolNames() (all []string) {
	for _, t := range tools {
		all = append(all, string(t))
	}
	for _, p := range gos {
		all = append(all, string(p))
	}
	return all
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("# T\naim: a\ntake: b\n## S\ncheck: published topic=a=b\nhint 1：x\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Parse("f", "x", []byte(text))
		if err != nil {
			var e *ParseError
			if !errors.As(err, &e) || len(e.Word) > maxWord || e.Line < 0 {
				t.Fatalf("%#v", err)
			}
			return
		}
		for _, s := range l.Steps {
			for _, spec := range s.Checks {
				spec.begin(sample)(Event{})
			}
		}
	})
}
