package presets

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamplighter/device"
)

func TestEveryPresetIsWholeInBothLanguages(t *testing.T) {
	ids := map[string]bool{}
	for _, p := range All() {
		if ids[p.ID] || p.ID == "" {
			t.Errorf("%q is there twice, or has no ID", p.ID)
		}
		ids[p.ID] = true
		words := append([]Words{p.Name, p.About}, p.Limits...)
		for _, f := range p.Fields {
			words = append(words, f.Label)
			if f.Where != (Words{}) {
				words = append(words, f.Where)
			}
			if _, err := regexp.Compile(f.Pattern); err != nil {
				t.Error(p.ID, err)
			}
			for _, text := range []string{f.Example, f.Default} {
				if reason, ok := f.check(text); text != "" && !ok {
					t.Errorf("%s: %q is no %s: it is %v", p.ID, text, f.Key, reason)
				}
			}
		}
		for _, w := range p.TopicSchemes {
			words = append(words, w.Name, w.About)
		}
		if p.Group == Public {
			words = append(words, p.Warning)
		}
		if p.Short != (Words{}) {
			words = append(words, p.Short)
		}
		if len(p.Servers) > 1 {
			for _, s := range p.Servers {
				words = append(words, s.Name)
			}
		}
		for _, w := range words {
			if w.English == "" || w.Chinese == "" {
				t.Errorf("%s: %+v is not in both languages", p.ID, w)
			}
		}
		if len(p.TopicSchemes) == 0 || p.Rules.Retain == "" || p.Rules.Will == "" {
			t.Errorf("%s says too little", p.ID)
		}
		_, typed := p.Field(Host)
		if typed == (len(p.Servers) > 0) {
			t.Errorf("%s: its address is neither known nor asked for, or both", p.ID)
		}
	}
	if ByID("no such").ID != Free {
		t.Error("an unknown preset is no broker of one's own")
	}
}

func TestTheReadMeTellsOfEveryPlatformWhatWorksAndWhatItDoesNotAllow(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range All() {
		_, row, found := strings.Cut(string(text), "\n| "+p.Name.English)
		row, _, _ = strings.Cut(row, "\n")
		cells := strings.Split(row, " |") // what is left of the name, what works, what is not allowed, the end
		if !found || len(cells) != 4 || len(cells[1]) < 4 || len(cells[2]) < 4 {
			t.Errorf("README's table of platforms has no row that begins with %q: %q", p.Name.English, row)
		}
	}
}

// typed is what a teacher types for a preset: the usual, and where a field is of
// another form, its example.
func typed(p Preset, way string) Inputs {
	in := usual(way)
	for _, f := range p.Fields {
		if _, ok := f.check(in.get(f.Key)); ok || f.Example == "" {
			continue
		}
		switch f.Key {
		case User:
			in.User = f.Example
		case Password:
			in.Password = f.Example
		default:
			in.Place = in.Place.With(f.Key, f.Example)
		}
	}
	return in
}

func usual(way string) Inputs {
	return Inputs{
		TopicScheme: way, User: "u1", Password: "c2VjcmV0", TopicPrefix: "class-abc", Base: "class/lamp-07", BoardID: "a1b2", Now: time.Unix(1700000000, 0),
		Place: BoardFields{Topic: "lamp07002", Answer: "lamp08002", Device: "lamp07", Secret: "ZGV2aWNl", Property: "light"},
	}
}

func each(t *testing.T, f func(t *testing.T, p Preset, w TopicScheme, a Account)) {
	for _, p := range All() {
		for _, w := range p.TopicSchemes {
			t.Run(p.ID+" "+w.ID, func(t *testing.T) {
				a, err := p.Account(typed(p, w.ID))
				if err != nil {
					t.Fatal(err)
				}
				f(t, p, w, a)
			})
		}
	}
}

func TestEveryWayMakesTopicsThatABoardCanUse(t *testing.T) {
	each(t, func(t *testing.T, p Preset, w TopicScheme, a Account) {
		if all := fmt.Sprintf("%+v", a); strings.ContainsAny(all, "{}") && strings.Contains(all, "{u") {
			t.Errorf("a template is left: %s", all)
		}
		for _, topics := range []device.Topics{a.Topics, a.AppTopics} {
			if err := topics.Check(); err != nil {
				t.Error(err)
			}
		}
		if a.Topics.Retain && p.Rules.Retain == No {
			t.Error("the board would keep (retain) what the platform does not")
		}
		if a.Topics.Status != "" && p.Rules.Will != Yes {
			t.Error("the board would leave a last will that the platform may refuse")
		}
		if a.Topics.Config != "" && !p.Rules.Foreign {
			t.Error("the board would announce itself where nobody may")
		}
	})
}

