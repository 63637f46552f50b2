package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// secretRequestHeaders are shown without their value.
var secretRequestHeaders = []string{"Authorization", "Proxy-Authorization"}

// requestLines are the lines of the request that matter to the decision. Lines
// that the exchange before already had are not repeated.
func requestLines(o Observation, i int) []Line {
	e := o.Exchanges[i]
	var lines []Line
	for _, f := range e.RequestHeaders {
		if !matters(o, f.Name) || repeats(o, i, f) {
			continue
		}
		lines = append(lines, requestLine(clean(f.Name)+": "+shown(f.Value), originNote(o, f)))
	}
	for _, name := range secretRequestHeaders {
		if _, present := e.RequestHeaders.Get(name); present {
			lines = append(lines, requestLine(name+": "+hidden, ""))
		}
	}
	return append(lines, cookieLines(e)...)
}

// requestLine is a header line of a request, or a line about a missing header.
func requestLine(text, note string) Line {
	return Line{Kind: LineRequestHeader, Label: ">", Text: text, Note: note, Tone: ToneFaint}
}

// responseLine is a header line of a response, or a line about a missing header. The
// line is wrong where the browser blocked because of it.
func responseLine(text, note string, wrong bool) Line {
	return Line{Kind: LineResponseHeader, Label: "<", Text: text, Note: note, Tone: toneIf(wrong)}
}

// matters says whether a request header is part of the decision.
func matters(o Observation, name string) bool {
	lower := strings.ToLower(name)
	if lower == "content-type" {
		return causedPreflight(o, lower)
	}
	return lower == "origin" || strings.HasPrefix(lower, "access-control-")
}

// causedPreflight says whether a preflight asked for permission to send a header.
func causedPreflight(o Observation, name string) bool {
	for _, p := range o.Preflights() {
		asked, _ := p.RequestHeaders.Get("Access-Control-Request-Headers")
		for item := range strings.SplitSeq(asked, ",") {
			if strings.EqualFold(strings.TrimSpace(item), name) {
				return true
			}
		}
	}
	return false
}

// repeats says whether the exchange before carried the same Origin.
func repeats(o Observation, i int, f Field) bool {
	if i == 0 || !strings.EqualFold(f.Name, "Origin") {
		return false
	}
	before, present := o.Exchanges[i-1].RequestHeaders.Get("Origin")
	return present && before == f.Value
}

// originNote marks an Origin that a redirect has changed to null.
func originNote(o Observation, f Field) string {
	if strings.EqualFold(f.Name, "Origin") && f.Value == "null" && o.Request.origin() != OpaqueOrigin {
		return "after a redirect, no longer the page's origin"
	}
	return ""
}

// cookieLines are the names of the cookies that were sent or held back.
func cookieLines(e Exchange) []Line {
	var lines []Line
	if sent := sentCookies(e); len(sent) > 0 {
		lines = append(lines, requestLine("Cookie: "+clean(strings.Join(sent, ", ")), ""))
	}
	elsewhere := 0
	for _, c := range e.Cookies {
		switch {
		case c.Sent || e.Kind == Preflight:
		case c.isForAnotherURL() && elsewhere >= shownElsewhere:
			elsewhere++
		default:
			if c.isForAnotherURL() {
				elsewhere++
			}
			lines = append(lines, requestLine("(no Cookie "+clean(c.Name)+")", heldBack(c)))
		}
	}
	if more := elsewhere - shownElsewhere; more > 0 {
		lines = append(lines, requestLine(fmt.Sprintf("(%d more cookies are for another URL)", more), ""))
	}
	return lines
}

// shownElsewhere is how many cookies are named that are for another URL: enough to notice
// a wrong Domain or Path.
const shownElsewhere = 3

