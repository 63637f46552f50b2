package specs_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// careful is the policy of a careful engineer for a target.
func careful(target string) policy.Policy {
	return policy.Policy{
		Target: target,
		Rules: policy.Rules{
			Origins: policy.Origins{List: []string{"https://app.example.test", "https://admin.example.test"}}, Credentials: new(true),
			Methods: policy.Names{"GET", "PUT", "DELETE"}, RequestHeaders: policy.Names{"Authorization", "Content-Type", "X-Request-Id"},
			ExposeHeaders: policy.Names{"X-Total"}, MaxAge: new(600),
		},
		Resources: []policy.Resource{{Path: "/v1/me"}},
	}
}

// open is the policy of a resource that any origin may read, without credentials.
func open(target string) policy.Policy {
	p := careful(target)
	p.Rules = policy.Rules{Origins: policy.Origins{Any: true}, Credentials: new(false)}
	return p
}

// service answers as careful requires, and is wrong in one way at most.
type service struct {
	// lets says whom it lets in; nil: the two origins of careful.
	lets func(r *http.Request, origin string) bool
	// change has the last word on the status and the headers.
	change func(r *http.Request, status *int, h http.Header)
	// body is that of an answer; empty: JSON.
	body string
}

// listed says whether careful allows an origin.
func listed(_ *http.Request, origin string) bool {
	return origin == "https://app.example.test" || origin == "https://admin.example.test"
}

// asksLeave says whether a request is a preflight.
func asksLeave(r *http.Request) bool { return r.Method == "OPTIONS" && r.Header.Get(acrm) != "" }

func (a service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, status, lets := w.Header(), http.StatusOK, a.lets
	if lets == nil {
		lets = listed
	}
	h.Set("Vary", "Origin")
	h.Set("X-Total", "7")
	h.Set("X-Hidden", "1")
	h.Set("Cache-Control", "max-age=60")
	h.Set("Content-Type", "application/json")
	if origin := strings.Join(r.Header["Origin"], ", "); origin != "" && lets(r, origin) {
		h.Set(acao, origin)
		h.Set(acac, "true")
		h.Set(aceh, "X-Total")
	}
	switch {
	case asksLeave(r):
		h.Set(acam, "GET, PUT, DELETE")
		h.Set(acah, "Authorization, Content-Type, X-Request-Id")
		h.Set(acma, "600")
		status = http.StatusNoContent
	case r.URL.Path != "/v1/me":
		status = http.StatusNotFound
	}
	if a.change != nil {
		a.change(r, &status, h)
	}
	w.WriteHeader(status)
	if status != http.StatusNoContent && status != http.StatusNotModified {
		body := a.body
		if body == "" {
			body = `{"me":1}`
		}
		fmt.Fprint(w, body)
	}
}

// brokenIDs lists what is broken or flaky: outcome, id, side and severity, each once.
func brokenIDs(r finding.Report) []string {
	list := []string{}
	for _, f := range r.Findings {
		if f.Outcome == finding.Broken || f.Outcome == finding.Flaky || f.Outcome == finding.Inconclusive {
			list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", f.Outcome, f.ID, f.Side, f.Severity)))
		}
	}
	sort.Strings(list)
	return slices.Compact(list)
}

