package chrome

import (
	"fmt"
	"net"
	"net/http"

	"github.com/corsproof/corsproof/fixtures"
)

// standIn serves the documents of pages. The document of a page at any origin is
// fetched from here instead of from its site: Fetch.continueRequest changes where
// the request goes and the page cannot tell. Only a document that comes from a
// real connection has an address space (one that Fetch.fulfillRequest made is in
// none), so there is a listener for each: Chrome is told which one is public and
// which one local, and knows loopback by itself.
type standIn struct {
	listeners map[string]net.Listener // by address space
	server    *http.Server
}

// The address spaces, in the words of the DevTools Protocol.
const (
	loopback = "Loopback"
	local    = "Local"
	public   = "Public"
)

// newStandIn starts to listen.
func newStandIn() (*standIn, error) {
	document, err := fixtures.FS.ReadFile("pages/page.html")
	if err != nil {
		return nil, err
	}
	s := &standIn{listeners: map[string]net.Listener{}}
	s.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		if r.URL.Path == opaquePath {
			// https://html.spec.whatwg.org/multipage/browsers.html#sandboxed-origin-browsing-context-flag
			w.Header().Set("Content-Security-Policy", "sandbox allow-scripts")
		}
		_, _ = w.Write(document)
	})}
	for _, space := range []string{loopback, local, public} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			_ = s.Close()
			return nil, fmt.Errorf("listen for the pages of the %s address space: %w", space, err)
		}
		s.listeners[space] = l
		go func() { _ = s.server.Serve(l) }()
	}
	return s, nil
}

const opaquePath = "/opaque"

// url is where the document of a page in an address space comes from.
func (s *standIn) url(space string, opaque bool) (string, error) {
	l, ok := s.listeners[space]
	if !ok {
		return "", fmt.Errorf("address space %q: want Loopback, Local or Public", space)
	}
	path := "/"
	if opaque {
		path = opaquePath
	}
	return "http://" + l.Addr().String() + path, nil
}

// overrides is the value of --ip-address-space-overrides.
func (s *standIn) overrides() string {
	return fmt.Sprintf("%s=local,%s=public", s.listeners[local].Addr(), s.listeners[public].Addr())
}

// Close stops to listen.
func (s *standIn) Close() error {
	err := s.server.Close()
	for _, l := range s.listeners {
		_ = l.Close() // closed already where Serve had begun
	}
	return err
}
