package topics

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/widget"

	"lamplighter/app/broker/presets"
	"lamplighter/app/link"
	"lamplighter/app/topics"
	"lamplighter/app/uplink"
	"lamplighter/device/fault"
	"lamplighter/i18n"
	"lamplighter/views/problem"
	"lamplighter/views/viewtest"
)

func init() {
	refusal := func(preset string, rule presets.Rule, limit int) error {
		return &fault.Error{Fault: fault.AgainstRules, Op: "subscribe", Err: &presets.RuleError{Preset: preset, Rule: rule, Limit: limit}}
	}
	on := func(platform string, keeps presets.Support, browsed []string, subs ...uplink.Subscription) func(*viewtest.Env, *topicRoom) {
		return func(e *viewtest.Env, r *topicRoom) {
			e.Status.Link, e.Status.Broker, e.Status.Address, e.Status.Preset = link.Online, "the.host", "the.host:1883", platform
			r.lesson()
			r.traffic.Preset, r.traffic.Keeps, r.traffic.Filters, r.traffic.Subs = platform, keeps, browsed, subs
		}
	}
	write := func(_ *viewtest.Env, p *topicPage) { p.right.publishTo("class/lamp-03/light/set") }
	topicScene("platform-adafruit", on("adafruit", "", []string{"teacher/feeds/+", "teacher/throttle", "teacher/errors"},
		uplink.Subscription{Filter: "somebody/feeds/lamp", Answered: true, Err: refusal("adafruit", presets.FilterRule, 0)},
		uplink.Subscription{Filter: "teacher/groups/+", QoS: 1, Answered: true, Granted: 1}), write)
	topicScene("platform-easyiot", on("easyiot", "", []string{}, uplink.Subscription{Filter: "#", Answered: true, Err: refusal("easyiot", presets.AllRule, 0)}), write)
	topicScene("platform-onenet", on("onenet", "", []string{}), write)
	topicScene("platform-public", on("public", "", []string{"class-abcdefghjk/#"}), write)
}

func TestThePublishFormOffersWhatThePlatformAllows(t *testing.T) {
	p, r, _ := topicWindow(t)
	u := p.right.publish
	for _, c := range []struct {
		platform string
		keeps    presets.Support
		highest  int
		able     bool
		why      string
	}{
		{"own", "", 2, true, ""},
		{"siot", "", 0, true, ""},
		{"adafruit", "", 1, false, "Adafruit IO does not keep messages"},
		{"own", "", 2, true, ""},
		{"easyiot", "", 0, false, "Not known yet: whether Easy IoT"},
		{"easyiot", presets.No, 0, false, "Easy IoT does not keep messages"},
		{"easyiot", presets.Yes, 0, true, ""},
		{"onenet", presets.Yes, 1, false, "OneNET does not keep messages"},
	} {
		r.traffic.Preset = "own"
		r.traffic.Signal.Raise()
		u.qos.SetSelectedIndex(2)
		u.retained.SetChecked(true)
		r.traffic.Preset, r.traffic.Keeps = c.platform, c.keeps
		r.traffic.Signal.Raise()
		if got := len(u.qos.Options) - 1; got != c.highest || u.qos.SelectedIndex() != min(2, c.highest) {
			t.Errorf("%s: QoS to %d, chosen %d", c.platform, got, u.qos.SelectedIndex())
		}
		if u.retained.Disabled() == c.able || u.retained.Checked != c.able {
			t.Errorf("%s %q: retained disabled %v, ticked %v", c.platform, c.keeps, u.retained.Disabled(), u.retained.Checked)
		}
		if u.noKeep.Visible() == c.able || !strings.HasPrefix(u.noKeep.Text, c.why) {
			t.Errorf("%s %q: the reason is %q", c.platform, c.keeps, u.noKeep.Text)
		}
	}
}

