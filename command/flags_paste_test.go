package command

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// copied is a file with a text.
func copied(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pasted.txt")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// What was copied is asked, with the cookies that the browser held.
func TestAskWhatWasCopied(t *testing.T) {
	server, _ := members(t)
	me := server.URL + "/me"
	line := "Access to fetch at '" + me + "' from origin '" + neighbour + "' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	curl := "curl '" + me + "' -H 'origin: " + neighbour + "' -b 'sid=s3cret' -H 'sec-fetch-mode: cors' --compressed"
	call := `fetch("` + me + `", {"headers": {"cookie": "sid=s3cret"}, "referrer": "` + neighbour + `/", "method": "GET"});`
	har := `{"log": {"entries": [{"request": {"method": "GET", "url": "` + server.URL + `/other", "headers": [{"name": "Origin", "value": "` + neighbour + `"}]}},
		{"request": {"method": "GET", "url": "` + me + `", "headers": [{"name": "Origin", "value": "` + neighbour + `"}], "cookies": [{"name": "sid", "value": "s3cret", "path": "/", "sameSite": "Lax"}]}}]}}`
	signed := `{"log": {"entries": [{"pageref": "p", "request": {"method": "POST", "url": "` + server.URL + `/login", "headers": [{"name": "Origin", "value": "` + neighbour + `"}, {"name": "Cookie", "value": "a=s3cret"}]}, "response": {"headers": [{"name": "Set-Cookie", "value": "sid=s3cret; SameSite=Lax"}]}},
		{"pageref": "p", "request": {"method": "GET", "url": "` + me + `", "headers": [{"name": "Origin", "value": "` + neighbour + `"}, {"name": "Cookie", "value": "a=s3cret"}]}}]}}`
	for name, c := range map[string]struct {
		args       []string
		seen, said string
	}{
		"a HAR's own cookies":     {[]string{"--har", copied(t, signed), "--entry", "2"}, "script saw 200", "the cookies sid, which an answer had set and which were not sent"},
		"a HAR's login, not sent": {[]string{"--har", copied(t, signed), "--entry", "2", "--har-before", "1"}, "script saw 200", "not asked before it, because the server may change something: entry 1 (POST"},
		"a HAR's login, sent":     {[]string{"--har", copied(t, signed), "--entry", "2", "--har-before", "1", "--har-before-unsafe"}, "200, readable, stored the cookie sid", "the server sets the cookies sid again"},
		"a console line":          {[]string{line}, "script saw 401", "The line said MissingAllowOriginHeader. Today the answer is readable."},
		"curl":                    {[]string{curl}, "> Cookie: sid", "note: the browser holds the cookies sid, with the attributes"},
		"curl in a file":          {[]string{"--paste", copied(t, curl)}, "script saw 200", "note: the page's origin is " + neighbour + ", by Origin"},
		"another URL":             {[]string{server.URL + "/login", "--paste", copied(t, curl)}, "GET " + server.URL + "/login", ""},
		"flags over it":           {[]string{"--paste", copied(t, curl), "--credentials", "omit"}, "script saw 401", ""},
		"fetch":                   {[]string{call}, "script saw 200", "by Referer"},
		"a HAR by its number":     {[]string{"--har", copied(t, har), "--entry", "2"}, "script saw 200", ""},
		"a HAR by its URL":        {[]string{"--har", copied(t, har), "--entry", me}, "> Cookie: sid", ""},
	} {
		r := run(t, append([]string{"ask"}, c.args...)...)
		if r.status != exitHeld || !strings.Contains(r.stdout, c.seen) || !strings.Contains(r.stderr, c.said) || strings.Contains(r.stdout+r.stderr, "s3cret") {
			t.Errorf("%s: status %d, want %q and %q in\n%s\n%s", name, r.status, c.seen, c.said, r.stdout, r.stderr)
		}
	}
}

// A paste that cannot be asked is a usage error that says what to add, without secrets.
func TestFaultsOfPastes(t *testing.T) {
	curl := "curl https://api.example.com/ -H 'Authorization: s3cret'"
	two := copied(t, `{"log": {"entries": [{"request": {"url": "https://api.example.com/a", "headers": []}}, {"request": {"url": "https://api.example.com/b", "headers": []}}]}}`)
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no origin":      {[]string{curl}, "add --from and the origin of the page"},
		"nothing":        {[]string{"--paste", copied(t, "s3cret")}, "this text names no request"},
		"no file":        {[]string{"--paste", "missing.txt"}, "--paste: open missing.txt"},
		"two ways":       {[]string{curl, "--har", two}, "--har and a paste as an argument: give one of the two"},
		"two questions":  {[]string{"--har", two, "--from", "https://app.example.com"}, "the HAR file has 2 questions: choose one with --entry"},
		"entry alone":    {[]string{"https://api.example.com/", "--entry", "2"}, "--entry chooses a question of --har or of --paste"},
		"before alone":   {[]string{curl, "--from", "https://app.example.com", "--har-before", "2"}, "--har-before is about an entry of a HAR"},
		"before, unsafe": {[]string{"--har", two, "--entry", "1", "--har-before-unsafe"}, "add --har-before and a number"},
		"before nothing": {[]string{"--har", two, "--entry", "1", "--har-before", "-1"}, "want a number of requests"},
		"a missing file": {[]string{curl + " -d @missing.txt", "--from", "https://app.example.com"}, "--data: open missing.txt"},
		"standard input": {[]string{"--paste", "-"}, "--paste -: this text names no request"},
	} {
		r := run(t, append([]string{"ask"}, c.args...)...)
		if r.status != exitUsage || !strings.Contains(r.stderr, c.want) || strings.Contains(r.stdout+r.stderr, "s3cret") {
			t.Errorf("%s: status %d, want %q in\n%s\n%s", name, r.status, c.want, r.stdout, r.stderr)
		}
	}
}

// An unsafe request that was copied is sent, and that is said; --dry-run holds it back.
func TestUnsafePastesAreTold(t *testing.T) {
	server, beacon := members(t)
	curl := "curl '" + server.URL + "/beacon' -H 'origin: " + neighbour + "' -H 'content-type: application/json' --data-raw 'x'"
	for _, c := range []struct{ flag, said, arrived string }{
		{"--dry-run", "", ""}, {"--dry-run=false", "note: the POST is sent to the server; --dry-run sends the preflight alone", "POST application/json x"},
	} {
		r := end(t, func(ctx context.Context, s streams) error { return execute(ctx, s, []string{"ask", curl, c.flag}) })
		if !strings.Contains(r.stderr, c.said) || c.said == "" && strings.Contains(r.stderr, "is sent to the server") || *beacon != c.arrived {
			t.Errorf("%s: arrived %q, said\n%s\n%s", c.flag, *beacon, r.stdout, r.stderr)
		}
	}
}
