package harness

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// before adds a line for each question that was asked before.
func (t *Transcript) before(o Observation) {
	for _, b := range o.Before {
		l := Line{Kind: LineBefore, Indent: textColumn, Label: "before", Text: clean(method(b.Request)) + " " + shown(b.Request.URL), Detail: became(b)}
		if b.Request.Hint.given() {
			l.Label, l.Text = "hint", b.Request.Hint.link()
		}
		t.add(l)
	}
}

// beside adds a line for each question that was asked at the same time, from another tab.
func (t *Transcript) beside(o Observation) {
	for _, b := range o.Beside {
		t.add(Line{
			Kind: LineBeside, Indent: textColumn, Label: "beside", Text: clean(method(b.Request)) + " " + shown(b.Request.URL) + " from " + asker(b.Request),
			Detail: "in another tab at the same time, in no order: " + preflighted(b) + became(b),
		})
	}
}

// preflighted says that a preflight was sent for the question.
func preflighted(o Observation) string {
	if slices.ContainsFunc(o.Preflights(), func(e Exchange) bool { return e.Sent }) {
		return "sent a preflight, "
	}
	return ""
}

// became is what became of a question, and which cookies it left.
func became(o Observation) string {
	text := string(o.Verdict)
	switch o.Verdict {
	case "":
		text = "no verdict"
	case Blocked:
		text = "blocked: " + clean(string(o.Reason))
	}
	if status := lastStatus(o); status != 0 {
		text = fmt.Sprintf("%d, %s", status, text)
	}
	if last := len(o.Exchanges) - 1; last >= 0 {
		switch e := o.Exchanges[last]; {
		case e.FromCache != "":
			text += ", from the " + cacheName(e.FromCache)
		case e.shared():
			text += ", with the answer to another request"
		}
	}
	if o.Request.XHR.User != "" && lastStatus(o) == http.StatusUnauthorized {
		text += ", " + loginRefused(o.Exchanges[len(o.Exchanges)-1])
	}
	for _, e := range o.Exchanges {
		for _, name := range storedCookies(o, e) {
			text += ", stored the cookie " + clean(name)
		}
		for _, c := range e.NotStored {
			text += fmt.Sprintf(", did not store the cookie %s: %s", clean(c.Name), cookieCauses(c))
		}
	}
	return text
}

// loginRefused says what a 401 means where the question gave the browser a login: the
// browser answers a challenge with it. https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
func loginRefused(e Exchange) string {
	for challenge := range strings.SplitSeq(strings.Join(e.ResponseHeaders.Values("WWW-Authenticate"), ","), ",") {
		scheme, _, _ := strings.Cut(strings.TrimSpace(challenge), " ")
		if strings.EqualFold(scheme, "Basic") || strings.EqualFold(scheme, "Digest") {
			return "the server refused the name and the password of the browser"
		}
	}
	return "the browser has a name and a password, and the server does not ask for them by Basic or Digest"
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
