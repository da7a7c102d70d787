package startup

import (
	"errors"
	"time"

	"lamplighter/app/instance"
)

const (
	quitTime = 10 * time.Second // for an instance without a window to end when asked
	killTime = 10 * time.Second
)

// Acquire is [instance.Acquire], which asks the person whether to end an instance
// that has no window. It returns instance.ErrSilent where they say no.
func Acquire(dir string, h instance.Handler) (*instance.Lock, error) {
	return acquire(dir, h, Ask, quitTime)
}

func acquire(dir string, h instance.Handler, ask func(string) bool, patience time.Duration) (*instance.Lock, error) {
	lock, err := instance.Acquire(dir, h)
	if !errors.Is(err, instance.ErrSilent) || !ask(Windowless()) {
		return lock, err
	}
	if instance.Quit(dir, patience) != nil {
		if err := instance.Kill(dir, killTime); err != nil {
			return nil, errors.Join(instance.ErrSilent, err) // it goes on, whatever the system says of it
		}
	}
	return instance.Acquire(dir, h)
}
