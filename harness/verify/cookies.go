package verify

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// Cookies returns the cookies that the browser holds for the policy's target. A cookie
// without SameSite is sent across sites where the target allows it (https): the run asks
// what a page reads with the cookie.
// https://www.rfc-editor.org/rfc/rfc6265#section-4.1
func Cookies(p policy.Policy) []harness.SetCookie {
	var list []harness.SetCookie
	for _, c := range p.Ask.Cookies {
		line := c.Name + "=" + c.Value
		_, attributes, _ := web.CutSetCookie(c.Value)
		if strings.HasPrefix(p.Target, "https:") && !web.HasCookieAttribute(web.CookieAttributes(attributes), "SameSite") {
			line += "; SameSite=None; Secure"
		}
		list = append(list, harness.SetCookie{URL: p.Target, Line: line})
	}
	return list
}