func TestThePanelsCommandsAndSubscriptionsFitTheirOwnPlatform(t *testing.T) {
	each(t, func(t *testing.T, p Preset, w TopicScheme, a Account) {
		k := p.Limiter(typed(p, w.ID))
		if qos, err := k.Publish(a.AppTopics.CommandTopic(), []byte("off"), 2, false); err != nil || qos > p.Rules.MaxQoS {
			t.Error(a.AppTopics.CommandTopic(), qos, err)
		}
		for _, topic := range []string{a.AppTopics.State, a.AppTopics.Status} {
			if topic == "" {
				continue
			}
			if _, err := k.Subscribe(topic, 1); err != nil {
				t.Error(topic, err)
			}
			if last := k.LastValueTopic(topic); last != "" {
				if _, err := k.Publish(last, nil, 0, false); err != nil {
					t.Error(last, err)
				}
			}
		}
		for _, f := range k.BrowseFilters() {
			if _, err := k.Subscribe(f, 0); err != nil {
				t.Error(f, err)
			}
		}
	})
}

func TestWhatABoardSaysFitsItsPlatform(t *testing.T) {
	each(t, func(t *testing.T, p Preset, w TopicScheme, a Account) {
		if p.Rules.Remote != "" {
			return // its own topics are the platform's
		}
		k := p.Limiter(typed(p, w.ID))
		for _, topic := range []string{a.Topics.StateTopic(), a.Topics.Status, a.Topics.Info, a.Topics.MirrorTopic, a.Topics.RGB, a.Topics.Config} {
			if topic == "" {
				continue
			}
			if _, err := k.Publish(topic, []byte("on"), 0, a.Topics.Retain); err != nil {
				t.Error(topic, err)
			}
		}
	})
}

func TestWhatAPlatformRefusesIsNotSent(t *testing.T) {
	for _, row := range []struct {
		preset, topic string
		payload       int
		retained      bool
		want          Rule
	}{
		{"adafruit", "u1/feeds/lamp-07", 2, false, ""},
		{"adafruit", "u1/f/room.lamp-07/json", 2, false, ""},
		{"adafruit", "u1/feeds/Lamp 7", 2, false, TopicRule},
		{"adafruit", "u1/feeds/lamp-07", 2, true, RetainRule},
		{"adafruit", "u1/feeds/lamp-07", 1025, false, PayloadRule},
		{"adafruit", "other/feeds/lamp-07", 2, false, TopicRule},
		{"adafruit", "homeassistant/light/x/config", 2, false, TopicRule},
		{"adafruit", "u1xfeeds/lamp", 2, false, TopicRule},
		{"siot", "class/lamp", 2, true, ""},
		{"siot", "class/lamp/set", 2, false, TopicRule},
		{"siot", "class/", 2, false, TopicRule},
		{"siot", "lamp", 2, false, TopicRule},
		{"easyiot", "Bkgk2zXb4", 2, false, ""},
		{"easyiot", "Bkgk2zXb4", 2, true, RetainRule}, // nobody knows whether it would be kept
		{"easyiot", "class/lamp", 2, false, TopicRule},
		{"bemfa", "lamp07002/set", 2, false, ""},
		{"bemfa", "lamp07002/other", 2, false, TopicRule},
		{"onenet", "$sys/u1/lamp07/thing/property/set", 2, false, TopicRule},
		{"own", "any/thing/at/all", 1 << 20, true, ""},
	} {
		k := ByID(row.preset).Limiter(typed(ByID(row.preset), ""))
		_, err := k.Publish(row.topic, make([]byte, row.payload), 2, row.retained)
		var refused *RuleError
		errors.As(err, &refused)
		if got := rule(refused); got != row.want {
			t.Errorf("%s %s: %q, want %q", row.preset, row.topic, got, row.want)
		}
	}
}

func rule(e *RuleError) Rule {
	if e == nil {
		return ""
	}
	return e.Rule
}

