package roster_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"lamplighter/app/lights"
	"lamplighter/app/roster"
	"lamplighter/app/settings"
	"lamplighter/app/setup"
	"lamplighter/device"
)

func names(pupils []roster.Pupil) (all []string) {
	for _, p := range pupils {
		all = append(all, p.Name)
	}
	return all
}

func TestAClassIsThereAgainAfterARestartWithWhatALaterVersionKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pupils.json")
	later := `{"format":7,"term":"spring","plan":{"rows":4,"columns":5,"door":"left"},"pupils":[
		{"id":"a1","name":"李小明","group":"一组","seat":{"row":1,"column":2},"board":"b1","planned":"","number":""},
		{"id":"a2","name":"赵","photo":"x.png"},
		{"id":"a1","name":"twice","group":"","seat":{"row":1,"column":2},"board":"","planned":"","number":""},
		{"id":"a3","name":"","group":"","seat":{"row":9,"column":9},"board":"","planned":"","number":""}]}`
	if err := os.WriteFile(path, []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := roster.OpenClass(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := c.Pupils()
	if len(all) != 3 || all[0].Name != "李小明" || all[2].Seat != (roster.Seat{}) || all[2].ID == "a1" {
		t.Fatalf("%+v", all)
	}
	if err := c.Set(roster.Pupil{Name: "  王\t芳 \u202e", Seat: roster.Seat{Row: 4, Column: 5}}); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"term": "spring"`, `"door": "left"`, `"photo": "x.png"`, `"format": 7`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is gone:\n%s", want, text)
		}
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	again, err := roster.OpenClass(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := names(again.Pupils()); !slices.Equal(got, []string{"李小明", "赵", "twice", "王 芳"}) || again.SetAside() != "" {
		t.Errorf("%q, moved %q", got, again.SetAside())
	}
}

func TestAClassFileThatCannotBeUnderstoodIsMovedAside(t *testing.T) {
	for name, text := range map[string]string{"half": `{"pupils":[`, "a list": `[]`, "null": `null`, "huge": strings.Repeat(" ", 5<<20)} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "pupils.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := roster.OpenClass(dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if kept, err := os.ReadFile(c.SetAside()); err != nil || string(kept) != text || len(c.Pupils()) != 0 {
			t.Errorf("%s: moved to %q, %v", name, c.SetAside(), err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAClassIsBounded(t *testing.T) {
	c := newClass(t).pupils
	var many []roster.Pupil
	for i := range 600 {
		many = append(many, roster.Pupil{Name: fmt.Sprint("p", i), Seat: roster.Seat{Row: i/100 + 1, Column: i%100 + 1}})
	}
	c.Replace(many)
	if n := len(c.Pupils()); n != roster.MaxPupils {
		t.Errorf("%d pupils", n)
	}
	if p := c.Plan(); p != (roster.Plan{Rows: 6, Columns: roster.MaxSide}) {
		t.Errorf("plan %+v", p)
	}
	for want, p := range map[error]roster.Pupil{
		roster.ErrFull: {Name: "one more"}, roster.ErrNoName: {Name: " \t"}, roster.ErrTooLong: {Name: strings.Repeat("名", 61)},
		roster.ErrNoSeat: {Name: "x", Seat: roster.Seat{Row: 1}},
	} {
		if err := c.Set(p); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	p := c.Pupils()[0]
	p.Name = strings.Repeat("名", 60)
	if err := c.Set(p); err != nil {
		t.Error(err)
	}
}

func TestTwoPupilsChangeSeatsWhereOneSitsDownOnTheOthers(t *testing.T) {
	c := newClass(t).pupils
	front, back := roster.Seat{Row: 1, Column: 1}, roster.Seat{Row: 2, Column: 3}
	c.Replace([]roster.Pupil{{Name: "a", Seat: front}, {Name: "b", Seat: back}, {Name: "c"}})
	all := c.Pupils()
	if err := c.SetSeat(all[0].ID, back); err != nil {
		t.Fatal(err)
	}
	if p, _ := c.At(front); p.Name != "b" {
		t.Errorf("%+v at the front", p)
	}
	if err := c.SetSeat(all[2].ID, back); err != nil {
		t.Fatal(err)
	}
	if a, _ := c.Pupil(all[0].ID); a.Seat != (roster.Seat{}) {
		t.Errorf("a has %+v", a.Seat)
	}
	c.SetPlan(roster.Plan{Rows: 1, Columns: 9})
	if p, _ := c.Pupil(all[2].ID); p.Seat != (roster.Seat{}) {
		t.Errorf("c sits where there is no seat: %+v", p.Seat)
	}
	if err := c.SetSeat("nobody", front); !errors.Is(err, roster.ErrGone) {
		t.Error(err)
	}
}

func TestAPupilGetsTheBoardOfItsListAsSoonAsThatIsSetUp(t *testing.T) {
	c := newClass(t)
	c.settings.Update(func(v *settings.Values) { v.SetBoard(settings.Board{ID: "b1", Name: "window", Base: "class/lamp-01"}) })
	c.Enrol([]roster.Pupil{{Name: "one", Planned: "1"}, {Name: "seven", Planned: "07号"}, {Name: "door", Planned: "DOOR"}, {Name: "also seven", Planned: "lamp-07"}})
	x := setup.Answers{Base: "class/lamp-07", Name: "lamp-07", Broker: setup.BrokerChoice{BuiltIn: true}}
	if err := c.Remember(x, device.Identity{ID: "b7"}, setup.Account{Topics: device.LampTopics(x.Base)}); err != nil {
		t.Fatal(err)
	}
	if got := names(c.PupilsOf("class/lamp-07")); !slices.Equal(got, []string{"seven", "also seven"}) {
		t.Errorf("lamp-07 is of %q", got)
	}
	if got := names(c.PupilsOf("class/lamp-01")); !slices.Equal(got, []string{"one"}) {
		t.Errorf("lamp-01 is of %q", got)
	}
	if c.Forget("b7"); len(c.pupils.OfBoard("b7")) != 0 {
		t.Error("a board that is forgotten is still somebody's")
	}
}

func TestALampThatWasOnlyHeardIsSomebodysAndStaysSoWhenItIsSetUp(t *testing.T) {
	c := newClass(t)
	if err := c.pupils.Set(roster.Pupil{Name: "Lin", Board: c.BoardOf("class/lamp-03")}); err != nil {
		t.Fatal(err)
	}
	x := setup.Answers{Base: "class/lamp-03", Name: "lamp-03", Broker: setup.BrokerChoice{BuiltIn: true}}
	if err := c.Remember(x, device.Identity{ID: "b3"}, setup.Account{Topics: device.LampTopics(x.Base)}); err != nil {
		t.Fatal(err)
	}
	if got := names(c.pupils.OfBoard("b3")); !slices.Equal(got, []string{"Lin"}) {
		t.Errorf("of %q", got)
	}
	if err := c.ForgetLamp("class/lamp-03"); err != nil || !slices.Equal(names(c.PupilsOf("class/lamp-03")), []string{"Lin"}) {
		t.Errorf("the lamp comes back as nobody's: %v", err)
	}
}

func TestGroupsAreInTheOrderOfTheirNumbers(t *testing.T) {
	c := newClass(t).pupils
	c.Replace([]roster.Pupil{{Name: "a", Group: "G10"}, {Name: "b", Group: "G2"}, {Name: "c", Group: "G2"}, {Name: "d"}})
	if got := c.Groups(); !slices.Equal(got, []string{"G2", "G10"}) {
		t.Errorf("%q", got)
	}
	if _, err := json.Marshal(c.Pupils()); err != nil {
		t.Error(err)
	}
}

func TestAListThatComesAgainKeepsWhatItDoesNotSay(t *testing.T) {
	c := newClass(t)
	seat := roster.Seat{Row: 1, Column: 1}
	c.pupils.Replace([]roster.Pupil{
		{Name: "Ann", Number: "1", Group: "G1", Seat: seat, Board: "b1"},
		{Name: "Bo", Board: "b2"},
		{Name: "Cy", Number: "3", Board: "b3"},
		{Name: "Cy", Number: "4", Board: "b4"},
		{Name: "gone", Board: "b5"},
	})
	before := c.pupils.Pupils()
	c.Enrol([]roster.Pupil{{Name: "Cy", Number: "4", Planned: "9"}, {Name: "Ann", Group: "G2"}, {Name: "Bo"}, {Name: "Bo"}, {Name: "new", Seat: seat}})
	got := c.pupils.Pupils()
	if got[0].ID != before[3].ID || got[0].Board != "" || got[0].Planned != "9" {
		t.Errorf("the list says another board: %+v", got[0])
	}
	if a := got[1]; a.ID != before[0].ID || a.Group != "G2" || a.Number != "1" || a.Board != "b1" || a.Seat != (roster.Seat{}) {
		t.Errorf("Ann, on whose seat another sits: %+v", a)
	}
	if got[2].Board+got[3].Board != "" {
		t.Errorf("who of two is meant nobody knows: %+v", got[2:4])
	}
	c.pupils.Replace([]roster.Pupil{{Name: "Bo", Group: "G1", Board: "b1"}, {Name: "Bo", Group: "G2", Board: "b2"}})
	c.Enrol([]roster.Pupil{{Name: "Bo", Group: "G2"}, {Name: "Bo", Group: "G1"}})
	if got := c.pupils.Pupils(); got[0].Board != "b2" || got[1].Board != "b1" {
		t.Errorf("two of one name, told apart by their groups: %+v", got)
	}
	c.pupils.Restore(c.pupils.Plan(), before)
	c.pupils.Restore(c.pupils.Plan(), before)
	if !slices.Equal(c.pupils.Pupils(), before) {
		t.Errorf("%+v", c.pupils.Pupils())
	}
}

func TestWhoeverHasNoSeatGetsAFreeOne(t *testing.T) {
	c := newClass(t).pupils
	c.SetPlan(roster.Plan{Rows: 1, Columns: 3})
	c.Replace([]roster.Pupil{{Name: "a"}, {Name: "b", Seat: roster.Seat{Row: 1, Column: 1}}, {Name: "c"}, {Name: "d"}})
	c.Seated()
	var at []int
	for _, p := range c.Pupils() {
		at = append(at, c.Plan().At(p.Seat))
	}
	if !slices.Equal(at, []int{1, 0, 2, -1}) {
		t.Errorf("%v", at)
	}
}

func TestABoardIsOfThoseWhoShareItAndGoesToWhomASetupWasFor(t *testing.T) {
	c := newClass(t)
	c.Enrol([]roster.Pupil{{Name: "Ann"}, {Name: "Bo", Planned: "第7号"}, {Name: "Cy", Planned: "window"}})
	all := c.WithoutBoard()
	if len(all) != 3 || all[0].Number != -1 || all[1].Number != 7 || all[2].Number != -1 {
		t.Fatalf("%+v", all)
	}
	x := setup.Answers{Base: "class/lamp-01", Name: "lamp-01", Broker: setup.BrokerChoice{BuiltIn: true}, Pupil: all[0].ID}
	if err := c.Remember(x, device.Identity{ID: "b1"}, setup.Account{Topics: device.LampTopics(x.Base)}); err != nil {
		t.Fatal(err)
	}
	if err := c.pupils.AssignBoard(all[2].ID, "b1"); err != nil {
		t.Fatal(err)
	}
	if p := c.PupilFor("b1"); p.Name != "Ann Cy" || c.PupilFor("b2") != (setup.Pupil{}) {
		t.Errorf("%+v", p)
	}
	if got := c.Owners(); len(got) != 1 || !slices.Equal(names(got["class/lamp-01"]), []string{"Ann", "Cy"}) {
		t.Errorf("%+v", got)
	}
	x.Pupil = all[1].ID
	if err := c.Remember(x, device.Identity{ID: "b1"}, setup.Account{Topics: device.LampTopics(x.Base)}); err != nil || len(c.WithoutBoard()) != 0 {
		t.Errorf("%v, %+v", err, c.WithoutBoard())
	}
}

func TestAListThatWasSavedGivesEachPupilItsBoardBack(t *testing.T) {
	c := newClass(t)
	c.settings.Update(func(v *settings.Values) {
		v.SetBoard(settings.Board{ID: "elsewhere", Name: "lamp-02", Base: "class/lamp-02", Connection: "school"})
		v.SetBoard(settings.Board{ID: "b2", Name: "lamp-02", Base: "class/lamp-02"})
		v.SetBoard(settings.Board{ID: "far", Name: "lamp-05", Base: "class/lamp-05", Connection: "school"})
		v.SetBoard(settings.Board{ID: "twin", Name: "window", Base: "class/lamp-08"})
		v.SetBoard(settings.Board{ID: "twins", Name: "window", Base: "class/lamp-09"})
	})
	if err := c.lamps.AddKnown(lights.Entry{Base: "class/lamp-03", Name: "door", Topics: device.LampTopics("class/lamp-03")}); err != nil {
		t.Fatal(err)
	}
	list := []roster.Pupil{{Name: "two", Planned: "lamp-02"}, {Name: "heard", Planned: "door"}, {Name: "far", Planned: "lamp-05"}}
	c.Enrol(list)
	for i, want := range []string{"b2", c.BoardOf("class/lamp-03"), "far"} {
		if p := c.pupils.Pupils()[i]; p.Board != want || p.Planned != "" {
			t.Errorf("%s has %q (%q), want %q", p.Name, p.Board, p.Planned, want)
		}
	}
	c.pupils.Replace([]roster.Pupil{{Name: "second", Board: "twins"}})
	c.Enrol([]roster.Pupil{{Name: "second", Planned: "window"}})
	if p := c.pupils.Pupils()[0]; p.Board != "twins" {
		t.Errorf("of two boards with one name the pupil had the second, and has %q now", p.Board)
	}
}

func TestAPupilIsFoundByNameWhereNobodyElseIsCalledSo(t *testing.T) {
	c := newClass(t)
	c.settings.Update(func(v *settings.Values) { v.SetBoard(settings.Board{ID: "b1", Name: "lamp-01", Base: "class/lamp-01"}) })
	long := "Maximiliana Theodora von Hohenstein-Brandenburg"
	c.pupils.Replace([]roster.Pupil{{Name: long, Board: "b1"}, {Name: "Wei"}})
	if got := c.LampOf(strings.ToUpper(long)); got != "class/lamp-01" {
		t.Errorf("a long name has %q", got)
	}
	if got := c.LampOf("wei") + c.LampOf("nobody"); got != "" {
		t.Errorf("who has no board has %q", got)
	}
	c.pupils.Replace([]roster.Pupil{{Name: "Wei", Board: "b1"}, {Name: "Wei"}})
	if got := c.LampOf("Wei"); got != "" {
		t.Errorf("one of two gets the other's lamp: %q", got)
	}
}
