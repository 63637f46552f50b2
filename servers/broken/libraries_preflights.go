package broken

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/reference"
)

// preflighting is a layer that changes the answers to preflights that passed.
func preflighting(change func(a *answer)) wrong {
	return wrong{around: answering(func(a *answer) {
		if preflight(a.r) && a.allowed() {
			change(a)
		}
	})}
}

// refusing is a layer that refuses some preflights.
func refusing(which func(r *http.Request) bool) wrong {
	return wrong{around: bare(func(a *answer) bool { return preflight(a.r) && which(a.r) })}
}

// names are the names in the first lines of Access-Control-Request-Headers.
func names(lines ...string) []string {
	return strings.FieldsFunc(strings.Join(lines, ","), func(r rune) bool { return r == ',' })
}

// elsewhere is a layer that lets some preflights pass by the library, to the application.
func elsewhere(app http.HandlerFunc, which func(r *http.Request) bool) layer {
	return asking(func(w http.ResponseWriter, r *http.Request) bool {
		other := preflight(r) && which(r)
		if other {
			app(w, r)
		}
		return other
	})
}

// at says whether a request is for a path.
func at(path string) func(r *http.Request) bool {
	return func(r *http.Request) bool { return r.URL.Path == path }
}

// everywhere is every request.
func everywhere(*http.Request) bool { return true }

// notAllowed is a router's answer to a method that is not registered.
func notAllowed(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) }

