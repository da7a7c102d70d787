package spreadsheet

import "testing"

func TestNoCellIsRunAsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "lamp-01": "lamp-01", "a=b": "a=b", "王": "王",
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "  =1": "'  =1", "\t=1": "'\t=1", "\n=1": "'\n=1", "＝1": "'＝1", "＠x": "'＠x",
	} {
		if got := Text(cell); got != want {
			t.Errorf("%q is %q, want %q", cell, got, want)
		}
	}
	if got, want := string(CSV([][]string{{"a", "=1"}, {`"q"`, "b,c"}})), "\ufeffa,'=1\r\n\"\"\"q\"\"\",\"b,c\"\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
