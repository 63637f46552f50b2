package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
)

// judgement is the result of comparing an observation with the wanted outcome.
type judgement struct {
	outcome finding.Outcome // Held, Broken or Inconclusive
	why     string
	// led says that the target redirected to another origin, such as a login.
	led bool
	// at is the step that decided, where all steps are judged together.
	at int
}

// decidedBy says which step decided.
func (j judgement) decidedBy(step int) judgement {
	j.at = step
	return j
}

var held = judgement{outcome: finding.Held}

func broken(format string, args ...any) judgement {
	return judgement{outcome: finding.Broken, why: fmt.Sprintf(format, args...)}
}

func inconclusive(format string, args ...any) judgement {
	return judgement{outcome: finding.Inconclusive, why: fmt.Sprintf(format, args...)}
}

// judge compares an observation with the wanted outcome. It is pure.
func judge(target string, step policy.Step, seen harness.Observation, err error) judgement {
	switch {
	case err != nil:
		return inconclusive("%s", whyNot(err))
	case step.Prepares:
		return held
	}
	if step.OnlyRedirect && !redirected(seen) {
		return held
	}
	if j := elsewhere(target, step, seen); j.outcome != finding.Held {
		return j
	}
	switch {
	case seen.Verdict == step.Want:
	case step.OnlyExposed && seen.Verdict == harness.Blocked:
		return held // nothing that is hidden was read, and another probe judges the rest
	case step.PreflightOnly && step.Want == harness.Blocked && seen.Verdict == harness.Readable:
		if j := judgePreflighted(step, seen); j.outcome != finding.Held {
			return j
		}
		return broken("the preflight passes, want refused")
	default:
		return broken("%s, want %s", verdictOf(seen), step.Want)
	}
	for _, rule := range []func(policy.Step, harness.Observation) judgement{judgeStatus, judgePreflight, judgePreflights, judgeMaxAge, judgeExposed, judgeOnlyExposed} {
		if j := rule(step, seen); j.outcome != finding.Held {
			return j
		}
	}
	return held
}

// redirected says whether the target answered with a redirect.
// https://fetch.spec.whatwg.org/#redirect-status
func redirected(seen harness.Observation) bool {
	return slices.ContainsFunc(seen.Exchanges, func(e harness.Exchange) bool {
		return e.Kind == harness.RedirectHop || e.Kind != harness.Preflight && web.IsRedirectStatus(e.Status)
	})
}

// whyNot says why there is no verdict, without the question.
func whyNot(err error) string {
	var missing *harness.InconclusiveError
	if errors.As(err, &missing) {
		return missing.Missing
	}
	return err.Error()
}

// verdictOf returns the verdict with its reason.
func verdictOf(seen harness.Observation) string {
	if seen.Verdict != harness.Blocked {
		return string(seen.Verdict)
	}
	return fmt.Sprintf("blocked (%s)", seen.Reason)
}

// elsewhere says whether something other than the target's policy decided: another server
// that the target redirects to, such as a login, or the browser for a reason that does
// not depend on the target's headers. A page that reads and should not read is different:
// the redirect itself let it pass.
// https://fetch.spec.whatwg.org/#http-fetch
func elsewhere(target string, step policy.Step, seen harness.Observation) judgement {
	if step.Want == harness.Blocked && seen.Verdict == harness.Readable {
		return held
	}
	if to := ledTo(target, seen); to != "" {
		j := inconclusive("the target redirects to %s, so another server decided. If it is a login page, give the login of a client, with --header or --cookie", to)
		j.led = true
		return j
	}
	if seen.Reason == harness.UnsafePort {
		return inconclusive("browsers block this port because another protocol uses it, so nothing was sent")
	}
	if seen.Verdict == harness.Blocked && (aboutMachine(seen.Reason) || step.Want == harness.Blocked && !aboutResponse(seen.Reason)) {
		return inconclusive("the browser blocked it for a reason that is not about the target: %s", seen.Reason)
	}
	return held
}

