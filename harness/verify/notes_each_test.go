package verify

import (
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// beginsEach says whether each text begins as wanted.
func beginsEach(got, want []string) bool {
	return slices.EqualFunc(got, want, strings.HasPrefix)
}

func TestCookieNotes(t *testing.T) {
	included := harness.Request{Credentials: harness.Include}
	with := func(r harness.Request, cookies ...harness.Cookie) finding.Finding {
		e := get(200)
		e.Cookies = cookies
		return finding.Finding{Steps: []finding.Step{{Observation: asked(readableWith(e), r)}}}
	}
	onTheWire := with(included)
	onTheWire.Wire = true
	lax, partitioned := harness.Cookie{Name: "sid", Blocked: []string{"SameSiteLax"}}, harness.Cookie{Name: "sid", Blocked: []string{"ThirdPartyPhaseout", "SameSiteLax"}}
	sid := policy.Policy{Ask: policy.Ask{Cookies: harness.Header{{Name: "sid", Value: "1"}}}}
	for name, test := range map[string]struct {
		policy   policy.Policy
		findings []finding.Finding
		want     []string
	}{
		"none given":            {policy.Policy{}, []finding.Finding{with(included)}, nil},
		"no question":           {sid, nil, nil},
		"none with credentials": {sid, []finding.Finding{with(harness.Request{}), with(harness.Request{Credentials: harness.Omit}), onTheWire}, nil},
		"sent once":             {sid, []finding.Finding{with(included), with(included, harness.Cookie{Name: "sid", Sent: true}), with(included, lax)}, nil},
		"another one was sent":  {sid, []finding.Finding{with(included, harness.Cookie{Name: "other", Sent: true})}, []string{"The browser sent the cookie sid in 0 of 1 questions with credentials: "}},
		"never sent":            {sid, []finding.Finding{with(included), with(included)}, []string{"The browser sent the cookie sid in 0 of 2 questions with credentials: "}},
		"refused":               {sid, []finding.Finding{with(included, lax), with(included, partitioned)}, []string{"The cookie sid was held back in 2 of 2 questions with credentials, because it is SameSite=Lax, and the page is of another site; the browser no longer sends third-party cookies: only the headers of answers with credentials were judged"}},
		"refused once":          {sid, []finding.Finding{with(included, lax, lax), with(included)}, []string{"The cookie sid was held back in 1 of 2 questions with credentials, because it is SameSite=Lax, and the page is of another site: "}},
	} {
		if got := evidenceNotes(test.policy, test.findings); !beginsEach(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestCacheNotesOfEachKind(t *testing.T) {
	pair := func(first, second harness.Exchange) finding.Finding {
		return finding.Finding{ID: "K56", Side: behaviour.Allowed, Outcome: finding.Held, Resource: "/v1", Steps: []finding.Step{{Observation: readableWith(first)}, {Observation: readableWith(second)}}}
	}
	change := func(f finding.Finding, by func(*finding.Finding)) finding.Finding {
		by(&f)
		return f
	}
	kept := get(200)
	kept.FromCache = "disk"
	allowing := get(200, "Access-Control-Allow-Origin", "https://app.acme.com") // does not suit what was kept
	again := pair(get(200), allowing)
	for name, test := range map[string]struct {
		findings []finding.Finding
		want     []string
	}{
		"asked again":              {[]finding.Finding{again}, []string{"K56 of /v1: held, but this proves nothing."}},
		"from a cache":             {[]finding.Finding{pair(get(200), kept)}, nil},
		"validated":                {[]finding.Finding{pair(get(200), get(304))}, nil},
		"the server says Vary":     {[]finding.Finding{pair(get(200, "Vary", "Origin"), allowing)}, nil},
		"the server says no-store": {[]finding.Finding{pair(get(200, "Cache-Control", "private, No-Store"), allowing)}, nil},
		"private is kept":          {[]finding.Finding{pair(get(200, "Cache-Control", "private"), allowing)}, []string{"K56 of /v1: held"}},
		"the last step decides": {[]finding.Finding{change(again, func(f *finding.Finding) {
			f.Steps = append(slices.Clone(f.Steps), finding.Step{Observation: readableWith(kept)})
		})}, nil},
		"broken":           {[]finding.Finding{change(again, func(f *finding.Finding) { f.Outcome = finding.Broken })}, nil},
		"one step":         {[]finding.Finding{change(again, func(f *finding.Finding) { f.Steps = f.Steps[:1] })}, nil},
		"not about caches": {[]finding.Finding{change(again, func(f *finding.Finding) { f.ID = "K01" })}, nil},
		"of shared caches": {[]finding.Finding{change(again, func(f *finding.Finding) { f.ID = "K55" })}, nil},
		"of preflights":    {[]finding.Finding{change(again, func(f *finding.Finding) { f.ID = "K49" })}, nil},
		"two":              {[]finding.Finding{again, change(again, func(f *finding.Finding) { f.ID = "K57" })}, []string{"K56 of /v1, K57 of /v1: held"}},
		"six":              {[]finding.Finding{again, again, again, again, again, again}, []string{"K56 of /v1, K56 of /v1, K56 of /v1, K56 of /v1, K56 of /v1 and 1 more: held"}},
		"five":             {[]finding.Finding{again, again, again, again, again}, []string{"K56 of /v1, K56 of /v1, K56 of /v1, K56 of /v1, K56 of /v1: held"}},
	} {
		if got := evidenceNotes(policy.Policy{}, test.findings); !beginsEach(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// A verdict that Chrome draws and the standard does not: Chrome lets the star of
// Access-Control-Allow-Headers allow Authorization, too.
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func TestStandardNotes(t *testing.T) {
	deviating := func(r harness.Request, verdict harness.Verdict) harness.Observation {
		preflight := options("Access-Control-Allow-Origin", "*", "Access-Control-Allow-Headers", "*")
		preflight.RequestHeaders = lines("Origin", "https://app.test", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
		r.From, r.URL = "https://app.test", acme+"/"
		return asked(harness.Observation{Verdict: verdict, Exchanges: []harness.Exchange{preflight, get(200, "Access-Control-Allow-Origin", "*")}}, r)
	}
	token := harness.Request{Headers: lines("Authorization", "x")}
	held := func(o harness.Observation) finding.Finding {
		return finding.Finding{ID: "K31", Outcome: finding.Held, Resource: "/v1", Steps: []finding.Step{{Decided: true, Observation: o}}}
	}
	change := func(f finding.Finding, by func(*finding.Finding)) finding.Finding {
		f.Steps = slices.Clone(f.Steps)
		by(&f)
		return f
	}
	differs := held(deviating(token, harness.Readable))
	const note = "held in Chrome, and the Fetch standard gives another verdict: blocked, HeaderDisallowedByPreflightResponse, authorization."
	for name, test := range map[string]struct {
		findings []finding.Finding
		want     []string
	}{
		"differs":               {[]finding.Finding{differs}, []string{"K31 of /v1: " + note}},
		"twice":                 {[]finding.Finding{differs, change(differs, func(f *finding.Finding) { f.Resource = "/v2" })}, []string{"K31 of /v1, K31 of /v2: " + note}},
		"Chrome says otherwise": {[]finding.Finding{held(deviating(token, harness.Blocked))}, nil},
		"the same":              {[]finding.Finding{held(deviating(harness.Request{}, harness.Readable))}, nil},
		"broken":                {[]finding.Finding{change(differs, func(f *finding.Finding) { f.Outcome = finding.Broken })}, nil},
		"on the wire":           {[]finding.Finding{change(differs, func(f *finding.Finding) { f.Wire = true })}, nil},
		"a dry run":             {[]finding.Finding{change(differs, func(f *finding.Finding) { f.Steps[0].Observation.Request.DryRun = true })}, nil},
		"another step decided":  {[]finding.Finding{change(differs, func(f *finding.Finding) { f.Steps[0].Decided = false })}, nil},
	} {
		if got := evidenceNotes(policy.Policy{}, test.findings); !beginsEach(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
