package i18n

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// term is a word that is not used, or not so, and what is written instead.
type term struct{ not, but string }

// glossary holds one word for one thing in everything that people read. Both
// languages' rules apply to every text: no rule of one can match in the other.
var glossary = []term{
	// one word for a thing
	{`这台电脑|跟随电脑|电脑自带`, "本机, 系统"},
	{`本程序|本软件`, "掌灯"},
	{`设置(一块)?板子`, "添加板子"},
	{`账户`, "账号"},
	{`([^个]|^)名字`, "名称, 域名; but 起个名字"},
	{`别的服务器|自带的服务器`, "其他服务器, 本机服务器"},
	{`教室名|教室的主题`, "班级"},
	{`一支`, "分支"},
	{`遗嘱([^消]|$)`, "遗嘱消息"},
	{`([^（端]|^)Client ID|client id`, "客户端 ID（Client ID）"},
	{`主题（topic）`, "主题（Topic）"},
	{`这个网络里的|网络里的任何人[^不都]`, "同一网络（局域网）"},
	{`刷(入|固件|新)|重新刷|刷 MicroPython`, "烧录"},
	{`签发|签署`, "颁发"},
	{`(检查|检验)[^，。；：]{0,8}证书`, "验证证书"},
	{`网址接口([^）]|$)`, "WebAPI（网址接口）"},
	{`板子?上的按钮`, "按键 on hardware, 按钮 on the screen"},
	// what boards and programs do
	{`回答([^四]|$)`, "回应 for people, 上报 for state, 回复 for a message"},
	{`(板子|灯|它|服务器|程序)说`, "上报, 提示"},
	{`由谁通报|通报`, "上报"},
	{`最后一次说话|听到|照做`, "收到, 执行"},
	{`报告(状态|灯)`, "上报"},
	{`忘掉|忘记`, "移除, 清除"},
	{`放回`, "恢复"},
	{`移除[^。]*吗？`, "移除“X”？"},
	{`仍然`, "仍要, 还"},
	{`怎么办`, "解决办法"},
	{`闹鬼|明暗|悄悄|安静`, "say what happens"},
	{`代替 SIoT`, "兼容 SIoT"},
	{`不允许的事`, "限制"},
	{`的勾`, "取消勾选"},

	{`(?i)\bin (this|the same|no|that) network`, "on this network, not on a network"},
	{`(?i)\b(in|into) (the|a) WiFi`, "on the WiFi"},
	{`\bclient id\b`, "client ID"},
	{`(?i)\bthis program\b`, "Lamplighter"},
	{`(?i)\b(some|any|every)body\b|\bnobody\b`, "someone, anyone, everyone, no one"},
	{`\bHas (it|the board)\b`, "Does it have"},
	{`(?i)\bwhoever looks after\b`, "the administrator, the person who runs it"},
	{`(?i)\bforg(e|o)t`, "remove, clear"},
	{`(?i)\bold news\b`, "out of date"},
	{`(?i)\bhaunt|\bhung up\b|\blet go\b|\banew\b`, "plain words"},
	{`(?i)\bmostly (a|not)\b`, "usually"},
	{`, for (it|there|no|the|this|too)\b`, "because"},
	{`(?i)\b(the board|the lamp|it|platform) (says|said|tells)\b`, "reports"},
	{`(?i)\bhears?\b`, "listens to, receives"},
	{`(?i)\bstand in for\b`, "take the place of"},
	{`(?i)\bfind(s|ing)? out\b|\bfound out\b`, "check"},
	{`\bis no (certificate|list|image|recording|number|name|JSON|address)`, "is not a"},
	{`\bcheck(s|ed)? (the broker's|its|the) certificate`, "verify"},
}

// shown gives everything that people read: the texts, the platforms' words, the
// board's display and the comments of a lamp's program.
func shown(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, l := range Languages() {
		for key, forms := range texts(t, l.Tag) {
			for form, s := range forms {
				all[l.Tag+" "+key+" "+form] = s
			}
		}
	}
	presets, err := filepath.Glob("../app/broker/presets/data/*.json")
	if err != nil || len(presets) == 0 {
		t.Fatal("no presets", err)
	}
	for _, name := range presets {
		var v any
		if err := json.Unmarshal(read(t, name), &v); err != nil {
			t.Fatal(err)
		}
		leaves(v, name, all)
	}
	chapters, err := filepath.Glob("guide/*/*.md")
	if err != nil || len(chapters) == 0 {
		t.Fatal("no guide", err)
	}
	lessons, err := filepath.Glob("lessons/*/*.md")
	if err != nil || len(lessons) == 0 {
		t.Fatal("no lessons", err)
	}
	for _, name := range append(chapters, lessons...) {
		for i, line := range strings.Split(string(read(t, name)), "\n") {
			all[name+" "+strconv.Itoa(i+1)] = line
		}
	}
	all["display"] = string(read(t, "../assets/board/lamp/display.py"))
	comments := regexp.MustCompile(`"((?:[^"\\]|\\.)*)"|`+"`([^`]*)`").FindAllSubmatch(read(t, "../app/program/lamp.py.tmpl"), -1)
	for _, m := range comments {
		if s := string(m[1]) + string(m[2]); strings.ContainsFunc(s, func(r rune) bool { return r == ' ' || isHan(r) }) { // not a key
			all["comment "+s] = s
		}
	}
	if len(comments) < 40 {
		t.Fatalf("only %d comments were found", len(comments))
	}
	return all
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// leaves gathers the strings in a JSON value.
func leaves(v any, at string, all map[string]string) {
	switch v := v.(type) {
	case string:
		all[at] = v
	case []any:
		for i, e := range v {
			leaves(e, at+"/"+string(rune('0'+i%10)), all)
		}
	case map[string]any:
		for k, e := range v {
			leaves(e, at+"/"+k, all)
		}
	}
}

func TestGlossaryIsKeptByEverythingThatPeopleRead(t *testing.T) {
	all := shown(t)
	if len(all) < 2000 {
		t.Fatalf("only %d texts were found", len(all))
	}
	for _, g := range glossary {
		not := regexp.MustCompile(g.not)
		for where, s := range all {
			if m := not.FindString(s); m != "" {
				t.Errorf("%s: %q, write %s: %s", where, m, g.but, s)
			}
		}
	}
}
