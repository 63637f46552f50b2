package bidi

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Firefox names the step that refused by the category of a line in the console, and other
// errors by the names of its network stack. Package harness knows the names of Chrome: the tables
// here map a name to the name of the same step there. A name that no table has stays as it is.

// severalOrigins is the category of a response with more than one Access-Control-Allow-Origin.
const severalOrigins = "CORSMultipleAllowOriginNotAllowed"

// corsSteps map the category of a line to the code of the same step, for a response and for a preflight.
// https://fetch.spec.whatwg.org/#concept-cors-check
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
var corsSteps = map[string]struct{ response, preflight string }{
	"CORSMissingAllowOrigin2":              {"MissingAllowOriginHeader", "PreflightMissingAllowOriginHeader"},
	severalOrigins:                         {"MultipleAllowOriginValues", "PreflightMultipleAllowOriginValues"},
	"CORSAllowOriginNotMatchingOrigin":     {"AllowOriginMismatch", "PreflightAllowOriginMismatch"},
	"CORSNotSupportingCredentials":         {"WildcardOriginNotAllowed", "PreflightWildcardOriginNotAllowed"},
	"CORSMissingAllowCredentials":          {"InvalidAllowCredentials", "PreflightInvalidAllowCredentials"},
	"CORSExternalRedirectNotAllowed":       {"RedirectContainsCredentials", "PreflightDisallowedRedirect"},
	"CORSPreflightDidNotSucceed3":          {"PreflightInvalidStatus", "PreflightInvalidStatus"},
	"CORSMethodNotFound":                   {"MethodDisallowedByPreflightResponse", "MethodDisallowedByPreflightResponse"},
	"CORSInvalidAllowMethod":               {"InvalidAllowMethodsPreflightResponse", "InvalidAllowMethodsPreflightResponse"},
	"CORSInvalidAllowHeader":               {"InvalidAllowHeadersPreflightResponse", "InvalidAllowHeadersPreflightResponse"},
	"CORSMissingAllowHeaderFromPreflight2": {"HeaderDisallowedByPreflightResponse", "HeaderDisallowedByPreflightResponse"},
	"CORSRequestNotHttp":                   {"CorsDisabledScheme", "CorsDisabledScheme"},
}

// notDecisions are categories that say that a request failed, and not why.
var notDecisions = map[string]bool{"CORSDidNotSucceed2": true, "CORSAllowHeaderFromPreflightDeprecation": true}

// blockedReasons map the category of a line to the blocked reason of Chrome.
var blockedReasons = map[string]string{"Mixed Content Blocker": "mixed-content"}

// netErrors map the category of a line to the net error of Chrome.
var categoryErrors = map[string]string{"ORB": "net::ERR_BLOCKED_BY_ORB", "MIMEMISMATCH": "net::ERR_ABORTED"}

// violates says whether a category is about a policy of the page that blocks. Other lines of a policy
// say what it would have blocked (CSP_CSPRO...), or what it upgrades.
func violates(category string) bool {
	return strings.HasPrefix(category, "CSP_CSP") && !strings.HasPrefix(category, "CSP_CSPRO") && strings.Contains(category, "Violation")
}

// decisionOf is the failure that the category of a line stands for. It is not known for a line that
// says nothing of a decision.
func decisionOf(n note) (engine.Failure, bool) {
	f := engine.Failure{Category: n.Category}
	switch {
	case notDecisions[n.Category]:
		return f, false
	case strings.HasPrefix(n.Category, "CORS"):
		f.Code = cmp.Or(corsSteps[n.Category].response, n.Category)
	case violates(n.Category):
		f.BlockedReason = "csp"
	case n.Category == "SOP":
		f.Code = "DisallowedByMode"
	case blockedReasons[n.Category] != "":
		f.BlockedReason = blockedReasons[n.Category]
	case categoryErrors[n.Category] != "":
		f.NetError = categoryErrors[n.Category]
	default:
		return f, false
	}
	return f, true
}

// failure is why the script did not get what it asked for, nil where nothing tells; and whether it
// was the preflight that failed.
func (r *record) failure() (failure *engine.Failure, preflight bool) {
	if !r.refused() {
		return r.cutOff(), false
	}
	last := r.last()
	if last != nil && r.withheld(last) {
		return nil, false
	}
	at := r.lastIndex()
	preflight = at > 0 && r.requests[at-1].Preflight && r.requests[at-1].err != ""
	decided := r.decided()
	switch {
	case decided != nil && decided.Category == severalOrigins && r.unanswered(preflight):
		return &engine.Failure{NetError: "net::ERR_FAILED", Category: severalOrigins}, preflight
	case decided != nil && (decided.NetError == "" || last != nil && last.err != ""):
		return r.refine(*decided, preflight), preflight
	case last == nil:
		return r.unasked(), false
	case preflight:
		return preflightFailure(r.requests[at-1]), true
	case last.err != "":
		if redirect := r.redirect(); redirect != nil {
			return redirect, false
		}
		return failureOf(last), false
	case r.asks.gaveUp(r.said), r.asks.Integrity != "":
		return nil, false // which is the cause
	case r.asks.judged():
		return &engine.Failure{NetError: "net::ERR_FAILED"}, false // Firefox gives no cause
	}
	return nil, false
}

