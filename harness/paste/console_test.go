package paste

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

const chromeHead = "Access to fetch at 'https://api.example.com/v1' from origin 'https://app.example.com' has been blocked by CORS policy: "

// The lines are as Chrome 156, Firefox and Safari write them.
func TestConsoleLines(t *testing.T) {
	v1 := from + `"url":"https://api.example.com/v1"`
	checkReadings(t, Options{From: "https://other.example"}, Console, map[string]sample{
		"whole": {"app.js:12 " + chromeHead + "No 'Access-Control-Allow-Origin' header is present on the requested resource.\nUnderstand this error", v1 + "} claim MissingAllowOriginHeader", "does not say all of the request"},
		"with the line of the request": {chromeHead + "Response to preflight request doesn't pass access control check: It does not have HTTP ok status.\napp.js:12  PATCH https://api.example.com/v1 net::ERR_FAILED",
			v1 + `,"method":"PATCH"} claim PreflightInvalidStatus`, ""},
		"a preflight":           {chromeHead + "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.", v1 + "} claim PreflightMissingAllowOriginHeader", "does not say which method and which headers"},
		"a wildcard":            {chromeHead + "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.", v1 + `,"credentials":"include"} claim WildcardOriginNotAllowed`, ""},
		"a method":              {chromeHead + "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.", v1 + `,"method":"PUT"} claim MethodDisallowedByPreflightResponse`, ""},
		"a header":              {chromeHead + "Request header field content-type is not allowed by Access-Control-Allow-Headers in preflight response.", v1 + `,"headers":[["content-type","application/json"]]} claim HeaderDisallowedByPreflightResponse`, "a stand-in for its value"},
		"a terminal's":          {strings.ReplaceAll(chromeHead+"Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.", "e", "e\n"), v1 + `,"method":"PUT"} claim MethodDisallowedByPreflightResponse`, ""},
		"smart quotes":          {strings.NewReplacer(" '", " ‘", "' ", "’ ").Replace(chromeHead) + "No ‘Access-Control-Allow-Origin’ header", v1 + "} claim MissingAllowOriginHeader", ""},
		"half a line":           {"Access to fetch at 'https://api.example.com/v1' from origin 'https://app.example.com' has been bl", v1 + "}", ""},
		"cut after the URL":     {"Access to XMLHttpRequest at 'https://api.example.com/v1'", `{"from":"https://other.example","url":"https://api.example.com/v1","via":"xhr"}`, "its origin and its reason are missing"},
		"without its beginning": {strings.TrimPrefix(chromeHead, "Access to fetch ") + "The response is invalid.", v1 + "} claim InvalidResponse", ""},
		"redirected":            {"Access to fetch at 'https://b.example/' (redirected from 'https://api.example.com/v1') from origin 'https://app.example.com' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value 'https://c.example' that is not equal to the supplied origin. Have the server send the header with a valid value.", v1 + "} claim AllowOriginMismatch", "was redirected to https://b.example/"},
		"a stylesheet":          {strings.Replace(chromeHead, "fetch", "CSS stylesheet", 1), v1 + `,"mode":"cors","via":"stylesheet"}`, ""},
		"an image":              {strings.Replace(chromeHead, "fetch", "image", 1), v1 + `,"mode":"cors","via":"img"}`, ""},
		"a font":                {strings.Replace(chromeHead, "fetch", "font", 1), v1 + `,"via":"font"}`, ""},
		"a text track":          {strings.Replace(chromeHead, "fetch", "text track", 1), v1 + `,"mode":"cors","via":"track"}`, ""},
		"a preload":             {strings.Replace(chromeHead, "fetch", "link element resource", 1), v1 + `,"mode":"cors","via":"preload"}`, ""},
		"events":                {strings.Replace(chromeHead, "fetch", "resource", 1), v1 + `,"via":"eventsource"}`, ""},
		"something":             {strings.Replace(chromeHead, "fetch", "internal resource", 1), v1 + `}`, `the line says "internalresource", which may be several`},
		"a quote in the URL":    {strings.Replace(chromeHead, "/v1", "/it's", 1), from + `"url":"https://api.example.com/it's"}`, ""},
		"null":                  {strings.Replace(chromeHead, "https://app.example.com", "null", 1), `{"from":"null","url":"https://api.example.com/v1"}`, "add --from file:"},
		"twice":                 {strings.Repeat(chromeHead+"No 'Access-Control-Allow-Origin' header is present on the requested resource.\n", 2), v1 + "} claim MissingAllowOriginHeader", ""},
		"mixed content": {"Mixed Content: The page at 'https://app.example.com/a' was loaded over HTTPS, but requested an insecure resource 'http://api.example.com/'. This request has been blocked; the content must be served over HTTPS.",
			from + `"url":"http://api.example.com/"} claim mixed-content`, "by its page"},
		"Firefox": {"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/v1. (Reason: header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).",
			`{"from":"https://other.example","url":"https://api.example.com/v1","headers":[["x-a","1"]]} claim HeaderDisallowedByPreflightResponse`, ""},
		"Firefox, quoted": {"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘https://api.example.com/v1’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).",
			`{"from":"https://other.example","url":"https://api.example.com/v1","credentials":"include"} claim WildcardOriginNotAllowed or PreflightWildcardOriginNotAllowed`, ""},
		"Firefox in German": {"Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen Ressource auf https://api.example.com/v1. (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: 200. https://developer.mozilla.org/docs/x",
			`{"from":"https://other.example","url":"https://api.example.com/v1"}`, "not English"},
		"a net error": {"app.js:3  PUT https://api.example.com/v1 net::ERR_FAILED 404 (Not Found)", `{"from":"https://other.example","url":"https://api.example.com/v1","method":"PUT"}`, "does not say all of the request"},
		"Safari": {"Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 200\nFetch API cannot load https://api.example.com/v1 due to access control checks.",
			v1 + "} claim MissingAllowOriginHeader or PreflightMissingAllowOriginHeader or AllowOriginMismatch or PreflightAllowOriginMismatch or InvalidAllowOriginValue or PreflightInvalidAllowOriginValue", ""},
	})
}

