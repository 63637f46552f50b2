package differential

import (
	"math/rand/v2"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/corsproof/corsproof/harness"
)

// drawing draws one question.
type drawing struct {
	*rand.Rand
	page    page
	request harness.Request
	unsafe  []string // names of the headers of the request
}

// Draw draws a question. The same numbers always draw the same question.
func Draw(seed, number uint64) Question {
	d := drawing{Rand: rand.New(rand.NewPCG(seed, number))}
	d.page = weighted(d.Rand, pages)
	theme := weighted(d.Rand, themes)
	d.drawRequest(theme)
	hops := d.hops(theme) // may change the request
	q := Question{Request: d.request, Hops: hops}
	if theme == cached {
		for range 1 + d.IntN(2) {
			q.Before = append(q.Before, d.earlier())
		}
	}
	return q
}

// theme is what a question is mainly about. It makes some choices likely, and
// none impossible.
type theme string

const (
	simple      theme = "simple"
	preflighted theme = "preflighted"
	redirected  theme = "redirected"
	noCORS      theme = "no-cors"
	sameOrigin  theme = "same-origin"
	cached      theme = "cached"
	refused     theme = "refused"
	schemes     theme = "schemes"
	embedded    theme = "embedded"
)

var themes = []weight[theme]{
	{18, simple}, {30, preflighted}, {20, redirected}, {9, noCORS}, {4, sameOrigin}, {9, cached}, {4, refused}, {2, schemes}, {8, embedded},
}

// page is a page that asks.
type page struct {
	from string
	// document is what the page shows in a frame and has made itself.
	document harness.Document
	within   string // the page that shows it in a frame
	headers  harness.Header
	// own is the page's origin, or what it would be if it were not opaque.
	own string
	// others are the origins that the page may ask without mixed content.
	// https://w3c.github.io/webappsec-mixed-content/
	others []weight[string]
}

// The origins of the servers: another site, the same site, the same host, and less
// secure ones.
var (
	fromSecure = []weight[string]{
		{50, "https://api.test"}, {15, "https://cdn.test"}, {15, "https://api.app.test"}, {10, "https://app.test:8443"}, {10, "http://api.localhost"},
	}
	fromInsecure = []weight[string]{
		{40, "http://api.test"}, {20, "https://api.test"}, {20, "http://api.app.test"}, {10, "https://app.test"}, {10, "http://app.test:8080"},
	}
)

// Pages is how many pages nearly all questions stand on. A browser that keeps fewer open
// spends most of its time on opening them again.
const Pages = 32

const coep = "Cross-Origin-Embedder-Policy"

var pages = []weight[page]{
	{56, page{from: "https://app.test", own: "https://app.test", others: fromSecure}},
	{10, page{from: "http://app.test", own: "http://app.test", others: fromInsecure}},
	{5, page{from: "https://app.test:8443", own: "https://app.test:8443", others: fromSecure}},
	{9, page{from: harness.OpaqueOrigin, own: "https://app.test", others: fromSecure}},
	{5, page{from: "https://app.test", own: "https://app.test", others: fromSecure, headers: lines(coep, "require-corp")}},
	{5, page{from: "https://app.test", own: "https://app.test", others: fromSecure, headers: lines(coep, "credentialless")}},
	// A page that is no secure context has no embedder policy.
	{2, page{from: "http://app.test", own: "http://app.test", others: fromInsecure, headers: lines(coep, "require-corp")}},
	{1, page{from: "http://app.test", own: "http://app.test", others: fromInsecure, headers: lines(coep, "credentialless")}},
	{1, page{from: "https://app.test", within: "http://top.test", own: "https://app.test", others: fromSecure, headers: lines(coep, "require-corp")}},
	{1, page{from: "https://app.test", within: "https://top.test", own: "https://app.test", others: fromSecure, headers: lines(coep, "require-corp; report-to=a")}},
	{1, page{from: "https://app.test", within: "https://top.test", own: "https://app.test", others: fromSecure, headers: lines(coep, "require-corp;")}},
	// A document that a page has made inherits its origin and its policies.
	{2, page{from: "https://app.test", document: harness.SrcdocDocument, own: "https://app.test", others: fromSecure}},
	{2, page{from: "https://app.test", document: harness.BlobDocument, own: "https://app.test", others: fromSecure, headers: lines(coep, "require-corp")}},
	{1, page{from: harness.OpaqueOrigin, document: harness.SrcdocDocument, own: "https://app.test", others: fromSecure}},
	{2, page{from: harness.OpaqueOrigin, within: "https://top.test", own: "https://app.test", others: fromSecure}},
	{1, page{from: harness.OpaqueOrigin, within: "https://top.test", own: "https://app.test", others: fromSecure, headers: lines(coep, "require-corp")}},
	{1, page{from: harness.OpaqueOrigin, within: "http://top.test", own: "https://app.test", others: fromSecure, headers: lines(coep, "require-corp")}},
}

