package broker

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mochi-mqtt/server/v2/hooks/storage"
	"github.com/mochi-mqtt/server/v2/packets"
	"go.etcd.io/bbolt"

	"lamplighter/app/link"
)

// storeFile is where retained messages are kept.
const storeFile = "retained.db"

// childVar makes the test program a broker that is there to be killed.
const childVar = "LAMPLIGHTER_TEST_BROKER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVar); dir != "" {
		beKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// beKilled runs a broker and tells on its output, line by line, its port and
// app password and then every log record.
func beKilled(dir string) {
	log := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b, err := Start(Options{Dir: dir, Host: "127.0.0.1", Port: 1, Classroom: "class", Log: log})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	user, password := b.App()
	fmt.Println(b.Port(), user, password)
	select {}
}

func TestRetainedMessagesAndWillsSurviveAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVar+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	lines := bufio.NewScanner(out)
	var o link.Options
	o.Host = "127.0.0.1"
	if !lines.Scan() {
		t.Fatal("the child said nothing")
	}
	if _, err := fmt.Sscan(lines.Text(), &o.Port, &o.User, &o.Password); err != nil {
		t.Fatalf("%s: %v", lines.Text(), err)
	}
	o.Will = &link.Will{Topic: "class/lamp-0/status", Payload: []byte("offline"), Retained: true}
	const topics = 100
	c := join(t, o)
	c.send(t, "class/lamp-0/status", "online", 1, true)
	for i := range topics {
		c.send(t, fmt.Sprintf("class/lamp-%d/light", i), "on", byte(i%3), true)
	}
	// Its log tells when all is on the disk: the topics, the status, the will.
	for written := 0; written < topics+2; {
		if !lines.Scan() {
			t.Fatal("the child ended")
		}
		var record struct {
			Msg     string
			Changes int
		}
		if json.Unmarshal(lines.Bytes(), &record) == nil && record.Msg == "retained messages written" {
			written += record.Changes
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()

	b, notices := begin(t, Options{Dir: dir})
	app := join(t, appOptions(b), "class/#")
	for i := range topics {
		if m := app.hears(t, fmt.Sprintf("class/lamp-%d/light", i), "on"); !m.Retained {
			t.Errorf("%s is not marked as retained", m.Topic)
		}
	}
	app.hears(t, "class/lamp-0/status", "offline") // its client died with the broker
	if n := len(app.messages.list()); n != topics+1 {
		t.Errorf("%d messages", n)
	}
	if l := notices.list(); len(l) != 1 || l[0].Kind != Connected {
		t.Errorf("notices: %v", l)
	}
}

// kill -9 lost up to 88 messages that had been acknowledged.
func TestWhatIsAcknowledgedSurvivesAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVar+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	var port int
	var user, password string
	if _, err := fmt.Sscan(first, &port, &user, &password); err != nil {
		t.Fatalf("%s: %v", first, err)
	}
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	write(t, c, connectAs("publisher", user, password))
	readPacket(t, c)
	const all, enough = 2000, 300
	var stream []byte
	for i := range all {
		pk := publishOf(fmt.Sprint("class/", i+1), "1", byte(1+i%2), i%5 > 0)
		pk.PacketID = uint16(i + 1)
		stream = append(stream, encode(t, pk)...)
	}
	go func() { _, _ = c.Write(stream) }() // until the kill
	for i := range enough {
		kind, body := readPacket(t, c)
		if id := int(body[0])<<8 | int(body[1]); kind>>4 != byte(4+i%2) || id != i+1 {
			t.Fatalf("acknowledgement %d is % x of %d", i+1, kind, id)
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	b, _ := begin(t, Options{Dir: dir})
	for i := range enough {
		if _, kept := b.server.Topics.Retained.Get(fmt.Sprint("class/", i+1)); kept != (i%5 > 0) {
			t.Errorf("%d was acknowledged and is kept: %v", i+1, kept)
		}
	}
}

func TestRetainedMessagesSurviveARestartAndCanBeDeleted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, _ := begin(t, Options{Dir: dir})
	c := join(t, appOptions(b), "class/#")
	c.send(t, "class/a", "1", 1, true)
	c.send(t, "class/b", "1", 1, true)
	c.send(t, "class/b", "", 1, true)
	c.send(t, "class/c", "not kept", 1, false)
	c.hears(t, "class/c", "not kept")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b, _ = begin(t, Options{Dir: dir})
	c = join(t, appOptions(b), "class/#")
	c.hears(t, "class/a", "1")
	if n := len(c.messages.list()); n != 1 {
		t.Errorf("heard %v", c.messages.list())
	}
}

func TestRetainedMessagesDoNotExpireOvernight(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := bbolt.Open(filepath.Join(dir, storeFile), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	old := storage.Message{
		T: storage.RetainedKey, TopicName: "class/old", Payload: []byte("on"), Created: time.Now().Add(-90 * 24 * time.Hour).Unix(),
		FixedHeader: packets.FixedHeader{Type: packets.Publish, Retain: true},
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		messages, err := tx.CreateBucket([]byte("retained"))
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucket([]byte("wills")); err != nil {
			return err
		}
		data, err := json.Marshal(old)
		if err != nil {
			return err
		}
		return messages.Put([]byte(old.TopicName), data)
	})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	b, _ := begin(t, Options{Dir: dir})
	// One that has expired tells that mochi has looked through all of them.
	b.server.Topics.Retained.Add("class/marker", packets.Packet{
		ProtocolVersion: 5, TopicName: "class/marker", Expiry: 1, Payload: []byte("x"), FixedHeader: packets.FixedHeader{Retain: true},
	})
	until(t, "mochi's look", func() bool { _, ok := b.server.Topics.Retained.Get("class/marker"); return !ok })
	c := join(t, appOptions(b), "class/#")
	c.hears(t, "class/old", "on")
}

func TestABrokenStoreIsMovedAsideAndTheBrokerStarts(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"garbage":     func(t *testing.T, path string) { overwrite(t, path, []byte("this is no database"), 0) },
		"empty pages": func(t *testing.T, path string) { overwrite(t, path, make([]byte, 64<<10), 4096) },
		"noise in the pages": func(t *testing.T, path string) {
			overwrite(t, path, []byte(strings.Repeat("\xa5\x5a\xff\x01", 16<<10)), 2*4096)
		},
		"cut short": func(t *testing.T, path string) {
			if err := os.Truncate(path, 3*4096); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			b, _ := begin(t, Options{Dir: dir})
			c := join(t, appOptions(b))
			for i := range 300 {
				c.send(t, fmt.Sprint("class/", i), strings.Repeat("x", 100), 0, true)
				if i%100 == 99 {
					join(t, appOptions(b), fmt.Sprint("class/", i)).hears(t, fmt.Sprint("class/", i), strings.Repeat("x", 100))
				}
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			damage(t, filepath.Join(dir, storeFile))
			b, notices := begin(t, Options{Dir: dir})
			n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == StoreBroken })
			if _, err := os.Stat(n.Path); err != nil {
				t.Errorf("the broken file is lost: %v", err)
			}
			c = join(t, appOptions(b))
			c.send(t, "class/new", "1", 1, true)
			join(t, appOptions(b), "class/#").hears(t, "class/new", "1")
			if err := b.Close(); err != nil {
				t.Errorf("the new store: %v", err)
			}
		})
	}
}

