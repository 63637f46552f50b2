package paste

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/memory"
)

const shopHAR = `{"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"},
"pages": [{"id": "page_1", "title": "https://app.example.com/shop/", "startedDateTime": "x", "pageTimings": {"onLoad": [1, {}]}}, {"id": "page_2", "title": "file:///home/me/a.html"}, {"id": "page_3", "title": "chrome-extension://abcdefghijklmnopabcdefghijklmnop/a.html"}, {"id": "page_4", "title": "My shop"}],
"entries": [
{"pageref": "page_1", "_resourceType": "document", "request": {"method": "GET", "url": "https://app.example.com/shop/", "headers": [{"name": "Sec-Fetch-Dest", "value": "document"}]}},
{"pageref": "page_1", "_resourceType": "preflight", "request": {"method": "OPTIONS", "url": "https://api.example.com/v1", "headers": [{"name": "Origin", "value": "https://app.example.com"}, {"name": "Access-Control-Request-Method", "value": "PUT"}]}},
{"pageref": "page_1", "_resourceType": "xhr", "request": {"method": "PUT", "url": "https://api.example.com/v1", "headers": [{"name": ":authority", "value": "api.example.com"}, {"name": "origin", "value": "https://app.example.com"}, {"name": "content-type", "value": "application/json"}, {"name": "cookie", "value": "sid=s3cret"}], "cookies": [{"name": "sid", "value": "s3cret", "path": "/", "domain": ".example.com", "httpOnly": true, "secure": true, "sameSite": "Lax"}], "bodySize": 7, "postData": {"mimeType": "application/json", "text": "{\"a\":1}"}}, "response": {"status": 200, "content": {"text": "xxxx"}}},
{"pageref": "page_1", "_resourceType": "fetch", "request": {"method": "POST", "url": "https://api.example.com/form", "headers": [{"name": "sec-fetch-mode", "value": "cors"}], "cookies": [], "bodySize": 7}},
{"pageref": "page_1", "_resourceType": "fetch", "request": {"method": "POST", "url": "https://api.example.com/form", "headers": [{"name": "sec-fetch-mode", "value": "cors"}], "cookies": [], "bodySize": 7}},
{"pageref": "page_1", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://app.example.com/own", "headers": []}},
{"pageref": "page_1", "_resourceType": "image", "request": {"method": "GET", "url": "data:image/png;base64,AA", "headers": []}},
{"pageref": "page_2", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://api.example.com/f", "headers": []}},
{"pageref": "page_3", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://api.example.com/e", "headers": []}},
{"pageref": "page_1", "_resourceType": "script", "request": {"method": "GET", "url": "https://cdn.example.com/a.js", "headers": [{"name": "sec-fetch-dest", "value": "script"}, {"name": "sec-fetch-mode", "value": "no-cors"}]}},
{"pageref": "page_4", "_resourceType": "fetch", "request": {"method": "POST", "url": "https://api.example.com/p", "headers": [{"name": "Referer", "value": "https://shop.example.com/"}], "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a", "value": "1"}]}}}
], "comment": [{"a": [1, 2]}]}, "more": {"a": []}}`

// All that cross origins, each question once, with the numbers that DevTools shows.
func TestHAR(t *testing.T) {
	p, err := Read([]byte(shopHAR), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`3 {"from":"https://app.example.com","url":"https://api.example.com/v1","method":"PUT","headers":[["content-type","application/json"]],"body":{"kind":"text","content":"{\"a\":1}"},"credentials":"include","via":"xhr"} cookie sid=s3cret; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=Lax`,
		`4 {"from":"https://app.example.com","url":"https://api.example.com/form","method":"POST"}`,
		`8 {"from":"file:","url":"https://api.example.com/f"}`,
		`9 {"from":"chrome-extension://abcdefghijklmnopabcdefghijklmnop","url":"https://api.example.com/e"}`,
		`10 {"from":"https://app.example.com","url":"https://cdn.example.com/a.js","mode":"no-cors","via":"script"}`,
		`11 {"from":"https://shop.example.com","url":"https://api.example.com/p","method":"POST","body":{"kind":"form","fields":[["a","1"]]}}`,
	}
	var got []string
	for _, q := range p.Questions {
		got = append(got, fmt.Sprint(q.Number, " ", show(q)))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	notes := strings.Join(p.Notes, "; ")
	if notes != "1 of 11 entries are no requests to a server; 2 of 11 entries are preflights or navigations; 1 of 11 entries stay within their origin; 1 of 11 entries ask the same again" {
		t.Error(notes)
	}
	if body := strings.Join(p.Questions[1].Notes, "; "); !strings.Contains(body, "does not have the body of 7 bytes") || !strings.Contains(body, "exported with sensitive data") {
		t.Error(body)
	}
}

// An entry is chosen by its number, whatever it is, or by its URL.
func TestEntriesOfHAR(t *testing.T) {
	for entry, want := range map[string]string{
		"6":                            `{"from":"https://app.example.com","url":"https://app.example.com/own"}`,
		"2":                            `{"from":"https://app.example.com","url":"https://api.example.com/v1","method":"PUT"}`,
		"https://api.example.com/v1":   `"method":"PUT","headers":[["content-type","application/json"]],"body"`,
		"https://api.example.com/form": `{"from":"https://app.example.com","url":"https://api.example.com/form","method":"POST"}`,
		"1":                            "this is the navigation to a page",
		"12":                           "no entry 12: the file has 11 entries",
		"https://x.example/":           "no entry https://x.example/",
	} {
		p, err := Read([]byte(shopHAR), Options{Entry: entry})
		got := fmt.Sprint(err)
		if err == nil {
			q, err := p.One()
			if got = show(q); err != nil {
				got = err.Error()
			}
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", entry, got, want)
		}
	}
}

// bigHAR is a HAR of many entries that ask the same, without the memory for all of it.
func bigHAR(size int) io.Reader {
	entry := `{"pageref": "p", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://api.example.com/%d", "headers": [{"name": "Origin", "value": "https://app.example.com"}]}, "response": {"content": {"text": "` + strings.Repeat("x", 100_000) + `"}}}`
	read, write := io.Pipe()
	go func() {
		defer write.Close()
		fmt.Fprint(write, `{"log": {"pages": [], "entries": [`)
		for i := range size / len(entry) {
			if i > 0 {
				fmt.Fprint(write, ",")
			}
			if _, err := fmt.Fprintf(write, entry, i%5); err != nil {
				return
			}
		}
		fmt.Fprint(write, `]}}`)
	}()
	return read
}

// A HAR of 50 MB is read in the memory of its largest entry.
func TestMemoryOfALargeHAR(t *testing.T) {
	const size, room = 50 << 20, 8 << 20
	before := memory.InUse()
	in := &memory.Watched{Reader: bigHAR(size), Every: 50}
	p, err := ReadHAR(in, Options{})
	if err != nil || len(p.Questions) != 5 {
		t.Fatal(err, len(p.Questions))
	}
	if in.Most == 0 || in.Most > before+room {
		t.Errorf("%d bytes in use at most (%d before), after %d reads", in.Most, before, in.Reads)
	}
	t.Logf("%d MB: %d KB in use at most, %d KB before", size>>20, in.Most>>10, before>>10)
}

func BenchmarkHAR(b *testing.B) {
	b.SetBytes(50 << 20)
	for b.Loop() {
		if _, err := ReadHAR(bigHAR(50<<20), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
