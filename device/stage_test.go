package device_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"lamplighter/device"
	"lamplighter/device/fault"
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
		want  fault.Fault
	}{
		{device.Stage{Name: device.StageFound, Reason: device.ReasonNoNetwork}, fault.WiFiNotFound},
		{device.Stage{Name: device.StageJoined, Reason: device.ReasonPassword}, fault.WiFiPassword},
		{device.Stage{Name: device.StageJoined, Reason: device.ReasonNoAddress}, fault.WiFiNoAddress},
		{device.Stage{Name: device.StageJoined, Reason: device.ReasonTimeout}, fault.WiFiTimeout},
		{device.Stage{Name: device.StageReached, Reason: device.ReasonTimeout}, fault.Unreachable},
		{device.Stage{Name: device.StageJoined, Reason: device.ReasonEnterprise}, fault.WiFiEnterprise},
		{device.Stage{Name: device.StageReached, Reason: device.ReasonName}, fault.NameNotFound},
		{device.Stage{Name: device.StageReached, Reason: device.ReasonRefused}, fault.Refused},
		{device.Stage{Name: device.StageReached, Reason: device.ReasonUnreachable}, fault.Unreachable},
		{device.Stage{Name: device.StageAccepted, Reason: device.ReasonClosed}, fault.BrokerClosed},
		{device.Stage{Name: device.StageReached, Reason: device.ReasonTLS}, fault.BadCertificate},
		{device.Stage{Name: device.StageStart, Reason: device.ReasonPin, Detail: "lamp"}, fault.BadValue},
		{device.Stage{Name: device.StageAccepted, Reason: device.ReasonCode, Code: 4}, fault.BadLogin},
		{device.Stage{Name: device.StageAccepted, Reason: device.ReasonCode, Code: 5}, fault.NotAllowed},
		{device.Stage{Name: device.StageSubscribed, Reason: device.ReasonCode, Code: 128}, fault.TopicRefused},
		{device.Stage{Name: device.StageAccepted, Reason: device.ReasonCode, Code: 77}, fault.LoginRefused},
		{device.Stage{Name: device.StageAccepted, Reason: device.ReasonCode, Code: 0x86}, fault.BadLogin},
		{device.Stage{Name: device.StageAccepted, Reason: device.ReasonCode, Code: 0x80}, fault.LoginRefused},
		{device.Stage{Name: device.StageLost, Reason: "a word from a later version"}, fault.Unknown},
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
		if s.Name == "" || !utf8.ValidString(s.Name+s.Reason+s.IP+s.V+s.Detail) {
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
