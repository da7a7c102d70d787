// Command flood is a publisher for benchmarks: many topics, a steady rate, QoS 0
// over one connection or many, with as little work per message as there can be. It
// prints how many messages it sent, when the broker has taken them all.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

const size = 100 // bytes of a payload

func main() {
	addr := flag.String("addr", "", "the broker, as 127.0.0.1:1883")
	user := flag.String("user", "", "login")
	base := flag.String("base", "school", "first level of the topics")
	count := flag.Int("topics", 100_000, "how many topics")
	retained := flag.Bool("retained", false, "publish every topic once, retained, and end")
	rate := flag.Int("rate", 20_000, "messages a second")
	last := flag.Duration("for", 30*time.Second, "how long")
	clients := flag.Int("clients", 1, "how many connections")
	flag.Parse()
	list, err := connect(*addr, *user, os.Getenv("FLOOD_PASSWORD"), *clients)
	var sent int
	if err == nil {
		sent, err = flood(list, topics(*base, *count), *retained, *rate, *last)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "flood:", err)
		os.Exit(1)
	}
	fmt.Println(sent)
}

// topics are three levels below the base, a hundred in each of the lowest.
func topics(base string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s/hall-%02d/desk-%02d/meter-%02d", base, i/5000, i/100%50, i%100)
	}
	return all
}

// client is one connection.
type client struct {
	in  *bufio.Reader
	out *bufio.Writer
}

// connect logs in n times.
func connect(addr, user, password string, n int) (all []client, err error) {
	for i := range n {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return nil, err
		}
		x := client{bufio.NewReader(c), bufio.NewWriterSize(c, 1<<16)}
		if err := login(x.in, x.out, fmt.Sprintf("flood-%d-%02d", os.Getpid(), i), user, password); err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

func flood(clients []client, topics []string, retained bool, rate int, last time.Duration) (sent int, err error) {
	if retained {
		for i, topic := range topics {
			publish(clients[0].out, topic, i, true)
		}
		return len(topics), pingAll(clients)
	}
	const step = 5 * time.Millisecond
	start := time.Now()
	for {
		gone := time.Since(start)
		due := int(float64(rate) * min(gone, last).Seconds())
		for ; sent < due; sent++ {
			publish(clients[sent%len(clients)].out, topics[choose(sent, len(topics))], sent, false)
		}
		for _, c := range clients {
			if err := c.out.Flush(); err != nil {
				return sent, err
			}
		}
		if gone >= last {
			return sent, pingAll(clients)
		}
		time.Sleep(step) // the pace itself
	}
}

// pingAll waits until the broker has read everything.
func pingAll(clients []client) error {
	for _, c := range clients {
		if err := ping(c.in, c.out); err != nil {
			return err
		}
	}
	return nil
}

// choose takes the topics in turn, but each tenth message is for one of the
// first hundred, which are in view.
func choose(i, n int) int {
	if i%10 == 0 {
		return i / 10 % min(100, n)
	}
	return i % n
}

// login sends CONNECT and waits for CONNACK (MQTT 3.1.1, 3.1 and 3.2).
func login(in *bufio.Reader, out *bufio.Writer, id, user, password string) error {
	body := append(text("MQTT"), 4, 2, 0, 0)
	body = append(body, text(id)...)
	if user != "" {
		body[7] |= 0xC0
		body = append(append(body, text(user)...), text(password)...)
	}
	packet(out, 0x10, body)
	answer := make([]byte, 4)
	if err := out.Flush(); err != nil {
		return err
	}
	if _, err := io.ReadFull(in, answer); err != nil {
		return err
	}
	if answer[0] != 0x20 || answer[3] != 0 {
		return errors.New("the broker refused the login")
	}
	return nil
}

// ping waits until the broker has read everything.
func ping(in *bufio.Reader, out *bufio.Writer) error {
	packet(out, 0xC0, nil)
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := io.ReadFull(in, make([]byte, 2))
	return err
}

func publish(out *bufio.Writer, topic string, n int, retained bool) {
	kind := byte(0x30)
	if retained {
		kind |= 1
	}
	payload := fmt.Sprintf(`{"n":%d,"watts":%d.%d,"state":"on","note":"`, n, 20+n%180, n%10)
	payload += strings.Repeat("-", size-len(payload)-2) + `"}`
	packet(out, kind, append(text(topic), payload...))
}

func text(s string) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...) }

// packet writes a packet; what can't be written is told by the next Flush.
func packet(out *bufio.Writer, kind byte, body []byte) {
	_ = out.WriteByte(kind)
	n := len(body)
	for {
		b := byte(n & 0x7F)
		if n >>= 7; n > 0 {
			b |= 0x80
		}
		_ = out.WriteByte(b)
		if n == 0 {
			break
		}
	}
	_, _ = out.Write(body)
}
