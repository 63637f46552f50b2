package specs_test

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Where does a redirect lead, and how does it change the request?
// https://fetch.spec.whatwg.org/#http-redirect-fetch
var _ = Describe("a redirect", Label("scenario:redirects", "fetch:http-redirect-fetch"), func() {
	// noCode matches if Chrome reported nothing about CORS.
	noCode := SatisfyAll(HaveField("Parameter", ""), HaveField("BlockedReason", ""),
		HaveField("Issues", Not(ContainElement(HaveField("Code", "CorsIssue")))),
		Not(harness.LogToConsole("CORS policy")))

	DescribeTable("goes", func(ctx SpecContext, r harness.Request, hops []hop, want types.GomegaMatcher, arrived ...string) {
		urls := chain(hops...)
		r.From, r.URL = app, urls[0]
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(want)
		Expect(travelled(urls)).To(Equal(arrived), seen.String)
	},
		Entry("not to a URL with a password elsewhere", Label("case:65", "code:RedirectContainsCredentials"), harness.Request{},
			[]hop{{at: app, status: 302}, {at: "https://user:secret@api.test", lines: allow("*")}},
			blocked(harness.RedirectContainsCredentials, ""), "GET app.test"),
		Entry("not to a URL with a password at the same server", Label("case:65", "code:RedirectContainsCredentials"), harness.Request{},
			[]hop{{at: api, status: 302, lines: allow(app)}, {at: "https://user:secret@api.test", lines: allow("*")}},
			blocked(harness.RedirectContainsCredentials, ""), "GET api.test as app.test"),
		Entry("not to a URL with a password back home", Label("case:65", "code:RedirectContainsCredentials"), harness.Request{},
			[]hop{{at: api, status: 302, lines: allow(app)}, {at: "https://user:secret@app.test", lines: allow("*")}},
			blocked(harness.RedirectContainsCredentials, ""), "GET api.test as app.test"),
		Entry("not to a URL with a password at home, which the standard allows", Label("case:65"), harness.Request{},
			[]hop{{at: app, status: 302}, {at: "https://user:secret@app.test"}},
			SatisfyAll(blocked(harness.BlockedByOrigin, ""), HaveField("BlockedReason", "origin")), "GET app.test"),
		Entry("by 307 with method and body, after a preflight where it comes to another origin", Label("case:67"),
			harness.Request{Method: "POST", Body: harness.JSON("{}")}, []hop{{at: app, status: 307}, {at: api, lines: allow(app)}},
			read(200), "POST app.test as app.test, 2 bytes of application/json", "OPTIONS api.test as app.test",
			"POST api.test as app.test, 2 bytes of application/json"),
		Entry("by 302 from POST as GET, without a preflight", Label("case:67"),
			harness.Request{Method: "POST", Body: harness.JSON("{}")}, []hop{{at: app, status: 302}, {at: api, lines: allow(app)}},
			read(200), "POST app.test as app.test, 2 bytes of application/json", "GET api.test as app.test"),
		Entry("by 303 from PUT as GET, without a preflight", Label("case:68"),
			harness.Request{Method: "PUT"}, []hop{{at: api, status: 303, lines: allow(app)}, {at: api, lines: allow(app)}},
			read(200), "OPTIONS api.test as app.test", "PUT api.test as app.test", "GET api.test as app.test"),
		Entry("by 302 from PUT as PUT, with a preflight at each hop", Label("case:68"),
			harness.Request{Method: "PUT"}, []hop{{at: api, status: 302, lines: allow(app)}, {at: api, lines: allow(app)}},
			read(200), "OPTIONS api.test as app.test", "PUT api.test as app.test", "OPTIONS api.test as app.test", "PUT api.test as app.test"),
		Entry("not to an invalid URL", Label("code:ERR_INVALID_REDIRECT"), harness.Request{}, []hop{{at: api, status: 302, lines: allow(app)}, {at: "https://[:"}},
			SatisfyAll(harness.BeBlocked(harness.InvalidRedirect), noCode), "GET api.test as app.test"),
		Entry("not to a scheme that nobody knows", Label("code:ERR_UNKNOWN_URL_SCHEME"), harness.Request{Mode: harness.NoCORS}, []hop{{at: api, status: 302}, {at: "cors:"}},
			SatisfyAll(harness.BeBlocked(harness.UnknownURLScheme), noCode), "GET api.test"),
		Entry("not to data:", Label("case:70", "code:ERR_UNSAFE_REDIRECT"), harness.Request{}, []hop{{at: api, status: 302, lines: allow(app)}, {at: "data:,"}},
			SatisfyAll(harness.BeBlocked(harness.UnsafeRedirect), noCode), "GET api.test as app.test"),
		Entry("nowhere in redirect mode manual, where script gets an opaque one", Label("case:71"), harness.Request{Redirect: harness.RedirectManual},
			[]hop{{at: api, status: 302, lines: allow(app)}, {at: api, lines: allow(app)}},
			SatisfyAll(harness.BeOpaque(), HaveField("Script.Type", "opaqueredirect"), HaveField("Script.Status", 0)), "GET api.test as app.test"),
		Entry("nowhere in redirect mode manual, where script is not allowed to know", Label("case:71", "code:MissingAllowOriginHeader"),
			harness.Request{Redirect: harness.RedirectManual}, []hop{{at: api, status: 302}, {at: api, lines: allow(app)}},
			blocked(harness.MissingAllowOriginHeader, ""), "GET api.test as app.test"),
		Entry("nowhere in redirect mode error", Label("case:71", "code:redirect-refused"), harness.Request{Redirect: harness.RedirectError},
			[]hop{{at: api, status: 302, lines: allow(app)}, {at: api, lines: allow(app)}},
			SatisfyAll(harness.BeBlocked(harness.RedirectRefused), HaveField("NetError", "net::ERR_FAILED"), noCode), "GET api.test as app.test"),
	)

	DescribeTable("takes Authorization along", Label("case:69", "deviation:D23"), func(ctx SpecContext, from, to string, arrived ...string) {
		urls := chain(hop{at: from, status: 302, lines: allow(app)}, hop{at: to, lines: allow("*")})
		seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: urls[0], Headers: header("Authorization", "Bearer 1")})
		Expect(seen, err).To(read(200))
		var lines []string
		for _, a := range seen.Arrivals {
			token, _ := a.Headers.Get("Authorization")
			lines = append(lines, strings.TrimSpace(a.Method+" "+token))
		}
		Expect(lines).To(Equal(arrived), seen.String)
	},
		Entry("not away from home, and so without a preflight", app, api, "GET Bearer 1", "GET"),
		Entry("not from one foreign origin to another", api, third, "OPTIONS", "GET Bearer 1", "GET"),
		Entry("within an origin, with a preflight at each hop", api, api, "OPTIONS", "GET Bearer 1", "OPTIONS", "GET Bearer 1"),
	)

	DescribeTable("leads on", Label("case:70"), func(ctx SpecContext, r harness.Request, redirects int, origins []string, want types.GomegaMatcher) {
		hops := make([]hop, redirects+1)
		for i := range hops {
			hops[i] = hop{at: origins[i%len(origins)], status: 302, lines: allow("*")}
		}
		hops[redirects].status = 200
		urls := chain(hops...)
		r.From, r.URL = app, urls[0]
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(want)
		gets := slices.DeleteFunc(travelled(urls), func(line string) bool { return !strings.HasPrefix(line, "GET ") })
		Expect(gets).To(HaveLen(21), seen.String)
		Expect(len(travelled(urls))-len(gets)).To(Equal(21*len(r.Headers)), "preflights")
	},
		Entry("20 times at home", harness.Request{}, 20, []string{app}, read(200)),
		Entry("20 times across origins", harness.Request{}, 20, []string{api, third}, read(200)),
		Entry("20 times across origins with preflights", harness.Request{Headers: header("X-A", "1")}, 20, []string{api, third}, read(200)),
		Entry("not 21 times at home", Label("code:ERR_TOO_MANY_REDIRECTS"), harness.Request{}, 21, []string{app}, SatisfyAll(harness.BeBlocked(harness.TooManyRedirects), noCode)),
		Entry("not 21 times across origins", harness.Request{}, 21, []string{api, third}, SatisfyAll(harness.BeBlocked(harness.TooManyRedirects), noCode)),
		Entry("not 21 times across origins with preflights", harness.Request{Headers: header("X-A", "1")}, 21, []string{api, third},
			SatisfyAll(harness.BeBlocked(harness.TooManyRedirects), noCode)),
	)

	// The request goes to a foreign origin, from there to another URL of that
	// origin, and on to a third origin. The rules of the standard say what
	// arrives.
	DescribeTable("by each status and method", func(ctx SpecContext, status int, method string) {
		urls := chain(hop{at: api, status: status, lines: allow(app)}, hop{at: api, status: status, lines: allow(app)}, hop{at: third, lines: allow("null")})
		r := harness.Request{From: app, URL: urls[0], Method: method}
		if sendsBody(method) {
			r.Body = harness.Text("body")
		}
		arrived, end := crossing(method, "api.test as app.test"), status
		if redirects(status) {
			method = after(status, method)
			arrived = append(arrived, crossing(method, "api.test as app.test")...)
			method = after(status, method)
			arrived, end = append(arrived, crossing(method, "third.test as null")...), 200
		}
		seen, err := chrome.Fetch(ctx, r)
		Expect(seen, err).To(read(end))
		Expect(travelled(urls)).To(Equal(arrived), seen.String)
	}, EntryDescription("%d to %s"), everyRedirect())
})

