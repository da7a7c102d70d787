// Command bare is the least that a window can do which changes four times a
// second: it says what the computer, as busy as it is at that moment, makes any
// window wait.
package main

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