// ledTo returns the first other origin that the target redirects to, whether the browser
// followed or not. It is empty when there is no such origin. Redirects of a preflight are
// left out: a preflight carries nothing that a login would give.
func ledTo(target string, seen harness.Observation) string {
	for _, e := range seen.Exchanges {
		if e.Kind == harness.Preflight {
			continue
		}
		if at := web.OriginOf(e.URL); e.Kind == harness.RedirectHop && at != target {
			return at
		}
		location, redirects := e.ResponseHeaders.Get(web.NameLocation)
		base, err := oracle.ParseURL(e.URL, nil)
		if err != nil || !redirects || !web.IsRedirectStatus(e.Status) {
			continue
		}
		if u, err := oracle.ParseURL(location, &base); err == nil && u.Origin().String() != target {
			return u.Origin().String()
		}
	}
	return ""
}

// aboutMachine says whether the browser blocked because of the machine that it runs on.
// https://wicg.github.io/local-network-access/#integration-with-fetch
func aboutMachine(r harness.Reason) bool {
	switch r {
	case harness.InsecureLocalNetwork, harness.InvalidLocalNetworkAccess, harness.LocalNetworkAccessPermissionDenied, harness.BlockedByLocalNetworkChecks,
		harness.BlockedByClient, harness.BlockedByAdministrator, harness.BlockedByInspector:
		return true
	}
	return false
}

// aboutResponse says whether the browser blocked because of the target's response.
// https://fetch.spec.whatwg.org/#cors-check
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func aboutResponse(r harness.Reason) bool {
	switch r {
	case harness.WildcardOriginNotAllowed, harness.MissingAllowOriginHeader, harness.MultipleAllowOriginValues, harness.InvalidAllowOriginValue,
		harness.AllowOriginMismatch, harness.InvalidAllowCredentials,
		harness.PreflightInvalidStatus, harness.PreflightDisallowedRedirect, harness.PreflightWildcardOriginNotAllowed,
		harness.PreflightMissingAllowOriginHeader, harness.PreflightMultipleAllowOriginValues, harness.PreflightInvalidAllowOriginValue,
		harness.PreflightAllowOriginMismatch, harness.PreflightInvalidAllowCredentials, harness.InvalidAllowMethodsPreflightResponse,
		harness.InvalidAllowHeadersPreflightResponse, harness.MethodDisallowedByPreflightResponse, harness.HeaderDisallowedByPreflightResponse, harness.Untold:
		return true
	}
	return false
}

// judgeStatus checks the status that the script sees.
func judgeStatus(step policy.Step, seen harness.Observation) judgement {
	if step.Statuses == nil || seen.Verdict != harness.Readable || slices.Contains(step.Statuses, seen.Script.Status) {
		return held
	}
	return broken("the script sees the status %d, want %s", seen.Script.Status, oneOf(step.Statuses))
}

// oneOf writes a list of statuses.
func oneOf(statuses []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(statuses), "[]"), " ", " or ")
}

// judgePreflighted checks that there was a preflight. A browser may need none for a header for which
// another one needs a preflight, such as Chrome for Save-Data.
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func judgePreflighted(step policy.Step, seen harness.Observation) judgement {
	switch {
	case len(seen.Preflights()) == 0 && unseen(seen):
		return inconclusive("the browser shows no preflight here, so there is none to judge: ask Chrome")
	case len(seen.Preflights()) == 0 && step.Preflights == nil:
		return inconclusive("no preflight was sent for this request, so there is none to judge")
	}
	return held
}

// unseen says whether the browser does not show all that it sent.
func unseen(seen harness.Observation) bool {
	return slices.ContainsFunc(seen.Exchanges, func(e harness.Exchange) bool { return e.Unseen })
}

// judgePreflight checks that the preflight alone decides.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func judgePreflight(step policy.Step, seen harness.Observation) judgement {
	if !step.PreflightOnly {
		return held
	}
	if j := judgePreflighted(step, seen); j.outcome != finding.Held {
		return j
	}
	passed := slices.ContainsFunc(seen.Exchanges, func(e harness.Exchange) bool {
		return e.Kind != harness.Preflight && (e.Sent || e.Withheld)
	})
	if step.Want == harness.Blocked && passed {
		return broken("the preflight passes, so the server gets the request; the answer (%s) cannot stop it", verdictOf(seen))
	}
	return held
}

