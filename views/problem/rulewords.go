package problem

import (
	"errors"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/i18n"
	"lamplighter/views/format"
)

// PlatformName is what a preset is called in a sentence in the window's language.
func PlatformName(id string) string { return PresetName(presets.ByID(id)) }

// ruleWords says which rule of which platform is against it, and what to do;
// false for an error that is about no rule.
func ruleWords(err error) (Problem, bool) {
	var r *presets.RuleError
	if !errors.As(err, &r) {
		return Problem{}, false
	}
	name := PlatformName(r.Preset)
	say := func(rule string) Problem {
		return Problem{Title: i18n.T("rule."+rule+".title", "Platform", name), Advice: i18n.T("rule." + rule + ".advice")}
	}
	switch r.Rule {
	case presets.TopicRule, presets.FilterRule:
		p := say(string(r.Rule))
		if r.Limit > 0 {
			p.Advice = i18n.N("rule."+string(r.Rule)+".levels", r.Limit)
		}
		return p, true
	case presets.RetainRule:
		if presets.ByID(r.Preset).Rules.Retain == presets.Unknown && !r.Found {
			return say("retain.unknown"), true
		}
		return say("retain"), true
	case presets.AllRule:
		return say("all"), true
	case presets.PayloadRule:
		return Problem{
			Title:  i18n.T("rule.payload.title", "Platform", name),
			Advice: i18n.T("rule.payload.advice", "Size", format.Size(r.Limit)),
		}, true
	case presets.RateRule:
		return Problem{
			Title:  i18n.N("rule.rate.title", r.Limit, "Platform", name),
			Advice: i18n.N("rule.rate.advice", seconds(r)),
		}, true
	case presets.ThrottleRule:
		return Problem{Title: i18n.T("rule.throttle.title", "Platform", name), Advice: i18n.N("rule.throttle.advice", seconds(r))}, true
	}
	return Problem{}, false
}

// seconds is how long to wait, in whole seconds and never none.
func seconds(r *presets.RuleError) int { return format.Seconds(r.Wait) }

// fightWords names the client id over which two programs fight.
func fightWords(err error) (title string, ok bool) {
	var f *link.FightError
	if !errors.As(err, &f) {
		return "", false
	}
	return i18n.T("problem.duplicate-client.named", "Address", f.Address, "ID", format.ClientText(f.ClientID)), true
}
