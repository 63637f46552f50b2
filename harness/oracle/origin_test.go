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
