package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// sums writes a file NAME.sha256 beside each file of a folder, as sha256sum
// reads it, and lists all with their sizes.
func sums(out io.Writer, dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list the packages: %w", err)
	}
	for _, f := range files {
		if f.IsDir() || strings.HasSuffix(f.Name(), ".sha256") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return fmt.Errorf("sum a package: %w", err)
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(data))
		if err := os.WriteFile(filepath.Join(dir, f.Name()+".sha256"), []byte(sum+"  "+f.Name()+"\n"), 0o644); err != nil {
			return fmt.Errorf("write a sum: %w", err)
		}
		fmt.Fprintf(out, "%-46s %10d  %s\n", f.Name(), len(data), sum)
	}
	return nil
}
