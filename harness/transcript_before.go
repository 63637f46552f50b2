package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// before adds a line for each question that was asked before: what became of it, and which
// cookies it left.
func (t *Transcript) before(o Observation) {
	for _, b := range o.Before {
		l := Line{Kind: LineBefore, Indent: textColumn, Label: "before", Text: clean(method(b.Request)) + " " + shown(b.Request.URL)}
		if b.Request.Hint.given() {
			l.Label, l.Text = "hint", b.Request.Hint.link()
		}
		status := lastStatus(b)
		switch {
		case b.Verdict == "":
			l.Detail = "no verdict"
		case b.Verdict == Blocked:
			l.Detail = "blocked: " + clean(string(b.Reason))
		default:
			l.Detail = string(b.Verdict)
		}
		if status != 0 {
			l.Detail = fmt.Sprintf("%d, %s", status, l.Detail)
		}
		for _, e := range b.Exchanges {
			for _, name := range storedCookies(b, e) {
				l.Detail += ", stored the cookie " + clean(name)
			}
			for _, c := range e.NotStored {
				l.Detail += fmt.Sprintf(", did not store the cookie %s: %s", clean(c.Name), cookieCauses(c))
			}
		}
		t.add(l)
	}
}

// storedCookies are the names of the cookies that the browser stored of a response. A
// response to a request without credentials stores none.
// https://fetch.spec.whatwg.org/#concept-http-network-fetch
func storedCookies(o Observation, e Exchange) []string {
	if e.Kind == Preflight || e.Unseen || e.FromCache != "" || !o.Request.credentialsFor(e.URL) {
		return nil
	}
	var names []string
	for _, line := range e.ResponseHeaders.Values("Set-Cookie") {
		name := web.SetCookieName(line)
		refused := slices.ContainsFunc(e.NotStored, func(c Cookie) bool { return c.Name == name })
		if name != "" && !refused && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// credentialsFor says whether a request for a URL has credentials.
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
func (r Request) credentialsFor(url string) bool {
	switch {
	case r.Credentials == Include, r.EffectiveVia().posts() && !r.Via.reports(), r.EffectiveMode() == modeNavigate, r.EffectiveMode() == modeWebSocket:
		return true
	case r.Credentials == Omit:
		return false
	case !r.EffectiveVia().bearsStack() && r.EffectiveMode() == NoCORS && !r.Via.reports(): // an element without crossorigin
		return true
	}
	return strings.HasPrefix(url, r.origin()+"/")
}
