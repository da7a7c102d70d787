package startup

import (
	"fmt"
	"os"
	"strings"
)

// Title is that of every message: the program's name in both languages.
const Title = "Lamplighter 掌灯"

// ShowMessage shows a message in the system's own box, until it is closed, and writes
// it to standard error.
func ShowMessage(text string) {
	fmt.Fprintln(os.Stderr, "lamplighter: "+strings.ReplaceAll(text, "\n", "\n  "))
	showMessage(text)
}

// Ask asks for yes or no in the system's own box. Where there is none the answer
// is no.
func Ask(text string) bool {
	fmt.Fprintln(os.Stderr, "lamplighter: "+strings.ReplaceAll(text, "\n", "\n  "))
	return ask(text)
}

// The messages, which come before the program knows its person's language.

// NoWindow says that this computer can't show the window, and what to do.
func NoWindow(err error) string {
	return both(
		"Lamplighter can't show its window: it needs a screen, and a graphics driver that offers OpenGL 2.1 or later.\n"+
			"What helps: "+adviceEnglish+"\nYour lamps, boards and settings are safe.",
		"掌灯无法显示窗口：需要有屏幕，并且显卡驱动支持 OpenGL 2.1 或更高版本。\n"+
			"解决办法："+adviceChinese+"\n灯、板子和设置都没有丢失。",
		err)
}

// AskToEnd asks whether to end a start that has no window yet.
func AskToEnd() string {
	return both(
		"Lamplighter was started, but its window has not come yet. The computer may be very busy, or its graphics driver does not answer.\nEnd Lamplighter now? No goes on waiting.",
		"掌灯已经启动，但窗口还没有出现。电脑可能很忙，也可能是显卡驱动没有响应。\n现在结束掌灯吗？选“否”则继续等待。",
		nil)
}

// Windowless asks whether to end another instance that has no window.
func Windowless() string {
	return both(
		"Lamplighter is already running, but it shows no window and does not answer.\nEnd it and start again? A board that is being written just now would have to be set up again.",
		"掌灯已经在运行，但没有窗口，也没有响应。\n结束它并重新启动吗？如果正在向板子写入程序，需要之后重新设置这块板子。",
		nil)
}

// Failed says that the start failed; the words are those of the error, in each
// language.
func Failed(english, chinese string, err error) string {
	return both("Lamplighter could not start.\n"+english, "掌灯无法启动。\n"+chinese, err)
}

// ReadOnly says that the portable program can't keep anything.
func ReadOnly(err error) string {
	return both(
		"Lamplighter runs from a folder or USB stick that can't be written, so nothing could be kept.\nSwitch off the stick's write protection, make room on it, or copy the whole folder to this computer and start it there.",
		"掌灯所在的文件夹或 U 盘无法写入，所以什么都保存不了。\n请关闭 U 盘的写保护、腾出空间，或者把整个文件夹复制到电脑上再启动。",
		err)
}

// both puts the languages one after the other, and what happened below them.
func both(english, chinese string, err error) string {
	text := chinese + "\n\n" + english
	if err != nil {
		text += "\n\n" + err.Error()
	}
	return text
}
