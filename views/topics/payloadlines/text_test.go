package payloadlines

import (
	"strings"
	"testing"
)

func TestDeepJSONIsNotBlownUpBySpaces(t *testing.T) {
	text := strings.Repeat("[", 9000) + strings.Repeat("1,", 600_000) + "1" + strings.Repeat("]", 9000)
	if n := len(indentJSON([]byte(text))); n > 5*len(text) {
		t.Errorf("%d bytes became %d", len(text), n)
	}
}
