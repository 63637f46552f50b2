package diagnose_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/servers"
)

// The server behind the gateway tells which of the two is at fault.
func TestUpstream(t *testing.T) {
	c := newClinic(t)
	one := reply(200, acao, app)
	for name, x := range map[string]struct {
		front, behind servers.Reply
		id            string
		layer         diagnose.Layer
		sure          diagnose.Certainty
		tells         string
	}{
		"the gateway adds it twice":      {reply(200, acao, app, acao, app), one, "header-twice", diagnose.Gateway, diagnose.Proved, "is right"},
		"the server itself has it twice": {reply(200, acao, app, acao, app), reply(200, acao, app, acao, app), "header-twice", diagnose.Middleware, diagnose.Proved, "has the same fault"},
		"the gateway drops it":           {reply(200), one, "no-header-anywhere", diagnose.Gateway, diagnose.Proved, "is right"},
		"both have a fault":              {reply(200), reply(200, acao, "https://b.test"), "no-header-anywhere", diagnose.Middleware, diagnose.Proved, "another fault (AllowOriginMismatch)"},
	} {
		place := c.net.Add(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if strings.HasPrefix(a.URL, "https://behind.test") {
				return x.behind
			}
			return x.front
		}})
		doctor := diagnose.Doctor{Asker: c.chrome, Upstream: "https://behind.test/", Client: c.net.Client()}
		d, err := doctor.Run(t.Context(), harness.Request{From: app, URL: place.URL(api)})
		told := slices.ContainsFunc(d.Evidence, func(line string) bool { return strings.Contains(line, x.tells) })
		if err != nil || d.ID != x.id || d.Layer != x.layer || d.Sure != x.sure || !told {
			t.Errorf("%s: %v: %q in the %s, %s, %q", name, err, d.ID, d.Layer, d.Sure, d.Evidence)
		}
	}
	gateway := c.net.Add(servers.Case{Reply: reply(200, "Server", "nginx")})
	d, err := diagnose.Doctor{Asker: c.chrome, Client: c.net.Client()}.Run(t.Context(), harness.Request{From: app, URL: gateway.URL(api)})
	if err != nil || !strings.Contains(strings.Join(d.Notes, " "), "Doctor.Upstream") {
		t.Errorf("a gateway that shows: %v, notes %q", err, d.Notes)
	}
	// The gateway alone adds the header, and leaves it out of errors.
	adding := c.net.Add(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		if strings.HasPrefix(a.URL, api) && len(a.URL) > len(api)+len("/r/1234567") {
			return reply(404, acao, app)
		}
		return reply(500)
	}})
	d, err = diagnose.Doctor{Asker: c.chrome, Upstream: "https://behind.test", Client: c.net.Client()}.Run(t.Context(), harness.Request{From: app, URL: adding.URL(api)})
	if err != nil || d.ID != "errors-only" || d.Layer != diagnose.Gateway {
		t.Errorf("the gateway adds the header: %v: %q in the %s, %q", err, d.ID, d.Layer, d.Evidence)
	}
	for _, wrong := range []string{"behind.test", "ftp://behind.test", "http://u:p4ss@behind.test", "http://behind.test/v1"} {
		doctor := diagnose.Doctor{Asker: c.chrome, Upstream: wrong}
		if _, err := doctor.Run(t.Context(), harness.Request{From: app, URL: api + "/"}); err == nil || !strings.Contains(err.Error(), "want a scheme and a host") || strings.Contains(err.Error(), "p4ss") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// Nothing that a diagnosis prints has a secret of the question or of an answer.
func TestSecretsStayHidden(t *testing.T) {
	c := newClinic(t)
	c2 := servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		return withBody(reply(403, "Set-Cookie", "sid=s3cret-in-answer", "Server", "nginx"), "<center>nginx</center> s3cret-in-body")
	}}
	for _, r := range []harness.Request{
		{Headers: header("Authorization", "Bearer s3cret-token", "X-Api-Key", "s3cret-key")},
		{URL: "?access_token=s3cret-in-url"},
	} {
		r.From, r.URL = app, c.net.Add(c2).URL(api)+r.URL
		d, err := diagnose.Doctor{Asker: c.chrome, Client: c.net.Client()}.Run(t.Context(), r)
		if err != nil || d.ID == "" || len(d.Experiments) < 2 {
			t.Fatalf("%v: %+v", err, d)
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "s3cret-in-answer") || strings.Contains(string(text), "s3cret-token") || strings.Contains(string(text), "s3cret-key") || strings.Contains(string(text), "s3cret-in-url") {
			t.Errorf("a secret in %s", text)
		}
		words := fmt.Sprint(d.Cause, d.Evidence, d.Remedy, d.Notes, d.RuledOut)
		for _, e := range d.Experiments {
			words += e.Outcome() + e.Error
		}
		if i := strings.Index(words, "s3cret"); i >= 0 {
			t.Errorf("a secret: ...%s...", words[max(0, i-200):i+30])
		}
	}
}

