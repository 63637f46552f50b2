package specs_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// After a preflight that passed, Chrome sends no other for a while. It keeps one
// record for the page's origin and a URL, and the next preflight replaces it.
// https://fetch.spec.whatwg.org/#cors-preflight-cache
var _ = Describe("the CORS-preflight cache", Label("scenario:preflight-cache"), func() {
	// cacheable answers a preflight with the lines, and allows the page to read.
	cacheable := func(lines harness.Header) servers.Case {
		preflight := servers.Reply{Status: 204, Header: append(allow(app, acac, "true"), lines...)}
		return servers.Case{Preflight: &preflight, Reply: servers.Reply{Header: allow(app, acac, "true")}}
	}
	var (
		asked = SatisfyAll(read(200), harness.BePreflighted())
		hit   = SatisfyAll(read(200), Not(harness.BePreflighted()))
		put   = harness.Request{Method: "PUT"}
		xA    = harness.Request{Headers: header("X-A", "1")}
		xB    = harness.Request{Headers: header("X-B", "1")}
	)
	with := func(r harness.Request, credentials harness.Credentials, cache harness.Cache) harness.Request {
		r.Credentials, r.Cache = credentials, cache
		return r
	}

	// step is a question to the URL with a suffix, and its result.
	type step struct {
		suffix string
		r      harness.Request
		want   types.GomegaMatcher
	}
	DescribeTable("answers for", Label("fetch:concept-cache-match"), func(ctx SpecContext, lines harness.Header, steps ...step) {
		url := serve(cacheable(lines))
		for i, s := range steps {
			s.r.From, s.r.URL = app, url+s.suffix
			Expect(chrome.Fetch(ctx, s.r)).To(s.want, "question %d", i+1)
		}
	},
		Entry("a header that the first answer allowed, though nobody had asked for it", Label("case:52"), header(acah, "x-a, x-b"),
			step{"", xA, asked}, step{"", xB, hit}),
		Entry("no header that the first answer did not allow", Label("case:52", "code:HeaderDisallowedByPreflightResponse"), header(acah, "x-a"),
			step{"", xA, asked}, step{"", xB, SatisfyAll(blocked(harness.HeaderDisallowedByPreflightResponse, "x-b"), arrive("OPTIONS"))}),
		Entry("a request without credentials, where the first had them", Label("case:53"), header(acam, "PUT"),
			step{"", with(put, harness.Include, ""), asked}, step{"", put, hit}),
		Entry("no request with credentials, where the first had none", Label("case:53"), header(acam, "PUT"),
			step{"", put, asked}, step{"", with(put, harness.Include, ""), asked}),
		Entry("another method with a header that the first answer allowed", Label("case:54"), header(acam, "PUT", acah, "x-a"),
			step{"", put, asked}, step{"", xA, hit}),
		Entry("no request in cache mode no-store", Label("case:55"), header(acam, "PUT"),
			step{"", put, asked}, step{"", with(put, "", harness.CacheNoStore), asked}, step{"", with(put, "", harness.CacheNoStore), asked}),
		Entry("no request in cache mode reload", Label("case:55"), header(acam, "PUT"),
			step{"", put, asked}, step{"", with(put, "", harness.CacheReload), asked}, step{"", with(put, "", harness.CacheReload), asked}),
		Entry("no request in cache mode no-cache", Label("case:55"), header(acam, "PUT"),
			step{"", put, asked}, step{"", with(put, "", harness.CacheNoCache), asked}, step{"", with(put, "", harness.CacheNoCache), asked}),
		Entry("a request in cache mode force-cache", Label("case:55"), header(acam, "PUT"),
			step{"", put, asked}, step{"", with(put, "", harness.CacheForceCache), hit}),
		Entry("no other query", Label("case:56"), header(acam, "PUT"),
			step{"?1", put, asked}, step{"?2", put, asked}, step{"?1", put, hit}, step{"?2", put, hit}),
		Entry("no other fragment, though the server never sees one", Label("case:56"), header(acam, "PUT"),
			step{"#1", put, asked}, step{"#2", put, asked}, step{"#1", put, hit}, step{"#2", put, hit}),
	)

	DescribeTable("keeps nothing for a URL of 1024 characters", Label("case:56", "fetch:cors-preflight-cache"),
		func(ctx SpecContext, length int, again types.GomegaMatcher) {
			url := serve(cacheable(header(acam, "PUT"))) + "?"
			r := harness.Request{From: app, URL: url + strings.Repeat("a", length-len(url)), Method: "PUT"}
			Expect(chrome.Fetch(ctx, r)).To(asked)
			Expect(chrome.Fetch(ctx, r)).To(again)
		},
		Entry("but for one of 1023", 1023, hit),
		Entry("nor for a longer one", 1024, asked),
	)

	// The harness treats an address of the network, instead of a name, as a
	// foreign server: it asks it with Network.setCacheDisabled unless the
	// question is about caches.
	DescribeTable("is not used where DevTools turned the caches off", Label("case:55", "fetch:cors-preflight-cache"),
		func(ctx SpecContext, cache harness.Cache, again types.GomegaMatcher) {
			r := with(put, "", cache)
			r.From, r.URL = app, serveAt("http://"+net.Addr(), cacheable(header(acam, "PUT")))
			Expect(chrome.Fetch(ctx, r)).To(asked)
			Expect(chrome.Fetch(ctx, r)).To(again)
		},
		Entry("as for every question to a foreign server", harness.Cache(""), asked),
		Entry("and is where they are on", harness.CacheDefault, hit),
	)

	// https://fetch.spec.whatwg.org/#network-partition-key
	It("is partitioned by the site of the top-level page", Label("case:56", "fetch:cors-preflight-cache"), func(ctx SpecContext) {
		const (
			framed = "https://framed.test"
			open   = `new Promise((resolve) => {
				const frame = document.createElement("iframe")
				addEventListener("message", ({ data }) => resolve(data, frame.remove()), { once: true })
				frame.src = %q
				document.documentElement.append(frame)
			})`
			ask = `<!doctype html><script>
				fetch(%q, { method: "PUT" }).then(({ status }) => status, String).then((seen) => parent.postMessage(seen, "*"))
			</script>`
		)
		url := serve(servers.Case{Reply: servers.Reply{Header: allow(framed, acam, "PUT")}})
		frame := serveAt(framed, servers.Case{Reply: servers.Reply{
			Header: header("Content-Type", "text/html"), Body: fmt.Sprintf(ask, url)}})
		for _, top := range []string{"https://top.test", "https://top.test", "https://othertop.test"} {
			Expect(chrome.Evaluate(ctx, top, fmt.Sprintf(open, frame))).To(MatchJSON("200"), top)
		}
		Expect(net.Arrivals(0, []string{url})).To(HaveExactElements(
			HaveField("Method", "OPTIONS"), HaveField("Method", "PUT"), HaveField("Method", "PUT"),
			HaveField("Method", "OPTIONS"), HaveField("Method", "PUT")))
	})
})

