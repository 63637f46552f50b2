package specs_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
)

// A run whose Chrome is killed loses only time.
var _ = Describe("a run of verify whose Chrome is killed", Label("scenario:verify-faults", "fetch:concept-network-error"), func() {
	// kept is a policy with probes about all caches.
	kept := func(url string) policy.Policy {
		p := memberOnly(url)
		p.MaxAge, p.RequestHeaders = new(600), policy.Names{"X-Request-Id"}
		return p
	}
	// dying runs with a Chrome that is killed while the target answers a request
	// for which the function returns true. It counts the kills.
	dying := func(ctx SpecContext, choice verify.Select, when func(r *http.Request) bool) (finding.Report, *target, int64) {
		GinkgoHelper()
		if runtime.GOOS != "linux" {
			Skip("Chrome's process is found in /proc")
		}
		mark := fmt.Sprintf("--corsproof-spec=%d-%d", os.Getpid(), urls.Add(1))
		own := ownVerifier(mark)
		var kills atomic.Int64
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			defer GinkgoRecover()
			if when(r) {
				kills.Add(1)
				kill(mark, browserProcess)
				<-r.Context().Done() // until Chrome has gone
			}
			w.Header().Set(acma, "600")
			w.Header().Set(acah, "X-Request-Id")
			if r.Method != "OPTIONS" {
				keeper(w, r)
				return
			}
			letting(member, http.StatusNoContent)(w, r)
		})
		return verified(ctx, verify.Run{Policy: kept(server.URL), Browser: own, Select: choice}), server, kills.Load()
	}

	It("asks again, and finds what it would have found", func(ctx SpecContext) {
		var requests atomic.Int64
		report, _, kills := dying(ctx, verify.Select{}, func(*http.Request) bool { return requests.Add(1) == 9 })
		Expect(kills).To(BeEquivalentTo(1))
		Expect(report).To(allBe(finding.Held))
		Expect(report.Complete()).To(BeTrue())
	}, SpecTimeout(2*patience))

	DescribeTable("begins a probe about caches again", func(ctx SpecContext, number int64) {
		var gets atomic.Int64
		report, server, kills := dying(ctx, only("K49"), func(r *http.Request) bool { return r.Method == "GET" && gets.Add(1) == number })
		Expect(kills).To(BeEquivalentTo(1))
		Expect(report).To(allBe(finding.Held))
		Expect(server.arrived()["OPTIONS"]).To(BeNumerically(">", 1), "what was kept is lost")
	},
		Entry("in the first step", int64(1), SpecTimeout(2*patience)),
		Entry("in the second step, which needs the first step", int64(2), SpecTimeout(2*patience)),
	)
})

var _ = Describe("a run of verify that", Label("scenario:verify-faults", "fetch:http-network-fetch"), func() {
	It("is interrupted keeps what it found, and leaves nothing behind", func(ctx SpecContext) {
		mark := fmt.Sprintf("--corsproof-spec=%d-%d", os.Getpid(), urls.Add(1))
		interrupted, interrupt := context.WithCancel(ctx)
		defer interrupt()
		var requests atomic.Int64
		server := startTarget(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) >= 12 {
				interrupt()
				<-r.Context().Done()
			}
			keeper(w, r)
		})
		before := gleak.Goroutines()
		own := &harness.Browser{Network: servers.Foreign{Network: &net}, Flags: []string{mark}}
		DeferCleanup(own.Close)
		report, err := (&verify.Run{Policy: memberOnly(server.URL), Browser: own}).Verify(interrupted)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Ended).To(Equal("interrupted"))
		Expect(report).To(allBe(finding.Held))
		Expect(report.Notes).To(ContainElement(MatchRegexp(`^\d+ of \d+ probes were not asked`)))
		Expect(report.Complete()).To(BeFalse())
		Expect(own.Close()).To(Succeed())
		Eventually(ctx, gleak.Goroutines).WithTimeout(patience).ShouldNot(gleak.HaveLeaked(before))
		if runtime.GOOS == "linux" {
			Eventually(ctx, processes).WithArguments(mark).WithTimeout(patience).Should(BeEmpty())
		}
	}, SpecTimeout(2*patience))

	It("has no time left ends, and judges nothing that it had no time for", func(ctx SpecContext) {
		server := startTarget(keeper)
		p := memberOnly(server.URL)
		p.Ask.Rate = policy.Rate{Questions: 10, Per: time.Second}
		// The start of Chrome and the first pages count, too: a run before has them ready.
		verified(ctx, verify.Run{Policy: memberOnly(server.URL), Select: only("K01")})
		report := verified(ctx, verify.Run{Policy: p, TimeLimit: time.Second, Select: only("K01", "K02", "K13", "K21", "look-alike", "K61", "K64")})
		Expect(report.Ended).To(Equal("the time limit of 1s was reached"))
		Expect(report).To(allBe(finding.Held))
		Expect(len(report.Findings)).To(BeNumerically("<=", 11), "one at once, and ten in a second")
	})

	It("has ten thousand resources ends in time, with what it found", func(ctx SpecContext) {
		server := startTarget(keeper)
		p := memberOnly(server.URL)
		p.Resources = nil
		for i := range 10_000 {
			p.Resources = append(p.Resources, policy.Resource{Path: fmt.Sprintf("/v1/%d", i)})
		}
		const limit = 2 * time.Second
		var last verify.Progress
		began := time.Now()
		report := verified(ctx, verify.Run{Policy: p, TimeLimit: limit, Progress: func(p verify.Progress) { last = p }})
		Expect(time.Since(began)).To(BeNumerically("<", patience), "with raising the probes, and writing the report")
		Expect(report.Ended).To(Equal("the time limit of 2s was reached"))
		for _, f := range report.Findings { // none, where the machine is busy
			Expect(f.Outcome).To(Equal(finding.Held), f.Why)
		}
		Expect(last.Done).To(Equal(len(report.Findings)))
		Expect(report.Notes).To(ContainElement(MatchRegexp(`^\d{6} of \d{6} probes were not asked`)))
		if last.Done > 0 {
			Expect(report.Notes).To(ContainElement(HavePrefix(fmt.Sprintf("%d of %d ", last.All-last.Done, last.All))))
		}
		Expect(len(written(report))).To(BeNumerically("<", (1+len(report.Findings))*(4<<10)))
	}, SpecTimeout(2*patience))
})
