package settings

import (
	"os"
	"testing"
)

func TestADeletedFolderIsMadeAgainWithAllThatIsKnown(t *testing.T) {
	dir := t.TempDir() + "/data"
	secrets, err := OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, secrets)
	if err != nil {
		t.Fatal(err)
	}
	if err := secrets.Set("wifi", "chalk"); err != nil {
		t.Fatal(err)
	}
	s.Update(func(v *Values) { v.Classroom = "room-7" })
	if err := s.flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.Update(func(v *Values) { v.Language = "en" })
	if err := secrets.Set("broker", "cheese"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"wifi": "chalk", "broker": "cheese"} {
		if got, err := again.Get(key); got != want || err != nil {
			t.Errorf("the secret %s is %q, %v", key, got, err)
		}
	}
	s, err = Open(dir, again)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if v := s.Values(); v.Classroom != "room-7" || v.Language != "en" {
		t.Errorf("the settings are %q, %q", v.Classroom, v.Language)
	}
}
