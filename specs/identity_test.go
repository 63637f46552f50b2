package specs_test

import (
	"fmt"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// Two questions can have the same URL. Each keeps its own arrivals and headers.
var _ = Describe("Two questions for one URL at a time", Label("scenario:faults", "fetch:http-network-or-cache-fetch"), func() {
	origins := func(list []harness.Arrival) []string {
		var origins []string
		for _, a := range list {
			origin, _ := a.Headers.Get("Origin")
			origins = append(origins, a.Method+" "+origin)
		}
		return origins
	}

	DescribeTable("one is redirected to where the other asks", func(ctx SpecContext, other string) {
		redirecting, asked := make(chan struct{}), make(chan struct{})
		target := serve(servers.Case{Reply: servers.Reply{Header: allow("*")}})
		url := serve(servers.Case{Answer: func(harness.Arrival) servers.Reply {
			close(redirecting)
			<-asked
			return servers.Reply{Status: 302, Header: allow("*", "Location", target)}
		}})
		var first, second harness.Observation
		var questions sync.WaitGroup
		questions.Go(func() {
			defer GinkgoRecover()
			var err error
			first, err = chrome.Fetch(ctx, harness.Request{From: app, URL: url})
			Expect(err).NotTo(HaveOccurred())
		})
		questions.Go(func() {
			defer GinkgoRecover()
			<-redirecting
			defer close(asked)
			var err error
			second, err = chrome.Fetch(ctx, harness.Request{From: other, URL: target})
			Expect(err).NotTo(HaveOccurred())
		})
		questions.Wait()
		Expect(origins(first.Arrivals)).To(Equal([]string{"GET " + app, "GET " + app}))
		Expect(origins(second.Arrivals)).To(Equal([]string{"GET " + other}))
		last := first.Exchanges[len(first.Exchanges)-1]
		Expect(last.RequestHeaders.Values("Origin")).To(Equal([]string{app}))
	},
		Entry("from another origin", "https://other.test", SpecTimeout(patience)),
		Entry("from the same origin", app, SpecTimeout(patience)),
	)

	It("two Browsers share the network", func(ctx SpecContext) {
		url := serve(servers.Case{Reply: servers.Reply{Header: allow("*", acam, "PUT", acma, "0")}})
		var questions sync.WaitGroup
		for i := range 2 {
			own := &harness.Browser{Network: &net, Timeout: patience}
			DeferCleanup(own.Close)
			from := fmt.Sprintf("https://app%d.test", i)
			questions.Go(func() {
				defer GinkgoRecover()
				for range 20 {
					seen, err := own.Fetch(ctx, harness.Request{From: from, URL: url, Method: "PUT"})
					Expect(err).NotTo(HaveOccurred())
					Expect(origins(seen.Arrivals)).To(Equal([]string{"OPTIONS " + from, "PUT " + from}))
					for _, e := range seen.Exchanges {
						Expect(e.RequestHeaders.Values("Origin")).To(Equal([]string{from}))
					}
				}
			})
		}
		questions.Wait()
	}, SpecTimeout(2*patience))

	It("of a shared worker, whose preflights Chrome does not tell of, are told apart where the method is OPTIONS", func(ctx SpecContext) {
		open := servers.Reply{Header: allow("*", acam, "OPTIONS")}
		Expect(chrome.Fetch(ctx, harness.Request{From: app, Method: "OPTIONS", Via: harness.ViaSharedWorker, URL: serve(servers.Case{Preflight: &open, Reply: open})})).
			To(SatisfyAll(read(200), arrive("OPTIONS", "OPTIONS")))
	})
})
