package harness

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
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
	return fmt.Sprintf("%s %q: %s", strings.ToLower(e.Field), e.Value, e.Problem)
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
	if problem := urlProblem(r.URL); problem != "" {
		fault("URL", r.URL, "%s", problem)
	}
	if r.Method != "" && !httpguts.ValidHeaderFieldName(r.Method) { // both are tokens
		fault("Method", r.Method, "not an HTTP token")
	}
	for _, h := range r.Headers {
		if !httpguts.ValidHeaderFieldName(h.Name) {
			fault("Header", h.Name, "a header name is an HTTP token, without blank or colon")
		}
		if !validValue(h.Value) {
			fault("Header", h.Name, "its value has a character that no header can carry")
		}
	}
	choice(fault, "Credentials", r.Credentials, Omit, SameOrigin, Include)
	choice(fault, "Mode", r.Mode, CORS, NoCORS, SameOriginOnly)
	choice(fault, "Redirect", r.Redirect, Follow, ErrorRedirect, Manual)
	choice(fault, "Cache", r.Cache, DefaultCache, NoStore, Reload, NoCache, ForceCache, OnlyIfCached)
	choice(fault, "AddressSpace", r.AddressSpace, Loopback, Local, Public)
	choice(fault, "Body", r.Body.Kind, TextBody, JSONBody, FormBody, MultipartBody, BytesBody)
	r.Via.faults(r, fault)
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

// originProblem says what is wrong with the origin of a page.
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func originProblem(origin string) string {
	if origin == OpaqueOrigin {
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
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	} else {
		ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
		if err != nil {
			return "", err
		}
		if strings.HasSuffix(host, ".") {
			ascii += "."
		}
		host = ascii
	}
	port := u.Port()
	if port == "" || (u.Scheme == "http" && port == "80") || (u.Scheme == "https" && port == "443") {
		return u.Scheme + "://" + host, nil
	}
	return u.Scheme + "://" + host + ":" + port, nil
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
	if u.Scheme == "" || (u.Opaque != "" && strings.Contains(u.Scheme, ".")) || u.Scheme == "localhost" {
		return "not absolute: did you mean http://" + strings.TrimPrefix(text, "//") + "?"
	}
	if (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() == "" {
		return "it names no host"
	}
	return ""
}
