package specs_test

import (
	"maps"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/verify"
	"github.com/corsproof/corsproof/servers"
)

var _ = Describe("verify that is repeated in one Chrome", Label("scenario:verify", "fetch:http-cors-protocol"), func() {
	It("opens no page again, begins with empty caches, and asks no canary again", func(ctx SpecContext) {
		own := &harness.Browser{Network: servers.Foreign{Network: &net}, Windowless: true, MaxPages: 64}
		DeferCleanup(own.Close)
		var session verify.Session
		DeferCleanup(session.Close)
		target := startTarget(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Max-Age", "600")
			keeper(w, r)
		})
		p := memberOnly(target.URL)
		p.Methods, p.MaxAge = []string{"GET", "DELETE"}, new(600)
		run := verify.Run{Policy: p, Browser: own, Session: &session}
		again := func() (outcomes []string, methods map[string]int, pages int) {
			before := maps.Clone(target.arrived())
			session.Forget()
			outcomes = outcomesOf(verified(ctx, run))
			methods = maps.Clone(target.arrived())
			for method, n := range before {
				methods[method] -= n
			}
			return outcomes, methods, own.OpenPages()
		}
		outcomes, methods, pages := again()
		Expect(outcomes).To(ContainElement(ContainSubstring("K49")), "a probe about the preflight cache")
		for range 2 {
			o, m, n := again()
			Expect(o).To(Equal(outcomes))
			Expect(m).To(Equal(methods), "a cache that was kept would answer a preflight")
			Expect(n).To(Equal(pages))
		}
	})
})
