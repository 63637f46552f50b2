package oracle

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

const anchorPreflight = "https://fetch.spec.whatwg.org/#cors-preflight-fetch"

// The lifetimes of a preflight's result.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
const (
	defaultMaxAge = 5 * time.Second
	greatestAge   = 2 * time.Hour // Chrome's limit; in the standard the browser chooses it
)

var (
	preflightFailed          = branch("preflight: no response")
	preflightRedirect        = branch("preflight: redirected")
	preflightCheck           = branch("preflight: the CORS check failed")
	preflightStatus          = branch("preflight: status is not ok")
	preflightMethodsBad      = branch("preflight: malformed Access-Control-Allow-Methods")
	preflightHeadersBad      = branch("preflight: malformed Access-Control-Allow-Headers")
	preflightMethodFlag      = branch("preflight: no methods, allowed by the use-CORS-preflight flag")
	preflightMethodListed    = branch("preflight: method listed")
	preflightMethodSafe      = branch("preflight: method safelisted")
	preflightMethodStar      = branch("preflight: method covered by *")
	preflightMethod          = branch("preflight: method refused")
	preflightAuthorization   = branch("preflight: Authorization not covered by *")
	preflightAuthorizationOK = branch("preflight: Authorization covered by *")
	preflightHeader          = branch("preflight: header refused")
	preflightHeaderStar      = branch("preflight: headers covered by *")
	preflightHeaderListed    = branch("preflight: headers listed")
	preflightNoHeaders       = branch("preflight: no headers to ask for")
	ageDefault               = branch("max-age: default")
	ageGiven                 = branch("max-age: given")
	ageCapped                = branch("max-age: capped")
)

// corsPreflightFetch sends the preflight. unsafe are the unsafe names in the order of the
// request.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (r *run) corsPreflightFetch(unsafe []string) *failure {
	r.Refused = nil
	reply, failed := r.send(r.preflightRequest(unsafe))
	if failed != nil {
		r.take(preflightFailed)
		return failed
	}
	redirected := r.preflightRedirected(reply)
	if redirected != nil && (r.q.As != Firefox || redirected.reason != harness.PreflightDisallowedRedirect) {
		return redirected
	}
	// The check uses the credentials mode of the request, not of the preflight.
	if c := corsCheck(r.preflightOrigin(), r.credentials, reply.Header); c.reason != "" && !r.preflightsItself() {
		r.take(preflightCheck, c.branch)
		return &failure{reason: preflightReasons[c.reason], parameter: c.parameter, anchor: anchorPreflight}
	}
	if redirected != nil {
		return redirected
	}
	if !web.IsOKStatus(reply.Status) {
		r.take(preflightStatus)
		return &failure{reason: harness.PreflightInvalidStatus, anchor: anchorPreflight}
	}
	return r.preflightAllows(reply.Header, unsafe)
}

// preflightRequest returns the OPTIONS request.
func (r *run) preflightRequest(unsafe []string) Exchange {
	header := harness.Header{
		{Name: web.NameAccept, Value: "*/*"},
		{Name: web.NameRequestMethod, Value: r.method},
	}
	if len(unsafe) > 0 {
		names := strings.Join(r.requestedNames(unsafe), ",")
		header = append(header, harness.Field{Name: web.NameRequestHeaders, Value: names})
	}
	header = append(header, harness.Field{Name: web.NameOrigin, Value: r.preflightOrigin()})
	return Exchange{Kind: harness.Preflight, Method: "OPTIONS", URL: r.current().String(), Header: header}
}

// requestedNames are the names that a preflight asks for.
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r *run) requestedNames(unsafe []string) []string {
	names := sortedNames(unsafe)
	if len(names) < len(unsafe) && r.deviates(repeatsRequestedNames) {
		return slices.Sorted(slices.Values(unsafe))
	}
	return names
}

// preflightRedirected returns Chrome's reason for a redirected preflight.
func (r *run) preflightRedirected(reply Reply) *failure {
	if !r.rows[reportsPreflightRedirect] || r.q.As == Firefox && r.redirect != harness.RedirectFollow {
		return nil
	}
	location := r.locationURL(reply)
	switch {
	case location.netError != "":
		return &failure{netError: location.netError, anchor: anchorPreflight}
	case !location.present || !r.deviates(reportsPreflightRedirect):
		return nil
	}
	r.take(preflightRedirect)
	if !location.valid || r.readsFirst(location) && r.deviates(readsLocationFirst) {
		return &failure{reason: harness.InvalidRedirect, anchor: anchorPreflight}
	}
	return &failure{reason: harness.PreflightDisallowedRedirect, anchor: anchorPreflight}
}

