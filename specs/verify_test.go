package specs_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers/broken"
)

// What a run of verify finds at servers that are right or wrong.
var _ = Describe("a policy held against", Label("scenario:verify", "fetch:http-cors-protocol"), func() {
	Describe("a shop that", func() {
		var names, telling []string
		for _, m := range broken.ShopMistakes() {
			names = append(names, m.Name)
			for _, c := range m.Caught {
				telling = append(telling, c.ID)
			}
		}
		// finds runs the example, and expects that exactly the probes of these
		// mistakes are broken.
		finds := func(ctx SpecContext, shop broken.Shop, choice verify.Select, mistakes ...broken.Mistake) {
			GinkgoHelper()
			data, err := fixtures.FS.ReadFile("policies/example.yaml")
			Expect(err).NotTo(HaveOccurred())
			example, err := policy.Parse("example.yaml", data, nil)
			Expect(err).NotTo(HaveOccurred())
			place, err := shop.Install(&net)
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(place.Close)
			report := verified(ctx, verify.Run{Policy: example, Name: "example.yaml", Client: net.Client(), Select: choice})
			want := []string{}
			for _, m := range mistakes {
				for _, c := range m.Caught {
					want = append(want, fmt.Sprintf("broken %s allowed %s", c.ID, c.Key))
				}
			}
			var got []string
			for _, line := range outcomesOf(report, finding.Broken, finding.Flaky, finding.Inconclusive) {
				got = append(got, strings.Replace(line, " forbidden ", " allowed ", 1))
			}
			Expect(got).To(ConsistOf(want), "%s", outcomesOf(report, finding.Broken, finding.Flaky, finding.Inconclusive))
			Expect(report.Ended).To(BeEmpty())
			Expect(report.Complete()).To(BeTrue())
			Expect(report.Failed()).To(Equal(len(want) > 0))
			for _, f := range report.Findings {
				Expect(f.Steps).NotTo(BeEmpty(), f.Key)
				Expect((f.Severity != "") == (f.Outcome == finding.Broken)).To(BeTrue(), f.Key)
			}
		}

		It("makes no mistake: everything holds", func(ctx SpecContext) {
			finds(ctx, broken.Shop{Corrected: names}, verify.Select{})
		})

		It("makes all of them: each is caught by its probes, and by no other", func(ctx SpecContext) {
			finds(ctx, broken.Shop{}, verify.Select{}, broken.ShopMistakes()...)
		})

		for i, m := range broken.ShopMistakes() {
			It("only "+m.Title+": its probes catch it", func(ctx SpecContext) {
				var rest []string
				for j, name := range names {
					if j != i {
						rest = append(rest, name)
					}
				}
				finds(ctx, broken.Shop{Corrected: rest}, only(telling...), m)
			})
		}
	})

	It("a server that answers one page now well, now badly: it is flaky, and the others are not", func(ctx SpecContext) {
		var turn atomic.Int64
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "GET" && r.URL.Path == "/v1" && r.Header.Get("Origin") == member && r.Header.Get("Sec-Fetch-Mode") == "cors" && turn.Add(1)%2 == 0 {
				return
			}
			keeper(w, r)
		})
		report := verified(ctx, verify.Run{Policy: memberOnly(server.URL), Repeat: 2, Select: only("K01", "K13")})
		Expect(outcomesOf(report)).To(ConsistOf(
			"flaky K01 allowed /v1 from="+member,
			"held K13 forbidden /v1 from=http://unlisted.evil.test", "held K13 forbidden /v1 from=http://unlisted.evil.test method=DELETE",
			"held K13 forbidden /v1 from=http://unlisted.evil.test error",
		))
		Expect(report.Findings[0].Runs).To(Equal(map[finding.Outcome]int{finding.Held: 1, finding.Broken: 1}))
		Expect(report.Findings[0].Effect).NotTo(BeEmpty())
		Expect(report.Repeat).To(Equal(2))
	})

	It("two servers that differ in a verdict and in a line: both are told, and nothing else", func(ctx SpecContext) {
		left := startTarget(keeper)
		right := startTarget(func(w http.ResponseWriter, r *http.Request) {
			origin := r.Header.Get("Origin")
			switch {
			case origin == "http://unlisted.evil.test" && r.Method == "GET" && r.URL.Path == "/v1":
				w.Header().Set(acao, "*")
				w.Header().Set("Vary", "Origin")
				return
			case origin == member && r.URL.Path == "/v1/":
				w.Header().Set(acma, "5")
			}
			keeper(w, r)
		})
		run := verify.Run{Policy: memberOnly(left.URL), Browser: &verifier}
		c, err := run.Compare(ctx, left.URL, right.URL)
		Expect(err).NotTo(HaveOccurred())
		Expect(c.Ended).To(BeEmpty())
		Expect(c.Differences).To(HaveLen(2))
		Expect(c.Same).To(BeNumerically(">", 10))
		stranger, line := c.Differences[0], c.Differences[1]
		Expect(stranger.Kind).To(Equal(finding.DifferentVerdict))
		Expect(stranger.Left).To(SatisfyAll(HaveField("ID", "K13"), HaveField("Outcome", finding.Held)))
		Expect(stranger.Right).To(SatisfyAll(HaveField("ID", "K13"), HaveField("Outcome", finding.Broken)))
		Expect(line.Kind).To(Equal(finding.DifferentWire))
		Expect(line.Left).To(SatisfyAll(HaveField("ID", "K64"), HaveField("Outcome", finding.Held)))
		Expect(line.Wire).To(ConsistOf(finding.WireDifference{Step: 1, Exchange: 1, Name: "access-control-max-age", Left: "(absent)", Right: "5"}))
	})
})

