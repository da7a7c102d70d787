package listen

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
)

// Limit bounds the connections that a web server serves: of more than Most the
// oldest ends, of the address that has most, so that one who holds many in silence
// keeps nobody out.
type Limit struct {
	Most int

	mu   sync.Mutex
	list []net.Conn // the oldest first
}

// Track is a server's ConnState. A connection that became a WebSocket is counted
// no more.
func (l *Limit) Track(c net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch state {
	case http.StateHijacked, http.StateClosed:
		l.list = slices.DeleteFunc(l.list, func(o net.Conn) bool { return o == c })
	case http.StateNew:
		l.list = append(l.list, c)
		if len(l.list) <= l.Most {
			return
		}
		i := oldestOfMost(l.list)
		_ = l.list[i].Close()
		l.list = slices.Delete(l.list, i, i+1)
	}
}

// Len is how many connections are counted.
func (l *Limit) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.list)
}

// oldestOfMost is the index of the first connection of the address that has most.
func oldestOfMost(list []net.Conn) (at int) {
	addrs, count := make([]netip.Addr, len(list)), map[netip.Addr]int{}
	for i, c := range list {
		addrs[i] = Host(c.RemoteAddr().String())
		count[addrs[i]]++
	}
	for i, a := range addrs {
		if count[a] > count[addrs[at]] {
			at = i
		}
	}
	return at
}
