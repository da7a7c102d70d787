package lamp_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"lamplighter/device"
	"lamplighter/device/lamp"
)

// vectors are payloads with what they mean: "on", "off" or "toggle", a colour, a
// brightness, and "cut"; "-" is no command.
type vectors struct {
	Colored, Plain, Colors [][2]device.Text
	Forms                  []struct {
		Topics   device.Topics
		On, Off  string
		Commands [][5]device.Text // topic, payload, meaning, topic and payload of the answer
	}
}

func load(t *testing.T) (v vectors) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil || len(v.Colored) == 0 || len(v.Plain) == 0 || len(v.Colors) == 0 || len(v.Forms) == 0 {
		t.Fatal(err)
	}
	return v
}

func colorText(c [3]int) string { return fmt.Sprintf("%d,%d,%d", c[0], c[1], c[2]) }

// meaning is a command in the vectors' words.
func meaning(payload device.Text, colored bool) string {
	c, ok := lamp.Read([]byte(payload), colored)
	var words []string
	switch {
	case !ok:
		words = append(words, "-")
	case c.Word != lamp.NoWord:
		words = append(words, map[lamp.Word]string{lamp.On: "on", lamp.Off: "off", lamp.Toggle: "toggle"}[c.Word])
	}
	if ok && c.Paints {
		words = append(words, colorText(c.Color))
	}
	if ok && c.Level > 0 {
		words = append(words, fmt.Sprint(c.Level, "%"))
	}
	if c.Cut {
		words = append(words, "cut")
	}
	return strings.Join(words, " ")
}

func TestWildWordsAreReadAsTheVectorsSay(t *testing.T) {
	v := load(t)
	for _, x := range v.Colored {
		if got := meaning(x[0], true); got != string(x[1]) {
			t.Errorf("%q is %q, want %q", string(x[0]), got, x[1])
		}
	}
	for _, x := range v.Plain {
		if got := meaning(x[0], false); got != string(x[1]) {
			t.Errorf("without colours, %q is %q, want %q", string(x[0]), got, x[1])
		}
	}
}

func TestWildColoursAreReadAsTheVectorsSay(t *testing.T) {
	for _, x := range load(t).Colors {
		got := "-"
		if c, ok := lamp.ReadColor([]byte(x[0])); ok {
			got = colorText(c)
		}
		if got != string(x[1]) {
			t.Errorf("%q is %q, want %q", string(x[0]), got, x[1])
		}
	}
}

func TestPlatformsFormsAreAsTheVectorsSay(t *testing.T) {
	for _, f := range load(t).Forms {
		for on, want := range map[bool]string{true: f.On, false: f.Off} {
			if got := lamp.StatePayload(f.Topics, 1, on); !sameJSON(got, want) {
				t.Errorf("%s: the state is %s, want %s", f.Topics.Form, got, want)
			}
		}
		for _, c := range f.Commands {
			got := "-"
			on, answer, ok := lamp.ReadPlatformCommand(f.Topics, string(c[0]), []byte(c[1]), false)
			if ok {
				got = map[bool]string{true: "on", false: "off"}[on]
			}
			if got != string(c[2]) || answer.Topic != string(c[3]) || c[4] != "" && !sameJSON(answer.Payload, string(c[4])) {
				t.Errorf("%s: %q at %s is %q %q", f.Topics.Form, string(c[1]), c[0], got, answer)
			}
		}
	}
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

func TestAPlainStateIsAWordBehindThePrefix(t *testing.T) {
	if got := lamp.StatePayload(device.Topics{Prefix: "state:"}, 7, true); got != "state:on" {
		t.Errorf("%q", got)
	}
}

func TestALongPayloadIsNotLookedAt(t *testing.T) {
	if _, ok := lamp.Read([]byte("on"+strings.Repeat(" ", lamp.MaxPayload)), true); ok {
		t.Error("a word in much white space was read")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("on#80"), true)
	f.Add([]byte(`{"state":"ON","color":{"h":1e300,"s":-0}}`), true)
	f.Add([]byte("\xef\xbb\xbf#\x00"), false)
	f.Fuzz(func(t *testing.T, payload []byte, colored bool) {
		c, ok := lamp.Read(payload, colored)
		if ok && c.Word == lamp.NoWord && !c.Paints || c.Paints && !colored || c.Level < 0 || c.Level > 100 {
			t.Errorf("%q: %+v", payload, c)
		}
		for _, v := range c.Color {
			if v < 0 || v > 255 {
				t.Errorf("%q: %v", payload, c.Color)
			}
		}
	})
}
