package harness

import (
	"slices"
	"strings"
)

// explainCookie explains a readable response to a request with credentials of which the
// browser refused the cookie, and whether there is such a cookie. Where another cookie
// went along, that one decides who the user is.
func explainCookie(e evidence) (Explanation, bool) {
	if !e.credentials || len(sentCookies(e.by)) > 0 {
		return Explanation{}, false
	}
	const anchor = anchorCredentials
	if c := heldBackCookie(e.by); c != nil {
		return Explanation{"The script could read the response, but the browser did not send the cookie " + brief(c.Name) + ": " + heldBack(*c) + ".", cookieRemedy(*c), anchor}, true
	}
	if len(e.by.NotStored) > 0 {
		c := e.by.NotStored[0]
		return Explanation{"The script could read the response, but the browser did not store the cookie " + brief(c.Name) + ": " + cookieCauses(c) + ".", cookieRemedy(c), anchor}, true
	}
	return Explanation{}, false
}

// heldBackCookie returns the first cookie for the URL that was held back. A cookie for
// another URL is no news.
func heldBackCookie(e Exchange) *Cookie {
	i := slices.IndexFunc(e.Cookies, func(c Cookie) bool { return !c.Sent && !c.isForAnotherURL() })
	if i < 0 {
		return nil
	}
	return &e.Cookies[i]
}

// isForAnotherURL says whether a cookie never goes along to a URL, whoever asks.
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.8.3
func (c Cookie) isForAnotherURL() bool {
	return slices.ContainsFunc(c.Blocked, func(reason string) bool {
		return slices.Contains([]string{"NotOnPath", "DomainMismatch", "PortMismatch", "SchemeMismatch"}, reason)
	})
}

// Refused says in words why the browser refused the cookie, and what to do about it. It is
// for a cookie that was not sent or not stored.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-retrieval-model
func (c Cookie) Refused() (cause, remedy string) { return cookieCauses(c), cookieRemedy(c) }

// cookieRemedy says what to do about a cookie that the browser refused.
func cookieRemedy(c Cookie) string {
	has := func(part string) bool {
		return slices.ContainsFunc(c.Blocked, func(reason string) bool { return strings.Contains(reason, part) })
	}
	switch {
	case has("SameSiteNoneInsecure"):
		return "Make the server set the cookie with Secure as well."
	case has("SameSite"):
		return "Make the server set the cookie with SameSite=None; Secure, and see that the browser allows third-party cookies."
	case has("UserPreferences"), has("ThirdParty"):
		return "Have the user allow third-party cookies, or serve the page and the server from one site."
	case has("SecureOnly"):
		return "Serve the URL over https."
	}
	return "Change the attribute that the browser names in the server's Set-Cookie."
}

// cookieReasons are Chrome's reasons for not sending or not storing a cookie, in words.
// Chrome 156 gives the reasons that begin with Schemeful for a page of any other site,
// not only for a page whose scheme alone differs.
var cookieReasons = map[string]string{
	"SecureOnly":                               "it is Secure, and the URL is not https",
	"NotOnPath":                                "its Path is another",
	"DomainMismatch":                           "its Domain is another",
	"SameSiteStrict":                           "it is SameSite=Strict, and the page is of another site",
	"SameSiteLax":                              "it is SameSite=Lax, and the page is of another site",
	"SameSiteUnspecifiedTreatedAsLax":          "it has no SameSite, which counts as Lax, and the page is of another site",
	"SameSiteNoneInsecure":                     "it is SameSite=None without Secure",
	"UserPreferences":                          "the browser is set to block third-party cookies",
	"ThirdPartyPhaseout":                       "the browser no longer sends third-party cookies",
	"UnknownError":                             "Chrome does not say why",
	"SchemefulSameSiteStrict":                  "it is SameSite=Strict, and the page is of another site or scheme",
	"SchemefulSameSiteLax":                     "it is SameSite=Lax, and the page is of another site or scheme",
	"SchemefulSameSiteUnspecifiedTreatedAsLax": "it has no SameSite, which counts as Lax, and the page is of another site or scheme",
	"NameValuePairExceedsMaxSize":              "it is too long",
	"PortMismatch":                             "it was set for another port",
	"SchemeMismatch":                           "it was set for another scheme",
	"SyntaxError":                              "its syntax is wrong",
	"SchemeNotSupported":                       "the URL's scheme has no cookies",
	"OverwriteSecure":                          "the browser holds a Secure cookie of this name",
	"InvalidDomain":                            "this host may not set its Domain",
	"InvalidPrefix":                            "its name begins with __Secure- or __Host-, and it breaks the rules of that prefix",
	"DisallowedCharacter":                      "it has a character that is not allowed in a cookie",
	"NoCookieContent":                          "it has neither a name nor a value",
	"AnonymousContext":                         "the page is in a context without cookies",
}

// heldBack says in words why a cookie was not sent.
func heldBack(c Cookie) string {
	if len(c.Blocked) == 0 {
		return "held back, Chrome does not say why"
	}
	return "held back: " + cookieCauses(c)
}

// cookieCauses says in words why the browser refused a cookie.
func cookieCauses(c Cookie) string {
	if len(c.Blocked) == 0 {
		return "Chrome does not say why"
	}
	var words []string
	for _, reason := range c.Blocked {
		text, known := cookieReasons[reason]
		if !known {
			text = "Chrome says " + clean(reason)
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}
