package draft

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/memory"
	"github.com/corsproof/corsproof/harness/policy"
)

// appHAR is a HAR of a page at two origins, of a file, of an extension, and of images.
const appHAR = `{"log": {"entries": [
{"pageref": "a", "_resourceType": "document", "request": {"method": "GET", "url": "https://app.example.com/", "headers": []}},
{"pageref": "a", "_resourceType": "preflight", "request": {"method": "OPTIONS", "url": "https://api.example.com/v1/me", "headers": [{"name": "Origin", "value": "https://app.example.com"}, {"name": "Access-Control-Request-Method", "value": "PUT"}, {"name": "Access-Control-Request-Headers", "value": "content-type,x-trace"}]}, "response": {"status": 204, "headers": [{"name": "Access-Control-Max-Age", "value": "600"}]}},
{"pageref": "a", "_resourceType": "fetch", "request": {"method": "PUT", "url": "https://api.example.com/v1/me?token=s3cret", "headers": [{"name": "Origin", "value": "https://app.example.com"}, {"name": "Authorization", "value": "Bearer s3cret"}, {"name": "Cookie", "value": "sid=s3cret"}, {"name": "Content-Type", "value": "application/json"}], "postData": {"text": "s3cret"}}, "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example.com"}, {"name": "Access-Control-Expose-Headers", "value": "X-Total, X-Absent, Date2"}, {"name": "Access-Control-Max-Age", "value": "5"}, {"name": "X-Total", "value": "s3cret"}, {"name": "Set-Cookie", "value": "a=s3cret"}]}},
{"pageref": "b", "_resourceType": "xhr", "request": {"method": "GET", "url": "https://api.example.com/v1/items/17", "headers": [{"name": "Cookie", "value": "sid=s3cret"}]}, "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example.com"}]}},
{"pageref": "b", "_resourceType": "xhr", "request": {"method": "GET", "url": "https://api.example.com/v1/items/18", "headers": [{"name": "Cookie", "value": "sid=s3cret"}]}, "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example.com"}]}},
{"pageref": "b", "_resourceType": "xhr", "request": {"method": "GET", "url": "https://user:s3cret@api.example.com/v1/items/18", "headers": [{"name": "Origin", "value": "https://www.example.com"}]}},
{"pageref": "b", "_resourceType": "xhr", "request": {"method": "GET", "url": "https://api.example.com/reset/eyJhbGciOiJI.eyJzdWIiOiIxIn0", "headers": [{"name": "Origin", "value": "https://app.example.com"}]}},
{"pageref": "a", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://api.example.com/a*b", "headers": [{"name": "Origin", "value": "https://app.example.com"}]}},
{"pageref": "a", "_resourceType": "image", "request": {"method": "GET", "url": "https://api.example.com/logo.png", "headers": [{"name": "Sec-Fetch-Mode", "value": "no-cors"}]}},
{"pageref": "f", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://api.example.com/v1/me", "headers": []}},
{"pageref": "e", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://api.example.com/v1/me", "headers": []}},
{"pageref": "s", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://api.example.com/own", "headers": []}},
{"pageref": "a", "_resourceType": "fetch", "request": {"method": "GET", "url": "https://stats.example.net/hit", "headers": [{"name": "Origin", "value": "https://app.example.com"}]}, "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Access-Control-Expose-Headers", "value": "*"}]}}
], "pages": [{"id": "a", "title": "https://app.example.com/"}, {"id": "b", "title": "https://app.example.com/list"}, {"id": "f", "title": "file:///home/a.html"}, {"id": "e", "title": "chrome-extension://abcdefghijklmnopabcdefghijklmnop/a.html"}, {"id": "s", "title": "https://api.example.com/docs"}]}}`

// The policy of a HAR says what the pages asked, without secrets, and can be read.
func TestFromHAR(t *testing.T) {
	for url, c := range map[string]struct{ want, not []string }{
		"": {[]string{
			"\ntarget: https://api.example.com\n", "\norigins: [https://app.example.com, https://www.example.com]\n", "\ncredentials: true\n", "\nmethods: [GET]\n", "\nrequestHeaders: []\n", "\nexposeHeaders: []\n", "\nmaxAge: 600\n",
			"  # It stands for 2 paths that differ in an identifier.\n  - path: /v1/items/17\n",
			"  - path: /v1/me\n    origins: [https://app.example.com]\n    methods: [GET, PUT]\n    requestHeaders: [Authorization, content-type, x-trace]\n    exposeHeaders: [X-Total]\n",
			"  # The app asks this path, and a policy cannot have it: want a path that the server has, not a\n  # pattern.\n  # - path: /a*b\n",
			"https://stats.example.net (1)", "chrome-extension://abcdefghijklmnopabcdefghijklmnop, file:", "Left out: requests to paths that look like a secret (1)",
		}, []string{"/own", "logo.png", "eyJ", "X-Absent"}},
		"https://stats.example.net":     {[]string{"\ntarget: https://stats.example.net\n", "\ncredentials: false\n", "\nexposeHeaders: any\n", "  - path: /hit\n", "assumes that the pages use none"}, []string{"api.example.com", "Others"}},
		"https://api.example.com/v1/me": {[]string{"\nmethods: [GET, PUT]\n", "  - path: /v1/me\n"}, []string{"/v1/items"}},
	} {
		d, err := FromHAR(HAR{In: strings.NewReader(appHAR), URL: url})
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		text := d.Text()
		if _, err := policy.Parse("p.yaml", []byte(text), nil); err != nil {
			t.Errorf("%s: %v\n%s", url, err, text)
		}
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", url, want, text)
			}
		}
		for _, not := range append(c.not, "s3cret") {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q in\n%s", url, not, text)
			}
		}
	}
}

