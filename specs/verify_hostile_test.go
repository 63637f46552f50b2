package specs_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
)

// A target may attack the run: the report stays small, and still has the
// verdicts.
var _ = Describe("a run of verify of a hostile target", Label("scenario:verify-faults", "fetch:http-network-fetch"), func() {
	// padded allows the member to read, and adds header lines.
	padded := func(lines http.Header) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for name, values := range lines {
				w.Header()[name] = values
			}
			keeper(w, r)
		}
	}
	many := http.Header{}
	for i := range 200 { // about as much as Chrome takes
		many.Set(fmt.Sprintf("Access-Control-Allow-%s-%d", strings.Repeat("x", 300), i), strings.Repeat("v", 700))
	}
	few := http.Header{}
	for i := range 2500 {
		few.Set(fmt.Sprintf("Access-Control-Allow-%d", i), strings.Repeat("v", 60))
	}
	const (
		markup  = "<script>alert(1)</script>\t&\"'"
		control = "\x1b[31m" // which Go's client refuses
	)
	// answered runs, expects an outcome and a small report, and returns the
	// report.
	answered := func(ctx SpecContext, handler http.HandlerFunc, ids ...string) finding.Report {
		GinkgoHelper()
		server := startTarget(handler)
		report := verified(ctx, verify.Run{Policy: memberOnly(server.URL), Select: only(ids...)})
		steps := 0
		for _, f := range report.Findings {
			steps += len(f.Steps)
		}
		Expect(len(written(report))).To(BeNumerically("<", (24<<10)*steps))
		Expect(written(report)).NotTo(ContainSubstring("<script>"))
		Expect(report.Ended).To(BeEmpty())
		return report
	}

	DescribeTable("is judged, whatever it sends:", func(ctx SpecContext, handler http.HandlerFunc) {
		Expect(answered(ctx, handler, "K01", "K02", "K13", "K21")).To(allBe(finding.Held))
	},
		Entry("thousands of header lines", padded(few)),
		Entry("hundreds of long header lines", padded(many)),
		Entry("a line of 200 KB", padded(http.Header{"Access-Control-Allow-Nobody": {strings.Repeat("Origin, ", 25<<10)}})),
		Entry("hundreds of cookies that nobody keeps", padded(http.Header{"Set-Cookie": func() (lines []string) {
			for i := range 500 {
				lines = append(lines, fmt.Sprintf("__Host-%d%s=1", i, strings.Repeat("c", 300)))
			}
			return lines
		}()})),
		Entry("markup", padded(http.Header{"Access-Control-Allow-Nobody": {markup}, "Content-Type": {markup}, "X-" + strings.Repeat("y", 5000): {markup}})),
		Entry("a body without an end", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			keeper(w, r)
			text := bytes.Repeat([]byte("x"), 1<<16)
			for err := error(nil); err == nil && r.Context().Err() == nil; { // 204 has no body
				_, err = w.Write(text)
			}
		})),
		Entry("a body that is small until it is unpacked", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "application/json")
			if r.Header.Get("Origin") == member {
				w.Header().Set(acao, member)
				w.Header().Set(acac, "true")
			}
			_, _ = w.Write(bomb())
		})),
	)

	It("with megabytes of headers gets no verdict", func(ctx SpecContext) {
		report := answered(ctx, padded(http.Header{"Access-Control-Allow-Nobody": {strings.Repeat("Origin, ", 1<<18)}}), "K01", "K13")
		Expect(report).To(allBe(finding.Inconclusive))
	})

	It("with markup where it names who may read is broken, in few words", func(ctx SpecContext) {
		report := answered(ctx, func(w http.ResponseWriter, r *http.Request) {
			w.Header()[acao] = []string{markup + control + strings.Repeat("https://evil.test ", 5000)}
		}, "K01", "K13")
		Expect(outcomesOf(report)).To(ConsistOf("broken K01 allowed /v1 from="+member,
			"held K13 forbidden /v1 from=http://unlisted.evil.test", "held K13 forbidden /v1 from=http://unlisted.evil.test method=DELETE",
			"held K13 forbidden /v1 from=http://unlisted.evil.test error"))
	})
})

// bomb is ten megabytes of blanks, compressed.
var bomb = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(bytes.Repeat([]byte(" "), 10<<20)) // a Buffer never fails
	_ = w.Close()
	return packed.Bytes()
})