// preflightAllows checks whether the preflight's response allows the request.
func (r *run) preflightAllows(header harness.Header, unsafe []string) *failure {
	methods, err := ExtractHeaderListValues(header, web.NameAllowMethods)
	if err != nil {
		r.take(preflightMethodsBad)
		return &failure{reason: harness.InvalidAllowMethodsPreflightResponse, anchor: anchorPreflight}
	}
	names, err := ExtractHeaderListValues(header, web.NameAllowHeaders)
	if err != nil {
		r.take(preflightHeadersBad)
		return &failure{reason: harness.InvalidAllowHeadersPreflightResponse, anchor: anchorPreflight}
	}
	for i, name := range names {
		names[i] = web.Lower(name)
	}
	listed := methods
	if methods == nil && r.usePreflight && (CORSSafelistedMethod(r.method) || !r.deviates(flagNeedsAllowMethods)) {
		r.take(preflightMethodFlag)
		methods = []string{r.method}
	}
	if failed := r.methodAllowed(methods); failed != nil {
		return failed
	}
	if failed := r.headersAllowed(names, unsafe); failed != nil {
		return failed
	}
	if r.rows[cacheCoversSafeMethods] {
		methods = listed
	}
	r.store(preflightResult{credentials: r.credentials == harness.Include, methods: methods, names: names, expires: r.q.Now.Add(r.maxAge(header))})
	return nil
}

// allowsMethod says whether a list of methods allows a method, compared byte for byte.
func allowsMethod(methods []string, method string, credentials bool) bool {
	return CORSSafelistedMethod(method) || slices.Contains(methods, method) || !credentials && slices.Contains(methods, "*")
}

func (r *run) methodAllowed(methods []string) *failure {
	switch {
	case !allowsMethod(methods, r.method, r.credentials == harness.Include):
		r.take(preflightMethod)
		return &failure{reason: harness.MethodDisallowedByPreflightResponse, parameter: r.method, anchor: anchorPreflight}
	case slices.Contains(methods, r.method):
		r.take(preflightMethodListed)
	case CORSSafelistedMethod(r.method):
		r.take(preflightMethodSafe)
	default:
		r.take(preflightMethodStar)
	}
	return nil
}

// authorizationUnlisted says whether the request has Authorization, the one header that *
// does not cover, and the list lacks it.
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func (r *run) authorizationUnlisted(names []string) bool {
	return len(r.header.Values(web.NameAuthorization)) > 0 && !slices.Contains(names, "authorization")
}

// headersAllowed checks the unsafe names against the allowed names.
func (r *run) headersAllowed(names, unsafe []string) *failure {
	refused := func(parameter string) *failure {
		return &failure{reason: harness.HeaderDisallowedByPreflightResponse, parameter: parameter, anchor: anchorPreflight}
	}
	if slices.Contains(names, "*") && r.credentials != harness.Include {
		switch {
		case !r.authorizationUnlisted(names):
			r.take(preflightHeaderStar)
		case r.deviates(wildcardCoversAuthorization):
			r.take(preflightAuthorizationOK)
		default:
			r.take(preflightAuthorization)
			r.Refused = []string{"authorization"}
			return refused("authorization")
		}
		return nil
	}
	for _, name := range unsafe {
		if !slices.Contains(names, name) && !slices.Contains(r.Refused, name) {
			r.Refused = append(r.Refused, name)
		}
	}
	switch {
	case len(r.Refused) > 0:
		r.take(preflightHeader)
		return refused(r.Refused[0])
	case len(unsafe) > 0:
		r.take(preflightHeaderListed)
	default:
		r.take(preflightNoHeaders)
	}
	return nil
}

// maxAge returns the lifetime of a preflight's result.
func (r *run) maxAge(header harness.Header) time.Duration {
	age, given := standardMaxAge(header)
	if r.rows[wantsDigitsMaxAge] {
		return r.firefoxMaxAge(header, age)
	}
	if lenient, ok := chromeMaxAge(header); (lenient != age || ok != given) && r.deviates(lenientMaxAge) {
		age, given = lenient, ok
	}
	switch {
	case !given:
		r.take(ageDefault)
	case age == greatestAge:
		r.take(ageCapped)
	default:
		r.take(ageGiven)
	}
	return age
}

// firefoxMaxAge is the lifetime in Firefox: none where the value is anything but digits.
func (r *run) firefoxMaxAge(header harness.Header, standard time.Duration) time.Duration {
	value, given := Get(header, web.NameMaxAge)
	seconds, digits := ParseDeltaSeconds(value)
	switch {
	case !given || value == "":
		r.take(ageDefault)
		return defaultMaxAge
	case !digits && r.deviates(wantsDigitsMaxAge):
		return 0
	}
	r.take(ageGiven)
	return capped(seconds)
}

// standardMaxAge reads a single Access-Control-Max-Age.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
func standardMaxAge(header harness.Header) (age time.Duration, given bool) {
	lines := header.Values(web.NameMaxAge)
	if len(lines) != 1 {
		return defaultMaxAge, false
	}
	seconds, ok := ParseDeltaSeconds(lines[0])
	if !ok {
		return defaultMaxAge, false
	}
	return capped(seconds), true
}

// chromeMaxAge reads a 63-bit integer with a sign.
func chromeMaxAge(header harness.Header) (age time.Duration, given bool) {
	value, _ := Get(header, web.NameMaxAge)
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return defaultMaxAge, false
	}
	return capped(max(0, seconds)), true
}

func capped(seconds int64) time.Duration {
	return time.Duration(min(seconds, int64(greatestAge/time.Second))) * time.Second
}
