package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/secrets"
	"lamplighter/device"
	"lamplighter/device/fault"
)

func opened(t *testing.T, dir string) *Store {
	t.Helper()
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, kept)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func closed(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// full is a value of every setting.
func full() Values {
	at := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	return Values{
		Format: Format, Language: "zh-Hans", Theme: DarkTheme, TextScale: 1.5, NoMotion: true, LargeTargets: true, Welcomed: true, Seats: true, Chime: true, Attention: Attention{Dark: true, Buttons: true}, Classroom: "class-7b",
		BuiltIn:    BuiltIn{Off: true, Network: true, Port: 1884, WebSocket: true, WSPort: 9002, Address: "192.168.1.7", FindPort: 18831},
		Connection: "c1", Connections: []Connection{{
			ID: "c1", Name: "学校", Preset: "siot", Endpoint: endpoint.Endpoint{Host: "10.0.0.2", Port: 8883, TLS: true, CA: "PEM", ServerName: "mqtt", WebSocket: true, Path: "/mqtt"}, User: "u", ClientID: "x",
			KeepAlive: 60, Certificate: "PEM",
		}},
		Networks:    []device.Text{"school", "\xff\x00odd"},
		HiddenSSIDs: []device.Text{"\xff\x00odd"},
		Boards: []Board{{
			ID: "24a1", Base: "class/lamp-01", Name: "第一盏", Model: "mpython-2", Goal: device.SettingsOnly,
			Lamp:   device.Lamp{Kind: device.LampPin, Pin: "2", ActiveLow: true, Count: 3, Level: 30, Color: [3]int{1, 2, 3}},
			Button: device.Button{Pin: "0", ActiveHigh: true}, Topics: device.LampTopics("class/lamp-01"), SSID: "school",
			SetUp: at, Host: "192.168.1.7", Port: 1884, User: "lamp-01", Connection: "c1", Practice: true,
		}},
		Topics: Topics{
			Subscriptions: []Subscription{{Filter: "#", QoS: 1}}, Stars: []string{"a/b"},
			Saved: []Publish{{ID: "p1", Name: "on", Topic: "a", Payload: "\x00\xff", QoS: 2, Retained: true}},
			Sent:  []Publish{{Topic: "b", Payload: "\xff", QoS: 1}}, Draft: Draft{Topic: "c/", Payload: "{", Form: 1, QoS: 2, Retained: true},
		},
		Lessons: Lessons{
			Hidden: []string{"05-will"}, Order: []string{"own/ours"}, Progress: []Progress{{ID: "01-publish", Steps: 2}},
			Keep: true, Learner: "board-24a1", Solved: []Solved{{ID: "01-publish", Learner: "pupil-1", At: at}},
		},
		Practice: json.RawMessage(`{"boards":[1]}`), Interrupted: "lamp-02",
	}
}

func TestEverySettingIsThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	want := full()
	s.Update(func(v *Values) { *v = want })
	closed(t, s)
	got := opened(t, dir).Values()
	var compact json.RawMessage = []byte(strings.Join(strings.Fields(string(got.Practice)), ""))
	got.Practice = compact
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	v := reflect.ValueOf(want)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("this test gives %s no value", v.Type().Field(i).Name)
		}
	}
}

func TestAValueThatIsTakenBackStaysAway(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	s.Update(func(v *Values) { *v = full() })
	closed(t, s)
	s = opened(t, dir)
	s.Update(func(v *Values) {
		v.Boards[0].Lamp.ActiveLow, v.Boards[0].Lamp.Count = false, 0
		v.Boards[0].Topics.Info = ""
		v.BuiltIn = BuiltIn{}
		v.Practice = nil
		v.RemoveConnection("c1")
	})
	want := s.Values()
	closed(t, s)
	got := opened(t, dir).Values()
	if got.Boards[0] != want.Boards[0] || got.BuiltIn != (BuiltIn{}) || len(got.Connections) != 0 || got.Connection != "" || got.Practice != nil {
		t.Errorf("got %+v", got)
	}
}

