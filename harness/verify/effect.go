package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
)

// harmed is a broken probe with the step that decided the outcome.
type harmed struct {
	policy.Probe
	harm behaviour.Harm
	step policy.Step
	seen harness.Observation
}

// strangerReads: a page that must not read can read.
func (h harmed) strangerReads() (finding.Severity, string) {
	names := h.headers()
	switch sent := h.what() + prefixed(" with ", names); {
	case h.step.PreflightOnly && h.asUser():
		return finding.Critical, h.anyPage() + h.signedIn("send "+sent, h.cookies())
	case h.step.PreflightOnly:
		return finding.High, fmt.Sprintf("%s can send %s, without cookies: the preflight lets it pass.", h.anyPage(), sent)
	case h.asUser() && slices.Contains(h.Tags, behaviour.TagError):
		return finding.High, h.anyPage() + h.signedIn("read the error that answers "+h.what()+",", h.cookies())
	case h.asUser():
		return finding.Critical, h.anyPage() + h.signedIn("read "+h.what(), h.cookies())
	case names != "":
		return finding.High, fmt.Sprintf("%s can read %s, without cookies, if it knows the value for %s.", h.anyPage(), h.what(), names)
	}
	return finding.High, fmt.Sprintf("%s can read %s, without cookies: data that is public, or that only the network protects.", h.anyPage(), h.what())
}

// readsWithCredentials: an allowed page reads with credentials, which the policy
// excludes.
func (h harmed) readsWithCredentials() (finding.Severity, string) {
	does := "read"
	if h.step.PreflightOnly {
		does = "send"
	}
	return finding.High, h.pages() + h.signedIn(does+" "+h.what(), fmt.Sprintf(", though the policy lets them %s without cookies only", does))
}

// signedIn says that a page can do something as the signed-in user. Where nothing that tells
// a user went along, it says what was seen: the permission.
func (h harmed) signedIn(does, how string) string {
	if h.identified() {
		return fmt.Sprintf(" can %s as the signed-in user%s.", does, how)
	}
	return fmt.Sprintf(" may %s with credentials, which means as the signed-in user%s. This probe sent no cookie.", does, how)
}

// identified says whether a request that left the browser had a cookie or Authorization.
func (h harmed) identified() bool {
	return slices.ContainsFunc(h.seen.Exchanges, func(e harness.Exchange) bool {
		_, authorized := e.RequestHeaders.Get(web.NameAuthorization)
		return authorized || slices.ContainsFunc(e.Cookies, func(c harness.Cookie) bool { return c.Sent })
	})
}

// malformedPasses: the server lets in an origin that no browser sends.
func (h harmed) malformedPasses() (finding.Severity, string) {
	return finding.Low, fmt.Sprintf("No page can use this today: the server allows an Origin for %s that no browser sends.", h.what())
}

// unlistedPasses: an allowed page can send a method or a header that the policy does not
// list.
func (h harmed) unlistedPasses() (finding.Severity, string) {
	unlisted := "this method"
	if h.harm == behaviour.HeaderPasses {
		unlisted = "this header"
	}
	return finding.Medium, fmt.Sprintf("%s can send %s%s: the preflight allows %s, and the policy does not list it.", h.pages(), h.what(), h.with(), unlisted)
}

// headersExposed: an allowed page reads more headers than the policy lists.
func (h harmed) headersExposed() (finding.Severity, string) {
	names := ""
	if list := h.exposed(); list != "" {
		names = ": " + list
	}
	return finding.Low, fmt.Sprintf("%s can read response headers of %s that the policy does not expose%s.", h.pages(), h.what(), names)
}

// lockedOut: an allowed page cannot read.
func (h harmed) lockedOut() (finding.Severity, string) {
	switch h.Together {
	case policy.OwnOriginPasses:
		return finding.Medium, fmt.Sprintf("The server refuses its own pages when they send other methods than GET and HEAD, such as %s.", h.what())
	case policy.LinesAreOneList:
		return finding.Low, fmt.Sprintf("Pages are locked out of %s where a proxy splits Access-Control-Request-Headers into several lines.", pathOf(h.step.Request.URL))
	}
	return h.serious(), fmt.Sprintf("%s are locked out of %s%s.", h.pages(), h.what(), h.with())
}

// lockedOutByCache: an allowed page cannot read because the browser has a cached
// response.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func (h harmed) lockedOutByCache() (finding.Severity, string) {
	if h.Together == policy.VaryByOrigin {
		severity := finding.Medium
		if h.notShared() {
			severity = finding.Low
		}
		return severity, fmt.Sprintf("Pages are locked out of %s where a cache keeps an answer to another origin, or to a request without Origin.", h.what())
	}
	return h.serious(), fmt.Sprintf("%s are locked out of %s where the browser's cache keeps the answer to another question.", h.pages(), h.what())
}

// notShared says whether the answer forbids shared caches to keep it.
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
func (h harmed) notShared() bool {
	return slices.ContainsFunc(h.seen.Exchanges, func(e harness.Exchange) bool {
		return says(e.ResponseHeaders, "no-store") || says(e.ResponseHeaders, "private")
	})
}

// responseChanged: who asks with Origin gets another answer.
func (h harmed) responseChanged() (finding.Severity, string) {
	if h.Together == policy.NotAPreflight {
		return finding.Medium, fmt.Sprintf("No client gets the application's own answer to OPTIONS %s.", pathOf(h.step.Request.URL))
	}
	return finding.Medium, fmt.Sprintf("Pages get another answer to %s than the server meant.", h.what())
}

// errorHidden: an allowed page sees an error of the server only as a network error.
func (h harmed) errorHidden() (finding.Severity, string) {
	return h.serious(), fmt.Sprintf("%s cannot see why %s is refused: to their scripts it is a network error.", h.pages(), h.what())
}

