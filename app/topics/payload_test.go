package topics

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lamplighter/device/topic"
)

func TestEachPayloadHasItsForm(t *testing.T) {
	for payload, want := range map[string]Kind{
		"": KindEmpty, "on": KindText, " 21.5\n": KindNumber, "-1e3": KindNumber, "NaN": KindText, `{"a":1}`: KindJSON, "[1,2]": KindJSON,
		"{broken": KindText, "\x00\x01": KindHex, "\xff": KindHex, "灯\n亮": KindText, "\x89PNG\r\n\x1a\nxxxx": KindImage, "1 2": KindText,
	} {
		if got := KindOf([]byte(payload)); got != want {
			t.Errorf("%q: %v, want %v", payload, got, want)
		}
	}
}

func TestJSONShowsWhatChanged(t *testing.T) {
	lines := Pretty([]byte(`{"t":21.50,"on":true,"deep":{"a":[1,2,{"b":"x"}]},"new":null}`), []byte(`{"t":21.4,"on":true,"deep":{"a":[1,3,{"b":"x"}]},"old":"y"}`))
	marks := map[string]Mark{}
	var way path
	for _, l := range lines {
		if way.follow(&l); l.Close == "" {
			text, _ := way.text(&l)
			if l.Mark == MarkGone {
				text = l.Key
			}
			marks[text] = l.Mark
		}
		if l.End >= len(lines) || l.Opens != "" && lines[l.End].Close == "" {
			t.Errorf("line %+v ends nowhere", l)
		}
	}
	want := map[string]Mark{
		"": MarkNone, "t": MarkChanged, "on": MarkNone, "deep": MarkNone, "deep.a": MarkNone, "deep.a[0]": MarkNone,
		"deep.a[1]": MarkChanged, "deep.a[2]": MarkNone, "deep.a[2].b": MarkNone, "new": MarkNew, "old": MarkGone,
	}
	for path, m := range want {
		if got, ok := marks[path]; !ok || got != m {
			t.Errorf("%q: %v, want %v", path, got, m)
		}
	}
	if len(marks) != len(want) {
		t.Errorf("lines for %v", marks)
	}
	if lines[1].Value != "21.50" || lines[1].Previous != "21.4" {
		t.Errorf("a number is not as it was written: %+v", lines[1])
	}
}

func TestNumbersAreFoundAtTheirPaths(t *testing.T) {
	payload := []byte(`{"t":21.5,"lamp":{"state":"ON"},"name":"x","a":[7]}`)
	if got := NumberPaths(payload); !slices.Equal(got, []string{"t", "lamp.state", "a[0]"}) {
		t.Errorf("paths %q", got)
	}
	for path, want := range map[string]float64{"t": 21.5, "lamp.state": 1, "a[0]": 7} {
		if v, ok := NumberIn(payload, path); !ok || v != want {
			t.Errorf("%q: %v %v", path, v, ok)
		}
	}
	if v, ok := NumberIn([]byte("off"), ""); !ok || v != 0 {
		t.Error("off is not 0")
	}
	if _, ok := NumberIn(payload, "name"); ok {
		t.Error("a name is a number")
	}
}

func TestAValueIsFoundAgainAtItsPathWhateverItsKeysAre(t *testing.T) {
	payload := []byte(`{"a.b":{"":[{"[0]":1}]},"\"q\"":[[2],{"x\n":3}],"\ud83d\ude00":4,".":5,"[":{"]":6}, "plain" : -7e0 }`)
	paths := NumberPaths(payload)
	for i, path := range paths {
		if v, ok := NumberIn(payload, path); !ok || math.Abs(v) != float64(i+1) {
			t.Errorf("%q: %v %v", path, v, ok)
		}
	}
	if len(paths) != 7 || paths[6] != "plain" || paths[1] != `"\"q\""[0][0]` {
		t.Errorf("paths %q", paths)
	}
	for _, path := range []string{"a.b", "plain.", "[0]", "plain[0]", `"open`, "[x]", "[0"} {
		if v, ok := NumberIn(payload, path); ok {
			t.Errorf("%q is %v", path, v)
		}
	}
}

