package watch

import "testing"

func TestEveryListenerHearsARaiseInOrder(t *testing.T) {
	var s Signal
	var heard string
	s.Listen(func() { heard += "a" })
	s.Listen(func() { heard += "b" })
	s.Raise()
	s.Raise()
	if heard != "abab" {
		t.Fatalf("heard %q", heard)
	}
}

func TestAListenerThatStopsInsideARaiseAndItsNeighbourAreNotCalledAfter(t *testing.T) {
	var s Signal
	var heard string
	var stopA, stopB func()
	stopA = s.Listen(func() { heard += "a"; stopA(); stopB(); stopA() })
	stopB = s.Listen(func() { heard += "b" })
	s.Listen(func() { heard += "c" })
	s.Raise()
	s.Raise()
	if heard != "acc" {
		t.Fatalf("heard %q", heard)
	}
}
