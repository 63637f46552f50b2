package specs_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// A server that is not public has a certificate of its own and a name that no resolver
// knows. What a browser decides about reading does not depend on it, once it gets there.
// https://fetch.spec.whatwg.org/#concept-connection-obtain
var _ = Describe("certificates and addresses", Label("scenario:certificates", "fetch:http-network-fetch"), Ordered, func() {
	const host = "api.corp.example" // which no resolver knows
	var (
		own, other, self signer
		ports            = map[string]string{}
		browser          harness.Browser
	)
	// allowing lets every page read, and PUT.
	allowing := func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set(acao, r.Header.Get("Origin"))
		h.Set(acac, "true")
		h.Set(acam, "PUT")
		_, _ = w.Write([]byte(r.Host))
	}
	url := func(server, host string) string { return "https://" + host + ":" + ports[server] + "/" }

	BeforeAll(func() {
		own, other = authority("own"), authority("other")
		self = signer{}.sign(template("self", host))
		expired := template("expired", host)
		expired.NotBefore, expired.NotAfter = time.Now().AddDate(-1, 0, 0), time.Now().AddDate(0, 0, -1)
		ports["own"] = serveTLS(allowing, &tls.Config{}, own.sign(template("leaf", host)))
		ports["expired"] = serveTLS(allowing, &tls.Config{}, own.sign(expired))
		ports["other"] = serveTLS(allowing, &tls.Config{}, other.sign(template("leaf", host)), own, self)
		ports["self"] = serveTLS(allowing, &tls.Config{}, self)
		ports["client"] = serveTLS(allowing, &tls.Config{ClientAuth: tls.RequireAnyClientCert}, own.sign(template("leaf", host)))
		browser = harness.Browser{CA: []*x509.Certificate{own.certificate, self.certificate}, Timeout: patience}
		for _, port := range ports {
			browser.Resolve = append(browser.Resolve, host+":"+port+":127.0.0.1")
		}
		browser.Resolve = append(browser.Resolve, "www.corp.example:"+ports["own"]+":127.0.0.1", "www.corp.example:"+ports["self"]+":127.0.0.1")
		DeferCleanup(browser.Close)
	})

	DescribeTable("a certificate that is trusted is one like others, and so is an address", func(ctx SpecContext, r harness.Request) {
		r.From = foreign
		for _, server := range []string{"own", "self"} {
			r.URL = url(server, host)
			seen, err := inBuild(ctx, &browser, r)
			Expect(seen, err).To(SatisfyAll(read(200), HaveField("Script.Body", host+":"+ports[server])), server)
		}
	},
		Entry("from a page", Label("case:166", "case:171", "case:172"), harness.Request{}),
		Entry("with credentials", harness.Request{Credentials: harness.Include}),
		Entry("after a preflight", harness.Request{Method: "PUT"}),
		Entry("from a worker", harness.Request{Where: harness.WhereWorker}),
		Entry("from a frame", harness.Request{Within: "https://shop.example.com", FrameAllow: "loopback-network; local-network"}),
		Entry("in a profile", harness.Request{Before: []harness.Request{{From: foreign, URL: "http://127.0.0.1:9/", Mode: harness.SameOriginOnly}}}),
	)

	It("are named in the transcript and in the JSON: users' browsers need not have them", func(ctx SpecContext) {
		seen, err := inBuild(ctx, &browser, harness.Request{From: foreign, URL: url("own", host)})
		Expect(err).NotTo(HaveOccurred())
		Expect(seen.Browser.Resolve).To(Equal(browser.Resolve))
		Expect(seen.Browser.Trusts).To(HaveExactElements(MatchRegexp(`^CN=own \(SHA-256 [0-9A-F]{8}\.\.\.\)$`), HavePrefix("CN=self ")))
		Expect(seen.String()).To(SatisfyAll(ContainSubstring("reached    with "+host), ContainSubstring("users' browsers need not trust: CN=own")))
	})

	DescribeTable("nothing else is forgiven", func(ctx SpecContext, server, host string, parts ...string) {
		_, err := inBuild(ctx, &browser, harness.Request{From: foreign, URL: url(server, host)})
		Expect(err).To(inconclusive(parts...))
	},
		Entry("another name", Label("case:168"), "own", "www.corp.example", "its certificate is for another name", "--resolve", "net::ERR_CERT_COMMON_NAME_INVALID"),
		Entry("another name, of a certificate that is trusted itself", "self", "www.corp.example", "its certificate is for another name", "net::ERR_CERT_COMMON_NAME_INVALID"),
		Entry("a date that is over", Label("case:169"), "expired", host, "its certificate is expired", "net::ERR_CERT_DATE_INVALID"),
		Entry("another authority, in whose chain the trusted ones stand", Label("case:170"), "other", host, "the browser does not trust", "net::ERR_CERT_AUTHORITY_INVALID"),
		Entry("another port of the host", Label("case:173"), "nowhere", host, "its name does not resolve", "--resolve HOST:PORT:ADDRESS"),
	)

	It("without the certificate there is no verdict, and the error says what helps", Label("case:167"), func(ctx SpecContext) {
		stranger := harness.Browser{Resolve: browser.Resolve, Timeout: patience}
		DeferCleanup(stranger.Close)
		for _, server := range []string{"own", "self"} {
			_, err := stranger.Fetch(ctx, harness.Request{From: foreign, URL: url(server, host)})
			Expect(err).To(inconclusive("net::ERR_CERT_AUTHORITY_INVALID", "--ca FILE, or Browser.CA"), server)
		}
	})

	// Chrome may find the connection closed before it reads why: so the text of the error, which
	// a test of the table of net errors checks, is not the same each time.
	It("a server that demands a client certificate gives no verdict", Label("case:174"), func(ctx SpecContext) {
		for _, credentials := range []harness.Credentials{harness.Omit, harness.Include} {
			_, err := inBuild(ctx, &browser, harness.Request{From: foreign, URL: url("client", host), Credentials: credentials, AddressSpace: harness.SpaceLoopback})
			Expect(err).To(inconclusive(), string(credentials))
		}
	})

	It("belong to a policy, for the browser and for the wire", func(ctx SpecContext) {
		Expect(inBuild(ctx, &browser, harness.Request{From: foreign, URL: url("own", host)})).To(read(200))
		folder := GinkgoT().TempDir()
		Expect(os.Rename(own.file(), filepath.Join(folder, "own.pem"))).To(Succeed())
		p, err := policy.Parse(filepath.Join(folder, "policy.yaml"), []byte(`
target: https://`+host+`:`+ports["own"]+`
origins: any
ask: {ca: own.pem, resolve: "`+host+`:`+ports["own"]+`:127.0.0.1"}
`), nil)
		Expect(err).NotTo(HaveOccurred())
		verifier := harness.Browser{Timeout: patience}
		DeferCleanup(verifier.Close)
		Expect(p.Ask.Reach(&verifier)).To(Succeed())
		report, err := (&verify.Run{Policy: p, Browser: &verifier, Select: only("K23", "K25")}).Verify(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Findings).To(ContainElement(HaveField("Wire", true)))
		Expect(report.Count(finding.Inconclusive)).To(BeZero())
		Expect(report.Notes).To(ContainElements(ContainSubstring("instead of the address that DNS gives"), ContainSubstring("need not trust: CN=own")))
	})
})
