package paste

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// sight is a request as a paste shows it: on the wire, with the headers of the browser, or as
// the options of fetch(), or both.
type sight struct {
	request harness.Request // what the paste says in our words already
	headers harness.Header
	body    []byte
	hasBody bool
	page    string // the URL of the page, where no header says it
	cookies []cookie
	stored  []stored // what answers before it had set
	renewed []string // the names of cookies that a question before it sets
	notes   []string
}

// cookie is a cookie that was sent. line is its Set-Cookie header, where the paste knows the
// attributes.
type cookie struct{ name, value, line string }

func (s *sight) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

var (
	errNoOrigin   = errors.New("the paste does not say which page asked: add --from and the origin of the page, such as --from https://app.example.com")
	errNavigation = errors.New("this is the navigation to a page, and CORS does not matter for it: copy a request that the page makes")
)

// question makes a question of what was seen.
func (s *sight) question(o Options) (Question, error) {
	if err := s.checkURL(); err != nil {
		return Question{}, err
	}
	s.preflight()
	if err := s.initiator(); err != nil {
		return Question{}, err
	}
	s.origin()
	if s.request.From = cmp.Or(s.request.From, o.From); s.request.From == "" {
		return Question{}, fmt.Errorf("%s: %w", plain.Safe(s.request.URL), errNoOrigin)
	}
	s.referrer()
	held, sent := s.held()
	s.scriptHeaders()
	s.content()
	s.onlyWhatViaTakes(sent)
	return Question{Request: s.request, Cookies: held, Notes: s.notes}, nil
}

// checkURL takes the line breaks of a terminal out of the URL.
func (s *sight) checkURL() error {
	whole := strings.Join(strings.Fields(s.request.URL), "")
	if whole != strings.TrimSpace(s.request.URL) {
		s.note("the URL has line breaks or blanks in it: they were removed")
	}
	s.request.URL = whole
	u, err := web.ParseURL(whole, nil)
	if err != nil && !strings.Contains(whole, ":") || whole == "" {
		return fmt.Errorf("its URL is relative or missing (%q): give the whole URL", plain.Safe(whole))
	}
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is not a URL that a server answers", plain.Safe(whole))
	}
	return nil
}

// value is the value of a header, without which the text is empty.
func (s *sight) value(name string) string {
	value, _ := s.headers.Get(name)
	return value
}

// preflight turns a preflight that was copied into the request that it was for.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (s *sight) preflight() {
	method := s.value("Access-Control-Request-Method")
	if !strings.EqualFold(s.request.Method, "OPTIONS") || method == "" {
		return
	}
	s.request.Method = method
	s.headers = slices.Clone(s.headers)
	for name := range strings.SplitSeq(s.value("Access-Control-Request-Headers"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			s.headers = append(s.headers, standIn(name))
		}
	}
	s.note("this is a preflight: the %s that it is for is asked, with stand-ins for the values of its headers", plain.Safe(method))
}

// standIn is a header of which only the name is known, with a value that makes the browser
// send a preflight.
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func standIn(name string) harness.Field {
	value := "1"
	if strings.EqualFold(name, "content-type") {
		value = "application/json"
	}
	return harness.Field{Name: name, Value: value}
}

// byDestination are the initiators of the destinations that Sec-Fetch-Dest names.
// https://fetch.spec.whatwg.org/#concept-request-destination
var byDestination = map[string]harness.Via{
	"empty": "", "image": harness.ViaImage, "script": harness.ViaScript, "style": harness.ViaStylesheet, "font": harness.ViaFont,
	"audio": harness.ViaAudio, "video": harness.ViaVideo, "track": harness.ViaTrack, "manifest": harness.ViaManifest,
	"worker": harness.ViaWorkerScript, "iframe": harness.ViaIframe, "frame": harness.ViaIframe, "websocket": harness.ViaWebSocket,
	"audioworklet": harness.ViaAudioWorklet, "paintworklet": harness.ViaPaintWorklet, "report": harness.ViaCSPReport,
}

// initiator says by what the page asked.
// https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-dest-header
func (s *sight) initiator() error {
	destination, mode := s.value("Sec-Fetch-Dest"), s.value("Sec-Fetch-Mode")
	if destination == "document" {
		return errNavigation
	}
	via, known := byDestination[destination]
	switch {
	case s.request.Via != "":
	case strings.HasPrefix(s.value("Accept"), "text/event-stream"):
		s.request.Via = harness.ViaEventSource
	case strings.HasPrefix(s.request.URL, "ws:"), strings.HasPrefix(s.request.URL, "wss:"):
		s.request.Via = harness.ViaWebSocket
	case known:
		s.request.Via = via
	case destination != "":
		s.note("corsproof cannot ask as Sec-Fetch-Dest says (%s): the request is made by fetch()", plain.Safe(destination))
	}
	switch harness.Mode(mode) {
	case harness.CORS, harness.NoCORS, harness.SameOriginOnly:
		s.request.Mode = harness.Mode(mode)
	}
	return nil
}