// Lines about several requests are several questions, each with its own reason.
func TestSeveralConsoleLines(t *testing.T) {
	text := chromeHead + "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.\n" +
		strings.Replace(chromeHead, "v1", "v2", 1) + "No 'Access-Control-Allow-Origin' header is present on the requested resource."
	p, err := Read([]byte(text), Options{})
	if err != nil || len(p.Questions) != 2 || p.Questions[0].Claim.String() != "MethodDisallowedByPreflightResponse" || p.Questions[1].Claim.String() != "MissingAllowOriginHeader" {
		t.Errorf("%v %+v", err, p)
	}
}

// Each text of Chrome has its reason. The keys are Chrome's texts, and the texts of a
// preflight have another reason behind preflightText.
func TestChromeClaims(t *testing.T) {
	for text, want := range map[string][2]harness.Reason{
		"No 'Access-Control-Allow-Origin' header is present on the requested resource.":                                                                                          {harness.MissingAllowOriginHeader, harness.PreflightMissingAllowOriginHeader},
		"The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.":                   {harness.WildcardOriginNotAllowed, harness.PreflightWildcardOriginNotAllowed},
		"The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed. Have the server send the header with a valid value.":                 {harness.MultipleAllowOriginValues, harness.PreflightMultipleAllowOriginValues},
		"The 'Access-Control-Allow-Origin' header contains the invalid value 'x'. Have the server send the header with a valid value.":                                           {harness.InvalidAllowOriginValue, harness.PreflightInvalidAllowOriginValue},
		"The 'Access-Control-Allow-Origin' header has a value 'https://x.example' that is not equal to the supplied origin. Have the server send the header with a valid value.": {harness.AllowOriginMismatch, harness.PreflightAllowOriginMismatch},
		"The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'.":                {harness.InvalidAllowCredentials, harness.PreflightInvalidAllowCredentials},
		"It does not have HTTP ok status.":                                            {harness.PreflightInvalidStatus, harness.PreflightInvalidStatus},
		"Redirect is not allowed for a preflight request.":                            {harness.PreflightDisallowedRedirect, harness.PreflightDisallowedRedirect},
		"Cross origin requests are not allowed by request mode.":                      {harness.DisallowedByMode},
		"Cross origin requests are only supported for protocol schemes: http, https.": {harness.CorsDisabledScheme},
		"The response is invalid.":                                                    {harness.InvalidResponse},
		"Redirect location 'https://a:b@x.example/' contains a username and password, which is disallowed for cross-origin requests.": {harness.RedirectContainsCredentials},
		"Cannot parse Access-Control-Allow-Methods response header field in preflight response.":                                      {harness.InvalidAllowMethodsPreflightResponse},
		"Cannot parse Access-Control-Allow-Headers response header field in preflight response.":                                      {harness.InvalidAllowHeadersPreflightResponse},
		"Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.":                                            {harness.MethodDisallowedByPreflightResponse},
		"Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.":                              {harness.HeaderDisallowedByPreflightResponse},
		"The request client is not a secure context and the resource is in more-private address space `loopback`.":                    {harness.InsecureLocalNetwork},
		"Request had a target IP address space of `local` yet the resource is in address space `loopback`.":                           {harness.InvalidLocalNetworkAccess},
		"Permission was denied for this request to access the `loopback` address space.":                                              {harness.LocalNetworkAccessPermissionDenied},
	} {
		for i, before := range []string{"", "Response to preflight request doesn't pass access control check: "} {
			if want[i] == "" {
				continue
			}
			p, err := Read([]byte(chromeHead+before+text), Options{})
			if err != nil || p.Questions[0].Claim.String() != string(want[i]) {
				t.Errorf("%s%s: %v, %q, want %s", before, text, err, p.Questions[0].Claim, want[i])
			}
		}
	}
}

// Every CORS code that Chrome can give has a text.
func TestEveryCodeHasAText(t *testing.T) {
	texts := map[harness.Reason]bool{}
	for _, r := range chromeTexts {
		for _, reason := range r.reasons {
			texts[reason] = true
		}
	}
	for _, reason := range harness.Reasons() {
		explained, _ := reason.Explain()
		isCORS := !strings.HasPrefix(string(reason), "net::") && strings.ToLower(string(reason)[:1]) != string(reason)[:1]
		if isCORS && !texts[reason] && reason != harness.NoCorsRedirectModeNotFollow { // which has no line
			t.Errorf("%s has no text: %s", reason, explained.Meaning)
		}
	}
}
