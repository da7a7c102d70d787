package exchange

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/encoding/simplifiedchinese"
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
	if !utf8.Valid(data) { // as Chinese table calculators write
		if decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(data); err == nil {
			data = decoded
		}
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	var (
		found any
		err   error
	)
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		found, err = readXML(data)
	case separator(line) != 0 && bytes.Contains(line, []byte("clientId")) && bytes.Contains(line, []byte("host")):
		found, err = readCSV(data, separator(line))
	case bytes.Contains(data, []byte("host:")):
		found, err = readYAML(data)
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
func readCSV(data []byte, comma rune) (any, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.Comma = -1, comma
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
		if strings.Join(row, "") == "" {
			continue // a table calculator's empty line
		}
		c := map[string]any{}
		for i, text := range row[:min(len(row), len(names))] {
			c[names[i]] = cell(names[i], text)
		}
		all = append(all, c)
	}
	return all, nil
}

// separator is what stands between the names of a table, or 0.
func separator(line []byte) rune {
	for _, r := range ",;\t" {
		if bytes.ContainsRune(line, r) {
			return r
		}
	}
	return 0
}

// readYAML reads all documents. A value stays as it is written: 0123 is a password,
// and no number to the base of eight.
func readYAML(data []byte) (any, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	all := []any{}
	for len(all) < maxRows {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		v, err := written(&n, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, listIn(v)...)
	}
	return all, nil
}

// written is what a node holds, with values as texts. There are no aliases in a list
// of connections: they let a small file grow.
func written(n *yaml.Node, depth int) (any, error) {
	if depth > maxDepth || n.Kind == yaml.AliasNode {
		return nil, errDeep
	}
	if n.Kind == yaml.ScalarNode {
		if n.Tag == "!!null" {
			return nil, nil
		}
		return n.Value, nil
	}
	var list []any
	for _, c := range n.Content {
		v, err := written(c, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return list[0], nil
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(list); i += 2 {
			key, ok := list[i].(string)
			if !ok {
				return nil, errKey
			}
			m[key] = list[i+1]
		}
		return m, nil
	}
	return list, nil
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

var (
	errDeep = errors.New("too deep")
	errKey  = errors.New("a key that is no text")
)

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