func TestAKeyAsLongAsThePayloadIsWrittenOnceOnly(t *testing.T) {
	long := []byte(`{"` + strings.Repeat("k", 20_000) + `":[` + strings.Repeat("1,", 20_000) + `1]}`)
	lines := Pretty(long, []byte(`{}`))
	size := 0
	for _, l := range lines {
		size += len(l.Key) + len(l.Value) + len(l.Previous)
	}
	if len(lines) != 20_005 || size > len(long) {
		t.Errorf("%d lines with %d bytes of %d", len(lines), size, len(long))
	}
	size = 0
	for _, l := range Pretty([]byte(`{}`), long) {
		size += len(l.Key)
	}
	if size > 20_001*2*maxPath {
		t.Errorf("what is gone takes %d bytes", size)
	}
	if paths := NumberPaths(long); len(paths) != 0 {
		t.Errorf("%d paths that can't be written", len(paths))
	}
}

func TestWhereJSONEndsIsCountedInCharacters(t *testing.T) {
	for text, want := range map[string]int{`{"a":1}`: 0, `{"a":}`: 6, `{"灯":}`: 6, `{"灯亮":`: 6, "": 1, `1 灯`: 3} {
		if at, err := CheckJSON(text); at != want || (err == nil) != (want == 0) {
			t.Errorf("%s: %d, %v", text, at, err)
		}
	}
}

func TestTheRoomForLinesIsMadeOnce(t *testing.T) {
	for _, text := range []string{`[]`, `{}`, `[1,2,[3,{}],"a,[]{\\"]`, `{"a":1,"b":{"c":[]}}`, `[[[[1]]]]`} {
		if lines := jsonLines([]byte(text)); len(lines) > mostLines(text) || cap(lines) != mostLines(text) {
			t.Errorf("%s has %d lines, at most %d", text, len(lines), mostLines(text))
		}
	}
}

func TestJSONIsNeverCutHoweverDeepItIs(t *testing.T) {
	const deep = 9000
	text := strings.Repeat(`[`, deep) + `"end"` + strings.Repeat(`]`, deep)
	lines := Pretty([]byte(text), nil)
	if len(lines) != 2*deep+1 || lines[deep].Value != `"end"` || lines[0].End != 2*deep {
		t.Errorf("%d lines", len(lines))
	}
}

func FuzzEverythingIsShownSafely(f *testing.F) {
	f.Add([]byte("a\x00\u202e\xff灯🙂"), []byte(`{"a":[1,{}]}`))
	f.Fuzz(func(t *testing.T, text, before []byte) {
		for _, most := range []int{0, 1, 5, 1000} {
			safe, _ := Display(string(text), most)
			if !utf8.ValidString(safe) || strings.ContainsAny(safe, "\x00\n\r\t\u202e\u200f\x1b") {
				t.Fatalf("%q is shown as %q", text, safe)
			}
		}
		if safe, _ := Text(text, 100); !utf8.ValidString(safe) || strings.ContainsAny(safe, "\x00\r\t\u202e") {
			t.Fatalf("%q is written as %q", text, safe)
		}
		KindOf(text)
		for _, l := range Pretty(text, before) {
			if l.End < 0 || l.Depth < 0 {
				t.Fatalf("%+v", l)
			}
		}
		NumberPaths(text)
		_, _ = CheckJSON(string(text))
	})
}

func FuzzARecordedLineIsTheMessage(f *testing.F) {
	f.Add("a/b", []byte("x"), byte(1), true)
	f.Fuzz(func(t *testing.T, name string, payload []byte, qos byte, retained bool) {
		if name == "" || len(name) > topic.MaxLen {
			return
		}
		m := Message{Topic: name, Payload: payload, QoS: qos % 3, Retained: retained, At: time.Unix(0, int64(qos))}
		text, err := appendLine(nil, m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseLine(text)
		if err != nil || got.Topic != m.Topic || string(got.Payload) != string(payload) || got.QoS != m.QoS || got.Retained != retained {
			t.Fatalf("%v: %+v, want %+v", err, got, m)
		}
	})
}
