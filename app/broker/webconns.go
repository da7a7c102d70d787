package broker

import (
	"net"
	"net/http"
	"slices"
	"sync"
)

// webConns bounds the connections that a web server serves: of more than most the
// oldest ends, of the address that has most, so that one who holds many in
// silence keeps nobody out.
type webConns struct {
	most int

	mu   sync.Mutex
	list []net.Conn // the oldest first
}

// track is a server's ConnState. A connection that became a WebSocket is counted
// no more.
func (w *webConns) track(c net.Conn, state http.ConnState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch state {
	case http.StateHijacked, http.StateClosed:
		w.list = slices.DeleteFunc(w.list, func(o net.Conn) bool { return o == c })
	case http.StateNew:
		w.list = append(w.list, c)
		if len(w.list) <= w.most {
			return
		}
		i := oldestOfMost(w.list)
		_ = w.list[i].Close()
		w.list = slices.Delete(w.list, i, i+1)
	}
}

// oldestOfMost is the index of the first connection of the address that has most.
func oldestOfMost(list []net.Conn) (at int) {
	addrs, count := make([]string, len(list)), map[string]int{}
	for i, c := range list {
		addrs[i] = (&conn{Conn: c}).ip()
		count[addrs[i]]++
	}
	for i, a := range addrs {
		if count[a] > count[addrs[at]] {
			at = i
		}
	}
	return at
}