func TestNoQoSAboveThePlatformsIsOfferedAndThatIsSaid(t *testing.T) {
	p, r, _ := topicWindow(t)
	for _, pr := range presets.All() {
		r.traffic.Preset = "own"
		r.traffic.Signal.Raise()
		p.subs.qos.SetSelectedIndex(2)
		r.traffic.Preset = pr.ID
		r.traffic.Signal.Raise()
		highest := int(pr.Rules.MaxQoS)
		if got := len(p.subs.qos.Options) - 1; got != highest || p.subs.qos.SelectedIndex() != highest {
			t.Errorf("%s: QoS to %d, chosen %d", pr.ID, got, p.subs.qos.SelectedIndex())
		}
		for _, why := range []*widget.Label{p.subs.hint, p.right.publish.noQoS} {
			said := why.Visible() && strings.Contains(why.Text, i18n.T("topics.qos.most", "Platform", problem.PresetName(pr), "QoS", highest))
			if said != (highest < 2) {
				t.Errorf("%s: the reason is %q, seen %v", pr.ID, why.Text, why.Visible())
			}
		}
		p.right.publish.fill(topics.Draft{Topic: "a", QoS: 2})
		if got := p.right.publish.qos.SelectedIndex(); got != highest {
			t.Errorf("%s: a message of QoS 2 that is published again has %d", pr.ID, got)
		}
		p.subs.filter.SetText("a/b")
		p.subs.submit()
		if subs := r.traffic.Subs; len(subs) == 0 || int(subs[len(subs)-1].QoS) != highest {
			t.Errorf("%s: subscribed with %+v", pr.ID, subs)
		}
		r.traffic.Subs = nil
	}
}

func TestEverythingCanBeAskedForOnlyWhereThePlatformAllowsIt(t *testing.T) {
	p, r, _ := topicWindow(t)
	for _, pr := range presets.All() {
		r.traffic.Preset, r.traffic.Subs = pr.ID, nil
		r.traffic.Signal.Raise()
		able := !pr.Rules.NoAll && !pr.Rules.NoWildcards
		if p.subs.all.Disabled() == able {
			t.Errorf("%s: disabled %v", pr.ID, p.subs.all.Disabled())
		}
		said := p.subs.hint.Visible() && strings.Contains(p.subs.hint.Text, problem.PresetName(pr)+" does not allow “everything” (#)") || strings.Contains(p.noted, problem.PresetName(pr))
		if said == able {
			t.Errorf("%s: the reason is %q, %q", pr.ID, p.subs.hint.Text, p.noted)
		}
		r.traffic.Subs = []uplink.Subscription{{Filter: everything}}
		r.traffic.Signal.Raise()
		if p.subs.all.Disabled() {
			t.Errorf("%s: what is subscribed to can't be ended", pr.ID)
		}
	}
}

func TestAChipSaysWhichPlatformDoesNotAllowItsFilter(t *testing.T) {
	p, r, _ := topicWindow(t)
	r.traffic.Filters = []string{"teacher/feeds/+"}
	r.traffic.Subs = []uplink.Subscription{{Filter: "pupil/feeds/x", Answered: true, Err: &fault.Error{
		Fault: fault.AgainstRules, Op: "subscribe", Err: &presets.RuleError{Preset: "adafruit", Rule: presets.FilterRule},
	}}}
	r.traffic.Signal.Raise()
	for _, want := range []string{"pupil/feeds/x · Adafruit IO does not allow it", "This classroom: teacher/feeds/+"} {
		if !viewtest.Shows(p.subs.chips, want) {
			t.Errorf("%q is not said", want)
		}
	}
	r.traffic.Filters = []string{}
	r.traffic.Signal.Raise()
	if !viewtest.Shows(p.subs.chips, "Only the topics of the lamps") {
		t.Error("a platform without filters is said to have one")
	}
}

func TestOnAPlatformThatIsAskedTheTopicsPageSaysSo(t *testing.T) {
	p, r, _ := topicWindow(t)
	for _, pr := range presets.All() {
		r.traffic.Preset = pr.ID
		r.traffic.Signal.Raise()
		if said := strings.Contains(p.noted, "asked for"); said != (pr.ID == "onenet") || p.note.Visible() != said {
			t.Errorf("%s: %q", pr.ID, p.noted)
		}
	}
}