func TestFiltersThatAPlatformRefusesAreNotAskedFor(t *testing.T) {
	for _, row := range []struct {
		preset, filter string
		want           Rule
	}{
		{"adafruit", "u1/feeds/+", ""},
		{"adafruit", "u1/f/lamp", ""},
		{"adafruit", "u1/feeds/#", FilterRule}, // each value would come three times
		{"adafruit", "#", AllRule},
		{"adafruit", "other/feeds/+", FilterRule},
		{"public", "#", AllRule},
		{"public", "+/#", AllRule},
		{"public", "+/lamp", AllRule},
		{"public", "$share/g/#", AllRule},
		{"public", "$share/g/+/light", AllRule},
		{"public", "$queue/#", AllRule},
		{"public", "$exclusive/$share/g/#", AllRule},
		{"public", "$share/g/class-abc/#", ""},
		{"public", "$SYS/#", ""},
		{"public", "class-abc/#", ""},
		{"easyiot", "+", FilterRule},
		{"siot", "class/+", ""},
		{"siot", "class/#", ""},
		{"siot", "#", ""},
		{"siot", "class/lamp/#", ""}, // # is the level above too
		{"siot", "+/lamp", ""},
		{"siot", "a/b/c", FilterRule},
		{"siot", "class/+/light", FilterRule}, // no topic is so
		{"siot", "+", FilterRule},
		{"siot", "a/b/c/#", FilterRule},
		{"siot", "a//#", FilterRule},
		{"own", "#", ""},
	} {
		_, err := ByID(row.preset).Limiter(typed(ByID(row.preset), "")).Subscribe(row.filter, 0)
		var refused *RuleError
		errors.As(err, &refused)
		if got := rule(refused); got != row.want {
			t.Errorf("%s %s: %q, want %q", row.preset, row.filter, got, row.want)
		}
	}
}

func TestAnAccountsMessagesAMinuteAreNeverMoreThanItsPlanAllows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := ByID("adafruit").Limiter(typed(Preset{}, ""))
		var all []time.Time
		for range 200 {
			time.Sleep(k.Wait(time.Now()))
			k.Sent("u1/feeds/a-set", []byte("on"), time.Now())
			all = append(all, time.Now())
			if k.Observe("u1/feeds/a-set", []byte("on"), false, time.Now()) != NoWord {
				t.Fatal("an echo is a word of the platform's")
			}
		}
		for i := range all[30:] {
			if all[i+30].Sub(all[i]) < time.Minute {
				t.Fatalf("messages %d to %d took %v", i, i+30, all[i+30].Sub(all[i]))
			}
		}
	})
}

// TestARateIsKeptOnALineThatDelaysMessages has somebody tap as fast as it goes
// for an hour. It counts as the platform does, when messages arrive: a lost packet
// holds up all that were sent after it. Boards answer.
func TestARateIsKeptOnALineThatDelaysMessages(t *testing.T) {
	const step = 50 * time.Millisecond
	random := rand.New(rand.NewPCG(1, 2))
	late := func() time.Duration {
		if random.IntN(20) > 0 {
			return time.Duration(random.Int64N(int64(step)))
		}
		return time.Duration(random.Int64N(int64(1900 * time.Millisecond)))
	}
	k, now := ByID("adafruit").Limiter(typed(Preset{}, "")), time.Unix(1700000000, 0)
	var there, answered []time.Time // commands and answers at the platform; each line keeps its order
	var heard []time.Time
	after := func(line []time.Time, at time.Time) time.Time {
		if n := len(line); n > 0 && at.Before(line[n-1]) {
			return line[n-1]
		}
		return at
	}
	for range int(time.Hour / step) {
		now = now.Add(step)
		for len(heard) > 0 && !heard[0].After(now) {
			k.Observe("u1/feeds/a", []byte("on"), false, now)
			heard = heard[1:]
		}
		for k.Wait(now) == 0 {
			k.Sent("u1/feeds/a-set", []byte("on"), now)
			there = append(there, after(there, now.Add(late())))
			answered = append(answered, after(answered, there[len(there)-1].Add(late())))
			heard = append(heard, after(heard, answered[len(answered)-1].Add(late())))
		}
	}
	all := slices.Concat(there, answered)
	slices.SortFunc(all, time.Time.Compare)
	if len(all) < 20*60 {
		t.Errorf("only %d messages went in an hour", len(all))
	}
	for i := range all[30:] {
		if d := all[i+30].Sub(all[i]); d < time.Minute {
			t.Fatalf("31 messages arrived within %v", d)
		}
	}
}

