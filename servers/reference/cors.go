package reference

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// CORS says who may read the responses of a handler, and with what. [Of] makes one.
type CORS struct {
	_ [0]func()

	// Allows says whether an origin may read. It is asked about the empty string where the
	// request has no Origin.
	Allows func(origin string) bool
	// Credentials says whether that origin may read with credentials.
	Credentials bool
	// Methods, RequestHeaders and ExposeHeaders are what that origin may send and read.
	Methods, RequestHeaders, ExposeHeaders contract.Names
	// MaxAge is how long the answer to a preflight may be kept, in seconds. Nil: the header
	// is not sent.
	MaxAge *int
}

// Wrap adds CORS to a handler. It answers preflights on its own, so that no router, login
// or redirect of the handler is in their way.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (c CORS) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answer{ResponseWriter: w, add: func() { c.add(w.Header(), r) }}
		if !preflight(r) {
			next.ServeHTTP(a, r)
		}
		a.once.Do(a.add) // a handler that writes nothing gets a 200, and so does a preflight
	})
}

// preflight says whether a request is a preflight. Other OPTIONS requests belong to the
// application. https://fetch.spec.whatwg.org/#cors-preflight-request
func preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// answer adds the headers when the handler begins to answer: to errors and redirects as
// well, and in place of headers that the handler set.
type answer struct {
	http.ResponseWriter
	add  func()
	once sync.Once
}

// WriteHeader adds the headers and begins the answer.
func (a *answer) WriteHeader(status int) {
	a.once.Do(a.add)
	a.ResponseWriter.WriteHeader(status)
}

// Write adds the headers, unless they are there, and writes a part of the body.
func (a *answer) Write(body []byte) (int, error) {
	a.once.Do(a.add)
	return a.ResponseWriter.Write(body)
}

// add adds the headers to an answer. They replace the headers of a handler or of a second
// layer: two values are no value. https://fetch.spec.whatwg.org/#cors-check
func (c CORS) add(h http.Header, r *http.Request) {
	// Every answer depends on Origin, also a refusal and the answer to a request without
	// it. https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if !c.Allows(origin) {
		return
	}
	// The origin, and never *, which no request with credentials gets by.
	// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
	h.Set("Access-Control-Allow-Origin", origin)
	if c.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if preflight(r) {
		set(h, "Access-Control-Allow-Methods", c.Methods, asked(r, "Access-Control-Request-Method"))
		set(h, "Access-Control-Allow-Headers", c.RequestHeaders, asked(r, "Access-Control-Request-Headers"))
		if c.MaxAge != nil {
			h.Set("Access-Control-Max-Age", strconv.Itoa(*c.MaxAge))
		}
	} else {
		set(h, "Access-Control-Expose-Headers", c.ExposeHeaders, sent(h))
	}
}

// set writes a list of names. Any name is written as the names that matter to this
// request: * is only a name where there are credentials, and never covers Authorization.
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func set(h http.Header, name string, names contract.Names, any []string) {
	if names.Any() {
		names = any
	}
	if len(names) > 0 {
		h.Set(name, strings.Join(names, ", "))
	}
}

// sent are the names of the headers of an answer. The server adds Date later.
func sent(h http.Header) []string { return append(slices.Sorted(maps.Keys(h)), "Date") }

// token is a method or the name of a header.
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
var token = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// longest is more than a browser's list of names has, in bytes.
const longest = 4096

// asked are the names in the lines of a request header. What is no name is not repeated,
// and neither is a list that no browser sends.
func asked(r *http.Request, header string) []string {
	list := strings.Join(r.Header.Values(header), ",")
	if len(list) > longest {
		return nil
	}
	return slices.DeleteFunc(strings.Split(list, ","), func(name string) bool { return !token.MatchString(name) })
}
