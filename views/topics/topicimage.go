package topics

import (
	"bytes"
	"context"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"time"

	"lamplighter/i18n"
	"lamplighter/views/topics/payloadlines"
	"lamplighter/views/ui"
)

// Bounds of an image: the points of one that is drawn; the points and bytes of one
// that is decoded at once, where few points alone prove nothing (a JPEG goes over
// all of them once more for each twelve bytes); the longer side of what is handed
// to the toolkit, which would take longer than a frame for more.
const (
	maxPixels   = 24 << 20
	quickPixels = 128 << 10
	quickBytes  = 4 << 10
	drawnSide   = 1600
)

// decodeTimeout is how long an image may take: no honest one takes as long, and a
// teacher waits no longer.
const decodeTimeout = 2 * time.Second

// draw has an image drawn, or says why it can't be. It is decoded on another
// goroutine, one at a time; meanwhile the topic's last one stays in view.
func (v *topicValue) draw(payload []byte) (note string) {
	if payloadlines.Same(v.drawn, payload) {
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
	if c.Width*c.Height <= quickPixels && len(payload) <= quickBytes {
		v.picture(payload, decodeImage(context.Background(), payload))
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
	ctx, cancel := context.WithTimeout(context.Background(), decodeTimeout)
	v.cancelDecode = cancel
	var img image.Image
	ui.InBackground(v.page.env.Post, func() { img = decodeImage(ctx, payload) }, func() {
		cancel()
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

// decodeImage returns an image no larger than can be seen, or nil where it is
// broken or ctx ended before it was whole.
func decodeImage(ctx context.Context, payload []byte) image.Image {
	img, _, err := image.Decode(&contextReader{ctx, payload})
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

// contextReader hands out data in small pieces until its context ends. The
// decoders of the standard library know no context, and a JPEG's few bytes can be
// minutes of work: 4 MB of scans are over a minute.
type contextReader struct {
	ctx  context.Context
	data []byte
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 64)], r.data)
	r.data = r.data[n:]
	return n, nil
}