func TestACommandLeavesRoomForItsBoardsAnswer(t *testing.T) {
	k, now := ByID("adafruit").Limiter(typed(Preset{}, "")), time.Unix(1700000000, 0)
	sent := 0
	for k.Wait(now) == 0 {
		k.Sent("u1/feeds/lamp-set", []byte("on"), now)
		sent++
	}
	if sent != 15 {
		t.Errorf("%d commands went at once, and each has an answer", sent)
	}
	for range sent { // in time or later, an answer has its place
		k.Observe("u1/feeds/lamp", []byte("on"), false, now)
	}
	if used, _ := k.Used(now); used != 30 {
		t.Errorf("%d of 30 are used", used)
	}
	k.Observe("u1/feeds/lamp", []byte("off"), false, now) // a button
	if used, _ := k.Used(now); used != 31 {
		t.Errorf("%d of 30 are used after a button was pressed", used)
	}
}

func TestMessagesLieASecondApartWhereAPlatformWantsThatOfEachClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := ByID("easyiot").Limiter(typed(Preset{}, ""))
		var last time.Time
		for i := range 30 {
			time.Sleep(k.Wait(time.Now()))
			if i > 0 && time.Since(last) < time.Second {
				t.Fatalf("message %d came after %v", i, time.Since(last))
			}
			if i > 0 && time.Since(last) > 2*time.Second {
				t.Fatalf("message %d had to wait %v", i, time.Since(last))
			}
			last = time.Now()
			k.Sent("Bkgk2zXb4", []byte("on"), last)
			for range 5 { // what boards say is no matter of this client's
				k.Observe("Bkgk2zXb4", []byte("state:on"), false, last)
			}
		}
	})
}

func TestWhenEachOfManyCommandsHasItsTurnIsKnownBefore(t *testing.T) {
	for _, id := range []string{"easyiot", "adafruit", "bemfa", "public", "own"} {
		synctest.Test(t, func(t *testing.T) {
			k := ByID(id).Limiter(typed(Preset{}, ""))
			k.Sent("before", nil, time.Now())
			k.Observe("answer", nil, false, time.Now())
			time.Sleep(300 * time.Millisecond)
			began := time.Now()
			for i, turn := range k.Turns(began, 40) {
				time.Sleep(k.Wait(time.Now()))
				if took := time.Since(began); took != turn {
					t.Fatalf("%s: command %d went after %v, and was to go after %v", id, i, took, turn)
				}
				k.Sent("topic", nil, time.Now())
				k.Observe("answer", nil, false, time.Now())
			}
		})
	}
}

func TestAFewMessagesMayGoAtOnceWhereAPlatformAllowsThat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := ByID("easyiot")
		p.Rules.Burst = 4
		k := p.Limiter(typed(p, ""))
		var all []time.Time
		for range 30 {
			time.Sleep(k.Wait(time.Now()))
			k.Sent("Bkgk2zXb4", []byte("on"), time.Now())
			all = append(all, time.Now())
		}
		if all[3] != all[0] {
			t.Error("the first four are not sent at once")
		}
		for i := range all[4:] {
			if all[i+4].Sub(all[i]) < 4*time.Second {
				t.Fatalf("messages %d to %d took %v", i, i+4, all[i+4].Sub(all[i]))
			}
		}
	})
}

func TestWhatBoardsPublishCountsAgainstTheAccountToo(t *testing.T) {
	k, now := ByID("adafruit").Limiter(typed(Preset{}, "")), time.Unix(1700000000, 0)
	for range 30 {
		k.Observe("u1/feeds/lamp", []byte("on"), false, now)
	}
	if wait := k.Wait(now.Add(time.Second)); wait != 59*time.Second+lateness {
		t.Error(wait)
	}
	if used, most := k.Used(now); used != 30 || most != 30 {
		t.Error(used, most)
	}
}

func TestAfterAPlatformSaysTooManyNothingIsSentForAWhile(t *testing.T) {
	k, now := ByID("adafruit").Limiter(typed(Preset{}, "")), time.Unix(1700000000, 0)
	if k.Observe("u1/throttle", []byte("slow down"), false, now) != Throttled || k.Wait(now) != silence {
		t.Error(k.Wait(now))
	}
	if k.Observe("u1/errors", []byte("no such feed"), false, now) != Complaint {
		t.Error("an error is not heard")
	}
}

func TestAValueIsNeverReadAsATemplate(t *testing.T) {
	in := typed(Preset{}, "")
	in.User = "{password}"
	if got := in.fill("{user}/feeds", ""); got != "{password}/feeds" {
		t.Error(got)
	}
}

