package harness_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// In a dry run only preflights arrive, for every page, initiator and method, and
// a request that Chrome was about to send differs from a request that it refused.
func TestDryRunSendsPreflightsAlone(t *testing.T) {
	chrome, net := asked(t)
	leave := header(acao, "https://app.test", acam, "PUT, DELETE", "Access-Control-Allow-Headers", "X-A")
	nullLeave := header(acao, "null", acam, "PUT, DELETE", "Access-Control-Allow-Headers", "X-A")
	var askers sync.WaitGroup
	for _, page := range []harness.Request{{From: app}, {From: app, Via: harness.ViaXHR}, {From: app, Via: harness.ViaXHRUpload},
		{From: app, Within: "https://other.test"}, {From: app, Within: "https://www.app.test"}, {From: harness.OpaqueOrigin}, {From: harness.DataPage, Within: app}} {
		for _, c := range []struct {
			method  string
			headers harness.Header
			refused bool
		}{
			{"PUT", nil, false}, {"DELETE", header("X-A", "1"), false}, {"PATCH", nil, true}, {"PUT", header("X-B", "1"), true},
			{"POST", header("X-A", "1"), false}, {"GET", header("X-A", "1"), false}, {"POST", nil, false}, {"OPTIONS", nil, true},
		} {
			askers.Go(func() {
				h := leave
				if page.From != app {
					h = nullLeave
				}
				place := net.Add(servers.Case{Reply: servers.Reply{Header: h, Body: "executed"}})
				r := page
				r.URL, r.Method, r.Headers, r.DryRun = place.URL(api), c.method, c.headers, true
				o, err := chrome.Fetch(context.Background(), r)
				if err != nil {
					t.Errorf("%s %s: %v", c.method, r.From, err)
					return
				}
				if slices.ContainsFunc(o.Arrivals, func(a harness.Arrival) bool { return len(a.Headers.Values("Access-Control-Request-Method")) == 0 }) {
					t.Errorf("more than preflights arrived:\n%s", o)
				}
				if want := map[bool]harness.Verdict{false: harness.Readable, true: harness.Blocked}[c.refused]; o.Verdict != want || o.Withheld() == c.refused {
					t.Errorf("want %s:\n%s", want, o)
				}
			})
		}
	}
	askers.Wait()
}

// The questions before a dry run are sent, so that it is asked as somebody who is logged in.
func TestDryRunAfterALogin(t *testing.T) {
	chrome, net := asked(t)
	allow := header(acao, "https://app.test", acac, "true", acam, "PUT")
	login := net.Add(servers.Case{Reply: servers.Reply{Header: append(header("Set-Cookie", "sid=1; Secure; SameSite=None"), allow...)}}).URL(api)
	r := harness.Request{From: app, URL: net.Add(servers.Case{Reply: servers.Reply{Header: allow}}).URL(api), Method: "PUT", Credentials: harness.Include, DryRun: true,
		Before: []harness.Request{{From: app, URL: login, Method: "POST", Credentials: harness.Include}}}
	o, err := chrome.Fetch(context.Background(), r)
	if err != nil || !o.Withheld() || len(o.Before) != 1 || len(o.Before[0].Arrivals) != 1 || o.Before[0].Arrivals[0].Method != "POST" {
		t.Fatalf("%v\n%s", err, o)
	}
	if slices.ContainsFunc(o.Arrivals, func(a harness.Arrival) bool { return a.Method == "PUT" }) {
		t.Errorf("the PUT arrived:\n%s", o)
	}
}

// A cookie that the browser holds is sent like a cookie that the server set, in
// each profile.
func TestCookiesThatTheBrowserHolds(t *testing.T) {
	chrome, net := asked(t)
	chrome.Cookies = []harness.SetCookie{
		{URL: api, Line: "sid=1; Secure; SameSite=None"},
		{URL: api, Line: "lax=1; SameSite=Lax"},
		{URL: strings.Replace(api, "://", "://login.", 1), Line: "wide=1; Domain=" + strings.TrimPrefix(api, "https://") + "; Secure; SameSite=None"},
		{URL: "https://else.test", Line: "foreign=1; Secure; SameSite=None"},
	}
	profile := &harness.Profile{Browser: chrome}
	defer profile.Close()
	for name, fetch := range map[string]func(context.Context, harness.Request) (harness.Observation, error){"browser": chrome.Fetch, "profile": profile.Fetch} {
		place := net.Add(servers.Case{Reply: servers.Reply{Header: header(acao, "https://app.example.com", acac, "true")}})
		o, err := fetch(context.Background(), harness.Request{From: foreign, URL: place.URL(api), Credentials: harness.Include})
		if err != nil || len(o.Arrivals) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		if got, _ := o.Arrivals[0].Headers.Get("Cookie"); got != "sid=1; wide=1" {
			t.Errorf("%s: the cookies are %q, want sid=1 and wide=1", name, got)
		}
		child := net.Add(servers.Case{Reply: servers.Reply{Header: header(acao, "https://app.example.com", acac, "true")}})
		o, err = fetch(context.Background(), harness.Request{From: foreign, URL: child.URL(strings.Replace(api, "://", "://v1.", 1)), Credentials: harness.Include})
		if err != nil || len(o.Arrivals) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		if got, _ := o.Arrivals[0].Headers.Get("Cookie"); got != "wide=1" {
			t.Errorf("%s: the cookies of a child of the domain are %q, want wide=1", name, got)
		}
	}
}
