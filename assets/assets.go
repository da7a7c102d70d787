// Package assets carries the files that are part of the program: icons, fonts,
// and what goes onto boards. It holds bytes only and never interprets them.
package assets

import (
	"embed"
	"io/fs"
	"path"
)

//go:embed board
var board embed.FS

// Board is the folder with the files for boards.
func Board() fs.FS {
	sub, err := fs.Sub(board, "board")
	if err != nil { // a constant path
		panic(err)
	}
	return sub
}

// BoardFile is a file for a board.
type BoardFile struct {
	Path string // on the board, as "/lib/umqtt/simple.py"
	Data []byte
}

// MainMark begins the first line of Lamplighter's own main.py, and of no other.
const MainMark = "# Lamplighter: "

// ProgramVersion is the lamp program's version, which it prints at its start
// and says in its info.
const ProgramVersion = "1.0.0"

// The files that a board gets beside its settings, in the order in which they
// are written: nothing is written before what it needs.
var (
	helper  = []string{"classroom_mqtt.py", "classroom_find.py", "classroom.py"}
	program = []string{"lamplighter.py", "main.py"}
)

// Helper gives the files that let a pupil's program join WiFi and broker with
// "from classroom import connect". needUmqtt adds /lib/umqtt/simple.py, for a
// firmware without umqtt.simple.
func Helper(needUmqtt bool) []BoardFile {
	files := read(helper)
	if needUmqtt {
		files = append(files, BoardFile{Path: "/lib/umqtt/simple.py", Data: data("umqtt/simple.py")})
	}
	return files
}

// LampProgram gives the files that make a board a lamp, main.py last.
func LampProgram(needUmqtt bool) []BoardFile {
	return append(Helper(needUmqtt), read(program)...)
}

func read(names []string) []BoardFile {
	files := make([]BoardFile, len(names))
	for i, n := range names {
		files[i] = BoardFile{Path: "/" + n, Data: data(n)}
	}
	return files
}

// data is a file that is known to be embedded.
func data(name string) []byte {
	b, err := board.ReadFile(path.Join("board", name))
	if err != nil {
		panic(err)
	}
	return b
}
