package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// listed is what go list says of a package.
type listed struct {
	Dir        string
	Standard   bool
	EmbedFiles []string
	Module     *struct {
		Path, Dir string
		Main      bool
	}
}

// targets are the systems that packages are made for.
var targets = [][]string{{"GOOS=linux", "CGO_ENABLED=1"}, {"GOOS=windows", "CGO_ENABLED=1"}}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([-._].*)?$`)

// part is one licence text, of a module or of something within it.
type part struct{ name, path string }

// licences writes the texts that everything that is linked in comes under; the
// program carries them as assets/licences.txt. It fails where there is none. The
// versions are in the bill of materials.
func licences(out io.Writer) error {
	found, err := modules()
	if err != nil {
		return err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("find Go: %w", err)
	}
	parts := []part{
		{"Go", filepath.Join(strings.TrimSpace(string(root)), "LICENSE")},
		{"Noto Sans CJK SC (a subset)", "assets/fonts/OFL.txt"},
	}
	for _, m := range slices.Sorted(maps.Keys(found)) {
		texts, err := textsOf(m, found[m])
		if err != nil {
			return err
		}
		parts = append(parts, texts...)
	}
	return write(out, parts)
}

// modules maps the linked modules to the folders of theirs that packages, and files
// within them, come from, the module's own first.
func modules() (map[string][]string, error) {
	found := map[string][]string{}
	for _, env := range targets {
		c := exec.Command("go", "list", "-deps", "-tags", "migrated_fynedo,no_emoji,nethttpomithttp2,x11", "-json=Dir,Standard,EmbedFiles,Module", ".")
		c.Env, c.Stderr = append(os.Environ(), env...), os.Stderr
		data, err := c.Output()
		if err != nil {
			return nil, fmt.Errorf("list what is linked in: %w", err)
		}
		for d := json.NewDecoder(bytes.NewReader(data)); ; {
			var p listed
			if err := d.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("read what is linked in: %w", err)
			}
			if p.Standard || p.Module == nil || p.Module.Main {
				continue
			}
			name := p.Module.Path
			dirs := []string{p.Module.Dir, p.Dir}
			for _, file := range p.EmbedFiles {
				dirs = append(dirs, filepath.Dir(filepath.Join(p.Dir, file)))
			}
			for _, dir := range dirs {
				if !slices.Contains(found[name], dir) {
					found[name] = append(found[name], dir)
				}
			}
		}
	}
	return found, nil
}

// textsOf finds a module's licence, and those of what its packages carry within.
func textsOf(module string, dirs []string) ([]part, error) {
	var parts []part
	for _, dir := range dirs {
		for ; strings.HasPrefix(dir, dirs[0]); dir = filepath.Dir(dir) {
			files, err := os.ReadDir(dir)
			if err != nil {
				return nil, fmt.Errorf("look for a licence: %w", err)
			}
			for _, f := range files {
				p := part{module, filepath.Join(dir, f.Name())}
				if !f.IsDir() && licenceFile.MatchString(f.Name()) && !strings.HasSuffix(f.Name(), ".go") && !slices.Contains(parts, p) {
					parts = append(parts, p)
				}
			}
		}
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("%s has no licence", module)
	}
	return parts, nil
}

// write writes each text once, under the names of all that come under it.
func write(out io.Writer, parts []part) error {
	names := map[string][]string{}
	var texts []string
	for _, p := range parts {
		data, err := os.ReadFile(p.path)
		if err != nil {
			return fmt.Errorf("read a licence: %w", err)
		}
		text := strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n"))
		if names[text] == nil {
			texts = append(texts, text)
		}
		if !slices.Contains(names[text], p.name) {
			names[text] = append(names[text], p.name)
		}
	}
	for _, text := range texts {
		if _, err := fmt.Fprintf(out, "%s\n%s\n\n%s\n\n", strings.Repeat("=", 70), strings.Join(names[text], "\n"), text); err != nil {
			return fmt.Errorf("write the licences: %w", err)
		}
	}
	return nil
}