// origin says which page asked: by Origin, the URL of the page, or Referer.
// https://fetch.spec.whatwg.org/#origin-header
func (s *sight) origin() {
	for _, from := range []struct{ what, value string }{{"Origin", s.value("Origin")}, {"Referer", cmp.Or(s.value("Referer"), s.request.Referrer)}, {"its page", s.page}} {
		if s.request.From != "" {
			return
		}
		s.request.From = pageOrigin(from.value)
		if s.request.From != "" {
			s.note("the page's origin is %s, by %s", plain.Safe(s.request.From), from.what)
		}
	}
}

// pageOrigin is the origin of a page as a Request says it, and empty where the text is not
// the URL of a page.
func pageOrigin(text string) string {
	switch {
	case text == "null":
		return harness.OpaqueOrigin
	case strings.HasPrefix(text, "file:"):
		return harness.FilePage
	case strings.HasPrefix(text, "data:"):
		return harness.DataPage
	}
	u, err := web.ParseURL(text, nil)
	if err != nil || u.Host == "" {
		return ""
	}
	if origin := u.Scheme + "://" + u.Authority(); u.IsHTTP() || web.IsAppOrigin(origin) {
		return origin
	}
	return ""
}

// referrer gives the page its path, which is a part of the referrer.
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (s *sight) referrer() {
	if policy := s.value("Referrer-Policy"); policy != "" && s.request.ReferrerPolicy == "" {
		s.request.ReferrerPolicy = harness.ReferrerPolicy(policy) // Copy as fetch (Node.js) has it among the headers
	}
	text := cmp.Or(s.value("Referer"), s.request.Referrer)
	s.request.Referrer = ""
	u, err := web.ParseURL(text, nil)
	if err != nil || pageOrigin(text) != s.request.From || u.Path+u.Query == "/" {
		return
	}
	s.request.PagePath = u.Path + u.Query
}

// crosses says whether the request crosses origins.
func (s *sight) crosses() bool {
	return !web.SameOrigin(web.ParseOrigin(s.request.From), web.ParseOrigin(s.request.URL))
}

// content makes the body.
func (s *sight) content() {
	switch {
	case !s.hasBody:
	case utf8.Valid(s.body):
		s.request.Body = harness.Text(string(s.body))
	default:
		s.request.Body = harness.Bytes(s.body)
	}
	if s.request.Method == "GET" && s.request.Body.Kind == "" {
		s.request.Method = "" // which is the default
	}
}

// onlyWhatViaTakes leaves out the options that the initiator does not have, and says whether
// the request has credentials.
// https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
func (s *sight) onlyWhatViaTakes(cookies bool) {
	r := &s.request
	cors := r.Mode == "" || r.Mode == harness.CORS
	if cookies && r.Credentials == "" && cors && s.crosses() {
		r.Credentials = harness.Include
		s.note("the request had cookies and crosses origins: it is asked with the credentials mode include")
	}
	if r.Via.Fetches() {
		if r.Mode == harness.CORS {
			r.Mode = "" // which is the default
		}
		return
	}
	if r.Via != harness.ViaXHR { // what an element loads has no options of fetch()
		if r.Method != "" && r.Method != "GET" {
			s.note("%s chooses the method itself: %s is left out", r.Via, plain.Safe(r.Method))
		}
		r.Method, r.Headers = "", nil
		if r.Via != harness.ViaBeacon {
			r.Body = harness.Body{}
		}
	}
	r.Redirect, r.Cache, r.ReferrerPolicy = "", "", ""
	s.withoutFaults()
}

// withoutFaults leaves out the mode, the credentials and the integrity that the initiator does
// not have: [harness.Request.Validate] knows.
func (s *sight) withoutFaults() {
	r := &s.request
	for field, clear := range map[string]func(){"Mode": func() { r.Mode = "" }, "Credentials": func() { r.Credentials = "" }, "Integrity": func() { r.Integrity = "" }} {
		if faultIn(*r, field) {
			clear()
		}
	}
}

// faultIn says whether a field of a Request is at fault.
func faultIn(r harness.Request, field string) bool {
	joined, ok := r.Validate().(interface{ Unwrap() []error })
	return ok && slices.ContainsFunc(joined.Unwrap(), func(err error) bool {
		var fault *harness.FaultError
		return errors.As(err, &fault) && fault.Field == field
	})
}
