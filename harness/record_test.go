package harness_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

var record = flag.String("record", "", "record the traces in fixtures/traces whose names match again, from the Chrome on this machine")

// recording is a question whose events are kept as a fixture.
type recording struct {
	name    string
	request harness.Request // URL is the host; the path comes from the case
	answer  servers.Case
	at      string // the origin of the server; empty: api
	denied  bool   // the answer to prompts for local network access
	twice   bool   // asked once before
}

func header(pairs ...string) harness.Header {
	var h harness.Header
	for i := 0; i < len(pairs); i += 2 {
		h = append(h, harness.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return h
}

const (
	app       = "https://app.test"
	foreign   = "https://app.example.com"
	acao      = "Access-Control-Allow-Origin"
	acam      = "Access-Control-Allow-Methods"
	acac      = "Access-Control-Allow-Credentials"
	api       = "https://api.test"
	setCookie = "Set-Cookie"
)

func recordings() []recording {
	allowed := servers.Reply{Header: header(acao, "*", "Content-Type", "text/plain"), Body: "ok"}
	allowPut := &servers.Reply{Status: 204, Header: header(acao, "*", acam, "PUT")}
	return append([]recording{
		{name: "readable", answer: servers.Case{Reply: allowed}},
		{name: "missing-allow-origin", answer: servers.Case{Reply: servers.Reply{Body: "ok"}}},
		{name: "two-allow-origins", answer: servers.Case{Reply: servers.Reply{Header: header(acao, "*", "ACCESS-control-allow-origin", app)}}},
		{name: "preflighted", request: harness.Request{Method: "PUT"}, answer: servers.Case{Reply: allowed, Preflight: allowPut}},
		{name: "method-disallowed", request: harness.Request{Method: "DELETE"}, answer: servers.Case{Reply: allowed, Preflight: allowPut}},
		{name: "dry-run-preflighted", request: harness.Request{Method: "PUT", DryRun: true}, answer: servers.Case{Reply: allowed, Preflight: allowPut}},
		{name: "dry-run-refused", request: harness.Request{Method: "DELETE", DryRun: true}, answer: servers.Case{Reply: allowed, Preflight: allowPut}},
		{name: "preflight-redirect", request: harness.Request{Method: "PUT"}, answer: servers.Case{Reply: servers.Reply{Status: 301, Header: header("Location", "/login", acao, "*")}}},
		{name: "preflight-dropped", request: harness.Request{Method: "PUT"}, answer: servers.Case{Reply: allowed, Preflight: &servers.Reply{Drop: true}}},
		{name: "redirected", request: harness.Request{Method: "PUT"}, answer: servers.Case{Answer: redirectTo("https://other.test", 307)}},
		{name: "redirected-and-refused", request: harness.Request{Method: "PUT"}, answer: servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if a.Method == "OPTIONS" && strings.HasPrefix(a.URL, "https://other.test") {
				return servers.Reply{}
			}
			return redirectTo("https://other.test", 307)(a)
		}}},
		{name: "preflight-redirect-to-nowhere", request: harness.Request{Method: "PUT"}, answer: servers.Case{Reply: servers.Reply{Status: 301, Header: header("Location", "https://[", acao, "*")}}},
		{name: "redirect-without-location", request: harness.Request{Redirect: harness.RedirectManual}, answer: servers.Case{Reply: servers.Reply{Status: 302, Header: header(acao, "*"), Body: "ok"}}},
		{name: "not-modified", answer: servers.Case{Reply: servers.Reply{Status: 304, Header: header(acao, "*")}}},
		{name: "redirect-with-credentials", answer: servers.Case{Answer: redirectTo("https://me:secret@other.test", 302)}},
		{name: "opaque", request: harness.Request{Mode: harness.NoCORS}, answer: servers.Case{Reply: servers.Reply{Header: header("Content-Type", "text/plain"), Body: "ok"}}},
		{name: "opaque-redirect", request: harness.Request{Redirect: harness.RedirectManual}, answer: servers.Case{Answer: redirectTo("https://other.test", 302)}},
		{name: "redirect-refused", request: harness.Request{Redirect: harness.RedirectError}, answer: servers.Case{Answer: redirectTo("https://other.test", 302)}},
		{name: "redirect-out-of-origin", request: harness.Request{From: api, Mode: harness.SameOriginOnly}, answer: servers.Case{Answer: redirectTo("https://other.test", 302)}},
		{name: "mode-same-origin", request: harness.Request{Mode: harness.SameOriginOnly}, answer: servers.Case{Reply: allowed}},
		{name: "redirect-to-nowhere", answer: servers.Case{Reply: servers.Reply{Status: 302, Header: header("Location", "https://[", acao, "*")}}},
		{name: "policy-of-the-page", request: harness.Request{PageHeaders: header("Content-Security-Policy", "connect-src 'self'")}, answer: servers.Case{Reply: allowed}},
		{name: "policy-of-the-page-on-frames", request: harness.Request{Via: harness.ViaIframe, PageHeaders: header("Content-Security-Policy", "frame-src 'none'")}, answer: servers.Case{Reply: allowed}},
		{name: "wrong-hash", request: harness.Request{Integrity: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, answer: servers.Case{Reply: allowed}},
		{name: "worker-preflighted", request: harness.Request{Via: harness.ViaWorker, Method: "PUT"}, answer: servers.Case{Reply: allowed, Preflight: allowPut}},
		{name: "worker-blocked", request: harness.Request{Via: harness.ViaWorker}, answer: servers.Case{Reply: servers.Reply{Body: "ok"}}},
		{name: "shared-worker-refused", request: harness.Request{Via: harness.ViaSharedWorker, Method: "DELETE"}, answer: servers.Case{Reply: allowed, Preflight: allowPut}},
		{name: "method-forbidden", request: harness.Request{Method: "TRACE"}, answer: servers.Case{Reply: allowed}},
		{name: "xhr-blocked", request: harness.Request{Via: harness.ViaXHR}, answer: servers.Case{Reply: servers.Reply{Body: "ok"}}},
		{name: "resource-policy", request: harness.Request{Mode: harness.NoCORS}, answer: servers.Case{Reply: servers.Reply{Header: header("Cross-Origin-Resource-Policy", "same-origin")}}},
		{name: "body-breaks-off", answer: servers.Case{Reply: servers.Reply{Header: header(acao, "*", "Content-Length", "100"), Body: "half"}}},
		{name: "dropped-after-prompt", request: harness.Request{From: foreign}, answer: servers.Case{Reply: servers.Reply{Drop: true}}},
		{name: "body-breaks-off-after-prompt", request: harness.Request{From: foreign}, answer: servers.Case{Reply: servers.Reply{Header: header(acao, "*", "Content-Length", "100"), Body: "half"}}},
		{name: "cookie-not-stored", request: harness.Request{Credentials: harness.Include}, answer: servers.Case{Reply: servers.Reply{
			Header: header(acao, app, acac, "true", setCookie, "sid=1; SameSite=None")}}},
	}, otherRecordings()...)
}

// redirectTo redirects once, to the same path at another origin, and answers
// there.
func redirectTo(origin string, status int) func(harness.Arrival) servers.Reply {
	return func(a harness.Arrival) servers.Reply {
		h := header(acao, "*", acam, "PUT", "Access-Control-Allow-Headers", "*")
		path, redirected := bytes.CutPrefix([]byte(a.URL), []byte(api))
		if !redirected || a.Method == "OPTIONS" {
			return servers.Reply{Header: h}
		}
		return servers.Reply{Status: status, Header: append(h, harness.Field{Name: "Location", Value: origin + string(path)})}
	}
}

// TestRecord records the traces that the tests without a browser replay.
func TestRecord(t *testing.T) {
	if *record == "" {
		t.Skip("traces are recorded with -record only")
	}
	wanted := regexp.MustCompile(*record)
	var net servers.Network
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	var events buffer
	net.OfferHTTP2("stream.test") // a body can be streamed
	granting := harness.Browser{Network: &net, Trace: &events}
	defer granting.Close()
	denying := harness.Browser{Network: &net, Trace: &events, LocalNetwork: harness.PermissionDenied}
	defer denying.Close()
	for _, r := range recordings() {
		q := r.request
		if !wanted.MatchString(r.name) {
			continue
		}
		if q.From == "" {
			q.From = app
		}
		chrome := &granting
		if r.denied {
			chrome = &denying
		}
		q.URL = net.Add(servers.Case{Reply: servers.Reply{Header: servers.Allow("*")}}).URL(api)
		if _, err := chrome.Fetch(context.Background(), harness.Request{From: q.From, URL: q.URL, PageHeaders: q.PageHeaders, Via: q.Via, DryRun: q.DryRun}); err != nil {
			t.Fatal(err) // this question warms the page up
		}
		q.URL = net.Add(r.answer).URL(cmp.Or(r.at, api))
		if r.twice {
			if _, err := chrome.Fetch(context.Background(), q); err != nil {
				t.Fatal(err)
			}
		}
		events.take()
		_, err := chrome.Fetch(context.Background(), q)
		first, jsonErr := json.Marshal(map[string]any{"request": q})
		if jsonErr != nil {
			t.Fatal(jsonErr)
		}
		t.Logf("%s: %v", r.name, err)
		file := filepath.Join("..", "fixtures", "traces", r.name+".jsonl")
		if err := os.WriteFile(file, append(append(first, '\n'), events.take()...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// buffer collects what is written.
type buffer struct {
	mu   sync.Mutex
	data []byte
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.data = append(b.data, p...)
	return len(p), nil
}

func (b *buffer) take() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	data := b.data
	b.data = nil
	return data
}
