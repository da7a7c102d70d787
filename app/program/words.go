package program

// words are the program's comments in one language.
type words map[string]string

// wordsOf gives the comments for a language: "zh", else English.
func wordsOf(language string) words {
	if language == "zh" {
		return chinese
	}
	return english
}

var english = words{
	"what":     "Switched over MQTT: it hears on, off or toggle, and says what the lamp does.",
	"property": "Switched over MQTT: the platform sends it JSON, and it says what the lamp does.",
	"what.not": "Switched over MQTT: it hears on, off or toggle. It has no topic to answer on.",
	"umqtt":    "not on the board? In Thonny: Tools, Manage packages, umqtt.simple",
	"wifi":     "your WiFi; boards need 2.4 GHz",
	"open":     "b\"\" for a WiFi without a password",
	"server":   "the broker's address",
	"login":    "the broker's login",
	"id":       "the name (client id) at the broker",
	"alive":    "seconds: the broker gives the board up when it is silent for longer",
	"set":      "the lamp listens here",
	"state":    "and answers here",
	"also":     "and says it here too",
	"status":   "says online; the broker says offline for it (last will)",
	"key":      "the property's name on the platform",
	"beat":     "seconds: so often it says its state again",
	"gap":      "ms: it speaks no faster, the platform counts",
	"low":      "this lamp is lit when its pin is 0",
	"unsaid":   "the lamp was switched and has not said so yet",
	"heard":    "called when a message comes",
	"answer":   "the platform wants an answer",
	"retain":   "True: the broker keeps it (retained)",
	"anew":     "start WiFi anew, whatever was before",
	"own":      "each board has a name of its own, from its MAC",
	"tls":      "encrypted; the board does not check the certificate",
	"check":    "is there a message? then heard() is called",
	"ping":     "\"I am still here\"",
	"ever":     "for ever: what is lost is made again",
	"again":    "no WiFi, no broker... but Ctrl-C ends the program",
}

var chinese = words{
	"property": "用 MQTT 开关的灯：平台发来 JSON 消息，灯照做，并报告灯的状态。",
	"what":     "用 MQTT 开关的灯：听到 on、off 或 toggle 就照做，并报告灯的状态。",
	"what.not": "用 MQTT 开关的灯：听到 on、off 或 toggle 就照做。它没有可以回答的主题。",
	"umqtt":    "板子上没有？在 Thonny 里：工具 → 管理包 → umqtt.simple",
	"wifi":     "你的 WiFi，板子只能用 2.4 GHz",
	"open":     "没有密码的 WiFi 写 b\"\"",
	"server":   "服务器（broker）的地址",
	"login":    "登录服务器的用户名和密码",
	"id":       "在服务器上的名字（client id）",
	"alive":    "秒：安静得比这更久，服务器就认为板子不在了",
	"set":      "灯在这个主题上听命令",
	"state":    "在这个主题上回答",
	"also":     "在这里也说一遍",
	"status":   "上线时说 online；掉线后由服务器替它说 offline（遗嘱）",
	"key":      "平台上的属性名",
	"beat":     "秒：每隔这么久再报告一次状态",
	"gap":      "毫秒：说话不能比这更快，平台有限制",
	"low":      "这盏灯在引脚为 0 时亮",
	"unsaid":   "灯变了，还没有报告",
	"heard":    "收到消息时运行",
	"answer":   "平台要求回答命令",
	"retain":   "True：服务器保留这条消息（retained）",
	"anew":     "不管之前怎样，WiFi 从头开始",
	"own":      "每块板子用自己的 MAC 做名字，不会重复",
	"tls":      "加密；板子不检查证书",
	"check":    "有消息吗？有就会运行 heard()",
	"ping":     "“我还在”",
	"ever":     "一直重复：断了就重新连接",
	"again":    "没有 WiFi、没有服务器……但 Ctrl-C 能结束程序",
}
