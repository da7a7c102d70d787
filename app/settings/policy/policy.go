// Package policy reads what an administrator chose for everyone on a computer: a
// file beside the program, or in the system's place for such files. It is
// documented in docs/INSTALL.md.
package policy

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
)

// FileName is that of the file, in each of the places where it may be.
const FileName = "policy.json"

const (
	maxFile  = 64 << 10 // bytes
	maxText  = 256      // bytes of a name or a path
	maxWrong = 20       // entries that are told
)

// Read reads the first of the files that is there. What it can't use of it is
// told by Policy.Wrong; a file that can't be read at all by its own name there.
// Languages are those that can be chosen.
func Read(languages []string, paths ...string) settings.Policy {
	for _, path := range paths {
		data, err := read(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		p := settings.Policy{Path: path}
		if err != nil {
			p.Wrong = []string{FileName}
			return p
		}
		r := reader{policy: &p, languages: languages}
		r.file(data)
		return p
	}
	return settings.Policy{}
}

// Paths are where the file may be: beside the program, then for the whole computer.
func Paths() []string {
	all := systemPaths()
	if exe, err := os.Executable(); err == nil {
		all = slices.Insert(all, 0, filepath.Join(filepath.Dir(exe), FileName))
	}
	return all
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	if len(data) > maxFile {
		return nil, errors.New("read the policy: larger than 64 KB")
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil // which Notepad writes
}

// reader reads one file.
type reader struct {
	policy    *settings.Policy
	languages []string
}

// wrong notes an entry that is not used.
func (r *reader) wrong(entry string) {
	if len(r.policy.Wrong) < maxWrong {
		entry = strings.ToValidUTF8(entry[:min(len(entry), maxText)], "?")
		r.policy.Wrong = append(r.policy.Wrong, entry)
	}
}

func (r *reader) file(data []byte) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		r.wrong(at(data, err))
		return
	}
	p := r.policy
	r.entries("", all, map[string]func(json.RawMessage) bool{
		"language": func(m json.RawMessage) bool {
			return text(m, &p.Language) && slices.Contains(r.languages, p.Language)
		},
		"classroom": func(m json.RawMessage) bool { return text(m, &p.Classroom) && settings.IsClassroom(p.Classroom) },
		"broker":    r.broker,
		"locked":    func(m json.RawMessage) bool { return json.Unmarshal(m, &p.Locked) == nil },
	})
	if slices.Contains(p.Wrong, "language") {
		p.Language = ""
	}
	if slices.Contains(p.Wrong, "classroom") {
		p.Classroom = ""
	}
	r.locks(all["broker"] != nil)
}

// entries hands each entry to its reader, in the order of their names, and notes
// those that there are not, or that it can't use.
func (r *reader) entries(prefix string, all map[string]json.RawMessage, known map[string]func(json.RawMessage) bool) {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if use, ok := known[name]; !ok || !use(all[name]) {
			r.wrong(prefix + name)
		}
	}
}

// broker reads the broker. With one wrong entry none of it is used: it would lead
// somewhere else.
func (r *reader) broker(m json.RawMessage) bool {
	var all map[string]json.RawMessage
	if json.Unmarshal(m, &all) != nil || all == nil {
		return false
	}
	c := &settings.Connection{ID: settings.PolicyConnection, Endpoint: endpoint.Endpoint{Port: 1883}}
	if before := len(r.policy.Wrong); all["host"] != nil {
		flag := func(to *bool) func(json.RawMessage) bool {
			return func(m json.RawMessage) bool { return json.Unmarshal(m, to) == nil }
		}
		words := func(to *string) func(json.RawMessage) bool {
			return func(m json.RawMessage) bool { return text(m, to) }
		}
		r.entries("broker.", all, map[string]func(json.RawMessage) bool{
			"name": words(&c.Name), "user": words(&c.User), "path": words(&c.Path), "server_name": words(&c.ServerName),
			"tls": flag(&c.TLS), "websocket": flag(&c.WebSocket),
			"host": func(m json.RawMessage) bool {
				host, err := "", error(nil)
				if !text(m, &host) {
					return false
				}
				c.Host, err = endpoint.Host(host)
				return err == nil
			},
			"port": func(m json.RawMessage) bool { return json.Unmarshal(m, &c.Port) == nil && endpoint.IsPort(c.Port) },
			"ca":   func(m json.RawMessage) bool { return json.Unmarshal(m, &c.CA) == nil && isCertificate(c.CA) },
		})
		if len(r.policy.Wrong) == before {
			r.policy.Broker = c
		}
		return true
	}
	r.wrong("broker.host")
	return true
}

// locks keeps the locks that there are and that have something to lock.
func (r *reader) locks(broker bool) {
	p := r.policy
	has := map[settings.Lock]bool{
		settings.LockLanguage: p.Language != "", settings.LockClassroom: p.Classroom != "",
		settings.LockBroker: p.Broker != nil || !broker,
	}
	p.Locked = slices.DeleteFunc(p.Locked, func(l settings.Lock) bool {
		if !has[l] {
			r.wrong("locked: " + string(l))
		}
		return !has[l]
	})
}

// text reads a short text without control characters.
func text(m json.RawMessage, to *string) bool {
	return json.Unmarshal(m, to) == nil && len(*to) <= maxText && !strings.ContainsFunc(*to, func(r rune) bool { return r < ' ' })
}

func isCertificate(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return false
	}
	_, err := x509.ParseCertificate(block.Bytes)
	return err == nil
}

// at names the line at which a file is not JSON.
func at(data []byte, err error) string {
	var wrong *json.SyntaxError
	if !errors.As(err, &wrong) {
		return FileName
	}
	line := 1 + bytes.Count(data[:min(int(wrong.Offset), len(data))], []byte("\n"))
	return fmt.Sprintf("%s:%d", FileName, line)
}
