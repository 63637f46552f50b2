package broken

import (
	"net/http"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/reference"
)

// responses are mistakes in answers that are no preflights, and in what caches do with them.
func responses() []Library {
	return []Library{
		{
			Name: "credentials-always", Title: "allows credentials where they are off",
			Teaches:  "The header is always there, because it was needed once.",
			Policies: words("single"), Caught: words("K03"),
			wrong: wrong{cors: func(c *reference.CORS, _ contract.Policy) { c.Credentials = true }},
		},
		{
			Name: "star", Title: "answers with * and allows credentials",
			Teaches:  "No browser takes * with credentials, and without them every page reads.",
			Policies: words("single-creds"), Caught: words("K02 K13 K14 K15 K16 K17 K18 K19 K22 K31 K48 K49"),
			wrong: wrong{around: answering(func(a *answer) { a.Set(allowOrigin, "*"); a.Set(allowCredentials, "true") })},
		},
		{
			Name: "upper-true", Title: "allows credentials with True",
			Teaches:  "The header takes the four letters true. Some languages print their constant in another way.",
			Policies: words("single-creds"), Caught: words("K02 K07 K31 K48 K49"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.allowed() {
					a.Set(allowCredentials, "True")
				}
			})},
		},
		{
			Name: "true-twice", Title: "allows credentials on two lines",
			Teaches:  "Two lines are one value for a browser, true, true, which is not true.",
			Policies: words("single-creds"), Caught: words("K02 K07 K31 K48 K49"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.allowed() {
					a.Add(allowCredentials, "true")
				}
			})},
		},
		{
			Name: "loses-cookies", Title: "removes the cookies that the application sets",
			Teaches:  "A gateway keeps cookies of other sites out, and the login with them.",
			Policies: words("list-creds"), Caught: words("K08"),
			wrong: wrong{around: answering(func(a *answer) { a.Del("Set-Cookie") })},
		},
		{
			Name: "exposes-on-preflights", Title: "exposes headers only in the answers to preflights",
			Teaches:  "A browser reads the list with the response itself. All three lists stand in one branch.",
			Policies: words("single"), Caught: words("K09"),
			wrong: wrong{around: answering(func(a *answer) {
				if !preflight(a.r) {
					a.Del(exposeHeaders)
				}
			})},
		},
		{
			Name: "exposes-everything", Title: "exposes every header",
			Teaches:  "* is shorter than a list, and includes what the next version of the application sends.",
			Policies: words("single"), Caught: words("K09"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.Get(exposeHeaders) != "" {
					a.Set(exposeHeaders, "*")
				}
			})},
		},
		{
			Name: "exposes-star", Title: "exposes the header * with credentials",
			Teaches:  "With credentials, * is the name of a header that nobody sends, and nothing is exposed.",
			Policies: words("star-lists-creds"), Caught: words("K10"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.Get(exposeHeaders) != "" {
					a.Set(exposeHeaders, "*")
				}
			})},
		},
		{
			Name: "needs-origin", Title: "refuses requests without Origin",
			Teaches:  "Navigations, images, health checks and other servers send none.",
			Policies: words("list-creds"), Caught: words("K11 K12 K50 K55"),
			wrong: wrong{around: asking(func(w http.ResponseWriter, r *http.Request) bool {
				refused := r.Header.Get("Origin") == "" && r.URL.Path != "/count"
				if refused {
					http.Error(w, "no Origin", http.StatusBadRequest)
				}
				return refused
			})},
		},
		{
			Name: "found", Title: "answers a missing path with 200",
			Teaches:  "The library writes the head of the answer before the application says that there is nothing.",
			Policies: words("list-creds"), Caught: words("K12 K61"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.allowed() && a.status == http.StatusNotFound {
					a.status = http.StatusOK
				}
			})},
		},
		{
			Name: "no-vary", Title: "never says Vary: Origin",
			Teaches:  "Each answer alone is right. What a cache kept for one page, it gives to the next.",
			Policies: words("list-creds"), Caught: words("K55 K56 K57 K58"),
			wrong: wrong{around: withoutVary(func(*answer) bool { return true })},
		},
		{
			Name: "vary-where-allowed", Title: "says Vary: Origin only to allowed origins",
			Teaches:  "An image asks without Origin, and its answer is kept for the fetch after it.",
			Policies: words("single"), Caught: words("K55 K56"),
			wrong: wrong{around: withoutVary(func(a *answer) bool { return !a.allowed() })},
		},
		{
			Name: "vary-where-asked", Title: "says Vary: Origin where there is an Origin",
			Teaches:  "The answer without Origin depends on it as well: it is the one without headers.",
			Policies: words("single"), Caught: words("K55 K56"),
			wrong: wrong{around: withoutVary(func(a *answer) bool { return a.origin() == "" })},
		},
		{
			Name: "vary-where-refused", Title: "says Vary: Origin with every answer except answers to allowed origins",
			Teaches:  "The next origin of the list gets the answer to the first.",
			Policies: words("list-creds"), Caught: words("K55 K57 K58"),
			wrong: wrong{around: withoutVary(func(a *answer) bool { return a.allowed() })},
		},
		{
			Name: "no-vary-for-strangers", Title: "does not say Vary: Origin to strangers",
			Teaches:  "A stranger who asks first locks everybody out of a shared cache.",
			Policies: words("single-creds"), Caught: words("K55"),
			wrong: wrong{around: withoutVary(func(a *answer) bool { return !a.allowed() && a.origin() != "" })},
		},
		{
			Name: "no-vary-in-errors", Title: "does not say Vary: Origin with a 404",
			Teaches:  "Caches keep errors as well.",
			Policies: words("single-creds"), Caught: words("K55"),
			wrong: wrong{around: withoutVary(status(http.StatusNotFound))},
		},
		{
			Name: "no-vary-when-kept", Title: "does not say Vary: Origin with a 304",
			Teaches:  "The headers of a 304 replace the headers of the kept response.",
			Policies: words("single-creds"), Caught: words("K55"),
			wrong: wrong{around: withoutVary(status(http.StatusNotModified))},
		},
		{
			Name: "one-vary", Title: "replaces the application's own Vary",
			Teaches:  "A cache then gives what was compressed to a client that cannot read it.",
			Policies: words("list-creds"), Caught: words("K59"),
			wrong: wrong{around: answering(func(a *answer) { a.Set("Vary", "Origin") })},
		},
		{
			Name: "bare-404", Title: "forgets its headers with a 404",
			Teaches:  "The router answers what it does not know, outside of the library. The page sees a network error.",
			Policies: words("list-creds"), Caught: words("K61"),
			wrong: wrong{around: bare(status(http.StatusNotFound))},
		},
		{
			Name: "bare-500", Title: "forgets its headers with a 500",
			Teaches:  "The framework removes all headers before it reports an error.",
			Policies: words("list-creds"), Caught: words("K62"),
			wrong: wrong{around: bare(status(http.StatusInternalServerError))},
		},
		{
			Name: "bare-401", Title: "forgets its headers with a 401",
			Teaches:  "The page cannot tell a login that has ended from a server that is gone.",
			Policies: words("list-creds"), Caught: words("K63"),
			wrong: wrong{around: bare(status(http.StatusUnauthorized))},
		},
		{
			Name: "bare-redirect", Title: "forgets its headers with a redirect",
			Teaches:  "Each hop is checked like an answer.",
			Policies: words("list-creds"), Caught: words("K64"),
			wrong: wrong{around: bare(status(http.StatusFound))},
		},
		{
			Name: "errors-without-credentials", Title: "forgets to allow credentials with errors",
			Teaches:  "The error handler repeats one of two headers. A test without credentials does not see it.",
			Policies: words("list-creds"), Caught: words("K61 K62 K63"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.status >= 400 {
					a.Del(allowCredentials)
				}
			})},
		},
		{
			Name: "adds-to-own", Title: "adds its value to the value of the handler",
			Teaches:  "Two values are not valid: a route that was opened by hand is closed by installing a library.",
			Policies: words("list-creds"), Caught: words("K65"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.r.URL.Path == "/own" && a.allowed() {
					a.Add(allowOrigin, "*")
				}
			})},
		},
		{
			Name: "adds-to-layer", Title: "adds its value to the value of another layer",
			Teaches:  "The gateway and the application are both right, and together they lock everybody out.",
			Policies: words("both-layers"), Caught: words("K66"),
			wrong: wrong{around: answering(func(a *answer) {
				if !preflight(a.r) && a.allowed() {
					a.Add(allowOrigin, a.origin())
				}
			})},
		},
		{
			Name: "only-fetch", Title: "answers fetch() alone",
			Teaches:  "Fonts, modules, images and EventSource ask in the same mode.",
			Policies: words("list-creds"), Caught: words("K67"),
			wrong: wrong{around: bare(func(a *answer) bool {
				dest := a.r.Header.Get("Sec-Fetch-Dest")
				return dest != "" && dest != "empty"
			})},
		},
		{
			Name: "any-with-credentials", Title: "allows credentials to every origin",
			Teaches:  "The policy says no credentials; the option for them is on by default.",
			Policies: words("any"), Caught: words("K26 K27"),
			wrong: wrong{cors: func(c *reference.CORS, _ contract.Policy) { c.Credentials = true }},
		},
	}
}