// judgePreflights checks that the number of preflights is the number that the cache
// requires.
// https://fetch.spec.whatwg.org/#concept-cache
func judgePreflights(step policy.Step, seen harness.Observation) judgement {
	if step.Preflights != nil && unseen(seen) {
		return judgePreflighted(step, seen)
	}
	if n := len(seen.Preflights()); step.Preflights != nil && n != *step.Preflights {
		return broken("%d preflights, want %d", n, *step.Preflights)
	}
	return held
}

// judgeMaxAge checks how long the preflight's answer may be kept.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
func judgeMaxAge(step policy.Step, seen harness.Observation) judgement {
	if step.MaxAge == nil {
		return held
	}
	preflights := seen.Preflights()
	if len(preflights) == 0 {
		return inconclusive("missing: a preflight, whose answer has Access-Control-Max-Age")
	}
	said, ok := preflights[0].ResponseHeaders.Get(web.NameMaxAge)
	if seconds, number := oracle.ParseDeltaSeconds(said); !ok || !number || seconds != int64(*step.MaxAge) {
		if !ok {
			return broken("no Access-Control-Max-Age, want %d", *step.MaxAge)
		}
		return broken("Access-Control-Max-Age is %q, want %d", said, *step.MaxAge)
	}
	return held
}

// judgeExposed checks that headers are readable. For a header that this response does not
// have, the list of exposed headers decides. Where every header has to be readable, the
// headers of the CORS protocol are left out: they are for the browser, and a server that
// lists what it exposes need not list them.
// https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list
func judgeExposed(step policy.Step, seen harness.Observation) judgement {
	response, ok := lastResponse(seen)
	if step.OnlyExposed || len(step.Exposed) == 0 {
		return held
	}
	if !ok {
		return inconclusive("missing: the response")
	}
	names := []string(step.Exposed)
	if step.Exposed.Any() {
		names = slices.DeleteFunc(namesOf(response.ResponseHeaders), web.IsAccessControl)
	}
	sends := func(name string) bool { return len(response.ResponseHeaders.Values(name)) > 0 }
	if step.OnlyCarried && !slices.ContainsFunc(names, sends) && !slices.ContainsFunc(names, func(name string) bool { return exposedBy(name, seen.Request.Credentials, response.ResponseHeaders) }) {
		return judgement{outcome: finding.NotAsked, why: fmt.Sprintf("the answer to %s has no header %s, so this probe cannot tell whether a script can read it", response.Method, strings.Join(names, ", "))}
	}
	for _, name := range names {
		if step.OnlyCarried && !sends(name) {
			continue
		}
		if web.IsForbiddenResponseHeaderName(name) || len(seen.Script.Headers.Values(name)) > 0 {
			continue
		}
		if sends(name) || !exposedBy(name, seen.Request.Credentials, response.ResponseHeaders) {
			return broken("the response header %s cannot be read", name)
		}
	}
	return held
}

// judgeOnlyExposed checks that no other header is readable.
func judgeOnlyExposed(step policy.Step, seen harness.Observation) judgement {
	if !step.OnlyExposed {
		return held
	}
	for _, f := range seen.Script.Headers {
		listed := slices.ContainsFunc(step.Exposed, func(name string) bool { return strings.EqualFold(name, f.Name) })
		if !listed && !exposedBy(f.Name, "", nil) {
			return broken("the response header %s can be read", f.Name)
		}
	}
	return held
}

// exposedBy says whether a response with these headers exposes the header of that name.
func exposedBy(name string, credentials harness.Credentials, response harness.Header) bool {
	with := append(slices.Clone(response), harness.Field{Name: name, Value: "1"})
	return len(oracle.CORSExposedHeaders(credentials, with).Values(name)) > 0
}

// lastResponse returns the response that the script got.
func lastResponse(seen harness.Observation) (harness.Exchange, bool) {
	for _, e := range slices.Backward(seen.Exchanges) {
		if e.Kind != harness.Preflight && e.Status != 0 {
			return e, true
		}
	}
	return harness.Exchange{}, false
}

// namesOf returns the names of headers, each once.
func namesOf(h harness.Header) []string {
	var names []string
	for _, f := range h {
		if name := strings.ToLower(f.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