var _ = Describe("what a client has to ask with", Label("scenario:verify-faults", "fetch:http-network-or-cache-fetch"), func() {
	const (
		token  = "t0ken/with+a blank&?=="
		cookie = "c00kie/with+signs=="
		at     = "https://secretive.test"
	)

	It("reaches the target as a client's does, and no report", func(ctx SpecContext) {
		var mu sync.Mutex
		var arrived []harness.Arrival
		// The target sends back everything that it gets.
		place, err := net.Handle(at, "", servers.Case{Answer: func(a harness.Arrival) servers.Reply {
			mu.Lock()
			arrived = append(arrived, a)
			mu.Unlock()
			authorization, _ := a.Headers.Get("Authorization")
			cookies, _ := a.Headers.Get("Cookie")
			echo := authorization + " " + cookies
			reply := servers.Reply{Header: header(
				acac, "true", acam, "PUT", acah, "Authorization", aceh, "X-Echo, X-Long", "Vary", "Origin, "+echo,
				"X-Echo", echo, "X-Long", strings.Repeat("x", 495)+authorization, "Access-Control-Echo", url.QueryEscape(echo),
			)}
			if origin, _ := a.Headers.Get("Origin"); origin == app {
				reply.Header = append(allow(app), reply.Header...)
			}
			if strings.HasSuffix(a.URL, "/v1/") {
				reply.Status = 307
				reply.Header = append(reply.Header, header("Location", "/v1?t="+authorization+"&c="+url.PathEscape(cookies)+"&q="+url.QueryEscape(token))...)
			}
			return reply
		}})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(place.Close)

		p := memberOnly(at)
		p.Origins.List = []string{app}
		p.RequestHeaders, p.ExposeHeaders = policy.Names{"Authorization"}, policy.Names{"X-Total"}
		p.Methods = policy.Names{"GET", "PUT"}
		p.Ask.Headers = header("Authorization", "Bearer "+token)
		p.Ask.Cookies = header("sid", cookie)
		own := &harness.Browser{Network: servers.Foreign{Network: &net}, Cookies: verify.Cookies(p)}
		DeferCleanup(own.Close)
		var told strings.Builder
		report := verified(ctx, verify.Run{Policy: p, Browser: own, Client: net.Client(), Progress: func(p verify.Progress) { fmt.Fprintf(&told, "%+v", p) }})
		Expect(report.Count(finding.Inconclusive)).To(BeZero(), "%s", outcomesOf(report, finding.Inconclusive))
		Expect(report.Count(finding.Broken)).NotTo(BeZero(), "what is told back is exposed")

		cookied, authorized, asking := 0, 0, 0
		for _, a := range arrived {
			_, preflight := a.Headers.Get("Access-Control-Request-Method")
			if value, ok := a.Headers.Get("Cookie"); ok {
				cookied++
				Expect(value).To(Equal("sid=" + cookie))
				Expect(preflight).To(BeFalse(), "a preflight carries no cookie")
			}
			if value, ok := a.Headers.Get("Authorization"); ok {
				authorized++
				Expect(value).To(Equal("Bearer " + token))
				Expect(preflight).To(BeFalse())
			}
			if names, _ := a.Headers.Get(acrh); names == "authorization" {
				asking++
			}
		}
		Expect([]int{cookied, authorized, asking}).To(HaveEach(BeNumerically(">", 3)))
		for _, f := range report.Findings {
			for _, s := range f.Steps {
				for _, e := range s.Observation.Exchanges {
					credentialed := s.Observation.Request.Credentials == harness.Include && e.Kind != harness.Preflight && e.Sent
					Expect(len(e.RequestHeaders.Values("Cookie")) > 0).To(Equal(credentialed), "%s %s %s", f.ID, f.Key, e.Kind)
				}
			}
		}

		type fields finding.Report // which has no String
		for name, document := range map[string]string{"the report": written(report), "its text": report.String(), "its fields": fmt.Sprintf("%+v", fields(report)), "progress": told.String()} {
			for _, secret := range []string{token, cookie} {
				for _, form := range []string{
					secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ReplaceAll(secret, " ", "%20"),
					written(secret)[1 : len(written(secret))-1], secret[:6],
				} {
					Expect(strings.Contains(document, form)).To(BeFalse(), "%s has %s", name, form)
				}
			}
		}
	})
})
