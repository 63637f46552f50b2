package oracle

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
)

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
		{"foo://A*B/c", "foo://A*B/c"},
		{"mailto:a@b", "mailto:a@b"},
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
		"data:,x": "null", "file:///x": "null", "ftp://a.test/": "null", "null:": "null",
	} {
		if got := mustURL(t, given).Origin().String(); got != want {
			t.Errorf("%s: %s, want %s", given, got, want)
		}
	}
	if !ParseOrigin("null").Opaque() || ParseOrigin(pageO).Opaque() {
		t.Error("null is the opaque origin")
	}
}

func TestSameSite(t *testing.T) {
	tests := []struct {
		a, b                     string
		origin, schemeless, site bool
	}{
		{pageO, pageO, true, true, true},
		{pageO, portS, false, true, true},
		{pageO, "http://app.test", false, true, false},
		{pageO, siteR, false, false, false},
		{"https://a.example.com", "https://b.example.com", false, true, true},
		{"https://a.github.io", "https://b.github.io", false, false, false},
		{"https://github.io", "https://a.github.io", false, false, false},
		{"https://a.test.", "https://a.test", false, false, false},
		{"https://127.0.0.1", "https://127.0.0.1:1", false, true, true},
		{"https://127.0.0.1", "https://10.0.0.1", false, false, false},
		{"https://[::ffff:1.2.3.4]", "https://[::ffff:5.6.3.4]", false, false, false},
		{"https://localhost", "https://a.localhost", false, false, false},
		{"null", "null", false, false, false},
	}
	for _, test := range tests {
		a, b := ParseOrigin(test.a), ParseOrigin(test.b)
		if SameOrigin(a, b) != test.origin || SchemelesslySameSite(a, b) != test.schemeless || SameSite(a, b) != test.site {
			t.Errorf("%s, %s: %v %v %v", a, b, SameOrigin(a, b), SchemelesslySameSite(a, b), SameSite(a, b))
		}
	}
}

func TestRedirectTaint(t *testing.T) {
	tests := []struct {
		urls       []string
		want       Taint
		serialized string
	}{
		{[]string{siteR}, TaintSameOrigin, pageO},
		{[]string{pageO, siteR}, TaintSameOrigin, pageO},
		{[]string{pageO, pageO, siteR, siteR}, TaintSameOrigin, pageO},
		{[]string{siteR, other}, TaintCrossSite, "null"},
		{[]string{siteR, pageO}, TaintCrossSite, "null"},
		{[]string{portS, pageO}, TaintSameSite, "null"},
		{[]string{"https://app.test:1", portS}, TaintSameSite, "null"},
		{[]string{portS, siteR}, TaintSameSite, "null"},
		{[]string{pageO, portS, siteR, other}, TaintCrossSite, "null"},
	}
	for _, test := range tests {
		var urls []URL
		for _, u := range test.urls {
			urls = append(urls, mustURL(t, u))
		}
		if got := RedirectTaint(ParseOrigin(pageO), urls); got != test.want {
			t.Errorf("%v: %s, want %s", test.urls, got, test.want)
		}
		if got := SerializeRequestOrigin(ParseOrigin(pageO), urls); got != test.serialized {
			t.Errorf("%v: %s, want %s", test.urls, got, test.serialized)
		}
	}
}

func TestCrossOriginResourcePolicyCheck(t *testing.T) {
	tests := []struct {
		from, url, policy, embedder string
		credentials                 bool
		want                        harness.Reason
	}{
		{from: pageO, url: pageO, policy: "same-origin"},
		{from: pageO, url: portS, policy: "same-origin", want: harness.BlockedByCORPNotSameOrigin},
		{from: pageO, url: portS, policy: "same-site"},
		{from: "http://app.test", url: portS, policy: "same-site", want: harness.BlockedByCORPNotSameSite},
		{from: pageO, url: "http://app.test", policy: "same-site"},
		{from: pageO, url: siteR, policy: "same-site", want: harness.BlockedByCORPNotSameSite},
		{from: "null", url: siteR, policy: "same-site", want: harness.BlockedByCORPNotSameSite},
		{from: pageO, url: siteR, policy: "cross-origin", embedder: "require-corp"},
		{from: pageO, url: siteR, policy: "same-origin, same-origin"},
		{from: pageO, url: siteR, policy: "SAME-ORIGIN"},
		{from: pageO, url: siteR, embedder: "require-corp", want: harness.BlockedByCORPDefaultedByCOEP},
		{from: pageO, url: pageO, embedder: "require-corp"},
		{from: pageO, url: siteR, embedder: "credentialless"},
		{from: pageO, url: siteR, embedder: "credentialless", credentials: true, want: harness.BlockedByCORPDefaultedByCOEP},
	}
	for _, test := range tests {
		var list harness.Header
		if test.policy != "" {
			list = headers("CORP: " + test.policy)
		}
		if got := CrossOriginResourcePolicyCheck(ParseOrigin(test.from), mustURL(t, test.url), list, test.embedder, test.credentials); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

func TestCORSCheck(t *testing.T) {
	tests := []struct {
		origin      string
		credentials harness.Credentials
		lines       []string
		want        bool
	}{
		{pageO, "", []string{"ACAO: *"}, true},
		{pageO, harness.Omit, []string{"ACAO: " + pageO}, true},
		{pageO, harness.Include, []string{"ACAO: *", "ACAC: true"}, false},
		{pageO, harness.Include, []string{"ACAO: " + pageO, "ACAC: true"}, true},
		{pageO, harness.Include, []string{"ACAO: " + pageO, "ACAC: TRUE"}, false},
		{"null", "", []string{"ACAO: null"}, true},
		{"null", harness.Include, []string{"ACAO: null", "ACAC: true"}, true},
		{pageO, "", nil, false},
		{pageO, "", []string{"ACAO: " + pageO, "ACAO: " + pageO}, false},
	}
	for _, test := range tests {
		if got := CORSCheck(test.origin, test.credentials, headers(test.lines...)); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
