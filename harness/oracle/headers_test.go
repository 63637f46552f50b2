package oracle

import (
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

func TestGet(t *testing.T) {
	tests := []struct {
		lines []string
		want  string
		ok    bool
	}{
		{nil, "", false},
		{[]string{"ACAO:"}, "", true},
		{[]string{"ACAO: \t a \t "}, "a", true},
		{[]string{"ACAO: a", "X: b", "access-control-allow-ORIGIN: c "}, "a, c", true},
		{[]string{"ACAO:", "ACAO: *"}, ", *", true},
		{[]string{"ACAO: *\v"}, "*\v", true},
		{[]string{"ACAO: a\u00a0"}, "a\u00a0", true},
	}
	for _, test := range tests {
		if got, ok := Get(headers(test.lines...), "Access-Control-Allow-Origin"); got != test.want || ok != test.ok {
			t.Errorf("%q: %q, %v", test.lines, got, ok)
		}
	}
}

func TestExtractHeaderListValues(t *testing.T) {
	tests := []struct {
		lines []string
		want  []string
		fails bool
	}{
		{nil, nil, false},
		{[]string{"ACAM:"}, []string{}, false},
		{[]string{"ACAM: , ,PUT,,"}, []string{"PUT"}, false},
		{[]string{"ACAM: GET,\tPUT ", "ACAM: *"}, []string{"GET", "PUT", "*"}, false},
		{[]string{"ACAM: PUT POST"}, nil, true},
		{[]string{`ACAM: "PUT"`}, nil, true},
		{[]string{"ACAM: PUT", "ACAM: b@d"}, nil, true},
		{[]string{"ACAM: PUT\v"}, nil, true},
		{[]string{"ACAM: \xe9"}, nil, true},
		{[]string{"ACAM: !#$%&'*+-.^_`|~09AZaz"}, []string{"!#$%&'*+-.^_`|~09AZaz"}, false},
	}
	for _, test := range tests {
		got, err := ExtractHeaderListValues(headers(test.lines...), "Access-Control-Allow-Methods")
		if !slices.Equal(got, test.want) || (got == nil) != (test.want == nil) || (err != nil) != test.fails {
			t.Errorf("%q: %q, %v", test.lines, got, err)
		}
	}
}

func TestParseDeltaSeconds(t *testing.T) {
	tests := map[string]int64{
		"0": 0, "007": 7, " 5\t": 5, "7200": 7200, "9223372036854775807": 1<<63 - 1, "99999999999999999999": 1<<63 - 1,
		"": -1, "-1": -1, "+1": -1, "0.5": -1, "1 2": -1, "0, 0": -1, "1_0": -1, "0x1": -1, "٣": -1,
	}
	for value, want := range tests {
		if got, ok := ParseDeltaSeconds(value); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d, %v", value, got, ok)
		}
	}
}

func TestGetDecodeSplit(t *testing.T) {
	tests := []struct {
		value string
		want  []string
	}{
		{"", []string{""}}, {"a, b", []string{"a", "b"}}, {`"a,b", c`, []string{`"a,b"`, "c"}},
		{`"a\",b", c`, []string{`"a\",b"`, "c"}}, {`"a,b`, []string{`"a,b`}}, {`a\,b`, []string{`a\`, "b"}}, {",", []string{"", ""}},
	}
	for _, test := range tests {
		if got := GetDecodeSplit(harness.Header{{Name: "T", Value: test.value}}, "t"); !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.value, got, test.want)
		}
	}
	if got := GetDecodeSplit(nil, "t"); got != nil {
		t.Errorf("no header: %q", got)
	}
}

func TestNormalizeMethod(t *testing.T) {
	for given, want := range map[string]string{
		"delete": "DELETE", "Get": "GET", "head": "HEAD", "options": "OPTIONS", "post": "POST", "put": "PUT",
		"patch": "patch", "PATCH": "PATCH", "chicken": "chicken", "": "",
	} {
		if got := NormalizeMethod(given); got != want {
			t.Errorf("%s: %s", given, got)
		}
	}
}

func TestForbidden(t *testing.T) {
	for _, method := range []string{"connect", "Trace", "TRACK"} {
		if !ForbiddenMethod(method) {
			t.Errorf("%s is not forbidden", method)
		}
	}
	forbidden := headers(
		"accept-charset:", "Accept-Encoding:", "Access-Control-Request-Headers:", "access-control-request-method:",
		"Connection:", "Content-Length:", "Cookie:", "Cookie2:", "Date:", "DNT:", "Expect:", "Host:", "Keep-Alive:",
		"Origin:", "Referer:", "Set-Cookie:", "TE:", "Trailer:", "Transfer-Encoding:", "Upgrade:", "Via:",
		"Proxy-X:", "proxy-:", "Sec-X:", "sec-:", "X-HTTP-Method: trace", "x-http-method-override: GET, TRACK",
		"X-Method-Override:  connect ")
	for _, f := range forbidden {
		if !ForbiddenRequestHeader(f.Name, f.Value) {
			t.Errorf("%s: %s is not forbidden", f.Name, f.Value)
		}
	}
	for _, f := range headers("Proxy:", "Sec:", "X-Sec-:", "X-HTTP-Method: GET", "X-HTTP-Method: traced", `X-Method-Override: "a,trace"`, "Set-Cookie2:", "User-Agent:") {
		if ForbiddenRequestHeader(f.Name, f.Value) {
			t.Errorf("%s: %s is forbidden", f.Name, f.Value)
		}
	}
	if ForbiddenMethod("GET") || ForbiddenMethod("TRACED") {
		t.Error("an ordinary method is forbidden")
	}
}

// In mode no-cors a header is dropped if its combined value would not be safelisted.
func TestNoCORSGuard(t *testing.T) {
	tests := []struct {
		lines []string
		want  string
	}{
		{[]string{"Accept: a", "X-A: 1", "Range: bytes=0-", "Content-Type: application/json"}, "Accept: a"},
		{[]string{"Accept: " + a(100), "Accept: " + a(26)}, "Accept: " + a(100) + "; Accept: " + a(26)},
		{[]string{"Accept: " + a(100), "Accept: " + a(27)}, "Accept: " + a(100)},
		{[]string{"content-type: text/plain", "Content-Type: text/plain"}, "content-type: text/plain"},
	}
	for _, test := range tests {
		var got harness.Header
		for _, f := range headers(test.lines...) {
			got = appendHeader(nil, got, f, true)
		}
		if line(got) != test.want {
			t.Errorf("%v: %s", test.lines, line(got))
		}
	}
}
