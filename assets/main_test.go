//go:build linux

package assets_test

import (
	"flag"
	"os"
	"testing"
)

// Boards mostly wait: more of them may run side by side than there are cores.
const boardsAtOnce = "6"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", boardsAtOnce); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