// unanswered says whether no request, or no preflight, had an answer that has several origins. Of a
// connection that is closed at each attempt Firefox may say that its answer has.
func (r *record) unanswered(preflight bool) bool {
	for _, n := range r.notes {
		answered := func(q *request) bool { return q.Preflight == preflight && q.Status != 0 && n.about(q.URL) }
		if n.Category == severalOrigins && slices.ContainsFunc(r.requests, answered) {
			return false
		}
	}
	return true
}

// unasked is the failure of a question for which Firefox made no request and names no category, where
// the question leaves one step alone.
// https://fetch.spec.whatwg.org/#main-fetch
// https://fetch.spec.whatwg.org/#scheme-fetch
// https://fetch.spec.whatwg.org/#block-bad-port
func (r *record) unasked() *engine.Failure {
	u, err := web.ParseURL(r.target, nil)
	switch {
	case err != nil:
	case u.Scheme == "data":
		return &engine.Failure{NetError: "net::ERR_INVALID_URL"}
	case u.Scheme == "blob" && (r.asks.WorkerScript == "data" || !web.SameOrigin(web.ParseOrigin(u.Path), web.ParseOrigin(r.asks.From))):
		return &engine.Failure{Code: "CorsDisabledScheme"}
	case u.Scheme == "blob": // no question has a blob
		return &engine.Failure{NetError: "net::ERR_FILE_NOT_FOUND"}
	case u.IsHTTP() && web.IsBadPort(u.Port):
		return &engine.Failure{NetError: "net::ERR_UNSAFE_PORT"}
	case r.asks.Mode == "no-cors" && (r.asks.Redirect == "manual" || r.asks.Redirect == "error"):
		return &engine.Failure{Code: "NoCorsRedirectModeNotFollow"}
	}
	return nil
}

// decided is the decision that the lines of the console stand for, nil where there is none. The CORS
// check comes before what is made of the content.
func (r *record) decided() (decision *engine.Failure) {
	for _, n := range r.notes {
		f, known := decisionOf(n)
		if known && f.Code != "" {
			return &f
		}
		if known && decision == nil {
			decision = &f
		}
	}
	return decision
}

// cutOff is how the answer ended that the script has the head of.
func (r *record) cutOff() *engine.Failure {
	if last := r.last(); last != nil && last.err != "" {
		f := failureOf(last)
		f.Canceled = last.err == "NS_BINDING_ABORTED"
		return f
	}
	return nil
}

// refine takes what Firefox does not tell apart from the answer.
func (r *record) refine(f engine.Failure, preflight bool) *engine.Failure {
	if step, known := corsSteps[f.Category]; known && preflight {
		f.Code, f.Parameter = step.preflight, r.parameter(f.Category, r.requests[r.lastIndex()-1])
	}
	if f.Category == "SOP" && !strings.HasPrefix(r.target, "http") {
		f.Code = "CorsDisabledScheme"
	}
	return &f
}

// redirect is the failure of a redirect that may not be followed: Firefox names no category for it.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func (r *record) redirect() *engine.Failure {
	at := r.lastIndex()
	hop := r.requests[at]
	for i := at - 1; i >= 0 && !web.IsRedirectStatus(hop.Status); i-- {
		if !r.requests[i].Preflight {
			hop = r.requests[i]
			break
		}
	}
	if !web.IsRedirectStatus(hop.Status) || hop.err == "" {
		return nil
	}
	if r.asks.Mode == "same-origin" {
		return &engine.Failure{Code: "DisallowedByMode", Category: hop.err}
	}
	base, err := web.ParseURL(hop.URL, nil)
	if err != nil {
		return nil
	}
	for _, h := range hop.ResponseHeaders {
		if !strings.EqualFold(h.Name, "Location") {
			continue
		}
		to, err := web.ParseURL(h.Value, &base)
		switch {
		case err != nil:
			return &engine.Failure{NetError: "net::ERR_INVALID_REDIRECT", Category: hop.err}
		case !to.IsHTTP():
			return &engine.Failure{NetError: "net::ERR_UNSAFE_REDIRECT", Category: hop.err}
		case to.Userinfo != "" && hop.err == refusedError:
			return &engine.Failure{Code: "RedirectContainsCredentials", Category: hop.err}
		}
	}
	return nil
}

// preflightFailure is the failure of a preflight for which Firefox names no category.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func preflightFailure(q *request) *engine.Failure {
	f := failureOf(q)
	if web.IsRedirectStatus(q.Status) { // to what is no URL
		return &engine.Failure{Code: "PreflightDisallowedRedirect", Category: f.Category}
	}
	return f
}

