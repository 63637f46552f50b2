package conform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// authorized is the header of a client that is logged in.
var authorized = harness.Field{Name: web.NameAuthorization, Value: "Bearer corsproof"}

// preflightProbes are about preflights of special routes.
func (q questions) preflightProbes() []policy.Probe {
	dir := q.fetched(app, "PUT", "/dir")
	return []policy.Probe{
		q.probe("K32", behaviour.Allowed, "put-only", "PUT /put-only passes, where the route knows PUT alone", q.fetched(app, "PUT", "/put-only")),
		q.probe("K33", behaviour.Allowed, "auth", "GET /auth with Authorization passes, where the route demands a login", q.fetched(app, "GET", "/auth", authorized)),
		q.judged("K34", behaviour.Allowed, "dir", "the preflight of PUT /dir is not redirected to /dir/", judgeNoRedirect, told(dir)),
		q.judged("K40", behaviour.Allowed, "lists", "Access-Control-Allow-Methods and Access-Control-Allow-Headers are lists of names", judgeLists,
			q.preflight(app, "PUT", "/ok"), q.preflight(app, "PUT", "/ok", "content-type")),
		q.judged("K46", behaviour.Allowed, "patch", "fetch() with the method patch, in lower case", judgeLowerCase, told(q.fetched(app, "patch", "/ok"))),
		q.judged("K50", behaviour.Allowed, "options", "OPTIONS /options that is not a preflight reaches the application", judgeOptions,
			q.wired("", "OPTIONS", "/options"), q.wired(app, "OPTIONS", "/options")),
		q.judged("K54", behaviour.Allowed, "private network", "a preflight with Access-Control-Request-Private-Network", judgePrivateNetwork,
			q.wired(app, "OPTIONS", "/ok", harness.Field{Name: web.NameRequestMethod, Value: "PUT"}, harness.Field{Name: "Access-Control-Request-Private-Network", Value: "true"})),
	}
}

// repeatedProbes are about what a library may repeat of a preflight. A library that allows
// any name repeats the names, and another may too.
func (q questions) repeatedProbes() []policy.Probe {
	return []policy.Probe{
		q.judged("K52", behaviour.Forbidden, "huge", "a preflight with 16,000 commas, or with one name of 16,000 bytes, is answered and not repeated", judgeHuge,
			q.preflight(app, "PUT", "/ok", strings.Repeat(",", 16000)), q.preflight(app, "PUT", "/ok", strings.Repeat("x", 16000))),
		q.judged("K53", behaviour.Forbidden, "raw", "what is no header name in Access-Control-Request-Headers is not copied into the response", judgeRaw,
			q.preflight(app, "PUT", "/ok", rawName), q.preflight(stranger, "PUT", "/ok", rawName)),
	}
}

// judgeNoRedirect wants a preflight that is no redirect.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func judgeNoRedirect(answers []answer) policy.Judgement {
	seen := answers[0].seen
	if len(seen.Preflights()) == 0 {
		return missing("a preflight")
	}
	if seen.Reason == harness.PreflightDisallowedRedirect {
		return breaks(0, "the preflight is answered with a redirect, which no browser follows")
	}
	return holds()
}

// judgeLists wants names with commas between them.
// https://fetch.spec.whatwg.org/#extract-header-list-values
func judgeLists(answers []answer) policy.Judgement {
	for i, a := range answers {
		for _, name := range []string{web.NameAllowMethods, web.NameAllowHeaders} {
			for _, line := range a.values(name) {
				for item := range strings.SplitSeq(line, ",") {
					if item = strings.TrimSpace(item); item != "" && !web.IsToken(item) {
						return breaks(i, "%q is no name: the preflight is answered with %s", item, a.said(name))
					}
				}
			}
		}
	}
	return holds()
}

// judgeLowerCase reports what becomes of a method that browsers do not normalise.
// https://fetch.spec.whatwg.org/#concept-method-normalize
func judgeLowerCase(answers []answer) policy.Judgement {
	seen := answers[0].seen
	if seen.Verdict == harness.Readable {
		return remark("readable, with the status %d", seen.Script.Status)
	}
	return remark("%s: %s", seen.Verdict, seen.Reason)
}

// judgeOptions wants the application's own answer.
// https://fetch.spec.whatwg.org/#cors-preflight-request
func judgeOptions(answers []answer) policy.Judgement {
	for i, a := range answers {
		if len(a.values("X-App-Options")) == 0 {
			with := "with Origin"
			if i == 0 {
				with = "without Origin"
			}
			return breaks(i, "OPTIONS /options %s, which is not a preflight, is answered with %d and does not reach the application", with, a.last.Status)
		}
	}
	return holds()
}

