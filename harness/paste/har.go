package paste

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/har"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// harReader reads the entries one by one, so that memory does not grow with the file.
type harReader struct {
	options Options
	log     har.Log
	sights  []numberedSight
	seen    map[[sha256.Size]byte]bool
	skipped map[string]int
	history history
}

// numberedSight is an entry that is kept until the pages are known, which some programs write
// behind the entries.
type numberedSight struct {
	number int
	page   string
	sight  *sight
	before []numberedSight // the entries that are asked before
}

// ReadHAR reads a HAR of any size: the wanted entry, or all requests that cross origins, each
// question once. Its memory grows with the largest entry and with what is kept, and not with
// the file.
func ReadHAR(in io.Reader, o Options) (Pasted, error) {
	r := &harReader{options: o, seen: map[[sha256.Size]byte]bool{}, skipped: map[string]int{}}
	var err error
	if r.log, err = har.Read(in, r.entry); err != nil {
		return Pasted{}, err
	}
	return r.pasted()
}

// entry keeps an entry that may be wanted.
func (r *harReader) entry(number int, e har.Entry) {
	if r.options.Entry != "" {
		byNumber := r.options.Entry == strconv.Itoa(number)
		if byNumber || !isPreflight(e) && wanted(r.options.Entry, number, e.Request.URL) {
			r.keep(number, e, sightOf(e))
		}
		r.history.add(number, e, r.options.Before)
		return
	}
	if why := notAsked(e); why != "" {
		r.skipped[why]++
		return
	}
	s := sightOf(e)
	if from := pageOrigin(s.value("Origin")); from != "" && from != harness.OpaqueOrigin && web.SameOrigin(web.ParseOrigin(from), web.ParseOrigin(e.Request.URL)) {
		r.skipped["stay within their origin"]++
		return
	}
	key := s.key(e)
	if r.seen[key] {
		r.skipped["ask the same again"]++
		return
	}
	r.seen[key] = true
	r.keep(number, e, s)
}

// isPreflight says whether an entry is a preflight.
func isPreflight(e har.Entry) bool {
	return e.Kind == "preflight" || strings.EqualFold(e.Request.Method, "OPTIONS")
}

// notAsked says why an entry is no question of a page, and is empty where it is one.
func notAsked(e har.Entry) string {
	switch u, err := web.ParseURL(e.Request.URL, nil); {
	case err != nil, !u.IsHTTP() && u.Scheme != "ws" && u.Scheme != "wss":
		return "are no requests to a server"
	case e.Kind == "document", isPreflight(e):
		return "are preflights or navigations"
	}
	return ""
}

// key tells entries apart that are asked differently. It is short, however long the body is.
func (s *sight) key(e har.Entry) [sha256.Size]byte {
	parts := []string{e.Page, e.Kind, s.request.Method, s.request.URL, s.value("Origin"), s.value("Sec-Fetch-Mode"), s.value("Authorization"), s.value("Cookie"), string(s.body)}
	return sha256.Sum256([]byte(strings.Join(parts, "\x00")))
}

func (r *harReader) keep(number int, e har.Entry, s *sight) {
	kept := numberedSight{number: number, page: e.Page, sight: s}
	if r.options.Entry != "" {
		kept.before = r.history.before(e.Page, r.options, s)
		r.history.give(&kept)
	}
	r.sights = append(r.sights, kept)
}

// pasted makes the questions, now that all pages are known.
func (r *harReader) pasted() (Pasted, error) {
	p := Pasted{Kind: HAR}
	var faults []error
	for _, kept := range r.sights {
		q, err := r.question(kept)
		if err != nil {
			faults = append(faults, fmt.Errorf("entry %d: %w", kept.number, err))
			continue
		}
		if r.options.Entry == "" && !kept.sight.crosses() {
			r.skipped["stay within their origin"]++
			continue
		}
		q.Number = kept.number
		p.Questions = append(p.Questions, q)
	}
	p.Questions = distinct(p.Questions)
	for _, why := range []string{"are no requests to a server", "are preflights or navigations", "stay within their origin", "ask the same again"} {
		if n := r.skipped[why]; n > 0 {
			p.Notes = append(p.Notes, fmt.Sprintf("%d of %d entries %s", n, r.log.Entries, why))
		}
	}
	if len(p.Questions) > 0 {
		if len(faults) > 0 {
			p.Notes = append(p.Notes, fmt.Sprintf("%d entries cannot be asked; the first is %v", len(faults), faults[0]))
		}
		return p, nil
	}
	return Pasted{}, fmt.Errorf("HAR file: %w", r.nothing(faults))
}

