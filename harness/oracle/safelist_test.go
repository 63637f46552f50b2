package oracle

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

func TestCORSSafelistedRequestHeader(t *testing.T) {
	safe := headers(
		"Accept: ", "ACCEPT: */*", "accept: \tx", "accept: \x80\xff", "accept: "+a(128), "accept: a!#$%&'*+,-./;=^_`|~",
		"accept-language: en-GB,en;q=0.9, *", "content-language: "+a(128), "content-language: ",
		"content-type: text/plain", "content-type: text/plain ", "content-type: multipart/form-data; boundary=x",
		"content-type: application/x-www-form-urlencoded;charset=UTF-8", "content-type: Text/Plain;;;=", "content-type: text/plain; x",
		"range: bytes=0-", "range: bytes=0-0", "range: bytes=00-99", "range: bytes=99999999999999999999-")
	for _, f := range safe {
		if !CORSSafelistedRequestHeader(f.Name, f.Value) {
			t.Errorf("%s: %q is unsafe", f.Name, f.Value)
		}
	}
	unsafe := headers(
		"accept: "+a(129), "accept-language: é", "accept-language: a_b", "accept-language: a\tb", "content-language: \"",
		"content-type: ", "content-type: text", "content-type: text/", "content-type: text /plain", "content-type: text/ plain",
		"content-type: text/plain,text/plain", "content-type: text/plain;a=\"b\"", "content-type: application/json", "content-type: text/html",
		"range: bytes=-5", "range: bytes=-", "range: bytes=5-4", "range: bytes=0-1,2-3", "range: bytes= 0-1", "range: Bytes=0-1", "range: bytes",
		"range: bytes=0", "range: bytes=0-1 ", "range: bits=0-1", "range: bytes=+0-1", "range: bytes=100-99", "range: ",
		"x-a: ", "authorization: ", "dpr: 1", "save-data: on", "accepts: x")
	for _, f := range unsafe {
		if CORSSafelistedRequestHeader(f.Name, f.Value) {
			t.Errorf("%s: %q is safe", f.Name, f.Value)
		}
	}
	for c := range 256 {
		value := string([]byte{'a', byte(c)})
		want := c < 0x20 && c != '\t' || c == 0x7F || strings.Contains(`"():<>?@[\]{}`, string(rune(c))) && c < 0x80
		if got := !CORSSafelistedRequestHeader("accept", value); got != want {
			t.Errorf("byte %#x is unsafe: %v", c, got)
		}
	}
}

func TestCORSUnsafeRequestHeaderNames(t *testing.T) {
	eight := func(last int) harness.Header {
		var list harness.Header
		for range 8 {
			list = append(list, headers("Accept: "+a(127))...)
		}
		return append(list, headers("Content-Language: "+a(last))...)
	}
	tests := []struct {
		list harness.Header
		want []string
	}{
		{headers("Accept: x"), nil},
		{headers("X-Z: 1", "X-B: 1", "x-b: 2", "Accept: x", "X-A: 1"), []string{"x-a", "x-b", "x-z"}},
		{eight(8), nil},
		{eight(9), []string{"accept", "content-language"}},
		{append(eight(9), headers("X-A: 1")...), []string{"accept", "content-language", "x-a"}},
		{append(eight(8), headers("X-A: "+a(128))...), []string{"x-a"}},
	}
	for i, test := range tests {
		if got := CORSUnsafeRequestHeaderNames(test.list); !slices.Equal(got, test.want) {
			t.Errorf("%d: %v, want %v", i, got, test.want)
		}
	}
}

