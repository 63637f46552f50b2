package bidi

import (
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// line is a line of the console with a category.
func line(category string) note { return note{Category: category} }

func TestDecisionOf(t *testing.T) {
	for _, c := range []struct {
		category string
		want     engine.Failure
		known    bool
	}{
		{"CORSMissingAllowOrigin2", engine.Failure{Code: "MissingAllowOriginHeader"}, true},
		{"CORSMultipleAllowOriginNotAllowed", engine.Failure{Code: "MultipleAllowOriginValues"}, true},
		{"CORSAllowOriginNotMatchingOrigin", engine.Failure{Code: "AllowOriginMismatch"}, true},
		{"CORSNotSupportingCredentials", engine.Failure{Code: "WildcardOriginNotAllowed"}, true},
		{"CORSMissingAllowCredentials", engine.Failure{Code: "InvalidAllowCredentials"}, true},
		{"CORSExternalRedirectNotAllowed", engine.Failure{Code: "RedirectContainsCredentials"}, true},
		{"CORSPreflightDidNotSucceed3", engine.Failure{Code: "PreflightInvalidStatus"}, true},
		{"CORSMethodNotFound", engine.Failure{Code: "MethodDisallowedByPreflightResponse"}, true},
		{"CORSInvalidAllowMethod", engine.Failure{Code: "InvalidAllowMethodsPreflightResponse"}, true},
		{"CORSInvalidAllowHeader", engine.Failure{Code: "InvalidAllowHeadersPreflightResponse"}, true},
		{"CORSMissingAllowHeaderFromPreflight2", engine.Failure{Code: "HeaderDisallowedByPreflightResponse"}, true},
		{"CORSRequestNotHttp", engine.Failure{Code: "CorsDisabledScheme"}, true},
		{"CORSOfTomorrow", engine.Failure{Code: "CORSOfTomorrow"}, true}, // kept as it is
		{"SOP", engine.Failure{Code: "DisallowedByMode"}, true},
		{"CSP_CSPGenericViolation", engine.Failure{BlockedReason: "csp"}, true},
		{"CSP_CSPScriptViolation", engine.Failure{BlockedReason: "csp"}, true},
		{"Mixed Content Blocker", engine.Failure{BlockedReason: "mixed-content"}, true},
		{"ORB", engine.Failure{NetError: "net::ERR_BLOCKED_BY_ORB"}, true},
		// Lines that refuse nothing.
		{"CORSDidNotSucceed2", engine.Failure{}, false},
		{"CORSAllowHeaderFromPreflightDeprecation", engine.Failure{}, false},
		{"CSP_CSPROGenericViolation", engine.Failure{}, false},
		{"CSP_upgradeInsecureRequest", engine.Failure{}, false},
		{"CSP_reportURINorReportToNotInReportOnlyHeader", engine.Failure{}, false},
		{"chrome javascript", engine.Failure{}, false},
		{"", engine.Failure{}, false},
	} {
		c.want.Category = c.category
		if got, known := decisionOf(line(c.category)); known != c.known || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v, %v", c.category, got, known, c.want, c.known)
		}
	}
}

// put is a record of a PUT whose preflight came to an end with an error, and was answered with a status.
func put(status int, err string, notes ...note) *record {
	headers := []engine.Header{{Name: "Access-Control-Request-Method", Value: "PUT"}, {Name: "Access-Control-Request-Headers", Value: "header,x-a,x-b"}}
	preflight := &request{Request: engine.Request{URL: "http://api.test/", Method: "OPTIONS", Preflight: true, Status: status, RequestHeaders: headers}, ended: true, err: err}
	actual := &request{Request: engine.Request{URL: "http://api.test/", Method: "PUT"}, ended: true, err: refusedError}
	return &record{target: "http://api.test/", said: said{Error: "TypeError"}, answer: []byte("{}"), requests: []*request{preflight, actual}, notes: notes}
}

