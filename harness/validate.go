package harness

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// FaultError is one fault of a Request: a field with which no browser could be asked.
type FaultError struct {
	Field   string // From, URL, Method, ...
	Value   string
	Problem string // what is wrong, and perhaps what was meant
}

// Error names the field, the value and the problem.
func (e *FaultError) Error() string {
	return fmt.Sprintf("%s %q: %s", strings.ToLower(e.Field), hideSecrets(e.Value), hideSecrets(e.Problem))
}

// Validate returns all faults of the Request at once, joined: each is a
// *[FaultError]. A Request that the browser itself refuses, such as a forbidden
// method, is a valid question.
func (r Request) Validate() error {
	var faults []error
	r.eachFault(func(field, value, problem string, args ...any) {
		faults = append(faults, &FaultError{field, value, fmt.Sprintf(problem, args...)})
	})
	return errors.Join(faults...)
}

// eachFault names all faults.
func (r Request) eachFault(fault func(field, value, problem string, args ...any)) {
	if problem := originProblem(r.From); problem != "" {
		fault("From", r.From, "%s", problem)
	}
	r.pageFaults(fault)
	r.wireFaults(fault)
	r.extensionFaults(fault)
	if problem := urlProblem(r.URL); problem != "" {
		fault("URL", r.URL, "%s", problem)
	}
	if r.Method != "" && !web.IsToken(r.Method) {
		fault("Method", r.Method, "not an HTTP token")
	}
	headerFaults("Header", r.Headers, fault)
	choice(fault, "Credentials", r.Credentials, Omit, SameOrigin, Include)
	choice(fault, "Mode", r.Mode, CORS, NoCORS, SameOriginOnly)
	choice(fault, "Redirect", r.Redirect, RedirectFollow, RedirectError, RedirectManual)
	choice(fault, "Cache", r.Cache, CacheDefault, CacheNoStore, CacheReload, CacheNoCache, CacheForceCache, CacheOnlyIfCached)
	choice(fault, "AddressSpace", r.AddressSpace, SpaceLoopback, SpaceLocal, SpacePublic)
	choice(fault, "TargetAddressSpace", r.TargetAddressSpace, SpaceLoopback, SpaceLocal, SpacePublic)
	choice(fault, "ReferrerPolicy", r.ReferrerPolicy, NoReferrer, NoReferrerWhenDowngrade, SameOriginReferrer, OriginReferrer,
		StrictOrigin, OriginWhenCrossOrigin, StrictOriginWhenCrossOrigin, UnsafeURL)
	choice(fault, "Body", r.Body.Kind, TextBody, JSONBody, FormBody, MultipartBody, BytesBody, StreamBody)
	r.Via.faults(r, fault)
	r.whereFaults(fault)
	r.scriptFaults(fault)
	r.controllerFaults(fault)
	r.momentFaults(fault)
	r.reportFaults(fault)
	r.hintFaults(fault)
	r.specifierFaults(fault)
	if r.DryRun && (r.EffectiveWhere() != WhereWindow || !slices.Contains([]Via{ViaFetch, ViaXHR, ViaXHRUpload}, r.EffectiveVia())) {
		fault("DryRun", string(r.Via), "a dry run stops only fetch and XMLHttpRequest of a page: without DryRun (--dry-run) the request is sent")
	}
	r.editFaults(fault)
	r.beforeFaults(fault)
	r.besideFaults(fault)
}

// choice checks a field that has a closed list of values.
func choice[T ~string](fault func(field, value, problem string, args ...any), field string, value T, allowed ...T) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	fault(field, string(value), "want %s", join(allowed))
}

// validValue says whether a script could set the value: each character stands for one
// byte of a header.
func validValue(value string) bool {
	return web.IsHeaderValue(value) && !strings.ContainsFunc(value, func(c rune) bool { return c > 0xFF })
}

// headerFaults names each header with an invalid name or value.
func headerFaults(field string, list Header, fault func(field, value, problem string, args ...any)) {
	for _, h := range list {
		if !web.IsToken(h.Name) {
			fault(field, h.Name, "a header name is an HTTP token, without space or colon")
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
		return "missing: give the origin of the page that asks, such as https://app.example.com, or null"
	}
	if problem, meant, app := web.AppOriginProblem(origin); app {
		if meant != "" && !strings.Contains(problem, meant) {
			problem += ": did you mean " + meant + "?"
		}
		return problem
	}
	if d, ok := documentMeant(origin); ok {
		return "it has the origin of the page that made it: give that origin, and Document (--document) " + string(d)
	}
	u, err := web.ParseURL(origin, nil)
	if u.Scheme == "file" {
		return "every page from a file has an opaque origin: write " + FilePage
	}
	if err != nil || u.Host == "" {
		if u, err := web.ParseURL("https://"+origin, nil); err == nil && (strings.Contains(u.Host, ".") || u.Host == "localhost") && !strings.ContainsAny(origin, "*/ ") {
			return "an origin has a scheme: did you mean " + u.Origin().String() + "?"
		}
		if err != nil && strings.Contains(origin, "://") {
			return "not an origin: " + err.Error()
		}
		return "not an origin: want scheme://host or scheme://host:port, such as https://app.example.com"
	}
	if strings.Contains(u.Host, "*") {
		return "a page has one origin, without wildcards"
	}
	if !u.IsHTTP() {
		return "corsproof cannot make a page of this scheme: want http or https"
	}
	if canonical := u.Origin().String(); origin != canonical {
		return "browsers write this origin " + canonical
	}
	return ""
}

// urlProblem says what is wrong with the URL that is asked for.
func urlProblem(text string) string {
	if text == "" {
		return "missing: give the URL to ask for"
	}
	u, err := web.ParseURL(text, nil)
	switch _, after, _ := strings.Cut(text, ":"); {
	case strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//"):
		return "not absolute: give scheme and host too, such as http://localhost:8000" + text
	case u.Scheme == "", u.Host == "" && strings.Contains(u.Scheme, "."), u.Scheme == "localhost":
		return "not absolute: did you mean http://" + strings.TrimPrefix(text, "//") + "?"
	case strings.HasPrefix(text, " ") || strings.ContainsFunc(text, unicode.IsControl):
		return "not a URL: it begins with a space, or has a control character"
	case err != nil:
		return "not a URL: " + err.Error()
	case u.IsHTTP() && strings.HasPrefix(after, "///"):
		return "it names no host" // a browser takes the first part of the path for the host
	}
	return ""
}
