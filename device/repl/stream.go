package repl

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The ways in which bytes reach a running script.
const (
	byPieces = iota // as literals in scripts of their own
	byText          // base64 through sys.stdin
	byBytes         // as they are through sys.stdin.buffer
)

const (
	block      = 2048 // bytes that the sink gets at a time; the board keeps one block
	byteWindow = 125  // two windows of 126 bytes fit the 256 bytes that a UART keeps
	textWindow = 93   // 124 characters of base64
	stallTime  = 10 * time.Second
	endTime    = time.Minute       // for a board to end once it has all
	streamTime = time.Second / 500 // at least 500 bytes a second
	pieceCode  = 900               // bytes of a literal on the way by pieces
)

// errStall tells that the board waits for bytes that were sent: some were lost.
var errStall = errors.New("the board did not get every byte")

// The board asks for each window, two ahead, but never beyond the block: while
// the sink's code runs, nothing is on its way.
const (
	helperMain = `
def _lw(t,w):
 o=0
 while o<t:
  e=min(o+2048,t)
  q=o
  d=bytearray()
  while o<e:
   while q<e and q<o+2*w:
    print('\x06%d\x07'%q,end='')
    q=min(q+w,e)
   n=min(w,e-o)
   d+=_lg(n)
   o+=n
  yield bytes(d)
`
	helperBytes = `import sys
_li=sys.stdin.buffer.read
def _lg(n):
 b=_li(n+1)
 k=b[0]
 b=b[1:]
 return bytes([x^k for x in b])if k else b
`
	helperText = `import sys
try:
 from binascii import a2b_base64 as _la
except ImportError:
 from ubinascii import a2b_base64 as _la
_li=sys.stdin.read
def _lg(n):return _la(_li((n+2)//3*4).encode())
`
	askStdin = "import sys\nprint((2 if hasattr(sys.stdin,'buffer')else 1)if hasattr(sys,'stdin')else 0)"
)

// stream is Stream on the way that the board knows.
func (r *REPL) stream(ctx context.Context, s Sink, data []byte, report func(int)) ([]byte, error) {
	if err := r.learn(ctx); err != nil {
		return nil, err
	}
	if r.streamMode != byPieces {
		out, err := r.streamWindows(ctx, s, data, report)
		if !errors.Is(err, errStall) {
			return out, err
		}
		r.streamMode = byPieces // bytes get lost: from now on with a reply to each piece
	}
	return r.streamPieces(ctx, s, data, report)
}

// learn finds the way once, and gives the board its half of the work.
func (r *REPL) learn(ctx context.Context) error {
	if r.o.Plain {
		r.streamMode = byPieces
	} else if !r.asked {
		out, err := r.Exec(ctx, askStdin)
		if err == nil {
			err = lastJSON(out, &r.streamMode)
		}
		if err != nil {
			return err
		}
	}
	r.asked = true
	if r.streamMode == byPieces || r.helpers {
		return nil
	}
	helper := helperBytes
	if r.streamMode == byText {
		helper = helperText
	}
	_, err := r.Exec(ctx, helper+helperMain)
	r.helpers = err == nil
	return err
}

func (r *REPL) streamWindows(ctx context.Context, s Sink, data []byte, report func(int)) ([]byte, error) {
	f := feeder{r: r, ctx: ctx, data: data, report: report, window: byteWindow, encode: hide, last: time.Now()}
	if r.streamMode == byText {
		f.window, f.encode = textWindow, toBase64
	}
	code := s.Begin + "\nfor d in _lw(" + strconv.Itoa(len(data)) + "," + strconv.Itoa(f.window) + "):\n" + indent(s.Each) + "\n" + s.End
	code, err := r.ahead(ctx, code)
	if err != nil {
		return nil, err
	}
	out, err := r.exec(ctx, code, f.step)
	return withoutRequests(out), err
}

// indent makes lines of code the body of a loop.
func indent(code string) string {
	return " " + strings.ReplaceAll(strings.TrimSpace(code), "\n", "\n ")
}

