// Package lessons has the texts of the program's lessons on MQTT: a folder for each
// language, a file for each lesson. docs/LESSONS.md has their form.
package lessons

import (
	"embed"
	"io/fs"
)

//go:embed */*.md
var files embed.FS

// In gives the lessons of a language, one of i18n.Languages; of another one it has none.
func In(language string) fs.FS {
	all, err := fs.Sub(files, language)
	if err != nil { // a name that can't be a folder's
		return embed.FS{}
	}
	return all
}
