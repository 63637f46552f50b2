package verify

import (
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// madeUp is the cookie of a browser that the policy gives none: a server may answer
// every request with a cookie as that of a signed-in client.
var madeUp = harness.Field{Name: "corsproof", Value: "1"}

// Cookies are the cookies that the browser should hold for the target of a policy: those of
// the policy, or else one that is made up. A cookie that says nothing of SameSite goes
// along across sites, where it may: what is to be found out is what a page reads with it.
// https://www.rfc-editor.org/rfc/rfc6265#section-4.1
func Cookies(p policy.Policy) []harness.SetCookie {
	cookies := p.Ask.Cookies
	if len(cookies) == 0 {
		cookies = harness.Header{madeUp}
	}
	var list []harness.SetCookie
	for _, c := range cookies {
		line := c.Name + "=" + c.Value
		_, attributes, _ := web.CutSetCookie(c.Value)
		if web.TakesSecureCookies(p.Target) && !web.HasCookieAttribute(web.CookieAttributes(attributes), "SameSite") {
			line += "; SameSite=None; Secure"
		}
		list = append(list, harness.SetCookie{URL: p.Target, Line: line})
	}
	return list
}
