package conform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// everyRoute are routes that answer a GET in different ways.
var everyRoute = []string{"/ok", "/json", "/missing", "/boom", "/auth", "/dir/", "/redir?to=/ok", "/cache", "/cookie"}

// originProbes are about the headers that name who may read.
func (q questions) originProbes() []policy.Probe {
	var routes []policy.Step
	for _, path := range everyRoute {
		routes = append(routes, q.wired(app, "GET", path))
	}
	var origins []policy.Step
	for _, origin := range q.policy.Origins.Values {
		origins = append(origins, q.wired(origin, "GET", "/ok"))
	}
	answers := append([]policy.Step{q.preflight(app, "PUT", "/ok"), q.wired(stranger, "GET", "/ok"), q.preflight(stranger, "PUT", "/ok")}, routes...)
	list := []policy.Probe{
		q.judged("K04", behaviour.Allowed, "routes", "every route answers with one Access-Control-Allow-Origin at most", judgeOneOrigin, append(routes, q.preflight(app, "PUT", "/ok"))...),
		q.judged("K05", behaviour.Allowed, "origins", "Access-Control-Allow-Origin repeats the Origin of each allowed origin, or is *", judgeSameOrigin, origins...),
		q.judged("K22", behaviour.Forbidden, "refusals", "a refusal names no origin", judgeRefusal,
			q.wired(stranger, "GET", "/ok"), q.preflight(stranger, "PUT", "/ok"), q.wired(harness.OpaqueOrigin, "GET", "/ok")),
	}
	shorter := q.fetched(strings.TrimSuffix(app, "st"), "GET", "/ok")
	shorter.Want = harness.Blocked
	list = append(list, q.probe("K14", behaviour.Forbidden, "shorter", fmt.Sprintf("GET /ok from %s is not readable: it is only the beginning of an allowed origin", shorter.Request.From), shorter))
	if q.credentials == harness.Include {
		list = append(list, q.judged("K07", behaviour.Allowed, "answers", "Access-Control-Allow-Credentials is true, once, or absent", judgeCredentials, answers...))
	}
	return list
}

// judgeOneOrigin wants one line with one value. A response without any is judged by other
// behaviours. https://fetch.spec.whatwg.org/#cors-check
func judgeOneOrigin(answers []answer) policy.Judgement {
	for i, a := range answers {
		values := a.values(web.NameAllowOrigin)
		if len(values) > 1 || len(values) == 1 && strings.Contains(values[0], ",") {
			return breaks(i, "the response to %s %s has %s", a.last.Method, pathOf(a), a.said(web.NameAllowOrigin))
		}
	}
	return holds()
}

// judgeSameOrigin wants the origin that asked, byte for byte, or *.
// https://fetch.spec.whatwg.org/#cors-check
func judgeSameOrigin(answers []answer) policy.Judgement {
	for i, a := range answers {
		origin, _ := a.seen.Request.Headers.Get(web.NameOrigin)
		if value, ok := a.last.ResponseHeaders.Get(web.NameAllowOrigin); ok && value != origin && value != "*" {
			return breaks(i, "to %s, the response says %s", origin, a.said(web.NameAllowOrigin))
		}
	}
	return holds()
}

// judgeRefusal wants no Access-Control-Allow-Origin for an origin that may not read.
// https://fetch.spec.whatwg.org/#http-access-control-allow-origin
func judgeRefusal(answers []answer) policy.Judgement {
	for i, a := range answers {
		if len(a.values(web.NameAllowOrigin)) > 0 {
			origin, _ := a.seen.Request.Headers.Get(web.NameOrigin)
			return breaks(i, "to %s, the response says %q", origin, a.said(web.NameAllowOrigin))
		}
	}
	return holds()
}

// judgeCredentials wants true, once, or nothing.
// https://fetch.spec.whatwg.org/#http-access-control-allow-credentials
func judgeCredentials(answers []answer) policy.Judgement {
	for i, a := range answers {
		if values := a.values(web.NameAllowCredentials); len(values) > 0 && !slices.Equal(values, []string{"true"}) {
			return breaks(i, "the response to %s %s has %s", a.last.Method, pathOf(a), a.said(web.NameAllowCredentials))
		}
	}
	return holds()
}

// pathOf is the path that a step asked for.
func pathOf(a answer) string {
	_, rest, _ := strings.Cut(a.last.URL, "://")
	_, path, _ := strings.Cut(rest, "/")
	return "/" + path
}

