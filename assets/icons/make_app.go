//go:build ignore

// Command make_app draws app.png (512 px) and app.ico (16 to 256 px, as Windows
// takes them) from app.svg. Run it in the repository's root:
// go run assets/icons/make_app.go
package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"log"
	"os"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

func main() {
	if err := run("assets/icons/"); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	svg, err := os.ReadFile(dir + "app.svg")
	if err != nil {
		return err
	}
	big, err := draw(svg, 512)
	if err != nil {
		return err
	}
	if err := os.WriteFile(dir+"app.png", big, 0o644); err != nil {
		return err
	}
	var pictures [][]byte
	sizes := []int{16, 24, 32, 48, 64, 128, 256}
	for _, size := range sizes {
		p, err := draw(svg, size)
		if err != nil {
			return err
		}
		pictures = append(pictures, p)
	}
	return os.WriteFile(dir+"app.ico", ico(sizes, pictures), 0o644)
}

func draw(svg []byte, size int) ([]byte, error) {
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.IgnoreErrorMode)
	if err != nil {
		return nil, err
	}
	icon.SetTarget(0, 0, float64(size), float64(size))
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	icon.Draw(rasterx.NewDasher(size, size, rasterx.NewScannerGV(size, size, img, img.Bounds())), 1)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ico packs PNG pictures: a directory of 6 bytes, 16 bytes a picture, then the pictures.
func ico(sizes []int, pictures [][]byte) []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	put([3]uint16{0, 1, uint16(len(pictures))})
	at := 6 + 16*len(pictures)
	for i, p := range pictures {
		side := uint8(sizes[i] % 256) // 0 means 256
		put([4]uint8{side, side, 0, 0})
		put([2]uint16{1, 32})
		put([2]uint32{uint32(len(p)), uint32(at)})
		at += len(p)
	}
	for _, p := range pictures {
		b.Write(p)
	}
	return b.Bytes()
}
