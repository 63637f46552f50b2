package oracle

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Get returns all values of a name, joined by a comma and a space, each without
// the blanks that HTTP strips from both ends of a line. The bool is false when
// there is no such line, which is not the same as an empty one.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func Get(list harness.Header, name string) (string, bool) {
	var values []string
	for _, value := range list.Values(name) {
		values = append(values, strings.Trim(value, web.OWS))
	}
	return strings.Join(values, ", "), values != nil
}

// errMalformed is the failure of the standard.
var errMalformed = errors.New("header does not follow its grammar")

// ExtractHeaderListValues returns the items of a header that is a list of tokens:
// Access-Control-Allow-Methods, -Allow-Headers and -Expose-Headers. It returns nil
// when there is no such header, and an error when an item of any line is not a
// token. Empty items are ignored.
//
// https://fetch.spec.whatwg.org/#extract-header-list-values
func ExtractHeaderListValues(list harness.Header, name string) ([]string, error) {
	lines := list.Values(name)
	if lines == nil {
		return nil, nil
	}
	values := []string{}
	for _, line := range lines {
		items, err := ParseTokenList(line)
		if err != nil {
			return nil, err
		}
		values = append(values, items...)
	}
	return values, nil
}

// ParseTokenList parses the ABNF #token.
//
// https://www.rfc-editor.org/rfc/rfc9110#name-lists-rule-abnf-extension
func ParseTokenList(value string) ([]string, error) {
	items := []string{}
	for item := range strings.SplitSeq(value, ",") {
		item = strings.Trim(item, web.OWS)
		if item == "" {
			continue
		}
		if !web.IsToken(item) {
			return nil, errMalformed
		}
		items = append(items, item)
	}
	return items, nil
}

// ParseDeltaSeconds parses 1*DIGIT. A number too great for an int64 becomes the greatest
// int64, which is beyond every limit.
//
// https://www.rfc-editor.org/rfc/rfc9111#name-delta-seconds
func ParseDeltaSeconds(value string) (seconds int64, ok bool) {
	value = strings.Trim(value, web.OWS)
	if !web.IsDigits(value) {
		return 0, false
	}
	// The only possible error is the range, and then ParseInt returns the greatest int64.
	seconds, _ = strconv.ParseInt(value, 10, 64)
	return seconds, true
}

// GetDecodeSplit returns the items of a comma-separated header; a comma between quotes
// does not separate. It returns nil when there is no such header.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
func GetDecodeSplit(list harness.Header, name string) []string {
	value, ok := Get(list, name)
	if !ok {
		return nil
	}
	return web.DecodeSplit(value)
}

// remove returns the list without the lines of these names.
func remove(list harness.Header, names ...string) harness.Header {
	kept := harness.Header{}
	for _, f := range list {
		if !slices.Contains(names, web.Lower(f.Name)) {
			kept = append(kept, f)
		}
	}
	return kept
}

// combine joins all lines of one name into the first of them.
func combine(list harness.Header) harness.Header {
	combined := harness.Header{}
	for _, f := range list {
		if len(combined.Values(f.Name)) == 0 {
			value, _ := Get(list, f.Name)
			combined = append(combined, harness.Field{Name: f.Name, Value: value})
		}
	}
	return combined
}

// IsomorphicDecode returns the text whose characters are the bytes.
// https://infra.spec.whatwg.org/#isomorphic-decode
func IsomorphicDecode(bytes string) string {
	var text strings.Builder
	for i := range len(bytes) {
		text.WriteRune(rune(bytes[i]))
	}
	return text.String()
}
