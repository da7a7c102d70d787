package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// bare is the least that a window can do which changes four times a second: it
// says what the computer, as busy as it is at that moment, makes any window wait.
const bare = `package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.New().NewWindow("bare")
	label := widget.NewLabel("0")
	w.SetContent(label)
	w.Resize(fyne.NewSize(1180, 837))
	http.HandleFunc("GET /latency", func(out http.ResponseWriter, _ *http.Request) {
		asked, answer := time.Now(), make(chan time.Duration, 1)
		fyne.Do(func() { answer <- time.Since(asked) })
		_ = json.NewEncoder(out).Encode(<-answer)
	})
	go http.ListenAndServe(os.Args[1], nil)
	go func() {
		for i := 1; ; i++ {
			time.Sleep(250 * time.Millisecond)
			fyne.Do(func() { label.SetText(strconv.Itoa(i)) })
		}
	}()
	w.ShowAndRun()
}
`

// buildBare builds the bare window's program.
func buildBare(b *testing.B) (program string) {
	b.Helper()
	dir := b.TempDir()
	source := filepath.Join(dir, "bare.go")
	if err := os.WriteFile(source, []byte(bare), 0o600); err != nil {
		b.Fatal(err)
	}
	program = filepath.Join(dir, "bare")
	build(b, "-tags", "migrated_fynedo", "-o", program, source)
	return program
}

// openBare opens the bare window beside ours, and gives the address at which it
// is asked.
func (f *floodBench) openBare() (address string) {
	f.Helper()
	address = "127.0.0.1:" + strconv.Itoa(freePort(f.B))
	startProcess(f.B, f.w.command(f.bare, address))
	for late := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		r, err := http.Get("http://" + address + "/latency")
		if err == nil {
			_ = r.Body.Close()
			return address
		}
		if time.Now().After(late) {
			f.Fatal(err)
		}
	}
}
