package oracle

import (
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// step is one request of a sequence that shares a cache.
type step struct {
	after      time.Duration // since the step before
	row        row
	preflights int // made by Chrome
	standard   int // made by the standard; -1: as many as Chrome makes
}

// again is a step for which Chrome and the standard make the same number of preflights.
func again(after time.Duration, c row, preflights int) step { return step{after, c, preflights, -1} }

// sequences are the cases 48 to 56 of the list, and further cases of the cache.
var sequences = []struct {
	name  string
	steps []step
}{
	{"48 default age", []step{again(0, cachedPUT(""), 1), again(4*time.Second, cachedPUT(""), 0), again(2*time.Second, cachedPUT(""), 1)}},
	{"49 zero", []step{again(0, cachedPUT("0"), 1), again(0, cachedPUT("0"), 1)}},
	{"49 negative", []step{again(0, cachedPUT("-1"), 1), {0, cachedPUT("-1"), 1, 0}}},
	{"49 beyond a duration", []step{again(0, cachedPUT("-9223372037"), 1), {0, cachedPUT("-9223372037"), 1, 0}}},
	{"49 one", []step{again(0, cachedPUT("1"), 1), again(1300*time.Millisecond, cachedPUT("1"), 1)}},
	{"50 text", []step{again(0, cachedPUT("abc"), 1), again(4*time.Second, cachedPUT("abc"), 0), again(2*time.Second, cachedPUT("abc"), 1)}},
	{"50 fraction", []step{again(0, cachedPUT("0.5"), 1), again(4*time.Second, cachedPUT("0.5"), 0)}},
	{"50 two lines", []step{again(0, cachedPUT("0\n0"), 1), again(4*time.Second, cachedPUT("0\n0"), 0)}},
	{"50 plus", []step{again(0, cachedPUT("+60"), 1), {30 * time.Second, cachedPUT("+60"), 0, 1}}},
	{"50 beyond 63 bits", []step{again(0, cachedPUT("99999999999999999999"), 1), {30 * time.Second, cachedPUT("99999999999999999999"), 1, 0}}},
	{"51", []step{again(0, cachedPUT("86400"), 1), again(7199*time.Second, cachedPUT("86400"), 0), again(2*time.Second, cachedPUT("86400"), 1)}},
	{"52", []step{again(0, cachedGET("X-A", "x-a, x-b"), 1), again(0, cachedGET("X-B", "x-a, x-b"), 0)}},
	{"52 other header", []step{again(0, cachedGET("X-A", "x-a"), 1), again(0, cachedGET("X-B", "x-b"), 1)}},
	{"53", []step{again(0, cachedInclude(), 1), again(0, cachedPUT("60"), 0)}},
	{"53 twice", []step{again(0, cachedInclude(), 1), again(0, cachedInclude(), 0)}},
	{"53 reverse", []step{again(0, cachedPUT("60"), 1), again(0, cachedInclude(), 1)}},
	{"54", []step{again(0, cached(put, "ACAM: PUT", "ACAH: x-a"), 1), again(0, cachedGET("X-A", ""), 0)}},
	{"55 no-store", []step{again(0, cachedMode(harness.CacheNoStore), 1), {0, cachedMode(harness.CacheNoStore), 1, 0}}},
	{"55 no-store fills nothing", []step{again(0, cachedMode(harness.CacheNoStore), 1), {0, cachedPUT("60"), 1, 0}}},
	{"55 reload", []step{again(0, cachedPUT("60"), 1), {0, cachedMode(harness.CacheReload), 1, 0}}},
	{"55 no-cache", []step{again(0, cachedPUT("60"), 1), {0, cachedMode(harness.CacheNoCache), 1, 0}}},
	{"55 no-store looks nothing up", []step{again(0, cachedPUT("60"), 1), {0, cachedMode(harness.CacheNoStore), 1, 0}}},
	{"55 force-cache", []step{again(0, cachedPUT("60"), 1), again(0, cachedMode(harness.CacheForceCache), 0)}},
	{"56 long URL", []step{again(0, cachedURL(siteR+"/"+a(1024)), 1), {0, cachedURL(siteR + "/" + a(1024)), 1, 0}}},
	{"56 query", []step{again(0, cachedURL(siteR+"/?1"), 1), again(0, cachedURL(siteR+"/?2"), 1)}},
	{"56 fragment", []step{again(0, cachedURL(siteR+"/#1"), 1), again(0, cachedURL(siteR+"/#2"), 1)}},
	// D4: a record is replaced whole.
	{"one method at a time", []step{
		again(0, cached(put, "ACAM: PUT"), 1), again(0, cached(del, "ACAM: DELETE"), 1),
		{0, cached(put, "ACAM: PUT"), 1, 0}, {0, cached(del, "ACAM: DELETE"), 1, 0}}},
	{"* for a method", []step{again(0, cached(put, "ACAM: *"), 1), again(0, cached(del, "ACAM: *"), 0)}},
	{"* for headers", []step{again(0, cachedGET("X-A", "*"), 1), again(0, cachedGET("X-B", "*"), 0)}},
	{"age is renewed", []step{
		again(0, cached(put, "ACAM: PUT", "ACMA: 10"), 1),
		{5 * time.Second, cached(harness.Request{Method: "PUT", Headers: headers("X-A: 1")}, "ACAM: PUT", "ACAH: x-a", "ACMA: 10"), 1, 1},
		again(8*time.Second, cached(put, "ACAM: PUT", "ACMA: 10"), 0)}},
	{"dropped by a request that it does not cover", []step{again(0, cachedPUT("60"), 1), again(0, cached(del, "ACAM: PUT"), 1), again(0, cachedPUT("60"), 1)}},
	{"a redirect keeps the fragment", []step{
		again(0, row{request: from(siteR+"/#f", set("X-A: 1")), hops: map[string]Reply{siteR + "/": to("/2", "ACAO: *")}, preflight: reply(204, "ACAO: *", "ACAH: x-a"), actual: reply(200, "ACAO: *")}, 2),
		again(0, cached(from(siteR+"/2#f", set("X-A: 1")), "ACAH: x-a"), 0)}},
	// D2: * does not cover Authorization in the cache.
	{"Authorization", []step{
		again(0, cached(harness.Request{Headers: headers("X-A: 1")}, "ACAH: *"), 1),
		again(0, cached(authorized, "ACAH: *, authorization"), 1)}},
	// D8: a failure does not clear.
	{"failure between", []step{again(0, cachedPUT("60"), 1), again(0, failing(), 0), {0, cachedPUT("60"), 0, 1}}},
	// D5: nothing is kept for a tainted origin.
	{"tainted", []step{again(0, chained(), 2), {0, chained(), 1, 0}}},
}

var del = harness.Request{Method: "DELETE"}

// cached is a request whose preflight is answered with these lines.
func cached(r harness.Request, lines ...string) row {
	allowed := []string{"ACAO: https://app.test", "ACAC: true"}
	return row{request: r, preflight: reply(204, append(allowed, lines...)...), actual: reply(200, allowed...)}
}

// cachedPUT is a PUT whose preflight is answered with these lines of
// Access-Control-Max-Age.
func cachedPUT(ages string) row {
	lines := []string{"ACAM: PUT"}
	for age := range strings.SplitSeq(ages, "\n") {
		if age != "" {
			lines = append(lines, "ACMA: "+age)
		}
	}
	return cached(put, lines...)
}

func cachedGET(header, allowed string) row { return cached(set(header+": 1"), "ACAH: "+allowed) }

func cachedInclude() row { return cached(putCookies, "ACAM: PUT", "ACMA: 60") }

func cachedMode(mode harness.Cache) row {
	return cached(harness.Request{Method: "PUT", Cache: mode}, "ACAM: PUT", "ACMA: 60")
}

func cachedURL(url string) row { return cached(from(url, put), "ACAM: PUT", "ACMA: 60") }

// failing is a request that a cached preflight lets through and whose response fails the
// CORS check.
func failing() row {
	c := cachedPUT("60")
	c.actual = reply(200)
	return c
}

// chained is redirected from one foreign origin to another, with a preflight at both.
func chained() row {
	return row{
		request:   set("X-A: 1"),
		hops:      map[string]Reply{siteR + "/": to(other+"/", "ACAO: *")},
		preflight: reply(204, "ACAO: *", "ACAH: x-a", "ACMA: 60"), actual: reply(200, "ACAO: *"),
	}
}

// play runs a sequence and returns the decisions.
func play(steps []step, as As) []Decision {
	cache, now := &PreflightCache{}, time.Unix(1_800_000_000, 0)
	var decisions []Decision
	for _, s := range steps {
		now = now.Add(s.after)
		s.row.question.Cache, s.row.question.Now = cache, now
		decisions = append(decisions, s.row.put(as))
	}
	return decisions
}

func TestPreflightCache(t *testing.T) {
	for _, sequence := range sequences {
		t.Run(sequence.name, func(t *testing.T) {
			chrome, standard := play(sequence.steps, Chrome), play(sequence.steps, Standard)
			for i, s := range sequence.steps {
				if got := len(chrome[i].Preflights()); got != s.preflights {
					t.Errorf("step %d: Chrome makes %d preflights, want %d", i+1, got, s.preflights)
				}
				want := s.standard
				if want < 0 {
					want = s.preflights
				}
				if got := len(standard[i].Preflights()); got != want {
					t.Errorf("step %d: the standard makes %d preflights, want %d", i+1, got, want)
				}
			}
		})
	}
}

// A record is per page: the preflight of one origin does not serve another.
func TestPreflightCacheIsPartitioned(t *testing.T) {
	cache := &PreflightCache{}
	for i, page := range []string{pageO, other, pageO} {
		c := cached(harness.Request{From: page, Method: "PUT"}, "ACAM: PUT", "ACMA: 60")
		c.preflight.Header[0].Value = page
		c.question.Cache = cache
		if got, want := len(c.put(Chrome).Preflights()), []int{1, 1, 0}[i]; got != want {
			t.Errorf("%d: %s makes %d preflights, want %d", i, page, got, want)
		}
	}
}

// Two pages whose origin became null by redirects share no record either.
func TestPreflightCacheOfNullIsPartitioned(t *testing.T) {
	cache := &PreflightCache{}
	for i, page := range []string{pageO, "https://b.test", pageO} {
		c := chained()
		c.request.From, c.question.Cache, c.question.Now = page, cache, time.Unix(1_800_000_000, 0)
		if got, want := len(c.put(Standard).Preflights()), []int{2, 2, 0}[i]; got != want {
			t.Errorf("%d: %s makes %d preflights, want %d", i, page, got, want)
		}
	}
}
