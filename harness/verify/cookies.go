package verify

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// Cookies are those that a policy wants the browser to hold for its target. One that
// says nothing of SameSite goes along across sites, where it may: what is to be found
// out is what a page reads with it.
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
