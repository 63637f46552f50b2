package paste

import (
	"fmt"
	"strings"
	"testing"
)

// entryOf is an entry of a page, with headers of its request and its answer as "name: value".
func entryOf(page, method, url string, sent, answered []string) string {
	list := func(lines []string) string {
		var items []string
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			items = append(items, fmt.Sprintf(`{"name": %q, "value": %q}`, name, value))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprintf(`{"pageref": %q, "_resourceType": "fetch", "startedDateTime": "2026-11-26T20:00:00Z", "request": {"method": %q, "url": %q, "headers": %s}, "response": {"status": 200, "headers": %s}}`,
		page, method, url, list(append(sent, "Origin: https://app.example.com")), list(answered))
}

// session is a page that signs in, reads, and is refused.
var session = `{"log": {"pages": [{"id": "a", "title": "https://app.example.com/"}], "entries": [` + strings.Join([]string{
	entryOf("a", "POST", "https://api.example.com/login", nil, []string{"set-cookie: sid=first; Path=/; Secure; HttpOnly; SameSite=Lax\ntheme=dark; Domain=.example.com; Max-Age=60", "Set-Cookie: old=1"}),
	entryOf("b", "GET", "https://api.example.com/other-page", nil, nil),
	entryOf("a", "GET", "https://api.example.com/token", []string{"Cookie: sid=first"}, []string{"Set-Cookie: csrf=1; Path=/v1; SameSite=None; Secure", "Set-Cookie: old=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Set-Cookie: deep=1; Path=/v1/deep", "Set-Cookie: strange=1; Domain=other.example"}),
	entryOf("a", "GET", "https://api.example.com/list", []string{"Cookie: sid=second"}, []string{"Set-Cookie: gone=1; Max-Age=0"}),
	entryOf("a", "GET", "https://api.example.com/v1/me", []string{"Cookie: sid=second; mine=1"}, nil),
}, ",") + `]}}`

// The requests of a page before an entry are asked before it, and cookies have the attributes
// with which an answer set them.
func TestHARBefore(t *testing.T) {
	for name, c := range map[string]struct {
		o     Options
		want  string // of the questions before
		held  []string
		notes []string
		not   string
	}{
		"nothing before": {
			Options{Entry: "5"}, "",
			[]string{"https://api.example.com/login sid=second; Path=/; Secure; HttpOnly; SameSite=Lax", "https://api.example.com/v1/me mine=1; Path=/; Secure; SameSite=None", "https://api.example.com/login theme=dark; Domain=.example.com; Max-Age=60", "https://api.example.com/token csrf=1; Path=/v1; SameSite=None; Secure"},
			[]string{"the cookies sid, with the attributes of the Set-Cookie header that the HAR has", "the cookies mine, with the attributes \"Path=/; Secure; SameSite=None\", which are assumed", "the cookies theme, csrf, which an answer had set and which were not sent"},
			"asked before it",
		},
		"two before": {
			Options{Entry: "5", Before: 2}, "https://api.example.com/token https://api.example.com/list",
			[]string{"https://api.example.com/login sid=second; Path=/; Secure; HttpOnly; SameSite=Lax", "https://api.example.com/v1/me mine=1; Path=/; Secure; SameSite=None", "https://api.example.com/login theme=dark; Domain=.example.com; Max-Age=60"},
			[]string{"asked before it: entry 3 (GET https://api.example.com/token), entry 4 (GET https://api.example.com/list)", "the server sets the cookies csrf again"},
			"not asked before it",
		},
		"a login before": {
			Options{Entry: "5", Before: 9}, "https://api.example.com/token https://api.example.com/list",
			[]string{"https://api.example.com/login sid=second; Path=/; Secure; HttpOnly; SameSite=Lax", "https://api.example.com/v1/me mine=1; Path=/; Secure; SameSite=None", "https://api.example.com/login theme=dark; Domain=.example.com; Max-Age=60"},
			[]string{"not asked before it, because the server may change something: entry 1 (POST https://api.example.com/login). --har-before-unsafe asks them, too", "its page has 3 requests before it in the HAR, and 9 are wanted"},
			"",
		},
		"a login before, sent": {
			Options{Entry: "https://api.example.com/v1/me", Before: 3, BeforeUnsafe: true}, "https://api.example.com/login https://api.example.com/token https://api.example.com/list",
			[]string{"https://api.example.com/v1/me mine=1; Path=/; Secure; SameSite=None"},
			[]string{"the server sets the cookies sid, theme, csrf again"},
			"not asked before it",
		},
	} {
		p, err := Read([]byte(session), c.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		q, err := p.One()
		var before, held []string
		for _, b := range q.Request.Before {
			before = append(before, b.URL)
			if b.Credentials != q.Request.Credentials && strings.HasSuffix(b.URL, "list") {
				t.Errorf("%s: %s without credentials", name, b.URL)
			}
		}
		for _, c := range q.Cookies {
			held = append(held, c.URL+" "+c.Line)
		}
		if err != nil || strings.Join(before, " ") != c.want || strings.Join(held, "\n") != strings.Join(c.held, "\n") {
			t.Errorf("%s: %v\n%s\nheld\n%s\nwant\n%s", name, err, before, strings.Join(held, "\n"), strings.Join(c.held, "\n"))
		}
		if err := q.Request.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		notes := strings.Join(q.Notes, "\n")
		for _, want := range c.notes {
			if !strings.Contains(notes, want) {
				t.Errorf("%s: no %q in\n%s", name, want, notes)
			}
		}
		if c.not != "" && strings.Contains(notes, c.not) || strings.Contains(notes, "second") {
			t.Errorf("%s: %q, or a value, in\n%s", name, c.not, notes)
		}
	}
}

// A server sets no cookies for another one, and a page has a history of its own.
func TestHARBeforeOfOthers(t *testing.T) {
	text := `{"log": {"entries": [` + entryOf("a", "GET", "https://evil.example/", nil, []string{"Set-Cookie: sid=1; Domain=api.example.com", "Set-Cookie: own=1"}) + "," +
		entryOf("b", "GET", "https://api.example.com/me", nil, nil) + `]}}`
	p, err := Read([]byte(text), Options{Entry: "2", Before: 1})
	if err != nil {
		t.Fatal(err)
	}
	if q := p.Questions[0]; len(q.Cookies)+len(q.Request.Before) != 0 {
		t.Errorf("%v, %v", q.Cookies, q.Request.Before)
	}
}
