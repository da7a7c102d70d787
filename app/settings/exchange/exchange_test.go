package exchange

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/app/settings"
)

func init() { workFactor = 10 } // the tests' passphrases guard nothing

const passphrase = "correct horse 灯"

// testCA is a certificate as PEM, and the same as DER.
func testCA(t testing.TB) (string, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), der
}

func items(t testing.TB) []Item {
	ca, _ := testCA(t)
	return []Item{
		{Connection: settings.Connection{
			Name: "学校 \"A\"", Preset: "adafruit", TopicScheme: "feeds", TopicPrefix: "room-1", API: "http://127.0.0.1:1", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883, TLS: true, CA: ca, ServerName: "broker"},
			User: "mei", ClientID: "pc-1", KeepAlive: 60,
		}, Password: "s3cret-<&>-密码"},
		{Connection: settings.Connection{Endpoint: endpoint.Endpoint{Host: "192.168.1.5", Port: 8083, WebSocket: true, Path: "/mqtt"}}},
	}
}

func TestWhatIsWrittenIsReadAgainButNoPassword(t *testing.T) {
	t.Parallel()
	all := items(t)
	data, err := Write(all, "")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "s3cret") {
		t.Error("a password is in the open file")
	}
	f, err := Read(bytes.NewReader(data))
	all[0].Password = ""
	if err != nil || f.Locked || !reflect.DeepEqual(f.Items, all) {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestEveryFieldOfAConnectionIsHandedOver(t *testing.T) {
	t.Parallel()
	var c settings.Connection
	v := reflect.ValueOf(&c).Elem()
	for _, field := range reflect.VisibleFields(v.Type()) {
		switch f := v.FieldByIndex(field.Index); f.Kind() {
		case reflect.String:
			f.SetString(field.Name)
		case reflect.Int:
			f.SetInt(7)
		case reflect.Bool:
			f.SetBool(true)
		}
	}
	item := ownOf(Item{Connection: c}).item()
	got := item.Connection
	got.ID, got.RetainSupport = c.ID, c.RetainSupport // made anew, and found out anew
	got.Certificate = c.Certificate                   // stays where it is, with its key
	if got != c || item.Connection.Certificate != "" || !slices.Contains(item.Left, ClientCertificate) {
		t.Errorf("%+v became %+v", c, item)
	}
}

func TestAFileWithPasswordsIsOpenedByItsPassphraseOnly(t *testing.T) {
	t.Parallel()
	all := items(t)
	data, err := Write(all, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"s3cret", "school", "mei", passphrase} {
		if strings.Contains(string(data), secret) {
			t.Errorf("%s can be read", secret)
		}
	}
	f, err := Read(bytes.NewReader(data))
	if err != nil || !f.Locked || len(f.Items) != 0 {
		t.Fatalf("%+v, %v", f, err)
	}
	for _, wrong := range []string{"", "correct horse", passphrase + " "} {
		g, err := f.Unlock(wrong)
		if !errors.Is(err, ErrPassphrase) || !reflect.DeepEqual(g, f) {
			t.Errorf("%q: %+v, %v", wrong, g, err)
		}
	}
	if f, err = f.Unlock(passphrase); err != nil || f.Locked || !reflect.DeepEqual(f.Items, all) {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestADamagedSealedFileIsTold(t *testing.T) {
	t.Parallel()
	data, err := Write(items(t), passphrase)
	if err != nil {
		t.Fatal(err)
	}
	var o ownFile
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(o.Sealed, "\n")
	lines[5] = strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, lines[5])
	if _, err := (File{Locked: true, sealed: strings.Join(lines, "\n")}).Unlock(passphrase); !errors.Is(err, ErrPassphrase) {
		t.Error(err)
	}
}

func TestAFileThatWouldFillTheMemoryIsNotOpened(t *testing.T) {
	t.Parallel()
	sealed := "-----BEGIN AGE ENCRYPTED FILE-----\n" + base64.StdEncoding.EncodeToString([]byte(
		"age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 30\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n--- fgMiVLJHMlg9fW7CVG/hPS5EAU4Zeg19LyCP7SoH5nA\n")) +
		"\n-----END AGE ENCRYPTED FILE-----\n"
	if _, err := (File{Locked: true, sealed: sealed}).Unlock(passphrase); !errors.Is(err, ErrPassphrase) {
		t.Error(err)
	}
}

func TestAShortPassphraseIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := Write(items(t), "灯灯灯灯灯灯灯"); !errors.Is(err, ErrShort) {
		t.Error(err)
	}
	if _, err := Write(nil, "灯灯灯灯灯灯灯灯"); err != nil {
		t.Error(err)
	}
}

// foreign files, in the shapes that the programs write.
const (
	explorerNow = `{"ConnectionManager_connections":{"763b2e5c":{"configVersion":1,"certValidation":true,"clientId":"mqtt-explorer-2783f48c","encryption":false,
"host":"nodered","id":"763b2e5c","name":"node red","port":1883,"protocol":"mqtt","order":12,"username":"mei","password":"pw ","basePath":"ignored",
"subscriptions":[{"topic":"class/#","qos":1},{"topic":"$SYS/#","qos":0},{"topic":"a/#/b","qos":0},{"topic":"x","qos":7}],"type":"mqtt"}},"Settings":{"theme":"dark"}}`
	explorerOld = `{"ConnectionManager_connections":{"a":{"certValidation":true,"clientId":"my-own","encryption":false,"host":"iot.eclipse.org","name":"old","port":"1883",
"protocol":"mqtt","subscriptions":["#","$SYS/#"],"type":"mqtt"}}}`
	explorerTLS = `{"ConnectionManager_connections":{"a":{"configVersion":1,"certValidation":false,"encryption":true,"host":"broker.example","name":"","port":8084,
"protocol":"ws","basePath":"mqtt","selfSignedCertificate":{"name":"ca.crt","data":"@CA@"},"clientCertificate":{"name":"c","data":"AAAA"},"subscriptions":[]}}}`
	mqttxNow = `[{"id":"f1","name":"classes","isCollection":true,"orderId":1,"parentId":null},
{"id":"c1","clientId":"mqttx_ab12cd34","name":"EMQX","clean":true,"protocol":"mqtts","host":"broker-cn.emqx.io","port":8883,"keepalive":45,"connectTimeout":10,
"reconnect":true,"username":"u","password":"p\"w","path":"/mqtt","certType":"self","ssl":true,"mqttVersion":"5.0","unreadMessageCount":0,
"rejectUnauthorized":false,"ca":"C:\\Users\\mei\\ca.crt","cert":"C:\\c.pem","key":"","messages":[{"topic":"t","payload":"x"}],
"subscriptions":[{"topic":"lamp/+","qos":2,"disabled":false,"color":"#fff"},{"topic":"off/#","qos":0,"disabled":true}],"will":{"lastWillTopic":""},"parentId":"f1"},
{"clientId":"x","name":"bad","host":"","port":1883},{"clientId":"x","name":"bad","host":"h","port":0},{"clientId":7}]`
	mqttxOld    = `{"clientId":"board-1","name":"one","clean":true,"host":"test.mosquitto.org","keepalive":60,"port":1883,"username":"","password":"","path":"","ssl":false,"subscriptions":[],"messages":[]}`
	mqttxWS     = `[{"clientId":"x","name":"ws","protocol":"wss","host":"broker.emqx.io","port":8084,"path":"/mqtt","ssl":true,"certType":"server","rejectUnauthorized":true}]`
	mqttxOneURL = `[{"clientId":"x","name":"url","host":"ws://broker.emqx.io:8083","path":"mqtt"}]`
	mqttxOdd    = `[{"clientId":null,"name":7,"host":" mqtt.school.example ","port":"1883 ","keepalive":"","username":20260001,"password":4711,"ca":{},"subscriptions":null,
"properties":{"x":[]},"protocol":"mqtt"},{"clientId":"y","host":"h.example","port":null},{"clientId":"y","host":"h.example","port":1.5}]`
	explorerOdd = `{"ConnectionManager_connections":{"a":{"encryption":true,"protocol":"tls://","host":"broker.example","port":8883,"password":123456,"keepalive":[],
"selfSignedCertificate":"/home/mei/ca.crt","subscriptions":[7,null,{"topic":["x"]},{"topic":"ok/#","qos":0}]},"b":7,"c":{"host":"x","port":1,"encryption":"yes"}}}`
	mqttxTwice = `[{"clientId":"x","name":"a","host":"H.example","port":1883},{"clientId":"y","name":"b","host":"h.example","port":1883}]`
)

func TestFilesOfOtherProgramsAreReadInEachShape(t *testing.T) {
	t.Parallel()
	ca, der := testCA(t)
	pemData, derData := base64.StdEncoding.EncodeToString([]byte(ca)), base64.StdEncoding.EncodeToString(der)
	secure := Item{
		Connection: settings.Connection{Endpoint: endpoint.Endpoint{Host: "broker.example", Port: 8084, TLS: true, CA: ca, WebSocket: true, Path: "/mqtt"}},
		Left:       []Left{Unchecked, ClientCertificate},
	}
	for name, c := range map[string]struct {
		file string
		want File
	}{
		"explorer": {explorerNow, File{Source: MQTTExplorer, Items: []Item{{
			Connection: settings.Connection{Name: "node red", Endpoint: endpoint.Endpoint{Host: "nodered", Port: 1883}, User: "mei"}, Password: "pw ",
			Filters: []settings.Subscription{{Filter: "class/#", QoS: 1}, {Filter: "$SYS/#"}},
		}}}},
		"explorer, before 0.4": {explorerOld, File{Source: MQTTExplorer, Items: []Item{{
			Connection: settings.Connection{Name: "old", Endpoint: endpoint.Endpoint{Host: "iot.eclipse.org", Port: 1883}, ClientID: "my-own"},
			Filters:    []settings.Subscription{{Filter: "#"}, {Filter: "$SYS/#"}},
		}}}},
		"explorer, encrypted, PEM": {strings.Replace(explorerTLS, "@CA@", pemData, 1), File{Source: MQTTExplorer, Items: []Item{secure}}},
		"explorer, encrypted, DER": {strings.Replace(explorerTLS, "@CA@", derData, 1), File{Source: MQTTExplorer, Items: []Item{secure}}},
		"mqttx": {mqttxNow, File{Source: MQTTX, Skipped: 3, Refused: []Refusal{{"bad", BadHost}, {"bad", BadPort}}, Items: []Item{{
			Connection: settings.Connection{Name: "EMQX", Endpoint: endpoint.Endpoint{Host: "broker-cn.emqx.io", Port: 8883, TLS: true}, User: "u", KeepAlive: 45}, Password: `p"w`,
			Filters: []settings.Subscription{{Filter: "lamp/+", QoS: 2}}, Left: []Left{CAElsewhere, ClientCertificate, Unchecked},
		}}}},
		"mqttx, one connection": {mqttxOld, File{Source: MQTTX, Items: []Item{{
			Connection: settings.Connection{Name: "one", Endpoint: endpoint.Endpoint{Host: "test.mosquitto.org", Port: 1883}, ClientID: "board-1", KeepAlive: 60},
		}}}},
		"mqttx, WebSocket": {mqttxWS, File{Source: MQTTX, Items: []Item{{
			Connection: settings.Connection{Name: "ws", Endpoint: endpoint.Endpoint{Host: "broker.emqx.io", Port: 8084, TLS: true, WebSocket: true, Path: "/mqtt"}, ClientID: "x"},
		}}}},
		"mqttx, all in the host": {mqttxOneURL, File{Source: MQTTX, Items: []Item{{
			Connection: settings.Connection{Name: "url", Endpoint: endpoint.Endpoint{Host: "broker.emqx.io", Port: 8083, WebSocket: true, Path: "/mqtt"}, ClientID: "x"},
		}}}},
		"mqttx, odd types": {mqttxOdd, File{Source: MQTTX, Skipped: 2, Refused: []Refusal{{"h.example", BadPort}, {"h.example", BadPort}}, Items: []Item{{
			Connection: settings.Connection{Name: "7", Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 1883}, User: "20260001"}, Password: "4711",
		}}}},
		"explorer, odd types": {explorerOdd, File{Source: MQTTExplorer, Skipped: 2, Items: []Item{{
			Connection: settings.Connection{Endpoint: endpoint.Endpoint{Host: "broker.example", Port: 8883, TLS: true}}, Password: "123456",
			Filters: []settings.Subscription{{Filter: "ok/#"}}, Left: []Left{CAElsewhere},
		}}}},
		"twice": {"\xef\xbb\xbf" + mqttxTwice, File{Source: MQTTX, Items: []Item{{
			Connection: settings.Connection{Name: "a", Endpoint: endpoint.Endpoint{Host: "h.example", Port: 1883}, ClientID: "x"},
		}}}},
	} {
		got, err := Read(strings.NewReader(c.file))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", name, err, got, c.want)
		}
	}
}