// lines makes header lines of names and values, in turn.
func lines(pairs ...string) harness.Header {
	var list harness.Header
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, harness.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

// weight is a value and how often it is drawn, compared with the others.
type weight[T any] struct {
	weight int
	value  T
}

// weighted draws a value.
func weighted[T any](r *rand.Rand, list []weight[T]) T {
	sum := 0
	for _, w := range list {
		sum += w.weight
	}
	at := r.IntN(sum)
	for _, w := range list {
		if at -= w.weight; at < 0 {
			return w.value
		}
	}
	panic("unreachable: the weights add up")
}

// one draws an element of a list.
func one[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// chance returns true so many times out of a hundred.
func (d *drawing) chance(percent int) bool { return d.IntN(100) < percent }

// hops draws the servers: the first server, and the servers that redirects lead
// to.
func (d *drawing) hops(t theme) []Hop {
	n := 1
	if t == redirected || t == embedded && d.chance(60) || d.chance(4) {
		n += 1 + d.IntN(3)
	}
	var hops []Hop
	for i := range n {
		h := Hop{Origin: d.target(t, i), Preflight: d.preflightAnswer()}
		last := i == n-1
		switch {
		case !last, t != cached && d.chance(1): // the last one leads to itself, twenty times
			h.Reply = d.redirect(min(i+1, n-1))
		default:
			h.Reply = d.finalAnswer()
		}
		hops = append(hops, h)
	}
	d.settleSchemes(hops)
	switch t {
	case cached:
		d.forCaches(hops)
	case embedded:
		d.forElements(hops)
	}
	if d.request.Body.Kind == harness.StreamBody {
		d.request.Headers = carried(d.request.Headers)
		overHTTP2(hops)
	}
	return hops
}

// settleSchemes replaces URLs without a scheme in redirects of a secure page:
// they could lead to mixed content.
func (d *drawing) settleSchemes(hops []Hop) {
	if strings.HasPrefix(d.page.own, "http:") {
		return
	}
	for _, h := range hops {
		for _, a := range []Answer{h.Preflight, h.Reply} {
			for i, f := range a.Header {
				a.Header[i].Value = strings.Replace(f.Value, ":}", "}", 1)
			}
		}
	}
}

// http2 is a server that speaks HTTP/2, which a streamed body needs.
const http2 = "h2.test"

// carried are the lines that HTTP/2 can carry.
// https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1
func carried(list harness.Header) harness.Header {
	var kept harness.Header
	for _, f := range list {
		if f.Value = strings.Trim(f.Value, " \t"); httpguts.ValidHeaderFieldValue(f.Value) {
			kept = append(kept, f)
		}
	}
	return kept
}

// overHTTP2 makes the hops servers that speak HTTP/2.
func overHTTP2(hops []Hop) {
	for i := range hops {
		hops[i].Origin = "https://" + http2
		for _, a := range []*Answer{&hops[i].Preflight, &hops[i].Reply} {
			a.Drop = false
			a.Header = slices.DeleteFunc(carried(a.Header), func(f harness.Field) bool { // D41: they spoil the page
				return strings.HasPrefix(f.Value, "ftp:") || strings.HasPrefix(f.Value, "mailto:")
			})
		}
	}
}

// target draws the origin of a hop.
func (d *drawing) target(t theme, hop int) string {
	own := 5
	switch {
	case t == sameOrigin, t == refused:
		own = 70
	case hop > 0 || t == redirected:
		own = 30
	}
	if d.chance(own) {
		return d.page.own
	}
	return weighted(d.Rand, d.page.others)
}

// noStore keeps the HTTP cache out of questions that ask a URL twice, by a loop
// or by an earlier request: the oracle has no HTTP cache.
var noStore = lines("Cache-Control", "no-store")

// forCaches makes a question about the preflight cache.
func (d *drawing) forCaches(hops []Hop) {
	for i, h := range hops {
		if len(h.Reply.Header.Values("Cache-Control")) == 0 {
			hops[i].Reply.Header = append(h.Reply.Header[:len(h.Reply.Header):len(h.Reply.Header)], noStore...)
		}
	}
	if d.chance(6) {
		hops[0].Path = "/" + longPath
	}
}
