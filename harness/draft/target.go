package draft

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
)

// Target is a server whose answers a draft is made of.
type Target struct {
	_ [0]func() // keyed literals only

	// URL is what is asked with GET.
	URL string
	// From is the origin of the page that reads it.
	From string
	// Ask asks one question, as [harness.Browser.Fetch] does.
	Ask func(context.Context, harness.Request) (harness.Observation, error)
}

// FromTarget makes a policy of what a target answers today. It sends nothing but GET, OPTIONS
// and preflights: https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods. The error joins
// [policy.FaultError] values where the URL or the origin cannot stand in a policy, and is the
// error of Ask where evidence is missing.
func FromTarget(ctx context.Context, t Target) (Draft, error) {
	u, err := web.ParseURL(t.URL, nil)
	if err != nil || !u.IsHTTP() {
		return Draft{}, &policy.FaultError{Path: "URL", Value: t.URL, Problem: "want a URL of http or https, such as https://api.example.com/v1/me"}
	}
	a := asking{Target: t, ctx: ctx, draft: Draft{Why: map[string]string{}}}
	p := &a.draft.Policy
	p.Target = u.Origin().String()
	p.Origins = policy.Origins{List: []string{t.From}}
	if path := u.Path + u.Query; path != "/" {
		p.Resources = []policy.Resource{{Path: path}}
	}
	if err := p.Validate(); err != nil {
		return Draft{}, err
	}
	a.draft.Head = fmt.Sprintf("What %s answered to a page at %s, line by line.\n"+
		"It describes the server as it is, which may be wrong: read it, and correct it. A removed line is not judged. Then:\n  corsproof verify FILE", p.Target, t.From)
	for _, step := range []func() error{a.origins, a.opaque, a.credentials, a.preflights, a.exposed, a.beside} {
		if err := step(); err != nil {
			return Draft{}, err
		}
	}
	return a.draft, p.Validate()
}

// asking makes a draft question by question.
type asking struct {
	Target
	ctx   context.Context
	draft Draft

	read      harness.Observation // what From was answered
	strangers bool                // pages of any origin read
}

// ask asks one question, in the credentials mode that the policy has by now.
func (a *asking) ask(r harness.Request) (harness.Observation, error) {
	if r.URL == "" {
		r.URL = a.URL
	}
	if r.From == "" {
		r.From = a.From
	}
	if !r.OnTheWire() { // as verify asks: no prompt about the local network is in question
		r.AddressSpace = harness.SpaceLoopback
	}
	if credentials := a.draft.Policy.Credentials; credentials != nil && *credentials {
		r.Credentials = harness.Include
	}
	seen, err := a.Ask(a.ctx, r)
	if err != nil {
		return seen, err
	}
	if elsewhere := ledTo(a.draft.Policy.Target, seen); elsewhere != "" {
		return seen, harness.NewInconclusiveError(r, "the target redirects to "+elsewhere+", so another server decided. Give the URL that answers", nil)
	}
	return seen, nil
}

// ledTo is the other origin to which a redirect led, or empty.
func ledTo(target string, seen harness.Observation) string {
	for _, e := range seen.Exchanges {
		if origin := web.OriginOf(e.URL); origin != target {
			return origin
		}
	}
	return ""
}

// origins finds whose pages read: any, the page's own origin, or none.
func (a *asking) origins() error {
	var err error
	if a.read, err = a.ask(harness.Request{}); err != nil {
		return err
	}
	stranger := policy.UnlistedOrigin(web.ParseOrigin(a.draft.Policy.Target).Scheme)
	other, err := a.ask(harness.Request{From: stranger})
	if err != nil {
		return err
	}
	a.strangers = other.Verdict == harness.Readable
	p := &a.draft.Policy
	switch {
	case a.read.Verdict != harness.Readable:
		p.Origins = policy.Origins{None: true}
		a.why("origins", "%s could not read: %s. If it should, write origins: [%s], and verify says what to change.", a.From, a.read.Reason, scalar(a.From))
	case a.strangers:
		p.Origins = policy.Origins{Any: true}
		a.why("origins", "%s could read, and so could %s: %s.", a.From, stranger, headers(other, web.NameAllowOrigin))
	default:
		a.why("origins", "%s could read: %s. %s could not.", a.From, headers(a.read, web.NameAllowOrigin), stranger)
	}
	return nil
}

// opaque finds whether opaque origins read.
func (a *asking) opaque() error {
	if a.draft.Policy.Origins.Any || a.draft.Policy.Origins.None {
		return nil
	}
	seen, err := a.ask(harness.Request{From: harness.OpaqueOrigin})
	if err == nil && seen.Verdict == harness.Readable {
		a.draft.Policy.AllowNull = new(true)
		a.why("allowNull", "A sandboxed page, whose origin is null, could read. Every site can make such a page.")
	}
	return err
}

