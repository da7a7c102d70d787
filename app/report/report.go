// Package report makes what somebody needs who helps with a problem: versions, ports,
// how the broker is, the last of the log. It sends nothing, and what it gives has no
// password and no name of a person, board, network or server in it.
package report

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// Source is what a report is made from.
type Source struct {
	Version string
	Values  settings.Values
	Secret  func(key string) device.Text // "" = there is none
	Dir     string                       // the data folder
	Phase   link.Phase                   // of the connection in use
	Err     error                        // what is wrong with it, or nil
	Broker  Broker
	Notices []broker.Notice
	Lamps   []lights.Light
	People  []string // names and numbers of pupils
	Ports   []device.Port
	Now     time.Time
}

// Broker is how this PC's own broker is.
type Broker struct {
	Runs         bool
	Port, Wanted int // Wanted is the port that another program has, or 0
	Open, SIoT   bool
	Addresses    int // of this PC that boards may use
}

// File is one file of a report.
type File struct {
	Name, Text string
}

// logs are the files of the data folder that go into a report, with what they may take
// of it at their ends, in bytes.
var logs = []string{"lamplighter.1.log", "lamplighter.log", "crash.txt"}

const maxLog = 256 << 10

// Files makes a report: report.txt, and the ends of the logs.
func Files(s Source) []File {
	clean := withoutNames(s)
	files := []File{{"report.txt", clean.Replace(facts(s))}}
	for _, name := range logs {
		if text, err := end(filepath.Join(s.Dir, name)); err == nil && text != "" {
			files = append(files, File{name, clean.Replace(text)})
		}
	}
	return files
}

