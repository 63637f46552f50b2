package specs_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/wire"
	"github.com/corsproof/corsproof/servers"
)

// The key of an extension of ours, and the origin that it makes.
const (
	extensionKey = "Y29yc3Byb29m"
	extension    = "chrome-extension://ngimkmpihdejiolaidccfihieimaamad"
)

// The page of an extension is a stranger to servers unless the manifest names their hosts.
// https://developer.chrome.com/docs/extensions/develop/concepts/network-requests
var _ = Describe("the page of an extension", Label("scenario:origins"), func() {
	ask := func(ctx SpecContext, r harness.Request, c servers.Case) (harness.Observation, error) {
		r.From, r.ExtensionKey, r.URL = extension, extensionKey, serve(c)
		return inBuild(ctx, &chrome, r)
	}

	DescribeTable("is refused and allowed as any page", Label("case:189", "fetch:cors-check"), func(ctx SpecContext, r harness.Request, h harness.Header, outcome types.GomegaMatcher) {
		seen, err := ask(ctx, r, servers.Case{Reply: servers.Reply{Header: h}})
		Expect(seen, err).To(SatisfyAll(outcome, arrive("GET"), arriveWith("Origin", extension), HaveField("Page.Origin", extension), HaveField("Wire", false)))
		Expect(seen.Browser.Flags).NotTo(ContainElement("--disable-extensions"))
	},
		Entry("without the header", harness.Request{}, nil, rejected(harness.MissingAllowOriginHeader, "")),
		Entry("named", harness.Request{}, allow(extension), read(200)),
		Entry("as any origin", harness.Request{}, allow("*"), read(200)),
		Entry("as any origin, with credentials", harness.Request{Credentials: harness.Include}, allow("*", acac, "true"), rejected(harness.WildcardOriginNotAllowed, "")),
		Entry("named, with credentials", harness.Request{Credentials: harness.Include}, allow(extension, acac, "true"), read(200)),
		Entry("as an opaque origin", harness.Request{}, allow("null"), rejected(harness.AllowOriginMismatch, "null")),
	)

	It("is preflighted", Label("case:190", "fetch:cors-preflight-fetch"), func(ctx SpecContext) {
		c := servers.Case{Preflight: &servers.Reply{Status: 204, Header: allow(extension, acam, "PUT", acah, "x-one")}, Reply: servers.Reply{Header: allow(extension)}}
		r := harness.Request{Method: "PUT", Headers: header("X-One", "1")}
		Expect(ask(ctx, r, c)).To(SatisfyAll(read(200), arrive("OPTIONS", "PUT"), askFor("PUT", "x-one")))
		r.DryRun = true
		Expect(ask(ctx, r, c)).To(SatisfyAll(harness.BeReadable(), arrive("OPTIONS")))
		r.Method = "DELETE"
		Expect(ask(ctx, r, c)).To(SatisfyAll(blocked(harness.MethodDisallowedByPreflightResponse, "DELETE"), arrive("OPTIONS")))
	})

	It("is not asked from where Chrome has another extension, which could change requests", Label("case:195", "fetch:cors-check"), func(ctx SpecContext) {
		other := GinkgoT().TempDir()
		Expect(os.WriteFile(filepath.Join(other, "manifest.json"), []byte(`{"manifest_version": 3, "name": "another", "version": "1"}`), 0o600)).To(Succeed())
		own := &harness.Browser{Network: &net, Flags: []string{"--load-extension=" + other}, Timeout: patience}
		DeferCleanup(own.Close)
		r := harness.Request{From: extension, ExtensionKey: extensionKey, URL: serve(servers.Case{})}
		_, err := inBuild(ctx, own, r)
		Expect(err).To(MatchError(harness.ErrFlag))
		Expect(err).To(MatchError(ContainSubstring("Chrome has the extension another")))
		r.From, r.ExtensionKey = app, ""
		Expect(own.Fetch(ctx, r)).To(harness.BeBlocked(harness.MissingAllowOriginHeader)) // extensions are off
	})
})