// everyRedirect has each status with each method: the statuses that redirect, and
// the 300s that do not.
func everyRedirect() []TableEntry {
	var entries []TableEntry
	for _, status := range []int{301, 302, 303, 307, 308, 300, 304, 305, 306} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
			entries = append(entries, Entry(nil, status, method))
		}
	}
	return entries
}

// redirects says whether a status is a redirect status.
// https://fetch.spec.whatwg.org/#redirect-status
func redirects(status int) bool {
	return slices.Contains([]int{301, 302, 303, 307, 308}, status)
}

// after is the method after a redirect. Where it becomes GET, the body and the
// headers that describe it are removed.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func after(status int, method string) string {
	if (status == 301 || status == 302) && method == "POST" || status == 303 && method != "GET" && method != "HEAD" {
		return "GET"
	}
	return method
}

// sendsBody says whether the specs send a body with a method.
func sendsBody(method string) bool { return slices.Contains([]string{"POST", "PUT", "PATCH"}, method) }

// crossing lists what arrives when a request goes to another origin: the request,
// after a preflight if its method is not safelisted.
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func crossing(method, where string) []string {
	line := method + " " + where
	if sendsBody(method) {
		line += ", 4 bytes of text/plain;charset=UTF-8"
	}
	if slices.Contains([]string{"GET", "HEAD", "POST"}, method) {
		return []string{line}
	}
	return []string{"OPTIONS " + where, line}
}

