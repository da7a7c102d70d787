package main

import (
	"bytes"
	"fmt"
	"os"
)

// swap puts the content of another file in the place of one that is embedded in a
// program, with zeros where it is shorter. Go takes no overlay for what lies in the
// module cache, and a replaced module would lose its version in the bill of materials.
func swap(program, embedded, other string) error {
	var data [3][]byte
	for i, name := range []string{program, embedded, other} {
		var err error
		if data[i], err = os.ReadFile(name); err != nil {
			return fmt.Errorf("swap a file: %w", err)
		}
	}
	before, after := data[1], data[2]
	if n := bytes.Count(data[0], before); n != 1 {
		return fmt.Errorf("%s is %d times in %s", embedded, n, program)
	}
	if len(after) > len(before) {
		return fmt.Errorf("%s is longer than %s", other, embedded)
	}
	place := data[0][bytes.Index(data[0], before):][:len(before)]
	clear(place[copy(place, after):])
	if err := os.WriteFile(program, data[0], 0o755); err != nil {
		return fmt.Errorf("swap a file: %w", err)
	}
	return nil
}