// Chrome cannot have the page of another app: nobody can register a scheme with it. The
// question is asked on the wire, and no browser decides.
var _ = Describe("the page of an app", Label("scenario:origins"), func() {
	on := func(ctx SpecContext, r harness.Request) (harness.Observation, error) {
		return wire.Fetch(ctx, net.Client(), r)
	}
	origins := func(o harness.Observation) []string {
		var list []string
		for _, e := range o.Exchanges {
			list = append(list, e.RequestHeaders.Values("Origin")...)
		}
		return list
	}

	DescribeTable("is asked for on the wire", Label("case:191", "fetch:cors-check"), func(ctx SpecContext, from string) {
		r := harness.Request{From: from, URL: serve(servers.Case{})}
		Expect(on(ctx, r)).To(SatisfyAll(blocked(harness.MissingAllowOriginHeader, ""), HaveField("Wire", true), HaveField("Browser.Name", ""), WithTransform(origins, HaveExactElements(from))))
		r.URL = serve(servers.Case{Reply: servers.Reply{Header: allow(from), Body: "hello"}})
		Expect(on(ctx, r)).To(SatisfyAll(read(200), HaveField("Wire", true), HaveField("Script.Body", "hello")))
		r.URL = serve(servers.Case{Reply: servers.Reply{Header: allow("https://localhost")}})
		Expect(on(ctx, r)).To(SatisfyAll(blocked(harness.AllowOriginMismatch, "https://localhost"), HaveField("Wire", true)))
		_, err := chrome.Fetch(ctx, r)
		Expect(err).To(MatchError(ContainSubstring("Chrome cannot open a page at " + from)))
	},
		Entry(nil, "capacitor://localhost"), Entry(nil, "ionic://localhost"), Entry(nil, "tauri://localhost"), Entry(nil, "app://."),
		Entry(nil, "moz-extension://0a1b2c3d-0000-4000-8000-0123456789ab"), Entry(nil, "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh"),
	)

	It("asks as null after a redirect from one server to another", Label("case:192", "fetch:concept-request-tainted-origin"), func(ctx SpecContext) {
		last := serveAt("https://other.test", servers.Case{Reply: servers.Reply{Header: allow("null")}})
		r := harness.Request{From: "capacitor://localhost", URL: serve(servers.Case{Reply: servers.Reply{Status: 302, Header: allow("*", "Location", last)}})}
		Expect(on(ctx, r)).To(SatisfyAll(read(200), WithTransform(origins, HaveExactElements("capacitor://localhost", "null"))))
	})

	// The only origin that both can have shows that the wire asks and decides as Chrome does.
	DescribeTable("is judged as Chrome judges", Label("case:193", "fetch:cors-check", "fetch:cors-preflight-fetch"), func(ctx SpecContext, r harness.Request, c servers.Case) {
		r.From, r.URL = extension, serve(c)
		wired, err := on(ctx, r)
		Expect(err).NotTo(HaveOccurred())
		r.ExtensionKey, r.URL = extensionKey, serve(c)
		asked, err := inBuild(ctx, &chrome, r)
		Expect(err).NotTo(HaveOccurred())
		Expect(wired.Wire).To(BeTrue())
		Expect(asked.Wire).To(BeFalse())
		Expect([]any{wired.Verdict, wired.Reason, wired.Parameter, wired.Script.Status, wired.Script.Body}).
			To(Equal([]any{asked.Verdict, asked.Reason, asked.Parameter, asked.Script.Status, asked.Script.Body}), "%s\n\n%s", wired, asked)
		Expect(protocol(wired)).To(Equal(protocol(asked)))
	},
		Entry("nothing allowed", harness.Request{}, servers.Case{}),
		Entry("allowed", harness.Request{Credentials: harness.Include}, servers.Case{Reply: servers.Reply{Header: allow(extension, acac, "true"), Body: "hello"}}),
		Entry("a wildcard with credentials", harness.Request{Credentials: harness.Include}, servers.Case{Reply: servers.Reply{Header: allow("*", acac, "true")}}),
		Entry("two values", harness.Request{}, servers.Case{Reply: servers.Reply{Header: allow(extension, acao, "*")}}),
		Entry("a preflight without an answer to it", harness.Request{Method: "PUT"}, servers.Case{Preflight: &servers.Reply{Status: 404}}),
		Entry("a preflight that passes", harness.Request{Method: "PATCH", Headers: header("X-B", "1", "X-A", "2"), Body: harness.JSON("{}")}, servers.Case{
			Preflight: &servers.Reply{Status: 204, Header: allow(extension, acam, "PATCH", acah, "x-a, x-b, content-type")}, Reply: servers.Reply{Header: allow(extension)}}),
		Entry("a preflight that refuses a header", harness.Request{Headers: header("X-B", "1")}, servers.Case{Preflight: &servers.Reply{Status: 204, Header: allow(extension, acah, "x-a")}}),
		Entry("a body of a form", harness.Request{Method: "POST", Body: harness.Form(harness.Field{Name: "a", Value: "1 é"})}, servers.Case{Reply: servers.Reply{Header: allow(extension)}}),
		Entry("mode no-cors", harness.Request{Mode: harness.NoCORS}, servers.Case{}),
		Entry("mode same-origin", harness.Request{Mode: harness.SameOriginOnly}, servers.Case{}),
	)
})

// protocol is what the requests that were sent say by the CORS protocol.
// https://fetch.spec.whatwg.org/#http-requests
func protocol(o harness.Observation) [][]string {
	var list [][]string
	for _, e := range o.Exchanges {
		if !e.Sent { // Chrome tells of a request that its preflight has stopped
			continue
		}
		line := []string{string(e.Kind), e.Method}
		for _, name := range []string{"Origin", acrm, acrh, "Content-Type"} {
			value, _ := e.RequestHeaders.Get(name)
			line = append(line, value)
		}
		list = append(list, line)
	}
	return list
}