// nothing says why no question is left.
func (r *harReader) nothing(faults []error) error {
	switch {
	case len(faults) > 0:
		return faults[0]
	case r.options.Entry != "":
		return fmt.Errorf("no entry %s: the file has %d entries; without --entry, the requests that cross origins are listed", plain.Safe(r.options.Entry), r.log.Entries)
	}
	if r.log.Entries == 0 {
		return errors.New("it has no entries: record the page in DevTools (Network) while it asks, and export again")
	}
	return fmt.Errorf("none of its %d entries crosses origins: choose one with --entry and its number or URL", r.log.Entries)
}

// harKinds are the initiators by Chrome's resource types.
var harKinds = map[string]harness.Via{
	"xhr": harness.ViaXHR, "script": harness.ViaScript, "stylesheet": harness.ViaStylesheet, "image": harness.ViaImage, "font": harness.ViaFont,
	"manifest": harness.ViaManifest, "texttrack": harness.ViaTrack, "websocket": harness.ViaWebSocket, "eventsource": harness.ViaEventSource,
}

// sightOf is the entry as it was on the wire.
func sightOf(e har.Entry) *sight {
	s := &sight{request: harness.Request{Method: e.Request.Method, URL: e.Request.URL, Via: harKinds[e.Kind]}}
	for _, h := range e.Request.Headers {
		s.headers = append(s.headers, harness.Field(h))
	}
	for _, c := range e.Request.Cookies {
		s.cookies = append(s.cookies, cookie{c.Name, c.Value, lineOf(c)})
	}
	s.bodyOf(e.Request)
	if len(e.Request.Cookies) == 0 && s.value("Cookie") == "" && s.value("Authorization") == "" {
		s.note("the entry has no cookies and no Authorization, which Chrome leaves out of a HAR unless it is exported with sensitive data: add them with --cookie and --header where the page was signed in")
	}
	return s
}

// lineOf is the cookie as a server would have set it, and empty where the HAR has no attributes.
func lineOf(c har.Cookie) string {
	if cmp.Or(c.Path, c.Domain, c.SameSite) == "" && !c.Secure {
		return ""
	}
	line := c.Name + "=" + c.Value + "; Path=" + cmp.Or(c.Path, "/")
	if domain, ok := strings.CutPrefix(c.Domain, "."); ok {
		line += "; Domain=" + domain
	}
	if c.Secure {
		line += "; Secure"
	}
	if c.HTTPOnly {
		line += "; HttpOnly"
	}
	if c.SameSite != "" {
		line += "; SameSite=" + c.SameSite
	}
	return line
}

// bodyOf takes the body of the request.
func (s *sight) bodyOf(r har.Request) {
	switch b := r.Body; {
	case b == nil && r.BodySize > 0:
		s.note("the HAR does not have the body of %d bytes: add it with --body", r.BodySize)
	case b == nil:
	case b.Text == "" && len(b.Params) > 0:
		var fields []harness.Field
		for _, p := range b.Params {
			fields = append(fields, harness.Field(p))
		}
		s.request.Body = harness.Form(fields...)
		if strings.HasPrefix(b.Type, "multipart/form-data") {
			s.request.Body = harness.Multipart(fields...)
			s.headers = withoutMultipart(s.headers)
		}
	default:
		s.body, s.hasBody = []byte(b.Text), b.Text != ""
	}
}

// identity tells questions apart that are asked differently.
func identity(q Question) string {
	data, err := json.Marshal(q.Request)
	if err != nil { // a Request is always data
		return q.Request.URL
	}
	for _, c := range q.Cookies {
		data = append(data, c.Line...)
	}
	return string(data)
}