func overwrite(t *testing.T, path string, data []byte, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if at == 0 {
		err = f.Truncate(0)
	}
	if _, e := f.WriteAt(data, at); e != nil || err != nil || f.Close() != nil {
		t.Fatal(err, e)
	}
}

func TestAStoreThatAnotherProgramHoldsIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := bbolt.Open(filepath.Join(dir, storeFile), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b, notices := begin(t, Options{Dir: dir})
	notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == StoreFailed })
	c := join(t, appOptions(b))
	c.send(t, "class/a", "1", 1, true)
	join(t, appOptions(b), "class/#").hears(t, "class/a", "1")
	if l, _ := os.ReadDir(dir); len(l) != 1 {
		t.Errorf("files: %v", l)
	}
}

func TestBrokenAccountsAreMovedAside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, accountsFile), []byte(`[{"user":`), 0o600); err != nil {
		t.Fatal(err)
	}
	b, notices := begin(t, Options{Dir: dir})
	n := notices.wait(t, "a notice", func(n Notice) bool { return n.Kind == StoreBroken })
	if _, err := os.Stat(n.Path); err != nil {
		t.Error(err)
	}
	account(t, b, Account{User: "pupil", Role: Pupil}, "sesame")
	if err := link.Test(context.Background(), options(b, "pupil", "sesame")); err != nil {
		t.Error(err)
	}
}

func TestABusyBoardIsOfflineAfterTheBrokersRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, _ := begin(t, Options{Dir: dir})
	const boards = 8
	var busy sync.WaitGroup
	for i := range boards {
		base := fmt.Sprintf("class/lamp-%d", i)
		account(t, b, Account{User: fmt.Sprint("lamp-", i), Role: Board, Base: base}, "sesame")
		o := options(b, fmt.Sprint("lamp-", i), "sesame")
		o.ClientID, o.Will = fmt.Sprint("board-", i), &link.Will{Topic: base + "/status", Payload: []byte("offline"), Retained: true}
		gone := make(chan error, 1)
		c, err := link.DialOnce(context.Background(), o, nil, func(link.Message) {}, func(err error) { gone <- err })
		if err != nil {
			t.Fatal(err)
		}
		c.Publish(base+"/status", []byte("online"), true)
		busy.Go(func() {
			for {
				select {
				case <-gone:
					return
				default:
					c.Publish(base+"/light", []byte("on"), false)
				}
			}
		})
	}
	app := join(t, appOptions(b), "class/+/status")
	for i := range boards {
		app.hears(t, fmt.Sprintf("class/lamp-%d/status", i), "online")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	busy.Wait()
	b, _ = begin(t, Options{Dir: dir})
	again := join(t, appOptions(b), "class/+/status")
	for i := range boards {
		topic := fmt.Sprintf("class/lamp-%d/status", i)
		m := again.messages.wait(t, topic, func(m link.Message) bool { return m.Topic == topic })
		if string(m.Payload) != "offline" {
			t.Errorf("%s is %s", topic, m.Payload)
		}
	}
}