// A question without a verdict has its cause beside the error.
func TestNoVerdict(t *testing.T) {
	chrome := &harness.Browser{Timeout: time.Minute}
	defer chrome.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for url, id := range map[string]string{
		secure.URL: "certificate", strings.Replace(plain.URL, "http:", "https:", 1): "no-tls", "https://corsproof-nobody.invalid/": "name-unknown",
	} {
		d, err := diagnose.Run(t.Context(), chrome, harness.Request{From: app, URL: url})
		if err == nil || d.ID != id || d.Layer != diagnose.Network || d.Sure != diagnose.Proved || d.Seen.Verdict != "" || !strings.Contains(d.Cause, "This is not CORS") {
			t.Errorf("%s: %v: %q in the %s, %s: %s", url, err, d.ID, d.Layer, d.Sure, d.Cause)
		}
	}
}

// What a service worker answered in a way that the browser does not take is the page's fault.
func TestServiceWorkerAnswer(t *testing.T) {
	c := newClinic(t)
	r := harness.Request{From: app, URL: c.net.Add(servers.Case{Reply: reply(200, acao, app)}).URL(api), Controller: harness.Controller{Answer: harness.AnswersWithError}}
	d, err := diagnose.Run(t.Context(), c.chrome, r)
	if err != nil || d.ID != "service-worker" || d.Layer != diagnose.Page || d.Trial == nil || !d.Trial.Proved {
		t.Errorf("%v: %q in the %s, %v", err, d.ID, d.Layer, d.Notes)
	}
}

// A stored permission never blocks: where it does not cover a request, Chrome sends a new
// preflight. So "fixed on the server, and still failing" is no fault of the preflight cache.
// https://fetch.spec.whatwg.org/#concept-cache
func TestPreflightCacheNeverBlocks(t *testing.T) {
	c := newClinic(t)
	var asked atomic.Int64
	url := c.net.Add(servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		if a.Method != http.MethodOptions {
			return reply(200, acao, app)
		}
		allowed := "x-a"
		if asked.Add(1) > 1 { // meanwhile the server was corrected
			allowed += ", x-b"
		}
		return reply(204, acao, app, acah, allowed, "Access-Control-Max-Age", "7200")
	}}).URL(api)
	first := harness.Request{From: app, URL: url, Headers: header("X-A", "1")}
	second := harness.Request{From: app, URL: url, Headers: header("X-A", "1", "X-B", "1"), Before: []harness.Request{first, first}}
	seen, err := c.chrome.Fetch(t.Context(), second)
	if err != nil || seen.Verdict != harness.Readable || asked.Load() != 2 {
		t.Errorf("%v: %s, %d preflights", err, seen.Verdict, asked.Load())
	}
}

// What cannot be held back is not asked.
func TestNothingUnsafeIsSent(t *testing.T) {
	for _, via := range []harness.Via{harness.ViaPing, harness.ViaReport, harness.ViaCSPReport} {
		if _, err := diagnose.Run(t.Context(), nil, harness.Request{From: app, URL: api, Via: via}); err == nil || !strings.Contains(err.Error(), "sends nothing unsafe") {
			t.Errorf("%s: %v", via, err)
		}
	}
}

// A diagnosis of a local server takes at most three times as long as the question alone,
// begun with no Chrome.
func TestDiagnosisIsFast(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	r := harness.Request{From: app, URL: server.URL}
	took := func(ask func(*harness.Browser) error) time.Duration {
		chrome := &harness.Browser{Timeout: time.Minute}
		began := time.Now()
		if err := ask(chrome); err != nil {
			t.Error(err)
		}
		took := time.Since(began)
		_ = chrome.Close()
		return took
	}
	for range 3 { // another program may take the machine for a while
		alone := took(func(b *harness.Browser) error { _, err := b.Fetch(t.Context(), r); return err })
		whole := took(func(b *harness.Browser) error { _, err := diagnose.Run(t.Context(), b, r); return err })
		t.Logf("the diagnosis took %s, the question alone %s", whole, alone)
		if whole <= 3*alone {
			return
		}
	}
	t.Error("the diagnosis took more than three times as long, three times")
}