// These specs are about how long an answer is kept, so time has to pass. All URLs
// are asked in rounds, which share the waiting.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
var _ = Describe("Access-Control-Max-Age", Label("scenario:preflight-cache", "fetch:http-access-control-max-age"), Ordered, ContinueOnFailure, func() {
	const (
		preflighted = "OPTIONS, PUT"
		cached      = "PUT"
	)
	// at are the times of the rounds, counted from the end of the first round. In
	// each round all URLs are asked again.
	at := []time.Duration{0, 1300 * time.Millisecond, 4 * time.Second, 5300 * time.Millisecond}
	// row is an answer, how long it should be kept, and what arrives in each
	// round if the round takes no time.
	type row struct {
		name     string
		label    Labels
		lines    harness.Header
		lifetime time.Duration
		arrives  [4]string
	}
	whileFresh := [4]string{cached, cached, cached, preflighted}
	never := [4]string{preflighted, preflighted, preflighted, preflighted}
	rows := []row{
		{"that is absent is 5 s", Label("case:48"), nil, 5 * time.Second, whileFresh},
		{"of 0 is never", Label("case:49"), header(acma, "0"), 0, never},
		{"of -1 is never", Label("case:49"), header(acma, "-1"), 0, never},
		{"of 1 is a second", Label("case:49"), header(acma, "1"), time.Second, [4]string{cached, preflighted, preflighted, preflighted}},
		{"of abc is 5 s", Label("case:50"), header(acma, "abc"), 5 * time.Second, whileFresh},
		{"of 0.5 is 5 s", Label("case:50"), header(acma, "0.5"), 5 * time.Second, whileFresh},
		{"of 0 in two lines is 5 s", Label("case:50"), header(acma, "0", acma, "0"), 5 * time.Second, whileFresh},
		{"of a day is longer than 5 s", Label("case:51"), header(acma, "86400"), 2 * time.Hour, [4]string{cached, cached, cached, cached}},
	}
	// ask is a question, the times before and after it, and what arrived.
	type ask struct {
		began, ended time.Time
		arrived      string
	}
	asks := make([][]ask, len(rows))
	// proving counts the rounds of a row that prove something, and says why not
	// all of them do: on a slow machine, the answer may have been younger or
	// older than its lifetime.
	proving := func(i int) (rounds int, but string) {
		fresh := asks[i][0] // the last question that had a preflight
		for j, a := range asks[i][1:] {
			// The age of the answer is between these two.
			least, most := a.began.Sub(fresh.ended), a.ended.Sub(fresh.began)
			want := rows[i].arrives[j]
			if want == cached && most >= rows[i].lifetime || want == preflighted && least < rows[i].lifetime {
				return j, fmt.Sprintf("in the round after %s the answer was %s to %s old", at[j], least, most)
			}
			if want == preflighted {
				fresh = a
			}
		}
		return len(at), ""
	}

	// Rows in which not all rounds prove something are asked a second and a third
	// time.
	BeforeAll(func(ctx SpecContext) {
		for range 3 {
			urls := map[int]string{}
			for i, r := range rows {
				if asks[i] != nil {
					if _, but := proving(i); but == "" {
						continue
					}
				}
				preflight := servers.Reply{Status: 204, Header: append(allow(app, acam, "PUT"), r.lines...)}
				asks[i], urls[i] = nil, serve(servers.Case{Preflight: &preflight, Reply: servers.Reply{Header: allow(app)}})
			}
			if len(urls) == 0 {
				return
			}
			round := func() {
				for i, url := range urls {
					began := time.Now()
					seen, err := chrome.Fetch(ctx, harness.Request{From: app, URL: url, Method: "PUT"})
					Expect(seen, err).To(read(200))
					asks[i] = append(asks[i], ask{began, time.Now(), arrivals(seen)})
				}
			}
			round()
			first := time.Now()
			for _, after := range at {
				wait(ctx, time.Until(first.Add(after)))
				round()
			}
		}
	})

	for i, r := range rows {
		It(r.name, r.label, func() {
			Expect(asks[i][0].arrived).To(Equal(preflighted))
			proved, but := proving(i)
			for j := range proved {
				Expect(asks[i][1+j].arrived).To(Equal(r.arrives[j]), "after %s", at[j])
			}
			if but != "" {
				Skip(but)
			}
		})
	}
})

// wait lets time pass, for specs about time.
func wait(ctx context.Context, d time.Duration) {
	GinkgoHelper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		Fail("the wait was interrupted: " + context.Cause(ctx).Error())
	}
}
