package conform

import (
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// errorProbes are about answers that other code than the handler gives.
func (q questions) errorProbes() []policy.Probe {
	status := func(s policy.Step, want ...int) policy.Step {
		s.Statuses = want
		return s
	}
	return []policy.Probe{
		q.probe("K61", behaviour.Allowed, "missing", "GET /missing is readable as a 404", status(q.fetched(app, "GET", "/missing"), 404)),
		q.probe("K62", behaviour.Allowed, "boom", "GET /boom, whose handler fails, is readable as a 500", status(q.fetched(app, "GET", "/boom"), 500, 501)),
		q.probe("K63", behaviour.Allowed, "auth", "GET /auth without a login is readable as a 401", status(q.fetched(app, "GET", "/auth"), 401)),
		q.probe("K64", behaviour.Allowed, "redirect", "GET /redir, which leads to /ok, is readable", status(q.fetched(app, "GET", "/redir?to=/ok"), 200)),
		q.probe("K65", behaviour.Allowed, "own", "GET /own, whose handler sets Access-Control-Allow-Origin: *, is readable", q.fetched(app, "GET", "/own")),
	}
}

// layerProbes are about two layers of the library.
func (q questions) layerProbes() []policy.Probe {
	return []policy.Probe{
		q.probe("K66", behaviour.Allowed, "GET", "GET /ok is readable through two layers", q.fetched(app, "GET", "/ok")),
		q.probe("K66", behaviour.Allowed, "PUT", "PUT /ok is readable through two layers", q.fetched(app, "PUT", "/ok")),
	}
}

// elements are initiators other than fetch(), with what they load.
// https://fetch.spec.whatwg.org/#concept-request-mode
var elements = []struct {
	via  harness.Via
	mode harness.Mode
	kind string
	file string // of the fixtures, or empty
	text string
}{
	{via: harness.ViaFont, kind: "font/woff2", file: "media/font.woff2"},
	{via: harness.ViaImage, mode: harness.CORS, kind: "image/png", file: "media/image.png"},
	{via: harness.ViaModule, kind: "text/javascript", text: "export default 1\n"},
	{via: harness.ViaEventSource, kind: "text/event-stream", text: "data: 1\n\n"},
}

// elementProbes ask by elements, from a page that may read and from one that may not.
func (q questions) elementProbes() []policy.Probe {
	var list []policy.Probe
	for _, e := range elements {
		content := []byte(e.text)
		if e.file != "" {
			content, _ = fixtures.FS.ReadFile(e.file) // it is embedded
		}
		for _, from := range []string{app, stranger} {
			s := q.fetched(from, "", echo(e.kind, content))
			side, what := behaviour.Allowed, "loads"
			if from == stranger {
				side, what = behaviour.Forbidden, "is refused"
			}
			s.Request.Via, s.Request.Mode, s.Request.Credentials = e.via, e.mode, ""
			list = append(list, q.probe("K67", side, string(e.via)+" from="+from, fmt.Sprintf("%s in a page at %s %s", e.via, from, what), s))
		}
	}
	return list
}

// cacheProbes are about a cache that several users share.
func (q questions) cacheProbes(cached questions) []policy.Probe {
	values := q.policy.Origins.Values
	var steps []policy.Step
	for _, origin := range slices.Concat([]string{""}, values[:min(2, len(values))]) {
		steps = append(steps, cached.wired(origin, "GET", "/cache"))
	}
	return []policy.Probe{cached.judged("K58", behaviour.Allowed, "shared", "GET /cache is readable for each origin, also if a shared cache answers (on the wire)", judgeShared, steps...)}
}

// judgeShared wants each origin to get what it can read.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func judgeShared(answers []answer) policy.Judgement {
	for i, a := range answers {
		origin, asked := a.seen.Request.Headers.Get(web.NameOrigin)
		if value, _ := a.last.ResponseHeaders.Get(web.NameAllowOrigin); asked && value != origin && value != "*" {
			return breaks(i, "the shared cache answers %s with %s", origin, a.said(web.NameAllowOrigin))
		}
	}
	return holds()
}

// constantProbes report what is sent where every origin gets the same answer.
func (q questions) constantProbes() []policy.Probe {
	return []policy.Probe{q.judged("K60", behaviour.Allowed, "vary", "Vary where every origin may read", func(answers []answer) policy.Judgement {
		a := answers[0]
		with := "without Vary: Origin"
		if lists(a.values(web.NameVary), web.NameOrigin) {
			with = "with Vary: Origin"
		}
		return remark("%s, %s", a.said(web.NameAllowOrigin), with)
	}, q.wired(app, "GET", "/ok"))}
}

// anyNameProbes are about lists that allow any name, without credentials.
func (q questions) anyNameProbes() []policy.Probe {
	list := q.anyHeaderProbes()
	if q.policy.Methods.Any() {
		list = append(list, q.judged("K50", behaviour.Allowed, "fetch", "fetch() with the method OPTIONS reaches the application", judgeFetchedOptions, told(q.fetched(app, "OPTIONS", "/options"))))
	}
	return list
}

// anyHeaderProbes are about a list that allows any header.
func (q questions) anyHeaderProbes() []policy.Probe {
	names := harness.Header{{Name: web.NameRequestMethod, Value: "GET"}, {Name: web.NameRequestHeaders, Value: "x-one"}, {Name: web.NameRequestHeaders, Value: "x-two"}}
	lines := q.probe("K39", behaviour.Allowed, "any name", "the preflight of /ok passes with its headers on two lines (on the wire: no browser sends it)",
		q.preflight(app, "GET", "/ok", "x-one", "x-two"), q.wired(app, "OPTIONS", "/ok", names...))
	lines.Together = policy.LinesAreOneList
	three := q.fetched(app, "GET", "/ok", harness.Field{Name: "X-One", Value: "1"}, harness.Field{Name: "X-Two", Value: "2"}, harness.Field{Name: "X-Three", Value: "3"})
	return []policy.Probe{
		q.probe("K37", behaviour.Allowed, "any name", "GET /ok with three headers passes, where any header may", three),
		lines,
		q.judged("K44", behaviour.Allowed, "by name", "Authorization is allowed by its name, where any header is", judgeByName, told(q.fetched(app, "GET", "/auth", authorized))),
	}
}

// judgeFetchedOptions wants the application's own answer to reach the page.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func judgeFetchedOptions(answers []answer) policy.Judgement {
	switch a := answers[0]; {
	case a.seen.Verdict != harness.Readable:
		return breaks(0, "the page cannot read: %s", a.seen.Reason)
	case a.seen.Script.Body != "mine":
		return breaks(0, "the page gets %d %q, and the application answers 200 \"mine\"", a.seen.Script.Status, cut(a.seen.Script.Body))
	}
	return holds()
}

// diverges begins the remark of a probe that Chrome and the standard judge differently.
const diverges = "Chrome lets it pass, and the standard does not: "

// judgeByName wants Authorization by its name: * does not cover it.
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func judgeByName(answers []answer) policy.Judgement {
	a := answers[0]
	if a.seen.Verdict != harness.Readable {
		return breaks(0, "the page cannot send Authorization: %s", a.seen.Reason)
	}
	if len(a.seen.Preflights()) == 0 {
		return missing("a preflight")
	}
	for _, e := range a.seen.Exchanges {
		if e.Kind == harness.Preflight && !lists(e.ResponseHeaders.Values(web.NameAllowHeaders), web.NameAuthorization) {
			return remark("%sAccess-Control-Allow-Headers is %s", diverges, e.ResponseHeaders.Values(web.NameAllowHeaders))
		}
	}
	return holds()
}
