package harness

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/idna"
)

// FaultError is one fault of a Request: a field that no browser could be asked
// with.
type FaultError struct {
	Field   string // From, URL, Method, ...
	Value   string
	Problem string // what is wrong, and what was perhaps meant
}

// Error names the field, the value and the problem.
func (e *FaultError) Error() string {
	return fmt.Sprintf("%s %q: %s", strings.ToLower(e.Field), hideUserinfo(e.Value), hideUserinfo(e.Problem))
}

// Validate returns all faults of the Request at once, joined: each is a
// *[FaultError]. A Request that a browser answers with an error of its own, such
// as a forbidden method, is no fault but a question.
func (r Request) Validate() error {
	var faults []error
	fault := func(field, value, problem string, args ...any) {
		faults = append(faults, &FaultError{field, value, fmt.Sprintf(problem, args...)})
	}
	if problem := originProblem(r.From); problem != "" {
		fault("From", r.From, "%s", problem)
	}
	r.pageFaults(fault)
	if problem := urlProblem(r.URL); problem != "" {
		fault("URL", r.URL, "%s", problem)
	}
	if r.Method != "" && !httpguts.ValidHeaderFieldName(r.Method) { // both are tokens
		fault("Method", r.Method, "not an HTTP token")
	}
	headerFaults("Header", r.Headers, fault)
	choice(fault, "Credentials", r.Credentials, Omit, SameOrigin, Include)
	choice(fault, "Mode", r.Mode, CORS, NoCORS, SameOriginOnly)
	choice(fault, "Redirect", r.Redirect, Follow, ErrorRedirect, Manual)
	choice(fault, "Cache", r.Cache, DefaultCache, NoStore, Reload, NoCache, ForceCache, OnlyIfCached)
	choice(fault, "AddressSpace", r.AddressSpace, Loopback, Local, Public)
	choice(fault, "TargetAddressSpace", r.TargetAddressSpace, Loopback, Local, Public)
	choice(fault, "ReferrerPolicy", r.ReferrerPolicy, NoReferrer, NoReferrerWhenDowngrade, SameOriginReferrer, OriginReferrer,
		StrictOrigin, OriginWhenCrossOrigin, StrictOriginWhenCrossOrigin, UnsafeURL)
	choice(fault, "Body", r.Body.Kind, TextBody, JSONBody, FormBody, MultipartBody, BytesBody, StreamBody)
	r.Via.faults(r, fault)
	if r.DryRun && !slices.Contains([]Via{"", ViaFetch, ViaXHR, ViaXHRUpload}, r.Via) {
		fault("DryRun", string(r.Via), "only fetch and XMLHttpRequest in a page can be held back; leave it out, and the request is sent")
	}
	return errors.Join(faults...)
}

// choice checks a field that has a closed list of values.
func choice[T ~string](fault func(field, value, problem string, args ...any), field string, value T, allowed ...T) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	fault(field, string(value), "want %s", join(allowed))
}

// validValue says whether a script could set the value: bytes without NUL, CR
// and LF, each character one byte.
// https://fetch.spec.whatwg.org/#header-value
func validValue(value string) bool {
	for _, c := range value {
		if c == 0 || c == '\r' || c == '\n' || c > 0xFF {
			return false
		}
	}
	return true
}

// headerFaults names what is no header.
func headerFaults(field string, list Header, fault func(field, value, problem string, args ...any)) {
	for _, h := range list {
		if !httpguts.ValidHeaderFieldName(h.Name) {
			fault(field, h.Name, "a header name is an HTTP token, without blank or colon")
		}
		if !validValue(h.Value) {
			fault(field, h.Name, "its value has a character that no header can carry")
		}
	}
}

// originProblem says what is wrong with the origin of a page.
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func originProblem(origin string) string {
	if opaque(origin) {
		return ""
	}
	if origin == "" {
		return "missing: whose page asks? Give an origin such as https://app.example.com, or null"
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		if u, err := url.Parse("https://" + origin); err == nil && (strings.Contains(u.Hostname(), ".") || u.Hostname() == "localhost") && !strings.ContainsAny(origin, "*/ ") {
			return "an origin has a scheme: did you mean https://" + u.Host + "?"
		}
		return "not an origin: want scheme://host or scheme://host:port, such as https://app.example.com"
	}
	if strings.Contains(u.Host, "*") {
		return "a page has one origin, without wildcards"
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "a page of that scheme cannot be stood in for: want http or https"
	}
	canonical, err := serializeOrigin(u)
	if err != nil {
		return "its host is not one: " + err.Error()
	}
	if origin != canonical {
		return "browsers write this origin " + canonical
	}
	return ""
}

// serializeOrigin writes the origin of a URL as browsers do: lower case, in
// ASCII, without the default port and without anything after it.
func serializeOrigin(u *url.URL) (string, error) {
	host, err := serializeHost(u.Hostname())
	if err != nil {
		return "", err
	}
	if u.Port() == "" {
		return u.Scheme + "://" + host, nil
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return "", fmt.Errorf("port %s: want a number up to 65535", u.Port())
	}
	if (u.Scheme == "http" && port == 80) || (u.Scheme == "https" && port == 443) {
		return u.Scheme + "://" + host, nil
	}
	return fmt.Sprintf("%s://%s:%d", u.Scheme, host, port), nil
}

// domains is IDNA as URLs have it: an underscore is no fault.
// https://url.spec.whatwg.org/#concept-domain-to-ascii
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(false))

// serializeHost writes a host as browsers do.
// https://url.spec.whatwg.org/#host-serializing
func serializeHost(host string) (string, error) {
	if strings.Contains(host, ":") {
		ip, err := netip.ParseAddr(host)
		if err != nil {
			return "", fmt.Errorf("%s is not an IPv6 address", host)
		}
		return "[" + ip.String() + "]", nil
	}
	dot := ""
	if bare, ok := strings.CutSuffix(host, "."); ok {
		host, dot = bare, "."
	}
	ascii, err := domains.ToASCII(host)
	if err != nil {
		return "", err
	}
	// https://url.spec.whatwg.org/#ends-in-a-number-checker
	if last := ascii[strings.LastIndexByte(ascii, '.')+1:]; last != "" && strings.Trim(last, "0123456789") == "" {
		if _, err := netip.ParseAddr(ascii); err != nil {
			return "", fmt.Errorf("%s is not an IPv4 address in four parts", host)
		}
	}
	return ascii + dot, nil
}

// urlProblem says what is wrong with the URL that is asked for.
func urlProblem(text string) string {
	if text == "" {
		return "missing: what is asked for?"
	}
	u, err := url.Parse(text)
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err
		}
		return "not a URL: " + err.Error()
	}
	if strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") {
		return "not absolute: on which server? Give scheme and host, such as http://localhost:8000" + text
	}
	if u.Scheme == "" || (u.Opaque != "" && strings.Contains(u.Scheme, ".")) || u.Scheme == "localhost" {
		return "not absolute: did you mean http://" + strings.TrimPrefix(text, "//") + "?"
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	if u.Hostname() == "" {
		return "it names no host"
	}
	if _, err := serializeOrigin(u); err != nil {
		return err.Error()
	}
	return ""
}
