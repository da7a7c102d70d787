package broker

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"lamplighter/app/link"
)

// The race detector is the judge here: without the lock it finds mochi reading
// a topic that is being written.
func TestBoardsThatRetainNewTopicsWhileOthersSubscribeDisturbNobody(t *testing.T) {
	b, _ := begin(t, Options{})
	user, password := b.App()
	o := link.Options{Host: "127.0.0.1", Port: b.Port(), User: user, Password: password}
	o.Will = &link.Will{Topic: "class/will", Payload: []byte("gone"), Retained: true}
	dial := func(filters ...string) *link.Single {
		c, err := link.DialOnce(context.Background(), o, filters, func(link.Message) {}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	var boards sync.WaitGroup
	for who := range 4 {
		c := dial()
		boards.Go(func() {
			for n := range 1500 {
				c.Publish(fmt.Sprintf("class/%d/%d", who, n), []byte("online"), true)
			}
			c.Drop()
		})
	}
	for range 30 {
		dial("class/#", "class/+/+").Close()
	}
	boards.Wait()
}