// third is an origin that redirects lead to, away from the server that was asked.
const third = "https://third.test"

// hop is an answer in a chain of redirects.
type hop struct {
	at      string         // the origin; a user name may stand before its host
	status  int            // 0 is 200
	lines   harness.Header // of the CORS protocol, in the answers to preflight and request
	refuses bool           // the answer to the preflight lacks them
}

// chain makes each hop answer with a redirect to the next one, and returns their
// URLs.
func chain(hops ...hop) []string {
	urls := make([]string, len(hops))
	for i, h := range slices.Backward(hops) {
		preflight := servers.Reply{Status: 204}
		if !h.refuses {
			preflight.Header = slices.Concat(h.lines, header(acam, "PUT, PATCH, DELETE", acah, "x-a, content-type, authorization"))
		}
		reply := servers.Reply{Status: h.status, Header: h.lines}
		if i+1 < len(hops) {
			reply.Header = slices.Concat(h.lines, header("Location", urls[i+1]))
		}
		urls[i] = serveAt(h.at, servers.Case{Preflight: &preflight, Reply: reply})
	}
	return urls
}

// travelled lists what arrived at the URLs of a chain, also requests that the
// browser did not report: method and host, the origin if there is one, and the
// body.
func travelled(urls []string) []string {
	var lines []string
	for _, a := range net.Arrivals(0, bare(urls)) {
		host, _, _ := strings.Cut(strings.TrimPrefix(a.URL, "https://"), "/")
		line := a.Method + " " + host
		if origin, ok := a.Headers.Get("Origin"); ok {
			line += " as " + strings.TrimPrefix(origin, "https://")
		}
		length, _ := a.Headers.Get("Content-Length")
		kind, _ := a.Headers.Get("Content-Type")
		if kind != "" || length != "" && length != "0" {
			line += fmt.Sprintf(", %s bytes of %s", length, kind)
		}
		lines = append(lines, line)
	}
	return lines
}

// bare are URLs as they arrive: without user name and password.
func bare(urls []string) []string {
	var list []string
	for _, url := range urls {
		scheme, rest, _ := strings.Cut(url, "://")
		list = append(list, scheme+"://"+rest[strings.Index(rest, "@")+1:])
	}
	return list
}
