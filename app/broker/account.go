package broker

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"lamplighter/app/atomicfile"
	"lamplighter/device/fault"
	"lamplighter/device/random"
)

// Role is what an account is for.
type Role int

// The roles.
const (
	Board  Role = iota // speaks and hears below its own Base, and publishes its Config topic
	Pupil              // the classroom's topics, but not what only a board may say of itself
	App                // everything; only the program itself
	Lesson             // a program that is written for SIoT: a pupil's, and topics of two levels. See SetSIoT
)

// String names the role in English, for logs.
func (r Role) String() string { return [...]string{"board", "pupil", "app", "lesson"}[r] }

// isGuests reports whether anyone in the room may have the role.
func (r Role) isGuests() bool { return r == Pupil || r == Lesson }

// Account is somebody who may log in.
type Account struct {
	User   string `json:"user"` // 1 to 64 bytes of UTF-8 without control characters
	Role   Role   `json:"role"`
	Base   string `json:"base,omitempty"`   // of a Board: "class/lamp-07"
	Config string `json:"config,omitempty"` // of a Board: its Home Assistant discovery topic, or ""
}

// appUser is the name of the program's own account.
const appUser = "lamplighter-app"

// maxAccounts bounds the file and the list.
const maxAccounts = 1024

// Iterations of PBKDF2-HMAC-SHA-256. Boards' passwords are random, so a slow
// hash adds nothing to them; a pupil's is short. This is some 15 ms, which
// thirty boards that come back at once can afford.
const iterations = 50_000

const accountsFile = "accounts.json"

// entry is an account as it is kept: its password only as a salted hash.
type entry struct {
	Account
	Salt   string `json:"salt"`
	Hash   string `json:"hash"`
	Rounds int    `json:"rounds"`
}

// accounts are all who may log in.
type accounts struct {
	path   string
	app    credentials
	rounds int    // of a new hash
	key    []byte // of the memory of checked passwords; never leaves the process

	mu      sync.RWMutex
	entries map[string]*entry
	bases   map[string]string // of the boards among them → user
	open    bool
	checked map[string]bool // HMAC of user and password → right or wrong
	slots   chan struct{}   // how many passwords are hashed at once
	turns   map[string]*turn
}

// maxChecked bounds the memory of checked passwords.
const maxChecked = 2048

var (
	errUser   = errors.New("not a user name that can be used")
	errBase   = errors.New("not a base for a board's topics")
	errRole   = errors.New("not a role that an account can have")
	errSecret = errors.New("the password is empty or longer than 256 bytes")
	errMany   = errors.New("too many accounts")
)

// openAccounts reads the accounts that are kept in dir. A file that can't be
// understood is moved aside; moved is where to.
func openAccounts(dir string, app credentials) (a *accounts, moved string, err error) {
	a = &accounts{
		path: filepath.Join(dir, accountsFile), app: app, rounds: iterations, key: random.Bytes(32),
		entries: map[string]*entry{}, checked: map[string]bool{}, slots: make(chan struct{}, 2), turns: map[string]*turn{},
	}
	data, err := os.ReadFile(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, "", nil
	}
	if err != nil {
		return nil, "", &fault.Error{Fault: fault.Unknown, Op: "read the broker's accounts", Err: err}
	}
	var list []*entry
	if err := json.Unmarshal(data, &list); err != nil {
		moved, err := atomicfile.MoveAside(a.path)
		if err != nil {
			return nil, "", &fault.Error{Fault: fault.Unknown, Op: "move broken accounts aside", Err: err}
		}
		return a, moved, nil
	}
	for _, e := range list {
		if e != nil && check(e.Account) == nil {
			a.entries[e.User] = e
		}
	}
	a.index()
	return a, "", nil
}

// check tells why an account is not possible.
func check(a Account) error {
	switch {
	case a.User == "" || len(a.User) > 64 || !utf8.ValidString(a.User) || a.User == appUser || strings.ContainsFunc(a.User, isControl):
		return errUser
	case a.Role != Board && a.Role != Pupil:
		return errRole
	case a.Role == Board && !isBase(a.Base):
		return errBase
	case a.Config != "" && !isTopic(a.Config):
		return errBase
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func (a *accounts) set(acc Account, password string) (changed bool, err error) {
	if err := check(acc); err != nil {
		return false, &fault.Error{Fault: fault.BadValue, Op: "set account", Err: err}
	}
	if password == "" || len(password) > 256 {
		return false, &fault.Error{Fault: fault.BadValue, Op: "set account", Err: errSecret}
	}
	a.mu.RLock()
	old := a.entries[acc.User]
	a.mu.RUnlock()
	if old != nil && old.Account == acc && a.right(old, password, origin{alive: func() bool { return true }}) {
		return false, nil
	}
	e := &entry{Account: acc, Salt: base64.StdEncoding.EncodeToString(random.Bytes(16)), Rounds: a.rounds}
	if e.Hash, err = e.hash(password); err != nil {
		return false, &fault.Error{Fault: fault.Unknown, Op: "set account", Err: err}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.entries[acc.User] == nil && len(a.entries) >= maxAccounts {
		return false, &fault.Error{Fault: fault.BadValue, Op: "set account", Err: errMany}
	}
	err = a.replace(acc.User, e)
	a.checked[a.fingerprint(e, password)] = true
	return true, err
}

func (a *accounts) remove(user string) (changed bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.entries[user] == nil {
		return false, nil
	}
	return true, a.replace(user, nil)
}

// replace puts e in the place of user's entry and writes all to the disk. In
// memory the change is made in any case: who was shut out must be out even if
// the disk is full. The caller holds the lock.
func (a *accounts) replace(user string, e *entry) error {
	if e == nil {
		delete(a.entries, user)
	} else {
		a.entries[user] = e
	}
	clear(a.checked)
	a.index()
	list := make([]*entry, 0, len(a.entries))
	for _, e := range a.entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y *entry) int { return strings.Compare(x.User, y.User) })
	data, err := json.MarshalIndent(list, "", " ")
	if err == nil {
		err = atomicfile.Write(a.path, data, 0o600)
	}
	if err != nil {
		return &fault.Error{Fault: fault.Unknown, Op: "keep the broker's accounts", Err: err}
	}
	return nil
}

func (a *accounts) list() []Account {
	a.mu.RLock()
	defer a.mu.RUnlock()
	list := make([]Account, 0, len(a.entries))
	for _, e := range a.entries {
		list = append(list, e.Account)
	}
	slices.SortFunc(list, func(x, y Account) int { return strings.Compare(x.User, y.User) })
	return list
}

func (a *accounts) setOpen(open bool) {
	a.mu.Lock()
	a.open = open
	a.mu.Unlock()
}

func (a *accounts) isOpen() bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.open
}

