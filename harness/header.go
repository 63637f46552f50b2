package harness

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
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

// Lines returns a Header of lines such as "Authorization: Bearer x", for literals in tests.
// It panics where a line has no colon, as [regexp.MustCompile] does: such a literal is a
// mistake in the test. A line from elsewhere is read by [ParseField], which returns an error.
//
//	harness.Request{From: app, URL: url, Headers: harness.Lines("Authorization: Bearer x", "X-Id: 1")}
func Lines(lines ...string) Header {
	h := make(Header, 0, len(lines))
	for _, line := range lines {
		f, err := ParseField(line)
		if err != nil {
			panic(fmt.Sprintf("harness.Lines: line %d: %v", len(h)+1, err))
		}
		h = append(h, f)
	}
	return h
}

// ParseField reads a line such as "Authorization: Bearer x". It drops blanks and tabs around
// the value. The error of a line without a colon quotes the first word alone, because the rest
// may be a secret.
func ParseField(line string) (Field, error) {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		name, _, _ = strings.Cut(line, " ")
		return Field{}, fmt.Errorf("%q: no colon, want \"Name: value\"", name)
	}
	return Field{Name: name, Value: strings.Trim(value, " \t")}, nil
}

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

// Items returns the items of a header that is a list, such as Vary: of all lines with that
// name, in order, without the empty ones. Header names in it keep their case.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1
func (h Header) Items(name string) []string {
	var items []string
	for _, value := range h.Values(name) {
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
	}
	return items
}

// VariesByOrigin says whether a response tells caches to keep the answers to different origins
// apart: Vary lists Origin, or is *.
//
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func (h Header) VariesByOrigin() bool {
	return slices.ContainsFunc(h.Items(web.NameVary), func(name string) bool { return name == "*" || strings.EqualFold(name, web.NameOrigin) })
}
