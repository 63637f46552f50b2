package specs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/snippet"
	"github.com/corsproof/corsproof/servers/process"
	"github.com/corsproof/corsproof/servers/software"
)

// allSoftware is the variable that has the specs ask all software: make software sets it.
const allSoftware = "CORSPROOF_SOFTWARE"

// usual is the software that every run of the specs asks: the adapters that go test ./... asks
// as well install it.
var usual = []string{"nginx", "express", "flask"}

// notAsked begins the reason why a spec of other software is skipped.
const notAsked = "this run asks the usual software only"

// began counts the origins of started software.
var began int

// begin starts software until the spec ends, and returns its origin.
func begin(ctx context.Context, s software.Server) string {
	GinkgoHelper()
	origin, _ := beginRunning(ctx, s)
	return origin
}

// beginRunning starts software until the spec ends. It answers at the origin, and at a second
// one whose host begins with elsewhere-. The spec is skipped where this run does not ask the
// software, or the machine lacks a program.
func beginRunning(ctx context.Context, s software.Server) (origin string, running *software.Running) {
	GinkgoHelper()
	for each := &s; each != nil; each = each.Behind {
		if os.Getenv(allSoftware) == "" && !slices.Contains(usual, each.Kind) {
			Skip(fmt.Sprintf("%s, and not %s: type make software", notAsked, each.Kind))
		}
	}
	running, err := s.Start(ctx)
	var missing *process.MissingError
	if errors.As(err, &missing) {
		Skip(err.Error())
	}
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(running.Close)
	began++
	for _, host := range []string{"software", "elsewhere-software"} {
		recorder, err := net.Record(fmt.Sprintf("https://%s-%d.test", host, began), running.Address)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(recorder.Close)
	}
	AddReportEntry("software", running.Library)
	return fmt.Sprintf("https://software-%d.test", began), running
}

// vary matches if caches are told to keep the answers to different origins apart.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func vary(kind harness.ExchangeKind) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(o harness.Observation) (bool, error) {
		for _, e := range o.Exchanges {
			if e.Kind == kind {
				return e.ResponseHeaders.VariesByOrigin(), nil
			}
		}
		return false, nil
	}).WithTemplate("Expected the {{.Data}} {{.To}} be answered with Vary: Origin.\n\n{{.Actual}}", kind)
}

// What the snippets say is true: real software that refuses the page lets it read where the
// text is written in.
var _ = Describe("a snippet", Label("scenario:snippet", "fetch:http-cors-protocol"), func() {
	need := snippet.Need{
		Origins: []string{app, "https://admin.test"}, Credentials: true, Methods: []string{"GET", "PUT"},
		RequestHeaders: []string{"Authorization", "Content-Type"}, ExposeHeaders: []string{"X-Total"}, MaxAge: 60,
	}
	ask := func(from, url string) harness.Request {
		return harness.Request{
			From: from, URL: url, Method: "PUT", Credentials: harness.Include, Body: harness.JSON(`{}`), Headers: header("Authorization", "Bearer x"),
		}
	}
	written := func(id string) string {
		text, err := snippet.Write(id, need)
		Expect(err).NotTo(HaveOccurred())
		return text.Text
	}
	at := func(ctx context.Context, id, text string, refuse bool) string {
		GinkgoHelper()
		server, err := software.App(id, text, refuse)
		Expect(err).NotTo(HaveOccurred())
		return begin(ctx, server)
	}

	// The server names no origin, or not the stranger's.
	stranger := SatisfyAny(
		harness.BeBlocked(harness.MissingAllowOriginHeader), harness.BeBlocked(harness.PreflightMissingAllowOriginHeader),
		harness.BeBlocked(harness.AllowOriginMismatch), harness.BeBlocked(harness.PreflightAllowOriginMismatch))

	// The software that its own headers tell. The others send none that is known.
	tells := map[string]string{"nginx": "nginx", "apache": "apache", "caddy": "caddy", "express": "express", "fastapi": "fastapi"}

	for _, refuse := range []bool{false, true} {
		what := "without CORS"
		if refuse {
			what = "that refuses OPTIONS"
		}
		var entries []any
		for _, s := range snippet.Software() {
			if s.Run {
				entries = append(entries, Entry(s.Name, s.ID))
			}
		}
		DescribeTable("in a server "+what, append([]any{func(ctx SpecContext, id string) {
			seen, err := chrome.Fetch(ctx, ask(app, at(ctx, id, "", refuse)+"/ok"))
			Expect(seen, err).To(SatisfyAll(harness.BeBlocked(harness.PreflightMissingAllowOriginHeader), arrive("OPTIONS")))
			told, _ := snippet.Detect(seen.Exchanges[0])
			Expect(told).To(Equal(tells[id]))

			origin := at(ctx, id, written(id), refuse)
			Expect(chrome.Fetch(ctx, ask(app, origin+"/ok"))).To(SatisfyAll(
				read(200), arrive("OPTIONS", "PUT"), HaveField("Script.Headers", ContainElement(harness.Field{Name: "x-total", Value: "7"})), vary(harness.ActualRequest)))
			Expect(chrome.Fetch(ctx, ask("https://admin.test", origin+"/ok?admin"))).To(read(200))
			Expect(chrome.Fetch(ctx, ask(evil, origin+"/ok?evil"))).To(SatisfyAll(stranger, arrive("OPTIONS")))
			Expect(chrome.Fetch(ctx, harness.Request{From: evil, URL: origin + "/ok?simple"})).To(stranger)
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: origin + "/missing", Credentials: harness.Include})).To(SatisfyAll(read(404), vary(harness.ActualRequest)))
			Expect(chrome.Fetch(ctx, harness.Request{From: app, URL: origin + "/boom", Credentials: harness.Include})).To(SatisfyAll(read(500), vary(harness.ActualRequest)))
		}}, entries...)...)
	}

	It("is marked as run for the software that these specs ask", func() {
		var run []string
		for _, s := range snippet.Software() {
			_, err := software.App(s.ID, "", false)
			Expect(err == nil).To(Equal(s.Run), s.ID)
			if s.Run {
				run = append(run, s.ID)
			}
		}
		Expect(strings.Join(run, " ")).To(Equal("nginx apache caddy haproxy express fastify flask django fastapi spring go-jub0bs go-rs rails"))
	})
})
