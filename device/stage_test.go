package device_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"lamplighter/device"
)

func TestAStageIsReadFromALineWithNoiseBeforeIt(t *testing.T) {
	s, ok := device.ParseStage([]byte("\x00>>> @lamplighter {\"st\": \"joined\", \"ip\": \"192.168.4.77\", \"rssi\": -48}\r\n"))
	if !ok || s.Name != device.StageJoined || s.IP != "192.168.4.77" || s.RSSI != -48 {
		t.Fatalf("%+v, %v", s, ok)
	}
	if _, bad := s.Fault(); bad {
		t.Error("a stage that went well has a fault")
	}
}

func TestBrokenLinesAreNoStages(t *testing.T) {
	for _, line := range []string{
		"", "hello", "@lamplighter", "@lamplighter {}", "@lamplighter {\"st\": 7}", "@lamplighter {\"st\": \"jo",
		"@lamplighter {\"st\": \"joined\"} and more", "@lamplighter {\"st\": \"" + strings.Repeat("x", 2000) + "\"}",
	} {
		if s, ok := device.ParseStage([]byte(line)); ok {
			t.Errorf("%.40q is read as %+v", line, s)
		}
	}
}

func TestEveryReasonOfABoardHasItsFault(t *testing.T) {
	for _, x := range []struct {
		stage device.Stage
		want  device.Fault
	}{
		{device.Stage{Name: device.StageFound, Why: device.WhyNoNetwork}, device.WiFiNotFound},
		{device.Stage{Name: device.StageJoined, Why: device.WhyPassword}, device.WiFiPassword},
		{device.Stage{Name: device.StageJoined, Why: device.WhyNoAddress}, device.WiFiNoAddress},
		{device.Stage{Name: device.StageJoined, Why: device.WhyTimeout}, device.WiFiTimeout},
		{device.Stage{Name: device.StageReached, Why: device.WhyTimeout}, device.Unreachable},
		{device.Stage{Name: device.StageJoined, Why: device.WhyEnterprise}, device.WiFiEnterprise},
		{device.Stage{Name: device.StageReached, Why: device.WhyName}, device.NameNotFound},
		{device.Stage{Name: device.StageReached, Why: device.WhyRefused}, device.Refused},
		{device.Stage{Name: device.StageReached, Why: device.WhyUnreached}, device.Unreachable},
		{device.Stage{Name: device.StageAccepted, Why: device.WhyClosed}, device.BrokerClosed},
		{device.Stage{Name: device.StageReached, Why: device.WhyTLS}, device.BadCertificate},
		{device.Stage{Name: device.StageStart, Why: device.WhyPin, Detail: "lamp"}, device.BadValue},
		{device.Stage{Name: device.StageAccepted, Why: device.WhyCode, Code: 4}, device.BadLogin},
		{device.Stage{Name: device.StageAccepted, Why: device.WhyCode, Code: 5}, device.NotAllowed},
		{device.Stage{Name: device.StageSubscribed, Why: device.WhyCode, Code: 128}, device.TopicRefused},
		{device.Stage{Name: device.StageAccepted, Why: device.WhyCode, Code: 77}, device.LoginRefused},
		{device.Stage{Name: device.StageAccepted, Why: device.WhyCode, Code: 0x86}, device.BadLogin},
		{device.Stage{Name: device.StageAccepted, Why: device.WhyCode, Code: 0x80}, device.LoginRefused},
		{device.Stage{Name: device.StageLost, Why: "a word from a later version"}, device.Unknown},
	} {
		x.stage.Bad = true
		if got, bad := x.stage.Fault(); !bad || got != x.want {
			t.Errorf("%+v: %v, want %v", x.stage, got, x.want)
		}
	}
}

func FuzzStageLine(f *testing.F) {
	f.Add([]byte(`@lamplighter {"st": "joined", "ip": "1.2.3.4"}`))
	f.Add([]byte(`@lamplighter {"st": "accepted", "bad": true, "why": "code", "code": 5}`))
	f.Add([]byte("@lamplighter @lamplighter {\"st\": \"\xff\"}"))
	f.Fuzz(func(t *testing.T, line []byte) {
		s, ok := device.ParseStage(line)
		if !ok {
			return
		}
		if s.Name == "" || !utf8.ValidString(s.Name+s.Why+s.IP+s.V+s.Detail) {
			t.Errorf("%q is read as %+v", line, s)
		}
		if _, bad := s.Fault(); bad != s.Bad {
			t.Errorf("%+v: fault %v", s, bad)
		}
		again, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if back, ok := device.ParseStage(append([]byte(device.StageMark), again...)); len(again) < 900 && (!ok || back != s) {
			t.Errorf("%+v comes back as %+v", s, back)
		}
	})
}
