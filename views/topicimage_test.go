package views

import (
	"bytes"
	"context"
	"image"
	"testing"

	"lamplighter/i18n"
)

// endlessJPEG is a JPEG of 360 × 360 points that goes over all of them once for
// each of its scans, which take twelve bytes each.
func endlessJPEG(scans int) []byte {
	b := []byte{0xFF, 0xD8}
	b = append(append(b, 0xFF, 0xDB, 0, 67, 0), bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xFF, 0xC2, 0, 11, 8, 1, 104, 1, 104, 1, 1, 0x11, 0) // SOF2: progressive, one component
	for table, value := range map[byte]byte{0x00: 0, 0x10: 0xE0} {     // DHT: one code of one bit each
		b = append(append(b, 0xFF, 0xC4, 0, 20, table, 1), make([]byte, 15)...)
		b = append(b, value)
	}
	for range scans {
		b = append(b, 0xFF, 0xDA, 0, 8, 1, 1, 0x00, 1, 63, 0, 0x7F, 0x7F) // SOS, and a run of empty blocks
	}
	return append(b, 0xFF, 0xD9)
}

func TestADecoderEndsWithItsContext(t *testing.T) {
	bomb := endlessJPEG(333_000)
	if c, _, err := image.DecodeConfig(bytes.NewReader(bomb)); err != nil || c.Width != 360 {
		t.Fatalf("the JPEG is broken: %v, %v", c, err)
	}
	if decodeImage(t.Context(), endlessJPEG(1)) == nil {
		t.Fatal("one scan is no image")
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := &contextReader{ctx, bomb}
	done := make(chan error)
	go func() {
		_, _, err := image.Decode(r)
		done <- err
	}()
	cancel()
	if err := <-done; err == nil || len(r.data) == 0 {
		t.Errorf("the decoder went on to the end: %v, %d bytes left", err, len(r.data))
	}
}

func TestAnImageOfManyScansIsMadeReadyBesideTheWindow(t *testing.T) {
	p, r, loop := topicWindow(t)
	r.hears("class/bomb", string(endlessJPEG(333_000)), false)
	loop.Run()
	p.right.choose(tabValue)
	v := p.right.value
	p.Target("class/bomb")
	if v.image.Image != nil || v.note.Text != i18n.T("topics.value.drawing") {
		t.Errorf("at first it says %q", v.note.Text)
	}
	loop.RunUntil(func() bool { return v.note.Text == i18n.T("topics.value.notimage") }, "its end")
}
