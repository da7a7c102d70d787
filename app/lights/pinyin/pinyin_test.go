package pinyin_test

import (
	"bytes"
	"encoding/binary"
	"flag"
	"os"
	"slices"
	"testing"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"lamplighter/app/lights/pinyin"
)

var update = flag.Bool("update", false, "write ranks.bin anew")

func TestTheRanksAreTheOnesOfUnicode(t *testing.T) {
	var all []string
	for r := rune(0x4e00); r <= 0x9fff; r++ {
		all = append(all, string(r))
	}
	collate.New(language.Chinese).SortStrings(all)
	ranks := make([]byte, 2*len(all))
	for rank, s := range all {
		binary.BigEndian.PutUint16(ranks[2*([]rune(s)[0]-0x4e00):], uint16(rank))
	}
	if *update {
		if err := os.WriteFile("ranks.bin", ranks, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("ranks.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, ranks) {
		t.Error("ranks.bin is not what golang.org/x/text has; -update writes it anew")
	}
}

func TestTextIsOrderedAsPeopleDo(t *testing.T) {
	want := []string{
		"", " ", "- 3", "2", "007", "10", "lamp 2", "Lamp 10", "lamp-1", "Östen", "Otto", "Zoe", "Яна",
		"安全", "李小明", "李小明2", "李小明10", "王芳", "张伟", "赵一",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortStableFunc(got, func(a, b string) int { return bytes.Compare(pinyin.Key(a), pinyin.Key(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestCaseWidthAndZerosMakeNoDifference(t *testing.T) {
	for _, same := range [][2]string{{"LAMP 7", "lamp 007"}, {"Ｌamp　7", "lamp 7"}, {"éa", "EA"}} {
		if !bytes.Equal(pinyin.Key(same[0]), pinyin.Key(same[1])) {
			t.Errorf("%q and %q differ", same[0], same[1])
		}
	}
}
