package differential

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

// differences lists where Chrome and the oracle differ: Chrome's account first.
func differences(seen harness.Observation, failed error, d oracle.Decision, as oracle.As) []string {
	var list differing
	if as == oracle.Firefox {
		seen, d = asFirefoxTells(seen, d)
	}
	if d.NetError != "" { // the names of the errors of a connection are Chrome's
		if failed == nil {
			list.add("verdict", string(seen.Verdict), "none")
		} else if as != oracle.Firefox && seen.NetError != d.NetError && !(d.NetError == dropped && seen.NetError == "net::ERR_TOO_MANY_RETRIES") {
			list.add("net error", failed.Error(), d.NetError)
		}
		return list
	}
	list.add("verdict", string(seen.Verdict), string(d.Verdict))
	list.add("reason", string(seen.Reason), string(reasonTold(seen.Request, d.Reason)))
	list.parameter(seen, d)
	if _, embedded := elements[seen.Request.Via]; seen.Verdict == d.Verdict && !embedded {
		list.script(seen, d)
	}
	list.wire(seen, d)
	return list
}

// reasonTold is the oracle's reason as Chrome tells it. Of a shared worker's redirect Chrome tells
// nothing, so under redirect mode error the answer that arrived is the reason, also where
// its Location is no URL: D31.
func reasonTold(r harness.Request, reason harness.Reason) harness.Reason {
	if r.EffectiveWhere() == harness.WhereSharedWorker && r.Redirect == harness.RedirectError && reason == harness.InvalidRedirect {
		return harness.RedirectRefused
	}
	return reason
}

// differing are differences.
type differing []string

// add adds a difference, if the two values differ.
func (l *differing) add(what, chrome, oracle string) {
	if chrome != oracle {
		*l = append(*l, fmt.Sprintf("%s: the browser %q, the oracle %q", what, chrome, oracle))
	}
}

// parameter compares the parameter of Chrome's code. If several headers are not
// allowed, Chrome names the first in a hash table.
func (l *differing) parameter(seen harness.Observation, d oracle.Decision) {
	if d.Reason != harness.HeaderDisallowedByPreflightResponse {
		l.add("parameter", seen.Parameter, d.Parameter)
	} else if !slices.Contains(d.Refused, seen.Parameter) {
		l.add("parameter", seen.Parameter, strings.Join(d.Refused, " or "))
	}
}

// script compares what the script saw.
func (l *differing) script(seen harness.Observation, d oracle.Decision) {
	if seen.Request.Via.Fetches() {
		l.add("response type", seen.Script.Type, d.Type)
	}
	l.add("status", fmt.Sprint(seen.Script.Status), fmt.Sprint(d.Status))
	if d.Verdict != harness.Readable {
		return
	}
	exposed := make(harness.Header, 0, len(d.Exposed))
	for _, f := range d.Exposed {
		exposed = append(exposed, harness.Field{Name: f.Name, Value: oracle.IsomorphicDecode(f.Value)})
	}
	l.add("headers that the script sees", fmt.Sprint(seen.Script.Headers), fmt.Sprint(exposed))
}

// wire compares the requests: the ones that arrived, and the ones that Chrome
// reports.
func (l *differing) wire(seen harness.Observation, d oracle.Decision) {
	var arrived, decided, told, known []string
	for _, a := range seen.Arrivals {
		arrived = append(arrived, a.Method+" "+a.URL)
	}
	for _, e := range d.Exchanges {
		decided = append(decided, e.Method+" "+e.URL)
	}
	if goesOn(seen.Request, d) && len(arrived) > len(decided) {
		arrived = arrived[:len(decided)]
	}
	l.add("requests that arrived", strings.Join(arrived, ", "), strings.Join(decided, ", "))
	if !slices.Equal(arrived, decided) {
		return
	}
	for i, e := range d.Exchanges {
		l.headers(seen.Arrivals[i], e, seen.Request)
		known = append(known, string(e.Kind)+" "+e.Method+" "+e.URL)
	}
	for _, e := range seen.Exchanges {
		if e.Unseen {
			return // Chrome does not tell of all that a shared worker sends
		}
		line := string(e.Kind) + " " + e.Method + " " + strings.Replace(e.URL, userinfo, "", 1)
		if e.Sent && (!goesOn(seen.Request, d) || slices.Contains(known, line)) {
			told = append(told, line)
		}
	}
	// Chrome may report a request before or after its preflight.
	slices.Sort(told)
	slices.Sort(known)
	l.add("requests that the browser reports", strings.Join(told, ", "), strings.Join(known, ", "))
}

// sentOnce removes the requests that Chrome sent again because the answer was 408: D43.
func sentOnce(arrivals []harness.Arrival) []harness.Arrival {
	var kept []harness.Arrival
	for i, a := range arrivals {
		if i > 0 && arrivals[i-1].Status == 408 && arrivals[i-1].Method == a.Method && arrivals[i-1].URL == a.URL {
			continue
		}
		kept = append(kept, a)
	}
	return kept
}

// goesOn says whether Chrome's browser process may follow a redirect that the
// page does not follow: D42.
func goesOn(r harness.Request, d oracle.Decision) bool {
	return r.KeptAlive() && r.EffectiveWhere() == harness.WhereWindow && (d.Type == "opaqueredirect" || d.Reason == harness.BlockedByOrigin)
}

// headers compares the headers of a request that came from the protocol or the
// script.
func (l *differing) headers(a harness.Arrival, e oracle.Exchange, r harness.Request) {
	for _, name := range compared(r) {
		want, has := oracle.Get(e.Header, name)
		got, came := oracle.Get(a.Headers, name)
		if !has && (name == "accept-language" || name == "accept") {
			continue // the browser sets its own
		}
		if _, embedded := elements[r.Via]; embedded && name == "origin" && !has && got == r.From {
			continue // D47
		}
		if has != came {
			l.add(e.Method+" "+e.URL+": "+name, presence(came, got), presence(has, want))
			continue
		}
		if name == "range" {
			got, want = rewritten(got), rewritten(want)
		}
		l.add(e.Method+" "+e.URL+": "+name, withoutBoundary(got), withoutBoundary(want))
	}
}

// rewritten is a Range as Chrome's cache may rewrite it: D38.
func rewritten(value string) string {
	value = strings.ToLower(strings.NewReplacer(" ", "", "\t", "").Replace(value))
	return zeros.ReplaceAllString(value, "$1$2")
}

// zeros matches zeros in front of a number.
var zeros = regexp.MustCompile(`(^|[^0-9])0+([0-9])`)

// presence describes whether a header is there.
func presence(there bool, value string) string {
	if !there {
		return "(none)"
	}
	return value
}

// withoutBoundary removes the boundary, which a browser draws for each multipart
// body.
func withoutBoundary(value string) string {
	before, _, _ := strings.Cut(value, "boundary=----")
	return before
}

// compared are the names of the headers that are compared: the headers of the
// protocol, and the headers that the script can set.
func compared(r harness.Request) []string {
	names := []string{"origin", "access-control-request-method", "access-control-request-headers", "content-type", "authorization", "range"}
	for _, f := range r.Headers {
		name := strings.ToLower(f.Name)
		if !oracle.ForbiddenRequestHeader(name, "") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// noEvidence says whether a question has no verdict although the oracle has one.
func noEvidence(failed error, d oracle.Decision) bool {
	var inconclusive *harness.InconclusiveError
	return failed != nil && (d.NetError == "" || !errors.As(failed, &inconclusive))
}
