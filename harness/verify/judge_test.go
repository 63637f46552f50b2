package verify

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

const (
	acme  = "https://api.acme.com"
	login = "https://login.acme.com"
)

// lines makes header lines of names and values, in turn.
func lines(pairs ...string) harness.Header {
	h := harness.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h = append(h, harness.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return h
}

// get is an exchange of a GET that was answered.
func get(status int, pairs ...string) harness.Exchange {
	return harness.Exchange{Kind: harness.ActualRequest, Method: "GET", URL: acme + "/", Sent: true, Status: status, ResponseHeaders: lines(pairs...)}
}

// put is an exchange of a PUT, sent or withheld.
func put(sent, withheld bool) harness.Exchange {
	return harness.Exchange{Kind: harness.ActualRequest, Method: "PUT", URL: acme + "/", Sent: sent, Withheld: withheld}
}

// options is a preflight that was answered.
func options(pairs ...string) harness.Exchange {
	return harness.Exchange{Kind: harness.Preflight, Method: "OPTIONS", URL: acme + "/", Sent: true, Status: 204, ResponseHeaders: lines(pairs...)}
}

// hop is a request after a redirect.
func hop(url string) harness.Exchange {
	return harness.Exchange{Kind: harness.RedirectHop, Method: "GET", URL: url, Sent: true, Status: 200}
}

func readableWith(exchanges ...harness.Exchange) harness.Observation {
	return harness.Observation{Verdict: harness.Readable, Exchanges: exchanges}
}

func blockedBy(reason harness.Reason, exchanges ...harness.Exchange) harness.Observation {
	return harness.Observation{Verdict: harness.Blocked, Reason: reason, Exchanges: exchanges}
}

// scriptReads gives the script headers to read.
func scriptReads(o harness.Observation, pairs ...string) harness.Observation {
	o.Script.Headers = lines(pairs...)
	return o
}

// asked sets the request of the observation.
func asked(o harness.Observation, r harness.Request) harness.Observation {
	o.Request = r
	return o
}

func TestJudge(t *testing.T) {
	wantReadable, wantBlocked := policy.Step{Want: harness.Readable}, policy.Step{Want: harness.Blocked}
	onlyPreflight := func(want harness.Verdict) policy.Step { return policy.Step{Want: want, PreflightOnly: true} }
	preflights := func(n int) policy.Step {
		return policy.Step{Want: harness.Readable, Preflights: &n, PreflightOnly: true}
	}
	maxAge := func(n int) policy.Step { return policy.Step{Want: harness.Readable, MaxAge: &n} }
	exposed := func(names ...string) policy.Step { return policy.Step{Want: harness.Readable, Exposed: names} }
	only := func(names ...string) policy.Step {
		return policy.Step{Want: harness.Readable, Exposed: names, OnlyExposed: true}
	}
	carried := func(names ...string) policy.Step {
		return policy.Step{Want: harness.Readable, Exposed: names, OnlyCarried: true}
	}
	redirect := policy.Step{Want: harness.Readable, OnlyRedirect: true}
	missing := harness.MissingAllowOriginHeader
	for _, test := range []struct {
		name string
		step policy.Step
		seen harness.Observation
		err  error
		want finding.Outcome
		why  string
	}{
		{"readable as wanted", wantReadable, readableWith(get(200)), nil, finding.Held, ""},
		{"blocked as wanted", wantBlocked, blockedBy(missing, get(200)), nil, finding.Held, ""},
		{"blocked and not wanted", wantReadable, blockedBy(missing, get(200)), nil, finding.Broken, "blocked (MissingAllowOriginHeader), want readable"},
		{"readable and not wanted", wantBlocked, readableWith(get(200)), nil, finding.Broken, "readable, want blocked"},
		{"opaque and not wanted", wantReadable, harness.Observation{Verdict: harness.Opaque}, nil, finding.Broken, "opaque, want readable"},

		{"no verdict", wantReadable, harness.Observation{}, errors.New("gone"), finding.Inconclusive, "gone"},
		{"no verdict, blocked wanted", wantBlocked, harness.Observation{}, errors.New("gone"), finding.Inconclusive, "gone"},
		{"no verdict, with what was missing", wantBlocked, harness.Observation{}, &harness.InconclusiveError{Missing: "an answer"}, finding.Inconclusive, "an answer"},
		{"an error beats a verdict", wantBlocked, blockedBy(missing, get(503)), errors.New("busy"), finding.Inconclusive, "busy"},
		{"a step that prepares is not judged", policy.Step{Want: harness.Opaque, Prepares: true}, blockedBy(missing), nil, finding.Held, ""},
		{"a step that prepares needs an answer", policy.Step{Want: harness.Opaque, Prepares: true}, harness.Observation{}, errors.New("gone"), finding.Inconclusive, "gone"},

		{"local network access, blocked wanted", wantBlocked, blockedBy(harness.LocalNetworkAccessPermissionDenied), nil, finding.Inconclusive, "is not about the target"},
		{"local network access, readable wanted", wantReadable, blockedBy(harness.LocalNetworkAccessPermissionDenied), nil, finding.Inconclusive, "is not about the target"},
		{"an administrator, readable wanted", wantReadable, blockedBy(harness.BlockedByAdministrator), nil, finding.Inconclusive, "is not about the target"},
		{"mixed content, blocked wanted", wantBlocked, blockedBy(harness.BlockedByMixedContent), nil, finding.Inconclusive, "mixed-content"},
		{"mixed content, readable wanted", wantReadable, blockedBy(harness.BlockedByMixedContent), nil, finding.Broken, "mixed-content"},
		{"content security policy, blocked wanted", wantBlocked, blockedBy(harness.BlockedByCSP), nil, finding.Inconclusive, "csp"},
		{"a reason of a later Chrome, blocked wanted", wantBlocked, blockedBy("NeverHeardOf"), nil, finding.Inconclusive, "NeverHeardOf"},

		{"a login that did not let in, readable wanted", wantReadable, blockedBy(missing, get(302, "Location", login+"/"), hop(login+"/")), nil, finding.Inconclusive, "redirects to " + login + ","},
		{"a login that did not let in, blocked wanted", wantBlocked, blockedBy(missing, get(302), hop(login+"/")), nil, finding.Inconclusive, "--header or --cookie"},
		{"a login that everybody reads, readable wanted", wantReadable, readableWith(get(302), hop(login+"/")), nil, finding.Inconclusive, "If it is a login page"},
		{"a redirect elsewhere that a stranger reads", wantBlocked, readableWith(get(302), hop(login+"/")), nil, finding.Broken, "readable, want blocked"},
		{"a redirect to a login that is refused itself, readable wanted", wantReadable, blockedBy(missing, get(302, "Location", login+"/")), nil, finding.Inconclusive, login},
		{"a redirect to a login that is refused itself, blocked wanted", wantBlocked, blockedBy(missing, get(307, "location", "//login.acme.com/?back=/")), nil, finding.Inconclusive, login},
		{"to a login and back", wantReadable, readableWith(get(302), hop(login+"/"), hop(acme+"/")), nil, finding.Inconclusive, login},
		{"a redirect within the target", wantReadable, readableWith(get(301, "Location", "/v1/"), hop(acme+"/v1/")), nil, finding.Held, ""},
		{"a redirect within the target that is refused", wantReadable, blockedBy(missing, get(301, "Location", acme+"/v1/")), nil, finding.Broken, "MissingAllowOriginHeader"},
		{"a preflight that is redirected to a login", wantReadable, blockedBy(harness.PreflightDisallowedRedirect,
			harness.Exchange{Kind: harness.Preflight, URL: acme + "/", Status: 302, ResponseHeaders: lines("Location", login)}), nil, finding.Broken, "PreflightDisallowedRedirect"},
		{"a Location that is no URL", wantReadable, blockedBy("net::ERR_INVALID_REDIRECT", get(302, "Location", "https://[")), nil, finding.Broken, "net::ERR_INVALID_REDIRECT"},
		{"an exchange that has no URL", wantReadable, readableWith(at("https://[", get(302, "Location", login+"/"))), nil, finding.Held, ""},
		{"a Location without a redirect", wantReadable, readableWith(get(201, "Location", login+"/")), nil, finding.Held, ""},

		{"a preflight that refuses", onlyPreflight(harness.Blocked), blockedBy(harness.PreflightMissingAllowOriginHeader, options(), put(false, false)), nil, finding.Held, ""},
		{"a preflight that passes, so that the answer came too late", onlyPreflight(harness.Blocked), blockedBy(missing, options(), put(true, false)), nil, finding.Broken, "cannot stop it"},
		{"a dry run that would have been sent, blocked wanted", onlyPreflight(harness.Blocked), readableWith(options(), put(false, true)), nil, finding.Broken, "the preflight passes, want refused"},
		{"a dry run that would have been sent, readable wanted", onlyPreflight(harness.Readable), readableWith(options(), put(false, true)), nil, finding.Held, ""},
		{"no preflight, though it must decide", onlyPreflight(harness.Readable), readableWith(put(true, false)), nil, finding.Inconclusive, "no preflight was sent for this request"},
		{"a preflight that the browser does not show", onlyPreflight(harness.Blocked), readableWith(hidden(get(200))), nil, finding.Inconclusive, "the browser shows no preflight here"},
		{"preflights to count that the browser does not show", policy.Step{Want: harness.Readable, Preflights: new(int)}, readableWith(hidden(get(200))), nil, finding.Inconclusive, "the browser shows no preflight here"},
		{"no preflight, though it must refuse", onlyPreflight(harness.Blocked), readableWith(get(200)), nil, finding.Inconclusive, "no preflight was sent for this request"},
		{"no preflight, and none was wanted", preflights(0), readableWith(put(false, true)), nil, finding.Held, ""},
		{"one preflight, as wanted", preflights(1), readableWith(options(), put(false, true)), nil, finding.Held, ""},
		{"a preflight in spite of the cache", preflights(0), readableWith(options(), put(false, true)), nil, finding.Broken, "1 preflights, want 0"},

		{"the Max-Age that is wanted", maxAge(600), readableWith(options("access-control-max-age", "600"), get(200)), nil, finding.Held, ""},
		{"another Max-Age", maxAge(600), readableWith(options("Access-Control-Max-Age", "60"), get(200)), nil, finding.Broken, `"60", want 600`},
		{"no Max-Age", maxAge(0), readableWith(options(), get(200)), nil, finding.Broken, "no Access-Control-Max-Age, want 0"},
		{"a Max-Age that is no number, and none is wanted", maxAge(0), readableWith(options("Access-Control-Max-Age", "abc"), get(200)), nil, finding.Broken, `"abc", want 0`},
		{"a Max-Age that is no number", maxAge(600), readableWith(options("Access-Control-Max-Age", "600s"), get(200)), nil, finding.Broken, `"600s"`},
		{"a Max-Age without preflight", maxAge(600), readableWith(get(200)), nil, finding.Inconclusive, "missing: a preflight"},

		{"a header that is exposed", exposed("X-Total"), scriptReads(readableWith(get(200, "X-Total", "2", "Access-Control-Expose-Headers", "x-total")), "x-total", "2"), nil, finding.Held, ""},
		{"a header that is sent and hidden", exposed("X-Total"), readableWith(get(200, "X-Total", "2")), nil, finding.Broken, "X-Total cannot be read"},
		{"a header that is not sent, and would be exposed", exposed("X-Total"), readableWith(get(200, "Access-Control-Expose-Headers", "X-Total")), nil, finding.Held, ""},
		{"a header that is not sent, and would be hidden", exposed("X-Total"), readableWith(get(200)), nil, finding.Broken, "X-Total cannot be read"},
		{"* exposes what is not sent", exposed("X-Total"), readableWith(get(200, "Access-Control-Expose-Headers", "*")), nil, finding.Held, ""},
		{"* exposes nothing with credentials", exposed("X-Total"),
			asked(readableWith(get(200, "Access-Control-Expose-Headers", "*")), harness.Request{Credentials: harness.Include}), nil, finding.Broken, "X-Total cannot be read"},
		{"all headers, one of them hidden", exposed(policy.Wildcard), scriptReads(readableWith(get(200, "X-A", "1", "X-B", "2")), "x-a", "1"), nil, finding.Broken, "x-b cannot be read"},
		{"all headers, except headers that no page can read", exposed(policy.Wildcard), readableWith(get(200, "Set-Cookie", "a=b")), nil, finding.Held, ""},
		{"all headers, except headers of the CORS protocol", exposed(policy.Wildcard), scriptReads(readableWith(get(200, "X-A", "1", "Access-Control-Allow-Origin", "https://app.acme.com", "Access-Control-Expose-Headers", "X-A")), "x-a", "1"), nil, finding.Held, ""},
		{"exposed headers of a preflight alone", exposed("X-Total"), readableWith(get(200, "X-Total", "2"), options("Access-Control-Expose-Headers", "X-Total")), nil, finding.Broken, "X-Total cannot be read"},
		{"exposed headers of a hop that failed", exposed("X-Total"), scriptReads(readableWith(get(200, "X-Total", "2"), get(0)), "x-total", "2"), nil, finding.Held, ""},
		{"a header that another method may carry, not sent and hidden", carried("X-Total"), readableWith(get(200)), nil, finding.NotAsked, "the answer to GET has no header X-Total"},
		{"a header that another method may carry, not sent and exposed", carried("X-Total"), readableWith(get(200, "Access-Control-Expose-Headers", "X-Total")), nil, finding.Held, ""},
		{"a header that another method may carry, sent and hidden", carried("X-Total"), readableWith(get(200, "X-Total", "2")), nil, finding.Broken, "X-Total cannot be read"},
		{"two headers, one of them sent and exposed", carried("X-Total", "X-Other"), scriptReads(readableWith(get(200, "X-Total", "2", "Access-Control-Expose-Headers", "X-Total")), "x-total", "2"), nil, finding.Held, ""},
		{"no redirect where nothing else is judged", redirect, blockedBy(missing, get(404)), nil, finding.Held, ""},
		{"a redirect that is refused itself", redirect, blockedBy(missing, get(308, "Location", "/v1/")), nil, finding.Broken, "MissingAllowOriginHeader"},
		{"a redirect to what is refused", redirect, blockedBy(missing, get(301, "Location", "/v1/"), hop(acme+"/v1/")), nil, finding.Broken, "MissingAllowOriginHeader"},
		{"hidden headers of what is blocked", only("X-Total"), blockedBy(missing, get(200)), nil, finding.Held, ""},
		{"only what is listed, nothing listed, nothing read", only(), readableWith(get(200, "X-Total", "2")), nil, finding.Held, ""},
		{"only what is listed, a script that reads what is", only("X-Total"), scriptReads(readableWith(get(200)), "x-total", "2"), nil, finding.Held, ""},
		{"exposed headers of no response", exposed("X-Total"), readableWith(), nil, finding.Inconclusive, "missing: the response"},

		{"a port that no browser asks", policy.Step{Want: harness.Readable}, harness.Observation{Verdict: harness.Blocked, Reason: harness.UnsafePort}, nil, finding.Inconclusive, "browsers block this port"},
		{"only what is exposed or safelisted", only("X-Total"), scriptReads(readableWith(get(200)), "x-total", "2", "content-type", "text/plain"), nil, finding.Held, ""},
		{"a header that is exposed and should not be", only("X-Total"), scriptReads(readableWith(get(200)), "x-total", "2", "x-secret", "1"), nil, finding.Broken, "x-secret can be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(acme, test.step, test.seen, test.err)
			if got.outcome != test.want || !strings.Contains(got.why, test.why) || (got.why == "") != (test.want == finding.Held) {
				t.Errorf("%s: %.300s\nwant %s: %s", got.outcome, got.why, test.want, test.why)
			}
		})
	}
}

