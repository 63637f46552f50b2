package servers

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
)

// Serves says whether a URL or origin belongs to the network: an http, https, ws
// or wss URL whose host ends in .test or .localhost.
//
// The names "test" and "localhost" alone do not belong to it: localhost has the
// servers of the person who runs the browser.
func (n *Network) Serves(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "http", "https", "ws", "wss":
		return servedName(u.Hostname())
	}
	return false
}

const serviceWorkerPath = "/corsproof/service-worker.js"

// ServiceWorkerPath is the path at which an origin of the network has a script for a service
// worker; "script" in its query names a script of the fixtures, such as "controller", or is absent for an empty script, and "headers" a JSON list of further headers,
// each a pair. The origin of a recorder has no such script.
func (n *Network) ServiceWorkerPath(origin string) string {
	if !n.Serves(origin) || n.recorders.at(origin) != nil {
		return ""
	}
	return serviceWorkerPath
}

// serviceWorkerScript is the script of a service worker, with the headers that the query of
// its URL has in a JSON list of pairs.
func serviceWorkerScript(at string) Reply {
	header := harness.Header{{Name: "Content-Type", Value: "text/javascript"}}
	u, err := url.Parse(at)
	if err != nil {
		return problem(400, err.Error())
	}
	if list := u.Query().Get("headers"); list != "" {
		var more harness.Header
		if err := json.Unmarshal([]byte(list), &more); err != nil {
			return problem(400, err.Error())
		}
		header = append(header, more...)
	}
	body, err := workerScript(u.Query().Get("script"))
	if err != nil {
		return problem(404, err.Error())
	}
	return Reply{Header: header, Body: body}
}

// workerScript is the script that a name stands for. Without a name it is empty.
func workerScript(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	script, err := fixtures.FS.ReadFile("pages/" + name + ".js")
	return string(script), err
}

// servedName says whether a host name, without port, belongs to the network.
func servedName(host string) bool {
	host = strings.TrimSuffix(host, ".")
	for _, top := range [...]string{".test", ".localhost"} {
		if at := len(host) - len(top); at > 0 && strings.EqualFold(host[at:], top) {
			return true
		}
	}
	return false
}

// parseOrigin returns the origin of the network that s names, as a browser
// serializes it: lower case, no default port.
//
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func (n *Network) parseOrigin(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", fmt.Errorf("origin %q: %w", s, err)
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("origin %q: want http or https", s)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return "", fmt.Errorf("origin %q: want nothing but scheme, host and port", s)
	case !servedName(u.Hostname()):
		return "", fmt.Errorf("origin %q: want a host that ends in .test or .localhost", s)
	}
	return u.Scheme + "://" + canonicalHost(u.Scheme, u.Host), nil
}

// canonicalHost returns a host with its port as a browser writes it.
func canonicalHost(scheme, host string) string {
	switch scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return strings.ToLower(host) // does not allocate when it is lower case already
}

// canonicalURL returns a URL as an Arrival has it: no fragment, no user name,
// scheme and host in lower case, no default port, no empty path. It returns what
// it cannot parse unchanged.
func canonicalURL(s string) string {
	s, _, _ = strings.Cut(s, "#")
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	named := host
	host = host[strings.LastIndexByte(host, '@')+1:]
	lower := strings.ToLower(scheme)
	switch lower {
	case "ws": // a WebSocket begins as a request like others
		lower = "http"
	case "wss":
		lower = "https"
	}
	canonical := canonicalHost(lower, host)
	rooted := strings.HasPrefix(path, "/")
	if lower == scheme && canonical == named && rooted {
		return s
	}
	if !rooted {
		path = "/" + path
	}
	return lower + "://" + canonical + path
}

// requestURL makes an absolute URL of what a request says, and returns it with
// the length of the origin in front.
func requestURL(secure bool, host, target string) (string, int, error) {
	scheme := "http"
	if secure {
		scheme = "https"
	}
	switch {
	case host == "" || strings.ContainsAny(host, "/?#@\\ \t"):
		return "", 0, fmt.Errorf("host %q is not a host", host)
	case target == "*":
		target = "/*"
	case strings.HasPrefix(target, "/"):
	case strings.HasPrefix(target, scheme+"://"): // the form for proxies
		target = target[len(scheme)+len("://"):]
		i := strings.IndexByte(target, '/')
		if i < 1 {
			return "", 0, errors.New("request target is an absolute URL without a path")
		}
		host, target = target[:i], target[i:]
	default:
		return "", 0, fmt.Errorf("request target %q is neither a path nor a URL of %s", target, scheme)
	}
	host = canonicalHost(scheme, host)
	return scheme + "://" + host + target, len(scheme) + len("://") + len(host), nil
}
