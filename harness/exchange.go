package harness

import (
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// exchanges makes an Exchange of each request that the browser reported.
func exchanges(requests []engine.Request) []Exchange {
	list := make([]Exchange, 0, len(requests))
	asked := map[bool]bool{}
	for _, r := range requests {
		e := Exchange{
			Kind: RedirectHop, Method: r.Method, URL: r.URL, Sent: r.Sent, Controller: r.Controller, Unseen: r.Unseen, Withheld: r.Withheld,
			RequestHeaders: headerOf(r.RequestHeaders), Cookies: cookiesOf(r.Cookies), NotStored: cookiesOf(r.NotStored),
			Status: r.Status, ResponseHeaders: headerOf(r.ResponseHeaders), Protocol: r.Protocol, FromCache: r.FromCache,
			AddressSpace: AddressSpace(r.AddressSpace), NetError: r.NetError, Server: serverOf(r),
		}
		switch {
		case r.Preflight:
			e.Kind = Preflight
		case !asked[r.Controller]:
			e.Kind, asked[r.Controller] = ActualRequest, true
		}
		list = append(list, e)
	}
	return list
}

// shared says whether the response came, although no request was sent for it and the browser
// names no cache: Chrome lets a request wait while another one for the URL is under way, and
// gives both the same answer. https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (e Exchange) shared() bool {
	return e.Kind != Preflight && !e.Sent && !e.Unseen && !e.Withheld && e.FromCache == "" && web.IsOKStatus(e.Status) && strings.HasPrefix(e.URL, "http")
}

// headerOf makes a Header of lines; without lines it is empty, not nil.
func headerOf(lines []engine.Header) Header {
	list := make(Header, 0, len(lines))
	for _, l := range lines {
		list = append(list, Field(l))
	}
	return list
}

// cookiesOf makes a Cookie of each cookie that the browser reported.
func cookiesOf(told []engine.Cookie) []Cookie {
	var list []Cookie
	for _, c := range told {
		list = append(list, Cookie(c))
	}
	return list
}
