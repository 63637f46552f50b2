package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Explain says what an Observation means: the row of its Reason, made specific
// with what the evidence proves and nothing more.
func Explain(o Observation) Explanation { return hypothetically(o, explain(o)) }

func explain(o Observation) Explanation {
	if o.Withheld() {
		return explainWithheld(o)
	}
	switch o.Verdict {
	case Readable:
		return explainReadable(o)
	case Opaque:
		return explainOpaque(o)
	case Blocked:
		return explainBlocked(o)
	}
	return Explanation{
		Meaning: "There is no verdict: nothing was asked, or the evidence is missing.",
		Remedy:  "Read the error that came with this observation.",
		Anchor:  anchorProtocol,
	}
}

// opaqueRow is the meaning of the verdict opaque.
var opaqueRow = Explanation{
	"The script holds a response that it cannot look into: status 0, no headers, no body.",
	"Have the page ask without mode no-cors (or, for a redirect, with mode follow), and make the server send Access-Control-Allow-Origin.",
	anchorOpaque,
}

// evidence is an Observation with the part that decided.
type evidence struct {
	Observation
	// by is the Exchange that decided; the zero Exchange where none was made.
	by Exchange
	// origin is what Chrome compared Access-Control-Allow-Origin with: the
	// Origin that was sent, which is null after a redirect between two origins.
	origin string
	// allowed is the value of Access-Control-Allow-Origin.
	allowed string
	// credentials says that the credentials mode was include.
	credentials bool
}

// gather finds the part that decided.
func gather(o Observation) evidence {
	e := evidence{Observation: o, by: deciding(o), credentials: o.Request.Credentials == Include}
	e.origin = originOf(o, e.by)
	e.allowed, _ = e.by.ResponseHeaders.Get(web.NameAllowOrigin)
	return e
}

// server names the server of the exchange that decided: by its origin where a redirect led
// to it.
func (e evidence) server() string {
	if isRedirected(e) {
		return brief(web.OriginOf(e.by.URL))
	}
	return "the server"
}

// theServer is server at the beginning of a sentence.
func (e evidence) theServer() string {
	if isRedirected(e) {
		return e.server()
	}
	return "The server"
}

// deciding returns the last preflight where a preflight was refused, and the
// last other exchange otherwise.
func deciding(o Observation) Exchange {
	if i := lastExchange(o, o.Verdict == Blocked && isPreflight(o.Reason)); i >= 0 {
		return o.Exchanges[i]
	}
	return Exchange{}
}

// lastExchange is the place of the last preflight, or of the last other exchange, or -1.
// Where a service worker answered for the page, it is an exchange of the service worker.
func lastExchange(o Observation, preflight bool) int {
	delegated := o.delegated()
	for i, e := range slices.Backward(o.Exchanges) {
		if (e.Kind == Preflight) == preflight && (e.Controller || !delegated) {
			return i
		}
	}
	return -1
}

// isPreflight says whether the reason is about the response to a preflight.
func isPreflight(r Reason) bool {
	_, is := preflightRows[r]
	return is
}

// refinement makes a row specific. It returns false where the evidence does not
// support it.
type refinement func(e evidence, row Explanation) (Explanation, bool)

// refinements are tried in order; the first that applies wins.
var refinements = map[Reason][]refinement{
	MissingAllowOriginHeader:            {cachedWithout, originLostBare, redirectWithout, sharedCache, bareWithout, errorWithout},
	PreflightMissingAllowOriginHeader:   {preflightUnrouted, preflightUnauthorized, preflightCrashed, originLostBare, preflightBare},
	PreflightInvalidStatus:              {preflightUnrouted, preflightUnauthorized, preflightCrashed, preflightStatus},
	PreflightDisallowedRedirect:         {preflightRedirected},
	AllowOriginMismatch:                 {cachedForAnother, originLost, originOpaque, sharedCache, originDiffers},
	PreflightAllowOriginMismatch:        {originLost, originOpaque, originDiffers},
	MultipleAllowOriginValues:           {originTwice, originList},
	PreflightMultipleAllowOriginValues:  {originTwice, originList},
	InvalidAllowOriginValue:             {originInvalid},
	PreflightInvalidAllowOriginValue:    {originInvalid},
	InvalidAllowCredentials:             {credentialsValue},
	PreflightInvalidAllowCredentials:    {credentialsValue},
	HeaderDisallowedByPreflightResponse: {headerOfServer, headerWildcard, headerOfTracing, headerUnlisted},
	MethodDisallowedByPreflightResponse: {methodCase, methodWildcard, methodUnlisted},

	InvalidAllowMethodsPreflightResponse: {unparsable(web.NameAllowMethods)},
	InvalidAllowHeadersPreflightResponse: {unparsable(web.NameAllowHeaders)},
	LocalNetworkAccessPermissionDenied:   {localNetworkDenied},
	InsecureLocalNetwork:                 {localNetworkInsecure},
	RequestRefused:                       {workerElsewhere, refusedMethod, refusedURL},
	BlockedByCSP:                         {directive},
	BlockedByMixedContent:                {redirectInsecure},
	BlockedByIntegrity:                   {integrityOpaque},
	BlockedByORB:                         {orbError, orbType},
	RedirectRefused:                      {redirectRefusedTo},
	ResponseUnusable:                     {unusable},
	ServiceWorkerAnswer:                  {workersAnswer},
}