// The Accept that the browser adds counts: so 1022 bytes from the script are too many.
func TestAcceptCounts(t *testing.T) {
	lines := []string{"Accept-Language: " + a(128), "Content-Language: " + a(128), "Content-Type: text/plain;" + a(117), "Range: bytes=" + strings.Repeat("0", 121) + "-"}
	list := func(n int) harness.Request {
		extra := []string{}
		for range 3 {
			extra = append(extra, "Accept-Language: "+a(128))
		}
		return set(slices.Concat(lines, extra, []string{"Content-Language: " + a(n)})...)
	}
	for n, want := range map[int]int{125: 0, 126: 1} {
		d := row{request: list(n), preflight: refuses, actual: reply(200, "ACAO: *")}.put(Standard)
		if got := len(d.Preflights()); got != want {
			t.Errorf("%d bytes and */*: %d preflights, want %d: %s", 7*128+n, got, want, outcome(d))
		}
	}
}

func TestClientHints(t *testing.T) {
	for _, f := range headers("Intervention: <x>", "DPR: 2", "dpr: 1.5", "device-memory: 0.25", "downlink: 10", "width: 1", "viewport-width: 0", "RTT: 100", "ECT: 4g", "save-data: ON") {
		if !clientHint(f) {
			t.Errorf("%s: %s is not a client hint", f.Name, f.Value)
		}
	}
	for _, f := range headers("dpr: ", "dpr: .5", "dpr: 1.", "dpr: 1.2.3", "width: 1.0", "rtt: -1", "ect: 5g", "ect: 4G", "save-data: off", "lang: en", "x: 1") {
		if clientHint(f) {
			t.Errorf("%s: %s is a client hint", f.Name, f.Value)
		}
	}
}

func TestParseSingleRangeHeaderValueWithBlanks(t *testing.T) {
	for _, value := range []string{"bytes=0-1", "bytes = 0 - 1", "bytes\t=\t0\t-\t1"} {
		if got, ok := ParseSingleRangeHeaderValue(value, true); !ok || got != (Range{"0", "1"}) {
			t.Errorf("%q: %v, %v", value, got, ok)
		}
	}
	if got, ok := ParseSingleRangeHeaderValue("bytes=-5", false); !ok || got != (Range{"", "5"}) {
		t.Errorf("a suffix: %v, %v", got, ok)
	}
	if _, ok := ParseSingleRangeHeaderValue("bytes=0-1 ", true); ok {
		t.Error("a blank at the end is part of a range")
	}
}

func TestParseMIMEType(t *testing.T) {
	for given, want := range map[string]string{
		"text/plain":                           "text/plain",
		" TEXT/HTML ; Charset=UTF-8 ":          "text/html;charset=UTF-8",
		"text/html;charset=a;charset=b":        "text/html;charset=a",
		`text/html;charset="a;b\"c"d;e=f`:      `text/html;charset="a;b\"c";e=f`,
		`text/html;charset="a`:                 "text/html;charset=a",
		`text/html;a=""`:                       `text/html;a=""`,
		"text/html;a=;b=c":                     "text/html;b=c",
		"text/html;a;b=c":                      "text/html;b=c",
		"text/html;a b=c;d=\u00e9":             "text/html;d=\"\u00e9\"",
		"text/html;a=\x01;b=c":                 "text/html;b=c",
		"x/x;x=x;x=\"":                         "x/x;x=x",
		"application/json ; a = b ; c=d\t\r\n": "application/json;c=d",
	} {
		m, ok := ParseMIMEType(given)
		if got := m.String(); !ok || got != want {
			t.Errorf("%q: %q, %v, want %q", given, got, ok, want)
		}
	}
	for _, given := range []string{"", "text", "/", "text/", "/plain", "te xt/plain", "text/pl ain", "text/plain,text/html", "text/é"} {
		if m, ok := ParseMIMEType(given); ok {
			t.Errorf("%q is %s", given, m)
		}
	}
}

// Decimal numbers of any length.
func TestGreater(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{{"10", "9", true}, {"9", "10", false}, {"9", "8", true}, {"8", "8", false}, {"8", "9", false}, {"0009", "10", false}, {"", "0", false}, {"0", "", false}, {"1", "", true}} {
		if greater(test.a, test.b) != test.want {
			t.Errorf("%q, %q: %v", test.a, test.b, !test.want)
		}
	}
}
