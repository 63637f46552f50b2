package differential

import (
	"context"
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// cookie is set by every secure server of the grammar before the first question.
// A request that has it included credentials.
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
const cookie = "corsproof=1"

// setCookies lets each secure server set the cookie.
func (r *Run) setCookies(ctx context.Context) error {
	origins := []string{"https://" + http2}
	for _, p := range pages {
		origins = append(origins, p.value.own)
		for _, other := range p.value.others {
			origins = append(origins, other.value)
		}
	}
	page := pages[0].value.from
	for _, origin := range origins {
		if !keepsCookie(origin) {
			continue
		}
		place := r.Network.Add(servers.Case{Reply: servers.Reply{
			Header: lines(acao, page, acac, "true", "Set-Cookie", cookie+"; Path=/; SameSite=None; Secure")}})
		_, err := r.Chrome.Fetch(ctx, harness.Request{From: page, URL: place.URL(origin), Credentials: harness.Include})
		place.Close()
		if err != nil {
			return fmt.Errorf("set the cookie of %s: %w", origin, err)
		}
	}
	return nil
}

// keepsCookie says whether Chrome keeps a secure cookie for a URL or an origin.
func keepsCookie(url string) bool {
	if strings.HasPrefix(url, "https://xn--a.test/") || strings.HasPrefix(url, "https://a.test/") {
		return false // nobody answers there
	}
	return strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://api.localhost")
}

// credentials compares whether credentials were included, by the cookie.
func credentials(a Account) differing {
	var l differing
	for i, e := range a.Chrome.Exchanges {
		if i >= len(a.Seen.Arrivals) || a.Seen.Arrivals[i].URL != e.URL || !keepsCookie(e.URL) {
			break // reported as another difference
		}
		value, _ := a.Seen.Arrivals[i].Headers.Get("Cookie")
		l.add(e.Method+" "+e.URL+": credentials", fmt.Sprint(strings.Contains(value, cookie)), fmt.Sprint(e.Credentials))
	}
	return l
}