// stale is a balancer with two servers, one of which knows the first origin of the list
// alone. They answer preflights in turn.
func stale() layer {
	var mu sync.Mutex
	asked := map[string]int{}
	return bare(func(a *answer) bool {
		origin := a.origin()
		if !preflight(a.r) || origin == "https://app.example.test" {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		asked[origin]++
		return asked[origin]%2 == 0
	})
}

// preflights are mistakes in the answers to preflights.
func preflights() []Library {
	return []Library{
		{
			Name: "alternates", Title: "answers every other preflight of an origin that was added last",
			Teaches:  "Two servers behind a balancer, and one was not restarted. A second try often works.",
			Policies: words("list-creds"), Caught: words("K31"),
			wrong: wrong{around: stale()},
		},
		{
			Name: "preflights-for-all", Title: "lets the preflight of every origin pass, with what it asks for",
			Teaches:  "The list is read where a GET is answered. A page that may not read can still change everything.",
			Policies: words("list-creds"), Caught: words("K13 K14 K15 K16 K17 K18 K19 K22 K47 K53"),
			wrong: wrong{around: answering(func(a *answer) {
				if preflight(a.r) && !a.allowed() {
					a.Set(allowOrigin, a.origin())
					a.Set(allowCredentials, "true")
					a.Set(allowMethods, "GET, HEAD, POST, PUT, PATCH, DELETE")
					a.Set(allowHeaders, a.r.Header.Get(requestHeaders))
				}
			})},
		},
		{
			Name: "method-not-allowed", Title: "answers every OPTIONS request with 405",
			Teaches:  "A router knows the methods that somebody registered, and stands before the library.",
			Policies: words("single-creds"), Caught: words("K31 K48 K49"),
			wrong: wrong{around: elsewhere(notAllowed, everywhere)},
		},
		{
			Name: "put-only", Title: "answers OPTIONS with 405 where a route knows PUT alone",
			Teaches:  "The library is mounted inside the routes: each has to register OPTIONS as well.",
			Policies: words("list-creds"), Caught: words("K32"),
			wrong: wrong{around: elsewhere(notAllowed, at("/put-only"))},
		},
		{
			Name: "login-first", Title: "demands a login before the library answers",
			Teaches:  "A preflight never carries credentials. Without headers, the page cannot see the 401 either.",
			Policies: words("list-creds"), Caught: words("K33 K63"),
			wrong: wrong{around: asking(func(w http.ResponseWriter, r *http.Request) bool {
				refused := r.URL.Path == "/auth" && r.Header.Get("Authorization") == "" && r.Header.Get("Origin") != ""
				if refused {
					http.Error(w, "login", http.StatusUnauthorized)
				}
				return refused
			})},
		},
		{
			Name: "redirects", Title: "answers a preflight without the last slash with a redirect",
			Teaches:  "A router redirects what it does not know, and no browser follows the redirect of a preflight.",
			Policies: words("list-creds"), Caught: words("K34"),
			wrong: wrong{around: elsewhere(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/dir/", http.StatusMovedPermanently)
			}, at("/dir"))},
		},
		{
			Name: "any-method", Title: "allows every method",
			Teaches:  "Access-Control-Allow-Methods repeats what was asked for, so that nobody has to keep a list.",
			Policies: words("single"), Caught: words("K35"),
			wrong: preflighting(func(a *answer) { a.Set(allowMethods, a.r.Header.Get(requestMethod)) }),
		},
		{
			Name: "any-header", Title: "allows every header",
			Teaches:  "Access-Control-Allow-Headers repeats what was asked for, raw and of any size.",
			Policies: words("list-creds"), Caught: words("K36 K38 K52 K53"),
			wrong: preflighting(func(a *answer) { a.Set(allowHeaders, strings.Join(a.r.Header.Values(requestHeaders), ",")) }),
		},
		{
			Name: "raw-names", Title: "repeats the headers that are asked for, raw, where any header is allowed",
			Teaches:  "A list of any name is answered with what came: quotes, brackets, and sixteen kilobytes of it.",
			Policies: words("star-lists star-lists-creds"), Caught: words("K52 K53"),
			wrong: preflighting(func(a *answer) { a.Set(allowHeaders, strings.Join(a.r.Header.Values(requestHeaders), ",")) }),
		},
		{
			Name: "first-name", Title: "allows the first of the headers that are asked for, where any header is allowed",
			Teaches:  "A test with one header passes.",
			Policies: words("star-lists"), Caught: words("K37"),
			wrong: preflighting(func(a *answer) {
				first, _, _ := strings.Cut(a.Get(allowHeaders), ",")
				a.Set(allowHeaders, first)
			}),
		},
		{
			Name: "any-of-the-headers", Title: "allows all headers of a list in which it knows one",
			Teaches:  "A loop that stops at the first match.",
			Policies: words("list-creds"), Caught: words("K38"),
			wrong: preflighting(func(a *answer) {
				known, asked := strings.ToLower(a.Get(allowHeaders)), names(a.r.Header.Values(requestHeaders)...)
				if slices.ContainsFunc(asked, func(name string) bool { return strings.Contains(known, name) }) {
					a.Set(allowHeaders, strings.Join(asked, ", "))
				}
			}),
		},
		{
			Name: "ten-headers", Title: "refuses a preflight with more than ten names",
			Teaches:  "A guard against a flood that never met a client with tracing, tenants and versions.",
			Policies: words("list-creds"), Caught: words("K31 K37"),
			wrong: refusing(func(r *http.Request) bool { return len(names(r.Header.Values(requestHeaders)...)) > 10 }),
		},
		{
			Name: "case-of-headers", Title: "compares the names of headers as they are written",
			Teaches:  "The list says X-One, and browsers ask for x-one.",
			Policies: words("single"), Caught: words("K31"),
			wrong: refusing(func(r *http.Request) bool {
				return slices.ContainsFunc(names(r.Header.Values(requestHeaders)...), func(name string) bool { return !slices.Contains([]string{"Content-Type", "X-One"}, name) })
			}),
		},
		{
			Name: "first-line", Title: "reads the first line of Access-Control-Request-Headers alone",
			Teaches:  "Most languages return the first line of a header. No browser sends two, and a proxy may.",
			Policies: words("list-creds"), Caught: words("K39"),
			wrong: preflighting(func(a *answer) {
				asked := names(a.r.Header.Get(requestHeaders))
				if len(asked) < len(names(a.r.Header.Values(requestHeaders)...)) {
					a.Set(allowHeaders, strings.Join(asked, ", "))
				}
			}),
		},
		{
			Name: "quoted-list", Title: "puts quotes around the names of a list",
			Teaches:  "A list that was printed for people. No browser takes \"PUT\" for PUT.",
			Policies: words("list-creds"), Caught: words("K09 K31 K32 K33 K37 K40 K48 K49"),
			wrong: preflighting(func(a *answer) { a.Set(allowMethods, `"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"`) }),
		},
		{
			Name: "blanks-in-list", Title: "puts blanks between the names of a list",
			Teaches:  "The configuration of a web server is copied into a header as it stands.",
			Policies: words("list-creds"), Caught: words("K09 K31 K32 K33 K37 K40 K48 K49"),
			wrong: preflighting(func(a *answer) { a.Set(allowMethods, strings.ReplaceAll(a.Get(allowMethods), ",", "")) }),
		},
		{
			Name: "no-other-methods", Title: "takes * for the methods that need no permission",
			Teaches:  "A library that checks the method against its list, and has no case for *.",
			Policies: words("star-lists"), Caught: words("K41 K50"),
			wrong: wrong{cors: func(c *reference.CORS, _ contract.Policy) { c.Methods = contract.Names{"GET", "HEAD", "POST"} }},
		},
		{
			Name: "star-methods", Title: "allows the method * with credentials",
			Teaches:  "With credentials, * is the name of a method that nobody has.",
			Policies: words("star-lists-creds"), Caught: words("K42"),
			wrong: preflighting(func(a *answer) { a.Set(allowMethods, "*") }),
		},
		{
			Name: "star-headers", Title: "allows the header * with credentials",
			Teaches:  "With credentials, * is the name of a header that nobody sends.",
			Policies: words("star-lists-creds"), Caught: words("K43 K44"),
			wrong: preflighting(func(a *answer) { a.Set(allowHeaders, "*") }),
		},
		{
			Name: "other-max-age", Title: "lets the answer be kept for a minute instead of ten",
			Teaches:  "A limit of the library that nobody asked for: ten times the preflights.",
			Policies: words("list-creds"), Caught: words("K48"),
			wrong: wrong{policy: func(p *contract.Policy) { p.MaxAge = new(60) }},
		},
		{
			Name: "no-zero", Title: "takes a Max-Age of 0 for none",
			Teaches:  "Without the header, browsers keep an answer for five seconds: 0 is not the default.",
			Policies: words("single-creds"), Caught: words("K48 K49"),
			wrong: wrong{policy: func(p *contract.Policy) { p.MaxAge = nil }},
		},
		{
			Name: "max-age-with-unit", Title: "says how long an answer may be kept with a unit",
			Teaches:  "600s is no number of seconds: browsers keep the answer for five.",
			Policies: words("list-creds"), Caught: words("K48"),
			wrong: preflighting(func(a *answer) { a.Set(maxAge, a.Get(maxAge)+"s") }),
		},
		{
			Name: "swallows-options", Title: "answers every OPTIONS request as a preflight",
			Teaches:  "Without Access-Control-Request-Method, it is the application's own.",
			Policies: words("list-creds star-lists"), Caught: words("K50"),
			wrong: wrong{around: asking(func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodOptions && !preflight(r) {
					r.Header.Set(requestMethod, "GET")
				}
				return false
			})},
		},
		{
			Name: "takes-get", Title: "answers every request that names a method as a preflight",
			Teaches:  "Browsers keep the header for preflights. A client of another kind may send it with a GET, and gets nothing.",
			Policies: words("list-creds"), Caught: words("K11"),
			wrong: wrong{around: asking(func(w http.ResponseWriter, r *http.Request) bool {
				return r.Method != http.MethodOptions && r.Header.Get(requestMethod) != ""
			})},
		},
		{
			Name: "runs-handler", Title: "runs the handler for a preflight",
			Teaches:  "The library adds headers and hands the request on; the handler does not look at the method.",
			Policies: words("list-creds"), Caught: words("K47 K51"),
			wrong: wrong{around: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if preflight(r) && r.Header.Get("Origin") != "" && len(r.Header.Values(requestHeaders)) == 0 {
						actual := r.Clone(r.Context())
						actual.Method = r.Header.Get(requestMethod)
						next.ServeHTTP(nowhere{}, actual)
					}
					next.ServeHTTP(w, r)
				})
			}},
		},
	}
}

// nowhere is where an answer goes that nobody reads.
type nowhere struct{}

func (nowhere) Header() http.Header            { return http.Header{} }
func (nowhere) Write(body []byte) (int, error) { return len(body), nil }
func (nowhere) WriteHeader(int)                {}
