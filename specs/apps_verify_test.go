package specs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// A policy may list the origin of an app: its probes are asked on the wire, and each says
// so. Web pages are asked from first, so that Chrome asks whatever it can.
var _ = Describe("the origin of an app in a policy", Label("scenario:origins", "case:194", "fetch:cors-check"), func() {
	const phone = "capacitor://localhost"
	lists := func(target string, origins ...string) policy.Policy {
		return policy.Policy{
			Target:    target,
			Rules:     policy.Rules{Origins: policy.Origins{List: origins}, Credentials: new(true), Methods: policy.Names{"GET", "PUT"}, MaxAge: new(600)},
			Resources: []policy.Resource{{Path: "/v1"}},
		}
	}
	// answer lets in the origins for which allows is true.
	answer := func(allows func(origin string) bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			h, origin := w.Header(), r.Header.Get("Origin")
			h.Set("Vary", "Origin")
			if len(r.Header["Origin"]) == 1 && allows(origin) {
				h.Set(acao, origin)
				h.Set(acac, "true")
				if r.Method == "OPTIONS" {
					h.Set(acam, "PUT")
					h.Set(acma, "600")
				}
			}
			fmt.Fprint(w, "{}")
		}
	}

	It("holds where the server compares the whole of it", func(ctx SpecContext) {
		for _, origins := range [][]string{{phone}, {phone, member, "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh"}} {
			server := startTarget(answer(func(origin string) bool { return slices.Contains(origins, origin) }))
			report := verified(ctx, verify.Run{Policy: lists(server.URL, origins...)})
			Expect(outcomesOf(report, finding.Broken, finding.Inconclusive, finding.Flaky)).To(BeEmpty())
			for _, f := range report.Findings {
				for _, s := range f.Steps {
					app := s.Observation.Request.OnTheWire()
					Expect(s.Observation.Wire).To(Equal(app || s.Observation.Request.From == ""), f.Title)
					if app {
						Expect(f.Title).To(ContainSubstring("on the wire: Chrome cannot open"))
					}
				}
			}
		}
	})

	It("is broken where the server takes another app, or a page of the web, for it", func(ctx SpecContext) {
		server := startTarget(answer(func(origin string) bool {
			return strings.HasPrefix(origin, phone) || strings.HasSuffix(origin, "://localhost")
		}))
		report := verified(ctx, verify.Run{Policy: lists(server.URL, phone)})
		Expect(outcomesOf(report, finding.Broken)).To(ContainElements(
			"broken K14 forbidden /v1 from="+phone+".evil.test",
			"broken K17 forbidden /v1 from="+phone+":8443",
			"broken K18 forbidden /v1 from=http://localhost",
		))
		for _, f := range report.Findings {
			if f.Outcome == finding.Broken && f.ID != "K18" && f.Origin != "" {
				Expect(f.Wire).To(BeTrue(), f.Title)
			}
		}
	})
})
