package wizard

import (
	"strings"
	"testing"

	"lamplighter/app/broker/presets"
	"lamplighter/app/setup"
	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/viewtest"
)

func TestAWrongLoginIsToldInTheWordsOfThePlatformsPage(t *testing.T) {
	for id, field := range map[string]string{"bemfa": "“Private key”", "adafruit": "“Username”, “Active Key (AIO key)”", "siot": "“User name”, “Password”"} {
		for _, kind := range []fault.Fault{fault.BadClientID, fault.BadLogin, fault.NotAllowed} {
			_, w, _ := stagedWizard(t, setup.Broker{Draft: platformDraft(id), Problem: &fault.Error{Fault: kind, Op: "log in"}})
			said := strings.Join(viewtest.TextsIn(w.page.content()), "\n")
			if !strings.Contains(said, field) || strings.Contains(said, "client ID") {
				t.Errorf("%s, %v:\n%s", id, kind, said)
			}
		}
	}
	for _, err := range []error{
		problem.AtPlatform(&fault.Error{Fault: fault.BadLogin, Op: "log in"}, presets.ByID(presets.Free), device.Broker{}),
		problem.AtPlatform(&fault.Error{Fault: fault.BadLogin, Op: "log in"}, presets.ByID("public"), device.Broker{}),
		problem.AtPlatform(&fault.Error{Fault: fault.BadProtocol, Op: "connect"}, presets.ByID("bemfa"), device.Broker{}),
	} {
		if _, ok := problem.PlatformWords(err); ok {
			t.Errorf("%v is told as a platform's login", err)
		}
	}
}

func TestABoardThatItsPlatformRefusesIsToldInTheWordsOfItsOwnFields(t *testing.T) {
	for _, c := range []struct {
		preset string
		fault  fault.Fault
		Field  string
	}{
		{"onenet", fault.BadLogin, "“Device name”"},
		{"onenet", fault.NoAnswer, "“Identifier of the lamp”"},
		{"easyiot", fault.TopicRefused, "“Topic”"},
		{"easyiot", fault.NoAnswer, "“Topic”"},
		{"bemfa", fault.TopicRefused, "“Topic”"},
	} {
		problem := &fault.Error{Fault: c.fault, Op: "prove"}
		for _, state := range []setup.State{
			setup.Proving{Draft: platformDraft(c.preset), Problem: problem}, setup.Naming{Draft: platformDraft(c.preset), Problem: problem},
		} {
			_, w, _ := stagedWizard(t, state)
			said := strings.Join(viewtest.TextsIn(w.page.content()), "\n")
			if !strings.Contains(said, c.Field+":") && !strings.Contains(said, c.Field+",") || strings.Contains(said, "user or password") {
				t.Errorf("%T, %s, %v:\n%s", state, c.preset, c.fault, said)
			}
		}
	}
}

func TestTheSameTopicTwiceIsNotCalledMalformed(t *testing.T) {
	p := presets.ByID("easyiot")
	err := p.Check(presets.Inputs{TopicScheme: "two", Place: presets.BoardFields{Topic: "Bkgk2zXb4", Answer: "Bkgk2zXb4"}}, true)
	if _, words := problem.FieldText(err, p); !strings.Contains(words, "the same as the first") {
		t.Errorf("it is told as %q", words)
	}
}

func TestATopicOfAnotherLampIsToldWithThatLampsName(t *testing.T) {
	held := &presets.FieldError{Preset: "easyiot", Key: presets.Answer, Reason: device.Taken, By: "后排灯"}
	_, w, _ := stagedWizard(t, setup.Naming{Draft: platformDraft("easyiot"), Problem: &fault.Error{Fault: fault.BadValue, Op: "check", Err: held}})
	if said := strings.Join(viewtest.TextsIn(w.page.content()), "\n"); !strings.Contains(said, "“后排灯”") {
		t.Errorf("it is not told whose it is:\n%s", said)
	}
}

func TestABoardThatCantCheckTheTrustedCertificateIsToldAsThat(t *testing.T) {
	refusal := &fault.Error{Fault: fault.BadCertificate, Op: "prove accepted"}
	for ca, want := range map[string]string{"PEM": i18n.T("problem.board-certificate.title"), "": i18n.T("problem.bad-certificate.title")} {
		c := setup.BrokerChoice{Other: device.Broker{Host: "mqtt.school.example", Port: 8883, TLS: true, CA: ca}}
		if told := problem.Explain(problem.AtBoard(refusal, c)); told.Title != want {
			t.Errorf("with the CA %q it is told as %q, want %q", ca, told.Title, want)
		}
	}
}