// Without what a policy needs there is none, and the error says what to add.
func TestFromHARFaults(t *testing.T) {
	of := func(origin, page, kind string) string {
		return fmt.Sprintf(`{"log": {"pages": [{"id": "p", "title": %q}], "entries": [{"pageref": "p", "_resourceType": %q, "request": {"method": "GET", "url": "https://api.example.com/?token=s3cret", "headers": [%s]}}]}}`, page, kind, origin)
	}
	for name, c := range map[string]struct {
		har  HAR
		want string
	}{
		"cut off":        {HAR{In: strings.NewReader(appHAR[:2000])}, "after 5 entries: the file ends too early"},
		"nothing":        {HAR{In: strings.NewReader(`{"log": {"entries": []}}`)}, "0 entries: no request of it crosses origins"},
		"images":         {HAR{In: strings.NewReader(of("", "https://app.example.com/", "image"))}, "such as images and scripts, need no permission: 1"},
		"no page":        {HAR{In: strings.NewReader(of("", "My shop", "fetch"))}, "no request of it crosses origins"},
		"a file":         {HAR{In: strings.NewReader(of("", "file:///a.html", "fetch"))}, "no policy can list the pages that asked https://api.example.com, or their paths: file:"},
		"another server": {HAR{In: strings.NewReader(appHAR), URL: "https://x.example.com/"}, "no request to https://x.example.com/ crosses origins"},
		"no URL":         {HAR{In: strings.NewReader(appHAR), URL: "ftp://a.test"}, "want a URL of http or https"},
	} {
		_, err := FromHAR(c.har)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	d, err := FromHAR(HAR{In: strings.NewReader(of("", "My shop", "fetch")), From: "https://shop.example.com"})
	if err != nil || !strings.Contains(d.Text(), "\norigins: [https://shop.example.com]\n") {
		t.Errorf("%v\n%s", err, d.Text())
	}
}

// largeHAR is a HAR whose entries all differ: in the page, the method and the headers, and in
// the path or the server.
func largeHAR(size int) io.Reader {
	read, write := io.Pipe()
	go func() {
		defer write.Close()
		fmt.Fprint(write, `{"log": {"pages": [], "entries": [`)
		for i, done := 0, 0; done < size; i++ {
			if i > 0 {
				fmt.Fprint(write, ",")
			}
			name := strings.Map(func(c rune) rune { return c - '0' + 'p' }, fmt.Sprint(i)) // no identifier
			url := []string{"https://api.example.com/same", "https://api.example.com/" + name, "https://" + name + ".example.com/"}[i%3]
			n, err := fmt.Fprintf(write, `{"pageref": "p", "_resourceType": "fetch", "request": {"method": "M%d", "url": "%s?%d", "headers": [{"name": "Origin", "value": "https://app%d.`+strings.Repeat("sub.", 25)+`example.com"}, {"name": "X-%d", "value": "1"}]}, "response": {"headers": [{"name": "Access-Control-Expose-Headers", "value": "Y-%d"}, {"name": "Y-%d", "value": "1"}], "content": {"text": "%s"}}}`,
				i, url, i, i, i, i, i, strings.Repeat("x", 600))
			if done += n; err != nil {
				return
			}
		}
		fmt.Fprint(write, `]}}`)
	}()
	return read
}

// A HAR of 50 MB whose entries all differ is read in flat memory.
func TestMemoryOfALargeHAR(t *testing.T) {
	const room = 2 << 20
	before := memory.InUse()
	in := &memory.Watched{Reader: largeHAR(50 << 20), Every: 2000}
	if _, err := FromHAR(HAR{In: in}); err != nil {
		t.Fatal(err)
	}
	if in.Most == 0 || in.Most > before+room {
		t.Errorf("%d bytes in use at most (%d before), after %d reads", in.Most, before, in.Reads)
	}
	t.Logf("50 MB: %d KB in use at most, %d KB before", in.Most>>10, before>>10)
}
