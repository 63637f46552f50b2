package paste

import (
	"io"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/har"
)

// Sighting is a request to a server in a HAR, with what the answer says of it. It has no
// cookies, and its body may be missing.
type Sighting struct {
	_ [0]func()

	// Request is the question. Its From is empty where only the page says it, which some
	// programs write behind the entries: see Page.
	Request harness.Request
	// Page is the id of the page.
	Page string
	// CORS says whether the page asked in a way that lets it read an answer.
	// https://fetch.spec.whatwg.org/#concept-request-mode
	CORS bool
	// Preflight says that the entry was the preflight of Request. The values of its headers
	// are stand-ins.
	Preflight bool
	// Cookies says whether the request was sent with cookies.
	Cookies bool
	// Status is the status of the answer, 0 where there is none, and Answer its headers.
	Status int
	Answer harness.Header
}

// Scanned is what a HAR has besides its requests.
type Scanned struct {
	_ [0]func()

	Entries int
	// Pages are the origins of the pages, by id.
	Pages map[string]string
}

// nowhere is an origin that no page has, in the place of one that is not known yet.
const nowhere = "https://nowhere.invalid"

// ScanHAR calls a function for each request to a server in a HAR of any size. Its memory grows
// with the largest entry, and not with the file. Navigations are left out.
func ScanHAR(in io.Reader, each func(Sighting)) (Scanned, error) {
	log, err := har.Read(in, func(_ int, e har.Entry) {
		if isPreflight(e) || notAsked(e) == "" {
			if s, ok := sightingOf(e); ok {
				each(s)
			}
		}
	})
	pages := map[string]string{}
	for id, title := range log.Pages {
		pages[id] = pageOrigin(title)
	}
	return Scanned{Entries: log.Entries, Pages: pages}, err
}

// sightingOf is what an entry says. The bool is false for one that is no question of a page.
func sightingOf(e har.Entry) (Sighting, bool) {
	s := sightOf(e)
	preflight := isPreflight(e) && s.value("Access-Control-Request-Method") != ""
	_, sent := s.held()
	mode, origin := s.value("Sec-Fetch-Mode"), s.value("Origin")
	q, err := s.question(Options{From: nowhere})
	if err != nil || strings.HasPrefix(q.Request.URL, "ws") {
		return Sighting{}, false
	}
	if q.Request.From == nowhere {
		q.Request.From = ""
	}
	seen := Sighting{
		Request: q.Request, Page: e.Page, Preflight: preflight, Cookies: sent, Status: e.Answer.Status,
		CORS: q.Request.EffectiveMode() == harness.CORS && (mode != "" || origin != "" || e.Kind != ""),
	}
	for _, h := range e.Answer.Headers {
		seen.Answer = append(seen.Answer, harness.Field(h))
	}
	return seen, true
}
