package specs_test

import (
	"crypto/tls"
	"crypto/x509"
	stdnet "net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// A failure between the browser and the target is no verdict on the target's
// policy, and does not end a run that can go on.
var _ = Describe("a run of verify", Label("scenario:verify-faults", "fetch:concept-network-error"), func() {
	It("of a target that is down ends within seconds, and holds nothing", func(ctx SpecContext) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		p := memberOnly(gone.URL)
		p.Resources = append(p.Resources, policy.Resource{Path: "/v2"})
		report := verified(ctx, verify.Run{Policy: p})
		Expect(report.Ended).To(MatchRegexp(`20 questions in a row got no answer, the last one because: .*refused`))
		Expect(report.Findings).NotTo(BeEmpty())
		Expect(report).To(SatisfyAll(allBe(finding.Inconclusive), whyOf(finding.Inconclusive, "refused")))
		Expect(report.Sent).To(BeEmpty())
		Expect(report.Complete()).To(BeFalse())
		Expect(report.Seconds).To(BeNumerically("<", 30))
	})

	It("of a target that goes down in the middle keeps what it found", func(ctx SpecContext) {
		var asked atomic.Int64
		var server *target
		server = startTarget(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > 20 {
				_ = server.Listener.Close()
				panic(http.ErrAbortHandler)
			}
			keeper(w, r)
		})
		p := memberOnly(server.URL)
		for _, path := range []string{"/v2", "/v3", "/v4"} {
			p.Resources = append(p.Resources, policy.Resource{Path: path})
		}
		report := verified(ctx, verify.Run{Policy: p})
		Expect(report.Ended).To(ContainSubstring("20 questions in a row got no answer"))
		Expect(report.Count(finding.Held)).To(SatisfyAll(BeNumerically(">", 0), BeNumerically("<=", 20)))
		Expect(outcomesOf(report, finding.Broken, finding.Flaky)).To(BeEmpty())
		Expect(report.Notes).To(ContainElement(MatchRegexp(`^\d+ of \d+ probes were not asked`)))
	})

	It("of a target that has too much to do waits as long as it is told, and goes on", func(ctx SpecContext) {
		var mu sync.Mutex
		var free time.Time
		refused := 0
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if free.IsZero() {
				free = time.Now().Add(900 * time.Millisecond) // the header has only whole seconds
			}
			if time.Now().Before(free) {
				refused++
				w.Header().Set("Retry-After", "1")
				status := http.StatusTooManyRequests
				if r.URL.Path == "/v1/" {
					status = http.StatusServiceUnavailable
				}
				http.Error(w, "busy", status)
				return
			}
			keeper(w, r)
		})
		report := verified(ctx, verify.Run{Policy: memberOnly(server.URL), Select: only("K01", "K02", "K13", "K21", "K64")})
		Expect(report).To(allBe(finding.Held))
		Expect(report.Complete()).To(BeTrue())
		Expect(report.Sent).To(Equal(server.arrived()), "what was asked again was sent again")
		Expect(refused).To(BeNumerically("<=", 5), "once for each of the lanes: two pages with two paths each, the wire")
	})

	DescribeTable("of a target that always has too much to do finds nothing, and says what to do", func(ctx SpecContext, status int, retryAfter string, least, most int) {
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			if retryAfter != "" {
				w.Header().Set("Retry-After", retryAfter)
			}
			letting(member, status)(w, r)
		})
		report := verified(ctx, verify.Run{Policy: memberOnly(server.URL), Select: only("K01", "K13")})
		Expect(report).To(SatisfyAll(allBe(finding.Inconclusive), whyOf(finding.Inconclusive, http.StatusText(status), "ask more slowly (rate, concurrency)")))
		Expect(server.arrived()["GET"]).To(SatisfyAll(BeNumerically(">=", least), BeNumerically("<=", most)))
	},
		Entry("429", http.StatusTooManyRequests, "", 12, 12),
		Entry("503, for longer than anybody waits", http.StatusServiceUnavailable, "3600", 3, 3),
	)

	It("asks a probe about caches again, from the beginning, where a connection broke in its middle", func(ctx SpecContext) {
		var mu sync.Mutex
		asked := map[string]int{}
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			asked[r.Method+" "+r.URL.Path]++
			n := asked[r.Method+" "+r.URL.Path]
			mu.Unlock()
			if r.Method == "GET" && n == 1 { // after its preflight, which is now in the cache
				panic(http.ErrAbortHandler)
			}
			w.Header().Set(acma, "600")
			keeper(w, r)
		})
		p := memberOnly(server.URL)
		p.MaxAge, p.RequestHeaders = new(600), policy.Names{"X-Request-Id"}
		report := verified(ctx, verify.Run{Policy: p, Select: only("K49")})
		Expect(report).To(allBe(finding.Held))
		Expect(asked).To(HaveKeyWithValue("OPTIONS /v1", 2), "one by each attempt")
	})

	It("of a target that is slow at some paths goes on with the others", func(ctx SpecContext) {
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/slow":
				<-r.Context().Done()
				return
			case "/trickle":
				keeper(w, r)
				for next := time.NewTicker(50 * time.Millisecond); ; {
					_, _ = w.Write([]byte("."))
					w.(http.Flusher).Flush()
					select {
					case <-next.C:
					case <-r.Context().Done():
						next.Stop()
						return
					}
				}
			}
			keeper(w, r)
		})
		p := memberOnly(server.URL)
		p.Resources = []policy.Resource{{Path: "/slow"}, {Path: "/trickle"}, {Path: "/v1"}}
		p.Ask.TimeLimit = 2 * time.Second
		report := verified(ctx, verify.Run{Policy: p, Select: only("K01")})
		Expect(report.Ended).To(BeEmpty())
		Expect(outcomesOf(report)).To(ConsistOf(
			"inconclusive K01 allowed /slow from="+member, "inconclusive K01 allowed /trickle from="+member, "held K01 allowed /v1 from="+member,
		))
		Expect(report).To(whyOf(finding.Inconclusive, "nothing within 2s"))
		for method, n := range server.arrived() {
			Expect(report.Sent).To(HaveKeyWithValue(method, n))
		}
	})

	It("does not let a time limit of the whole run be that of a question", func(ctx SpecContext) {
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				<-r.Context().Done()
			}
			keeper(w, r)
		})
		p := memberOnly(server.URL)
		p.Resources = []policy.Resource{{Path: "/slow"}, {Path: "/v1"}}
		own := ownVerifier()
		own.Timeout = 2 * time.Second
		report := verified(ctx, verify.Run{Policy: p, Browser: own, Select: only("K01"), TimeLimit: patience})
		Expect(outcomesOf(report)).To(ConsistOf("inconclusive K01 allowed /slow from="+member, "held K01 allowed /v1 from="+member))
		Expect(report.Ended).To(BeEmpty())
	})

	It("of a target whose certificate is expired says so, in the browser and on the wire", func(ctx SpecContext) {
		expired := template("expired")
		expired.IPAddresses = []stdnet.IP{stdnet.IPv4(127, 0, 0, 1)}
		expired.NotBefore, expired.NotAfter = time.Now().AddDate(-1, 0, 0), time.Now().AddDate(0, 0, -1)
		self := signer{}.sign(expired)
		port := serveTLS(keeper, &tls.Config{}, self)
		own := &harness.Browser{CA: []*x509.Certificate{self.certificate}}
		DeferCleanup(own.Close)

		p := memberOnly("https://127.0.0.1:" + port)
		p.Origins.List = []string{app}
		report := verified(ctx, verify.Run{Policy: p, Browser: own, Select: only("K01", "K13", "K21")})
		Expect(report).To(allBe(finding.Inconclusive))
		Expect(report.Sent).To(BeEmpty())
		wire := report
		wire.Findings = slices.DeleteFunc(slices.Clone(report.Findings), func(f finding.Finding) bool { return !f.Wire })
		report.Findings = slices.DeleteFunc(report.Findings, func(f finding.Finding) bool { return f.Wire })
		Expect(report).To(whyOf(finding.Inconclusive, "its certificate is expired or not valid yet (net::ERR_CERT_DATE_INVALID)"))
		Expect(wire).To(whyOf(finding.Inconclusive, "certificate has expired"))
	})

	DescribeTable("of a target that redirects to a login is not decided by that", func(ctx SpecContext, redirect, login http.HandlerFunc, ids ...string) {
		elsewhere := startTarget(login)
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", elsewhere.URL+"/login?back="+r.URL.Path)
			redirect(w, r)
		})
		report := verified(ctx, verify.Run{Policy: memberOnly(server.URL), Select: only(ids...)})
		// A preflight carries no login, so its redirect is an answer.
		report.Findings = slices.DeleteFunc(report.Findings, func(f finding.Finding) bool {
			return strings.HasSuffix(f.Key, "method=DELETE") && f.Outcome == finding.Held
		})
		Expect(report).To(SatisfyAll(allBe(finding.Inconclusive), whyOf(finding.Inconclusive, "redirects to "+elsewhere.URL, "If it is a login page", "--header or --cookie")))
	},
		Entry("where the redirect lets nobody pass", silently(http.StatusFound), http.HandlerFunc(keeper), "K01", "K02", "K13", "K21"),
		Entry("where the login lets nobody read", letting(member, http.StatusSeeOther), silently(http.StatusOK), "K01", "K02", "K13"),
		Entry("where the login lets everybody read", letting("*", http.StatusTemporaryRedirect), letting("*", http.StatusOK), "K01"),
	)
})

// silently answers with a status and without CORS headers.
func silently(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }
}

// letting answers with a status and the headers that allow an origin.
func letting(origin string, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if origin == "*" || r.Header.Get("Origin") == origin {
			w.Header().Set(acao, origin)
			w.Header().Set(acac, "true")
		}
		w.WriteHeader(status)
	}
}