// sentCookies returns the names of the cookies that were sent: from Chrome's
// report or, without it, from the header.
func sentCookies(e Exchange) []string {
	var names []string
	for _, c := range e.Cookies {
		if c.Sent {
			names = append(names, c.Name)
		}
	}
	if names != nil {
		return names
	}
	for _, value := range e.RequestHeaders.Values("Cookie") {
		for name := range web.CookiePairs(value) {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// responseLines are the lines of the response that matter to the decision. A
// line that the exchange before already had is repeated only where this
// exchange decided.
func responseLines(o Observation, i int) []Line {
	e := o.Exchanges[i]
	if e.Status == 0 {
		return nil
	}
	var lines []Line
	for _, f := range e.ResponseHeaders {
		if decides(o, e, f) && !saidBefore(o, i, f) {
			note, wrong := responseNote(o, e, f)
			if e.added(f) {
				note = strings.TrimPrefix(note+"; an edit, not the server's", "; ")
			}
			lines = append(lines, responseLine(clean(f.Name)+": "+shown(f.Value), note, wrong))
		}
	}
	lines = append(lines, editLines(e)...)
	for _, name := range absent(o, e) {
		lines = append(lines, responseLine("(no "+name+")", "", true))
	}
	for _, name := range storedCookies(o, e) {
		lines = append(lines, responseLine("(Set-Cookie "+clean(name)+" was stored)", "", false))
	}
	for _, c := range e.NotStored {
		lines = append(lines, responseLine("(Set-Cookie "+clean(c.Name)+" was not stored)", cookieCauses(c), false))
	}
	return lines
}

// decides says whether a response header is part of the decision.
func decides(o Observation, e Exchange, f Field) bool {
	switch lower := strings.ToLower(f.Name); {
	case strings.HasPrefix(lower, "access-control-"):
		return true
	case lower == "location":
		return e.Status >= 300 && e.Status <= 399
	case lower == "vary":
		allowed, present := e.ResponseHeaders.Get("Access-Control-Allow-Origin")
		return e.FromCache != "" || present && allowed != "*"
	case lower == "cross-origin-resource-policy":
		return o.Request.EffectiveMode() == NoCORS || isByResponse(o.Reason)
	case lower == "content-type", lower == "x-content-type-options":
		return isByType(o)
	}
	return false
}

// isByResponse says whether Cross-Origin-Resource-Policy decided.
func isByResponse(r Reason) bool {
	row, known := r.Explain()
	return known && row.Anchor == anchorCORP
}

// isByType says whether the type of the response decided.
func isByType(o Observation) bool {
	if o.Reason == BlockedByORB || o.Reason == BlockedByContentType || o.Reason == ResponseUnusable {
		return true
	}
	return slices.ContainsFunc(o.Issues, func(i Issue) bool { return strings.Contains(i.Detail, "ORB") })
}

// saidBefore says whether the preflight just before had the same line.
func saidBefore(o Observation, i int, f Field) bool {
	if i == 0 || o.Exchanges[i-1].Kind != Preflight || o.Verdict == Blocked {
		return false
	}
	same := func(g Field) bool { return strings.EqualFold(f.Name, g.Name) && f.Value == g.Value }
	return slices.ContainsFunc(o.Exchanges[i-1].ResponseHeaders, same)
}

// absent lists the headers whose absence decided.
func absent(o Observation, e Exchange) []string {
	var names []string
	missing := func(name string) bool { _, present := e.ResponseHeaders.Get(name); return !present }
	redirected := e.Kind == Preflight && o.Reason == PreflightDisallowedRedirect // refused whatever its headers say
	if needsPermission(o, e) && e.FromCache != serviceWorkerCache && !redirected && missing("Access-Control-Allow-Origin") {
		names = append(names, "Access-Control-Allow-Origin")
	}
	if name, decides := allowHeader[o.Reason]; decides && isDeciding(o, e) && missing(name) {
		names = append(names, name)
	}
	return names
}

// allowHeader is the header that a reason is about, beside Access-Control-Allow-Origin.
var allowHeader = map[Reason]string{
	InvalidAllowCredentials:             "Access-Control-Allow-Credentials",
	PreflightInvalidAllowCredentials:    "Access-Control-Allow-Credentials",
	MethodDisallowedByPreflightResponse: "Access-Control-Allow-Methods",
	HeaderDisallowedByPreflightResponse: "Access-Control-Allow-Headers",
}

// needsPermission says whether the response must carry Access-Control-Allow-Origin:
// the mode is cors, and the URL is not at the origin that asked. A data: URL has no
// CORS check.
func needsPermission(o Observation, e Exchange) bool {
	if e.Unseen && e.Status == 0 || isData(e.URL) {
		return false
	}
	if o.Request.EffectiveMode() != CORS {
		return false
	}
	origin := originOf(o, e)
	return e.Kind == Preflight || !ownHop(e.URL, origin)
}

// originOf returns the Origin that an exchange carried; without it, the origin
// of the page.
func originOf(o Observation, e Exchange) string {
	if sent, present := e.RequestHeaders.Get("Origin"); present {
		return sent
	}
	return o.Request.origin()
}

// isDeciding says whether an exchange is of the kind that the reason is about.
func isDeciding(o Observation, e Exchange) bool {
	return isPreflight(o.Reason) == (e.Kind == Preflight)
}

// responseNote is the note in the margin of a response header, and whether it
// names a fault.
func responseNote(o Observation, e Exchange, f Field) (note string, wrong bool) {
	credentials := o.Request.Credentials == Include
	switch strings.ToLower(f.Name) {
	case "access-control-allow-origin":
		return allowOriginNote(o, e, f.Value)
	case "access-control-allow-credentials":
		if credentials && f.Value != "true" {
			return "not true", true
		}
	case "access-control-allow-methods":
		return listNote(o, f, e, MethodDisallowedByPreflightResponse, InvalidAllowMethodsPreflightResponse)
	case "access-control-allow-headers":
		return listNote(o, f, e, HeaderDisallowedByPreflightResponse, InvalidAllowHeadersPreflightResponse)
	case "location":
		if e.Kind == Preflight {
			return "a preflight is never followed", true
		}
	case "cross-origin-resource-policy":
		if isByResponse(o.Reason) {
			return "does not allow this page", true
		}
	}
	return "", false
}

// allowOriginNote compares Access-Control-Allow-Origin with the Origin that was
// sent. https://fetch.spec.whatwg.org/#cors-check
func allowOriginNote(o Observation, e Exchange, value string) (note string, wrong bool) {
	if o.Request.EffectiveMode() == NoCORS {
		return "", false
	}
	origin := originOf(o, e)
	lines := len(e.ResponseHeaders.Values("Access-Control-Allow-Origin"))
	switch {
	case lines == 2:
		return "two lines, one is allowed", true
	case lines > 2:
		return fmt.Sprintf("%d lines, one is allowed", lines), true
	case value == "*" && o.Request.Credentials == Include:
		return "not allowed with credentials", true
	case value == "*":
		return "any origin", false
	case value == origin:
		return "the origin that asked, sent back", false
	case strings.Contains(value, ","):
		return "a list, one origin is allowed", true
	}
	return "not the origin that asked", true
}

// listNote marks the list for which a method or header was refused.
func listNote(o Observation, f Field, e Exchange, refused, unparsable Reason) (note string, wrong bool) {
	switch {
	case !isDeciding(o, e):
		return "", false
	case o.Reason == unparsable:
		return "not a list of names", true
	case o.Reason == refused && o.Request.Credentials == Include && strings.TrimSpace(f.Value) == "*":
		return "not a wildcard with credentials", true
	case o.Reason == refused && o.Parameter != "":
		return clean(o.Parameter) + " is not in it", true
	}
	return "", false
}