// tooLong is more than a short answer to a preflight has.
const tooLong = 8 << 10

// judgeHuge wants an answer that does not repeat what was sent.
func judgeHuge(answers []answer) policy.Judgement {
	for i, a := range answers {
		size := 0
		for _, f := range a.last.ResponseHeaders {
			size += len(f.Name) + len(f.Value)
		}
		if size > tooLong {
			return breaks(i, "the response repeats what was sent: its headers have %d bytes", size)
		}
	}
	return holds()
}

// rawName is no header name. No browser sends it, and any other client can.
const rawName = `x-a"><b>'`

// judgeRaw wants no copy of rawName.
func judgeRaw(answers []answer) policy.Judgement {
	for i, a := range answers {
		for _, f := range a.last.ResponseHeaders {
			if strings.Contains(f.Value, rawName) {
				return breaks(i, "the response has %s: %s", f.Name, f.Value)
			}
		}
		if strings.Contains(a.seen.Script.Body, rawName) {
			return breaks(i, "the body repeats it: %s", cut(a.seen.Script.Body))
		}
	}
	return holds()
}

// judgePrivateNetwork reports the answer. Browsers ask for a permission in place of this
// header today. https://wicg.github.io/local-network-access/
func judgePrivateNetwork(answers []answer) policy.Judgement {
	return remark("%s", answers[0].said("Access-Control-Allow-Private-Network"))
}

// handlerProbes are about the runs of a handler, which the application counts. They are
// asked one after the other, while nothing else is asked.
func (q questions) handlerProbes() []policy.Probe {
	count := q.wired("", "GET", "/count")
	return []policy.Probe{
		q.judged("K24", behaviour.Forbidden, "refused", fmt.Sprintf("GET /ok from %s: its status, and whether the handler ran", stranger), judgeRefusedRun,
			count, told(q.fetched(stranger, "GET", "/ok")), count),
		q.judged("K47", behaviour.Forbidden, "not sent", fmt.Sprintf("PUT /ok from %s, whose preflight is refused, is not sent", stranger), judgeNotSent,
			count, told(q.fetched(stranger, "PUT", "/ok")), count),
		q.judged("K51", behaviour.Forbidden, "preflight", "a preflight does not run the handler", judgePreflightRun,
			count, q.preflight(app, "PUT", "/ok"), count),
	}
}

// runs are the runs of the handler between the first answer and the last, by method.
func runs(answers []answer) (map[string]int, error) {
	var before, after map[string]int
	err := json.Unmarshal([]byte(answers[0].seen.Script.Body), &before)
	if err == nil {
		err = json.Unmarshal([]byte(answers[len(answers)-1].seen.Script.Body), &after)
	}
	ran := map[string]int{}
	for method, n := range after {
		if n > before[method] {
			ran[method] = n - before[method]
		}
	}
	return ran, err
}

// uncounted is the judgement of a probe whose count cannot be read.
func uncounted(err error) policy.Judgement {
	return missing("the count of runs: /count is not what the contract says: %v", err)
}

func judgeRefusedRun(answers []answer) policy.Judgement {
	ran, err := runs(answers)
	if err != nil {
		return uncounted(err)
	}
	did := "did not run"
	if len(ran) > 0 {
		did = "ran"
	}
	return remark("status %d, and the handler %s", answers[1].last.Status, did)
}

// judgeNotSent wants no run of a request that the preflight refused.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func judgeNotSent(answers []answer) policy.Judgement {
	ran, err := runs(answers)
	switch {
	case err != nil:
		return uncounted(err)
	case len(ran) > 0:
		return breaks(1, "the handler ran: %s", list(ran))
	}
	return holds()
}

// judgePreflightRun wants no run by a preflight.
// https://fetch.spec.whatwg.org/#cors-preflight-request
func judgePreflightRun(answers []answer) policy.Judgement {
	ran, err := runs(answers)
	switch {
	case err != nil:
		return uncounted(err)
	case len(ran) > 0:
		return breaks(1, "the preflight ran the handler: %s", list(ran))
	}
	return holds()
}

// list writes the runs by method.
func list(ran map[string]int) string {
	var parts []string
	for method, n := range ran {
		parts = append(parts, fmt.Sprintf("%s %d times", method, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
