package source

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// After a value the next value is read, and a value that is cut off is an error.
func TestSkipValue(t *testing.T) {
	for _, value := range []string{`1`, `"a"`, `null`, `[]`, `{}`, `{"a": [1, {"b": []}], "c": "}"}`} {
		d := json.NewDecoder(strings.NewReader(value + ` "next"`))
		if err := SkipValue(d.Token); err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		if token, err := d.Token(); token != "next" || err != nil {
			t.Errorf("%s: the next token is %v, %v", value, token, err)
		}
	}
	for _, cut := range []string{``, `[1`, `{"a": [`} {
		if err := SkipValue(json.NewDecoder(strings.NewReader(cut)).Token); err == nil || err != io.EOF && err != io.ErrUnexpectedEOF {
			t.Errorf("%q: %v", cut, err)
		}
	}
}
