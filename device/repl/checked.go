package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The plain raw REPL has neither flow control nor a checksum: a UART that keeps
// little loses bytes of a script whose board or PC is busy. What is lost is
// noticed here as far as that is possible, and sent again, each time more slowly.

const (
	sendTries = 4    // for one script
	notWhole  = 0x15 // the board's word for data with a wrong sum, ASCII's NAK
)

// retry runs code until it has arrived, as lost tells from its result: what is
// lost must not have begun. A raw paste loses nothing.
func (r *REPL) retry(ctx context.Context, code string, lost func(out []byte, err error) bool) ([]byte, error) {
	for try := 1; ; try++ {
		out, err := r.exec(ctx, code, nil)
		if r.paste != no || !lost(out, err) || try == sendTries {
			return out, err
		}
		r.SetPieceDelay(min(max(SmallPieceDelay, 2*r.pieceDelay), 8*SmallPieceDelay))
	}
}

// ahead gives what runs code. Without flow control a UART keeps the first bytes of a
// script for a busy board and loses those after them, and what is left may still
// compile, and be another program. So more than a piece is sent as data with its sum.
func (r *REPL) ahead(ctx context.Context, code string) (string, error) {
	if r.paste != no || len(code) < pieceBytes {
		return code, nil
	}
	return "exec(_c)", r.Set(ctx, "_c", []byte(code))
}

// setAndRun sets the board's variable to data, and runs then only where all of it
// arrived.
func (r *REPL) setAndRun(ctx context.Context, variable string, data []byte, then string) ([]byte, error) {
	sum := 0
	for _, c := range data {
		sum += int(c)
	}
	code := fmt.Sprintf("%[1]s=%[2]s\nif (len(%[1]s),sum(%[1]s))==(%[3]d,%[4]d):%[5]s\nelse:print(chr(%[6]d))",
		variable, literal(data), len(data), sum, then, notWhole)
	out, err := r.retry(ctx, code, incomplete)
	if err == nil && damaged(out) {
		return nil, r.fail("send a piece", r.faultOf(errStall), errStall)
	}
	return out, err
}

func damaged(out []byte) bool { return bytes.HasPrefix(out, []byte{notWhole}) }

// incomplete tells of data that did not arrive whole: its sum is wrong, or the
// code around it makes no sense any more. What it was for has not begun then.
func incomplete(out []byte, err error) bool {
	return damaged(out) || unread(out, err) || raisedAtOnce(err, "NameError", "TypeError", "AttributeError")
}

// unread tells of a script that did not begin: its end was lost, or the compiler
// refused it.
func unread(_ []byte, err error) bool {
	return errors.Is(err, errStall) || raisedAtOnce(err, "SyntaxError", "IndentationError")
}

// raisedAtOnce reports whether the script itself, and nothing that it called,
// raised one of the exceptions.
func raisedAtOnce(err error, types ...string) bool {
	var raised *ScriptError
	if !errors.As(err, &raised) || strings.Count(raised.Traceback, "File ") > 1 {
		return false
	}
	return slices.Contains(types, raised.Type)
}
