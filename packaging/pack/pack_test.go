package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// inRoot has the test run in the repository's root, as the scripts do.
func inRoot(t *testing.T) {
	t.Helper()
	t.Chdir(filepath.Join("..", ".."))
}

func output(t *testing.T, args ...string) string {
	t.Helper()
	var b bytes.Buffer
	if err := run(args, &b); err != nil {
		t.Fatalf("pack %v: %v", args, err)
	}
	return b.String()
}

func TestTheIdentityIsTheSameEverywhere(t *testing.T) {
	inRoot(t)
	a, err := readApp("FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	main, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"id": a.Details.ID, "version": a.Details.Version} {
		m := regexp.MustCompile(`(?m)^\t` + name + `\s+= "(.*)"$`).FindSubmatch(main)
		if m == nil || string(m[1]) != want || want == "" {
			t.Errorf("main.go has the %s %q, FyneApp.toml %q", name, m, want)
		}
	}
	if got := output(t, "vars"); !strings.Contains(got, "VERSION="+a.Details.Version+"\n") {
		t.Error(got)
	}
	nsi, err := os.ReadFile("packaging/windows/installer.nsi")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(nsi), a.Details.Version) || strings.Contains(string(nsi), a.Details.ID) {
		t.Error("the installer's script has an identity of its own")
	}
}

func TestWindowsIsToldTheVersionInBothLanguages(t *testing.T) {
	inRoot(t)
	var got struct {
		Version map[string]map[string]struct {
			Info map[string]map[string]string `json:"info"`
		} `json:"RT_VERSION"`
	}
	if err := json.Unmarshal([]byte(output(t, "winres", "app.ico", "manifest.xml")), &got); err != nil {
		t.Fatal(err)
	}
	info := got.Version["#1"]["0000"].Info
	if !strings.Contains(info[chinese]["ProductName"], chineseName) || info[english]["ProductVersion"] == "" {
		t.Errorf("%v", info)
	}
}

func TestEachTemplateCanBeFilledIn(t *testing.T) {
	inRoot(t)
	for _, path := range []string{
		"packaging/windows/manifest.xml", "packaging/macos/Info.plist", "packaging/linux/metainfo.xml", "packaging/linux/lamplighter.desktop",
		"packaging/linux/lamplighter.1", "packaging/linux/nfpm.yaml", "packaging/linux/lamplighter.spec", "packaging/linux/changelog.yml", "packaging/publish/winget.version.yaml", "packaging/publish/winget.installer.yaml",
		"packaging/publish/winget.locale.en-US.yaml", "packaging/publish/winget.locale.zh-CN.yaml", "packaging/publish/scoop.json",
	} {
		text := output(t, "expand", path)
		if strings.Contains(text, "${") {
			t.Errorf("%s is not filled in: %s", path, text)
		}
		if filepath.Ext(path) == ".json" && !json.Valid([]byte(text)) {
			t.Errorf("%s is not JSON: %s", path, text)
		}
		if ext := filepath.Ext(path); ext != ".xml" && ext != ".plist" {
			continue
		}
		for d := xml.NewDecoder(strings.NewReader(text)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
}

func TestAnUnknownBlankIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "template")
	if err := os.WriteFile(path, []byte("${NOTHING}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (app{}).expand(io.Discard, path); err == nil {
		t.Error("it was filled in")
	}
}

func TestTheRuleNamesTheBoardsOfTheProgram(t *testing.T) {
	rule := output(t, "udev")
	for _, part := range []string{
		`ATTRS{idVendor}=="1a86", TAG+="uaccess"`, `ATTRS{idVendor}=="10c4"`, `ATTRS{idVendor}=="303a"`,
		`ATTRS{idVendor}=="0d28", ATTRS{idProduct}=="0204"`,
	} {
		if !strings.Contains(rule, part) {
			t.Errorf("the rule lacks %s:\n%s", part, rule)
		}
	}
}

func TestTheLicencesOfWhatIsLinkedInAreThere(t *testing.T) {
	inRoot(t)
	text := output(t, "licences")
	for _, part := range []string{"\nGo\n", "fyne.io/fyne/v2\n", "github.com/mochi-mqtt/server/v2\n", "Eclipse Public License", "SIL OPEN FONT LICENSE", "github.com/danieljoos/wincred\n", "Bitstream Vera", "The Inter Project Authors"} {
		if !strings.Contains(text, part) {
			t.Errorf("the licences lack %q", part)
		}
	}
	if shown, err := os.ReadFile("assets/licences.txt"); err != nil || string(shown) != text {
		t.Errorf("the program shows other licences than it comes under (%v): run go run ./packaging/pack licences >assets/licences.txt", err)
	}
	if _, err := textsOf("a module", []string{t.TempDir()}); err == nil {
		t.Error("a module without a licence passed")
	}
}

func TestAFileInAProgramIsSwappedInItsPlace(t *testing.T) {
	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	program, long, short := file("head long tail"), file("long"), file("lo")
	if err := swap(program, long, short); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(program); err != nil || string(got) != "head lo\x00\x00 tail" {
		t.Errorf("%q, %v", got, err)
	}
	for _, wrong := range [][3]string{{program, long, short}, {file("long and long"), long, short}, {file("lo"), short, long}} {
		if err := swap(wrong[0], wrong[1], wrong[2]); err == nil {
			t.Errorf("%q passed", wrong)
		}
	}
}

func TestTheSumsAreThoseOfTheFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.deb"), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	const sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // of FIPS 180-4
	for range 2 {                                                                  // the second time there are sums already
		if list := output(t, "sums", dir); strings.Count(list, "\n") != 1 || !strings.Contains(list, sum) {
			t.Error(list)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "a.deb.sha256")); err != nil || string(data) != sum+"  a.deb\n" {
		t.Errorf("%s, %v", data, err)
	}
}
