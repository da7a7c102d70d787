package problem

import (
	"strings"
	"testing"
	"time"

	"lamplighter/app/broker/presets"
	"lamplighter/device/fault"
	"lamplighter/i18n"
)

// inEveryLanguage runs f once for each, and leaves English.
func inEveryLanguage(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	t.Cleanup(func() { _ = i18n.SetLanguage("en") })
	for _, l := range i18n.Languages() {
		if err := i18n.SetLanguage(l.Tag); err != nil {
			t.Fatal(err)
		}
		t.Run(l.Tag, f)
	}
}

func against(kind fault.Fault, r presets.RuleError) error {
	return &fault.Error{Fault: kind, Op: "publish", Err: &r}
}

func TestEveryRuleNamesItsPlatformAndSaysWhatToDo(t *testing.T) {
	inEveryLanguage(t, func(t *testing.T) {
		for _, rule := range presets.AllRules() {
			for _, p := range presets.All() {
				for _, limit := range []int{0, 1, 2, 1024} {
					err := against(fault.AgainstRules, presets.RuleError{Preset: p.ID, Rule: rule, Limit: limit, Wait: 12 * time.Second})
					got := Explain(err)
					general := words(faultKey(fault.AgainstRules))
					if got.Title == general.Title || got.Advice == general.Advice || got.Detail == "" {
						t.Errorf("%s of %s has no words of its own: %+v", rule, p.ID, got)
					}
					if !strings.Contains(got.Title, PresetName(p)) {
						t.Errorf("%s: %q does not name %s", rule, got.Title, PresetName(p))
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
			p := Explain(against(fault.TooMany, c.rule))
			for _, want := range c.words {
				if !strings.Contains(p.Title+" "+p.Advice, want) {
					t.Errorf("%s: %q is not in %q, %q", c.rule.Rule, want, p.Title, p.Advice)
				}
			}
		}
	})
}

func TestWhatIsNotKnownOfAPlatformIsNotSaidAsIfItWere(t *testing.T) {
	unknown := Explain(against(fault.AgainstRules, presets.RuleError{Preset: "easyiot", Rule: presets.RetainRule})).Title
	found := Explain(against(fault.AgainstRules, presets.RuleError{Preset: "easyiot", Rule: presets.RetainRule, Found: true})).Title
	known := Explain(against(fault.AgainstRules, presets.RuleError{Preset: "adafruit", Rule: presets.RetainRule})).Title
	if !strings.HasPrefix(unknown, "Not known yet") || found != "Easy IoT does not keep messages (retained)" || known != "Adafruit IO does not keep messages (retained)" {
		t.Errorf("%q, %q, %q", unknown, found, known)
	}
}

func TestALoginThatIsNotOfItsPlatformsFormNamesTheField(t *testing.T) {
	inEveryLanguage(t, func(t *testing.T) {
		for _, p := range presets.All() {
			_, err := p.AppLogin(presets.Inputs{User: "\x01", Password: "\x01"})
			if len(p.Fields) == 0 || p.Fields[0].Key == presets.Host && p.ID == presets.Free {
				continue
			}
			got, general := Explain(err), words(faultKey(fault.BadValue))
			if err == nil || got.Title == "" || got.Title == general.Title || got.Advice == general.Advice || strings.Contains(got.Detail, "\x01") {
				t.Errorf("%s: %+v", p.ID, got)
			}
		}
	})
}
