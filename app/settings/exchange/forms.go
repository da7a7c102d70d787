package exchange

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// The bounds of MQTTX's other forms, which take far more memory than they have
// bytes.
const (
	maxOther = 4 << 20 // bytes
	maxDepth = 16      // of elements in XML
	maxRows  = 4096    // of any list
)

// otherForm reads MQTTX's CSV, XML and YAML into the list that it writes as
// JSON. Source: emqx/MQTTX, src/components/ExportData.vue and ImportData.vue.
func otherForm(data []byte) ([]byte, error) {
	if len(data) > maxOther {
		return nil, ErrTooBig
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	var (
		found any
		err   error
	)
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		found, err = readXML(data)
	case bytes.Contains(line, []byte(",")) && bytes.Contains(line, []byte("clientId")) && bytes.Contains(line, []byte("host")):
		found, err = readCSV(data)
	case bytes.Contains(data, []byte("host:")):
		err = yaml.Unmarshal(data, &found)
	default:
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, ErrUnknown
	}
	list, err := json.Marshal(listIn(found))
	if err != nil { // as a key that is no text
		return nil, ErrUnknown
	}
	return list, nil
}

// listIn is the list of connections, where there may be one without a list.
func listIn(found any) []any {
	found = plain(found)
	if m, ok := found.(map[string]any); ok {
		for _, key := range []string{"oneConnection", "connections"} {
			if inner, has := m[key]; has {
				return listIn(inner)
			}
		}
		return []any{m}
	}
	if list, ok := found.([]any); ok {
		return list
	}
	return []any{}
}

// plain takes out what MQTTX writes where JSON has null, "", [] and {}.
func plain(v any) any {
	switch v := v.(type) {
	case string:
		switch v {
		case "TYPE_NULL", "TYPE_UNDEFINED", "EMPTY_STRING", "EMPTY_ARRAY", "EMPTY_OBJECT":
			return nil
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}

// readCSV reads a table whose first line names the columns. A field that is not
// plain text is written as JSON.
func readCSV(data []byte) (any, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	names, err := r.Read()
	if err != nil {
		return nil, err
	}
	all := []any{}
	for len(all) < maxRows {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		c := map[string]any{}
		for i, text := range row[:min(len(row), len(names))] {
			c[names[i]] = cell(names[i], text)
		}
		all = append(all, c)
	}
	return all, nil
}

func cell(name, text string) any {
	if name == "subscriptions" {
		var v any
		_ = json.Unmarshal([]byte(text), &v) // what is none stays none
		return v
	}
	if inner, ok := strings.CutPrefix(text, `="`); ok { // so that a table calculator leaves it as it is
		return strings.TrimSuffix(inner, `"`)
	}
	return text
}

var errDeep = errors.New("too deep")

// readXML reads elements: those that have elements are objects, those of one
// name a list, and the others texts.
func readXML(data []byte) (any, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		if _, begins := t.(xml.StartElement); begins {
			return element(d, 0)
		}
	}
}

func element(d *xml.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	var text strings.Builder
	inner := map[string]any{}
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			v, err := element(d, depth+1)
			if err != nil {
				return nil, err
			}
			name := t.Name.Local
			switch had, has := inner[name].([]any); {
			case has:
				inner[name] = append(had, v)
			case inner[name] != nil:
				inner[name] = []any{inner[name], v}
			default:
				inner[name] = v
			}
		case xml.EndElement:
			if len(inner) > 0 {
				return inner, nil
			}
			return text.String(), nil
		}
	}
}
