package oracle

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// The limits of the safelist, in bytes.
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
const (
	valueLimit = 128
	totalLimit = 1024
)

// CORSSafelistedMethod says whether a method is GET, HEAD or POST, byte for byte.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func CORSSafelistedMethod(method string) bool { return web.IsCORSSafelistedMethod(method) }

// CORSSafelistedRequestHeader says whether a header may be sent without a preflight.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func CORSSafelistedRequestHeader(name, value string) bool {
	return safelisted(nil, harness.Field{Name: name, Value: value})
}

// CORSUnsafeRequestHeaderNames returns the names that a preflight must list: in lower
// case, sorted, each once. Safelisted headers are among them when all their values
// together are too long.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func CORSUnsafeRequestHeaderNames(list harness.Header) []string {
	return sortedNames(unsafeNames(nil, list))
}

// sortedNames returns the set of names, sorted.
// https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set
func sortedNames(names []string) []string {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// unsafeNames returns the unsafe names in lower case, in the order of the list, then the
// safelisted names whose values together are too long.
func unsafeNames(deviates func(string) bool, list harness.Header) []string {
	var unsafe, potentially []string
	size := 0
	for _, f := range list {
		if safelisted(deviates, f) {
			potentially = append(potentially, web.Lower(f.Name))
			size += len(f.Value)
		} else {
			unsafe = append(unsafe, web.Lower(f.Name))
		}
	}
	if size > totalLimit && (deviates == nil || !deviates(hasNoTotalLimit)) {
		unsafe = append(unsafe, potentially...)
	}
	return unsafe
}

// safelisted says whether a header is safelisted. A nil deviates means the standard.
func safelisted(deviates func(string) bool, f harness.Field) bool {
	if len(f.Value) > valueLimit {
		return false
	}
	switch web.Lower(f.Name) {
	case "accept":
		return !hasUnsafeByte(f.Value) && !(deviates != nil && beyondASCII(f.Value) && deviates(refusesBytesBeyondASCII))
	case "accept-language", "content-language":
		return isLanguage(f.Value)
	case "content-type":
		return safelistedContentType(f.Value) && !(deviates != nil && beyondASCII(f.Value) && deviates(refusesBytesBeyondASCII)) &&
			!(deviates != nil && hasLooseParameters(f.Value) && deviates(refusesLooseParameters))
	case "range":
		// This order asks for the deviation only when it changes the result.
		simple := simpleRange(f.Value)
		return simple && (boundedRange(f.Value, math.MaxInt64-1) || deviates == nil || !deviates(boundsRange)) &&
			(boundedRange(f.Value, math.MaxUint64) || deviates == nil || !deviates(boundsRangeLater))
	}
	return clientHint(f) && deviates != nil && deviates(safelistsClientHints)
}

// hasUnsafeByte says whether a value has a CORS-unsafe request-header byte.
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte
func hasUnsafeByte(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < 0x20 && c != '\t' || c == 0x7F || strings.IndexByte(`"():<>?@[\]{}`, c) >= 0 {
			return true
		}
	}
	return false
}

// beyondASCII says whether a value has a byte that is not ASCII.
func beyondASCII(value string) bool {
	return strings.ContainsFunc(value, func(c rune) bool { return c > '~' })
}

// hasLooseParameters says whether the parameters of a Content-Type have a comma, or end in a
// semicolon.
func hasLooseParameters(value string) bool {
	_, parameters, _ := strings.Cut(value, ";")
	return strings.HasSuffix(parameters, ";") || strings.Contains(parameters, ",")
}

// isLanguage says whether a value has nothing but the bytes of a language range.
func isLanguage(value string) bool {
	for i := range len(value) {
		if c := value[i]; !web.IsAlphanumeric(c) && strings.IndexByte(" *,-.;=", c) < 0 {
			return false
		}
	}
	return true
}

// safelistedContentType parses the whole value as one MIME type, not as a list.
func safelistedContentType(value string) bool {
	if hasUnsafeByte(value) {
		return false
	}
	mime, ok := ParseMIMEType(value)
	if !ok {
		return false
	}
	switch mime.Essence() {
	case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	}
	return false
}

// Range is a range of bytes. A bound is a decimal number of any length, or empty when it
// is absent.
type Range struct{ Start, End string }

// ParseSingleRangeHeaderValue parses bytes=start-end. allowWhitespace permits blanks
// between the parts.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func ParseSingleRangeHeaderValue(value string, allowWhitespace bool) (Range, bool) {
	blanks := func(s string) string {
		if allowWhitespace {
			return strings.TrimLeft(s, web.OWS)
		}
		return s
	}
	rest, ok := strings.CutPrefix(value, "bytes")
	if !ok {
		return Range{}, false
	}
	if rest, ok = strings.CutPrefix(blanks(rest), "="); !ok {
		return Range{}, false
	}
	var r Range
	r.Start, rest = digits(blanks(rest))
	if rest, ok = strings.CutPrefix(blanks(rest), "-"); !ok {
		return Range{}, false
	}
	r.End, rest = digits(blanks(rest))
	switch {
	case rest != "":
		return Range{}, false
	case r.Start == "" && r.End == "":
		return Range{}, false
	case r.Start != "" && r.End != "" && greater(r.Start, r.End):
		return Range{}, false
	}
	return r, true
}

// digits takes the leading digits of s.
func digits(s string) (number, rest string) {
	rest = strings.TrimLeft(s, "0123456789")
	return s[:len(s)-len(rest)], rest
}

// greater compares decimal numbers of any length.
func greater(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return len(a) > len(b) || len(a) == len(b) && a > b
}

// simpleRange says whether a Range is safelisted: it must be one range with a start.
func simpleRange(value string) bool {
	r, ok := ParseSingleRangeHeaderValue(value, false)
	return ok && r.Start != ""
}

// boundedRange says whether a browser can hold the numbers of a range: Chrome holds what is
// less than the greatest 63-bit integer, and Firefox every 64-bit integer.
func boundedRange(value string, greatest uint64) bool {
	r, _ := ParseSingleRangeHeaderValue(value, false)
	most := strconv.FormatUint(greatest, 10)
	return !greater(r.Start, most) && !greater(r.End, most)
}

// redirectHints are the client hints that Chrome removes when a request is redirected to
// another origin than the page's, even if the script set them.
var redirectHints = []string{"device-memory", "downlink", "dpr", "ect", "rtt", "viewport-width", "width"}

// clientHint says whether Chrome sends this header itself, and therefore permits it to a
// script. A script cannot set names that begin with sec-.
// https://wicg.github.io/client-hints-infrastructure/
func clientHint(f harness.Field) bool {
	switch web.Lower(f.Name) {
	case "intervention":
		return true
	case "device-memory", "dpr", "downlink":
		whole, fraction, point := strings.Cut(f.Value, ".")
		return web.IsDigits(whole) && (!point || web.IsDigits(fraction))
	case "width", "viewport-width", "rtt":
		return web.IsDigits(f.Value)
	case "ect":
		return slices.Contains([]string{"slow-2g", "2g", "3g", "4g"}, f.Value)
	case "save-data":
		return web.Lower(f.Value) == "on"
	}
	return false
}