// explainBlocked explains the verdict blocked.
func explainBlocked(o Observation) Explanation {
	row, _ := o.Reason.Explain()
	if isPreflight(o.Reason) && slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return e.Unseen }) {
		return row // the preflight is not known
	}
	e := gather(o)
	for _, refine := range refinements[o.Reason] {
		if refined, applies := refine(e, row); applies {
			row = refined
			break
		}
	}
	row.Remedy = strings.Replace(row.Remedy, orWithoutCredentials, alternative(o.Request), 1)
	row.Remedy = strings.Replace(row.Remedy, orWithCORS, readableAlternative(o.Request), 1)
	return row
}

// refine returns the row with another meaning and remedy.
func (row Explanation) refine(remedy, meaning string, args ...any) (Explanation, bool) {
	return Explanation{Meaning: fmt.Sprintf(meaning, args...), Remedy: remedy, Anchor: row.Anchor}, true
}

// sameOrigin says whether a URL belongs to an origin.
func sameOrigin(rawURL, origin string) bool {
	u, err := web.ParseURL(rawURL, nil)
	return err == nil && web.SameOrigin(u.Origin(), web.ParseOrigin(origin))
}

// localNetworkDenied names the address space that was out of reach.
func localNetworkDenied(e evidence, row Explanation) (Explanation, bool) {
	if e.Page.Barred {
		remedy := "Take the feature (loopback-network or local-network) out of the page's Permissions-Policy, which no answer of the user overrides."
		if e.Request.Within != "" {
			remedy = `Have the page around the frame allow it: <iframe allow="loopback-network; local-network">.`
		}
		return row.refine(remedy, "A permissions policy forbids the page to reach the local network and this machine, so the user was not asked and nothing was sent.")
	}
	if e.by.AddressSpace == "" {
		return row, false
	}
	return row.refine(row.Remedy, "The server is in the %s address space, which this page may not reach: permission was denied, so nothing was sent.",
		strings.ToLower(string(e.by.AddressSpace)))
}

// localNetworkInsecure says that the page is on http.
func localNetworkInsecure(e evidence, row Explanation) (Explanation, bool) {
	if !strings.HasPrefix(e.Request.From, "http://") {
		return row, false
	}
	return row.refine(row.Remedy, "The page is on http, and only a page on https may ask for a server on the local network or on this machine, so nothing was sent.")
}

// refusedMethod names a method that a page cannot use, either never or not in this mode.
// https://fetch.spec.whatwg.org/#forbidden-method
func refusedMethod(e evidence, row Explanation) (Explanation, bool) {
	used := method(e.Request)
	switch {
	case web.IsForbiddenMethod(used):
		return row.refine("Have the page use another method.", "Browsers forbid the method %s, so nothing was sent.", clean(used))
	case e.Request.EffectiveMode() == NoCORS && !web.IsCORSSafelistedMethod(web.NormalizeMethod(used)):
		return row.refine("Have the page ask with mode cors.", "Mode no-cors allows only GET, HEAD and POST, not %s, so nothing was sent.", clean(used))
	}
	return row, false
}

// refusedURL says that the URL has a user name or a password in it.
func refusedURL(e evidence, row Explanation) (Explanation, bool) {
	u, err := web.ParseURL(e.Request.URL, nil)
	if err != nil || u.Userinfo == "" {
		return row, false
	}
	return row.refine("Have the page take the user name and password out of the URL and send them in Authorization.",
		"The URL has a user name or a password in it, so nothing was sent.")
}

// redirectRefusedTo names where the redirect leads.
func redirectRefusedTo(e evidence, row Explanation) (Explanation, bool) {
	location, ok := e.by.ResponseHeaders.Get(web.NameLocation)
	if !ok {
		return row, false
	}
	return row.refine(row.Remedy, "The page asked with redirect mode error, and the server redirected to %s.", brief(location))
}

// redirectInsecure names the URL of a redirect that the page may not follow.
func redirectInsecure(e evidence, row Explanation) (Explanation, bool) {
	if e.by.Kind != RedirectHop {
		return row, false
	}
	return row.refine("Make the server redirect to an https URL, or have the page ask for the final URL over https.",
		"The server redirected to %s, and a page on https may ask only https URLs, so the redirect was not followed.", brief(e.by.URL))
}

// directive names the directive that forbids the request.
func directive(e evidence, row Explanation) (Explanation, bool) {
	if e.Parameter == "" {
		return row, false
	}
	return row.refine("Add "+brief(web.OriginOf(e.Request.URL))+" to "+clean(e.Parameter)+" in the page's Content-Security-Policy.",
		"The page's own Content-Security-Policy does not let it ask for this URL, so nothing was sent.")
}
