package startup

import "os/exec"

const (
	adviceEnglish = "update macOS."
	adviceChinese = "更新 macOS。"
)

// The text is an argument of the script, never a part of it.
const (
	messageScript = "on run argv\ndisplay dialog (item 1 of argv) with title (item 2 of argv) buttons {\"OK\"} with icon stop\nend run"
	askScript     = "on run argv\ndisplay dialog (item 1 of argv) with title (item 2 of argv) buttons {\"No\", \"Yes\"} cancel button \"No\"\nend run"
)

func showMessage(text string) { _ = exec.Command("osascript", "-e", messageScript, text, Title).Run() }

func ask(text string) bool {
	return exec.Command("osascript", "-e", askScript, text, Title).Run() == nil
}
