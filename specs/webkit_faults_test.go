package specs_test

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
)

// Where the network fails, there is no verdict: a proxy of ours tells what WebKit does not.
var _ = Describe("A server that WebKit cannot reach", Label("scenario:webkit", "fetch:concept-network-error"), func() {
	// Also where WebKit asks for permission first.
	failing := func(ctx SpecContext, b *harness.Browser, url, why string) {
		GinkgoHelper()
		DeferCleanup(b.Close)
		for _, headers := range []harness.Header{nil, header("X-A", "1")} {
			seen, err := b.Fetch(ctx, harness.Request{From: "https://app.example.com", URL: url, Headers: headers})
			Expect(err).To(MatchError(ContainSubstring(why)))
			Expect(seen.Verdict).To(BeEmpty())
		}
	}
	It("because nothing listens", func(ctx SpecContext) {
		closed := httptest.NewTLSServer(nil)
		closed.Close()
		failing(ctx, &harness.Browser{Kind: harness.WebKit}, closed.URL, "net::ERR_CONNECTION_REFUSED")
	})
	It("because its name does not resolve", func(ctx SpecContext) {
		failing(ctx, &harness.Browser{Kind: harness.WebKit}, "https://nowhere.invalid/", "net::ERR_NAME_NOT_RESOLVED")
	})
	It("because its certificate is from nobody", func(ctx SpecContext) {
		server := httptest.NewTLSServer(http.NotFoundHandler())
		DeferCleanup(server.Close)
		failing(ctx, &harness.Browser{Kind: harness.WebKit}, server.URL, "net::ERR_CERT_AUTHORITY_INVALID")
	})
	It("because its certificate is for another name", func(ctx SpecContext) {
		server := httptest.NewTLSServer(http.NotFoundHandler())
		DeferCleanup(server.Close)
		b := trusting(harness.WebKit, server)
		_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
		b.Resolve = []string{"other.example.org:" + port + ":127.0.0.1"}
		failing(ctx, b, "https://other.example.org:"+port, "net::ERR_CERT_COMMON_NAME_INVALID")
	})
	It("because it ends the connection", func(ctx SpecContext) {
		server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		DeferCleanup(server.Close)
		failing(ctx, trusting(harness.WebKit, server), server.URL, "the request failed before the server answered")
	})

	It("is reached by a certificate in CA", func(ctx SpecContext) {
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set(acao, "*") }))
		DeferCleanup(server.Close)
		b := trusting(harness.WebKit, server)
		DeferCleanup(b.Close)
		Expect(b.Fetch(ctx, harness.Request{From: "https://app.example.com", URL: server.URL})).To(read(200))
	})
})

var _ = Describe("The start of WebKit", Label("scenario:webkit", "fetch:concept-network-error"), func() {
	start := func(ctx SpecContext, program string) error {
		path := GinkgoT().TempDir() + "/MiniBrowser"
		Expect(os.WriteFile(path, []byte("#!/bin/sh\n"+program+"\n"), 0o700)).To(Succeed())
		b := &harness.Browser{Kind: harness.WebKit, Path: path, Timeout: time.Second}
		DeferCleanup(b.Close)
		_, err := b.Fetch(ctx, harness.Request{From: app, URL: "https://api.example.com/"})
		return err
	}
	DescribeTable("refuses", func(ctx SpecContext, program, why string) {
		Expect(start(ctx, program)).To(MatchError(ContainSubstring(why)))
	},
		Entry("an older version", "echo WebKitGTK 2.44.0", "WebKitGTK 2.44.0 is too old: corsproof needs WebKitGTK 2.50 or newer"),
		Entry("another program", "echo Lynx 2", `it says that it is "Lynx 2": not a WebKitGTK`),
		Entry("a program that ends", "if [ \"$1\" = --version ]; then echo WebKitGTK 2.50.6; else echo no room >&2; exit 1; fi", "it ended before it had a page: start it by hand to see why; it printed: no room"),
	)
	It("is started again where it was lost", func(ctx SpecContext) {
		GinkgoT().Setenv("TMPDIR", GinkgoT().TempDir())
		b := &harness.Browser{Kind: harness.WebKit}
		DeferCleanup(b.Close)
		slow, first := make(chan struct{}), sync.Once{}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(acao, "*")
			first.Do(func() {
				close(slow)
				<-r.Context().Done()
			})
		}))
		DeferCleanup(server.Close)
		go func() {
			defer GinkgoRecover()
			<-slow
			killProgram("MiniBrowser", os.TempDir())
		}()
		r := harness.Request{From: "http://plain.test", URL: server.URL}
		Expect(b.Fetch(ctx, r)).To(read(200)) // asked again, of another page
		killProgram("Xvfb", os.TempDir())
		Eventually(func() error { _, err := b.Fetch(ctx, r); return err }).Should(Succeed())
	})
	It("leaves no process and no file", func(ctx SpecContext) {
		folder := GinkgoT().TempDir()
		GinkgoT().Setenv("TMPDIR", folder)
		b := &harness.Browser{Kind: harness.WebKit, Network: &net}
		Expect(b.Fetch(ctx, harness.Request{From: app, URL: serve(answer(nil, allow("*")))})).To(read(200))
		Expect(b.Close()).To(Succeed())
		Expect(os.ReadDir(folder)).To(BeEmpty())
		Expect(processes(folder)).To(BeEmpty())
	})
})

// trusting is a browser that trusts the certificate of a server.
func trusting(kind harness.Kind, server *httptest.Server) *harness.Browser {
	return &harness.Browser{Kind: kind, CA: []*x509.Certificate{server.Certificate()}}
}

// killProgram ends the processes of a program that have the text in their command line or environment.
func killProgram(program, text string) {
	GinkgoHelper()
	killed := 0
	for _, line := range processes(text) {
		number, command, _ := strings.Cut(line, " ")
		if path, _, _ := strings.Cut(command, " "); filepath.Base(path) != program {
			continue
		}
		n, err := strconv.Atoi(number)
		Expect(err).NotTo(HaveOccurred())
		process, err := os.FindProcess(n)
		Expect(err).NotTo(HaveOccurred())
		Expect(process.Kill()).To(Succeed())
		killed++
	}
	Expect(killed).NotTo(BeZero(), "no %s to kill", program)
}
