package verify

import (
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// madeUp is the cookie that the browser holds if the policy has no cookie: some servers
// reflect the origin of every request with a cookie.
var madeUp = harness.Field{Name: "corsproof", Value: "1"}

// Cookies returns the cookies that the browser holds for the policy's target: the cookies
// of the policy, or one that is made up. A cookie without SameSite is sent across sites
// where the target allows it (https, or this machine): the run asks what a page reads with
// the cookie.
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
