package views

import (
	"bytes"
	"image"
	_ "image/gif"  // the forms that topics.KindImage knows
	_ "image/jpeg" //
	_ "image/png"  //

	"lamplighter/i18n"
)

// Bounds of an image in points: of one that is drawn, of one that is decoded at
// once, and of the longer side when it is handed to the toolkit, which would take
// longer than a frame for more.
const (
	maxPixels   = 24 << 20
	quickPixels = 128 << 10
	drawnSide   = 1600
)

// draw has an image drawn, or says why it can't be. It is decoded on another
// goroutine, one at a time; meanwhile the topic's last one stays in view.
func (v *topicValue) draw(payload []byte) (note string) {
	if sameArray(v.drawn, payload) {
		if v.image.Image == nil {
			return i18n.T("topics.value.notimage")
		}
		return ""
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(payload))
	switch {
	case err != nil:
		v.image.Image = nil
		return i18n.T("topics.value.notimage")
	case c.Width*c.Height > maxPixels:
		v.image.Image = nil
		return i18n.T("topics.value.bigimage", "Width", c.Width, "Height", c.Height)
	}
	if c.Width*c.Height <= quickPixels {
		v.picture(payload, decoded(payload))
		return v.draw(payload)
	}
	v.decode(payload)
	if v.image.Image == nil {
		return i18n.T("topics.value.drawing")
	}
	return ""
}

func (v *topicValue) decode(payload []byte) {
	if v.busy {
		return
	}
	v.busy = true
	wanted := v.turn
	var img image.Image
	aside(v.page.desk.Post, func() { img = decoded(payload) }, func() {
		if v.busy = false; v.turn == wanted {
			v.picture(payload, img)
		}
		v.write()
	})
}

func (v *topicValue) picture(payload []byte, img image.Image) {
	v.drawn, v.image.Image = payload, img
	v.image.Refresh()
}

// decoded is an image no larger than can be seen, or nil where it is broken.
func decoded(payload []byte) image.Image {
	img, _, err := image.Decode(bytes.NewReader(payload))
	if err != nil {
		return nil
	}
	return shrunk(img)
}

// shrunk leaves out what nobody would see.
func shrunk(img image.Image) image.Image {
	b := img.Bounds()
	by := (max(b.Dx(), b.Dy()) + drawnSide - 1) / drawnSide
	if by <= 1 {
		return img
	}
	small := image.NewNRGBA(image.Rect(0, 0, max(1, b.Dx()/by), max(1, b.Dy()/by)))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			small.Set(x, y, img.At(b.Min.X+x*by+by/2, b.Min.Y+y*by+by/2))
		}
	}
	return small
}
