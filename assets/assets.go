// Package assets carries the files that are part of the program: icons, fonts,
// and what goes onto boards. It holds bytes only and never interprets them.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed board
var board embed.FS

//go:embed licences.txt
var licences string

// Licences are the texts under which comes everything that is linked in. It is
// made by packaging/pack.
func Licences() string { return licences }

// Board is the folder with the files for boards. What lies in its root goes into
// a board's root, what lies in a folder of it goes below /lib:
//
//	main.py           starts the lamp program
//	lamplighter.py    the lamp program; lamp/ holds its parts
//	classroom.py      joins WiFi and broker, for the program and for pupils' own; net/ holds its parts
//	umqtt/simple.py   for a firmware that lacks it; only pupils' own programs need it
//
// A file is small enough to be compiled in an ESP8266's memory. The first line
// of main.py begins with "# Lamplighter:", and classroom.py names the version.
func Board() fs.FS {
	sub, err := fs.Sub(board, "board")
	if err != nil { // a constant path
		panic(err)
	}
	return sub
}
