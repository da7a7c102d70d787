package onenet

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"lamplighter/app/broker/presets/token"
	"lamplighter/app/link"
	"lamplighter/device/fault"
)

// The bounds of a call.
const (
	setTime   = 15 * time.Second // a setting waits for its board, the platform for 10 s
	askTime   = 6 * time.Second  // a question is answered by the platform itself
	maxAnswer = 1 << 20
	tokenLife = 24 * time.Hour // a PC whose time zone is wrong is some hours off
	skewLimit = time.Hour      // a clock that is this far off is told from a wrong key
	cmdTime   = "10"           // seconds that the platform waits for a board's answer to a command, 5 to 30
)

// The platform's codes that mean something to us. From the public API's answers.
const (
	codeOK        = 0
	codeForbidden = 10403
	codeNoDevice  = 10410
	codeNoThing   = 10417 // the product has no thing model
	codeOffline   = 10421
	codeInternal  = 10500 // and above: the platform has a problem of its own
)

// errGone tells that a device is away, or unknown to the product; errNoValue that
// the platform did not say whether it is there.
var (
	errGone    = errors.New("the device is not there")
	errNoValue = errors.New("the answer does not tell")
)

// client makes calls of the API. It keeps the key, and never puts it into an error.
type client struct {
	o    Options
	http *http.Client
	skew atomic.Int64 // how far the platform's clock is ahead of this PC's, a time.Duration
}

