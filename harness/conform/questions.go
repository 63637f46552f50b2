package conform

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// stranger is a page that no policy lets in, unless it lets in every page.
const stranger = "https://unlisted.evil.test"

// questions makes the probes that need a route of the contract.
type questions struct {
	base   string // https://HOST of the library
	policy contract.Policy
	// credentials is the mode of pages that the policy lets in.
	credentials harness.Credentials
	// unsupported are the fields that the library has no option for.
	unsupported []string
}

func questionsOf(p contract.Policy, base string) questions {
	q := questions{base: base, policy: p}
	if p.Credentials != nil && *p.Credentials {
		q.credentials = harness.Include
	}
	return q
}

// fetched is a step of a page: it is judged by its verdict.
func (q questions) fetched(from, method, path string, headers ...harness.Field) policy.Step {
	s := policy.Step{Want: harness.Readable, Request: harness.Request{From: from, URL: q.base + path, Method: method, Headers: headers, Credentials: q.credentials}}
	if from == stranger {
		s.Want = harness.Blocked
	}
	return s
}

// wired is a step without a browser: only its answer is judged. An empty origin is a
// request without Origin.
func (q questions) wired(origin, method, path string, headers ...harness.Field) policy.Step {
	var all harness.Header
	if origin != "" {
		all = append(all, harness.Field{Name: web.NameOrigin, Value: origin})
	}
	return policy.Step{Want: harness.Readable, Prepares: true, Wire: true, Request: harness.Request{URL: q.base + path, Method: method, Headers: append(all, headers...)}}
}

// preflight is a preflight without a browser.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (q questions) preflight(origin, method, path string, names ...string) policy.Step {
	headers := harness.Header{{Name: web.NameRequestMethod, Value: method}}
	if len(names) > 0 {
		headers = append(headers, harness.Field{Name: web.NameRequestHeaders, Value: strings.Join(names, ",")})
	}
	return q.wired(origin, "OPTIONS", path, headers...)
}

// told is a step of a page of which nothing but a judge of all steps decides.
func told(s policy.Step) policy.Step {
	s.Prepares = true
	return s
}

// echo is the path that answers with a content of that type.
func echo(kind string, content []byte) string {
	return "/echo?type=" + url.QueryEscape(kind) + "&data=" + base64.RawURLEncoding.EncodeToString(content)
}

// probe makes a probe of a behaviour.
func (q questions) probe(id string, side behaviour.Side, key, title string, steps ...policy.Step) policy.Probe {
	b, _ := behaviour.Of(id)
	p := policy.Probe{ID: id, Level: b.Level, Side: side, Key: key, Title: title, Tags: b.TagsOn(side), Steps: steps}
	p.Resource, _, _ = strings.Cut(strings.TrimPrefix(steps[0].Request.URL, q.base), "?")
	return p
}

// judged makes a probe whose answers are judged together.
func (q questions) judged(id string, side behaviour.Side, key, title string, judge func([]answer) policy.Judgement, steps ...policy.Step) policy.Probe {
	p := q.probe(id, side, key, title, steps...)
	p.Judge = func(seen []harness.Observation) policy.Judgement { return judge(answersOf(seen)) }
	return p
}

// answer is what came back in one step.
type answer struct {
	seen harness.Observation
	// last is the response that ended the step.
	last harness.Exchange
}

func answersOf(seen []harness.Observation) []answer {
	answers := make([]answer, len(seen))
	for i, o := range seen {
		answers[i].seen = o
		for _, e := range o.Exchanges {
			if e.Kind != harness.Preflight {
				answers[i].last = e
			}
		}
	}
	return answers
}

// values are the lines of a response header.
func (a answer) values(name string) []string { return a.last.ResponseHeaders.Values(name) }

// said writes the lines of a response header, for a sentence.
func (a answer) said(name string) string {
	values := a.values(name)
	switch len(values) {
	case 0:
		return "no " + name
	case 1:
		return fmt.Sprintf("%s: %s", name, values[0])
	}
	return fmt.Sprintf("%d lines of %s: %s", len(values), name, strings.Join(values, " | "))
}

// missing is the judgement of a probe whose evidence is missing.
func missing(format string, args ...any) policy.Judgement {
	return policy.Judgement{Missing: true, Why: "missing: " + fmt.Sprintf(format, args...)}
}

// holds is the judgement of a probe that held.
func holds() policy.Judgement { return policy.Judgement{} }

// remark is the judgement of a probe that held, with what was seen.
func remark(format string, args ...any) policy.Judgement {
	return policy.Judgement{Why: fmt.Sprintf(format, args...)}
}

// breaks is the judgement of a probe that is broken by a step.
func breaks(step int, format string, args ...any) policy.Judgement {
	return policy.Judgement{Broken: true, Step: step, Why: fmt.Sprintf(format, args...)}
}
