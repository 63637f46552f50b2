package bidi

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// preference is a preference of Firefox with the reason why it is set.
type preference struct {
	Name   string
	Value  any // a bool, an int or a string
	Reason string
}

// The values of network.cookie.cookieBehavior.
const (
	acceptCookies    = 0 // of every site, everywhere
	partitionCookies = 5 // Firefox's default: a site in another one's page has a jar of its own
)

// preferencesOf are the preferences of a Firefox with these options, beside the recommended
// preferences, by which Firefox itself keeps tests from being disturbed. The proxy is the address of the
// SOCKS proxy; empty: there is none.
func preferencesOf(o engine.Options, proxy string) []preference {
	cookies := preference{"network.cookie.cookieBehavior", partitionCookies, "third-party cookies are denied: Firefox partitions them, as by default"}
	if o.ThirdPartyCookies {
		cookies = preference{"network.cookie.cookieBehavior", acceptCookies, "third-party cookies are granted"}
	}
	list := []preference{
		cookies,
		{"dom.security.https_first", false, "an http page stays an http page"},
		{"dom.security.https_only_mode", false, "an http page stays an http page"},
		{"dom.security.https_first_for_custom_ports", false, "an http page stays an http page"},
		{"network.captive-portal-service.enabled", false, "Firefox asks nothing on its own"},
		{"network.connectivity-service.enabled", false, "Firefox asks nothing on its own"},
		{"network.trr.mode", 5, "names are resolved by the system"},
		{"network.prefetch-next", false, "nothing is asked ahead"},
		{"network.dns.disablePrefetch", true, "nothing is asked ahead"},
		{"network.http.speculative-parallel-limit", 0, "nothing connects ahead"},
		{"browser.cache.disk.enable", false, "the cache is in memory"},
		{"browser.contentblocking.category", "custom", "the cookie preference above holds"},
		{"privacy.trackingprotection.enabled", false, "no list blocks requests"},
		{"privacy.trackingprotection.pbmode.enabled", false, "no list blocks requests"},
		{"signon.rememberSignons", false, "no password is offered"},
		{"network.auth.subresource-http-auth-allow", 0, "no prompt asks for a name and a password"},
		{"media.autoplay.default", 0, "media loads without a click"},
		{"media.block-autoplay-until-in-foreground", false, "media loads in every tab"},
		{"dom.ipc.processPrelaunch.enabled", false, "no process waits for a page that never comes"},
		{"datareporting.policy.dataSubmissionEnabled", false, "nothing is reported"},
		{"app.normandy.enabled", false, "Firefox asks nothing on its own"},
	}
	if o.HTTP1 {
		list = append(list, preference{"network.http.http2.enabled", false, "HTTP/1.1 only"})
	}
	list = append(list, preference{"network.http.http3.enable", false, "nothing is asked by HTTP/3"})
	if proxy != "" {
		list = append(list,
			preference{"network.proxy.type", 2, "a script says which names lead to the proxy"},
			preference{"network.proxy.autoconfig_url", "data:application/x-ns-proxy-autoconfig," + url.PathEscape(proxyScript(o, proxy)), "the names of the fixture network, and of Resolve, lead to the proxy"},
			preference{"network.proxy.allow_hijacking_localhost", true, "names under .localhost lead to the proxy"},
		)
	}
	return list
}

// proxyScript is a proxy auto-configuration: names of ours lead to the proxy, and every other name
// is asked directly.
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Proxy_servers_and_tunneling/Proxy_Auto-Configuration_PAC_file
func proxyScript(o engine.Options, proxy string) string {
	var tests []string
	for _, rule := range o.HostRules {
		if words := strings.Fields(rule); len(words) == 3 && words[0] == "MAP" {
			tests = append(tests, fmt.Sprintf("shExpMatch(host, %q)", words[1]))
		}
	}
	for _, a := range o.Addresses {
		tests = append(tests, fmt.Sprintf("host === %q", a.Host))
	}
	return fmt.Sprintf(`function FindProxyForURL(url, host) { return %s ? "SOCKS5 %s" : "DIRECT"; }`, strings.Join(tests, " || "), proxy)
}

// userFile is the file user.js of a profile with these preferences.
func userFile(list []preference) ([]byte, error) {
	var b strings.Builder
	b.WriteString("user_pref(\"remote.prefs.recommended\", true);\n")
	for _, p := range list {
		value, err := json.Marshal(p.Value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "user_pref(%q, %s);\n", p.Name, value)
	}
	return []byte(b.String()), nil
}