// feeder answers the board's requests for windows.
type feeder struct {
	r      *REPL
	ctx    context.Context
	data   []byte
	report func(int)
	window int
	encode func([]byte) []byte
	at     int // output looked at
	sent   int // bytes of data
	last   time.Time
}

// nextRequest finds the first "\x06offset\x07" in b: its offset, and where it
// begins and ends.
func nextRequest(b []byte) (offset, begin, end int, ok bool) {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], 6)
		if i < 0 {
			return 0, 0, 0, false
		}
		begin = from + i
		j := begin + 1
		for j < len(b) && j < begin+10 && b[j] >= '0' && b[j] <= '9' {
			j++
		}
		if j < len(b) && b[j] == 7 && j > begin+1 {
			offset, _ = strconv.Atoi(string(b[begin+1 : j]))
			return offset, begin, j + 1, true
		}
		from = begin + 1
	}
}

// withoutRequests gives what stands between the requests.
func withoutRequests(b []byte) []byte {
	var rest []byte
	for {
		_, begin, end, ok := nextRequest(b)
		if !ok {
			return append(rest, b...)
		}
		rest = append(rest, b[:begin]...)
		b = b[end:]
	}
}

// step sends what the board has asked for since the last step. A request out of
// order is a timer's print, not a request.
func (f *feeder) step(out []byte) error {
	var wire []byte
	for {
		offset, _, end, ok := nextRequest(out[f.at:])
		if !ok {
			break
		}
		f.at += end
		if offset != f.sent || f.sent == len(f.data) {
			continue
		}
		n := min(f.window, block-offset%block, len(f.data)-offset)
		wire = append(wire, f.encode(f.data[offset:offset+n])...)
		f.sent += n
	}
	if len(wire) == 0 {
		return f.stalled()
	}
	f.last = time.Now()
	if err := f.r.w.send(f.ctx, wire); err != nil {
		return err
	}
	if f.report != nil {
		f.report(f.sent)
	}
	return nil
}

func (f *feeder) stalled() error {
	wait := stallTime
	if f.sent == len(f.data) {
		wait = endTime
	}
	if f.sent > 0 && time.Since(f.last) > wait {
		return errStall
	}
	return nil
}

// hide writes a window without the bytes 3 and 4, which a board takes as Ctrl-C
// and Ctrl-D: a key, then every byte xor the key. For at most 126 bytes there is
// always such a key.
func hide(b []byte) []byte {
	var bad [256]bool
	bad[3], bad[4] = true, true
	for _, c := range b {
		bad[c^3], bad[c^4] = true, true
	}
	key := slices.Index(bad[:], false)
	out := make([]byte, len(b)+1)
	out[0] = byte(key)
	for i, c := range b {
		out[i+1] = c ^ byte(key)
	}
	return out
}

func toBase64(b []byte) []byte {
	return base64.StdEncoding.AppendEncode(nil, b)
}

// streamPieces carries the data inside scripts, each with a reply.
func (r *REPL) streamPieces(ctx context.Context, s Sink, data []byte, report func(int)) ([]byte, error) {
	all, err := r.Exec(ctx, s.Begin)
	if err == nil {
		_, err = r.setAndRun(ctx, "_e", []byte(s.Each), "pass")
	}
	for sent := 0; err == nil && sent < len(data); {
		n := fits(data[sent:], pieceCode)
		var out []byte
		out, err = r.setAndRun(ctx, "d", data[sent:sent+n], "exec(_e)")
		all = append(all, out...)
		sent += n
		if err == nil && report != nil {
			report(sent)
		}
	}
	if err != nil {
		return all, err
	}
	out, err := r.Exec(ctx, s.End)
	return append(all, out...), err
}

// fits tells how many bytes of data have a literal of at most room bytes.
func fits(data []byte, room int) int {
	used := 3
	for i, c := range data {
		used += 4
		if plainByte(c) {
			used -= 3
		}
		if used > room {
			return i
		}
	}
	return min(len(data), block)
}
