package differential

import (
	"errors"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

const api = "https://api.test/r/1/0"

// agreed is the same account of one preflighted request from both.
func agreed() (harness.Observation, oracle.Decision) {
	asked := lines("Accept", "*/*", "Access-Control-Request-Method", "PUT", "Origin", "https://app.test")
	sent := lines("X-A", "1", "Accept", "*/*", "Origin", "https://app.test")
	seen := harness.Observation{
		Request: harness.Request{From: "https://app.test", URL: api, Method: "PUT", Headers: lines("X-A", "1")},
		Verdict: harness.Readable,
		Script:  harness.Script{Type: "cors", Status: 200, Headers: lines("content-length", "2", "x-two", "é")},
		Exchanges: []harness.Exchange{
			{Kind: harness.ActualRequest, Method: "PUT", URL: strings.Replace(api, "//", "//"+userinfo, 1), Sent: true},
			{Kind: harness.Preflight, Method: "OPTIONS", URL: api, Sent: true},
			{Kind: harness.RedirectHop, Method: "GET", URL: api},
		},
		Arrivals: []harness.Arrival{{Method: "OPTIONS", URL: api, Headers: asked}, {Method: "PUT", URL: api, Headers: append(sent, lines("Host", "api.test")...)}},
	}
	d := oracle.Decision{
		Verdict: harness.Readable, Type: "cors", Status: 200, Exposed: lines("content-length", "2", "x-two", "\xe9"),
		Exchanges: []oracle.Exchange{{Kind: harness.Preflight, Method: "OPTIONS", URL: api, Header: asked}, {Kind: harness.ActualRequest, Method: "PUT", URL: api, Header: sent}},
	}
	return seen, d
}

func TestDifferences(t *testing.T) {
	seen, d := agreed()
	if got := differences(seen, nil, d, oracle.Chrome); len(got) > 0 {
		t.Fatalf("nothing differs, but: %q", got)
	}
	for _, c := range []struct {
		name   string
		change func(*harness.Observation, *oracle.Decision)
	}{
		{"verdict", func(o *harness.Observation, d *oracle.Decision) { d.Verdict = harness.Blocked }},
		{"reason", func(o *harness.Observation, d *oracle.Decision) { o.Reason = harness.UnsafePort }},
		{"parameter", func(o *harness.Observation, d *oracle.Decision) { o.Parameter = "x" }},
		{"response type", func(o *harness.Observation, d *oracle.Decision) { o.Script.Type = "basic" }},
		{"status", func(o *harness.Observation, d *oracle.Decision) { d.Status = 404 }},
		{"headers that the script sees", func(o *harness.Observation, d *oracle.Decision) { d.Exposed = nil }},
		{"requests that arrived", func(o *harness.Observation, d *oracle.Decision) { o.Arrivals = o.Arrivals[:1] }},
		{"requests that the browser reports", func(o *harness.Observation, d *oracle.Decision) { o.Exchanges[1].Sent = false }},
		{"PUT " + api + ": origin", func(o *harness.Observation, d *oracle.Decision) {
			d.Exchanges[1].Header = lines("X-A", "1", "Origin", "null")
		}},
		{"PUT " + api + ": x-a", func(o *harness.Observation, d *oracle.Decision) {
			d.Exchanges[1].Header = lines("Origin", "https://app.test")
		}},
		{"OPTIONS " + api + ": access-control-request-headers", func(o *harness.Observation, d *oracle.Decision) {
			o.Arrivals[0].Headers = append(o.Arrivals[0].Headers, lines("Access-Control-Request-Headers", "x-a")...)
		}},
		{"PUT " + api + ": content-type", func(o *harness.Observation, d *oracle.Decision) {
			o.Arrivals[1].Headers = append(o.Arrivals[1].Headers, lines("Content-Type", "")...)
		}},
	} {
		seen, d := agreed()
		c.change(&seen, &d)
		if got := differences(seen, nil, d, oracle.Chrome); len(got) != 1 || !strings.HasPrefix(got[0], c.name+": the browser ") {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestNoVerdict(t *testing.T) {
	seen := harness.Observation{NetError: dropped}
	lost := &harness.InconclusiveError{Missing: "the connection"}
	d := oracle.Decision{NetError: dropped}
	if got := differences(seen, lost, d, oracle.Chrome); len(got) > 0 || noEvidence(lost, d) {
		t.Errorf("both say that the connection was closed, but: %q", got)
	}
	if got := differences(harness.Observation{Verdict: harness.Readable}, nil, d, oracle.Chrome); len(got) != 1 {
		t.Errorf("a verdict instead of a closed connection: %q", got)
	}
	if got := differences(harness.Observation{NetError: "net::ERR_FAILED"}, lost, d, oracle.Chrome); len(got) != 1 {
		t.Errorf("another net error: %q", got)
	}
	if !noEvidence(lost, oracle.Decision{Verdict: harness.Readable}) || !noEvidence(errors.New("x"), d) || noEvidence(nil, d) {
		t.Error("what is no evidence")
	}
}

// If several headers are refused, Chrome may name any of them.
func TestAnyRefusedHeader(t *testing.T) {
	d := oracle.Decision{Verdict: harness.Blocked, Reason: harness.HeaderDisallowedByPreflightResponse, Parameter: "x-a", Refused: []string{"x-a", "x-b"}}
	seen := harness.Observation{Verdict: harness.Blocked, Reason: d.Reason, Parameter: "x-b"}
	if got := differences(seen, nil, d, oracle.Chrome); len(got) > 0 {
		t.Errorf("x-b is among them, but: %q", got)
	}
	seen.Parameter = "x-c"
	if got := differences(seen, nil, d, oracle.Chrome); len(got) != 1 {
		t.Errorf("x-c is not among them: %q", got)
	}
}

func TestReasonTold(t *testing.T) {
	for _, test := range []struct {
		via      harness.Via
		redirect harness.Redirect
		is, told harness.Reason
	}{
		{harness.ViaSharedWorker, harness.RedirectError, harness.InvalidRedirect, harness.RedirectRefused},
		{harness.ViaSharedWorker, harness.RedirectError, harness.UnsafeRedirect, harness.UnsafeRedirect},
		{harness.ViaSharedWorker, "", harness.InvalidRedirect, harness.InvalidRedirect},
		{harness.ViaWorker, harness.RedirectError, harness.InvalidRedirect, harness.InvalidRedirect},
	} {
		if got := reasonTold(harness.Request{Via: test.via, Redirect: test.redirect}, test.is); got != test.told {
			t.Errorf("%+v: %s", test, got)
		}
	}
}
