package install

import (
	"context"

	"lamplighter/device"
	"lamplighter/device/fault"
	"lamplighter/device/repl"
)

// Restore puts back the main.py that was there before Lamplighter. The other
// files stay.
func (b *Provisioner) Restore(ctx context.Context, p device.Port, report func(device.Progress)) error {
	return b.do(ctx, job{op: "restore", port: p, limit: restoreTime}, func(ctx context.Context, r *repl.REPL) error {
		report(device.Progress{Step: "main.py"})
		if err := b.quiet(ctx); err != nil {
			return err
		}
		had, err := restoreBackup(ctx, r, file{path: mainPath})
		if err == nil && !had {
			return found(fault.NoBackup)
		}
		return err
	})
}

// restoreBackup renames a file's backup to its old name, in one step.
func restoreBackup(ctx context.Context, r *repl.REPL, f file) (had bool, err error) {
	backup, err := readBytes(ctx, r, f.backup(), 1)
	if err != nil || backup == nil {
		return false, err
	}
	if err := r.Set(ctx, "p", []byte(f.backup())); err != nil {
		return false, err
	}
	if err := r.Set(ctx, "q", []byte(f.path)); err != nil {
		return false, err
	}
	_, err = r.Exec(ctx, move)
	return true, err
}

// Remove takes everything of Lamplighter off the board and restores what was
// there. main.py goes first, so that the board never runs half a program.
func (b *Provisioner) Remove(ctx context.Context, p device.Port, report func(device.Progress)) error {
	program, err := b.program()
	if err != nil {
		return &fault.Error{Fault: fault.Unknown, Op: "read the board's files", Err: err}
	}
	program = withFormer(program)
	return b.do(ctx, job{op: "remove", port: p, limit: restoreTime}, func(ctx context.Context, r *repl.REPL) error {
		if err := b.quiet(ctx); err != nil {
			return err
		}
		for i := range program {
			f := program[len(program)-1-i] // main.py first
			report(device.Progress{Step: f.path[1:], Done: i, Total: len(program)})
			if err := uninstallFile(ctx, r, f); err != nil {
				return err
			}
		}
		w := &work{REPL: r, all: program}
		if err := w.sweep(ctx); err != nil {
			return err
		}
		if err := r.Set(ctx, "t", []byte(settingsPath)); err != nil {
			return err
		}
		if err := r.Set(ctx, "u", lines(folders(program)...)); err != nil {
			return err
		}
		_, err := r.Exec(ctx, remove)
		return err
	})
}

// uninstallFile puts back what a file replaced, or else deletes it where it is
// Lamplighter's.
func uninstallFile(ctx context.Context, r *repl.REPL, f file) error {
	had, err := restoreBackup(ctx, r, f)
	if err != nil || had {
		return err
	}
	head, err := readBytes(ctx, r, f.path, headBytes)
	if err != nil || head == nil || !f.same(head) {
		return err
	}
	if err := r.Set(ctx, "t", []byte(f.path)); err != nil {
		return err
	}
	_, err = r.Exec(ctx, "for _x in _list(t):_rm(_x)")
	return err
}
