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
	"what":     "A lamp switched over MQTT: it takes on, off or toggle, and reports its state.",
	"property": "A lamp switched over MQTT: the platform sends JSON, and the lamp reports its state.",
	"what.not": "A lamp switched over MQTT: it takes on, off or toggle. It has no topic to report its state on.",
	"umqtt":    "not on the board? In Thonny: Tools, Manage packages, umqtt.simple",
	"wifi":     "your WiFi; boards need 2.4 GHz",
	"open":     "b\"\" for a WiFi without a password",
	"server":   "the broker's address",
	"login":    "the broker's login",
	"id":       "the client ID: its name at the broker",
	"alive":    "seconds: silent for longer, and the broker takes the board as offline",
	"set":      "the topic for commands (subscribe)",
	"state":    "the topic for its state (publish)",
	"also":     "the state is published here too",
	"status":   "online; when the board is gone, the broker publishes offline (last will)",
	"key":      "the property's name on the platform",
	"beat":     "seconds: the state is published again this often",
	"gap":      "ms: the least time between two messages, a rule of the platform",
	"low":      "this lamp is lit when its pin is 0",
	"unsaid":   "switched, and not reported yet",
	"heard":    "called when a message comes",
	"answer":   "the platform wants a reply to each command",
	"retain":   "True: the broker keeps it (retained)",
	"anew":     "start the WiFi again, whatever was before",
	"own":      "each board has its own name, made from its MAC",
	"tls":      "encrypted; the board does not verify the certificate",
	"check":    "if there is a message, heard() is called",
	"ping":     "\"I am still here\"",
	"ever":     "for ever: a lost connection is made again",
	"again":    "no WiFi, no broker... but Ctrl-C ends the program",
}

var chinese = words{
	"property": "用 MQTT 开关的灯：平台发来 JSON 消息，灯执行后上报状态。",
	"what":     "用 MQTT 开关的灯：收到 on、off 或 toggle 就执行，并上报状态。",
	"what.not": "用 MQTT 开关的灯：收到 on、off 或 toggle 就执行。它没有上报状态的主题。",
	"umqtt":    "板子上没有？在 Thonny 里：工具 → 管理包 → umqtt.simple",
	"wifi":     "你的 WiFi，板子只能用 2.4 GHz",
	"open":     "没有密码的 WiFi 写 b\"\"",
	"server":   "服务器（broker）的地址",
	"login":    "登录服务器的用户名和密码",
	"id":       "客户端 ID（Client ID）：在服务器上的名称",
	"alive":    "秒：超过这个时间没有消息，服务器就认为板子离线了",
	"set":      "接收命令的主题（订阅）",
	"state":    "上报状态的主题（发布）",
	"also":     "状态也发布到这个主题",
	"status":   "上线时发布 online；离线后由服务器发布 offline（遗嘱消息）",
	"key":      "平台上的属性名",
	"beat":     "秒：每隔这么久再上报一次状态",
	"gap":      "毫秒：两条消息的最短间隔，平台有限制",
	"low":      "这盏灯在引脚为 0 时亮",
	"unsaid":   "灯已切换，还没有上报",
	"heard":    "收到消息时运行",
	"answer":   "平台要求回复每条命令",
	"retain":   "True：服务器保留这条消息（retained）",
	"anew":     "不管之前怎样，重新启动 WiFi",
	"own":      "每块板子用自己的 MAC 做名称，不会重复",
	"tls":      "加密；板子不验证证书",
	"check":    "有消息吗？有就会运行 heard()",
	"ping":     "“我还在”",
	"ever":     "一直循环：断开就重新连接",
	"again":    "没有 WiFi、没有服务器……但 Ctrl-C 能结束程序",
}
