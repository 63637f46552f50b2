package paste

import (
	"strings"
	"testing"
)

// The commands are as DevTools of Chrome and Firefox write them, and as people write them.
func TestCurl(t *testing.T) {
	o := Options{From: "https://app.example.com"}
	checkReadings(t, o, Curl, map[string]sample{
		"Copy as cURL (bash)": {`curl 'https://api.example.com/v1/me?fields=a\[0\]' \
  -H 'accept: application/json' \
  -H 'accept-language: en-GB,en;q=0.9' \
  -H 'authorization: Bearer s3cret' \
  -H 'cache-control: no-cache' \
  -b 'sid=s3cret; theme=dark' \
  -H 'origin: https://app.example.com' \
  -H 'pragma: no-cache' \
  -H 'priority: u=1, i' \
  -H 'referer: https://app.example.com/shop/' \
  -H 'sec-ch-ua: "Chromium";v="156"' \
  -H 'sec-fetch-dest: empty' \
  -H 'sec-fetch-mode: cors' \
  -H 'sec-fetch-site: same-site' \
  -H 'user-agent: Mozilla/5.0' \
  --compressed`,
			from + `"pagePath":"/shop/","url":"https://api.example.com/v1/me?fields=a[0]","headers":[["accept","application/json"],["authorization","Bearer s3cret"]],"credentials":"include"} cookie sid=s3cret; Path=/; Secure; SameSite=None cookie theme=dark; Path=/; Secure; SameSite=None`,
			"cache-control and pragma came from DevTools"},
		"Copy as cURL (bash) with a body": {`curl 'https://api.example.com/v1' -X 'PUT' -H 'content-type: application/json' -H 'origin: https://app.example.com' --data-raw $'{"a":"it\'s 100%\u0021\\n"}' --compressed --insecure`,
			from + `"url":"https://api.example.com/v1","method":"PUT","headers":[["content-type","application/json"]],"body":{"kind":"text","content":"{\"a\":\"it's 100%!\\n\"}"}}`, "by Origin"},
		"Copy as cURL (cmd)": {"curl ^\"https://api.example.com/v1?a=1^&b=^%^20c^\" ^\r\n  -H ^\"content-type: application/json^\" ^\r\n  -b ^\"sid=s3cret^\" ^\r\n  -H ^\"origin: https://app.example.com^\" ^\r\n  -H ^\"sec-ch-ua: ^\\^\"Chromium^\\^\";v=^\\^\"156^\\^\"^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":^\\^\"x^\\^\\n^\\^\"^}^\n\n^\" ^\r\n  --compressed",
			from + `"url":"https://api.example.com/v1?a=1\u0026b=%20c","method":"POST","headers":[["content-type","application/json"]],"body":{"kind":"text","content":"{\"a\":\"x\\n\"}\n"},"credentials":"include"} cookie sid=s3cret; Path=/; Secure; SameSite=None`,
			"cookies sid, with the attributes"},
		"Copy as cURL (cmd), older": {"curl \"https://api.example.com/v1\" ^\n  -H \"origin: https://app.example.com\" ^\n  -H \"x-a: ^{1^}\" ^\n  --compressed",
			from + `"url":"https://api.example.com/v1","headers":[["x-a","{1}"]]}`, "by Origin"},
		"an image": {`curl 'https://cdn.example.com/a.png' -H 'accept: image/avif,*/*' -H 'referer: https://app.example.com/' -H 'sec-fetch-dest: image' -H 'sec-fetch-mode: no-cors'`,
			from + `"url":"https://cdn.example.com/a.png","mode":"no-cors","via":"img"}`, "by Referer"},
		"a script with crossorigin and cookies": {`curl 'https://cdn.example.com/a.js' -b 'a=1' -H 'origin: https://app.example.com' -H 'sec-fetch-dest: script' -H 'sec-fetch-mode: cors'`,
			from + `"url":"https://cdn.example.com/a.js","credentials":"include","mode":"cors","via":"script"} cookie a=1; Path=/; Secure; SameSite=None`, "credentials mode include"},
		"a font": {`curl 'https://cdn.example.com/a.woff2' -H 'origin: https://app.example.com' -H 'sec-fetch-dest: font' -H 'sec-fetch-mode: cors'`,
			from + `"url":"https://cdn.example.com/a.woff2","via":"font"}`, "by Origin"},
		"events": {`curl 'https://api.example.com/events' -H 'accept: text/event-stream' -H 'cache-control: no-cache' -H 'origin: https://app.example.com' -H 'sec-fetch-dest: empty' -H 'sec-fetch-mode: cors'`,
			from + `"url":"https://api.example.com/events","via":"eventsource"}`, ""},
		"a preflight": {`curl 'https://api.example.com/v1' -X 'OPTIONS' -H 'access-control-request-headers: content-type,x-a' -H 'access-control-request-method: PATCH' -H 'origin: https://app.example.com' -H 'sec-fetch-mode: cors'`,
			from + `"url":"https://api.example.com/v1","method":"PATCH","headers":[["content-type","application/json"],["x-a","1"]]}`, "this is a preflight: the PATCH that it is for is asked"},
		"a page on this machine": {`curl 'http://192.168.1.7/' -b 'a=1' -H 'origin: http://localhost:3000'`,
			`{"from":"http://localhost:3000","url":"http://192.168.1.7/","credentials":"include"} cookie a=1; Path=/`, "which are assumed"},
		"a person's": {`curl -sSLi -XPOST api.example.com/v1 -d a=1 --data-urlencode 'b=x y' -u ann:s3cret -A me --max-time 7`,
			from + `"url":"http://api.example.com/v1","method":"POST","headers":[["Authorization","Basic YW5uOnMzY3JldA=="],["Content-Type","application/x-www-form-urlencoded"]],"body":{"kind":"text","content":"a=1\u0026b=x+y"}}`, "not used: --max-time"},
		"GET with data": {`curl -G https://api.example.com/v1?x=1 -d a=1 -d b=2`, from + `"url":"https://api.example.com/v1?x=1\u0026a=1\u0026b=2"}`, ""},
		"HEAD":          {`curl -I https://api.example.com/v1`, from + `"url":"https://api.example.com/v1","method":"HEAD"}`, ""},
		"JSON":          {`curl --json '{"a":1}' https://api.example.com/v1`, from + `"url":"https://api.example.com/v1","method":"POST","headers":[["Content-Type","application/json"],["Accept","application/json"]],"body":{"kind":"text","content":"{\"a\":1}"}}`, ""},
		"a form":        {`curl -F a=1 -F 'b=2;type=text/plain' -H 'Content-Type: multipart/form-data' https://api.example.com/v1`, from + `"url":"https://api.example.com/v1","method":"POST","body":{"kind":"multipart","fields":[["a","1"],["b","2"]]}}`, ""},
		"a cached one":  {`curl https://api.example.com/v1 -H 'If-None-Match: "1"' -H 'DNT: 1' -H 'Empty;' -H 'Gone:'`, from + `"url":"https://api.example.com/v1","headers":[["Empty",""]]}`, "If-None-Match came from the browser's cache"},
		"one no-cache":  {`curl https://api.example.com/v1 -H 'Cache-Control: no-cache'`, from + `"url":"https://api.example.com/v1","headers":[["Cache-Control","no-cache"]]}`, ""},
	})
}

