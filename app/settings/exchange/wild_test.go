package exchange

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
)

// Files as people have them, by their kind.

var wildWant = File{Source: MQTTX, Items: []Item{
	{
		Connection: settings.Connection{Name: "EMQX, \"A\"", Endpoint: endpoint.Endpoint{Host: "broker-cn.emqx.io", Port: 8883, TLS: true}, User: "u", KeepAlive: 45}, Password: "007",
		Filters: []settings.Subscription{{Filter: "lamp/+", QoS: 2}, {Filter: "b/#"}}, Left: []Left{Unchecked},
	},
	{Connection: settings.Connection{Name: "b", Endpoint: endpoint.Endpoint{Host: "1.2.3.4", Port: 1883}, ClientID: "mine"}, Filters: []settings.Subscription{{Filter: "a"}}},
}}

func TestWildFormsOfMQTTX(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"CSV": `"id","clientId","name","protocol","host","port","keepalive","username","password","ssl","certType","rejectUnauthorized","subscriptions","will"
"c1","mqttx_ab12cd34","EMQX, ""A""","mqtts","broker-cn.emqx.io",8883,45,"u","=""007""",TRUE,"server",FALSE,"[{""topic"":""lamp/+"",""qos"":2,""disabled"":false},{""topic"":""b/#"",""qos"":0}]","{}"
"c2","mine","b","mqtt","1.2.3.4",1883,TYPE_NULL,EMPTY_STRING,,false,"","TYPE_UNDEFINED","[{""topic"":""a"",""qos"":0}]",EMPTY_OBJECT
`,
		"XML": `<?xml version="1.0" encoding="utf-8"?>
<root>
<oneConnection><id>c1</id><clientId>mqttx_ab12cd34_1699999999999</clientId><name>EMQX, "A"</name><protocol>mqtts</protocol><host>broker-cn.emqx.io</host><port>8883</port>
<keepalive>45</keepalive><username>u</username><password>007</password><ssl>true</ssl><certType>server</certType><rejectUnauthorized>false</rejectUnauthorized>
<subscriptions><topic>lamp/+</topic><qos>2</qos><disabled>false</disabled></subscriptions><subscriptions><topic>b/#</topic><qos>0</qos></subscriptions><messages></messages></oneConnection>
<oneConnection><clientId>mine</clientId><name>b</name><host>1.2.3.4</host><port>1883</port><username/><password>TYPE_NULL</password><ssl>false</ssl>
<subscriptions><topic>a</topic><qos>0</qos></subscriptions></oneConnection>
</root>`,
		"YAML": `- id: c1
  clientId: anything
  clientIdWithTime: true
  name: 'EMQX, "A"'
  protocol: mqtts
  host: broker-cn.emqx.io
  port: 8883
  keepalive: 45
  username: u
  password: '007'
  ssl: true
  certType: server
  rejectUnauthorized: false
  subscriptions:
    - {topic: lamp/+, qos: 2, disabled: false}
    - topic: b/#
      qos: 0
- {clientId: mine, name: b, host: 1.2.3.4, port: '1883', username: null, subscriptions: [{topic: a, qos: 0}]}
`,
		"a list in an object": `{"version":"1.11","connections":[{"clientId":"mqttx_ab12cd34","name":"EMQX, \"A\"","protocol":"mqtts","host":"broker-cn.emqx.io:8883","port":1883,"keepalive":"45",
"username":"u","password":"007","ssl":"true","rejectUnauthorized":"false","subscriptions":[{"topic":"lamp/+","qos":"2","disabled":"false"},{"topic":"b/#","qos":0}]},
{"clientId":"mine","name":"b","host":"1.2.3.4","port":1883,"subscriptions":{"topic":"a","qos":0}}]}`,
	} {
		got, err := Read(strings.NewReader(text))
		if err != nil || !reflect.DeepEqual(got, wildWant) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", name, err, got, wildWant)
		}
	}
	for name, text := range map[string]string{
		"one in XML":  `<root><clientId>x</clientId><name>n</name><host>1.2.3.4</host><port>1</port></root>`,
		"one in YAML": "clientId: x\nname: n\nhost: 1.2.3.4\nport: 1\n",
	} {
		if f, err := Read(strings.NewReader(text)); err != nil || len(f.Items) != 1 || f.Items[0].Connection.Name != "n" {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestWildAddresses(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]settings.Connection{
		"1.2.3.4:1884":                  {Endpoint: endpoint.Endpoint{Host: "1.2.3.4", Port: 1884}},
		"mqtt.school.cn:8883":           {Endpoint: endpoint.Endpoint{Host: "mqtt.school.cn", Port: 8883}},
		"[::1]:1884":                    {Endpoint: endpoint.Endpoint{Host: "::1", Port: 1884}},
		"[::1]":                         {Endpoint: endpoint.Endpoint{Host: "::1", Port: 1883}},
		"fe80::1%eth0":                  {Endpoint: endpoint.Endpoint{Host: "fe80::1%eth0", Port: 1883}},
		"端.example":                     {Endpoint: endpoint.Endpoint{Host: "xn--suz.example", Port: 1883}},
		"mqtts://端.example:8884/x":      {Endpoint: endpoint.Endpoint{Host: "xn--suz.example", Port: 8884, TLS: true}},
		"ws://h.example:8083/mqtt":      {Endpoint: endpoint.Endpoint{Host: "h.example", Port: 8083, WebSocket: true, Path: "/mqtt"}},
		"mqtt://mei:a%2Fb@h.example:17": {Endpoint: endpoint.Endpoint{Host: "h.example", Port: 17}, User: "mei"},
	} {
		f, err := Read(strings.NewReader(fmt.Sprintf(`[{"clientId":"mqttx_12","host":%q,"port":1883}]`, host)))
		if err != nil || len(f.Items) != 1 || f.Items[0].Connection != want {
			t.Errorf("%s: %+v, %v", host, f, err)
		}
		if want.User != "" && f.Items[0].Password != "a/b" {
			t.Errorf("%s: the password is %q", host, f.Items[0].Password)
		}
	}
}

func TestWildConnectionsAreRefusedByNameAndReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entry string
		want  Refusal
	}{
		"an address with a slip": {`"name":"a","host":"mqtt%20","port":1883`, Refusal{"a", BadHost}},
		"no name":                {`"host":"aa:bb:cc:dd:ee:ff","port":1883`, Refusal{"aa:bb:cc:dd:ee:ff", BadHost}},
		"a name of two lines":    {`"name":"a\nb\u0000c\u202ed","host":"|","port":1`, Refusal{"a b c d", BadHost}},
		"a long name":            {`"name":"` + strings.Repeat("灯", 80) + `","host":"|","port":1`, Refusal{strings.Repeat("灯", 21), BadHost}},
		"no port":                {`"name":"a","host":"h"`, Refusal{"a", BadPort}},
		"port -1":                {`"name":"a","host":"h","port":-1`, Refusal{"a", BadPort}},
		"a password of 3 KB":     {`"name":"a","host":"h","port":1,"password":"` + strings.Repeat("p", 3000) + `"`, Refusal{"a", TooLong}},
		"NUL in a user":          {`"name":"a","host":"h","port":1,"username":"a\u0000"`, Refusal{"a", BadText}},
	} {
		f, err := Read(strings.NewReader(`[{"clientId":"x",` + c.entry + `}]`))
		if err != nil || f.Skipped != 1 || len(f.Refused) != 1 || f.Refused[0] != c.want {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	var many strings.Builder
	for i := range 30 {
		fmt.Fprintf(&many, `{"clientId":"x","name":"%d","host":"|","port":1},`, i)
	}
	if f, _ := Read(strings.NewReader("[" + strings.TrimSuffix(many.String(), ",") + "]")); f.Skipped != 30 || len(f.Refused) != maxRefused {
		t.Errorf("%d of %d are named", len(f.Refused), f.Skipped)
	}
	f, err := Read(strings.NewReader(`[{"clientId":"x","host":"h","port":1,"password":"` + strings.Repeat("p", 1100) + `"}]`))
	if err != nil || len(f.Items) != 1 || len(f.Items[0].Password) != 1100 {
		t.Errorf("a password of 1,100 bytes: %d items, %v", len(f.Items), err)
	}
}

func TestWildIdsThatAProgramMadeBecomeRandomOnes(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"mqttx_ab12cd34": "", "mqttx_ab12cd34_1699999999999": "", "mqttx_ab12cd341699999999": "", "mqtt-explorer-2783f48c": "", "mqttjs_0a1b2c3d": "", "emqx_0f": "",
		"mqttx_teacher": "mqttx_teacher", "lamp-07": "lamp-07", "": "",
	} {
		if got := ownID(id); got != want {
			t.Errorf("%q: %q", id, got)
		}
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"%d":1,`, i)
	}
	return b.String()
}

func TestWildListsOfTopicsAreCutOff(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"numbers": strings.Repeat("1,", 1<<17) + "1", "texts": strings.Repeat(`"a",`, 1<<16) + `"a"`,
	} {
		f, err := Read(strings.NewReader(`[{"clientId":"x","name":"a","host":"h","port":1,"subscriptions":[` + list + `]}]`))
		if err != nil || len(f.Items) != 1 || len(f.Items[0].Filters) > maxFilters {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

// Each of these took minutes, or all of the memory, or could.
func TestWildFilesThatAreNoListEndSoon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"a list of numbers":       {"[" + strings.Repeat("1,", MaxSize/2-8) + "1]", ErrTooBig},
		"our list of numbers":     {`{"lamplighter":"connections","format":1,"connections":[` + strings.Repeat("1,", 1<<17) + "1]}", ErrTooBig},
		"a list of empty objects": {`{"lamplighter":"connections","format":1,"connections":[` + strings.Repeat("{},", 1<<16) + "{}]}", ErrTooBig},
		"an object of numbers":    {`{"ConnectionManager_connections":{` + numbered(1<<16) + `"x":1}}`, ErrTooBig},
		"much of YAML":            {"host: x\n" + strings.Repeat("- a\n", maxOther/4), ErrTooBig},
		"YAML that grows":         {"host: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f]", ErrUnknown},
		"deep XML":                {strings.Repeat("<a>", 100_000), ErrUnknown},
		"XML that grows":          {`<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><root><host>&b;</host></root>`, ErrUnknown},
		"a page":                  {"<html><body>host: 1</body></html>", ErrUnknown},
		"a table of others":       {"host,clientId\n", ErrEmpty},
		"half a table":            {"host,clientId\n\"a", ErrUnknown},
		"YAML with keys of lists": {"host: x\n? [1]\n: 2\n", ErrUnknown},
	} {
		if f, err := Read(strings.NewReader(c.text)); !errors.Is(err, c.want) || len(f.Items) > 0 {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestWildFilesAsTheyComeOutOfOtherPrograms(t *testing.T) {
	t.Parallel()
	const list = `[{"clientId":"x","name":"教室","protocol":"mqtts","host":"h.example","port":8883,"ssl":true}]`
	const table = "clientId,name,protocol,host,port,ssl\nx,教室,mqtts,h.example,8883,TRUE\n"
	utf16 := func(e unicode.Endianness, s string) string {
		out, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(table)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"JSON of PowerShell's": utf16(unicode.LittleEndian, list), "the other way round": utf16(unicode.BigEndian, list), "a table in UTF-16": utf16(unicode.LittleEndian, table),
		"semicolons": strings.ReplaceAll(table, ",", ";"), "tabs": strings.ReplaceAll(table, ",", "\t"), "GBK": gbk, "empty lines": table + "\n,,,,,\n\n",
		"YAML with dates and numbers": "- clientId: x\n  name: 教室\n  host: h.example\n  port: 8883\n  ssl: true\n  createAt: 2021-03-04 10:00:00\n  1: 2\n",
		"MQTT Explorer, with texts":   `{"ConnectionManager_connections":{"a":{"name":"教室","clientId":"x","host":"h.example","port":"8883","encryption":"true","certValidation":"true"}}}`,
	} {
		f, err := Read(strings.NewReader(text))
		want := settings.Connection{Name: "教室", Endpoint: endpoint.Endpoint{Host: "h.example", Port: 8883, TLS: true}, ClientID: "x"}
		if err != nil || f.Skipped != 0 || len(f.Items) != 1 || f.Items[0].Connection != want {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	f, err := Read(strings.NewReader("clientId: x\nhost: h.example\nport: 1883\npassword: 0123\n---\nclientId: y\nhost: mqtt://[fe80::1%25eth0]\nport: 1883\nusername: yes\npassword: null\n"))
	if err != nil || len(f.Items) != 2 || f.Items[0].Password != "0123" || f.Items[1].Connection.User != "yes" || f.Items[1].Password != "" || f.Items[1].Connection.Host != "fe80::1%eth0" {
		t.Errorf("YAML of two documents: %+v, %v", f, err)
	}
}
