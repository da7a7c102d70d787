package devicetest

import (
	"fmt"
	"testing"
)

func TestAnEarHearsWhatIsSaidAsSoonAsItListens(t *testing.T) {
	b := StartMosquitto(t, MosquittoConf{})
	for i := range 30 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			e := Listen(t, b)
			e.Publish("first", "word")
			e.Expect("first", "word")
			e.Again()
			e.Publish("second", "word")
			e.Expect("second", "word")
		})
	}
}
