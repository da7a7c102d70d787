package chime

import (
	"context"

	"golang.org/x/sys/windows"
)

// information is MB_ICONINFORMATION: the sound of a message that only tells.
const information = 0x40

func find() func(context.Context) error {
	beep := windows.NewLazySystemDLL("user32.dll").NewProc("MessageBeep")
	if beep.Find() != nil {
		return nil
	}
	return func(context.Context) error {
		if played, _, err := beep.Call(information); played == 0 {
			return err
		}
		return nil
	}
}
