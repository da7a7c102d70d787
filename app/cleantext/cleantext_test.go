package cleantext

import "testing"

func TestALineHasOnlyWhatCanBeSeen(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " Zoe  Lin\n": "Zoe Lin", "王\t小明": "王 小明", "a\u202eb": "ab", "\x00x\xff": "x", "\u3000李\u3000": "李",
	} {
		if got := Line(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