// newClient makes a client that follows no redirection: the API never sends one,
// a network that wants a login first does, and the token is for the API alone.
func newClient(o Options) *client {
	return &client{o: o, http: &http.Client{
		Timeout: setTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is the frame of every answer. One without a code is somebody else's.
type answer struct {
	Code *int            `json:"code"`
	Data json.RawMessage `json:"data"`
}

// call makes one request, and a second one where the first was refused because
// this PC's clock is wrong: a token ends at a time of day. It fails with a
// *fault.Error where the platform can't be reached or does not let us in, and
// with errGone where the device is away.
func (c *client) call(ctx context.Context, method, path string, query url.Values, body []byte) (answer, error) {
	a, date, err := c.once(ctx, method, path, query, body)
	if err == nil && *a.Code == codeForbidden && c.learnClock(date) {
		a, _, err = c.once(ctx, method, path, query, body)
	}
	if err != nil {
		return answer{}, err
	}
	switch *a.Code {
	case codeForbidden:
		return c.fail(path, fault.BadLogin, fmt.Errorf("code %d", *a.Code))
	case codeNoDevice, codeOffline:
		return a, errGone
	case codeNoThing:
		return c.fail(path, fault.AgainstRules, fmt.Errorf("code %d: the product has no thing model", *a.Code))
	}
	if *a.Code >= codeInternal {
		return c.fail(path, fault.Unavailable, fmt.Errorf("code %d", *a.Code))
	}
	return a, nil
}

func (c *client) fail(path string, f fault.Fault, err error) (answer, error) {
	return answer{}, &fault.Error{Fault: f, Op: path, Where: cmp.Or(c.o.API, API), Err: err}
}

// once makes one request, and gives the API's answer with the platform's time.
func (c *client) once(ctx context.Context, method, path string, query url.Values, body []byte) (a answer, date string, err error) {
	fail := func(f fault.Fault, err error) (answer, string, error) {
		a, err := c.fail(path, f, err)
		return a, "", err
	}
	secret, err := token.Make("products/"+c.o.Product, c.o.Key, "sha256", time.Now().Add(time.Duration(c.skew.Load())+tokenLife))
	if err != nil {
		return fail(fault.BadLogin, err)
	}
	q, err := http.NewRequestWithContext(ctx, method, cmp.Or(c.o.API, API)+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return fail(fault.BadValue, errors.New("the address of the API makes no sense"))
	}
	q.Header.Set("Authorization", secret)
	q.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(q)
	if err != nil {
		return fail(link.DialFault(err), stripped(err))
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fail(fault.Unreachable, stripped(err))
	}
	if json.Unmarshal(text, &a) == nil && a.Code != nil {
		return a, resp.Header.Get("Date"), nil
	}
	kind := fault.BadProtocol
	if resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusTooManyRequests {
		kind = fault.Unavailable
	}
	return fail(kind, fmt.Errorf("the answer is no API's: HTTP %d", resp.StatusCode))
}

// learnClock takes the platform's time in, and reports whether it is another than
// the one that tokens were made for.
func (c *client) learnClock(date string) bool {
	at, err := http.ParseTime(date)
	if err != nil {
		return false
	}
	skew := time.Until(at)
	return (skew - time.Duration(c.skew.Swap(int64(skew)))).Abs() > skewLimit
}

// stripped is a network's error without the address that was asked for.
func stripped(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (c *client) about(name string) url.Values {
	return url.Values{"product_id": {c.o.Product}, "device_name": {name}}
}

// enter finds out whether the API lets this product in: it asks about a device
// that need not exist.
func (c *client) enter(ctx context.Context) error {
	_, err := c.call(ctx, http.MethodGet, "/device/detail", c.about("lamplighter"), nil)
	if errors.Is(err, errGone) {
		return nil
	}
	return err
}

// online asks whether a device is connected. It fails with errNoValue where the
// answer does not tell.
func (c *client) online(ctx context.Context, name string) (bool, error) {
	a, err := c.call(ctx, http.MethodGet, "/device/detail", c.about(name), nil)
	if err != nil {
		return false, err
	}
	var d struct {
		Status *int `json:"status"`
	}
	if *a.Code != codeOK || json.Unmarshal(a.Data, &d) != nil || d.Status == nil {
		return false, errNoValue
	}
	return *d.Status == 1, nil
}

// value asks for the last value of a lamp, "on", "off" or "" where there is
// none, and when the platform got it (milliseconds, 0 = not told).
func (c *client) value(ctx context.Context, name, property string) (word string, at int64, err error) {
	if c.o.Thing {
		return c.property(ctx, name, property)
	}
	return c.stream(ctx, name, property)
}

func (c *client) property(ctx context.Context, name, property string) (string, int64, error) {
	a, err := c.call(ctx, http.MethodGet, "/thingmodel/query-device-property", c.about(name), nil)
	if err != nil {
		return "", 0, err
	}
	for _, row := range rowsOf(a.Data) {
		if row.Identifier == property {
			return wordOf(row.Value), timeOf(row.Time), nil
		}
	}
	return "", 0, nil
}

// row is one property of a device.
type row struct {
	Identifier string          `json:"identifier"`
	Value      json.RawMessage `json:"value"`
	Time       json.RawMessage `json:"time"`
}

// rowsOf reads the properties: an array as the platform sends it, or one inside
// "list" as its manual has it. What can't be read is not there.
func rowsOf(data json.RawMessage) (rows []row) {
	if json.Unmarshal(data, &rows) == nil {
		return rows
	}
	var inside struct {
		List []row `json:"list"`
	}
	_ = json.Unmarshal(data, &inside)
	return inside.List
}

// timeOf reads milliseconds since 1970, as a number or as text, or a date as
// data streams have it; 0 for what is none of them.
func timeOf(raw json.RawMessage) int64 {
	text := strings.Trim(string(raw), `" `)
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ms
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && f > 0 && f < 1<<53 {
		return int64(f)
	}
	if at, err := time.Parse("2006-01-02 15:04:05.000", text); err == nil {
		return at.UnixMilli()
	}
	return 0
}

func (c *client) stream(ctx context.Context, name, property string) (string, int64, error) {
	a, err := c.call(ctx, http.MethodGet, "/datapoint/current-datapoints", c.about(name), nil)
	if err != nil {
		return "", 0, err
	}
	var d struct {
		Devices []struct {
			Streams []struct {
				ID    string          `json:"id"`
				At    string          `json:"at"`
				Value json.RawMessage `json:"value"`
			} `json:"datastreams"`
		} `json:"devices"`
	}
	_ = json.Unmarshal(a.Data, &d)
	for _, dev := range d.Devices {
		for _, s := range dev.Streams {
			if s.ID == property {
				at, _ := time.Parse("2006-01-02 15:04:05.000", s.At)
				return wordOf(s.Value), at.UnixMilli(), nil
			}
		}
	}
	return "", 0, nil
}

// wordOf reads a value: true, 1 and on in any of their forms.
func wordOf(raw json.RawMessage) string {
	switch strings.ToLower(strings.Trim(string(raw), `" `)) {
	case "true", "1", "on":
		return "on"
	case "false", "0", "off":
		return "off"
	}
	return ""
}

// set asks a board to set its lamp, and waits for its answer. Errors other than
// errGone are logged by nobody: the panel sees that no confirmation comes.
func (c *client) set(ctx context.Context, name, property string, on bool) error {
	ctx, cancel := context.WithTimeout(ctx, setTime)
	defer cancel()
	if !c.o.Thing {
		q := c.about(name)
		q.Set("timeout", cmdTime)
		word := "off"
		if on {
			word = "on"
		}
		return c.done(c.call(ctx, http.MethodPost, "/datapoint/synccmds", q, []byte(word)))
	}
	body, err := json.Marshal(map[string]any{
		"product_id": c.o.Product, "device_name": name, "params": map[string]any{property: on},
	})
	if err != nil {
		return err
	}
	return c.done(c.call(ctx, http.MethodPost, "/thingmodel/set-device-property", nil, body))
}

// done reports whether the board did what it was asked for.
func (c *client) done(a answer, err error) error {
	if err == nil && *a.Code != codeOK {
		return &fault.Error{Fault: fault.NoAnswer, Op: "set", Err: fmt.Errorf("code %d", *a.Code)}
	}
	return err
}