func TestWhatIsNoListOfConnectionsIsRefused(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"clientId":"x","name":"a","host":"h","port":1},`, 10)
	for name, c := range map[string]struct {
		file string
		want error
	}{
		"nothing":              {"", ErrUnknown},
		"a picture":            {"\x89PNG\r\n\x1a\n", ErrUnknown},
		"Excel's":              {"PK\x03\x04\x14\x00\x00\x00\x08\x00", ErrExcel},
		"Excel's old form":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ErrExcel},
		"half a file":          {many[:len(many)-9], ErrUnknown},
		"a number":             {"7", ErrUnknown},
		"another object":       {`{"a":1}`, ErrUnknown},
		"a list of numbers":    {"[1,2]", ErrUnknown},
		"a list of others":     {`[{"title":"x"}]`, ErrUnknown},
		"deeply nested":        {strings.Repeat("[", 1<<20), ErrUnknown},
		"an empty list":        {"[]", ErrEmpty},
		"no connection":        {`{"ConnectionManager_connections":{}}`, ErrEmpty},
		"a newer one":          {`{"lamplighter":"connections","format":2,"connections":[]}`, ErrNewer},
		"another of our files": {`{"lamplighter":"roster","format":1}`, ErrUnknown},
		"wrong types":          {`{"lamplighter":{"a":1},"format":"x"}`, ErrUnknown},
	} {
		if f, err := Read(strings.NewReader(c.file)); !errors.Is(err, c.want) || len(f.Items) > 0 {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	if _, err := Read(endless{}); !errors.Is(err, ErrTooBig) {
		t.Error(err)
	}
}

// endless never ends, as /dev/zero does.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestAHostIsImportedInTheFormThatIsDialled(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"[::1]": "::1", "fe80::1%eth0": "fe80::1%eth0", "端.example": "xn--suz.example", "１９２．１６８．１．５": "192.168.1.5", " H.example. ": "h.example",
		"mqtt%20": "", "aa:bb:cc:dd:ee:ff": "", "127.0.0.1:1883:1": "", "a|b": "", "[::1": "", "192.168.1.300": "", "\xff": "", "1.2.3.4%eth0": "",
	} {
		f, err := readOwn(ownFile{Lamplighter: kind, Format: format, Connections: []ownConnection{{ownEndpoint: ownEndpoint{Host: host, Port: 1883}}}})
		switch {
		case err != nil || len(f.Items)+f.Skipped != 1:
			t.Errorf("%q: %+v, %v", host, f, err)
		case want == "" && f.Skipped != 1, want != "" && (f.Skipped != 0 || f.Items[0].Connection.Host != want):
			t.Errorf("%q: %+v, want %q", host, f, want)
		}
	}
}

func TestWhatCanBeNoConnectionIsLeftOutAndCounted(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*ownConnection){
		"no host":         func(o *ownConnection) { o.Host = "" },
		"a path as host":  func(o *ownConnection) { o.Host = "../../etc" },
		"a long host":     func(o *ownConnection) { o.Host = strings.Repeat("a", 300) },
		"a negative port": func(o *ownConnection) { o.Port = -1 },
		"no port":         func(o *ownConnection) { o.Port = 0 },
		"a big port":      func(o *ownConnection) { o.Port = 70000 },
		"a long name":     func(o *ownConnection) { o.Name = strings.Repeat("灯", 100) },
		"lines in a name": func(o *ownConnection) { o.Name = "a\nb" },
		"NUL in a user":   func(o *ownConnection) { o.User = "a\x00" },
		"a long password": func(o *ownConnection) { o.Password = strings.Repeat("p", 3000) },
		"no CA":           func(o *ownConnection) { o.CA = "hello" },
		"a room for all":  func(o *ownConnection) { o.TopicPrefix = "+" },
		"two rooms":       func(o *ownConnection) { o.TopicPrefix = "a/b" },
	} {
		o := ownConnection{ownEndpoint: ownEndpoint{Host: "h", Port: 1883}}
		change(&o)
		f, err := readOwn(ownFile{Lamplighter: kind, Format: format, Connections: []ownConnection{o}})
		if err != nil || f.Skipped != 1 || len(f.Items) != 0 {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	var many ownFile
	for i := range MaxItems + 5 {
		many.Connections = append(many.Connections, ownConnection{ownEndpoint: ownEndpoint{Host: "h", Port: 1000 + i}})
	}
	many.Lamplighter = kind
	if f, _ := readOwn(many); len(f.Items) != MaxItems || f.Skipped != 5 {
		t.Errorf("%d and %d skipped", len(f.Items), f.Skipped)
	}
}

func FuzzWhateverIsReadCanBeAConnection(f *testing.F) {
	for _, s := range []string{explorerNow, explorerOld, explorerTLS, mqttxNow, mqttxOld, mqttxWS, mqttxOneURL, mqttxTwice, "clientId: x\nhost: h\nport: 1\n", "host,clientId,port\nh,x,1\n", "<root><host>h</host><port>1</port></root>", `{"lamplighter":"connections","format":1,"sealed":"x"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		file, err := Read(strings.NewReader(s))
		if err != nil && len(file.Items) > 0 {
			t.Fatal("items with an error")
		}
		for _, i := range file.Items {
			if i.Connection.Port < 1 || i.Connection.ID != "" || isWrong(i) {
				t.Fatalf("%+v", i)
			}
		}
		if len(file.Items) == 0 {
			return
		}
		data, err := Write(file.Items, "")
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(bytes.NewReader(data))
		if err != nil || len(again.Items) != len(file.Items) || again.Skipped != 0 {
			t.Fatalf("%d became %d, %v", len(file.Items), len(again.Items), err)
		}
	})
}

