package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"lamplighter/assets"
)

// Icon is one of assets/icons by its name, in the colour of the text.
func Icon(name string) fyne.Resource {
	return theme.NewThemedResource(rawIcon(name))
}

// Tinted is an icon in a colour of the theme.
func Tinted(name string, c fyne.ThemeColorName) fyne.Resource {
	return theme.NewColoredResource(rawIcon(name), c)
}

// IconImage is an icon as a picture with a side of size.
func IconImage(r fyne.Resource, size float32) *canvas.Image {
	img := canvas.NewImageFromResource(r)
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(size))
	return img
}

// AppIcon is the program's own icon.
func AppIcon() fyne.Resource {
	return fyne.NewStaticResource("app.png", iconFile("app.png"))
}

func rawIcon(name string) fyne.Resource {
	return fyne.NewStaticResource(name+".svg", iconFile(name+".svg"))
}

func iconFile(name string) []byte {
	data, err := assets.Icons.ReadFile("icons/" + name)
	if err != nil {
		panic(err) // a name in the program's text, so any test of the view finds it
	}
	return data
}
