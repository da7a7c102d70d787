package filedialog

import (
	"context"
	"errors"
	"fmt"

	"github.com/ncruces/zenity"
)

// Ask shows the dialog and waits until it is answered: with the path of a file, or
// with "" where none was chosen. It gives ErrNone where there is no dialog.
func Ask(ctx context.Context, q Question) (path string, err error) {
	options := []zenity.Option{zenity.Context(ctx), zenity.Title(q.Title)}
	if q.Parent.Windows != 0 {
		options = append(options, zenity.Attach(q.Parent.Windows))
	}
	if q.Save {
		path, err = zenity.SelectFileSave(append(options, zenity.Filename(q.Name), zenity.ConfirmOverwrite())...)
	} else {
		path, err = zenity.SelectFile(options...)
	}
	switch {
	case errors.Is(err, zenity.ErrCanceled):
		return "", nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	return path, nil
}
