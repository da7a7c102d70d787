package views

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/app/lights"
	"lamplighter/app/link"
	"lamplighter/device"
	"lamplighter/i18n"
)

// inEveryLanguage runs f once for each, and leaves English.
func inEveryLanguage(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	t.Cleanup(func() { _ = i18n.Use("en") })
	for _, l := range i18n.Languages() {
		if err := i18n.Use(l.Tag); err != nil {
			t.Fatal(err)
		}
		t.Run(l.Tag, f)
	}
}

func against(fault device.Fault, r presets.RuleError) error {
	return &device.Error{Fault: fault, Op: "publish", Err: &r}
}

func TestEveryRuleNamesItsPlatformAndSaysWhatToDo(t *testing.T) {
	inEveryLanguage(t, func(t *testing.T) {
		for _, rule := range presets.AllRules() {
			for _, p := range presets.All() {
				for _, limit := range []int{0, 1, 2, 1024} {
					err := against(device.AgainstRules, presets.RuleError{Preset: p.ID, Rule: rule, Limit: limit, Wait: 12 * time.Second})
					got := explain(err)
					general := words(faultKey(device.AgainstRules))
					if got.Title == general.Title || got.Advice == general.Advice || got.Detail == "" {
						t.Errorf("%s of %s has no words of its own: %+v", rule, p.ID, got)
					}
					if !strings.Contains(got.Title, calledPreset(p)) {
						t.Errorf("%s: %q does not name %s", rule, got.Title, calledPreset(p))
					}
					if all := got.Title + got.Advice; strings.Contains(all, "rule.") || strings.Contains(all, "<no value>") {
						t.Errorf("%s of %s: %q", rule, p.ID, all)
					}
				}
			}
		}
	})
}

func TestALimitAndTheTimeToWaitAreToldInNumbers(t *testing.T) {
	inEveryLanguage(t, func(t *testing.T) {
		for _, c := range []struct {
			rule  presets.RuleError
			words []string
		}{
			{presets.RuleError{Preset: "adafruit", Rule: presets.RateRule, Limit: 30, Wait: 11*time.Second + time.Millisecond}, []string{"30", "12"}},
			{presets.RuleError{Preset: "adafruit", Rule: presets.ThrottleRule, Limit: 30, Wait: 29 * time.Second}, []string{"29"}},
			{presets.RuleError{Preset: "adafruit", Rule: presets.PayloadRule, Limit: 1024}, []string{"1.0 KB"}},
			{presets.RuleError{Preset: "siot", Rule: presets.TopicRule, Limit: 2}, []string{"2", "school/lamp"}},
			{presets.RuleError{Preset: "siot", Rule: presets.FilterRule, Limit: 2}, []string{"2", "school/+"}},
		} {
			p := explain(against(device.TooMany, c.rule))
			for _, want := range c.words {
				if !strings.Contains(p.Title+" "+p.Advice, want) {
					t.Errorf("%s: %q is not in %q, %q", c.rule.Rule, want, p.Title, p.Advice)
				}
			}
		}
	})
}

func TestWhatIsNotKnownOfAPlatformIsNotSaidAsIfItWere(t *testing.T) {
	unknown := explain(against(device.AgainstRules, presets.RuleError{Preset: "easyiot", Rule: presets.RetainRule})).Title
	found := explain(against(device.AgainstRules, presets.RuleError{Preset: "easyiot", Rule: presets.RetainRule, Found: true})).Title
	known := explain(against(device.AgainstRules, presets.RuleError{Preset: "adafruit", Rule: presets.RetainRule})).Title
	if !strings.HasPrefix(unknown, "Nobody knows yet") || found != "Easy IoT keeps no messages (retained)" || known != "Adafruit IO keeps no messages (retained)" {
		t.Errorf("%q, %q, %q", unknown, found, known)
	}
}

func TestALampThatWasRefusedSaysWhichPlatformAndWhy(t *testing.T) {
	l := lights.Light{Phase: lights.NotSent, Why: &device.Error{Fault: device.TooMany, Op: "publish", Err: &presets.RuleError{Preset: "adafruit", Rule: presets.RateRule, Limit: 30, Wait: time.Second}}}
	if got := describeLamp(l, time.Now()).truth; got != "Adafruit IO allows 30 messages a minute" {
		t.Errorf("the card says %q", got)
	}
	l.State, l.Confirmed = lights.On, time.Date(2026, 11, 23, 9, 5, 0, 0, time.Local)
	if got := describeLamp(l, l.Confirmed).truth; got != "Adafruit IO allows 30 messages a minute, so nothing was sent. It was on at 09:05." {
		t.Errorf("the card says %q, and not what is known of the lamp", got)
	}
}

func TestTheClientIDOfAFightIsNamedAndHarmless(t *testing.T) {
	fight := func(id string) error {
		return &device.Error{Fault: device.DuplicateClient, Op: "stay connected", Err: &link.FightError{
			ClientID: id, Address: "school.local:1883", Err: fmt.Errorf("EOF"),
		}}
	}
	w, _ := newTestWindow(t, nil)
	st := Status{Link: LinkDown, Broker: "School", Address: "school.local:1883", Err: fight("pupil-7")}
	if got := statusOf(w).describe(st).text; !strings.Contains(got, "pupil-7") || !strings.Contains(got, "school.local:1883") {
		t.Errorf("the status line says %q", got)
	}
	if got := explain(fight("evil\u202e\n" + strings.Repeat("x", 500))).Title; strings.ContainsAny(got, "\u202e\n") || len(got) > 200 {
		t.Errorf("%q", got)
	}
}

func TestALoginThatIsNotOfItsPlatformsFormNamesTheField(t *testing.T) {
	inEveryLanguage(t, func(t *testing.T) {
		for _, p := range presets.All() {
			_, err := p.AppLogin(presets.Inputs{User: "\x01", Password: "\x01"})
			if len(p.Fields) == 0 || p.Fields[0].Key == presets.Host && p.ID == presets.Free {
				continue
			}
			got, general := explain(err), words(faultKey(device.BadValue))
			if err == nil || got.Title == "" || got.Title == general.Title || got.Advice == general.Advice || strings.Contains(got.Detail, "\x01") {
				t.Errorf("%s: %+v", p.ID, got)
			}
		}
	})
}