// failureOf is the failure of a request by its error.
func failureOf(q *request) *engine.Failure {
	f := &engine.Failure{Category: q.err}
	switch q.err {
	case "NS_ERROR_DOM_CORP_FAILED":
		f.BlockedReason = resourcePolicy(q.ResponseHeaders)
	default:
		f.NetError = netErrorOf(q.err)
		f.Canceled = q.err == "NS_BINDING_ABORTED"
	}
	return f
}

// resourcePolicy is the blocked reason for a response with these headers.
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
func resourcePolicy(headers []engine.Header) string {
	for _, h := range headers {
		if strings.EqualFold(h.Name, "Cross-Origin-Resource-Policy") {
			switch strings.TrimSpace(h.Value) {
			case "same-origin":
				return "corp-not-same-origin"
			case "same-site":
				return "corp-not-same-site"
			}
		}
	}
	return "corp-not-same-origin-after-defaulted-to-same-origin-by-coep"
}

// stackErrors map the errors of Firefox's network stack to the errors of Chrome's.
var stackErrors = map[string]string{
	"NS_BINDING_ABORTED":                  "net::ERR_ABORTED",
	"NS_ERROR_CONNECTION_REFUSED":         "net::ERR_CONNECTION_REFUSED",
	"NS_ERROR_NET_RESET":                  "net::ERR_CONNECTION_RESET",
	"NS_ERROR_NET_EMPTY_RESPONSE":         "net::ERR_EMPTY_RESPONSE",
	"NS_ERROR_NET_INTERRUPT":              "net::ERR_CONNECTION_CLOSED",
	"NS_ERROR_NET_PARTIAL_TRANSFER":       "net::ERR_CONTENT_LENGTH_MISMATCH",
	"NS_ERROR_NET_TIMEOUT":                "net::ERR_CONNECTION_TIMED_OUT",
	"NS_ERROR_UNKNOWN_HOST":               "net::ERR_NAME_NOT_RESOLVED",
	"NS_ERROR_PORT_ACCESS_NOT_ALLOWED":    "net::ERR_UNSAFE_PORT",
	"NS_ERROR_REDIRECT_LOOP":              "net::ERR_TOO_MANY_REDIRECTS",
	"NS_ERROR_UNKNOWN_PROTOCOL":           "net::ERR_UNKNOWN_URL_SCHEME",
	"NS_ERROR_DOCUMENT_NOT_CACHED":        "net::ERR_CACHE_MISS",
	"NS_ERROR_OFFLINE":                    "net::ERR_INTERNET_DISCONNECTED",
	"NS_ERROR_PROXY_CONNECTION_REFUSED":   "net::ERR_PROXY_CONNECTION_FAILED",
	"NS_ERROR_UNKNOWN_PROXY_HOST":         "net::ERR_PROXY_CONNECTION_FAILED",
	"NS_ERROR_PARSING_HTTP_STATUS_LINE":   "net::ERR_INVALID_HTTP_RESPONSE",
	"SEC_ERROR_UNKNOWN_ISSUER":            "net::ERR_CERT_AUTHORITY_INVALID",
	"SEC_ERROR_EXPIRED_CERTIFICATE":       "net::ERR_CERT_DATE_INVALID",
	"SSL_ERROR_BAD_CERT_DOMAIN":           "net::ERR_CERT_COMMON_NAME_INVALID",
	"MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT": "net::ERR_CERT_AUTHORITY_INVALID",
}

// netErrorOf is the net error of the same meaning, or the name itself.
func netErrorOf(err string) string {
	err = securityError(err)
	return cmp.Or(stackErrors[err], err)
}

// securityError is the name of an error of TLS or of a certificate, which Firefox writes as
// NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, NAME). Every other name stays.
func securityError(err string) string {
	name, found := strings.CutPrefix(err, "NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, ")
	if !found {
		return err
	}
	return strings.TrimSuffix(name, ")")
}

// asks is what a question asks, as far as it matters what its evidence is.
type asks struct {
	From string `json:"from"`
	// WorkerScript is where the script of a worker comes from: a data: URL gives it an opaque origin.
	WorkerScript string `json:"workerScript"`
	Via          string `json:"via"`
	Integrity    string `json:"integrity"`
	Mode         string `json:"mode"`
	Redirect     string `json:"redirect"`
	Body         struct {
		Kind string `json:"kind"`
	} `json:"body"`
	request bool
}

// asksOf reads a question.
func asksOf(q engine.Question) (a asks) {
	_ = json.Unmarshal(q.JSON, &a) // the JSON of a harness.Request
	a.request = q.Request
	return a
}

// judged says whether the script gets an error of the network alone, and no error of the content.
func (a asks) judged() bool {
	switch a.Via {
	case "", "fetch", "keepalive", "xhr", "xhr-sync", "xhr-upload", "worker", "shared-worker", "service-worker":
		return true
	}
	return false
}

// gaveUp says whether the script gave the request up itself.
func (a asks) gaveUp(s said) bool { return s.GaveUp != "" }

// said is the script's report, as far as it matters here.
type said struct {
	Error   string `json:"error"`
	Refused bool   `json:"refused"`
	GaveUp  string `json:"gaveUp"`
}
