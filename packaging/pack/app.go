package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/BurntSushi/toml"
)

// app is the program's identity, from FyneApp.toml alone.
type app struct {
	Details struct {
		Name, ID, Version string
		Build             int
	}
	LinuxAndBSD struct {
		GenericName, Comment string
	}
}

func readApp(path string) (app, error) {
	var a app
	if _, err := toml.DecodeFile(path, &a); err != nil {
		return app{}, fmt.Errorf("read the identity: %w", err)
	}
	return a, nil
}

// The program in Chinese, which FyneApp.toml has no place for.
const (
	chineseName    = "掌灯"
	chineseComment = "设置课堂上的板子，开关它们的灯"
	publisher      = "The Lamplighter authors"
)

// values are what the files of a package are filled in with.
func (a app) values() map[string]string {
	return map[string]string{
		"NAME": a.Details.Name, "ID": a.Details.ID, "VERSION": a.Details.Version, "BUILD": strconv.Itoa(a.Details.Build),
		"COMMENT": a.LinuxAndBSD.Comment, "GENERIC_NAME": a.LinuxAndBSD.GenericName,
		"CHINESE_NAME": chineseName, "CHINESE_COMMENT": chineseComment, "PUBLISHER": publisher, "DATE": date(),
		"ARCH": os.Getenv("ARCH"), // see linux.sh
		// Of the published packages: see manifests.sh.
		"URL": os.Getenv("URL"), "SETUP_SHA256": os.Getenv("SETUP_SHA256"), "PORTABLE_SHA256": os.Getenv("PORTABLE_SHA256"),
	}
}

// date is that of the sources, which makes two builds the same.
func date() string {
	s, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return "1970-01-01"
	}
	return time.Unix(s, 0).UTC().Format(time.DateOnly)
}

func (a app) vars(out io.Writer) error {
	_, err := fmt.Fprintf(out, "NAME=%s\nVERSION=%s\nID=%s\n", a.Details.Name, a.Details.Version, a.Details.ID)
	return err
}

func (a app) expand(out io.Writer, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("fill in: %w", err)
	}
	values, unknown := a.values(), ""
	_, err = io.WriteString(out, os.Expand(string(text), func(name string) string {
		v, ok := values[name]
		if !ok {
			unknown = name
		}
		return v
	}))
	if unknown != "" {
		return fmt.Errorf("fill in %s: there is no %s", path, unknown)
	}
	return err
}

// The languages of Windows' version information.
const english, chinese = "0409", "0804"

// winres writes the description that go-winres takes.
func (a app) winres(out io.Writer, icon, manifest string) error {
	number := a.Details.Version + "." + strconv.Itoa(a.Details.Build)
	info := func(name, description string) map[string]string {
		return map[string]string{
			"ProductName": name, "FileDescription": name, "Comments": description, "CompanyName": publisher,
			"ProductVersion": a.Details.Version, "FileVersion": number, "OriginalFilename": a.Details.Name + ".exe", "InternalName": a.Details.ID,
		}
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{
		"RT_GROUP_ICON": map[string]any{"APP": map[string]any{"0000": icon}},
		"RT_MANIFEST":   map[string]any{"#1": map[string]any{english: manifest}},
		"RT_VERSION": map[string]any{"#1": map[string]any{"0000": map[string]any{
			"fixed": map[string]string{"file_version": number, "product_version": number},
			"info": map[string]any{
				english: info(a.Details.Name, a.LinuxAndBSD.Comment),
				chinese: info(chineseName+" "+a.Details.Name, chineseComment),
			},
		}}},
	})
}
