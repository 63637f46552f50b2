package diagnose

import (
	"errors"
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// settings are the causes that lie in the browser of the user.
var settings = []Cause{{
	// https://w3c.github.io/webappsec-permissions-policy/#is-feature-enabled
	ID:       "local-network-barred",
	Symptoms: []harness.Reason{harness.LocalNetworkAccessPermissionDenied, harness.BlockedByLocalNetworkChecks},
	fits:     func(c *patient) bool { return c.d.Seen.Page.Barred },
	judge:    shown,
	cause:    meaning,
	layer: fixed(Page, func(c *patient) []string {
		return append(spaces(c), "a permissions policy of the page, or of the page around its frame, decides before the user is asked")
	}),
	trial: changing(func(r *harness.Request) {
		r.PageHeaders, r.WithinHeaders = without(r.PageHeaders, "Permissions-Policy"), without(r.WithinHeaders, "Permissions-Policy")
		if r.Within != "" {
			r.FrameAllow = strings.TrimPrefix(r.FrameAllow+"; loopback-network; local-network; local-network-access", "; ")
		}
	}),
}, {
	// https://wicg.github.io/local-network-access/#permission-prompt
	ID:       "local-network-denied",
	Symptoms: []harness.Reason{harness.LocalNetworkAccessPermissionDenied, harness.BlockedByLocalNetworkChecks},
	Not:      "that the browser's permission for the local network alone is at fault",
	fits:     func(c *patient) bool { return !c.d.Seen.Page.Barred },
	judge:    shown,
	cause: func(c *patient) string {
		return "The browser did not let the page reach the local network or this machine, so nothing was sent: no header of the server changes that."
	},
	layer: fixed(Setting, spaces),
	remedy: func(c *patient) string {
		return "Have the user allow local network access for " + c.d.Seen.Page.Origin + ", in the prompt or in the settings of the site."
	},
	trial: changing(func(*harness.Request) {}),
	by: func(c *patient) (Asker, func() error) {
		return c.otherBrowser(func(b *harness.Browser) { b.LocalNetwork = harness.PermissionGranted })
	},
	untried: "there is no second browser to allow local network access in.",
	helps: func(_ *patient, o harness.Observation) bool {
		return usable(o) || o.Verdict == harness.Blocked && o.Reason != harness.LocalNetworkAccessPermissionDenied && o.Reason != harness.BlockedByLocalNetworkChecks && asked(o)
	},
}, {
	// https://wicg.github.io/local-network-access/#secure-context-restriction
	ID:       "local-network-insecure",
	Symptoms: []harness.Reason{harness.InsecureLocalNetwork, harness.InvalidLocalNetworkAccess},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Page, spaces),
	remedy:   func(c *patient) string { return "Serve the page over https. No header of the server changes this." },
	trial: changing(func(r *harness.Request) {
		r.From = strings.Replace(r.From, "http://", "https://", 1)
		r.OpaqueScheme = strings.Replace(r.OpaqueScheme, "http", "https", 1)
	}),
	helps: func(_ *patient, o harness.Observation) bool { return usable(o) || asked(o) },
}, {
	ID:       "browser-blocks",
	Symptoms: []harness.Reason{harness.BlockedByClient, harness.BlockedByAdministrator, harness.BlockedBySubresourceFilter, harness.BlockedByInspector},
	fits:     always,
	judge:    shown,
	cause:    meaning,
	layer:    fixed(Setting, reason),
	untried:  "an extension, a policy or a filter of this browser decides, and there is no browser without it here.",
}}

// spaces are the address spaces of the page and of the server.
func spaces(c *patient) []string {
	told := []string{"the page is in the address space " + strings.ToLower(string(c.d.Seen.Page.AddressSpace))}
	for _, e := range c.d.Seen.Exchanges {
		if e.AddressSpace != "" {
			told = append(told, "the server is in the address space "+strings.ToLower(string(e.AddressSpace)))
			break
		}
	}
	if !asked(c.d.Seen) {
		told = append(told, "no request left the browser")
	}
	return append(told, reason(c)...)
}

// otherBrowser starts a browser that is like the asker's but for a setting. It returns nil
// where the asker is no browser of ours.
func (c *patient) otherBrowser(set func(*harness.Browser)) (Asker, func() error) {
	b := browserOf(c.asker)
	if b == nil {
		return nil, nil
	}
	other := &harness.Browser{Path: b.Path, Network: b.Network, LocalNetwork: b.LocalNetwork, ThirdPartyCookies: b.ThirdPartyCookies, CA: b.CA, Resolve: b.Resolve,
		HTTP1: b.HTTP1, HTTP3: b.HTTP3, Windowless: b.Windowless, Cookies: b.Cookies, Flags: b.Flags, Timeout: b.Timeout}
	set(other)
	if p, is := c.asker.(*harness.Profile); is {
		profile := &harness.Profile{Browser: other, Cookies: p.Cookies}
		return profile, func() error { return errors.Join(profile.Close(), other.Close()) }
	}
	return other, other.Close
}

// withThirdParties is a browser that allows third-party cookies.
func (c *patient) withThirdParties() (Asker, func() error) {
	return c.otherBrowser(func(b *harness.Browser) { b.ThirdPartyCookies = harness.PermissionGranted })
}

// withLaxCookies is a profile whose cookies are sent across sites. It returns nil where the
// browser holds no cookies from the start.
func (c *patient) withLaxCookies() (Asker, func() error) {
	b := browserOf(c.asker)
	if b == nil {
		return nil, nil
	}
	held := b.Cookies
	if p, is := c.asker.(*harness.Profile); is {
		held = append(held[:len(held):len(held)], p.Cookies...)
	}
	if len(held) == 0 {
		return nil, nil
	}
	profile := &harness.Profile{Browser: b}
	for _, k := range held {
		profile.Cookies = append(profile.Cookies, harness.SetCookie{URL: strings.Replace(k.URL, "http://", "https://", 1), Line: acrossSites(k.Line)})
	}
	return profile, profile.Close
}

// acrossSites is a line of Set-Cookie with SameSite=None; Secure.
func acrossSites(line string) string {
	parts := strings.Split(line, ";")
	kept := parts[:1]
	for _, part := range parts[1:] {
		name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), "=")
		if name != "samesite" && name != "secure" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ";") + "; SameSite=None; Secure"
}
