package web

import "testing"

func mustURL(t *testing.T, text string) URL {
	t.Helper()
	u, err := ParseURL(text, nil)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return u
}

func TestParseURL(t *testing.T) {
	base := mustURL(t, "https://u:p@api.test/a/b?q#f")
	tests := []struct{ given, want string }{
		{"https://App.Test:443/", "https://app.test/"},
		{"http://app.test:80", "http://app.test/"},
		{"https://app.test:0080/x y?a b#c", "https://app.test:80/x%20y?a%20b"},
		{"  https://a.test/\t\n\x00", "https://a.test/"},
		{"https:a.test", "https://api.test/a/a.test"}, // relative, to a base of its scheme
		{"http:a.test", "http://a.test/"},
		{`https:\\a.test\b`, "https://a.test/b"},
		{"//b.test/c", "https://b.test/c"},
		{"/c/../d/./e", "https://api.test/d/e"},
		{"c", "https://api.test/a/c"},
		{"../../c/..", "https://api.test/"},
		{"?z", "https://api.test/a/b?z"},
		{"", "https://api.test/a/b?q"},
		{"#g", "https://api.test/a/b?q"},
		{"%2E%2e/é", "https://api.test/%C3%A9"},
		{"https://bücher.test/", "https://xn--bcher-kva.test/"},
		{"https://a_b.test/", "https://a_b.test/"},
		{"https://[::0:1]:8443/", "https://[::1]:8443/"},
		{"https://0x7f.1/", "https://127.0.0.1/"},
		{"https://017700000001/", "https://127.0.0.1/"},
		{"https://a.test./", "https://a.test./"},
		{"https://%61.test/", "https://a.test/"},
		{"data:text/html,x", "data:text/html,x"},
		{"data:é/b ,a\x7f", "data:%C3%A9/b ,a%7F"},
		{"https://a.test/^|`{}'\"<>[]\\é%zz?^|`{}'\"<>[]\\é%zz", "https://a.test/%5E|%60%7B%7D'%22%3C%3E[]/%C3%A9%zz?^|`{}%27%22%3C%3E[]\\%C3%A9%zz"},
		{"foo://A*B/c", "foo://A*B/c"},
		{"mailto:a@b", "mailto:a@b"},
		{"https://@a.test/x", "https://a.test/x"},
		{"https://:@a.test/x", "https://a.test/x"},
		{"/c/d/..", "https://api.test/c/"},
		{"/c/.", "https://api.test/c/"},
		{"/c/./", "https://api.test/c/"},
		{"foo:///c?d", "foo:/c?d"},
		{"web+a:b", "web+a:b"},
		{"a-b.c:d", "a-b.c:d"},
		{"file:///etc/hosts", "file:///etc/hosts"},
	}
	for _, test := range tests {
		u, err := ParseURL(test.given, &base)
		if got := u.String(); err != nil || got != test.want {
			t.Errorf("%q: %q, %v, want %q", test.given, got, err, test.want)
		}
	}
	for _, given := range []string{
		"http://", "https:///", "http://[", "http://[::1", "http://[1::2::3]/", "http://a b/", "http://a:b/", "http://a:65536/", "http://a:+1/",
		"http://1.2.3.4.5/", "http://1.2.3.4.0/", "http://[fe80::1%25eth0]/", "http://256.1.1.1/", "http://1.2.3.09/", "http://%zz/", "http://%00/", "http://a%b/", "http://a<b/", "http://\xff/",
		"foo://a b/", "foo://[/",
	} {
		if u, err := ParseURL(given, &base); err == nil {
			t.Errorf("%q is %s", given, u)
		}
	}
	for _, given := range []string{"", "foo", "/x", "1a:b", ":x", "*", "a b:c"} {
		if u, err := ParseURL(given, nil); err == nil {
			t.Errorf("%q is %s without a base", given, u)
		}
	}
}

func TestOriginOfURL(t *testing.T) {
	for given, want := range map[string]string{
		"https://u:p@App.test:443/x": "https://app.test", "http://a.test:8080": "http://a.test:8080", "https://[::1]/": "https://[::1]",
		"data:,x": "null", "file:///x": "null", "ftp://a.test/": "ftp://a.test", "wss://a.test:443/": "wss://a.test", "ws://a.test:81/": "ws://a.test:81", "null:": "null",
	} {
		if got := mustURL(t, given).Origin().String(); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
	}
	if !ParseOrigin("null").Opaque() || ParseOrigin("https://app.test").Opaque() {
		t.Error("null is the opaque origin")
	}
}

// The origin of a URL, or the text where there is none.
func TestOriginOfText(t *testing.T) {
	for given, want := range map[string]string{"https://u@App.test:443/x": "https://app.test", "null": "null", "data:,x": "data:,x", "no URL": "no URL", "": ""} {
		if got := OriginOf(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
