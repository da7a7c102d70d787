package e2e

import (
	"cmp"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type layer struct {
	part  string
	never []string
}

// has reports whether a package belongs to the part.
func (l layer) has(pkg string) bool {
	path := strings.TrimSuffix("lamplighter/"+l.part, "/.")
	if tree, ok := strings.CutSuffix(path, "/..."); ok {
		return pkg == tree || strings.HasPrefix(pkg, tree+"/")
	}
	return pkg == path
}

// Dependencies point one way: main → views → app → device. Each row says which
// packages a part of the program must not reach, however indirectly.
var layers = []layer{
	{"device/...", []string{"fyne.io/", "lamplighter/app", "lamplighter/views", "lamplighter/i18n", "lamplighter/assets"}},
	{"device/crash", []string{"lamplighter/"}},
	{"device/fault", []string{"lamplighter/"}},
	{"device/random", []string{"lamplighter/"}},
	{"device/topic", []string{"lamplighter/"}},
	{"device/repl", []string{"lamplighter/device/install", "lamplighter/device/usb", "lamplighter/device/lamp"}},
	{"app/...", []string{"fyne.io/", "lamplighter/views", "lamplighter/i18n", "lamplighter/assets"}},
	{"app/outbox", []string{"lamplighter/app/connections", "lamplighter/app/uplink", "lamplighter/app/hosting", "lamplighter/app/roster"}},
	{"app/uplink", []string{"lamplighter/app/hosting", "lamplighter/app/roster"}},
	{"app/hosting", []string{"lamplighter/app/outbox", "lamplighter/app/uplink", "lamplighter/app/roster"}},
	{"app/roster", []string{"lamplighter/app/outbox", "lamplighter/app/uplink"}},
	{"app/roster/labels", []string{"lamplighter/app/settings", "lamplighter/app/roster/table"}},
	{"app/roster/xlsx", []string{"lamplighter/"}},
	{"app/lights/pinyin", []string{"lamplighter/"}},
	{"app/setup/batch", []string{"lamplighter/app/hosting", "lamplighter/app/roster", "lamplighter/app/lights", "lamplighter/app/outbox", "lamplighter/app/uplink", "lamplighter/device/install"}},
	{"app/traffic", []string{"lamplighter/app/outbox", "lamplighter/app/uplink", "lamplighter/app/hosting", "lamplighter/app/roster", "lamplighter/app/lights"}},
	{"app/lesson", []string{"lamplighter/app/outbox", "lamplighter/app/uplink", "lamplighter/app/hosting", "lamplighter/app/roster", "lamplighter/app/pupilpage"}},
	{"app/classroom", []string{"lamplighter/app/setup/batch", "lamplighter/app/course", "lamplighter/device/install", "lamplighter/device/practice"}},
	{"app/course/...", []string{"lamplighter/app/outbox", "lamplighter/app/uplink", "lamplighter/app/hosting", "lamplighter/app/roster", "lamplighter/device/practice"}},
	{"app/course/client", []string{"lamplighter/app/settings", "lamplighter/app/broker"}},
	{"app/course/lossy", []string{"lamplighter/app"}},
	{"app/livemap", []string{"lamplighter/app/outbox", "lamplighter/app/uplink", "lamplighter/app/hosting", "lamplighter/app/roster", "lamplighter/app/pupilpage"}},
	{"app/lights/jinja", []string{"lamplighter/"}},
	{"app/lights", []string{"lamplighter/app/settings", "lamplighter/app/link", "lamplighter/app/broker", "lamplighter/app/outbox", "lamplighter/app/uplink"}},
	{"app/link", []string{"lamplighter/app/settings", "lamplighter/app/broker", "lamplighter/app/lights", "lamplighter/app/topics"}},
	{"app/topics", []string{"lamplighter/app/settings", "lamplighter/app/link", "lamplighter/app/broker", "lamplighter/app/lights"}},
	{"app/program/explain", []string{"lamplighter/"}},
	{"app/discover", []string{"lamplighter/app"}},
	{"app/secrets", []string{"lamplighter/app/settings"}},
	{"app/worker", []string{"lamplighter/app"}},
	{"app/apptest", []string{"lamplighter/"}},
	{"app/atomicfile", []string{"lamplighter/"}},
	{"app/cleantext", []string{"lamplighter/"}},
	{"app/clientcert", []string{"lamplighter/"}},
	{"app/filedialog", []string{"lamplighter/"}},
	{"app/inbox", []string{"lamplighter/"}},
	{"app/listen", []string{"lamplighter/"}},
	{"app/logfile", []string{"lamplighter/"}},
	{"app/spreadsheet", []string{"lamplighter/"}},
	{"app/watch", []string{"lamplighter/"}},
	{"app/locator", []string{"lamplighter/app"}},
	{"app/broker/retained", []string{"lamplighter/app/broker", "lamplighter/app/lights", "lamplighter/app/settings"}},
	{"app/broker/siot", []string{"lamplighter/app/broker", "github.com/mochi-mqtt/"}},
	{"app/chime", []string{"lamplighter/app/lights", "lamplighter/app/settings"}},
	{"app/pupilpage", []string{"lamplighter/app/outbox", "lamplighter/app/uplink", "lamplighter/app/hosting", "lamplighter/app/broker/", "lamplighter/app/roster", "lamplighter/app/secrets"}},
	{"i18n/...", []string{"lamplighter/app", "lamplighter/views", "lamplighter/device"}},
	{"assets/...", []string{"lamplighter/app", "lamplighter/views", "lamplighter/device"}},
	{"views/...", []string{"lamplighter/device/usb", "lamplighter/device/repl", "go.bug.st/serial"}},
	{"views/ui", []string{"lamplighter/views/backend", "lamplighter/views/problem", "lamplighter/app/lights"}},
	{"views/textfit", []string{"lamplighter/app", "lamplighter/device", "lamplighter/i18n", "lamplighter/views/ui"}},
	{"views/format", []string{"fyne.io/fyne/v2/widget", "lamplighter/views/ui", "lamplighter/views/backend", "lamplighter/views/problem"}},
	{"views/chart", append([]string{"lamplighter/views/backend", "lamplighter/views/problem"}, places...)},
	{"views/frame", append([]string{"lamplighter/views/backend", "lamplighter/views/problem"}, places...)},
	{"views/backend", append([]string{"lamplighter/views/ui"}, places...)},
	{"views/problem", places},
	{"views/brokerform", places},
	{"views/lampview", places},
	{"views/status", places},
	{"views/lamps/class", []string{"lamplighter/views/lampview"}},
	{"views/topics/payloadlines", []string{"lamplighter/views/backend", "lamplighter/app/link", "lamplighter/app/traffic"}},
	{"views/learn/lessons", []string{"lamplighter/views/learn/trainer", "lamplighter/views/learn/livemap"}},
	{"views/learn/trainer", []string{"lamplighter/views/learn/lessons", "lamplighter/views/learn/livemap"}},
	{"views/guide", []string{"lamplighter/views/backend"}},
	{"views/welcome", append([]string{"lamplighter/views/backend"}, places...)},
	{".", []string{"lamplighter/app/broker/platformtest", "lamplighter/app/apptest", "lamplighter/views/viewtest", "lamplighter/device/devicetest"}}, // for tests only
}

// shared are the folders of views that are no place of the rail.
var shared = []string{"backend", "brokerform", "chart", "format", "frame", "lampview", "problem", "status", "textfit", "ui", "viewtest", "welcome"}

// places are the packages with a place of the rail: none imports another.
var places = func() (all []string) {
	folders, err := os.ReadDir(filepath.Join("..", "views"))
	if err != nil {
		panic(err) // the tests run in this folder
	}
	for _, f := range folders {
		if f.IsDir() && !slices.Contains(shared, f.Name()) {
			all = append(all, "lamplighter/views/"+f.Name())
		}
	}
	return all
}()

// Each of these modules is imported by these packages only.
var onlyImporters = map[string][]string{
	"github.com/eclipse/paho.mqtt.golang": {"lamplighter/app/link", "lamplighter/device/devicetest"},
	"github.com/mochi-mqtt/server":        {"lamplighter/app/broker", "lamplighter/app/broker/retained", "lamplighter/app/broker/platformtest"},
	"github.com/gofrs/flock":              {"lamplighter/app/instance"},
	"go.bug.st/serial":                    {"lamplighter/device/usb"},
	"github.com/godbus/dbus":              {"lamplighter/app/filedialog"},
	"github.com/ncruces/zenity":           {"lamplighter/app/filedialog"},
	"go.yaml.in/yaml/v3":                  {"lamplighter/app/settings/exchange"},
	"filippo.io/age":                      {"lamplighter/app/settings/exchange"},
	"rsc.io/qr":                           {"lamplighter/views/ui", "lamplighter/app/roster/labels"},
	"codeberg.org/go-pdf/fpdf":            {"lamplighter/app/roster/labels"},
}

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func TestDependenciesPointOneWay(t *testing.T) {
	all := layers
	for _, place := range places {
		others := slices.DeleteFunc(slices.Clone(places), func(p string) bool { return p == place })
		all = append(all, layer{strings.TrimPrefix(place, "lamplighter/") + "/...", others})
	}
	packages := goList(t, "-f", `{{.ImportPath}} {{join .Deps " "}}`, "lamplighter/...")
	for _, l := range all {
		found := false
		for _, line := range packages {
			pkg, deps, _ := strings.Cut(line, " ")
			if !l.has(pkg) {
				continue
			}
			found = true
			for _, dep := range strings.Fields(deps) {
				for _, never := range l.never {
					if strings.HasPrefix(dep, never) {
						t.Errorf("%s reaches %s", pkg, dep)
					}
				}
			}
		}
		if !found {
			t.Errorf("there is no package %s", l.part)
		}
	}
}

func TestOuterLibrariesStayBehindTheirPackages(t *testing.T) {
	for _, line := range goList(t, "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "lamplighter/...") {
		pkg, imports, _ := strings.Cut(line, ": ")
		for _, imported := range strings.Fields(imports) {
			for module, owners := range onlyImporters {
				if strings.HasPrefix(imported, module) && !slices.Contains(owners, pkg) {
					t.Errorf("%s imports %s, which belongs to %v", pkg, imported, owners)
				}
			}
		}
	}
}

// A panic ends the whole program on every goroutine that crash has not started.
func TestEveryGoroutineOfOursIsStartedByCrash(t *testing.T) {
	plain := regexp.MustCompile(`(?m)^\s*go |\{ go |\.Go\((func|[a-z]+\.[A-Za-z]+\))`)
	forTests := []string{"device/crash", "device/devicetest", "app/apptest", "app/broker/platformtest"}
	for _, line := range goList(t, "-f", `{{.ImportPath}} {{join .GoFiles " "}}`, "lamplighter/app/...", "lamplighter/device/...", "lamplighter/views/...", "lamplighter/i18n/...", "lamplighter") {
		files := strings.Fields(line)
		dir := strings.TrimPrefix(strings.TrimPrefix(files[0], "lamplighter"), "/")
		if slices.Contains(forTests, dir) {
			continue
		}
		for _, name := range files[1:] {
			text, err := os.ReadFile(filepath.Join("..", dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range plain.FindAllString(strings.ReplaceAll(string(text), "crash.Go(", ""), -1) {
				t.Errorf("%s starts a goroutine by %q", filepath.Join(dir, name), found)
			}
		}
	}
}

// The bare window of a benchmark, in testdata, is a program of its own.
func TestOnlyMainCallsFynesQueue(t *testing.T) {
	calls := regexp.MustCompile(`fyne\.Do(AndWait)?\b`)
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && path != ".." && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name()[0] == '.') {
			return cmp.Or(err, fs.SkipDir)
		}
		if filepath.Ext(path) != ".go" || d.Name() == "layers_test.go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if calls.Match(text) {
			seen++
			if path != filepath.Join("..", "main.go") {
				t.Errorf("%s calls fyne.Do", path)
			}
		}
		return err
	})
	if err != nil || seen == 0 {
		t.Fatalf("main.go was not found to call fyne.Do: %v", err)
	}
}

// ownControls are what the window's controls are made of: only views/ui makes them.
var ownControls = regexp.MustCompile(`\bwidget\.New[A-Z]\w*\(|[^*\]]widget\.[A-Z]\w*\{|\bdialog\.(New|Show)\w*\(`)

func TestPagesAreMadeOfTheWindowsOwnControls(t *testing.T) {
	root := filepath.Join("..", "views")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if part, _, _ := strings.Cut(strings.TrimPrefix(filepath.ToSlash(path), "../views/"), "/"); part == "ui" || part == "viewtest" {
			return nil
		}
		text, err := os.ReadFile(path)
		for i, line := range strings.Split(string(text), "\n") {
			if found := ownControls.FindString(line); found != "" && found != "widget.NewSimpleRenderer(" {
				t.Errorf("%s:%d makes %s) itself; views/ui has one of each", path, i+1, found)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
