package specs_test

import (
	"crypto/md5" //nolint:gosec // what HTTP Digest wants
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// guarded is a server that asks for a name and a password, allows script to send
// them, and allows every page to read.
func guarded(challenge string) servers.Case {
	return servers.Case{Answer: func(a harness.Arrival) servers.Reply {
		origin, _ := a.Headers.Get("Origin")
		lines := allow(origin, acac, "true")
		password, given := a.Headers.Get("Authorization")
		switch {
		case a.Method == "OPTIONS":
			return servers.Reply{Status: 204, Header: append(lines, header(acam, "PUT", acah, "authorization")...)}
		case !given || password != basic && !digested(a.Method, password):
			return servers.Reply{Status: 401, Header: append(lines, header("WWW-Authenticate", challenge)...), Body: "who are you?"}
		}
		return servers.Reply{Header: lines, Body: "welcome"}
	}}
}

// basic is the name u with the password p.
// https://www.rfc-editor.org/rfc/rfc7617#section-2
const basic = "Basic dTpw"

// digestChallenge asks for the name and the password by Digest.
// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
const digestChallenge = `Digest realm="x", nonce="n", qop="auth", algorithm=MD5`

// digested says whether a header is the answer to the challenge of the name u with the
// password p. https://www.rfc-editor.org/rfc/rfc7616#section-3.4.1
func digested(method, header string) bool {
	list, ok := strings.CutPrefix(header, "Digest ")
	if !ok {
		return false
	}
	said := map[string]string{}
	for pair := range strings.SplitSeq(list, ", ") {
		name, value, _ := strings.Cut(pair, "=")
		said[name] = strings.Trim(value, `"`)
	}
	hash := func(parts ...string) string { return fmt.Sprintf("%x", md5.Sum([]byte(strings.Join(parts, ":")))) } //nolint:gosec // what the scheme wants
	return said["response"] == hash(hash("u", "x", "p"), "n", said["nc"], said["cnonce"], "auth", hash(method, said["uri"]))
}

// named puts that name and password into a URL.
func named(url string) string { return strings.Replace(url, "://", "://u:p@", 1) }

// login gives the name and the password to the browser, on a page of the server
// itself. The browser keeps them.
// https://fetch.spec.whatwg.org/#authentication-entry
func login(server, url string) harness.Request {
	return harness.Request{From: server, URL: named(url), Via: harness.ViaXHR}
}

// passwords are the Authorization headers that arrived, "-" where there was none.
func passwords(o harness.Observation) string {
	var all []string
	for _, a := range o.Arrivals {
		password, given := a.Headers.Get("Authorization")
		if !given {
			password = "-"
		}
		all = append(all, password)
	}
	return strings.Join(all, ", ")
}

// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
var _ = Describe("HTTP authentication", Label("scenario:http-authentication"), func() {
	DescribeTable("a challenge from another origin is a response like others, and nobody is asked for a password",
		Label("fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext, challenge string, r harness.Request) {
			r.From, r.URL = app, serve(guarded(challenge))
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(401), HaveField("Script.Body", "who are you?"),
				Not(harness.ExposeHeader("WWW-Authenticate")), arrive("GET"), WithTransform(passwords, Equal("-"))))
		},
		Entry("by default, as that is without credentials across origins", "Basic realm=x", harness.Request{}),
		Entry("with omit", "Basic realm=x", harness.Request{Credentials: harness.Omit}),
		Entry("by XMLHttpRequest", "Basic realm=x", harness.Request{Via: harness.ViaXHR}),
		Entry("with credentials, in a scheme that the browser cannot answer", "Bearer realm=x", harness.Request{Credentials: harness.Include}),
	)

	// A browser asks its user then. Nobody is there, and the page gets what it gets when a
	// user gives no name.
	DescribeTable("a challenge to a request with credentials waits for nobody",
		Label("fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext, challenge string, r harness.Request, want OmegaMatcher, methods ...string) {
			for _, page := range []string{app, "https://www.api.test", foreign} {
				r.From, r.URL = page, serve(guarded(challenge))
				Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(want, arrive(methods...), Not(WithTransform(passwords, ContainSubstring("Basic")))), page)
			}
		},
		Entry("Basic", Label("case:175"), "Basic realm=x", harness.Request{Credentials: harness.Include}, read(401), "GET"),
		Entry("Digest, after a preflight", Label("case:176"), digestChallenge, harness.Request{Credentials: harness.Include, Method: "PUT"}, read(401), "OPTIONS", "PUT"),
		Entry("by XMLHttpRequest", "Basic realm=x", harness.Request{Credentials: harness.Include, Via: harness.ViaXHR}, read(401), "GET"),
		Entry("by a synchronous XMLHttpRequest", "Basic realm=x", harness.Request{Credentials: harness.Include, Via: harness.ViaXHRSync}, read(401), "GET"),
		Entry("with mode no-cors", "Basic realm=x", harness.Request{Credentials: harness.Include, Mode: harness.NoCORS}, harness.BeOpaque(), "GET"),
		Entry("in a dedicated worker", "Basic realm=x", harness.Request{Credentials: harness.Include, Where: harness.WhereWorker}, read(401), "GET"),
		Entry("in a shared worker", "Basic realm=x", harness.Request{Credentials: harness.Include, Where: harness.WhereSharedWorker}, read(401), "GET"),
		Entry("by a frame", "Basic realm=x", harness.Request{Via: harness.ViaIframe}, harness.BeOpaque(), "GET"),
		Entry("by an image", "Basic realm=x", harness.Request{Via: harness.ViaImage}, blocked(harness.ResponseUnusable, ""), "GET"),
		Entry("by a style sheet", "Basic realm=x", harness.Request{Via: harness.ViaStylesheet}, blocked(harness.ResponseUnusable, ""), "GET"),
	)

	It("a challenge to a page of the server itself waits for nobody, without credentials named, too", Label("fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
		server := hostOf("auth.test")
		Expect(chrome.Fetch(ctx, harness.Request{From: server, URL: serveAt(server, guarded("Basic realm=x"))})).To(SatisfyAll(
			read(401), harness.ExposeHeader("WWW-Authenticate", "Basic realm=x"), arrive("GET")))
	})

	It("a challenge with credentials and without a header of CORS is a refused response",
		Label("case:177", "fetch:cors-check", "code:MissingAllowOriginHeader"), func(ctx SpecContext) {
			challenge := servers.Case{Reply: servers.Reply{Status: 401, Header: header("WWW-Authenticate", "Basic realm=x")}}
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(challenge), Credentials: harness.Include})).To(SatisfyAll(
				blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"), answered(harness.ActualRequest, 401)))
		})

	DescribeTable("a login before is sent with credentials, and never with a preflight", Label("fetch:http-network-or-cache-fetch"),
		func(ctx SpecContext, challenge, scheme string) {
			url := serveAt(hostOf("auth.test"), guarded(challenge))
			r := harness.Request{From: app, URL: url, Method: "PUT", Credentials: harness.Include, Before: []harness.Request{harness.HTTPLogin(url, "u", "p")}}
			seen, err := chrome.Fetch(ctx, r)
			Expect(seen, err).To(SatisfyAll(read(200), HaveField("Script.Body", "welcome"),
				WithTransform(passwords, MatchRegexp("^-, "+scheme+" [^-]+$")), HaveField("Before", HaveExactElements(read(200)))))
			Expect(seen.Redacted().String()).NotTo(SatisfyAny(ContainSubstring(basic), ContainSubstring("response=")))
			r.Before[0].XHR.Password = "wrong"
			Expect(chrome.Fetch(ctx, r)).To(SatisfyAll(read(401), HaveField("Before", HaveExactElements(read(401)))))
		},
		Entry("by Basic", Label("case:178"), "Basic realm=x", "Basic"),
		Entry("by Digest", Label("case:179"), digestChallenge, "Digest"),
	)

	It("a challenge is read by script where it is exposed", Label("fetch:concept-filtered-response-cors"), func(ctx SpecContext) {
		challenge := servers.Case{Reply: servers.Reply{Status: 401, Header: allow(app,
			"WWW-Authenticate", "Bearer realm=x", "Access-Control-Expose-Headers", "WWW-Authenticate")}}
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(challenge)})).To(SatisfyAll(
			read(401), harness.ExposeHeader("WWW-Authenticate", "Bearer realm=x")))
	})

	It("a challenge without a header of CORS is a refused response", Label("fetch:cors-check", "code:MissingAllowOriginHeader"), func(ctx SpecContext) {
		challenge := servers.Case{Reply: servers.Reply{Status: 401, Header: header("WWW-Authenticate", "Basic realm=x")}}
		Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: serve(challenge)})).To(SatisfyAll(
			blocked(harness.MissingAllowOriginHeader, ""), arrive("GET"), answered(harness.ActualRequest, 401)))
	})

	// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
	Describe("a password set by script", func() {
		ask := func(ctx SpecContext, c servers.Case, password string) (harness.Observation, error) {
			return chrome.Fetch(ctx, harness.Request{From: app, URL: serve(c), Headers: header("Authorization", password)})
		}
		It("is preflighted, and stays out of the preflight", Label("fetch:cors-preflight-fetch"), func(ctx SpecContext) {
			Expect(ask(ctx, guarded("Basic realm=x"), basic)).To(SatisfyAll(
				read(200), arrive("OPTIONS", "GET"), WithTransform(passwords, Equal("-, "+basic))))
		})
		It("that is wrong gets the challenge", Label("fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
			Expect(ask(ctx, guarded("Basic realm=x"), "Basic wrong")).To(SatisfyAll(
				read(401), arrive("OPTIONS", "GET"), WithTransform(passwords, Equal("-, Basic wrong"))))
		})
		It("is not sent to a server that does not list Authorization",
			Label("fetch:cors-preflight-fetch", "code:HeaderDisallowedByPreflightResponse"), func(ctx SpecContext) {
				Expect(ask(ctx, servers.Case{Reply: servers.Reply{Header: allow(app)}}, basic)).To(SatisfyAll(
					blocked(harness.HeaderDisallowedByPreflightResponse, "authorization"), arrive("OPTIONS")))
			})
		It("is not sent to a server that wants it from the preflight, too",
			Label("fetch:cors-preflight-fetch", "code:PreflightInvalidStatus"), func(ctx SpecContext) {
				challenge := servers.Reply{Status: 401, Header: allow(app, acah, "authorization", "WWW-Authenticate", "Basic realm=x")}
				Expect(ask(ctx, servers.Case{Reply: challenge}, basic)).To(SatisfyAll(
					blocked(harness.PreflightInvalidStatus, ""), arrive("OPTIONS")))
			})
	})

	// https://fetch.spec.whatwg.org/#dom-request
	DescribeTable("a password in the URL", func(ctx SpecContext, from string, via harness.Via, want OmegaMatcher, sent string) {
		server := hostOf("auth.test")
		if from == "" {
			from = server
		}
		Expect(chrome.Fetch(ctx, harness.Request{From: from, URL: named(serveAt(server, guarded("Basic realm=x"))), Via: via})).To(
			SatisfyAll(want, WithTransform(passwords, Equal(sent))))
	},
		Entry("is refused by fetch, also for the same origin", Label("fetch:dom-request"),
			"", harness.ViaFetch, blocked(harness.RequestRefused, ""), ""),
		Entry("is refused by fetch across origins", Label("fetch:dom-request"),
			app, harness.ViaFetch, blocked(harness.RequestRefused, ""), ""),
		Entry("is left out by XMLHttpRequest across origins", Label("fetch:http-network-or-cache-fetch"),
			app, harness.ViaXHR, read(401), "-"),
		Entry("is given by XMLHttpRequest to its own origin, when the server asks for it", Label("fetch:http-network-or-cache-fetch"),
			"", harness.ViaXHR, read(200), "-, "+basic),
		Entry("is refused for an image", Label("fetch:main-fetch", "code:origin"),
			app, harness.ViaImage, blocked(harness.BlockedByOrigin, ""), ""),
	)

	It("a password that the browser was given is sent with credentials, from any page, and never with a preflight",
		Label("fetch:http-network-or-cache-fetch"), func(ctx SpecContext) {
			server := hostOf("auth.test")
			url := serveAt(server, guarded("Basic realm=x"))
			ask := func(r harness.Request) (harness.Observation, error) {
				r.From, r.URL = app, url
				return chrome.Fetch(ctx, r)
			}
			Expect(chrome.Fetch(ctx, login(server, url))).To(read(200))
			Expect(ask(harness.Request{})).To(SatisfyAll(read(401), WithTransform(passwords, Equal("-"))))
			Expect(ask(harness.Request{Credentials: harness.Include})).To(SatisfyAll(read(200), WithTransform(passwords, Equal(basic))))
			Expect(ask(harness.Request{Mode: harness.NoCORS, Credentials: harness.Include})).To(SatisfyAll(
				harness.BeOpaque(), WithTransform(passwords, Equal(basic))))
			Expect(ask(harness.Request{Method: "PUT", Credentials: harness.Include})).To(SatisfyAll(
				read(200), WithTransform(passwords, Equal("-, "+basic))))
		})
})
