//go:build !windows

package chime

import (
	"context"
	"os"
	"os/exec"
	"runtime"
)

// player is a program that plays a sound, with the file that it plays, or with "" by
// the sound's name.
type player struct {
	program string
	args    []string
	file    string
}

// players are tried in this order; sounds are named as in freedesktop.org's Sound
// Naming Specification.
func players(system string) []player {
	if system == "darwin" {
		const glass = "/System/Library/Sounds/Glass.aiff"
		return []player{{"afplay", []string{glass}, glass}}
	}
	const complete = "/usr/share/sounds/freedesktop/stereo/complete.oga"
	return []player{
		{"canberra-gtk-play", []string{"-i", "complete"}, ""},
		{"pw-play", []string{complete}, complete},
		{"paplay", []string{complete}, complete},
	}
}

func find() func(context.Context) error {
	return choose(players(runtime.GOOS), exec.LookPath, func(name string) bool {
		_, err := os.Stat(name)
		return err == nil
	})
}

// choose takes the first player that is there, with its file.
func choose(all []player, look func(program string) (string, error), exists func(file string) bool) func(context.Context) error {
	for _, p := range all {
		if path, err := look(p.program); err == nil && (p.file == "" || exists(p.file)) {
			return func(ctx context.Context) error { return exec.CommandContext(ctx, path, p.args...).Run() }
		}
	}
	return nil
}
