package ui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"rsc.io/qr"
)

// quietZone is the white border that readers need, in modules (ISO/IEC 18004, 6.3.8).
const quietZone = 4

// QRCode is text as a square that phones read, dark on white in every theme. It
// fails where the text is too long for one.
func QRCode(text string, side float32) (fyne.CanvasObject, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	n := code.Size + 2*quietZone
	picture := image.NewGray(image.Rect(0, 0, n, n))
	for y := range n {
		for x := range n {
			if !code.Black(x-quietZone, y-quietZone) {
				picture.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	c := canvas.NewImageFromImage(picture)
	c.FillMode, c.ScaleMode = canvas.ImageFillContain, canvas.ImageScalePixels
	c.SetMinSize(fyne.NewSquareSize(side))
	return c, nil
}
