package report

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lamplighter/app/broker"
	"lamplighter/app/endpoint"
	"lamplighter/app/lights"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/device"
)

// planted are what must never be in a report.
var planted = []string{
	"wifi-s3cret", "board-s3cret", "place-s3cret", "broker-s3cret", "pupil-s3cret", "find-s3cret", "PEM-s3cret",
	"李明", "Zoe Miller", "SchoolWiFi", "mqtt.school.example", "My broker", "teacher7", "240ac4a1b2c3", "room-five",
	"欧阳娜娜", "Max Q. Meyer", "20260117",
}

func source(t *testing.T) Source {
	t.Helper()
	v := settings.Values{
		Classroom: "room-five", Connection: "c1", Networks: []device.Text{"SchoolWiFi"},
		Boards:      []settings.Board{{ID: "240ac4a1b2c3", Base: "room-five/lamp-01", Name: "李明", Model: "mpython-2", SSID: "SchoolWiFi"}},
		Connections: []settings.Connection{{ID: "c1", Name: "My broker", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true}, User: "teacher7"}},
	}
	kept := map[string]device.Text{
		secrets.WiFiKey("SchoolWiFi"): "wifi-s3cret", secrets.BoardKey("240ac4a1b2c3"): "board-s3cret", secrets.PlaceKey("240ac4a1b2c3"): "place-s3cret",
		secrets.ConnectionKey("c1"): "broker-s3cret", secrets.CertificateKey("c1"): "PEM-s3cret", secrets.PupilKey: "pupil-s3cret", secrets.FindKey: "find-s3cret",
	}
	dir := t.TempDir()
	log := strings.Repeat("old line\n", 40_000) + "level=INFO msg=x " + strings.Join(planted, " ") + " " + dir + "\n"
	for _, name := range logs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Source{
		Version: "1.2.3", Values: v, Secret: func(key string) device.Text { return kept[key] }, Dir: dir, Err: errors.New("dial mqtt.school.example: refused for teacher7"),
		Notices: []broker.Notice{{Kind: broker.Denied, User: "Zoe Miller", Count: 42}},
		Lamps:   []lights.Light{{Name: "Zoe Miller", Base: "room-five/lamp-02", Info: lights.Info{Program: "1.2.0"}}},
		People:  []string{"欧阳娜娜", "Max Q. Meyer", "20260117"},
		Ports:   []device.Port{{Name: "COM5", VID: "1A86", PID: "55D4", Chip: "CH9102"}},
		Now:     time.Date(2026, 3, 5, 9, 41, 0, 0, time.UTC),
	}
}

func TestAReportHasNoSecretAndNoName(t *testing.T) {
	files := Files(source(t))
	if len(files) != 4 {
		t.Fatalf("%d files", len(files))
	}
	for _, f := range files {
		for _, word := range planted {
			if strings.Contains(f.Text, word) {
				t.Errorf("%s says %q", f.Name, word)
			}
		}
		if len(f.Text) > maxLog+1024 || strings.HasPrefix(f.Text, "d line") {
			t.Errorf("%s has %d bytes and begins with %.20q", f.Name, len(f.Text), f.Text)
		}
	}
	for _, want := range []string{"Lamplighter 1.2.3", "port 8883, TLS true", "42 denied", "1 mpython-2", "1.2.0", `"COM5"`, "1A86:55D4", "refused for <name>"} {
		if !strings.Contains(files[0].Text, want) {
			t.Errorf("report.txt lacks %q: %s", want, files[0].Text)
		}
	}
}

func TestAReportWithoutAnythingIsStillOne(t *testing.T) {
	files := Files(Source{Secret: func(string) device.Text { return "" }, Dir: t.TempDir()})
	if len(files) != 1 || !strings.Contains(files[0].Text, "In use: this computer's broker") {
		t.Errorf("%v", files)
	}
}

func TestAReportIsAZipThatOpens(t *testing.T) {
	var b bytes.Buffer
	files := Files(source(t))
	if err := Zip(&b, files, time.Now()); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(z.File) != len(files) {
		t.Fatalf("%v", err)
	}
}
