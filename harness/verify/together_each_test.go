package verify

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// answered is an exchange with the header lines of its request.
func answered(e harness.Exchange, request ...string) harness.Exchange {
	e.RequestHeaders = lines(request...)
	return e
}

// at is an exchange with another URL.
func at(url string, e harness.Exchange) harness.Exchange {
	e.URL = url
	return e
}

// saying is an observation whose script read a body.
func saying(body string, e harness.Exchange) harness.Observation {
	o := readableWith(e)
	o.Script.Body = body
	return o
}

func TestJudgeTogether(t *testing.T) {
	const origin, methods, names = "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"
	all := func(exchanges ...harness.Exchange) []harness.Observation {
		var list []harness.Observation
		for _, e := range exchanges {
			list = append(list, readableWith(e))
		}
		return list
	}
	app := func(status int, pairs ...string) harness.Exchange {
		return answered(get(status, pairs...), "Origin", "https://app.test")
	}
	asks := func(lines []string, pairs ...string) harness.Exchange {
		var request []string
		for _, line := range lines {
			request = append(request, "Access-Control-Request-Headers", line)
		}
		return answered(get(204, pairs...), request...)
	}
	one, two := []string{"x-a, x-b"}, []string{"x-a", "x-b"}
	for _, test := range []struct {
		name string
		rule policy.Together
		seen []harness.Observation
		want string // why it is broken, or inconclusive; empty: held
	}{
		{"vary: nothing depends on Origin", policy.VaryByOrigin, all(get(200, origin, "*"), app(200, origin, "*")), ""},
		{"vary: all say so", policy.VaryByOrigin, all(get(200, "Vary", "Origin"), app(200, origin, "https://app.test", "Vary", "accept, origin")), ""},
		{"vary: on anything", policy.VaryByOrigin, all(get(200, "Vary", "*"), app(200, origin, "https://app.test", "Vary", "Accept", "Vary", "Origin")), ""},
		{"vary: without Origin is silent", policy.VaryByOrigin, all(get(200, "Vary", "X-Origin"), app(200, origin, "https://app.test", "Vary", "Origin")), "the 200 that answers a request without Origin for / has no Vary"},
		{"vary: with Origin is silent", policy.VaryByOrigin, all(get(200, "Vary", "Origin"), app(403, origin, "https://app.test")), "the 403 that answers https://app.test for / has no Vary"},
		{"vary: empty is not absent", policy.VaryByOrigin, all(get(200), app(200, origin, "")), "has no Vary"},
		{"vary: another URL", policy.VaryByOrigin, all(get(200), at(acme+"/x", app(200, origin, "https://app.test"))), ""},
		{"vary: not modified, and few headers", policy.VaryByOrigin, all(get(200, "Vary", "Origin", origin, "*"), answered(get(304, "Vary", "Origin"), "If-None-Match", "x")), ""},
		{"vary: not modified is silent", policy.VaryByOrigin, all(get(200, "Vary", "Origin"), app(200, origin, "https://app.test", "Vary", "Origin"), answered(get(304), "Origin", "https://app.test", "If-None-Match", "x")),
			"the 304 that answers a conditional request"},
		{"vary: not modified since is silent", policy.VaryByOrigin, all(get(200, "Vary", "Origin"), app(200, origin, "https://app.test", "Vary", "Origin"), answered(get(304), "If-Modified-Since", "x")),
			"the 304 that answers a conditional request"},
		{"vary: one without answer", policy.VaryByOrigin, all(get(200), get(0)), "missing: the response"},

		{"unchanged: the same", policy.UnchangedAnswer, []harness.Observation{saying("a", get(404)), saying("a", get(404)), saying("a", get(404))}, ""},
		{"unchanged: another status", policy.UnchangedAnswer, all(get(404), get(403), get(404)), "the status is 403, and 404 without Origin"},
		{"unchanged: another body", policy.UnchangedAnswer, []harness.Observation{saying("a", get(404)), saying("b", get(404)), saying("a", get(404))}, "the body differs from"},
		{"unchanged: every body differs", policy.UnchangedAnswer, []harness.Observation{saying("a", get(404)), saying("b", get(404)), saying("c", get(404))}, ""},
		{"unchanged: every status differs", policy.UnchangedAnswer, all(get(404), get(403), get(500)), ""},
		{"unchanged: the statuses without Origin differ, and the bodies are the same", policy.UnchangedAnswer, []harness.Observation{saying("a", get(404)), saying("b", get(404)), saying("a", get(500))}, ""},

		{"own origin: both pass", policy.OwnOriginPasses, all(get(204), app(204)), ""},
		{"own origin: refused", policy.OwnOriginPasses, all(get(204), app(403)), "the server answers its own origin with 403, and 204 where there is no Origin"},
		{"own origin: 400", policy.OwnOriginPasses, all(get(204), app(400)), "with 400"},
		{"own origin: 499", policy.OwnOriginPasses, all(get(204), app(499)), "with 499"},
		{"own origin: a fault of the server", policy.OwnOriginPasses, all(get(204), app(500)), ""},
		{"own origin: a redirect", policy.OwnOriginPasses, all(get(204), app(399)), ""},
		{"own origin: both refused", policy.OwnOriginPasses, all(get(405), app(405)), ""},
		{"own origin: both forbidden", policy.OwnOriginPasses, all(get(403), app(403)), ""},
		{"own origin: forbidden, and elsewise not allowed", policy.OwnOriginPasses, all(get(405), app(403)), "with 403, and 405"},
		{"own origin: another refusal", policy.OwnOriginPasses, all(get(403), app(405)), ""},

		{"no preflight: the application's own", policy.NotAPreflight, all(get(200), get(200), get(200)), ""},
		{"no preflight: answered like one", policy.NotAPreflight, all(get(204, methods, "GET"), get(204, methods, "GET"), get(200)), "answered like a preflight"},
		{"no preflight: answered like one with Origin alone", policy.NotAPreflight, all(get(204), get(204, methods, "GET"), get(200)), "answered like a preflight"},
		{"no preflight: answered like one without Origin alone", policy.NotAPreflight, all(get(204, methods, "GET"), get(204), get(200)), "answered like a preflight"},
		{"no preflight: every answer says so", policy.NotAPreflight, all(get(204, methods, "GET"), get(200, methods, "GET"), get(200, methods, "GET")), ""},
		{"no preflight: another status", policy.NotAPreflight, all(get(405), get(200), get(200)), "the status is 200, and 405 without Origin"},

		{"lines: both allowed", policy.LinesAreOneList, all(asks(one, origin, "*", names, "X-A, X-B"), asks(two, origin, "*", names, "x-a", names, "x-b")), ""},
		{"lines: a star", policy.LinesAreOneList, all(asks(one, origin, "*", names, "X-A, X-B"), asks(two, origin, "*", names, "*")), ""},
		{"lines: the second is lost", policy.LinesAreOneList, all(asks(one, origin, "*", names, "X-A, X-B"), asks(two, origin, "*", names, "X-A")), "on two lines, x-b is no longer allowed"},
		{"lines: all is lost", policy.LinesAreOneList, all(asks(one, origin, "*", names, "X-A,,X-B"), asks(two, names, "X-A, X-B")), "on two lines, x-a, x-b is no longer allowed"},
		{"lines: never allowed", policy.LinesAreOneList, all(asks(one, origin, "*", names, "X-A"), asks(two, origin, "*", names, "X-A")), ""},
		{"lines: refused in one line, too", policy.LinesAreOneList, all(asks(one, names, "X-A, X-B"), asks(two)), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, want := judgeTogether(policy.Probe{Together: test.rule}, test.seen), finding.Broken
			switch {
			case test.want == "":
				want = finding.Held
			case strings.HasPrefix(test.want, "missing"):
				want = finding.Inconclusive
			}
			if got.outcome != want || !strings.Contains(got.why, test.want) {
				t.Errorf("%s: %s; want %s: %s", got.outcome, got.why, want, test.want)
			}
		})
	}
	// The answer that is wrong decides.
	preflight := get(204, methods, "GET")
	for name, test := range map[string]struct {
		rule policy.Together
		seen []harness.Observation
		want int
	}{
		"vary, the first":           {policy.VaryByOrigin, all(get(200), app(200, origin, "x", "Vary", "Origin")), 0},
		"vary, the last":            {policy.VaryByOrigin, all(get(200, "Vary", "Origin"), app(200, origin, "x")), 1},
		"unchanged, the status":     {policy.UnchangedAnswer, all(get(404), get(403), get(404)), 1},
		"unchanged, the body":       {policy.UnchangedAnswer, []harness.Observation{saying("a", get(404)), saying("b", get(404)), saying("a", get(404))}, 1},
		"own origin":                {policy.OwnOriginPasses, all(get(204), app(403)), 1},
		"no preflight, both":        {policy.NotAPreflight, all(preflight, preflight, get(200)), 0},
		"no preflight, with Origin": {policy.NotAPreflight, all(get(204), preflight, get(200)), 1},
		"no preflight, the status":  {policy.NotAPreflight, all(get(405), get(200), get(200)), 1},
		"lines":                     {policy.LinesAreOneList, all(asks(one, origin, "*", names, "X-A, X-B"), asks(two, origin, "*", names, "X-A")), 1},
	} {
		if got := judgeTogether(policy.Probe{Together: test.rule}, test.seen); got.outcome != finding.Broken || got.at != test.want {
			t.Errorf("%s: %s by %d, want %d", name, got.outcome, got.at, test.want)
		}
	}
	if len(togethers) != 5 {
		t.Errorf("%d rules, and this table has 5", len(togethers))
	}
}
