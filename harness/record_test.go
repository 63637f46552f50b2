package harness_test

import (
	"bytes"
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

var record = flag.String("record", "", "record those of fixtures/traces whose names match anew, from the Chrome on this machine")

// recording is a question whose events are kept as a fixture.
type recording struct {
	name    string
	request harness.Request // URL is the host; the path comes from the case
	answer  servers.Case
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
	return []recording{
		{"readable", harness.Request{}, servers.Case{Reply: allowed}},
		{"missing-allow-origin", harness.Request{}, servers.Case{Reply: servers.Reply{Body: "ok"}}},
		{"two-allow-origins", harness.Request{}, servers.Case{Reply: servers.Reply{Header: header(acao, "*", "ACCESS-control-allow-origin", app)}}},
		{"preflighted", harness.Request{Method: "PUT"}, servers.Case{Reply: allowed, Preflight: allowPut}},
		{"method-disallowed", harness.Request{Method: "DELETE"}, servers.Case{Reply: allowed, Preflight: allowPut}},
		{"dry-run-preflighted", harness.Request{Method: "PUT", DryRun: true}, servers.Case{Reply: allowed, Preflight: allowPut}},
		{"dry-run-refused", harness.Request{Method: "DELETE", DryRun: true}, servers.Case{Reply: allowed, Preflight: allowPut}},
		{"preflight-redirect", harness.Request{Method: "PUT"}, servers.Case{Reply: servers.Reply{Status: 301, Header: header("Location", "/login", acao, "*")}}},
		{"preflight-dropped", harness.Request{Method: "PUT"}, servers.Case{Reply: allowed, Preflight: &servers.Reply{Drop: true}}},
		{"redirected", harness.Request{Method: "PUT"}, servers.Case{Answer: redirectTo("https://other.test", 307)}},
		{"redirected-and-refused", harness.Request{Method: "PUT"}, servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			if a.Method == "OPTIONS" && strings.HasPrefix(a.URL, "https://other.test") {
				return servers.Reply{}
			}
			return redirectTo("https://other.test", 307)(a)
		}}},
		{"preflight-redirect-to-nowhere", harness.Request{Method: "PUT"}, servers.Case{Reply: servers.Reply{Status: 301, Header: header("Location", "https://[", acao, "*")}}},
		{"redirect-without-location", harness.Request{Redirect: harness.RedirectManual}, servers.Case{Reply: servers.Reply{Status: 302, Header: header(acao, "*"), Body: "ok"}}},
		{"not-modified", harness.Request{}, servers.Case{Reply: servers.Reply{Status: 304, Header: header(acao, "*")}}},
		{"redirect-with-credentials", harness.Request{}, servers.Case{Answer: redirectTo("https://me:secret@other.test", 302)}},
		{"opaque", harness.Request{Mode: harness.NoCORS}, servers.Case{Reply: servers.Reply{Header: header("Content-Type", "text/plain"), Body: "ok"}}},
		{"opaque-redirect", harness.Request{Redirect: harness.RedirectManual}, servers.Case{Answer: redirectTo("https://other.test", 302)}},
		{"redirect-refused", harness.Request{Redirect: harness.RedirectError}, servers.Case{Answer: redirectTo("https://other.test", 302)}},
		{"redirect-out-of-origin", harness.Request{From: api, Mode: harness.SameOriginOnly}, servers.Case{Answer: redirectTo("https://other.test", 302)}},
		{"mode-same-origin", harness.Request{Mode: harness.SameOriginOnly}, servers.Case{Reply: allowed}},
		{"redirect-to-nowhere", harness.Request{}, servers.Case{Reply: servers.Reply{Status: 302, Header: header("Location", "https://[", acao, "*")}}},
		{"policy-of-the-page", harness.Request{PageHeaders: header("Content-Security-Policy", "connect-src 'self'")}, servers.Case{Reply: allowed}},
		{"policy-of-the-page-on-frames", harness.Request{Via: harness.ViaIframe, PageHeaders: header("Content-Security-Policy", "frame-src 'none'")}, servers.Case{Reply: allowed}},
		{"wrong-hash", harness.Request{Integrity: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, servers.Case{Reply: allowed}},
		{"worker-preflighted", harness.Request{Via: harness.ViaWorker, Method: "PUT"}, servers.Case{Reply: allowed, Preflight: allowPut}},
		{"worker-blocked", harness.Request{Via: harness.ViaWorker}, servers.Case{Reply: servers.Reply{Body: "ok"}}},
		{"shared-worker-refused", harness.Request{Via: harness.ViaSharedWorker, Method: "DELETE"}, servers.Case{Reply: allowed, Preflight: allowPut}},
		{"method-forbidden", harness.Request{Method: "TRACE"}, servers.Case{Reply: allowed}},
		{"xhr-blocked", harness.Request{Via: harness.ViaXHR}, servers.Case{Reply: servers.Reply{Body: "ok"}}},
		{"resource-policy", harness.Request{Mode: harness.NoCORS}, servers.Case{Reply: servers.Reply{Header: header("Cross-Origin-Resource-Policy", "same-origin")}}},
		{"body-breaks-off", harness.Request{}, servers.Case{Reply: servers.Reply{Header: header(acao, "*", "Content-Length", "100"), Body: "half"}}},
		{"dropped-after-prompt", harness.Request{From: foreign}, servers.Case{Reply: servers.Reply{Drop: true}}},
		{"body-breaks-off-after-prompt", harness.Request{From: foreign}, servers.Case{Reply: servers.Reply{Header: header(acao, "*", "Content-Length", "100"), Body: "half"}}},
		{"cookie-not-stored", harness.Request{Credentials: harness.Include}, servers.Case{Reply: servers.Reply{
			Header: header(acao, app, acac, "true", setCookie, "sid=1; SameSite=None")}}},
	}
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
	chrome := harness.Browser{Network: &net, Trace: &events}
	defer chrome.Close()
	for _, r := range recordings() {
		q := r.request
		if !wanted.MatchString(r.name) {
			continue
		}
		if q.From == "" {
			q.From = app
		}
		q.URL = net.Add(servers.Case{Reply: servers.Reply{Header: servers.Allow("*")}}).URL(api)
		if _, err := chrome.Fetch(context.Background(), harness.Request{From: q.From, URL: q.URL, PageHeaders: q.PageHeaders, Via: q.Via, DryRun: q.DryRun}); err != nil {
			t.Fatal(err) // this question warms the page up
		}
		events.take()
		q.URL = net.Add(r.answer).URL(api)
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