// What verify saw nothing of, on real libraries.
var _ = Describe("a policy held against a server that", Label("scenario:verify", "fetch:http-cors-protocol"), func() {
	origin := func(o string) func(*policy.Policy) { return func(p *policy.Policy) { p.Origins.List = []string{o} } }
	text := func(method string, ids ...string) []string {
		list := []string{}
		for _, id := range ids {
			list = append(list, "broken "+id+" forbidden "+method)
		}
		return list
	}
	DescribeTable("", func(ctx SpecContext, server http.Handler, of func(string) policy.Policy, tweak func(*policy.Policy), ids string, want []string) {
		target := startTarget(server.ServeHTTP)
		p := of(target.URL)
		if tweak != nil {
			tweak(&p)
		}
		run := verify.Run{Policy: p, Browser: &verifier}
		if ids != "" {
			run.Select = only(strings.Fields(ids)...)
		}
		report := verified(ctx, run)
		Expect(brokenIDs(report)).To(ConsistOf(want), "%s", outcomesOf(report, finding.Broken, finding.Flaky, finding.Inconclusive))
		Expect(target.arrived()).NotTo(Or(HaveKey("PUT"), HaveKey("DELETE"), HaveKey("POST")))
	},
		Entry("is right: nothing is broken", service{}, careful, nil, "", nil),
		Entry("is right, any origin", service{change: func(r *http.Request, _ *int, h http.Header) {
			h.Set(acao, "*")
			h.Del(acac)
		}}, open, nil, "", nil),
		Entry("lets every preflight pass, with credentials", service{lets: func(r *http.Request, o string) bool { return asksLeave(r) || listed(r, o) }}, careful, nil, "",
			text("critical", "K13", "K14", "K15", "K16", "K17", "K18", "K19")),
		Entry("lets every preflight pass, without credentials", service{change: func(r *http.Request, _ *int, h http.Header) {
			if asksLeave(r) && !listed(r, r.Header.Get("Origin")) {
				h.Set(acao, "*")
			}
		}}, careful, nil, "K13 K19", text("high", "K13", "K19")),
		Entry("lets a preflight of look-alikes pass", service{lets: func(r *http.Request, o string) bool {
			return asksLeave(r) && strings.HasPrefix(o, "https://app.example.test") || listed(r, o)
		}}, careful, nil, "look-alike K13", text("critical", "K14", "K17")),
		Entry("lets every preflight pass, of a policy without methods", service{lets: func(r *http.Request, o string) bool { return asksLeave(r) || listed(r, o) }}, careful,
			func(p *policy.Policy) { p.Methods = nil }, "K13", text("critical", "K13")),
		Entry("lets the preflights of any page pass with credentials, which the policy has off", service{change: func(r *http.Request, _ *int, h http.Header) {
			if h.Set(acao, "*"); asksLeave(r) {
				h.Set(acao, r.Header.Get("Origin"))
			}
		}, lets: func(*http.Request, string) bool { return true }}, open, nil, "K26 K27", text("critical", "K26", "K27")),
		Entry("has one dot of a pattern that is not escaped", service{lets: func(_ *http.Request, o string) bool {
			return regexp.MustCompile(`^https:\/\/(app|admin)\.eu.example\.test$`).MatchString(o)
		}}, careful, origin("https://app.eu.example.test"), "K01 K16", text("critical", "K16")),
		Entry("forgets the credentials of errors", service{change: func(r *http.Request, status *int, h http.Header) {
			if *status == http.StatusNotFound {
				h.Del(acac)
			}
		}}, careful, nil, "K61 K64", []string{"broken K61 allowed high"}),
		Entry("has no Vary", service{change: func(_ *http.Request, _ *int, h http.Header) { h.Del("Vary") }}, careful, origin("https://app.example.test"), "K55 K56", []string{"broken K55 allowed medium"}),
		Entry("has no Vary where it refuses, and nobody may keep it", service{change: func(r *http.Request, _ *int, h http.Header) {
			if h.Set("Cache-Control", "no-store"); h.Get(acao) == "" {
				h.Del("Vary")
			}
		}}, careful, nil, "K55", []string{"broken K55 allowed low"}),
		Entry("has no Vary with errors", service{change: func(r *http.Request, status *int, h http.Header) {
			if *status == http.StatusNotFound {
				h.Del("Vary")
			}
		}}, careful, nil, "K55", []string{"broken K55 allowed medium"}),
		Entry("has no Vary with what was not modified", service{change: func(r *http.Request, status *int, h http.Header) {
			if h.Set("ETag", `"1"`); r.Header.Get("If-None-Match") != "" {
				*status = http.StatusNotModified
				h.Del("Vary")
			}
		}}, careful, nil, "K55", []string{"broken K55 allowed medium"}),
		Entry("answers two Origin lines with two allow-origin lines", service{change: func(r *http.Request, _ *int, h http.Header) {
			if len(r.Header["Origin"]) > 1 {
				h[acao] = r.Header["Origin"]
			}
		}}, careful, nil, "K21", nil),
		Entry("turns a 404 into a 200", service{change: func(r *http.Request, status *int, h http.Header) {
			if *status == http.StatusNotFound && r.Header.Get("Origin") != "" {
				*status = http.StatusOK
			}
		}}, careful, nil, "K12 K61", []string{"broken K12 allowed medium"}),
		Entry("reads the first line of Access-Control-Request-Headers", service{change: func(r *http.Request, _ *int, h http.Header) {
			if asksLeave(r) {
				h.Set(acah, r.Header.Get(acrh))
			}
		}}, careful, nil, "K39 K37", []string{"broken K39 allowed low"}),
		Entry("takes every OPTIONS for a preflight", service{change: func(r *http.Request, status *int, h http.Header) {
			if r.Method == "OPTIONS" {
				*status = http.StatusNoContent
				h.Set(acam, "GET, OPTIONS")
			}
		}}, careful, func(p *policy.Policy) { p.Methods = policy.Names{"GET", "OPTIONS"} }, "K50", []string{"broken K50 allowed medium"}),
		Entry("refuses its own origin", service{change: func(r *http.Request, status *int, h http.Header) {
			if o := r.Header.Get("Origin"); o != "" && !listed(r, o) {
				*status = http.StatusForbidden
			}
		}}, careful, nil, "K23", []string{"broken K23 allowed medium"}),
		Entry("lets nobody read: what is hidden was not read", service{lets: func(*http.Request, string) bool { return false }}, careful, nil, "K09", []string{"broken K09 allowed high"}),
	)

	It("reflects where there is a cookie: the made-up one is enough, and the worst step counts", func(ctx SpecContext) {
		server := startTarget(service{change: func(r *http.Request, _ *int, h http.Header) {
			h.Set(acac, "true")
			h.Set("Vary", "Origin")
			if h.Set(acao, "*"); r.Header.Get("Cookie") != "" && r.Header.Get("Origin") != "" {
				h.Set(acao, r.Header.Get("Origin"))
			}
		}}.ServeHTTP)
		for _, p := range []policy.Policy{open(server.URL), careful(server.URL)} {
			own := &harness.Browser{Cookies: verify.Cookies(p)}
			report := verified(ctx, verify.Run{Policy: p, Browser: own, Select: only("K13", "K26", "K27")})
			Expect(own.Close()).To(Succeed())
			Expect(brokenIDs(report)).To(SatisfyAny(ContainElement("broken K13 forbidden critical"), ConsistOf("broken K26 forbidden critical", "broken K27 forbidden critical")))
		}
	})

	It("gets a cookie of the policy, on this machine, or a note that it does not", func(ctx SpecContext) {
		var cookies atomic.Int64
		server := startTarget(service{change: func(r *http.Request, _ *int, h http.Header) {
			if r.Header.Get("Cookie") == "sid=abc" {
				cookies.Add(1)
			}
		}}.ServeHTTP)
		for value, sent := range map[string]bool{"abc": true, "abc; SameSite=Lax": false} {
			cookies.Store(0)
			p := careful(server.URL)
			p.Ask.Cookies = harness.Header{{Name: "sid", Value: value}}
			own := &harness.Browser{Cookies: verify.Cookies(p)}
			report := verified(ctx, verify.Run{Policy: p, Browser: own, Select: only("K02")})
			Expect(own.Close()).To(Succeed())
			Expect(cookies.Load() > 0).To(Equal(sent), value)
			note := ContainElement(MatchRegexp(`^The cookie sid was held back in 2 of 2 questions with credentials, because it is SameSite=Lax`))
			if sent {
				note = Not(note)
			}
			Expect(report.Notes).To(note, value)
		}
	})

	It("answers every other time in another way: it is flaky, and said once", func(ctx SpecContext) {
		var turn atomic.Int64
		server := startTarget(service{lets: func(r *http.Request, o string) bool {
			return listed(r, o) && (o != "https://admin.example.test" || turn.Add(1)%2 == 0)
		}}.ServeHTTP)
		p := careful(server.URL)
		p.Ask.Concurrency = 1
		report := verified(ctx, verify.Run{Policy: p, Select: only("K01"), Repeat: 3})
		Expect(brokenIDs(report)).To(ConsistOf("flaky K01 allowed high"))
		Expect(report.Notes).To(ContainElement(ContainSubstring("was answered in two ways in this run")))
	})

	It("keeps nothing: a probe about caches that proves nothing says so", func(ctx SpecContext) {
		server := startTarget(service{change: func(_ *http.Request, _ *int, h http.Header) { h.Del("Vary") }}.ServeHTTP)
		report := verified(ctx, verify.Run{Policy: careful(server.URL), Select: only("K56")})
		Expect(report).To(allBe(finding.Held))
		Expect(report.Notes).To(ContainElement(ContainSubstring("K56 of /v1/me: held, but this proves nothing")))
	})

	It("answers * to Authorization: the standard decides otherwise, and verify says so", func(ctx SpecContext) {
		server := startTarget(service{change: func(r *http.Request, _ *int, h http.Header) {
			h.Set(acao, "*")
			h.Del(acac)
			h.Set(acah, "*")
		}}.ServeHTTP)
		p := open(server.URL)
		p.RequestHeaders = policy.Names{policy.Wildcard}
		report := verified(ctx, verify.Run{Policy: p, Select: only("K44")})
		Expect(report).To(allBe(finding.Held))
		Expect(report.Notes).To(ContainElement(SatisfyAll(ContainSubstring("the Fetch standard gives another verdict: blocked"), ContainSubstring("K44"))))
	})

	It("refuses strangers with 403 itself: no note about a login", func(ctx SpecContext) {
		server := startTarget(service{change: func(r *http.Request, status *int, h http.Header) {
			if r.Header.Get("Origin") != "" {
				*status = http.StatusForbidden
			}
		}}.ServeHTTP)
		report := verified(ctx, verify.Run{Policy: careful(server.URL), Select: only("K01", "K02", "K55")})
		Expect(report.Notes).NotTo(ContainElement(ContainSubstring("Give the login of a client")))
	})

	It("exposes a header with GET and not with the POST that carries it", func(ctx SpecContext) {
		server := startTarget(service{change: func(r *http.Request, _ *int, h http.Header) {
			h.Set(acam, "GET, POST")
			if r.Method == "GET" {
				h.Del("X-Total")
			}
			if r.Method == "POST" {
				h.Del(aceh)
			}
		}}.ServeHTTP)
		p := careful(server.URL)
		p.Methods = policy.Names{"GET", "POST"}
		report := verified(ctx, verify.Run{Policy: p, Select: only("K09")})
		Expect(brokenIDs(report)).To(BeEmpty())
		Expect(outcomesOf(report, finding.NotAsked)).To(ContainElement("not asked K09 allowed /v1/me from=https://app.example.test method=POST"))
		p.Ask.Unsafe = policy.SendUnsafe
		report = verified(ctx, verify.Run{Policy: p, Select: only("K09")})
		Expect(brokenIDs(report)).To(ConsistOf("broken K09 allowed medium"))
	})

	It("exposes a header with the POST that carries it and not with GET: GET is not judged by it", func(ctx SpecContext) {
		server := startTarget(service{change: func(r *http.Request, _ *int, h http.Header) {
			h.Set(acam, "GET, POST")
			if r.Method == "GET" {
				h.Del("X-Total")
				h.Del(aceh)
			}
		}}.ServeHTTP)
		p := careful(server.URL)
		p.Methods, p.Ask.Unsafe = policy.Names{"GET", "POST"}, policy.SendUnsafe
		report := verified(ctx, verify.Run{Policy: p, Select: only("K09")})
		Expect(brokenIDs(report)).To(BeEmpty())
		Expect(report.Notes).To(ContainElement(ContainSubstring("Not judged: 1")))
	})
})