var _ = Describe("a run of verify", Label("scenario:verify", "fetch:cors-preflight-fetch"), func() {
	// writing is a policy with every method that may change something.
	writing := func(url string) policy.Policy {
		p := memberOnly(url)
		p.Methods = policy.Names{"GET", "POST", "PUT", "PATCH", "DELETE"}
		p.RequestHeaders = policy.Names{"X-Request-Id"}
		return p
	}

	It("sends nothing that may change something, and says what it sent", func(ctx SpecContext) {
		server := startTarget(keeper)
		report := verified(ctx, verify.Run{Policy: writing(server.URL)})
		Expect(server.arrived()).To(SatisfyAll(HaveKey("GET"), HaveKey("OPTIONS"), HaveLen(2)))
		Expect(report.Sent).To(Equal(server.arrived()))
		Expect(report.Withheld).To(SatisfyAll(HaveKey("POST"), HaveKey("PUT"), HaveKey("PATCH"), HaveKey("DELETE"), HaveLen(4)))
		Expect(outcomesOf(report, finding.Broken, finding.Inconclusive, finding.NotAsked)).To(ConsistOf("broken K36 forbidden /v1 from="+member+" header=X-Corsproof-Unlisted",
			"broken K38 forbidden /v1 from="+member+" header=X-Corsproof-Unlisted"), "the keeper lists what it is asked for")
	})

	It("does not ask a POST that needs no preflight", func(ctx SpecContext) {
		server := startTarget(keeper)
		p := writing(server.URL)
		p.RequestHeaders = nil
		report := verified(ctx, verify.Run{Policy: p})
		Expect(outcomesOf(report, finding.NotAsked)).To(ConsistOf("not asked K31 allowed /v1 from=" + member + " method=POST"))
		Expect(report.Notes).To(ContainElement(ContainSubstring("With unsafe: send in the policy")))
		Expect(server.arrived()).NotTo(HaveKey("POST"))
		Expect(report.Sent).To(Equal(server.arrived()))
	})

	It("sends everything where it is told to", func(ctx SpecContext) {
		server := startTarget(keeper)
		p := writing(server.URL)
		p.Ask.Unsafe = policy.SendUnsafe
		report := verified(ctx, verify.Run{Policy: p, Select: only("K31")})
		Expect(report).To(allBe(finding.Held))
		Expect(server.arrived()).To(SatisfyAll(HaveKey("POST"), HaveKey("PUT"), HaveKey("PATCH"), HaveKey("DELETE")))
		Expect(report.Sent).To(Equal(server.arrived()))
		Expect(report.Withheld).To(BeEmpty())
	})

	It("keeps to the rate", func(ctx SpecContext) {
		const every = time.Second / 20
		var mu sync.Mutex
		var at []time.Time
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			at = append(at, time.Now())
			mu.Unlock()
			keeper(w, r)
		})
		run := verify.Run{Policy: memberOnly(server.URL), Select: only("K01", "K02", "K21", "K61", "K64")}
		verified(ctx, run) // opens the page beforehand
		at = nil
		run.Policy.Ask.Rate = policy.Rate{Questions: 20, Per: time.Second}
		began := time.Now()
		Expect(verified(ctx, run)).To(allBe(finding.Held))
		Expect(len(at)).To(Equal(9))
		for i := range at { // each may be late, but none early
			Expect(at[i].Sub(began)).To(BeNumerically(">=", time.Duration(i)*every), "arrival %d", i)
		}
	})

	It("keeps to the concurrency", func(ctx SpecContext) {
		const concurrency = 3
		full, release := make(chan struct{}), make(chan struct{}) // full: that many are in flight
		var once sync.Once
		var server *target
		server = startTarget(func(w http.ResponseWriter, r *http.Request) {
			server.mu.Lock()
			if server.inFlight == concurrency {
				once.Do(func() { close(full) })
			}
			server.mu.Unlock()
			<-release
			keeper(w, r)
		})
		p := memberOnly(server.URL)
		for i := range 12 {
			p.Resources = append(p.Resources, policy.Resource{Path: fmt.Sprintf("/more/%d", i)})
		}
		p.Ask.Concurrency = concurrency
		ended := make(chan finding.Report, 1)
		go func() {
			defer GinkgoRecover()
			ended <- verified(ctx, verify.Run{Policy: p, Select: only("K01", "K13", "look-alike")})
		}()
		Eventually(ctx, full).WithTimeout(patience).Should(BeClosed())
		Consistently(ctx, func() int {
			server.mu.Lock()
			defer server.mu.Unlock()
			return server.inFlight
		}).Should(Equal(concurrency), "the questions in flight get no answer, and no other is sent")
		close(release)
		Eventually(ctx, ended).WithTimeout(patience).Should(Receive(allBe(finding.Held)))
		Expect(server.most).To(Equal(concurrency))
	}, SpecTimeout(patience))

	DescribeTable("wants a Chrome to rely on, not one behind a proxy that", func(ctx SpecContext, meddle http.HandlerFunc, complaint string) {
		meddler := startTarget(meddle)
		own := &harness.Browser{Flags: []string{"--proxy-server=" + meddler.URL, "--proxy-bypass-list=<-loopback>"}}
		DeferCleanup(own.Close)
		run := verify.Run{Policy: memberOnly("http://api.test"), Browser: own}
		_, err := run.Verify(ctx)
		Expect(err).To(MatchError(SatisfyAll(ContainSubstring("canary"), ContainSubstring(complaint))))
		Expect(run.Compare(ctx, "http://a.test", "http://b.test")).Error().To(MatchError(ContainSubstring("canary")))
	},
		Entry("adds what the server has not said", letting("*", http.StatusOK), "it should be blocked and was not"),
		Entry("takes away what it has said", silently(http.StatusOK), "it should be readable and was not"),
		Entry("allows methods in a preflight", allowingMethods, "the CORS preflight: it should be blocked and was not"),
		// Chrome does not know the address space of a server behind a proxy, and lets every page ask.
		Entry("hides where the server is", forward, "local network access: it should be blocked and was not"),
	)
})