func TestWhatACopyFromAPageBringsAlongIsNoPartOfAKey(t *testing.T) {
	for _, p := range All() {
		for _, f := range p.Fields {
			const key = "aZ09"
			if f.Pattern == "" {
				if odd := " a key \u3000"; f.Clean(odd) != odd {
					t.Errorf("%s: %s is changed, though anything may be meant", p.ID, f.Key)
				}
				continue
			}
			for _, pasted := range []string{" aZ09", "aZ09\r\n", "\taZ09 \r ", "\u00a0aZ09\u3000", "\ufeffaZ\u200b09", "ａＺ０９"} {
				if got := f.Clean(pasted); got != key {
					t.Errorf("%s: %s %q became %q", p.ID, f.Key, pasted, got)
				}
			}
		}
	}
}

func TestAMissingOrMisshapenFieldIsNamed(t *testing.T) {
	p := ByID("easyiot")
	for _, row := range []struct {
		way   string
		place BoardFields
		want  Key
	}{
		{"one", BoardFields{}, Topic},
		{"one", BoardFields{Topic: "a/b"}, Topic},
		{"two", BoardFields{Topic: "abc"}, Answer},
		{"two", BoardFields{Topic: "abc", Answer: "abc"}, Answer},
	} {
		in := typed(p, row.way)
		in.Place = row.place
		_, err := p.Account(in)
		var field *FieldError
		if !errors.As(err, &field) || field.Key != row.want {
			t.Errorf("%s %+v: %v", row.way, row.place, err)
		}
	}
}

func TestAOneNETBoardGetsATokenAndTheDateWhenItEnds(t *testing.T) {
	p := ByID("onenet")
	a, err := p.Account(typed(p, "thing"))
	if err != nil {
		t.Fatal(err)
	}
	if a.ClientID != "lamp07" || a.User != "u1" || !strings.Contains(a.Password, "res=products%2Fu1%2Fdevices%2Flamp07&") {
		t.Errorf("%+v", a.Access)
	}
	if want := time.Unix(1700000000, 0).AddDate(0, 0, 1095); !a.Expires.Equal(want) {
		t.Error(a.Expires)
	}
	in := typed(p, "thing")
	in.Place.Secret = ""
	if a, _ = p.Account(in); !strings.Contains(a.Password, "res=products%2Fu1&") {
		t.Error("without the device's key the product's is used")
	}
}

func TestTheWholeAccountIsNeverMoreThanOneSecretOnBemfa(t *testing.T) {
	p := ByID("bemfa")
	a, err := p.Account(typed(p, ""))
	if err != nil || a.ClientID != "c2VjcmV0" || a.User != "" || a.Password != "" {
		t.Errorf("%+v %v", a.Access, err)
	}
	if !p.Rules.SharedID {
		t.Error("a shared client id would be told as a fault")
	}
}

func TestKeepAliveStaysInThePlatformsRange(t *testing.T) {
	p := ByID("onenet")
	got := []int{p.KeepAlive(0), p.KeepAlive(30), p.KeepAlive(9000), ByID("own").KeepAlive(5)}
	if !slices.Equal(got, []int{10, 30, 1800, 5}) {
		t.Error(got)
	}
}

func TestAKeyThatCantSignIsToldByItsOwnField(t *testing.T) {
	p := ByID("onenet")
	const broken = "abcde" // of the form of base64, and none
	for want, how := range map[Key]func(*Inputs){
		Secret:   func(in *Inputs) { in.Place.Secret = broken },
		Password: func(in *Inputs) { in.Place.Secret, in.Password = "", broken },
	} {
		in := typed(p, "thing")
		how(&in)
		_, err := p.Account(in)
		var field *FieldError
		if !errors.As(err, &field) || field.Key != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	in := typed(p, "thing")
	in.Password = broken
	_, err := p.AppLogin(in)
	var field *FieldError
	if !errors.As(err, &field) || field.Key != Password {
		t.Errorf("the product's key: %v", err)
	}
}

func TestAPresetWithAMisspeltRuleIsRefused(t *testing.T) {
	if _, err := parse([]byte(`{"id":"x","rules":{"retian":"no"}}`)); err == nil {
		t.Error("it was taken")
	}
}

func TestLoginsLieApartAsThePlatformsRuleWantsIt(t *testing.T) {
	if got := ByID("adafruit").MinConnectInterval(); got < 3*time.Second || got > 4*time.Second {
		t.Errorf("20 a minute are %v apart", got)
	}
	if got := ByID("own").MinConnectInterval(); got != 0 {
		t.Errorf("a broker without the rule has %v", got)
	}
}
