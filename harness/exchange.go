package harness

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/trace"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// exchanges words what Chrome told about each request.
func exchanges(requests []*trace.Request) []Exchange {
	list := make([]Exchange, 0, len(requests))
	asked := false
	for _, r := range requests {
		kind := RedirectHop
		switch {
		case r.Preflight:
			kind = Preflight
		case !asked:
			kind, asked = ActualRequest, true
		}
		list = append(list, exchange(kind, r))
	}
	return list
}

// exchange words one request.
func exchange(kind ExchangeKind, r *trace.Request) Exchange {
	e := Exchange{
		Kind:            kind,
		Method:          r.Method,
		URL:             r.URL,
		Sent:            r.Sent != nil || r.Unseen && r.Answered(),
		Unseen:          r.Unseen,
		Withheld:        r.Withheld,
		RequestHeaders:  Header{},
		ResponseHeaders: Header{},
	}
	if r.Sent != nil {
		e.RequestHeaders = fields(r.Sent.Headers)
		e.Cookies = cookies(r.Sent.AssociatedCookies)
	}
	if r.Withheld {
		return e // what answered is not the server
	}
	if r.Response != nil {
		e.Status = int(r.Response.Status)
		e.ResponseHeaders = fields(r.Response.Headers)
		e.Protocol = r.Response.Protocol
		e.FromCache = cacheOf(r)
	}
	if r.Received != nil {
		e.received(r.Received)
	}
	e.socket(r)
	if r.Failed != nil && r.Failed.CorsErrorStatus == nil && r.Failed.BlockedReason == "" {
		e.NetError = r.Failed.ErrorText
	}
	return e
}

// socket takes what is known of the handshake of a WebSocket.
func (e *Exchange) socket(r *trace.Request) {
	if r.Handshake != nil {
		e.Sent, e.RequestHeaders = true, fields(r.Handshake.Headers)
	}
	if r.Accepted != nil {
		e.Status, e.ResponseHeaders, e.Protocol = int(r.Accepted.Status), fields(r.Accepted.Headers), "http/1.1"
	}
	if r.SocketError != "" {
		e.NetError = cmp.Or(netError.FindString(r.SocketError), "net::ERR_INVALID_RESPONSE") // what the text stands for
	}
}

// netError finds the code in the text by which Chrome tells why a WebSocket
// failed: it has no field for it.
var netError = regexp.MustCompile(`net::ERR_\w+`)

// received takes what was on the wire, which is nearer to the truth than what the
// renderer was told: it is there for refused responses, too, and its text has
// the lines as they came.
func (e *Exchange) received(info *network.EventResponseReceivedExtraInfo) {
	if e.Status == 0 {
		e.Status = int(info.StatusCode)
	}
	e.AddressSpace = AddressSpace(info.ResourceIPAddressSpace)
	e.NotStored = notStored(info.BlockedCookies)
	if info.HeadersText == "" {
		e.ResponseHeaders = fields(info.Headers)
		if e.Protocol == "" && len(e.RequestHeaders.Values(":authority")) > 0 {
			e.Protocol = "h2"
		}
		return
	}
	statusLine, rest, _ := strings.Cut(info.HeadersText, "\n")
	e.ResponseHeaders = lines(rest)
	if e.Protocol == "" {
		version, _, _ := strings.Cut(statusLine, " ")
		e.Protocol = strings.ToLower(version)
	}
}

// cacheOf names the cache that answered, or is empty.
func cacheOf(r *trace.Request) string {
	switch {
	case r.FromMemory:
		return "memory"
	case r.Response.FromServiceWorker:
		return "service-worker"
	case r.Response.FromPrefetchCache:
		return "prefetch"
	case r.Response.FromDiskCache:
		return "disk"
	}
	return ""
}

// fields turns Chrome's map of headers into a list, sorted by name. Lines of the
// same name come as one value with line breaks.
func fields(headers network.Headers) Header {
	list := make(Header, 0, len(headers))
	for name, value := range headers {
		text, _ := value.(string)
		for line := range strings.SplitSeq(text, "\n") {
			list = append(list, Field{name, line})
		}
	}
	slices.SortStableFunc(list, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// lines reads the header lines of an HTTP/1.1 message.
func lines(text string) Header {
	list := Header{}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if name, value, ok := strings.Cut(line, ":"); ok {
			list = append(list, Field{name, strings.Trim(value, " \t")})
		}
	}
	return list
}

// cookies words the cookies that the browser held for a request.
func cookies(associated []*network.AssociatedCookie) []Cookie {
	var list []Cookie
	for _, a := range associated {
		if a.Cookie == nil {
			continue
		}
		list = append(list, Cookie{Name: a.Cookie.Name, Sent: len(a.BlockedReasons) == 0, Blocked: texts(a.BlockedReasons)})
	}
	return list
}

// notStored words the cookies that a response set in vain.
func notStored(blocked []*network.BlockedSetCookieWithReason) []Cookie {
	var list []Cookie
	for _, b := range blocked {
		list = append(list, Cookie{Name: web.SetCookieName(b.CookieLine), Blocked: texts(b.BlockedReasons)})
	}
	return list
}

// texts turns a list of Chrome's words into strings.
func texts[T ~string](words []T) []string {
	var list []string
	for _, w := range words {
		list = append(list, string(w))
	}
	return list
}

// arrived puts the order and the case of the wire into the request headers of the
// exchanges that reached a server of ours.
func arrived(list []Exchange, arrivals []Arrival) {
	used := make([]bool, len(arrivals))
	for i := range list {
		for j, a := range arrivals {
			if !used[j] && list[i].Sent && a.Method == list[i].Method && a.URL == list[i].URL && a.Protocol != "HTTP/2.0" {
				list[i].RequestHeaders, used[j] = a.Headers, true
				break
			}
		}
	}
}
