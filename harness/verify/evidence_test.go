package verify

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
)

// asIs redacts nothing.
func asIs(text string) string { return text }

func TestCutText(t *testing.T) {
	for _, test := range []struct {
		text string
		most int
		want string
	}{
		{"", 0, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc... (4 bytes)"},
		{"aé", 2, "a... (3 bytes)"},
		{"日本", 5, "日... (6 bytes)"},
		{"日本", 0, "... (6 bytes)"},
		{"\x80\x80\x80\x80\x80\x80\x80\x80", 6, "\x80\x80... (8 bytes)"},
		{strings.Repeat("x", 1<<20), 4, "xxxx... (1048576 bytes)"},
	} {
		if got := cutText(test.text, test.most); got != test.want {
			t.Errorf("%.20q to %d: %.60q, want %q", test.text, test.most, got, test.want)
		}
		if got := cutText(test.text, test.most); utf8.ValidString(test.text) && !utf8.ValidString(got) {
			t.Errorf("%q is no UTF-8", got)
		}
	}
}

// hostileObservation has megabytes in every field that a target can fill.
func hostileObservation() harness.Observation {
	big := strings.Repeat("<script>\x00\x1b[31m", 1<<20/13)
	var many harness.Header
	var cookies []harness.Cookie
	for i := range 5000 {
		many = append(many, harness.Field{Name: fmt.Sprint("Access-Control-", i), Value: strings.Repeat("v", 4000)})
		cookies = append(cookies, harness.Cookie{Name: strings.Repeat("c", 4000)})
	}
	e := harness.Exchange{
		Kind: harness.RedirectHop, Method: "GET", URL: "https://a.test/" + big, Status: 200,
		RequestHeaders: many, ResponseHeaders: append(many, harness.Field{Name: "vary", Value: big}, harness.Field{Name: "origin" + big, Value: big}),
		Cookies: cookies, NotStored: cookies,
	}
	o := harness.Observation{Verdict: harness.Readable, Parameter: big, Script: harness.Script{Body: big, Error: big, URL: big, Headers: many}}
	for range 100 {
		o.Exchanges = append(o.Exchanges, e)
		o.Console = append(o.Console, harness.Message{Text: big})
		o.Issues = append(o.Issues, harness.Issue{Code: "CorsIssue", Detail: big})
		o.Arrivals = append(o.Arrivals, harness.Arrival{URL: big})
	}
	return o
}

func TestTrimmedIsSmall(t *testing.T) {
	o := hostileObservation()
	kept := trimmed(o, asIs)
	text, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	// JSON writes a NUL, or an angle bracket, as six bytes.
	if len(text) > 8*maxAll {
		t.Errorf("%d bytes are kept", len(text))
	}
	if len(o.Exchanges) != 100 || len(o.Exchanges[0].NotStored) != 5000 || len(o.Exchanges[0].Cookies[0].Name) != 4000 || len(o.Issues[0].Detail) < 1<<19 {
		t.Error("the observation itself was cut")
	}
}

func TestTrimmedKeepsWhatMatters(t *testing.T) {
	o := harness.Observation{
		Request: harness.Request{Headers: lines("X-Asked", "1")},
		Script:  harness.Script{Body: "secret", Headers: lines("content-type", "text/plain")},
		Exchanges: []harness.Exchange{{
			RequestHeaders:  lines("Origin", "https://a.test", "User-Agent", "Chrome", "x-asked", "1", "Cookie", "a=b"),
			ResponseHeaders: lines("ACCESS-CONTROL-ALLOW-ORIGIN", "*", "Server", "x", "Vary", "Origin", "access-control-allow-origin", "*", "Location", "/"),
			NotStored:       []harness.Cookie{{Name: "a"}},
		}, {}},
		Console: []harness.Message{{Text: "blocked"}},
		Issues:  []harness.Issue{{Code: "CorsIssue", Detail: "MissingAllowOriginHeader"}},
		Browser: harness.UserAgent{Name: "Chrome", Version: "1"},
	}
	kept := trimmed(o, func(string) string { return "redacted where nothing is cut" })
	for name, is := range map[string]bool{
		"request headers":  fmt.Sprint(kept.Exchanges[0].RequestHeaders) == fmt.Sprint(lines("Origin", "https://a.test", "x-asked", "1", "Cookie", "a=b")),
		"response headers": fmt.Sprint(kept.Exchanges[0].ResponseHeaders) == fmt.Sprint(lines("ACCESS-CONTROL-ALLOW-ORIGIN", "*", "Vary", "Origin", "access-control-allow-origin", "*", "Location", "/")),
		"script headers":   fmt.Sprint(kept.Script.Headers) == fmt.Sprint(o.Script.Headers),
		"no header at all": kept.Exchanges[1].ResponseHeaders == nil,
		"no body":          kept.Script.Body == "",
		"no browser":       kept.Browser.Name == "",
		"cookies":          kept.Exchanges[0].NotStored[0].Name == "a",
		"console":          kept.Console[0].Text == "blocked",
		"issues":           kept.Issues[0] == o.Issues[0],
	} {
		if !is {
			t.Errorf("%s: %+v", name, kept)
		}
	}
}

// A secret that lies across the cut is removed before the cut: its first half would not
// be recognized as a secret.
func TestTrimmedRedactsBeforeItCuts(t *testing.T) {
	const secret = "s3cr3t-t0k3n"
	redact := strings.NewReplacer(secret, "(hidden)").Replace
	long := strings.Repeat("x", maxValue-6) + secret
	o := harness.Observation{
		Parameter: long, Console: []harness.Message{{Text: strings.Repeat("x", maxText-6) + secret}},
		Exchanges: []harness.Exchange{{URL: long, ResponseHeaders: lines("Location", long)}},
	}
	if text := fmt.Sprint(trimmed(o, redact)); strings.Contains(text, secret[:4]) {
		t.Errorf("half of the secret is still there: %s", text)
	}
}

// A report keeps each of these headers, and no other.
func TestHeadersThatMatter(t *testing.T) {
	for _, name := range []string{
		"Access-Control-Allow-Origin", "Access-Control-Anything", "Origin", "Cookie", "Set-Cookie", "Authorization", "Sec-Fetch-Site", "Vary", "Location",
		"Cross-Origin-Resource-Policy", "Timing-Allow-Origin", "Cache-Control", "Age", "Retry-After", "WWW-Authenticate", "Content-Type",
		"X-Content-Type-Options", "Content-Security-Policy", "content-security-policy-report-only",
	} {
		if !mattersTo(name) {
			t.Errorf("%s does not matter", name)
		}
	}
	for _, name := range []string{"Server", "Date", "X-Origin", "Accept", "Content-Length", "Sec-Fetch-Mode", "ETag", ""} {
		if mattersTo(name) {
			t.Errorf("%s matters", name)
		}
	}
	if len(matters) != 17 {
		t.Errorf("%d beginnings, and this table has 17", len(matters))
	}
}

// No list of a report is longer than its limit, and what is within it stays.
func TestTrimmedBoundsLists(t *testing.T) {
	for _, n := range []int{1, maxLines, maxLines + 1} {
		o := harness.Observation{Exchanges: make([]harness.Exchange, 1)}
		e := &o.Exchanges[0]
		for range n {
			o.Console, o.Issues = append(o.Console, harness.Message{}), append(o.Issues, harness.Issue{})
			e.ResponseHeaders, e.Cookies = append(e.ResponseHeaders, harness.Field{Name: "Vary"}), append(e.Cookies, harness.Cookie{})
		}
		kept, most := trimmed(o, asIs), min(n, maxLines)
		if k := kept.Exchanges[0]; len(kept.Console) != most || len(kept.Issues) != most || len(k.ResponseHeaders) != most || len(k.Cookies) != most {
			t.Errorf("of %d: %d lines, %d issues, %d headers, %d cookies", n, len(kept.Console), len(kept.Issues), len(k.ResponseHeaders), len(k.Cookies))
		}
		if kept.Issues[0] = (harness.Issue{Code: "x"}); o.Issues[0].Code != "" {
			t.Error("the observation itself was changed")
		}
	}
}

// Each text of a target is cut to its limit.
func TestTrimmedCutsEachText(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	for name, test := range map[string]struct {
		fill func(*harness.Observation)
		text func(harness.Observation) string
		most int
	}{
		"error":     {func(o *harness.Observation) { o.Script.Error = long }, func(o harness.Observation) string { return o.Script.Error }, maxValue},
		"URL":       {func(o *harness.Observation) { o.Script.URL = long }, func(o harness.Observation) string { return o.Script.URL }, maxValue},
		"parameter": {func(o *harness.Observation) { o.Parameter = long }, func(o harness.Observation) string { return o.Parameter }, maxValue},
		"console":   {func(o *harness.Observation) { o.Console = []harness.Message{{Text: long}} }, func(o harness.Observation) string { return o.Console[0].Text }, maxText},
		"issue":     {func(o *harness.Observation) { o.Issues = []harness.Issue{{Detail: long}} }, func(o harness.Observation) string { return o.Issues[0].Detail }, maxValue},
		"exchange":  {func(o *harness.Observation) { o.Exchanges = []harness.Exchange{{URL: long}} }, func(o harness.Observation) string { return o.Exchanges[0].URL }, maxValue},
		"request header": {func(o *harness.Observation) {
			o.Exchanges = []harness.Exchange{{RequestHeaders: lines("Origin", long)}}
		},
			func(o harness.Observation) string { return o.Exchanges[0].RequestHeaders[0].Value }, maxValue},
		"response header": {func(o *harness.Observation) { o.Exchanges = []harness.Exchange{{ResponseHeaders: lines("Vary", long)}} },
			func(o harness.Observation) string { return o.Exchanges[0].ResponseHeaders[0].Value }, maxValue},
		"script's header": {func(o *harness.Observation) { o.Script.Headers = lines("x", long) }, func(o harness.Observation) string { return o.Script.Headers[0].Value }, maxValue},
		"cookie": {func(o *harness.Observation) {
			o.Exchanges = []harness.Exchange{{Cookies: []harness.Cookie{{Name: long}}}}
		},
			func(o harness.Observation) string { return o.Exchanges[0].Cookies[0].Name }, maxValue},
	} {
		var o harness.Observation
		test.fill(&o)
		if got, want := test.text(trimmed(o, asIs)), cutText(long, test.most); got != want {
			t.Errorf("%s: %d bytes, want %d", name, len(got), len(want))
		}
	}
}
