package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
)

// judgeTogether judges the answers to all steps of a probe. It is pure.
func judgeTogether(probe policy.Probe, seen []harness.Observation) judgement {
	if probe.Judge != nil {
		return judgedBy(probe.Judge(seen))
	}
	answers := make([]reply, len(seen))
	for i, o := range seen {
		e, ok := lastResponse(o)
		if !ok {
			return inconclusive("missing: the response")
		}
		answers[i] = reply{Exchange: e, body: o.Script.Body}
	}
	return togethers[probe.Together](answers)
}

// judgedBy is the judgement of another package.
func judgedBy(by policy.Judgement) judgement {
	j := judgement{outcome: finding.Held, why: by.Why, at: by.Step}
	switch {
	case by.Missing:
		j.outcome = finding.Inconclusive
	case by.Broken:
		j.outcome = finding.Broken
	}
	return j
}

// togethers judge what the answers to several requests have to have in common.
var togethers = map[policy.Together]func([]reply) judgement{
	policy.VaryByOrigin:    judgeVary,
	policy.UnchangedAnswer: judgeUnchanged,
	policy.OwnOriginPasses: judgeOwnOrigin,
	policy.NotAPreflight:   judgeNotAPreflight,
	policy.LinesAreOneList: judgeLines,
}

// reply is what was answered on the wire.
type reply struct {
	harness.Exchange
	body string
}

// asker names who asked.
func (r reply) asker() string {
	switch values := r.RequestHeaders.Values(web.NameOrigin); {
	case len(r.RequestHeaders.Values("If-None-Match"))+len(r.RequestHeaders.Values("If-Modified-Since")) > 0:
		return "a conditional request"
	case len(values) > 0:
		return values[0]
	}
	return "a request without Origin"
}

// allows is what the answer says of who may read; absent is not the same as empty.
func (r reply) allows() string {
	return fmt.Sprintf("%q", r.ResponseHeaders.Values(web.NameAllowOrigin))
}

// judgeVary wants Vary: Origin with every answer of a URL, where one answer allows another
// origin than another answer does. An answer that was not modified only has to say so where
// the others differ: some servers send few headers with it.
func judgeVary(answers []reply) judgement {
	byURL := map[string][]reply{}
	for _, a := range answers {
		byURL[a.URL] = append(byURL[a.URL], a)
	}
	for i, a := range answers {
		of := byURL[a.URL]
		full := slices.DeleteFunc(slices.Clone(of), func(r reply) bool { return r.Status == statusNotModified })
		differs := slices.ContainsFunc(full, func(r reply) bool { return r.allows() != full[0].allows() })
		if differs && !a.ResponseHeaders.VariesByOrigin() {
			return broken("the %d that answers %s for %s has no Vary: Origin, and Access-Control-Allow-Origin there depends on Origin", a.Status, a.asker(), pathOf(a.URL)).decidedBy(i)
		}
	}
	return held
}

// statusNotModified is the status of an answer that a cache has already.
const statusNotModified = 304

// pathOf is the path of a URL.
func pathOf(url string) string {
	if u, err := oracle.ParseURL(url, nil); err == nil {
		return u.Path
	}
	return url
}

// judgeUnchanged wants the answers without Origin, with it, and without it again, to be the
// same. Where the first and the last differ, the server decides by something else.
// https://fetch.spec.whatwg.org/#http-cors-protocol
func judgeUnchanged(answers []reply) judgement {
	before, with, after := answers[0], answers[1], answers[2]
	switch {
	case before.Status != after.Status:
	case with.Status != before.Status:
		return broken("the status is %d, and %d without Origin", with.Status, before.Status).decidedBy(1)
	case before.body == after.body && with.body != before.body:
		return broken("the body differs from the body without Origin").decidedBy(1)
	}
	return held
}

// judgeOwnOrigin wants the server's own pages not to be refused: a browser sends Origin with
// each of their requests but GET and HEAD. https://fetch.spec.whatwg.org/#origin-header
func judgeOwnOrigin(answers []reply) judgement {
	without, with := answers[0], answers[1]
	refused := func(r reply) bool { return r.Status >= 400 && r.Status < 500 }
	if refused(with) && (!refused(without) || with.Status == 403 && without.Status != 403) {
		return broken("the server answers its own origin with %d, and %d where there is no Origin: does a proxy change Host?", with.Status, without.Status).decidedBy(1)
	}
	return held
}

// judgeNotAPreflight wants an OPTIONS request without Access-Control-Request-Method not to be
// answered as a preflight. Some servers send Access-Control-Allow-Methods with every answer.
// https://fetch.spec.whatwg.org/#cors-preflight-request
func judgeNotAPreflight(answers []reply) judgement {
	without, with, get := answers[0], answers[1], answers[2]
	methods := func(r reply) bool { return len(r.ResponseHeaders.Values(web.NameAllowMethods)) > 0 }
	switch {
	case methods(get):
	case methods(without) || methods(with):
		preflight := 0
		if !methods(without) {
			preflight = 1
		}
		return broken("an OPTIONS request that is not a preflight is answered like a preflight, with Access-Control-Allow-Methods, and does not reach the application").decidedBy(preflight)
	case with.Status != without.Status:
		return broken("the status is %d, and %d without Origin", with.Status, without.Status).decidedBy(1)
	}
	return held
}

// judgeLines wants two lines of Access-Control-Request-Headers to be read like one, which
// comes first.
// https://www.rfc-editor.org/rfc/rfc9110#section-5.3
func judgeLines(answers []reply) judgement {
	one, two := answers[0], answers[1]
	var lost []string
	for _, name := range one.RequestHeaders.Items(web.NameRequestHeaders) {
		if one.allowsHeader(name) && !two.allowsHeader(name) {
			lost = append(lost, name)
		}
	}
	if len(lost) > 0 {
		return broken("with Access-Control-Request-Headers on two lines, %s is no longer allowed", strings.Join(lost, ", ")).decidedBy(1)
	}
	return held
}

// allowsHeader says whether the answer to a preflight allows a request header.
func (r reply) allowsHeader(name string) bool {
	return len(r.ResponseHeaders.Values(web.NameAllowOrigin)) > 0 &&
		slices.ContainsFunc(r.ResponseHeaders.Items(web.NameAllowHeaders), func(allowed string) bool {
			return allowed == "*" || strings.EqualFold(allowed, name)
		})
}
