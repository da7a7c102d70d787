package topics

import (
	"slices"
	"strings"
	"testing"
)

func TestWildValuesAreTheNumbersThatPeopleMean(t *testing.T) {
	for payload, want := range map[string]float64{
		"23.5 °C": 23.5, "23.5°C": 23.5, "-4 ℃": -4, "50%": 50, "60 %RH": 60, "1013.2 hPa": 1013.2, "230V": 230, "21.5C": 21.5, "25度": 25,
		"12 µg/m3": 12, "3.2 m/s": 3.2, "  7 lux\n": 7, "21.5\x00": 21.5, "\uFEFF21.5": 21.5, "on\x00": 1, "21.5 °C\x00\x00": 21.5,
	} {
		if got, ok := NumberIn([]byte(payload), ""); !ok || got != want {
			t.Errorf("%q: %v, %v", payload, got, ok)
		}
		if got := NumberPaths([]byte(payload)); !slices.Equal(got, []string{""}) {
			t.Errorf("%q can't be plotted: %q", payload, got)
		}
	}
}

func TestWildTextsThatOnlyBeginWithANumberAreNone(t *testing.T) {
	for _, payload := range []string{
		"7f", "3e", "1abc", "12:30", "2026-01-01", "192.168.1.1", "1,5", "5 apples and pears in a basket", "°C", "", "4x4", "1/2", "10 20", "#1", "1.2.3 m", "21 (old)",
	} {
		if v, ok := NumberIn([]byte(payload), ""); ok {
			t.Errorf("%q is plotted as %v", payload, v)
		}
	}
}

func TestWildJSONWithNumbersThatAreNonePlotsTheRest(t *testing.T) {
	for _, c := range []struct {
		payload string
		paths   []string
		at      string
		want    float64
	}{
		{`{"t":nan,"h":40}`, []string{"h"}, "h", 40},
		{`{"t":NaN,"h":40.5}`, []string{"h"}, "h", 40.5},
		{`{"t":-Infinity,"a":[inf,2]}`, []string{"a[1]"}, "a[1]", 2},
		{`{"t":None,"h":1}`, []string{"h"}, "h", 1},
		{`{"t":"23.5 °C","n":"a \" nan b"}`, []string{"t"}, "t", 23.5},
		{`{"t":21.5}` + "\x00", []string{"t"}, "t", 21.5},
		{"\uFEFF" + `{"t":21.5}`, []string{"t"}, "t", 21.5},
		{`{"nan":3,"b":nan}`, []string{"nan"}, "nan", 3},
	} {
		if got := NumberPaths([]byte(c.payload)); !slices.Equal(got, c.paths) {
			t.Errorf("%q offers %q", c.payload, got)
		}
		if got, ok := NumberIn([]byte(c.payload), c.at); !ok || got != c.want {
			t.Errorf("%q at %s: %v, %v", c.payload, c.at, got, ok)
		}
		if v, ok := NumberIn([]byte(c.payload), "missing"); ok {
			t.Errorf("%q has %v where nothing is", c.payload, v)
		}
	}
	for _, payload := range []string{`{"t":banana}`, `{"t":nan`, `nan`, `{"t":"`, `{nan}`, `["\`} {
		if got := NumberPaths([]byte(payload)); len(got) != 0 {
			t.Errorf("%q offers %q", payload, got)
		}
	}
}

func TestWildPayloadsOfGBKAreOfferedAsText(t *testing.T) {
	for payload, want := range map[string]string{
		"\xbf\xaa\xb5\xc6": "开灯", "\xb9\xd8\xb5\xc6\r\n": "关灯\r\n", "t=25\xa1\xe6": "t=25℃", "25\xa1\xe3C": "25°C", "\xbf\xaa\xb5\xc6\x00": "开灯", "\xce\xc2\xb6\xc8\xa3\xba25": "温度：25",
	} {
		if got, ok := GBK([]byte(payload)); !ok || got != want {
			t.Errorf("%q: %q, %v", payload, got, ok)
		}
		if KindOf([]byte(payload)) != KindHex {
			t.Errorf("%q is taken for something", payload)
		}
	}
	for _, payload := range []string{"开灯", "on", "", "\xff\xfe\x00", "\xbf", "\x89PNG\r\n\x1a\n", "\xbf\xaa\x00\xb5\xc6", "\x00\x01\x02\x80", strings.Repeat("\xbf\xaa", searchedBytes)} {
		if text, ok := GBK([]byte(payload)); ok {
			t.Errorf("%q is read as %q", payload[:min(len(payload), 20)], text)
		}
	}
}

func TestWildEndsOfStringsDoNotHideText(t *testing.T) {
	for payload, want := range map[string]Kind{"on\x00": KindText, "21.5\x00": KindNumber, "\uFEFFon": KindText, `{"t":21.5}` + "\x00": KindText, "o\x00n": KindHex} {
		if got := KindOf([]byte(payload)); got != want {
			t.Errorf("%q: %v, want %v", payload, got, want)
		}
	}
	if safe, _ := Display("on\x00", 9); safe != `on\x00` {
		t.Errorf("the NUL is not shown: %q", safe)
	}
}
