package broker

import "time"

// takeoverCount is a row of take-overs of one client id.
type takeoverCount struct {
	last  time.Time
	count int
}

// Bounds of what is taken for a fight over a client id. A board that is switched
// off and on again leaves a dead connection each time, and needs some seconds to
// come back: from one address only what is faster is a fight.
const (
	fightTime  = 30 * time.Second // between two take-overs of one fight
	rowTime    = 3 * time.Second  // the same, between programs at one address
	fightCount = 3
	maxFights  = 256
	leaveTime  = 200 * time.Millisecond // for the end of a connection to be seen
)

// closesSoon reports whether a connection is ending by itself, as that of a program
// which closes it and connects again at once. Only at one address can that be.
func (c *conn) closesSoon(next *conn) bool {
	if c.ip() != next.ip() {
		return false
	}
	select {
	case <-c.done:
		return true
	case <-time.After(leaveTime):
		return false
	}
}

// fought notes that a client was replaced while it was connected.
func (g *hook) fought(id string, v *clientInfo, c, old *conn) {
	key, kind, within := id, DuplicateClient, fightTime
	if c.ip() == old.ip() {
		key, kind, within = c.ip()+"\x00"+id, DuplicateProgram, rowTime
	}
	if g.fighting(key, within) {
		g.report(kind, v, c, "")
	}
}

// fighting counts a take-over, and reports whether it is one too many.
func (g *hook) fighting(key string, within time.Duration) bool {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.fights[key]
	if f == nil || now.Sub(f.last) > within {
		if len(g.fights) >= maxFights {
			clear(g.fights)
		}
		f = &takeoverCount{}
		g.fights[key] = f
	}
	f.last = now
	f.count++
	return f.count >= fightCount
}
