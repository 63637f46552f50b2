package command

import "testing"

func TestPageOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"https://app.example.com":            "https://app.example.com",
		"https://app.example.com/":           "https://app.example.com",
		"http://localhost:3000/app?a=b#c":    "http://localhost:3000",
		" https://App.example.com:443/x ":    "https://app.example.com",
		"localhost:3000":                     "http://localhost:3000",
		"127.0.0.1:8080/index.html":          "http://127.0.0.1:8080",
		"[::1]:8080":                         "http://[::1]:8080",
		"dev.localhost":                      "http://dev.localhost",
		"file:///home/ann/index.html":        "file:",
		"file:":                              "file:",
		"null":                               "null",
		"data:":                              "data:",
		"app.example.com":                    "app.example.com", // refused by the question, with a hint
		"https://*.example.com":              "https://*.example.com",
		"https://ann:secret@app.example.com": "https://ann:secret@app.example.com",
		"capacitor://localhost":              "capacitor://localhost",
		"":                                   "",
	} {
		origin, note := pageOrigin(address)
		if origin != want || (note == "") != (origin == address) {
			t.Errorf("%q: %q with the note %q, want %q", address, origin, note, want)
		}
	}
}

func TestWithScheme(t *testing.T) {
	for address, want := range map[string]string{
		"localhost:8000/a?b": "http://localhost:8000/a?b", "127.0.0.1": "http://127.0.0.1", "http://localhost/": "http://localhost/",
		"api.example.com/a": "api.example.com/a", "/a": "/a", "": "", "ann@localhost": "ann@localhost",
	} {
		if got := withScheme(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestMisspelt(t *testing.T) {
	for address, want := range map[string]string{
		"htp://api.example.com/":    "note: browsers know no scheme htp; did you mean http?\n",
		"hhtps://api.example.com/":  "note: browsers know no scheme hhtps; did you mean https?\n",
		"htps://api.example.com/":   "note: browsers know no scheme htps; did you mean https?\n",
		"ftp://api.example.com/":    "",
		"HTTPS://api.example.com/":  "",
		"wss://api.example.com/":    "",
		"capacitor://localhost":     "",
		"localhost:8000/?a=htp://x": "",
		"api.example.com":           "",
		"data:,htp://api":           "",
	} {
		if got := misspelt(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