// headerHidden: an allowed page cannot read a header.
func (h harmed) headerHidden() (finding.Severity, string) {
	switch {
	case h.seen.Verdict == harness.Blocked:
		return h.lockedOut()
	case h.step.Exposed.Any():
		return finding.Medium, fmt.Sprintf("%s can read %s, but not all of its response headers.", h.pages(), h.what())
	}
	return finding.Medium, fmt.Sprintf("%s can read %s, but not its response header %s.", h.pages(), h.what(), strings.Join(h.step.Exposed, ", "))
}

// keptOtherwise: the browser keeps a permission for a shorter or longer time than the policy says.
func (h harmed) keptOtherwise() (finding.Severity, string) {
	switch wanted := h.step.Preflights; {
	case h.seen.Verdict == harness.Blocked:
		return h.lockedOut()
	case wanted == nil:
		return finding.Low, fmt.Sprintf("%s have permission for %s for a shorter or longer time than the policy says.", h.pages(), h.what())
	case *wanted == 0:
		return finding.Low, fmt.Sprintf("%s need a preflight for every %s.", h.pages(), h.what())
	}
	return finding.Medium, fmt.Sprintf("%s keep permission for %s, and the policy wants a preflight for each request: a permission that you take back stays valid for a while.", h.pages(), h.what())
}

// serious is the severity when pages that the policy allows are locked out.
func (h harmed) serious() finding.Severity {
	switch h.Level {
	case behaviour.Must:
		return finding.High
	case behaviour.Should:
		return finding.Medium
	}
	return finding.Low
}

// prefixed is a text with something before it, where there is any.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// what returns the method and the path of the request.
func (h harmed) what() string {
	path := h.Resource
	if u, err := oracle.ParseURL(h.step.Request.URL, nil); err == nil {
		path = u.Path + u.Query
	}
	return cmp.Or(h.step.Request.Method, "GET") + " " + path
}

// pages names the pages that asked.
func (h harmed) pages() string {
	switch from := h.step.Request.From; from {
	case harness.OpaqueOrigin:
		return "Sandboxed pages"
	case harness.DataPage:
		return "Pages at data: URLs"
	default:
		return "Pages at " + from
	}
}

// anyPage names the pages that can have the origin that asked.
func (h harmed) anyPage() string {
	from := h.step.Request.From
	switch {
	case h.origin() == harness.OpaqueOrigin:
		return "Any site, by a sandboxed page or one at a data: URL,"
	case h.harm == behaviour.AnyoneReads:
		return "Any page, such as one at " + from + ","
	case strings.HasPrefix(from, "http:"):
		return "Any page at " + from + ", which any attacker on the network can forge,"
	}
	return "Any page at " + from
}

// origin returns the value that the server got: the origin of the page, serialized.
func (h harmed) origin() string {
	switch from := h.step.Request.From; from {
	case harness.OpaqueOrigin, harness.DataPage, harness.FilePage:
		return harness.OpaqueOrigin
	default:
		return from
	}
}

// asUser says whether the page reads as the signed-in user. It did, or it only has to ask
// with credentials, because every response allows them to this very origin.
// https://fetch.spec.whatwg.org/#cors-check
func (h harmed) asUser() bool {
	if h.step.Request.Credentials == harness.Include {
		return true
	}
	answered := false
	for _, e := range h.seen.Exchanges {
		if e.Withheld { // what answered is not the server
			continue
		}
		answered = true
		origin, _ := e.ResponseHeaders.Get(web.NameAllowOrigin)
		credentials, _ := e.ResponseHeaders.Get(web.NameAllowCredentials)
		if credentials != "true" || origin != h.origin() {
			return false
		}
	}
	return answered
}

// cookies says which cookies are sent. A page of the same site always sends them; a page
// of another site sends only cookies with SameSite=None. A page of http is of another
// site than a page of https.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-same-site-and-cross-site-re
func (h harmed) cookies() string {
	target, err := oracle.ParseURL(h.step.Request.URL, nil)
	from := oracle.ParseOrigin(h.step.Request.From)
	if err == nil && oracle.SameSite(from, target.Origin()) {
		return ": it is of the same site, so the browser sends even cookies with SameSite=Lax or Strict"
	}
	return ", by cookies with SameSite=None where the browser allows third-party cookies"
}

// headers names the headers that the page set and that need a permission.
func (h harmed) headers() string {
	var names []string
	for _, f := range h.step.Request.Headers {
		if !oracle.CORSSafelistedRequestHeader(f.Name, f.Value) {
			names = append(names, short(f.Name))
		}
	}
	return strings.Join(names, ", ")
}

// with names the headers and credentials of the request.
func (h harmed) with() string {
	switch names, credentials := h.headers(), h.step.Request.Credentials == harness.Include; {
	case names != "" && credentials:
		return " with credentials and " + names
	case names != "":
		return " with " + names
	case credentials:
		return " with credentials"
	}
	return ""
}

// exposed names the first headers that the script could read and should not.
func (h harmed) exposed() string {
	const most = 5
	var names []string
	for _, f := range h.seen.Script.Headers {
		listed := len(oracle.CORSExposedHeaders("", harness.Header{f})) > 0 // the header is safelisted
		for _, name := range h.step.Exposed {
			listed = listed || strings.EqualFold(name, f.Name)
		}
		switch {
		case listed:
		case len(names) == most:
			return strings.Join(names, ", ") + " and more"
		default:
			names = append(names, short(f.Name))
		}
	}
	return strings.Join(names, ", ")
}

// short is a name that fits into a sentence.
func short(name string) string {
	const most = 60
	if len(name) > most {
		return name[:most] + "..."
	}
	return name
}
