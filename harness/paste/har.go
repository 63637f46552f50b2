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
	"github.com/corsproof/corsproof/harness/internal/plain"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// harEntry is what is read of an entry. What the server answered is not: the question is asked
// again. http://www.softwareishard.com/blog/har-12-spec/#entries
type harEntry struct {
	Page    string `json:"pageref"`
	Kind    string `json:"_resourceType"`
	Request struct {
		Method   string      `json:"method"`
		URL      string      `json:"url"`
		Headers  []harPair   `json:"headers"`
		Cookies  []harCookie `json:"cookies"`
		Body     *harBody    `json:"postData"`
		BodySize int         `json:"bodySize"`
	} `json:"request"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harCookie struct {
	harPair
	Path     string `json:"path"`
	Domain   string `json:"domain"`
	HTTPOnly bool   `json:"httpOnly"`
	Secure   bool   `json:"secure"`
	SameSite string `json:"sameSite"`
}

type harBody struct {
	Type     string    `json:"mimeType"`
	Text     string    `json:"text"`
	Encoding string    `json:"encoding"`
	Params   []harPair `json:"params"`
}

// harReader reads the entries one by one, so that memory does not grow with the file.
type harReader struct {
	options Options
	pages   map[string]string // titles by id: Chrome writes the page's URL there
	sights  []numberedSight
	seen    map[[sha256.Size]byte]bool
	entries int
	skipped map[string]int
}

// numberedSight is an entry that is kept until the pages are known, which some programs write
// behind the entries.
type numberedSight struct {
	number int
	page   string
	sight  *sight
}

// ReadHAR reads a HAR of any size: the wanted entry, or all requests that cross origins, each
// question once. Its memory grows with the largest entry and with what is kept, and not with
// the file.
func ReadHAR(in io.Reader, o Options) (Pasted, error) {
	r := &harReader{options: o, pages: map[string]string{}, seen: map[[sha256.Size]byte]bool{}, skipped: map[string]int{}}
	decoder := json.NewDecoder(in)
	err := inObject(decoder, func(key string) error {
		if key != "log" {
			return skip(decoder)
		}
		return inObject(decoder, func(key string) error { return r.part(decoder, key) })
	})
	if err != nil {
		return Pasted{}, fmt.Errorf("HAR file: after %d entries: %w", r.entries, harFault(err))
	}
	return r.pasted()
}

// harFault is an error without the content of the file.
func harFault(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the file ends too early: export it again")
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: it is no JSON", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("byte %d: the field %s is of another type than in a HAR", kind.Offset, plain.Clean(kind.Field))
	}
	return err
}

var errNoHAR = errors.New(`it is no HAR: want {"log": {"entries": [...]}}`)

// inObject calls a function for each key of an object. The function reads the value.
func inObject(d *json.Decoder, value func(key string) error) error {
	if err := open(d, '{'); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if err := value(name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// open reads the bracket that begins an object or a list.
func open(d *json.Decoder, bracket json.Delim) error {
	token, err := d.Token()
	if err == nil && token != bracket {
		err = errNoHAR
	}
	return err
}

// skip reads a value token by token.
func skip(d *json.Decoder) error {
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// part reads a part of the log.
func (r *harReader) part(d *json.Decoder, key string) error {
	switch key {
	case "pages":
		var list []struct{ ID, Title string }
		err := d.Decode(&list)
		for _, p := range list {
			r.pages[p.ID] = p.Title
		}
		return err
	case "entries":
		if err := open(d, '['); err != nil {
			return err
		}
		for d.More() {
			var e harEntry
			if err := d.Decode(&e); err != nil {
				return err
			}
			r.entries++
			r.entry(e)
		}
		_, err := d.Token()
		return err
	}
	return skip(d)
}

// entry keeps an entry that may be wanted.
func (r *harReader) entry(e harEntry) {
	preflight := e.Kind == "preflight" || strings.EqualFold(e.Request.Method, "OPTIONS")
	if r.options.Entry != "" {
		byNumber := r.options.Entry == strconv.Itoa(r.entries)
		if byNumber || !preflight && wanted(r.options.Entry, r.entries, e.Request.URL) {
			r.keep(e, e.sight())
		}
		return
	}
	switch u, err := web.ParseURL(e.Request.URL, nil); {
	case err != nil, !u.IsHTTP() && u.Scheme != "ws" && u.Scheme != "wss":
		r.skipped["are no requests to a server"]++
		return
	case e.Kind == "document", preflight:
		r.skipped["are preflights or navigations"]++
		return
	}
	s := e.sight()
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
	r.keep(e, s)
}

// key tells entries apart that are asked differently. It is short, however long the body is.
func (s *sight) key(e harEntry) [sha256.Size]byte {
	parts := []string{e.Page, e.Kind, s.request.Method, s.request.URL, s.value("Origin"), s.value("Sec-Fetch-Mode"), s.value("Authorization"), s.value("Cookie"), string(s.body)}
	return sha256.Sum256([]byte(strings.Join(parts, "\x00")))
}

func (r *harReader) keep(e harEntry, s *sight) {
	r.sights = append(r.sights, numberedSight{r.entries, e.Page, s})
}

// pasted makes the questions, now that all pages are known.
func (r *harReader) pasted() (Pasted, error) {
	p := Pasted{Kind: HAR}
	var faults []error
	for _, kept := range r.sights {
		kept.sight.page = r.pages[kept.page]
		q, err := kept.sight.question(r.options)
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
			p.Notes = append(p.Notes, fmt.Sprintf("%d of %d entries %s", n, r.entries, why))
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
		return fmt.Errorf("no entry %s: the file has %d entries", plain.Safe(r.options.Entry), r.entries)
	}
	return fmt.Errorf("none of its %d entries crosses origins: choose one with --entry and its number or URL", r.entries)
}

// harKinds are the initiators by Chrome's resource types.
var harKinds = map[string]harness.Via{
	"xhr": harness.ViaXHR, "script": harness.ViaScript, "stylesheet": harness.ViaStylesheet, "image": harness.ViaImage, "font": harness.ViaFont,
	"manifest": harness.ViaManifest, "texttrack": harness.ViaTrack, "websocket": harness.ViaWebSocket, "eventsource": harness.ViaEventSource,
}

// sight is the entry as it was on the wire.
func (e harEntry) sight() *sight {
	s := &sight{request: harness.Request{Method: e.Request.Method, URL: e.Request.URL, Via: harKinds[e.Kind]}}
	for _, h := range e.Request.Headers {
		s.headers = append(s.headers, harness.Field(h))
	}
	for _, c := range e.Request.Cookies {
		s.cookies = append(s.cookies, cookie{c.Name, c.Value, c.line()})
	}
	e.body(s)
	if len(e.Request.Cookies) == 0 && s.value("Cookie") == "" && s.value("Authorization") == "" {
		s.note("the entry has no cookies and no Authorization, which Chrome leaves out of a HAR unless it is exported with sensitive data: add them with --cookie and --header where the page was signed in")
	}
	return s
}

// line is the cookie as a server would have set it, and empty where the HAR has no attributes.
func (c harCookie) line() string {
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

// body takes the body of the request.
func (e harEntry) body(s *sight) {
	switch b := e.Request.Body; {
	case b == nil && e.Request.BodySize > 0:
		s.note("the HAR does not have the body of %d bytes: add it with --body", e.Request.BodySize)
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
