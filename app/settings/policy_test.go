package settings

import (
	"testing"

	"lamplighter/app/endpoint"
)

func TestAPolicyCountsAtTheFirstStartAndItsLocksAlways(t *testing.T) {
	dir := t.TempDir()
	school := &Connection{ID: PolicyConnection, Endpoint: endpoint.Endpoint{Host: "mqtt.school.example", Port: 8883}}
	p := Policy{Path: "policy.json", Language: "zh-Hans", Classroom: "room-204", Broker: school, Locked: []Lock{LockBroker}}
	s := opened(t, dir)
	s.Apply(p)
	v := s.Values()
	if v.Language != "zh-Hans" || v.Classroom != "room-204" || v.Connection != PolicyConnection || !v.Welcomed {
		t.Fatalf("the first start has %+v", v)
	}
	s.Update(func(v *Values) {
		v.Language, v.Classroom = "en", "mine"
		v.RemoveConnection(PolicyConnection)
		v.SetConnection(Connection{ID: "other", Endpoint: endpoint.Endpoint{Host: "b"}})
		v.Connection = "other"
	})
	v = s.Values()
	if v.Language != "en" || v.Classroom != "mine" {
		t.Errorf("what is not locked stays: %+v", v)
	}
	if c, ok := v.ConnectionByID(PolicyConnection); v.Connection != PolicyConnection || !ok || c.Host != school.Host || len(v.Connections) != 2 {
		t.Errorf("what is locked is changed: %+v", v)
	}
	closed(t, s)
	again := opened(t, dir)
	p.Broker = nil
	again.Apply(p)
	if v := again.Values(); v.Classroom != "mine" || v.Connection != "" || !again.Locked(LockBroker) || again.Locked(LockLanguage) || again.Policy().Path == "" {
		t.Errorf("the second start has %+v", v)
	}
}

func TestAPolicyWithoutALanguageLeavesTheFirstStartsQuestion(t *testing.T) {
	s := opened(t, t.TempDir())
	s.Apply(Policy{})
	s.Apply(Policy{Classroom: "a"})
	if v := s.Values(); v.Welcomed || v.Classroom != "a" {
		t.Errorf("%+v", v)
	}
}
