package settings

import (
	"os"
	"testing"

	"lamplighter/app/secrets"
)

func TestADeletedFolderIsMadeAgainWithAllThatIsKnown(t *testing.T) {
	dir := t.TempDir() + "/data"
	kept, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Set("wifi", "chalk"); err != nil {
		t.Fatal(err)
	}
	s.Update(func(v *Values) { v.Classroom = "room-7" })
	if err := s.file.flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.Update(func(v *Values) { v.Language = "en" })
	if err := kept.Set("broker", "cheese"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := secrets.OpenFile(dir)
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
