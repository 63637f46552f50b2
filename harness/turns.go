package harness

import (
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// turn is a key that only one question at a time may have: a URL and a page or,
// where the server reports what arrived, the URL alone. It identifies the
// question of a console line or an arrival.
type turn struct {
	pool    *engine.Pool
	options engine.PageOptions
	url     string
}

// turnOf returns the turn that the question needs.
func (b *Browser) turnOf(r Request, pool *engine.Pool, options engine.PageOptions) turn {
	if r.Controller.given() { // its service worker may ask for any URL
		return turn{pool: pool, options: options}
	}
	target, _, _ := strings.Cut(r.URL, "#")
	if binding := bindingURL(r); upgraded(binding) != "" {
		target = upgraded(binding)
	}
	if b.Network != nil && b.Network.Serves(target) {
		return turn{url: target}
	}
	return turn{pool, options, target}
}

// bindingURL is the URL that identifies a request without a stack: as browsers write
// it, without the fragment. It is empty where the stack identifies the request.
func bindingURL(r Request) string {
	if r.Via.bearsStack() || r.Via == ViaAudioWorklet {
		return ""
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return r.URL
	}
	u.Fragment, u.RawFragment = "", ""
	if asked, err := web.ParseURL(r.URL, nil); err == nil && asked.Host != "" {
		u.Host = asked.Authority()
	}
	if r.Via == ViaWebSocket {
		u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// upgraded is the URL that a secure page asks for instead of an insecure one, if it is
// an image, audio or video; empty where there is none.
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func upgraded(binding string) string {
	rest, insecure := strings.CutPrefix(binding, "http://")
	if !insecure {
		return ""
	}
	return "https://" + rest
}
