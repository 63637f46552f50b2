package broken

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/reference"
)

// hostOf is an origin without its scheme.
func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}

// matches compares by a pattern, in which LISTED is the host of the list with dots escaped.
func matches(pattern string) wrong {
	return compares(func(listed, origin string) bool {
		return regexp.MustCompile(strings.ReplaceAll(pattern, "LISTED", regexp.QuoteMeta(hostOf(listed)))).MatchString(origin)
	})
}

// unescaped compares by a pattern in which one dot of the host is not escaped, the dot of
// that number.
func unescaped(dot int) wrong {
	return compares(func(listed, origin string) bool {
		labels := strings.Split(hostOf(listed), ".")
		host := regexp.QuoteMeta(labels[0])
		for i, label := range labels[1:] {
			if i+1 == dot {
				host += "."
			} else {
				host += `\.`
			}
			host += regexp.QuoteMeta(label)
		}
		return regexp.MustCompile("^https://" + host + "$").MatchString(origin)
	})
}

// origins are mistakes in the comparison of origins, and in the headers that name them.
func origins() []Library {
	return []Library{
		{
			Name: "reflects", Title: "sends back whatever origin asks",
			Teaches:  "It looks like the answer to every complaint of a browser. Any site reads as the signed-in user.",
			Policies: words("single-creds"), Caught: words("K13 K14 K15 K16 K17 K18 K19 K22"),
			wrong: compares(func(_, _ string) bool { return true }),
		},
		{
			Name: "begins", Title: "compares only the beginning of the origin",
			Teaches:  "Anybody can register a domain and give it a host that begins with yours; another port is another program.",
			Policies: words("single-creds"), Caught: words("K14 K17"),
			wrong: compares(func(listed, origin string) bool { return strings.HasPrefix(origin, listed) }),
		},
		{
			Name: "ends", Title: "compares only the end of the origin",
			Teaches:  "evilapp.example.test ends with app.example.test, and so does the same host over http.",
			Policies: words("single-creds"), Caught: words("K15 K18"),
			wrong: compares(func(listed, origin string) bool { return strings.HasSuffix(origin, hostOf(listed)) }),
		},
		{
			Name: "contains", Title: "looks for the host anywhere in the origin",
			Teaches:  "A regular expression without anchors does the same.",
			Policies: words("single-creds"), Caught: words("K14 K15 K17 K18"),
			wrong: compares(func(listed, origin string) bool { return strings.Contains(origin, hostOf(listed)) }),
		},
		{
			Name: "within", Title: "looks for the origin in the text of the list",
			Teaches:  "The two arguments of a search were swapped: https://app.example.te is a part of the list as well.",
			Policies: words("single-creds"), Caught: words("K14"),
			wrong: compares(func(listed, origin string) bool { return strings.Contains(listed, origin) }),
		},
		{
			Name: "first-dot", Title: "does not escape the first dot of the host",
			Teaches:  "appxexample.test is a domain that anybody can register.",
			Policies: words("single-creds"), Caught: words("K16"),
			wrong: unescaped(1),
		},
		{
			Name: "second-dot", Title: "does not escape the second dot of a host with three",
			Teaches:  "admin.euxexample.test is one as well. A test with a short host never sees it.",
			Policies: words("list-creds"), Caught: words("K16"),
			wrong: unescaped(2),
		},
		{
			Name: "any-port", Title: "allows every port of the host",
			Teaches:  "At another port is another program, and it is of the same site: cookies with SameSite=Lax go along.",
			Policies: words("single-creds"), Caught: words("K17"),
			wrong: matches(`^https://LISTED(:\d+)?$`),
		},
		{
			Name: "http", Title: "allows http where https is listed",
			Teaches:  "Anybody on the network can forge a page of http.",
			Policies: words("single-creds"), Caught: words("K18"),
			wrong: matches(`^https?://LISTED$`),
		},
		{
			Name: "null", Title: "allows null",
			Teaches:  "It is meant for files and apps. Every site can make a page whose origin is null, with a sandboxed frame.",
			Policies: words("single-creds"), Caught: words("K19 K22"),
			wrong: compares(func(_, origin string) bool { return origin == "null" }),
		},
		{
			Name: "says-null", Title: "answers strangers with Access-Control-Allow-Origin: null",
			Teaches:  "null reads like nobody. It is the origin of every sandboxed page.",
			Policies: words("none single"), Caught: words("K19 K22"),
			wrong: wrong{around: answering(func(a *answer) {
				if !a.allowed() {
					a.Set(allowOrigin, "null")
				}
			})},
		},
		{
			Name: "says-false", Title: "answers strangers with Access-Control-Allow-Origin: false",
			Teaches:  "It does no harm to anybody but the developer who reads it in the console.",
			Policies: words("none single"), Caught: words("K22"),
			wrong: wrong{around: answering(func(a *answer) {
				if !a.allowed() {
					a.Set(allowOrigin, "false")
				}
			})},
		},
		{
			Name: "first-of-list", Title: "names the first origin of the list, for every origin that asks",
			Teaches:  "The header takes one value. A test with the first origin alone never sees that the other origins are locked out.",
			Policies: words("list-creds"), Caught: words("K01 K02 K05 K06 K22 K31 K57 K58"),
			wrong: wrong{
				around: answering(func(a *answer) { a.Set(allowOrigin, "https://app.example.test"); a.Set(allowCredentials, "true") }),
			},
		},
		{
			Name: "whole-list", Title: "names the whole list in one header",
			Teaches:  "The header takes one value: no browser reads a list there.",
			Policies: words("single-creds"), Caught: words("K02 K04 K05 K31 K48 K49"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.allowed() {
					a.Set(allowOrigin, a.origin()+", https://admin.example.test")
				}
			})},
		},
		{
			Name: "slash", Title: "names the origin with a slash after it",
			Teaches:  "An origin has no path, and browsers compare byte for byte.",
			Policies: words("single-creds"), Caught: words("K02 K05 K31 K48 K49"),
			wrong: wrong{around: answering(func(a *answer) {
				if a.allowed() {
					a.Set(allowOrigin, a.origin()+"/")
				}
			})},
		},
		{
			Name: "lost-port", Title: "forgets the port of a listed origin",
			Teaches:  "Many parse the origin and put it together again, without what they did not think of.",
			Policies: words("list-creds"), Caught: words("K01 K02 K06 K31 K57 K58"),
			wrong: wrong{cors: func(c *reference.CORS, _ contract.Policy) {
				right := c.Allows
				c.Allows = func(origin string) bool { return right(origin) && !strings.Contains(hostOf(origin), ":") }
			}},
		},
		{
			Name: "user-name", Title: "compares only the text before @",
			Teaches:  "No browser sends such an Origin, and a parser that takes everything hides the next mistake.",
			Policies: words("list-creds"), Caught: words("K21"),
			wrong: compares(func(listed, origin string) bool {
				before, _, _ := strings.Cut(origin, "@")
				return before == listed
			}),
		},
		{
			Name: "child-ends", Title: "takes every host that ends like the domain as a child of it",
			Teaches:  "The dot is missing: xexample.test ends with example.test.",
			Policies: words("subdomains-creds"), Caught: words("K20"),
			wrong: matches(`^https://[a-z.]*LISTED$`),
		},
		{
			Name: "child-begins", Title: "takes every host that begins like a child for one",
			Teaches:  "The end of the pattern is open.",
			Policies: words("subdomains-creds"), Caught: words("K17 K20"),
			wrong: matches(`^https://[a-z]+\.LISTED`),
		},
		{
			Name: "child-first-dot", Title: "does not escape the dot between the child and the domain",
			Teaches:  "childxexample.test is a domain that anybody can register.",
			Policies: words("subdomains-creds"), Caught: words("K20"),
			wrong: matches(`^https://[a-z]+.LISTED$`),
		},
		{
			Name: "child-second-dot", Title: "does not escape the dot of the domain",
			Teaches:  "Where the domain ends in a country's two letters, such a top-level domain may well exist.",
			Policies: words("subdomains-creds"), Caught: words("K20"),
			wrong: matches(`^https://[a-z]+\.example.test$`),
		},
		{
			Name: "child-http", Title: "allows children over http",
			Teaches:  "Anybody on the network can forge a page of http, at any host of the domain.",
			Policies: words("subdomains-creds"), Caught: words("K18"),
			wrong: matches(`^https?://[a-z]+\.LISTED$`),
		},
		{
			Name: "child-port", Title: "allows children at every port",
			Teaches:  "At another port is another program.",
			Policies: words("subdomains-creds"), Caught: words("K17"),
			wrong: matches(`^https://[a-z]+\.LISTED(:\d+)?$`),
		},
		{
			Name: "any-without-ports", Title: "does not count an origin with a port as any origin",
			Teaches:  "A pattern for everything is a pattern for what its author thought of.",
			Policies: words("any"), Caught: words("K25 K31 K57"),
			wrong: wrong{cors: func(c *reference.CORS, _ contract.Policy) {
				c.Allows = regexp.MustCompile(`^https://[a-z.]+$`).MatchString
			}},
		},
		{
			Name: "no-null", Title: "refuses null though it is allowed",
			Teaches:  "A parser of URLs does not take null for an origin.",
			Policies: words("null-allowed"), Caught: words("K19"),
			wrong: wrong{cors: func(c *reference.CORS, _ contract.Policy) {
				right := c.Allows
				c.Allows = func(origin string) bool { return right(origin) && origin != "null" }
			}},
		},
		{
			Name: "cookie-reflects", Title: "sends back whatever origin asks with a cookie",
			Teaches:  "A first visit is refused, and so is every test. The signed-in user is not safe.",
			Policies: words("list-creds"), Caught: words("K13 K14 K15 K16 K17 K18 K19 K29"),
			wrong: wrong{around: answering(func(a *answer) {
				if !a.allowed() && a.origin() != "" && a.r.Header.Get("Cookie") != "" {
					a.Set(allowOrigin, a.origin())
					a.Set(allowCredentials, "true")
				}
			})},
		},
		{
			Name: "own-origin", Title: "refuses its own origin with 403",
			Teaches:  "A browser sends Origin with each POST, also to the own server, and behind a proxy the server does not know its own name.",
			Policies: words("list-creds"), Caught: words("K23"),
			wrong: wrong{around: asking(func(w http.ResponseWriter, r *http.Request) bool {
				own := r.Header.Get("Origin") == "https://"+r.Host
				if own {
					w.WriteHeader(http.StatusForbidden)
				}
				return own
			})},
		},
	}
}