// Each redirect to another origin leads elsewhere, and says so; no other status does.
func TestLedElsewhere(t *testing.T) {
	for status := 200; status < 600; status++ {
		step, seen := policy.Step{Want: harness.Blocked}, blockedBy(harness.MissingAllowOriginHeader, get(status, "Location", login+"/"))
		redirects := slices.Contains([]int{301, 302, 303, 307, 308}, status)
		if got := judge(acme, step, seen, nil); got.led != redirects || (got.outcome == finding.Inconclusive) != redirects {
			t.Errorf("%d: led %v, %s", status, got.led, got.outcome)
		}
	}
}

// The reasons that say nothing of the target are these, of all.
func TestAboutMachine(t *testing.T) {
	machine := []harness.Reason{
		harness.InsecureLocalNetwork, harness.InvalidLocalNetworkAccess, harness.LocalNetworkAccessPermissionDenied, harness.BlockedByLocalNetworkChecks,
		harness.BlockedByClient, harness.BlockedByAdministrator, harness.BlockedByInspector,
	}
	for _, reason := range harness.Reasons() {
		want := slices.Contains(machine, reason)
		if aboutMachine(reason) != want {
			t.Errorf("%s: %v", reason, !want)
		}
		outcome := judge(acme, policy.Step{Want: harness.Readable}, blockedBy(reason, get(200)), nil).outcome
		if want != (outcome == finding.Inconclusive) && reason != harness.UnsafePort {
			t.Errorf("%s, readable wanted: %s", reason, outcome)
		}
	}
}

// Only reasons that blame the response count for the response.
func TestAboutResponse(t *testing.T) {
	for _, reason := range harness.Reasons() {
		text := string(reason)
		cors := strings.Contains(text, "Allow") && !strings.Contains(text, "External") && !strings.Contains(text, "NotAllowedByMode") ||
			strings.HasSuffix(text, "DisallowedByPreflightResponse") || strings.HasPrefix(text, "PreflightInvalidStatus") || text == "PreflightDisallowedRedirect" || reason == harness.Untold
		if aboutResponse(reason) != cors {
			t.Errorf("%s: %v", reason, !cors)
		}
		if aboutResponse(reason) && aboutMachine(reason) {
			t.Errorf("%s is about both", reason)
		}
	}
}

// hidden is an exchange of WebKit, which shows no preflights.
func hidden(e harness.Exchange) harness.Exchange {
	e.Unseen = true
	return e
}