func TestFieldsOfALaterVersionSurvive(t *testing.T) {
	dir := t.TempDir()
	later := `{"format":9,"hologram":{"on":true},"classroom":"class","window":{"width":10,"depth":3},
		"boards":[{"id":"aa","name":"A","smell":"rose","lamp":{"kind":"pin"}},{"id":"bb","smell":"mint"}]}`
	path := filepath.Join(dir, fileName)
	if err := os.WriteFile(path, []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	s := opened(t, dir)
	s.Update(func(v *Values) {
		v.RemoveBoard("bb")
		v.SetBoard(Board{ID: "cc"})
		v.Boards[0].Name = "B"
	})
	closed(t, s)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Format   int
		Hologram struct{ On bool }
		Window   map[string]int
		Boards   []map[string]any
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != 9 || !got.Hologram.On || got.Window["depth"] != 3 || len(got.Boards) != 2 || got.Boards[0]["smell"] != "rose" ||
		got.Boards[0]["name"] != "B" || got.Boards[1]["smell"] != nil {
		t.Errorf("got %s", data)
	}
}

func TestALaterVersionsFileIsReadAsFarAsItIsUnderstoodAndKept(t *testing.T) {
	dir := t.TempDir()
	later := `{"format":9,"language":"zh-Hans","theme":{"mode":"dark"},"text_scale":"big","classroom":"class-7b",
		"builtin":{"port":[1884],"siot":true},"boards":[{"id":"aa","name":"A","lamp":"strip","base":"class-7b/lamp-01"}],"connections":{"c":1}}`
	path := filepath.Join(dir, fileName)
	if err := os.WriteFile(path, []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	s := opened(t, dir)
	v := s.Values()
	if v.Language != "zh-Hans" || v.Classroom != "class-7b" || !v.BuiltIn.SIoT || v.TextScale != 1 || len(v.Boards) != 1 || v.Boards[0].Base != "class-7b/lamp-01" {
		t.Errorf("got %+v", v)
	}
	if len(s.SetAside()) != 1 {
		t.Fatalf("kept as %q", s.SetAside())
	}
	kept := s.SetAside()[0]
	s.Update(func(v *Values) { v.Classroom = "class-8" })
	closed(t, s)
	if data, err := os.ReadFile(kept); err != nil || string(data) != later {
		t.Errorf("it became %q, %v", data, err)
	}
	again := opened(t, dir)
	if again.SetAside() != nil || again.Values().Classroom != "class-8" || again.Values().Format != Format {
		t.Errorf("then %+v, %q", again.Values(), again.SetAside())
	}
}

func TestOnlyTheFirstStartIsNotAnswered(t *testing.T) {
	dir := t.TempDir()
	first := opened(t, dir)
	if first.Values().Welcomed {
		t.Error("the first start is answered already")
	}
	closed(t, first)
	if again := opened(t, dir); again.Values().Welcomed {
		t.Error("a start that was left is taken for an answer")
	}
	for _, kept := range []string{`{"language":"en"}`, "{"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, fileName), []byte(kept), 0o600); err != nil {
			t.Fatal(err)
		}
		if !opened(t, dir).Values().Welcomed {
			t.Errorf("%s is taken for a first start", kept)
		}
	}
}

// An omitted field would be taken for one of a later version, and come back.
func TestNoFieldThatIsMergedIsLeftOutWhenItIsEmpty(t *testing.T) {
	for _, v := range []any{Values{}, BuiltIn{}, Connection{}, Board{}, Topics{}} {
		ty := reflect.TypeOf(v)
		for _, field := range reflect.VisibleFields(ty) {
			if tag := field.Tag.Get("json"); !field.Anonymous && (tag == "" || strings.Contains(tag, ",")) {
				t.Errorf("%s.%s has the tag %q", ty.Name(), field.Name, tag)
			}
		}
	}
}

func TestABrokenFileIsMovedAsideAndNothingIsLost(t *testing.T) {
	for _, broken := range []string{"", "{", "null", "[]", `{"boards":7}`, "\x00\x00", strings.Repeat("x", 100)} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, fileName), []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		s := opened(t, dir)
		if len(s.SetAside()) != 1 {
			t.Fatalf("moved %q", s.SetAside())
		}
		kept, err := os.ReadFile(s.SetAside()[0])
		if err != nil || string(kept) != broken {
			t.Errorf("%q: kept %q, %v", broken, kept, err)
		}
		if v := s.Values(); v.Classroom != "class" || v.TextScale != 1 || len(v.Boards) != 0 {
			t.Errorf("%q gave %+v", broken, v)
		}
		closed(t, s)
		if again := opened(t, dir); again.SetAside() != nil {
			t.Errorf("%q: moved again", broken)
		}
	}
}