// credentials finds whether the page reads with credentials.
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func (a *asking) credentials() error {
	p := &a.draft.Policy
	if p.Origins.None {
		return nil
	}
	seen, err := a.ask(harness.Request{Credentials: harness.Include})
	if err != nil {
		return err
	}
	p.Credentials = new(seen.Verdict == harness.Readable)
	if !*p.Credentials {
		a.why("credentials", "%s could not read with credentials: %s.", a.From, seen.Reason)
		return nil
	}
	a.why("credentials", "%s could read with credentials: %s.", a.From, headers(seen, web.NameAllowCredentials))
	a.read = seen
	if p.Origins.Any { // a policy cannot ask for any origin with credentials
		p.Origins = policy.Origins{List: []string{a.From}}
		a.why("origins", "%s Pages of any site can read what a signed-in user can, so this line lists the page's own origin: verify will report the others.", a.draft.Why["origins"])
	}
	if p.AllowNull != nil {
		p.AllowNull = nil
		a.why("allowNull", "A sandboxed page, whose origin is null, could read. A policy cannot allow it together with credentials: verify will report it.")
	}
	return nil
}

// beside finds whether an error and a redirect can be read, by the probes that would judge
// them.
func (a *asking) beside() error {
	probes, err := a.draft.Policy.Probes()
	if err != nil {
		return err
	}
	for _, probe := range probes {
		switch probe.ID {
		case "K61":
			seen, err := a.ask(probe.Steps[0].Request)
			if err != nil {
				return err
			}
			if seen.Verdict == harness.Blocked {
				a.draft.Policy.Errors = new(false)
				a.why("errors", "An answer with an error status could not be read: GET %s, %s. Take this line out to have errors judged.", seen.Request.URL, seen.Reason)
			}
		case "K64":
			seen, err := a.ask(probe.Steps[0].Request)
			if err != nil {
				return err
			}
			hop := slices.ContainsFunc(seen.Exchanges, func(e harness.Exchange) bool { return web.IsRedirectStatus(e.Status) })
			if hop && seen.Verdict == harness.Blocked {
				a.draft.Policy.Redirects = new(false)
				a.why("redirects", "A redirect could not be followed: GET %s, %s. Take this line out to have redirects judged.", seen.Request.URL, seen.Reason)
			}
		}
	}
	return nil
}

// exposed finds which response headers the page reads.
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
func (a *asking) exposed() error {
	if a.draft.Policy.Origins.None {
		return nil
	}
	e, _ := last(a.read)
	listed := list(e, web.NameExposeHeaders)
	if slices.Contains(listed, policy.Wildcard) && a.read.Request.Credentials != harness.Include {
		a.draft.Policy.ExposeHeaders = policy.Names{policy.Wildcard}
		a.why("exposeHeaders", "%s.", headers(a.read, web.NameExposeHeaders))
		return nil
	}
	exposed := policy.Names{}
	for _, name := range listed {
		_, sees := a.read.Script.Headers.Get(name)
		if sees && !web.IsCORSSafelistedResponseHeaderName(name) && !containsFold(exposed, name) {
			exposed = append(exposed, name)
		}
	}
	a.draft.Policy.ExposeHeaders = exposed
	a.why("exposeHeaders", "The page could read these response headers, and no others but the safelisted: %s.", headers(a.read, web.NameExposeHeaders))
	return nil
}

// why says why a field is as it is.
func (a *asking) why(field, format string, args ...any) {
	a.draft.Why[field] = fmt.Sprintf(format, args...)
}

// last is the last response to a request that is no preflight.
func last(seen harness.Observation) (harness.Exchange, bool) {
	for _, e := range slices.Backward(seen.Exchanges) {
		if e.Kind != harness.Preflight && e.Status != 0 {
			return e, true
		}
	}
	return harness.Exchange{}, false
}

// headers quotes a response header, or says that there is none.
func headers(seen harness.Observation, name string) string {
	e, _ := last(seen)
	return quoted(e, name)
}

// quoted quotes a header of a response.
func quoted(e harness.Exchange, name string) string {
	values := e.ResponseHeaders.Values(name)
	if len(values) == 0 {
		return "no " + name
	}
	return name + ": " + strings.Join(values, ", ")
}

// list is a header whose value is a list of tokens. It is empty where one is none.
func list(e harness.Exchange, name string) []string {
	values, err := oracle.ExtractHeaderListValues(e.ResponseHeaders, name)
	if err != nil {
		return nil
	}
	return values
}

// containsFold says whether a list has a name, without regard to case.
func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(other string) bool { return strings.EqualFold(other, name) })
}

// seconds reads Access-Control-Max-Age.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
func seconds(e harness.Exchange) (int, bool) {
	value, ok := e.ResponseHeaders.Get(web.NameMaxAge)
	if !ok || !web.IsDigits(value) {
		return 0, false
	}
	number, err := strconv.Atoi(value)
	return number, err == nil
}
