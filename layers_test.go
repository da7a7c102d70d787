package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Dependencies point one way: main → views → app → device. Each row says which
// packages a part of the program must not reach, however indirectly.
var layers = []struct {
	part  string
	never []string
}{
	{"device/...", []string{"fyne.io/", "lamplighter/app", "lamplighter/views", "lamplighter/i18n", "lamplighter/assets"}},
	{"app/...", []string{"fyne.io/", "lamplighter/views", "lamplighter/i18n", "lamplighter/assets"}},
	{"i18n", []string{"lamplighter/app", "lamplighter/views", "lamplighter/device"}},
	{"assets/...", []string{"lamplighter/app", "lamplighter/views", "lamplighter/device"}},
	{"views", []string{"lamplighter/device/usb", "lamplighter/device/repl", "go.bug.st/serial"}},
	{".", []string{"lamplighter/app/broker/double"}}, // stands in for platforms in tests only
}

// Each of these modules is imported by these packages only.
var onlyImporters = map[string][]string{
	"github.com/eclipse/paho.mqtt.golang": {"lamplighter/app/link"},
	"github.com/mochi-mqtt/server":        {"lamplighter/app/broker", "lamplighter/app/broker/double"},
	"go.bug.st/serial":                    {"lamplighter/device/usb"},
	"filippo.io/age":                      {"lamplighter/app/settings/exchange"},
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
	for _, l := range layers {
		for _, line := range goList(t, "-f", `{{.ImportPath}}: {{join .Deps " "}}`, "./"+l.part) {
			pkg, deps, _ := strings.Cut(line, ": ")
			for _, dep := range strings.Fields(deps) {
				for _, never := range l.never {
					if strings.HasPrefix(dep, never) {
						t.Errorf("%s reaches %s", pkg, dep)
					}
				}
			}
		}
	}
}

func TestOuterLibrariesStayBehindTheirPackages(t *testing.T) {
	for _, line := range goList(t, "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "./...") {
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

func TestOnlyMainCallsFynesQueue(t *testing.T) {
	out, _ := exec.Command("git", "grep", "-nE", `fyne\.Do(AndWait)?\(`, "--", "*.go", ":!main.go", ":!layers_test.go", ":!bare_bench_test.go").Output()
	if len(out) > 0 {
		t.Errorf("fyne.Do outside main.go:\n%s", out)
	}
}
