package paste

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// taken are the headers that other fields of the question say.
var taken = []string{
	"origin", "referer", "referrer-policy", "cookie", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site",
	"access-control-request-headers", "access-control-request-method",
}

// browsers are the headers that Chrome and Firefox set on their own, and that a script could
// set, too. The fields of HTTP/2 stand among them, whose colon some copies lose.
var browsers = []string{
	"user-agent", "accept-language", "priority", "upgrade-insecure-requests", "purpose", "x-client-data", "authority", "scheme", "path", "method", "version", "protocol",
}

// validators are the headers by which the browser asks whether what its cache has is still
// good. https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
var validators = []string{"if-none-match", "if-modified-since"}

// scriptHeaders keeps the headers that the page's script set.
func (s *sight) scriptHeaders() {
	reload := s.withoutCacheOfDevTools()
	var left, cached []string
	for _, f := range s.headers {
		name := web.Lower(f.Name)
		switch {
		case strings.HasPrefix(name, ":"), slices.Contains(taken, name):
		case slices.Contains(reload, name):
		case slices.Contains(validators, name):
			cached = append(cached, f.Name)
		case name == "accept" && (f.Value == "*/*" || s.request.Via == harness.ViaEventSource):
		case slices.Contains(browsers, name), web.IsForbiddenRequestHeader(name, f.Value):
			left = append(left, plain.Clean(f.Name))
		default:
			s.request.Headers = append(s.request.Headers, harness.Field{Name: f.Name, Value: broken.Replace(f.Value)})
		}
	}
	if len(left) > 0 {
		s.note("the browser sets these headers itself, and the script does not: %s", strings.Join(left, ", "))
	}
	if len(cached) > 0 {
		s.note("%s came from the browser's cache and are left out: add them with --header where the script sets them", strings.Join(cached, " and "))
	}
	if len(reload) > 0 {
		s.note("%s came from DevTools, whose cache was off, or from a reload, and are left out: add them with --header where the script sets them", strings.Join(reload, " and "))
	}
}

// broken removes the line breaks of a terminal, which no header value can have.
var broken = strings.NewReplacer("\r\n", "", "\n", "", "\r", "")

// withoutCacheOfDevTools are the headers that DevTools adds while "Disable cache" is on, or
// that a reload adds. A script that sets only one of the two keeps it.
func (s *sight) withoutCacheOfDevTools() []string {
	control, pragma := s.value("Cache-Control"), s.value("Pragma")
	switch {
	case control == "no-cache" && pragma == "no-cache":
		return []string{"cache-control", "pragma"}
	case control == "max-age=0" && pragma == "":
		return []string{"cache-control"}
	}
	return nil
}