// unchangedProbes want what is not about CORS to stay as it is.
func (q questions) unchangedProbes() []policy.Probe {
	return []policy.Probe{
		q.judged("K11", behaviour.Allowed, "without Origin", "a request without Origin gets the status and the body of the application", judgeWithoutOrigin,
			q.wired("", "GET", "/ok"), q.wired("", "POST", "/ok"), q.wired("", "GET", "/auth"),
			q.wired("", "GET", "/ok", harness.Field{Name: web.NameRequestMethod, Value: "PUT"})), // no preflight is a GET
		q.judged("K59", behaviour.Allowed, "vary", "the application's Vary: Accept-Encoding is still there", judgeVaryKept,
			q.wired(app, "GET", "/ok"), q.wired(stranger, "GET", "/ok"), q.wired("", "GET", "/ok")),
	}
}

// judgeWithoutOrigin wants the answers that the contract says.
// https://fetch.spec.whatwg.org/#http-cors-protocol
func judgeWithoutOrigin(answers []answer) policy.Judgement {
	wants := []struct {
		status int
		body   string
	}{{200, "ok"}, {200, "ok"}, {401, "login"}, {200, "ok"}}
	for i, a := range answers {
		if a.seen.Script.Body == "" && !slices.Equal(a.values("Content-Length"), []string{"0"}) {
			return missing("the body of the answer to %s %s", a.last.Method, pathOf(a))
		}
		if want := wants[i]; a.last.Status != want.status || a.seen.Script.Body != want.body {
			return breaks(i, "%s %s without Origin is answered with %d %q, and the application answers %d %q", a.last.Method, pathOf(a), a.last.Status, cut(a.seen.Script.Body), want.status, want.body)
		}
	}
	return holds()
}

// judgeVaryKept wants a value of Vary that the application sent.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func judgeVaryKept(answers []answer) policy.Judgement {
	if allowed := answers[0]; allowed.last.Status != 200 {
		return missing("the application's own answer: the status is %d", allowed.last.Status)
	}
	for i, a := range answers {
		if a.last.Status == 200 && !lists(a.values(web.NameVary), "Accept-Encoding") && !lists(a.values(web.NameVary), "*") {
			return breaks(i, "the application sent Vary: Accept-Encoding, and the response has %s", a.said(web.NameVary))
		}
	}
	return holds()
}

// lists says whether a list in header lines has a name, whatever its case.
func lists(lines []string, name string) bool {
	for _, line := range lines {
		for item := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(item), name) {
				return true
			}
		}
	}
	return false
}

// cut is the beginning of a text.
func cut(text string) string {
	const most = 80
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}

// cookieProbes are about cookies that a library sees, sets or must not lose.
func (q questions) cookieProbes() []policy.Probe {
	with, without := q.fetched(app, "GET", "/cookie"), q.fetched(app, "GET", "/cookie")
	with.Request.Credentials, without.Request.Credentials = harness.Include, harness.Omit
	held := harness.Field{Name: web.NameCookie, Value: "adapter=1"}
	return []policy.Probe{
		q.judged("K08", behaviour.Allowed, "cookie", fmt.Sprintf("a cookie that the server set for %s is sent with credentials, and not without", app), judgeCookie, told(with), told(with), told(without)),
		q.judged("K29", behaviour.Forbidden, "cookie", fmt.Sprintf("%s is refused with a cookie as it is without", stranger), judgeSameRefusal,
			q.wired(stranger, "GET", "/ok"), q.wired(stranger, "GET", "/ok", held)),
	}
}

// judgeCookie reads the cookies that the server got, which it answers with.
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
func judgeCookie(answers []answer) policy.Judgement {
	again, without := answers[1], answers[2]
	switch {
	case again.seen.Verdict != harness.Readable:
		return breaks(1, "the page cannot read: %s %s", again.seen.Verdict, again.seen.Reason)
	case !strings.Contains(again.seen.Script.Body, "adapter=1"):
		return breaks(1, "the cookie that the server set did not come back: the server got %q", cut(again.seen.Script.Body))
	case without.seen.Verdict != harness.Readable:
		return missing("the answer without credentials, which the page cannot read: %s", without.seen.Reason)
	case without.seen.Script.Body != "none":
		return breaks(2, "without credentials, the server got %q", cut(without.seen.Script.Body))
	}
	return holds()
}

// judgeSameRefusal wants the same headers with a cookie and without.
func judgeSameRefusal(answers []answer) policy.Judgement {
	without, with := answers[0], answers[1]
	for _, name := range []string{web.NameAllowOrigin, web.NameAllowCredentials} {
		if with.said(name) != without.said(name) {
			return breaks(1, "with a cookie the response has %s, and without %s", with.said(name), without.said(name))
		}
	}
	return holds()
}
