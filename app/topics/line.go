package topics

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lamplighter/app/spreadsheet"
	"lamplighter/device/topic"
)

// line is a message in a recording: one JSON object a line (JSON Lines). What
// is no UTF-8, or a long payload, is in the fields that end in 64, as base64.
type line struct {
	At        time.Time `json:"at"`
	Topic     string    `json:"topic,omitempty"`
	Topic64   []byte    `json:"topic64,omitempty"`
	Payload   *string   `json:"payload,omitempty"`
	Payload64 []byte    `json:"payload64,omitempty"`
	QoS       byte      `json:"qos"`
	Retained  bool      `json:"retained"`
}

var errLine = errors.New("not a line of a recording")

// The times of messages that anybody could have recorded; so that every time
// between two of them is one that can be reckoned with.
var earliest, latest = time.Unix(0, 0), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// appendLine appends a message as a line of a recording.
func appendLine(b []byte, m Message) ([]byte, error) {
	l := line{At: m.At.UTC(), QoS: m.QoS, Retained: m.Retained}
	if utf8.ValidString(m.Topic) {
		l.Topic = m.Topic
	} else {
		l.Topic64 = []byte(m.Topic)
	}
	if len(m.Payload) <= maxPlain && utf8.Valid(m.Payload) {
		s := string(m.Payload)
		l.Payload = &s
	} else {
		l.Payload64 = m.Payload
	}
	text := bytes.NewBuffer(b)
	e := json.NewEncoder(text)
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		return b, err
	}
	return text.Bytes(), nil
}

// maxPlain is the longest payload that is written as a text, in bytes: a text's
// line may be six times as long, and base64 is always a third longer.
const maxPlain = 1 << 20

// parseLine reads what appendLine wrote.
func parseLine(text []byte) (Message, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return Message{}, fmt.Errorf("%w: %w", errLine, err)
	}
	m := Message{At: l.At, Topic: l.Topic, QoS: l.QoS, Retained: l.Retained, Payload: l.Payload64}
	if l.Topic == "" {
		m.Topic = string(l.Topic64)
	}
	if l.Payload != nil {
		m.Payload = []byte(*l.Payload)
	}
	if m.Topic == "" || len(m.Topic) > topic.MaxLen || m.QoS > 2 || m.At.Before(earliest) || m.At.After(latest) {
		return Message{}, errLine
	}
	return m, nil
}

// csvHead begins a CSV file; the mark in front lets spreadsheets see that it is
// UTF-8.
const csvHead = spreadsheet.Mark + "time,topic,payload,form,qos,retained\r\n"

// appendCSV appends a message as a line of CSV (RFC 4180). What is no UTF-8 is
// base64, and says so in the column form. A field that a spreadsheet would take
// for a formula gets an apostrophe in front.
func appendCSV(b []byte, m Message) []byte {
	topic, form := m.Topic, "text"
	if !utf8.ValidString(topic) {
		topic = strconv.QuoteToASCII(topic)
	}
	payload := string(m.Payload)
	if !utf8.Valid(m.Payload) {
		text, _ := json.Marshal(m.Payload)
		payload, form = strings.Trim(string(text), `"`), "base64"
	}
	b = m.At.Local().AppendFormat(b, "2006-01-02 15:04:05.000")
	b = appendField(append(b, ','), topic)
	b = appendField(append(b, ','), payload)
	b = append(append(b, ','), form...)
	b = strconv.AppendInt(append(b, ','), int64(m.QoS), 10)
	b = strconv.AppendBool(append(b, ','), m.Retained)
	return append(b, "\r\n"...)
}

func appendField(b []byte, s string) []byte {
	if spreadsheet.IsFormula(s) {
		if _, number := parseNumber(s); !number {
			s = spreadsheet.Text(s)
		}
	}
	if !strings.ContainsAny(s, ",\"\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
