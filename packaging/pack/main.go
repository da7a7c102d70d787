// Command pack makes the parts of a package that come from the program's own
// tables: its name and version, the udev rule, the licences, the list of files.
//
//	pack vars                 the identity, as shell variables
//	pack winres ICON MANIFEST what go-winres makes a Windows resource from
//	pack udev                 the rule that lets the person at the screen use boards
//	pack expand FILE          a file with ${NAME} filled in
//	pack licences             the licences of everything that is linked in
//	pack swap FILE OLD NEW    a program with NEW's content in the place of the embedded OLD's
//	pack sums DIR             sizes and SHA-256 of a folder's files
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("say what to make: vars, winres, udev, expand, licences, swap or sums")
	}
	name, rest := args[0], args[1:]
	switch {
	case name == "licences" && len(rest) == 0:
		return licences(out)
	case name == "sums" && len(rest) == 1:
		return sums(out, rest[0])
	case name == "swap" && len(rest) == 3:
		return swap(rest[0], rest[1], rest[2])
	case name == "udev" && len(rest) == 0:
		return udev(out)
	}
	app, err := readApp("FyneApp.toml")
	if err != nil {
		return err
	}
	switch {
	case name == "vars" && len(rest) == 0:
		return app.vars(out)
	case name == "winres" && len(rest) == 2:
		return app.winres(out, rest[0], rest[1])
	case name == "expand" && len(rest) == 1:
		return app.expand(out, rest[0])
	}
	return fmt.Errorf("unknown: %q", args)
}