func TestImpossibleValuesAreMended(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte(`{"classroom":"教室/#","text_scale":1e9,"theme":"pink"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	v := opened(t, dir).Values()
	if v.Classroom != "class" || v.TextScale != 1 || v.Theme != SystemTheme {
		t.Errorf("%+v", v)
	}
}

func TestListsAreBounded(t *testing.T) {
	s := opened(t, t.TempDir())
	s.Update(func(v *Values) {
		for i := range 2000 {
			v.SetBoard(Board{ID: fmt.Sprintf("%04x", i)})
			v.UseNetwork(device.Text(fmt.Sprint(i)), i%2 == 0)
			v.Topics.Stars = append(v.Topics.Stars, "x")
		}
	})
	v := s.Values()
	if len(v.Boards) != maxBoards || len(v.Networks) != maxNetworks || len(v.HiddenSSIDs) != maxNetworks/2 || v.Networks[0] != "1999" || len(v.Topics.Stars) != maxStars {
		t.Errorf("%d boards, %d networks, %d stars", len(v.Boards), len(v.Networks), len(v.Topics.Stars))
	}
}

func TestHowEverLongTopicsAndPayloadsAreTheFileCanBeReadAgain(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	long := strings.Repeat("\x01", 65_535)
	s.Update(func(v *Values) {
		for i := range 1000 {
			v.Topics.Stars = append(v.Topics.Stars, long)
			v.Topics.Subscriptions = append(v.Topics.Subscriptions, Subscription{Filter: long})
			v.Topics.Saved = append(v.Topics.Saved, Publish{ID: fmt.Sprint(i), Topic: "t", Payload: device.Text(long)})
			v.Topics.Sent = append(v.Topics.Sent, Publish{Topic: long}, Publish{Topic: fmt.Sprint(i)})
		}
		v.Topics.Draft = Draft{Topic: long}
	})
	closed(t, s)
	s = opened(t, dir)
	v := s.Values().Topics
	if s.SetAside() != nil || len(v.Stars) != 8 || len(v.Saved) != 8 || len(v.Sent) != maxSent || v.Sent[1].Topic != "1" || v.Draft != (Draft{}) {
		t.Errorf("moved %v; %d stars, %d saved, %d sent, %+v", s.SetAside(), len(v.Stars), len(v.Saved), len(v.Sent), v.Draft)
	}
}

func TestACopyOfTheSettingsChangesNothing(t *testing.T) {
	s := opened(t, t.TempDir())
	s.Update(func(v *Values) { *v = full() })
	v := s.Values()
	v.Boards[0].Name, v.Topics.Stars[0], v.Connections[0].Host, v.Networks[0] = "x", "x", "x", "x"
	if !reflect.DeepEqual(s.Values(), full()) {
		t.Error("changed")
	}
}

func TestASnapshotStaysAsItWas(t *testing.T) {
	s := opened(t, t.TempDir())
	s.Update(func(v *Values) { *v = full() })
	before := s.Snapshot()
	s.Update(func(v *Values) {
		v.Boards[0].Name, v.Connections[0].Host, v.Topics.Stars[0] = "other", "other", "other"
		v.RemoveBoard(v.Boards[0].ID)
	})
	if want := full(); !reflect.DeepEqual(before.Boards, want.Boards) || before.Connections[0].Host != want.Connections[0].Host || before.Topics.Stars[0] != "a/b" {
		t.Errorf("%+v", before)
	}
	if now := s.Snapshot(); len(now.Boards) != 0 || now.Topics.Stars[0] != "other" {
		t.Errorf("now %+v", now)
	}
}

func TestManyChangesAreSavedOnceAndAllAtClose(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		raised := 0
		s.Changed.Listen(func() { raised++ })
		time.Sleep(time.Second)
		synctest.Wait()
		path := filepath.Join(dir, fileName)
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			s.Update(func(v *Values) { v.TextScale = 1 + float64(i)/100 })
		}
		synctest.Wait()
		if now, err := os.Stat(path); err != nil || !os.SameFile(before, now) {
			t.Error("saved at once")
		}
		time.Sleep(savePause)
		synctest.Wait()
		if now, err := os.Stat(path); err != nil || os.SameFile(before, now) {
			t.Error("not saved in time")
		}
		s.Update(func(v *Values) { v.TextScale = 2.5 })
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if raised != 101 {
			t.Errorf("raised %d times", raised)
		}
	})
	if w := opened(t, dir).Values().TextScale; w != 2.5 {
		t.Errorf("scale %v", w)
	}
}

func TestASaveThatFailsIsToldAndTriedAgain(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		told := make(chan error, 10)
		s.OnSaveError(func(err error) { told <- err })
		// A folder in the file's place can't be replaced, not even by root.
		path := filepath.Join(dir, fileName)
		if err := errors.Join(os.Remove(path), os.MkdirAll(filepath.Join(path, "x"), 0o700)); err != nil {
			t.Fatal(err)
		}
		s.Update(func(v *Values) { v.Language = "en" })
		err = <-told
		var e *fault.Error
		if !errors.As(err, &e) || e.Fault != fault.Unknown { // DiskFull would speak of a board
			t.Errorf("told %v", err)
		}
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if err := <-told; err != nil {
			t.Errorf("told %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if l := opened(t, dir).Values().Language; l != "en" {
		t.Errorf("language %q", l)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.tmp-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestNoSecretIsInAnyFile(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	passwords := map[string]device.Text{
		secrets.WiFiKey("school"): "wifi-pass-word-1", secrets.ConnectionKey("c1"): "connection-pass-2", secrets.BoardKey("24a1"): "board-pass-3", secrets.PupilKey: "pupil-pass-4",
		secrets.FindKey: "find-secret-5",
	}
	for k, p := range passwords {
		if err := secrets.SetText(s.secrets, k, p); err != nil {
			t.Fatal(err)
		}
	}
	s.Update(func(v *Values) { *v = full() })
	if _, err := KeepFile(dir, "24a1", "main.py", []byte("print(1)")); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for _, p := range passwords {
			if strings.Contains(string(data), string(p)) {
				t.Errorf("%s holds a password", path)
			}
		}
		if info, err := d.Info(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files, %v", files, err)
	}
	again := opened(t, dir)
	for k, p := range passwords {
		if got, err := secrets.GetText(again.secrets, k); err != nil || got != p {
			t.Errorf("%s is %q, %v", k, got, err)
		}
	}
}

func TestProgramsOfBoardsAreKept(t *testing.T) {
	dir := t.TempDir()
	module, err := KeepFile(dir, "24a1", "classroom.py", []byte("ours = 1"))
	if err != nil || !strings.HasPrefix(filepath.Base(module), "classroom-") {
		t.Fatalf("%s, %v", module, err)
	}
	var first string
	for i := range 15 {
		path, err := KeepFile(dir, "24A1", "main.py", fmt.Append(nil, "print(", i, ")"))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = path
		}
		again, err := KeepFile(dir, "24a1", "main.py", fmt.Append(nil, "print(", i, ")"))
		if err != nil || again != path {
			t.Errorf("%s and %s, %v", path, again, err)
		}
	}
	folder := filepath.Dir(first)
	kept, err := keptFiles(folder, "main")
	if err != nil || len(kept) != maxKept || filepath.Join(folder, kept[0]) != first {
		t.Fatalf("%v, %v", kept, err)
	}
	if data, err := os.ReadFile(filepath.Join(folder, kept[maxKept-1])); err != nil || string(data) != "print(14)" {
		t.Errorf("%q, %v", data, err)
	}
	for _, id := range []string{"", "a", "..", "../../x", "24a1/..", "zz", strings.Repeat("00", 40), "24a1\x00"} {
		if _, err := KeepFile(dir, id, "main.py", nil); err == nil {
			t.Errorf("%q was taken for a board's id", id)
		}
	}
	for _, name := range []string{"", "main", ".py", "../main.py", "a/main.py", "main.py\x00", "灯.py"} {
		if _, err := KeepFile(dir, "24a1", name, nil); err == nil {
			t.Errorf("%q was taken for a file's name", name)
		}
	}
	if data, err := os.ReadFile(module); err != nil || string(data) != "ours = 1" {
		t.Errorf("another file of the board: %q, %v", data, err)
	}
	if _, err := KeepFile(dir, "24a1", "main.py", make([]byte, maxKeptSize+1)); err == nil {
		t.Error("anything is kept")
	}
}
