// Package assets carries the files that are part of the program: icons, fonts,
// and what goes onto boards. It holds bytes only and never interprets them.
package assets
