package process

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// cache is a shared cache in front of a server, such as a CDN has: it keeps each response
// to a GET that may be kept, for all clients, and chooses by URL and Vary.
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
type cache struct {
	address string
	server  *http.Server
	backend string
	// asks takes bodies as they come, and its connections end with the cache.
	asks *http.Transport

	mu   sync.Mutex
	kept map[string][]stored
}

// stored is a response with the request that it answered.
type stored struct {
	asked  http.Header
	status int
	header http.Header
	body   []byte
}

func startCache(backend string) (*cache, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &cache{address: listener.Addr().String(), backend: backend, kept: map[string][]stored{}, asks: &http.Transport{DisableCompression: true}}
	c.server = &http.Server{Handler: c}
	go func() { _ = c.server.Serve(listener) }() // Serve ends when the server is closed
	return c, nil
}

// Close ends the cache.
func (c *cache) Close() error {
	c.asks.CloseIdleConnections()
	return c.server.Close()
}

// ServeHTTP answers from the cache or from the server.
func (c *cache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock() // one at a time: the order of the answers decides
	for _, s := range c.kept[r.URL.String()] {
		if r.Method == http.MethodGet && s.suits(r.Header) {
			s.write(w)
			return
		}
	}
	s, err := c.fetch(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if r.Method == http.MethodGet && s.mayBeKept() {
		c.kept[r.URL.String()] = append(c.kept[r.URL.String()], s)
	}
	s.write(w)
}

// fetch asks the server.
func (c *cache) fetch(r *http.Request) (stored, error) {
	asked, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+c.backend+r.URL.RequestURI(), r.Body)
	if err != nil {
		return stored{}, err
	}
	asked.Host, asked.Header = r.Host, r.Header.Clone()
	answer, err := c.asks.RoundTrip(asked)
	if err != nil {
		return stored{}, err
	}
	defer answer.Body.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, answer.Body); err != nil {
		return stored{}, err
	}
	return stored{asked: r.Header.Clone(), status: answer.StatusCode, header: answer.Header, body: body.Bytes()}, nil
}

// mayBeKept says whether a shared cache may keep the response and send it again without
// asking the server. https://www.rfc-editor.org/rfc/rfc9111#section-3
func (s stored) mayBeKept() bool {
	control := s.control()
	for _, name := range []string{"no-store", "no-cache", "private"} {
		if _, there := control[name]; there {
			return false
		}
	}
	_, public := control["public"]
	age, forShared := control["s-maxage"]
	if !forShared {
		age = control["max-age"]
	}
	// https://www.rfc-editor.org/rfc/rfc9111#section-3.5
	if _, revalidated := control["must-revalidate"]; s.asked.Get("Authorization") != "" && !public && !forShared && !revalidated {
		return false
	}
	seconds, err := strconv.Atoi(age)
	return s.status == http.StatusOK && err == nil && seconds > 0 && !slices.Contains(s.varies(), "*")
}

// control are the directives of Cache-Control, with their values.
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2
func (s stored) control() map[string]string {
	directives := map[string]string{}
	for item := range strings.SplitSeq(strings.Join(s.header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(item, "=")
		directives[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(value, ` "`)
	}
	return directives
}

// varies are the request headers that choose between responses of one URL.
func (s stored) varies() []string {
	var names []string
	for _, line := range s.header.Values("Vary") {
		for name := range strings.SplitSeq(line, ",") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// suits says whether the response answers another request.
func (s stored) suits(asked http.Header) bool {
	return !slices.ContainsFunc(s.varies(), func(name string) bool {
		return !slices.Equal(asked.Values(name), s.asked.Values(name))
	})
}

func (s stored) write(w http.ResponseWriter) {
	for name, values := range s.header {
		w.Header()[name] = values
	}
	w.WriteHeader(s.status)
	_, _ = w.Write(s.body) // the client may be gone
}