// A category names the step of a preflight where the preflight failed, and what it did not allow.
func TestFailureOfAPreflight(t *testing.T) {
	header := note{Category: "CORSMissingAllowHeaderFromPreflight2", Text: "(Reason: header ‘x-b’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response)."}
	spaced := note{Category: header.Category, Text: "(l’en-tête «\u00a0x-a\u00a0» n’est pas autorisé)."}
	unknown := note{Category: header.Category, Text: "(a header is not allowed)"}
	for name, c := range map[string]struct {
		record *record
		want   engine.Failure
	}{
		"no Access-Control-Allow-Origin": {put(200, refusedError, line("CORSMissingAllowOrigin2")), engine.Failure{Code: "PreflightMissingAllowOriginHeader", Category: "CORSMissingAllowOrigin2"}},
		"a method":                       {put(200, refusedError, line("CORSMethodNotFound")), engine.Failure{Code: "MethodDisallowedByPreflightResponse", Category: "CORSMethodNotFound", Parameter: "PUT"}},
		"a header":                       {put(200, refusedError, header), engine.Failure{Code: "HeaderDisallowedByPreflightResponse", Category: header.Category, Parameter: "x-b"}},
		"a header, with no-break spaces in the quotes": {put(200, refusedError, spaced), engine.Failure{Code: "HeaderDisallowedByPreflightResponse", Category: header.Category, Parameter: "x-a"}},
		"a header that no line names":                  {put(200, refusedError, unknown), engine.Failure{Code: "HeaderDisallowedByPreflightResponse", Category: header.Category}},
		"a redirect to no URL":                         {put(302, "NS_ERROR_CORRUPTED_CONTENT"), engine.Failure{Code: "PreflightDisallowedRedirect", Category: "NS_ERROR_CORRUPTED_CONTENT"}},
		"no connection":                                {put(0, "NS_ERROR_CONNECTION_REFUSED"), engine.Failure{NetError: "net::ERR_CONNECTION_REFUSED", Category: "NS_ERROR_CONNECTION_REFUSED"}},
		"a line that says nothing":                     {put(0, "NS_ERROR_NET_RESET", line("CORSDidNotSucceed2")), engine.Failure{NetError: "net::ERR_CONNECTION_RESET", Category: "NS_ERROR_NET_RESET"}},
	} {
		got, preflight := c.record.failure()
		if got == nil || *got != c.want || !preflight {
			t.Errorf("%s: %+v, %v; want %+v", name, got, preflight, c.want)
		}
	}
}

// Where Firefox makes no request and names no category, the question may leave one step alone.
func TestUnasked(t *testing.T) {
	for url, want := range map[string]engine.Failure{
		"data:text/plain":        {NetError: "net::ERR_INVALID_URL"},
		"blob:http://app.test/1": {NetError: "net::ERR_FILE_NOT_FOUND"},
		"blob:http://a.test/1":   {Code: "CorsDisabledScheme"},
		"http://a.test:25/":      {NetError: "net::ERR_UNSAFE_PORT"},
		"http://a.test/":         {}, "https://a.test:8443/": {}, "": {},
	} {
		r := record{target: url, said: said{Error: "TypeError"}}
		r.asks.From = "http://app.test"
		got, _ := r.failure()
		if got == nil {
			got = &engine.Failure{}
		}
		if *got != want {
			t.Errorf("%q: %+v, want %+v", url, *got, want)
		}
	}
	other := record{target: "blob:http://b.test/1", said: said{Error: "TypeError"}, asks: asks{From: "http://a.test"}}
	if got, _ := other.failure(); got == nil || got.Code != "CorsDisabledScheme" {
		t.Errorf("a blob of another origin: %+v", got)
	}
}

func TestNetErrorOf(t *testing.T) {
	for err, want := range map[string]string{
		"NS_ERROR_CONNECTION_REFUSED": "net::ERR_CONNECTION_REFUSED",
		"NS_ERROR_UNKNOWN_HOST":       "net::ERR_NAME_NOT_RESOLVED",
		"NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT)": "net::ERR_CERT_AUTHORITY_INVALID",
		"NS_ERROR_GENERATE_FAILURE(NS_ERROR_MODULE_SECURITY, SSL_ERROR_OF_TOMORROW)":               "SSL_ERROR_OF_TOMORROW",
		"NS_ERROR_OF_TOMORROW": "NS_ERROR_OF_TOMORROW",
	} {
		if got := netErrorOf(err); got != want {
			t.Errorf("%s: %s, want %s", err, got, want)
		}
	}
}
