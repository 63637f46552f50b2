package harness

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Field is one header line: a name and a value, as they stood on the wire.
type Field struct {
	Name  string
	Value string
}

// MarshalJSON writes the field as the pair [name, value].
func (f Field) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]string{f.Name, f.Value})
}

// UnmarshalJSON reads the pair [name, value].
func (f *Field) UnmarshalJSON(data []byte) error {
	var pair []string
	if err := json.Unmarshal(data, &pair); err != nil || len(pair) != 2 {
		return fmt.Errorf("header field %s: want a pair [name, value]", data)
	}
	f.Name, f.Value = pair[0], pair[1]
	return nil
}

// Header is a list of header lines. Order, case and duplicates are kept: a
// second Access-Control-Allow-Origin is a fault to find.
//
// Lines of an HTTP/1.1 response, and of every request that one of our servers
// received, are in wire order. Chrome reports all other lines sorted by name.
type Header []Field

// Values returns the values of all lines with that name, in order. Names are
// compared without regard to case.
func (h Header) Values(name string) []string {
	var values []string
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// Get returns the value that a browser works with: all lines of that name,
// joined by a comma and a space. The bool is false when there is no such line;
// it is true for an empty line.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func (h Header) Get(name string) (string, bool) {
	values := h.Values(name)
	return strings.Join(values, ", "), values != nil
}
