package assets

import "embed"

// Icons holds the program's own icons: icons/<name>.svg, drawn by
// tools/icons.py, each on a 24-unit grid; icons/app.png and icons/app.ico are
// the program's icon, made from icons/app.svg by icons/make_app.go.
//
//go:embed icons/*.svg icons/app.png
var Icons embed.FS
