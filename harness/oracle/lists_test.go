package oracle

import (
	"fmt"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// The rows of the table are these, each once.
func TestDeviationsHaveNoGap(t *testing.T) {
	var got []string
	for _, d := range Deviations() {
		got = append(got, d.ID)
	}
	for i := range len(got) {
		if id := fmt.Sprint("D", i+1); !slices.Contains(got, id) {
			t.Errorf("there is no %s", id)
		}
	}
	if len(got) != 78 {
		t.Errorf("%d rows", len(got))
	}
}

// https://fetch.spec.whatwg.org/#http-redirect-fetch
func TestSchemesThatAreLocal(t *testing.T) {
	for _, scheme := range []string{"about", "blob", "chrome", "chrome-untrusted", "data", "devtools", "file", "filesystem"} {
		if !isLocal(scheme) {
			t.Errorf("%s is not local", scheme)
		}
	}
	for _, scheme := range []string{"", "http", "https", "ftp", "ws", "mailto", "chrome-extension", "files"} {
		if isLocal(scheme) {
			t.Errorf("%s is local", scheme)
		}
	}
}

// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
func TestReferrerPolicies(t *testing.T) {
	for _, test := range []struct {
		policy                        harness.ReferrerPolicy
		downgrade, own, other, onHTTP bool // hides the origin
	}{
		{harness.NoReferrer, true, true, true, true},
		{harness.NoReferrerWhenDowngrade, true, false, false, false},
		{harness.SameOriginReferrer, true, false, true, true},
		{harness.OriginReferrer, false, false, false, false},
		{harness.StrictOrigin, true, false, false, false},
		{harness.OriginWhenCrossOrigin, false, false, false, false},
		{harness.StrictOriginWhenCrossOrigin, true, false, false, false},
		{harness.UnsafeURL, false, false, false, false},
	} {
		hides := func(from, url string) bool {
			r := run{q: Question{Request: harness.Request{ReferrerPolicy: test.policy}}, origin: ParseOrigin(from), urls: []URL{mustURL(t, url)}}
			return r.policyHidesOrigin()
		}
		if hides(pageO, "http://api.test/") != test.downgrade || hides(pageO, ownPage) != test.own || hides(pageO, siteR+"/") != test.other || hides("http://app.test", "http://api.test/") != test.onHTTP {
			t.Errorf("%s: %v, %v, %v, %v", test.policy, hides(pageO, "http://api.test/"), hides(pageO, ownPage), hides(pageO, siteR+"/"), hides("http://app.test", "http://api.test/"))
		}
		if got := referrerPolicyOf(headers("Referrer-Policy: x, " + string(test.policy) + ", y")); got != test.policy {
			t.Errorf("%s is read as %q", test.policy, got)
		}
	}
}

// A worker has the policies of its script, unless it comes from a blob.
// https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container
func TestPoliciesOfWorkers(t *testing.T) {
	workers := []harness.Via{harness.ViaWorker, harness.ViaSharedWorker, harness.ViaServiceWorker, harness.ViaImportScripts}
	for _, via := range append(workers, harness.ViaFetch, harness.ViaXHR, harness.ViaKeepalive, "") {
		for _, from := range []string{pageO, harness.OpaqueOrigin} {
			r := run{q: Question{Request: harness.Request{Via: via, PageHeaders: headers("X: page"), WorkerHeaders: headers("X: worker")}}, origin: ParseOrigin(from)}
			want := "page"
			if slices.Contains(workers, via) && from == pageO {
				want = "worker"
			}
			if got, _ := Get(r.policies(), "X"); got != want {
				t.Errorf("%q at %s: the policies of the %s", via, from, got)
			}
		}
	}
}
