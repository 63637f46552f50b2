package chrome

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// standIn serves the documents of pages. The document of a page at any origin is
// fetched from here instead of from its site: Fetch.continueRequest changes where
// the request goes and the page cannot tell. Only a document from a real
// connection has an address space (a document from Fetch.fulfillRequest has
// none), so there is a listener for each space: a flag tells Chrome which
// listener is public and which is local, and Chrome knows loopback on its own.
type standIn struct {
	document  []byte
	listeners map[string]net.Listener // by address space
	server    *http.Server
}

// The address spaces, named as in the DevTools Protocol.
const (
	loopback = "Loopback"
	local    = "Local"
	public   = "Public"
)

// newStandIn starts listening.
func newStandIn() (*standIn, error) {
	document, err := fixtures.FS.ReadFile("pages/page.html")
	if err != nil {
		return nil, err
	}
	s := &standIn{document: document, listeners: map[string]net.Listener{}}
	s.server = &http.Server{Handler: s}
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

// The keys in the query of a document's address.
const (
	kindQuery    = "kind"
	headersQuery = "headers" // a JSON list of pairs
	scriptQuery  = "script"  // the name of a service worker's script
)

// The kinds of what is stood in for, beside a page's document.
const (
	sandboxedDocument = "sandboxed"
	workerScript      = "worker"
	cookieWitness     = "cookies" // says whether the request has a cookie
)

// ready is the script of a dedicated or a shared worker. It says that it runs.
const ready = `if (self.postMessage) postMessage(0); else onconnect = (e) => e.ports[0].postMessage(0);`

// sandbox makes the origin of a document opaque.
// https://html.spec.whatwg.org/multipage/browsers.html#sandboxed-origin-browsing-context-flag
const sandbox = "sandbox allow-scripts"

// ServeHTTP answers with the document, or the script, and the headers that the query wants.
func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	var headers [][2]string
	if text := query.Get(headersQuery); text != "" {
		if err := json.Unmarshal([]byte(text), &headers); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	for _, h := range headers {
		w.Header().Add(h[0], h[1])
	}
	kind, body := "text/html; charset=utf-8", s.document
	switch query.Get(kindQuery) {
	case sandboxedDocument:
		w.Header().Add(web.NameSecurityPolicy, sandbox)
	case workerScript:
		kind, body = "text/javascript", []byte(ready)
	case cookieWitness:
		w.WriteHeader(cookieStatus(r))
		return
	}
	w.Header().Set(web.NameContentType, kind)
	w.Header().Set(web.NameCacheControl, "no-store")
	_, _ = w.Write(body)
}

// url is the address of a document, or a script, in an address space. headers is a
// JSON list of pairs, or empty.
func (s *standIn) url(space, kind, headers string) (string, error) {
	at, ok := s.at(space)
	if !ok {
		return "", fmt.Errorf("address space %q: want Loopback, Local or Public", space)
	}
	query := url.Values{}
	if kind != "" {
		query.Set(kindQuery, kind)
	}
	if headers != "" {
		query.Set(headersQuery, headers)
	}
	return "http://" + at + "/?" + query.Encode(), nil
}

// at is the address that serves the documents of an address space.
func (s *standIn) at(space string) (string, bool) {
	if s.listeners == nil {
		return "stand-in", true // nobody connects: see [standIn.answer]
	}
	l, ok := s.listeners[space]
	if !ok {
		return "", false
	}
	return l.Addr().String(), true
}

// overrides is the value of --ip-address-space-overrides.
func (s *standIn) overrides() string {
	return fmt.Sprintf("%s=local,%s=public", s.listeners[local].Addr(), s.listeners[public].Addr())
}

// Close stops listening.
func (s *standIn) Close() error {
	err := s.server.Close()
	for _, l := range s.listeners {
		_ = l.Close() // closed already where Serve had begun
	}
	return err
}