// Zip writes a report as a zip file.
func Zip(out io.Writer, files []File, at time.Time) error {
	z := zip.NewWriter(out)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		if _, err := io.WriteString(w, f.Text); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// end is the last of a file, from the beginning of a line.
func end(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the log: %w", err)
	}
	defer f.Close()
	skip := int64(0)
	if info, err := f.Stat(); err == nil {
		skip = max(0, info.Size()-maxLog)
	}
	b, err := io.ReadAll(io.NewSectionReader(f, skip, maxLog))
	if err != nil {
		return "", fmt.Errorf("read the log: %w", err)
	}
	text := strings.ToValidUTF8(string(b), "\uFFFD")
	if skip > 0 {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text, nil
}

// facts are what report.txt says. It is in English, for those who help.
func facts(s Source) string {
	var b strings.Builder
	say := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	say("Lamplighter %s, %s, %s/%s, %d CPUs", s.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	say("made at %s", s.Now.Format(time.RFC3339))
	for _, path := range []string{"fyne.io/fyne/v2", "github.com/eclipse/paho.mqtt.golang", "github.com/mochi-mqtt/server/v2", "go.bug.st/serial"} {
		say("  %s %s", path, moduleVersion(path))
	}
	v := s.Values
	say("language %q, theme %q, text %v, topics' memory %d MB", v.Language, v.Theme, v.TextScale, v.Topics.Memory)
	say("")
	say("This computer's broker: runs %v, port %d, wanted by another program %d, open %v, SIoT %v, WebSocket %v, off %v, addresses %d",
		s.Broker.Runs, s.Broker.Port, s.Broker.Wanted, s.Broker.Open, s.Broker.SIoT, v.BuiltIn.WebSocket, v.BuiltIn.Off, s.Broker.Addresses)
	if c, other := v.ConnectionByID(v.Connection); other {
		say("In use: another broker, preset %q, port %d, TLS %v, WebSocket %v, certificate of ours %v", cmp.Or(c.Preset, presets.Free), c.Port, c.TLS, c.WebSocket, c.Certificate != "")
	} else {
		say("In use: this computer's broker")
	}
	say("Connection: %v, %v", s.Phase, s.Err)
	kinds := map[string]int{}
	for _, n := range s.Notices {
		kinds[n.Kind.String()] += n.Count
	}
	say("Notices: %v", counted(kinds))
	say("")
	say("Boards in the roster: %v", counted(count(v.Boards, func(b settings.Board) string { return cmp.Or(b.Model, "unknown model") })))
	say("Lamps: %v", counted(count(s.Lamps, func(l lights.Light) string {
		return "phase " + fmt.Sprint(int(l.Phase)) + ", source " + l.Source.String()
	})))
	say("Programs on boards: %v", counted(count(s.Lamps, func(l lights.Light) string {
		return cmp.Or(l.Info.Program, "not told") + " on " + cmp.Or(l.Info.Firmware, "not told")
	})))
	say("Other brokers kept: %v", counted(count(v.Connections, func(c settings.Connection) string { return cmp.Or(c.Preset, presets.Free) })))
	say("")
	for _, p := range s.Ports {
		say("Port %q: kind %v, USB %s:%s, chip %q, board %q", p.Name, p.Kind, p.VID, p.PID, p.Chip, p.Board)
	}
	return b.String()
}

func count[T any](all []T, name func(T) string) map[string]int {
	n := map[string]int{}
	for _, x := range all {
		n[name(x)]++
	}
	return n
}

// counted lists what was counted, in the order of the names.
func counted(n map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%d %s", n[name], name))
	}
	return strings.Join(parts, "; ")
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return "unknown"
}

// withoutNames replaces every password and every name that the settings have by what it
// is. Logs have none of them to begin with: this is for what nobody thought of.
func withoutNames(s Source) *strings.Replacer {
	words := map[string]string{}
	add := func(what string, all ...string) {
		for _, w := range all {
			if tellable(w) {
				words[w] = "<" + what + ">"
			}
		}
	}
	v := s.Values
	for _, b := range v.Boards {
		add("name", b.Name)
		add("board", b.Base, b.ID, b.User)
		add("network", string(b.SSID))
		add("password", string(s.Secret(secrets.BoardKey(b.ID))), string(s.Secret(secrets.PlaceKey(b.ID))))
		for _, key := range []presets.Key{presets.Topic, presets.Answer, presets.Device, presets.Property} {
			add("place", b.Place.Get(key))
		}
	}
	for _, n := range slices.Concat(v.Networks, v.HiddenSSIDs) {
		add("network", string(n))
		add("password", string(s.Secret(secrets.WiFiKey(n))))
	}
	for _, c := range v.Connections {
		add("server", c.Host, c.ServerName, c.API)
		add("name", c.Name, c.User, c.ClientID, c.TopicPrefix)
		add("password", string(s.Secret(secrets.ConnectionKey(c.ID))), string(s.Secret(secrets.CertificateKey(c.ID))))
	}
	add("classroom", v.Classroom)
	add("name", string(v.Interrupted))
	for _, key := range []string{secrets.MasterKey, secrets.FindKey, secrets.PupilKey} {
		add("password", string(s.Secret(key)))
	}
	for _, l := range s.Lamps {
		add("name", l.Name)
		add("board", l.Base)
	}
	add("pupil", s.People...)
	if home, err := os.UserHomeDir(); err == nil {
		add("home", home, filepath.ToSlash(home), strings.ReplaceAll(home, `\`, `\\`), filepath.Base(home))
	}
	add("folder", s.Dir, strings.ReplaceAll(s.Dir, `\`, `\\`))
	// The longer ones first: one may be in another.
	keys := slices.SortedFunc(maps.Keys(words), func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var pairs []string
	for _, k := range keys {
		pairs = append(pairs, k, words[k])
	}
	return strings.NewReplacer(pairs...)
}

// tellable reports whether a word tells something: the shortest ones are in any text, and
// so are the words that everybody has.
func tellable(w string) bool {
	switch w {
	case "root", "user", "class", "class/":
		return false
	}
	for _, r := range w {
		if r > 0x7f {
			return true
		}
	}
	return len(w) > 3
}