func isWrong(i Item) bool {
	_, bad := wrong(i)
	return bad
}

func TestAnAccountOfTheSameKindIsNoDuplicate(t *testing.T) {
	bemfa := settings.Connection{Preset: "bemfa", Endpoint: endpoint.Endpoint{Host: "bemfa.com", Port: 9501}}
	public := settings.Connection{Preset: "public", Endpoint: endpoint.Endpoint{Host: "broker.emqx.io", Port: 1883}}
	var f File
	for _, secret := range []string{"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "aaaaaaaaaaaaaaaa"} {
		f.add(Item{Connection: bemfa, Password: secret})
	}
	for _, room := range []string{"class-one", "class-two", "class-one"} {
		public.TopicPrefix = room
		f.add(Item{Connection: public})
	}
	if len(f.Items) != 4 {
		t.Errorf("%d of 4 are left", len(f.Items))
	}
}

func TestAConnectionToAPlatformIsKnownByItsHost(t *testing.T) {
	const secret = "4d9ec352e0376f2110a0c601a2857225"
	f, err := Read(strings.NewReader(`[
		{"name":"巴法","host":"Bemfa.com","port":9501,"protocol":"mqtt","clientId":"` + secret + `"},
		{"name":"IO","host":"io.adafruit.com","port":8883,"protocol":"mqtts","ssl":true,"username":"teacher","password":"aio_1","clientId":"mine"},
		{"name":"cloud","host":"mqtts.heclouds.com","port":1883,"protocol":"mqtt","username":"p","password":"version=1","clientId":"d"},
		{"name":"ours","host":"192.0.2.1","port":1883,"protocol":"mqtt","clientId":"mine"}]`))
	if err != nil || len(f.Items) != 4 {
		t.Fatal(f, err)
	}
	want := []Item{
		{Password: secret, Connection: settings.Connection{Name: "巴法", Preset: "bemfa", Endpoint: endpoint.Endpoint{Host: "bemfa.com", Port: 9501}}},
		{Password: "aio_1", Connection: settings.Connection{Name: "IO", Preset: "adafruit", Endpoint: endpoint.Endpoint{Host: "io.adafruit.com", Port: 8883, TLS: true}, User: "teacher", ClientID: "mine"}},
		{Password: "version=1", Connection: settings.Connection{Name: "cloud", Endpoint: endpoint.Endpoint{Host: "mqtts.heclouds.com", Port: 1883}, User: "p", ClientID: "d"}}, // one device's login is no product's
		{Connection: settings.Connection{Name: "ours", Endpoint: endpoint.Endpoint{Host: "192.0.2.1", Port: 1883}, ClientID: "mine"}},
	}
	for i, w := range want {
		if got := f.Items[i]; got.Connection != w.Connection || got.Password != w.Password {
			t.Errorf("got  %+v\nwant %+v", got.Connection, w.Connection)
		}
	}
}