// owns reports whether a topic is some board's own.
func (a *accounts) owns(topic string) bool { return a.boardOf(topic) != "" }

// boardOf names the board's user whose own a topic is, or "".
func (a *accounts) boardOf(topic string) string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for i := range len(topic) + 1 {
		if i == len(topic) || topic[i] == '/' {
			if user := a.bases[topic[:i]]; user != "" {
				return user
			}
		}
	}
	return ""
}

// index notes the bases of all boards. The caller holds the lock.
func (a *accounts) index() {
	a.bases = map[string]string{}
	for _, e := range a.entries {
		if e.Role == Board {
			a.bases[e.Base] = e.User
		}
	}
}

// login tells who a user with a password is.
func (a *accounts) login(user, password string, from origin) (acc Account, guest, ok bool) {
	if user == a.app.user {
		ok := subtle.ConstantTimeCompare([]byte(password), []byte(a.app.password)) == 1
		return Account{User: user, Role: App}, false, ok
	}
	a.mu.RLock()
	e, open := a.entries[user], a.open
	a.mu.RUnlock()
	if e == nil {
		return Account{User: user, Role: Pupil}, true, open
	}
	if password == "" {
		return Account{}, false, false
	}
	return e.Account, false, a.right(e, password, from)
}

// origin is where a login comes from.
type origin struct {
	addr  string
	alive func() bool // whether the connection is wanted still
}

// turn lets the logins of one address be hashed one after the other, so that many
// of them take no more than one place in the line.
type turn struct {
	sync.Mutex
	users int // that have it or wait for it; of accounts.mu
}

// await waits until a login of this address may be hashed, and returns what ends that.
func (a *accounts) await(addr string) (done func()) {
	a.mu.Lock()
	t := a.turns[addr]
	if t == nil {
		t = &turn{}
		a.turns[addr] = t
	}
	t.users++
	a.mu.Unlock()
	t.Lock()
	a.slots <- struct{}{}
	return func() {
		<-a.slots
		t.Unlock()
		a.mu.Lock()
		defer a.mu.Unlock()
		if t.users--; t.users == 0 {
			delete(a.turns, addr)
		}
	}
}

// right checks a password. What was found is remembered, for a board that comes
// back must not cost a slow hash again, nor one that keeps trying a wrong one.
func (a *accounts) right(e *entry, password string, from origin) bool {
	key := a.fingerprint(e, password)
	a.mu.RLock()
	known, ok := a.checked[key]
	a.mu.RUnlock()
	if ok {
		return known
	}
	done := a.await(from.addr)
	defer done()
	if !from.alive() {
		return false
	}
	fits := e.matches(password)
	a.mu.Lock()
	if len(a.checked) >= maxChecked {
		clear(a.checked)
	}
	a.checked[key] = fits
	a.mu.Unlock()
	return fits
}

// fingerprint includes the salt, so a password that has been changed since is
// not taken for the old one.
func (a *accounts) fingerprint(e *entry, password string) string {
	h := hmac.New(sha256.New, a.key)
	fmt.Fprintf(h, "%d:%s%d:%s%s", len(e.User), e.User, len(e.Salt), e.Salt, password)
	return string(h.Sum(nil))
}

func (e *entry) hash(password string) (string, error) {
	salt, err := base64.StdEncoding.DecodeString(e.Salt)
	if err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	if e.Rounds < 1 || e.Rounds > 10_000_000 {
		return "", fmt.Errorf("rounds: %d", e.Rounds)
	}
	sum, err := pbkdf2.Key(sha256.New, password, salt, e.Rounds, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("hash: %w", err)
	}
	return base64.StdEncoding.EncodeToString(sum), nil
}

func (e *entry) matches(password string) bool {
	h, err := e.hash(password)
	return err == nil && subtle.ConstantTimeCompare([]byte(h), []byte(e.Hash)) == 1
}
