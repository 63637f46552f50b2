package servers

import "testing"

func TestServes(t *testing.T) {
	t.Parallel()
	var n Network
	for url, want := range map[string]bool{
		"https://api.test":              true,
		"https://api.test/":             true,
		"http://API.Test:8080/x?y#z":    true,
		"https://api.test.":             true,
		"https://deep.down.test/r/1":    true,
		"http://x.localhost:3000":       true,
		"wss://api.test/socket":         true,
		"https://test":                  false,
		"https://.test":                 false,
		"http://localhost:3000":         false,
		"http://127.0.0.1":              false,
		"https://api.test.evil.com":     false,
		"https://api.test@evil.com/":    false,
		"https://evil.com/?x=.test":     false,
		"https://evil.com/.test":        false,
		"https://evil.com#.test":        false,
		`https://evil.com\.test`:        false,
		"https://contest":               false,
		"data:text/html,https://a.test": false,
		"file://api.test/x":             false,
		"null":                          false,
		"":                              false,
		"api.test":                      false,
	} {
		if got := n.Serves(url); got != want {
			t.Errorf("Serves(%q) = %v, want %v", url, got, want)
		}
	}
}

func TestCanonicalURL(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://api.test/r/x":           "https://api.test/r/x",
		"https://api.test/r/x?a=B#c":     "https://api.test/r/x?a=B",
		"https://api.test":               "https://api.test/",
		"https://api.test?q":             "https://api.test/?q",
		"HTTPS://API.test:443/R":         "https://api.test/R",
		"http://api.test:80/":            "http://api.test/",
		"http://api.test:443/":           "http://api.test:443/",
		"https://api.test:8443/#":        "https://api.test:8443/",
		"wss://api.test:443/s":           "https://api.test/s",
		"ws://api.test/s":                "http://api.test/s",
		"https://u:p@api.test/s":         "https://api.test/s",
		"https://u:p%40@API.test:443/@":  "https://api.test/@",
		"data:text/html,hello":           "data:text/html,hello",
		"https://api.test/r/x?u=http://": "https://api.test/r/x?u=http://",
	} {
		if got := canonicalURL(url); got != want {
			t.Errorf("canonicalURL(%q) = %q, want %q", url, got, want)
		}
	}
}

func TestRequestURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		secure       bool
		host, target string
		want, origin string // empty: an error is wanted
	}{
		{true, "api.test", "/r/x?q", "https://api.test/r/x?q", "https://api.test"},
		{true, "api.test:443", "/", "https://api.test/", "https://api.test"},
		{true, "api.test:8443", "/", "https://api.test:8443/", "https://api.test:8443"},
		{false, "API.test:80", "/X", "http://api.test/X", "http://api.test"},
		{false, "x", "http://api.test:81/x", "http://api.test:81/x", "http://api.test:81"},
		{true, "api.test", "*", "https://api.test/*", "https://api.test"},
		{true, "", "/", "", ""},
		{true, "a/b", "/", "", ""},
		{true, "a@b.test", "/", "", ""},
		{true, "api.test", "x", "", ""},
		{true, "api.test", "https://api.test", "", ""},
		{true, "api.test", "http://api.test/", "", ""},
	} {
		got, origin, err := requestURL(c.secure, c.host, c.target)
		if got != c.want || (err == nil) != (c.want != "") || got[:origin] != c.origin {
			t.Errorf("requestURL(%v, %q, %q) = %q, %d, %v; want %q", c.secure, c.host, c.target, got, origin, err, c.want)
		}
	}
}

func TestParseOrigin(t *testing.T) {
	t.Parallel()
	var n Network
	for origin, want := range map[string]string{
		"https://API.test:443/":  "https://api.test",
		"http://api.test:8080":   "http://api.test:8080",
		"https://x.localhost":    "https://x.localhost",
		"https://api.test/x":     "",
		"https://api.test?x":     "",
		"https://api.example":    "",
		"https://u:p@api.test":   "",
		"ws://api.test":          "",
		"api.test":               "",
		"https://api.test:99%zz": "",
	} {
		if got, err := n.parseOrigin(origin); got != want || (err == nil) != (want != "") {
			t.Errorf("parseOrigin(%q) = %q, %v; want %q", origin, got, err, want)
		}
	}
}
