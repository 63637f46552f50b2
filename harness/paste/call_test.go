package paste

import (
	"encoding/json"
	"testing"
)

// The calls are as DevTools writes them, and as people write them.
func TestFetchCalls(t *testing.T) {
	v1 := from + `"url":"https://api.example.com/v1"`
	checkReadings(t, Options{From: "https://app.example.com"}, Fetch, map[string]sample{
		"Copy as fetch": {`fetch("https://api.example.com/v1", {
  "headers": {
    "accept": "*/*",
    "accept-language": "en-GB,en;q=0.9",
    "authorization": "Bearer s3cret",
    "cache-control": "no-cache",
    "content-type": "application/json",
    "pragma": "no-cache",
    "priority": "u=1, i",
    "sec-ch-ua": "\"Chromium\";v=\"156\"",
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "same-site"
  },
  "referrer": "https://app.example.com/shop/",
  "referrerPolicy": "strict-origin-when-cross-origin",
  "body": "{\"a\":\"é😀\\n\"}",
  "method": "POST",
  "mode": "cors",
  "credentials": "include"
});`,
			from + `"pagePath":"/shop/","url":"https://api.example.com/v1","method":"POST","headers":[["authorization","Bearer s3cret"],["content-type","application/json"]],"body":{"kind":"text","content":"{\"a\":\"é😀\\n\"}"},"credentials":"include","referrerPolicy":"strict-origin-when-cross-origin"}`,
			"by Referer"},
		"Copy as fetch (Node.js)": {`fetch("https://api.example.com/v1", {
  "headers": {
    "accept": "application/json",
    "cookie": "sid=s3cret",
    "Referer": "https://app.example.com/",
    "Referrer-Policy": "origin"
  },
  "body": null,
  "method": "GET"
});`,
			v1 + `,"headers":[["accept","application/json"]],"credentials":"include","referrerPolicy":"origin"} cookie sid=s3cret; Path=/; Secure; SameSite=None`, "include"},
		"an image": {`fetch("https://cdn.example.com/a.png", {"headers": {"sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"}, "referrer": "https://app.example.com/", "body": null, "method": "GET", "mode": "cors", "credentials": "omit"});`,
			from + `"url":"https://cdn.example.com/a.png","mode":"no-cors","via":"img"}`, ""},
		"a person's": {"const r = await fetch('https://api.example.com/' + `v1`, {\n  method: 'patch', // in lower case\n  headers: new Headers([['X-A', 1], ['X-B', \"\\x41\\u{e9}\\u0042\"]]),\n  body: JSON.stringify({ a: [1, -2, null, true], \"b<\": undefined, c: '<' }),\n  redirect: \"manual\", cache: 'no-store', keepalive: true, signal: undefined,\n})\nconsole.log(r)",
			v1 + `,"method":"patch","headers":[["X-A","1"],["X-B","AéB"]],"body":{"kind":"text","content":"{\"a\":[1,-2,null,true],\"c\":\"\u003c\"}"},"redirect":"manual","cache":"no-store","keepalive":true}`, ""},
		"a form":          {`window.fetch(new URL("https://api.example.com/v1"), {method: "POST", body: new URLSearchParams({a: 1}), duplex: "half"}).then(r => r.json())`, v1 + `,"method":"POST","body":{"kind":"form","fields":[["a","1"]]}}`, "duplex of fetch() is left out"},
		"a terminal's":    {"fetch(\"https://api.exa\nmple.com/v1\", {\n  \"headers\": {\n    \"x-a\": \"1\n2\"\n  }\n});", v1 + `,"headers":[["x-a","12"]]}`, "line breaks within its strings"},
		"smart quotes":    {"fetch(“https://api.example.com/v1”, {“method”: “PUT”})", v1 + `,"method":"PUT"}`, "typographic"},
		"an escaped pair": {`fetch("https://api.example.com/v1", {method: "POST", body: "\uD83D\uDE00"})`, v1 + `,"method":"POST","body":{"kind":"text","content":"😀"}}`, ""},
		"the URL alone":   {`fetch("https://api.example.com/v1")`, v1 + "}", ""},
	})
}

// Strings are read as JavaScript does: what JSON writes comes back.
func FuzzUnescape(f *testing.F) {
	for _, seed := range []string{"a", "é😀\n\t\"'\\", "\u2028\x00", `\u`, `\x4`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		unescape(text)
		data, _ := json.Marshal(text)
		var want string
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		if got := unescape(string(data[1 : len(data)-1])); got != want {
			t.Errorf("%s: %q, want %q", data, got, want)
		}
	})
}
