package views

import (
	"testing"
	"time"

	"lamplighter/app"
	"lamplighter/app/apptest"
	"lamplighter/app/expiry"
	"lamplighter/app/secrets"
	"lamplighter/app/settings"
	"lamplighter/assets"
	"lamplighter/i18n"
	"lamplighter/views/viewtest"
)

func TestTheRunningProgramTellsOfAPasswordWhenItsTimeComes(t *testing.T) {
	loop := apptest.NewLoop(t)
	dir := t.TempDir()
	secrets, err := secrets.OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Start(app.Options{
		Dir: dir, Post: loop.Post, Cables: viewtest.QuietProvisioner{}, Files: assets.Board(), Secrets: secrets, Host: "127.0.0.1", Language: i18n.BoardLanguage,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	parts := Bind(a, nil, "", false)
	told := expiry.Summary{}
	parts.StatusChanged.Listen(func() { told = parts.Status().Expiry })
	a.Settings.Update(func(v *settings.Values) {
		v.Boards = []settings.Board{{ID: "a1", Base: "class/lamp-01", Name: "lamp-01", Expires: time.Now().Add(expiry.Warning + time.Second)}}
	})
	loop.RunUntil(func() bool { return told.Count == 1 }, "the warning, which time alone brings")
	if told.Expired || told.Name != "lamp-01" {
		t.Errorf("told %+v", told)
	}
}
