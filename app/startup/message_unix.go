//go:build unix && !darwin

package startup

import (
	"errors"
	"os"
	"os/exec"
	"strings"
)

const (
	adviceEnglish = "install the package libgl1-mesa-dri (Debian, Ubuntu) or mesa-dri-drivers (Fedora), which can draw without a graphics card; or start it at the computer itself and not over a remote connection."
	adviceChinese = "安装软件包 libgl1-mesa-dri（Debian、Ubuntu）或 mesa-dri-drivers（Fedora），它不需要显卡也能绘图；或者直接在这台电脑上启动，不要通过远程连接。"
)

// box is a program that shows a message: its arguments for one, and for a
// question.
type box struct {
	name      string
	tell, ask func(text string) []string
	yes       int // the exit code that says yes
}

var boxes = []box{
	{
		"zenity",
		func(text string) []string {
			return []string{"--error", "--no-markup", "--width=480", "--title=" + Title, "--text=" + text}
		},
		func(text string) []string {
			return []string{"--question", "--no-markup", "--width=480", "--title=" + Title, "--text=" + text}
		}, 0,
	},
	{
		"kdialog",
		func(text string) []string { return []string{"--title", Title, "--error", text} },
		func(text string) []string { return []string{"--title", Title, "--yesno", text} }, 0,
	},
	{
		"xmessage",
		func(text string) []string { return append([]string{"-default", "OK"}, xmessage("OK:0", text)...) },
		func(text string) []string { return xmessage("Yes:10,No:1", text) }, 10,
	},
}

// xmessage draws no Chinese and breaks no lines: it is given the English part.
func xmessage(buttons, text string) []string {
	_, english, _ := strings.Cut(text, "\n\n")
	return []string{"-center", "-title", "Lamplighter", "-buttons", buttons, wrap(english, 72)}
}

// wrap breaks lines at spaces so that they have at most so many bytes.
func wrap(text string, width int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		n := 0
		for _, word := range strings.Fields(line) {
			if n > 0 && n+1+len(word) > width {
				out.WriteByte('\n')
				n = 0
			} else if n > 0 {
				out.WriteByte(' ')
				n++
			}
			out.WriteString(word)
			n += len(word)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func showMessage(text string) { show(func(b box) []string { return b.tell(text) }) }

func ask(text string) bool {
	b, code := show(func(b box) []string { return b.ask(text) })
	return code >= 0 && code == b.yes
}

// show runs the first of the boxes that can be had, until it is closed, and
// returns it with its exit code, or -1 where there is none.
func show(args func(box) []string) (box, int) {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return box{}, -1
	}
	for _, b := range boxes {
		path, err := exec.LookPath(b.name)
		if err != nil {
			continue
		}
		err = exec.Command(path, args(b)...).Run()
		if err == nil {
			return b, 0
		}
		// 1 is "no", or the box's own X; more than that is a box that did not come.
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && (exit.ExitCode() == 1 || exit.ExitCode() == b.yes) {
			return b, exit.ExitCode()
		}
	}
	return box{}, -1
}
