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
			e.Say("first", "word")
			e.Hears("first", "word")
			e.Again()
			e.Say("second", "word")
			e.Hears("second", "word")
		})
	}
}
