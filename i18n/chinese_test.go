package i18n

import "testing"

func TestNoSpaceStandsBetweenTwoChineseCharacters(t *testing.T) {
	t.Cleanup(func() { _ = SetLanguage("en") })
	if err := SetLanguage("zh-Hans"); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		"Adafruit IO":  "这块板子在 Adafruit IO 上的信息",
		"巴法云":          "这块板子在巴法云上的信息",
		"OneNET（中国移动）": "这块板子在 OneNET（中国移动）上的信息",
		"学校 2 号":       "这块板子在学校 2 号上的信息",
		"三班 B":         "这块板子在三班 B 上的信息",
		"":             "这块板子在  上的信息",
		" ":            "这块板子在   上的信息",
		"\x01窗\x01":    "这块板子在窗上的信息",
	} {
		if got := T("wizard.platform.board", "Name", value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	if got := T("topics.sub.all.rule", "Platform", "公共测试服务器"); got != "公共测试服务器不允许订阅全部主题（#）：请订阅你自己的主题。" {
		t.Errorf("%q", got)
	}
	if err := SetLanguage("en"); err != nil {
		t.Fatal(err)
	}
	if got := T("wizard.platform.board", "Name", "巴法云"); got != "This board on 巴法云" {
		t.Errorf("%q", got)
	}
}