// A command of several requests is several questions.
func TestNextInCurl(t *testing.T) {
	p, err := Read([]byte("curl https://a.example/ --next https://b.example/"), Options{From: "https://app.example.com"})
	if err != nil || len(p.Questions) != 2 || p.Questions[1].Request.URL != "https://b.example/" {
		t.Errorf("%+v %v", p, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`curl 'https://api.example.com/' -H $'a: \u0021' -d @x`, "curl ^\"https://a.example^\" ^\n -H ^\"a: ^\\^\"b^\"", `fetch("https://a.example/", {"headers": {"a": "\u{1F600}\x41"}, body: JSON.stringify({a: [1, -2, null]})})`,
		"Access to fetch at 'https://a.example/' (redirected from 'https://b.example/') from origin 'null' has been blocked by CORS policy: No", `{"log":{"pages":[{"id":"p","title":"https://a.example/"}],"entries":[{"pageref":"p","request":{"url":"https://b.example/","method":"GET"}}]}}`,
		"fetch(`x`)", `fetch("\u")`, `fetch("\`, "curl ^", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://a.example/. (Reason: CORS disabled).",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read(data, Options{From: "https://app.example.com"})
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a text")
			}
			return
		}
		if len(p.Questions) == 0 {
			t.Errorf("no error and no question: %q", data)
		}
		for _, q := range p.Questions {
			if q.Request.From == "" || q.Request.URL == "" || q.Number == 0 {
				t.Errorf("%q: %+v", data, q)
			}
		}
	})
}
