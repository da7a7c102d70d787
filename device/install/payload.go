package install

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lamplighter/device"
)

// file is one file for the board.
type file struct {
	path string // on the board
	data []byte
}

func (f file) sum() string {
	sum := sha256.Sum256(f.data)
	return hex.EncodeToString(sum[:])
}

// fresh is where the file waits until it is put in place.
func (f file) fresh() string { return f.path + newSuffix }

// backup is where a foreign file of that name is kept on the board.
func (f file) backup() string {
	return strings.TrimSuffix(f.path, ".py") + ".before-lamplighter.py"
}

const umqttPath = "/lib/umqtt/simple.py"

// boardPath is where a file of the folder goes: libraries under /lib.
func boardPath(name string) string {
	if strings.Contains(name, "/") {
		return "/lib/" + name
	}
	return "/" + name
}

// program reads the folder: every Python file, main.py last.
func (b *Provisioner) program() ([]file, error) {
	var all []file
	err := fs.WalkDir(b.files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".py" {
			return err
		}
		data, err := fs.ReadFile(b.files, name)
		all = append(all, file{boardPath(name), data})
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(x, y file) int { return order(x.path) - order(y.path) })
	return all, nil
}

// order is in which order files are put in place: each after what it needs, and
// main.py last.
func order(name string) int {
	switch {
	case name == mainPath:
		return 4
	case name == settingsPath:
		return 3
	case name == programPath:
		return 2
	case strings.HasPrefix(name, "/lib/"):
		return 0
	}
	return 1
}

// partOfProgram reports whether only the lamp program needs a file.
func partOfProgram(name string) bool {
	return name == programPath || strings.HasPrefix(name, programParts)
}

// folders lists where files lie, the deepest first.
func folders(files []file) []string {
	var all []string
	for _, f := range files {
		for d := path.Dir(f.path); d != "/"; d = path.Dir(d) {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(x, y string) int { return strings.Compare(y, x) })
	return slices.Compact(all)
}

// payload lists the files of a job, in the order in which they are put in place.
func (b *Provisioner) payload(j device.Job) ([]file, error) {
	all, err := b.program()
	if err != nil {
		return nil, err
	}
	settings, err := j.Config.File()
	if err != nil {
		return nil, err
	}
	all = append(all, file{settingsPath, settings})
	if j.Goal == device.SettingsOnly {
		all = slices.DeleteFunc(all, func(f file) bool { return f.path == mainPath })
	}
	slices.SortStableFunc(all, func(x, y file) int { return order(x.path) - order(y.path) })
	return all, nil
}

// window is how far back the compressed bytes refer, so how much memory a
// board needs to inflate them. The scripts know it as 12 bits.
const window = 4096

// bundle is many files on their way.
type bundle struct {
	data  []byte
	files []file
	ends  []int // where the bytes of each window of the plain files end in data
}

// pack makes a bundle of the files, plain or deflated (RFC 1951). Compression
// begins anew after each window, so that nothing refers further back: Go's
// writer has no smaller window than 32 KB, and a small board has no room for
// that.
func pack(files []file, deflated bool) (bundle, error) {
	var plain, out bytes.Buffer
	for _, f := range files {
		plain.Write(f.data)
	}
	b := bundle{files: files}
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return b, err
	}
	for piece := range slices.Chunk(plain.Bytes(), window) {
		if deflated {
			err = deflate(w, &out, piece)
		} else {
			_, err = out.Write(piece)
		}
		if err != nil {
			return b, err
		}
		b.ends = append(b.ends, out.Len())
	}
	if deflated {
		out.Write([]byte{3, 0}) // an empty last block: the end
	}
	b.data = out.Bytes()
	return b, nil
}

// deflate writes one window, which refers to nothing before it.
func deflate(w *flate.Writer, out *bytes.Buffer, piece []byte) error {
	w.Reset(out)
	if _, err := w.Write(piece); err != nil {
		return err
	}
	return w.Flush()
}

// name tells which file is on its way after so many bytes of data.
func (b bundle) name(done int) string {
	windows, _ := slices.BinarySearch(b.ends, done+1)
	left := windows * window
	for _, f := range b.files {
		if left -= len(f.data); left < 0 {
			return strings.TrimPrefix(f.path, "/")
		}
	}
	return strings.TrimPrefix(b.files[len(b.files)-1].path, "/")
}

// manifest lists the files for the script unpack.
func (b bundle) manifest() []byte {
	var m []byte
	for _, f := range b.files {
		m = fmt.Appendf(m, "%d %s\n", len(f.data), f.path)
	}
	return m
}

// lines joins names for the scripts, one a line.
func lines(names ...string) []byte { return []byte(strings.Join(names, "\n")) }
