//go:build linux

package assets_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lamplighter/device"
)

// reads has the board read the vectors, which a test put onto it line by line,
// and print what they mean to it in the vectors' words.
const reads = `
import binascii
import json
import sys
sys.path.insert(0, "/lib")
from lamp import command, forms, paint
BAD = (ValueError, KeyError, TypeError, UnicodeError)

def shown(c):
    return "%d,%d,%d" % tuple(c)

def command_of(payload, colored):
    cut = False
    try:
        text, cut = command.clean(payload)
        on, color, level = command.read(text, False, colored)
        words = []
        if on is not None:
            words.append("toggle" if command.read(text, True, colored)[0] != on else "on" if on else "off")
        if color:
            words.append(shown(color))
        if level:
            words.append("%d%%" % level)
    except BAD:
        words = ["-"]
    return " ".join(words + (["cut"] if cut else []))

def color_of(payload):
    try:
        return shown(paint.rgb(command.clean(payload)[0]))
    except BAD:
        return "-"

def form_of(topics, topic, payload):
    try:
        on, (to, answer) = forms.FORMS[topics["form"]](topics).read(topic, command.clean(payload)[0], False)
        return json.dumps(["on" if on else "off", to, answer])
    except BAD:
        return json.dumps(["-", "", ""])

with open("/vectors") as f:
    for n, line in enumerate(f):
        kind, payload, more = json.loads(line)
        payload = binascii.unhexlify(payload)
        if kind == "color":
            said = color_of(payload)
        elif kind == "form":
            said = form_of(more[0], more[1], payload)
        elif kind == "state":
            said = json.dumps([forms.FORMS[more["form"]](more).state(on) for on in (True, False)])
        elif kind == "at":
            said = shown(paint.at_brightness(*more))
        else:
            said = command_of(payload, kind == "colored")
        print("@said %d %s" % (n, said))
print("@done")
`

// question is a line for the board, with the answer that it must give.
type question struct {
	kind, want string
	payload    device.Text
	more       any
}

func questions(t *testing.T) (all []question) {
	t.Helper()
	var v struct {
		Colored, Plain, Colors [][2]device.Text
		Forms                  []struct {
			Topics   device.Topics
			On, Off  string
			Commands [][5]device.Text
		}
	}
	data, err := os.ReadFile(filepath.Join("..", "device", "lamp", "testdata", "vectors.json"))
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	for kind, rows := range map[string][][2]device.Text{"colored": v.Colored, "plain": v.Plain, "color": v.Colors} {
		for _, x := range rows {
			all = append(all, question{kind, string(x[1]), x[0], nil})
		}
	}
	for _, f := range v.Forms {
		all = append(all, question{"state", jsonText(t, []string{f.On, f.Off}), "", f.Topics})
		for _, c := range f.Commands {
			all = append(all, question{"form", jsonText(t, []device.Text{c[2], c[3], c[4]}), c[1], []any{f.Topics, c[0]}})
		}
	}
	return append(all, question{"at", "204,102,0", "", []any{[]int{255, 128, 0}, 80}}, question{"at", "3,3,3", "", []any{[]int{0, 0, 0}, 1}})
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// sameWords compares answers; the JSON in them may be spaced in any way.
func sameWords(t *testing.T, got, want string) bool {
	t.Helper()
	var x, y []string
	if json.Unmarshal([]byte(got), &x) != nil || json.Unmarshal([]byte(want), &y) != nil || len(x) != len(y) {
		return got == want
	}
	for i := range x {
		if x[i] != y[i] && !same(t, x[i], y[i]) {
			return false
		}
	}
	return true
}

func TestWildWordsMeanTheSameToTheBoardAsToThePC(t *testing.T) {
	t.Parallel()
	for _, model := range []string{"mpython-2", "esp8266"} {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			all := questions(t)
			var lines strings.Builder
			for _, q := range all {
				lines.WriteString(jsonText(t, []any{q.kind, hex.EncodeToString([]byte(q.payload)), q.more}) + "\n")
			}
			r := start(t, opts{model: model, main: reads, files: map[string]string{"/vectors": lines.String()}})
			r.prints("@done")
			for i, q := range all {
				_, said, ok := strings.Cut(r.printed(), "@said "+strconv.Itoa(i)+" ")
				said, _, _ = strings.Cut(said, "\r\n")
				if !ok || !sameWords(t, said, q.want) {
					t.Errorf("%s %q means %q to the board, want %q", q.kind, string(q.payload), said, q.want)
				}
			}
		})
	}
}
