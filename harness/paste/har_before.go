package paste

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/har"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// history is what happened in a HAR before an entry: the last requests of each page, and the
// cookies that answers set.
type history struct {
	last   map[string][]numberedSight // by page
	stored []stored
}

// stored is a cookie that an answer set.
type stored struct {
	name, host, path string
	domain           bool   // the children of the host get it, too
	line, url        string // as for [harness.SetCookie]
	by               int    // the entry
}

// mostStored bounds the cookies that are remembered: browsers keep about as many.
const mostStored = 3000

// add remembers an entry.
func (h *history) add(number int, e har.Entry, last int) {
	h.store(number, e)
	if last == 0 || notAsked(e) != "" || strings.HasPrefix(e.Request.URL, "ws") {
		return
	}
	if h.last == nil {
		h.last = map[string][]numberedSight{}
	}
	list := append(h.last[e.Page], numberedSight{number: number, page: e.Page, sight: sightOf(e)})
	h.last[e.Page] = list[max(0, len(list)-last):]
}

// store remembers the cookies that an answer set, and forgets those that it took back.
func (h *history) store(number int, e har.Entry) {
	for _, line := range setBy(e.Answer) {
		c, gone, ok := storedOf(line, e)
		if !ok {
			continue
		}
		c.by = number
		h.stored = slices.DeleteFunc(h.stored, func(old stored) bool {
			return old.name == c.name && old.host == c.host && old.domain == c.domain && old.path == c.path
		})
		if !gone && len(h.stored) < mostStored {
			h.stored = append(h.stored, c)
		}
	}
}

// setBy are the Set-Cookie headers of an answer. Some programs write them as cookies alone.
func setBy(a har.Response) []string {
	var lines []string
	for _, h := range a.Headers {
		if strings.EqualFold(h.Name, web.NameSetCookie) {
			lines = append(lines, strings.Split(h.Value, "\n")...) // Firefox and Chrome join several
		}
	}
	if lines != nil {
		return lines
	}
	for _, c := range a.Cookies {
		if line := lineOf(c); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// storedOf is the cookie that a line of an answer sets, and whether the line takes it back.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
func storedOf(line string, e har.Entry) (c stored, gone, ok bool) {
	u, err := web.ParseURL(e.Request.URL, nil)
	pair, attributes, _ := web.CutSetCookie(line)
	name, value, named := strings.Cut(pair, "=")
	c = stored{name: strings.TrimSpace(name), host: u.Host, path: "/", line: line, url: e.Request.URL}
	if err != nil || !named || c.name == "" || !web.IsHeldCookieValue(strings.TrimSpace(value)) {
		return stored{}, false, false
	}
	age := ""
	for _, a := range web.CookieAttributes(attributes) {
		switch {
		case a.Is("Domain") && a.Value != "":
			c.host, c.domain = web.Lower(strings.TrimPrefix(a.Value, ".")), true
		case a.Is("Path") && strings.HasPrefix(a.Value, "/"):
			c.path = a.Value
		case a.Is("Max-Age"):
			age = a.Value
		case a.Is("Expires") && age == "":
			at, err := http.ParseTime(strings.ReplaceAll(a.Value, "-", " "))
			gone = err == nil && at.Before(startOf(e))
		}
	}
	if age != "" {
		gone = age == "0" || strings.HasPrefix(age, "-")
	}
	return c, gone, !c.domain || web.DomainMatches(u.Host, c.host)
}

// startOf is when an entry began, or now.
func startOf(e har.Entry) time.Time {
	if at := e.At(); !at.IsZero() {
		return at
	}
	return time.Now()
}

// before are the entries that are asked before an entry. Notes of the entry say which, and
// which not.
func (h *history) before(page string, o Options, s *sight) []numberedSight {
	var asked []numberedSight
	var said, left []string
	for _, b := range h.last[page] {
		text := fmt.Sprintf("entry %d (%s %s)", b.number, plain.Safe(b.sight.request.Method), plain.Safe(b.sight.request.URL))
		if method := web.NormalizeMethod(b.sight.request.Method); !o.BeforeUnsafe && method != "" && !web.IsSafeMethod(method) {
			left = append(left, text)
			continue
		}
		asked, said = append(asked, b), append(said, text)
	}
	if len(said) > 0 {
		s.note("asked before it: %s", strings.Join(said, ", "))
	}
	if len(left) > 0 {
		s.note("not asked before it, because the server may change something: %s. --har-before-unsafe asks them, too", strings.Join(left, ", "))
	}
	if found := len(said) + len(left); found < o.Before {
		s.note("its page has %d requests before it in the HAR, and %d are wanted", found, o.Before)
	}
	return asked
}

// give gives an entry, and the entries that are asked before it, the cookies that answers had
// set. What an entry that is asked again sets is left to the server.
func (h *history) give(kept *numberedSight) {
	asked := func(by int) bool {
		return slices.ContainsFunc(kept.before, func(b numberedSight) bool { return b.number == by })
	}
	for _, n := range append(slices.Clone(kept.before), *kept) {
		for _, c := range h.stored {
			if !c.isFor(n.sight.request.URL) {
				continue
			}
			if asked(c.by) {
				n.sight.renewed = append(n.sight.renewed, c.name)
			} else {
				n.sight.stored = append(n.sight.stored, c)
			}
		}
	}
}

// isFor says whether a browser has the cookie for a URL.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-path-and-path-match-algorithm
func (c stored) isFor(url string) bool {
	u, err := web.ParseURL(url, nil)
	if err != nil || u.Host != c.host && !(c.domain && web.DomainMatches(u.Host, c.host)) {
		return false
	}
	return c.path == "/" || u.Path == c.path || strings.HasPrefix(u.Path, strings.TrimSuffix(c.path, "/")+"/")
}

// question makes the question of an entry, with the questions before it.
func (r *harReader) question(kept numberedSight) (Question, error) {
	kept.sight.page = r.log.Pages[kept.page]
	q, err := kept.sight.question(r.options)
	if err != nil {
		return q, err
	}
	var held []harness.SetCookie
	for _, b := range kept.before {
		b.sight.page = r.log.Pages[b.page]
		before, err := b.sight.question(r.options)
		if err != nil {
			q.Notes = append(q.Notes, fmt.Sprintf("entry %d is not asked before it: %v", b.number, err))
			continue
		}
		q.Request.Before = append(q.Request.Before, before.Request)
		held = append(held, before.Cookies...)
	}
	for _, c := range held {
		same := func(other harness.SetCookie) bool {
			return web.SetCookieName(other.Line) == web.SetCookieName(c.Line) && web.OriginOf(other.URL) == web.OriginOf(c.URL)
		}
		if !slices.ContainsFunc(q.Cookies, same) {
			q.Cookies = append(q.Cookies, c)
		}
	}
	return q, nil
}
