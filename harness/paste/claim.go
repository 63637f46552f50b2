package paste

import (
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// Claim is what a console line says of the verdict: blocked, for a reason. The zero Claim says
// nothing.
type Claim struct {
	_ [0]func()

	// Reasons are the reasons that the text may mean. Chrome's text means one; the texts of
	// Firefox and Safari do not tell a preflight from a response, and mean several.
	Reasons []harness.Reason

	credentials    bool   // the text says that the credentials mode is include
	method, header string // what the preflight did not allow
}

// Holds says whether a reason is the one of the claim.
func (c Claim) Holds(r harness.Reason) bool { return slices.Contains(c.Reasons, r) }

// String lists the reasons.
func (c Claim) String() string {
	var words []string
	for _, r := range c.Reasons {
		words = append(words, string(r))
	}
	return strings.Join(words, " or ")
}

// preflight says whether the claim is of a preflight for certain.
func (c Claim) preflight() bool {
	return len(c.Reasons) > 0 && !slices.ContainsFunc(c.Reasons, func(r harness.Reason) bool { return !strings.Contains(string(r), "Preflight") })
}

// The reasons of a text that does not tell a preflight from a response.
var (
	missingOrigin = []harness.Reason{harness.MissingAllowOriginHeader, harness.PreflightMissingAllowOriginHeader}
	mismatch      = []harness.Reason{harness.AllowOriginMismatch, harness.PreflightAllowOriginMismatch, harness.InvalidAllowOriginValue, harness.PreflightInvalidAllowOriginValue}
	multiple      = []harness.Reason{harness.MultipleAllowOriginValues, harness.PreflightMultipleAllowOriginValues}
	wildcard      = []harness.Reason{harness.WildcardOriginNotAllowed, harness.PreflightWildcardOriginNotAllowed}
	noCredentials = []harness.Reason{harness.InvalidAllowCredentials, harness.PreflightInvalidAllowCredentials}
)

// reading is a text of a console, and what it claims.
type reading struct {
	text    *regexp.Regexp // without white space
	reasons []harness.Reason
	takes   func(*Claim, string) // takes what the text names
}

func say(pattern string, reasons ...harness.Reason) reading {
	return reading{text: regexp.MustCompile(pattern), reasons: reasons}
}

func (r reading) with(takes func(*Claim, string)) reading {
	r.takes = takes
	return r
}

func method(c *Claim, name string)      { c.method = name }
func header(c *Claim, name string)      { c.header = name }
func credentials(c *Claim, name string) { c.credentials = true }

// chromeTexts are the texts of Chrome 156 behind "blocked by CORS policy:". The texts of the
// CORS check are of a preflight where preflightText stands before them.
var chromeTexts = []reading{
	say(`^No'Access-Control-Allow-Origin'header`, harness.MissingAllowOriginHeader, harness.PreflightMissingAllowOriginHeader),
	say(`^Thevalueofthe'Access-Control-Allow-Origin'headerintheresponsemustnotbethewildcard`, harness.WildcardOriginNotAllowed, harness.PreflightWildcardOriginNotAllowed).with(credentials),
	say(`^The'Access-Control-Allow-Origin'headercontainsmultiplevalues`, harness.MultipleAllowOriginValues, harness.PreflightMultipleAllowOriginValues),
	say(`^The'Access-Control-Allow-Origin'headercontainstheinvalidvalue`, harness.InvalidAllowOriginValue, harness.PreflightInvalidAllowOriginValue),
	say(`^The'Access-Control-Allow-Origin'headerhasavalue`, harness.AllowOriginMismatch, harness.PreflightAllowOriginMismatch),
	say(`^Thevalueofthe'Access-Control-Allow-Credentials'header`, harness.InvalidAllowCredentials, harness.PreflightInvalidAllowCredentials).with(credentials),
	say(`^Crossoriginrequestsarenotallowedbyrequestmode`, harness.DisallowedByMode),
	say(`^Crossoriginrequestsareonlysupportedforprotocolschemes`, harness.CorsDisabledScheme),
	say(`^Theresponseisinvalid`, harness.InvalidResponse),
	say(`^Redirectlocation'.*'containsausernameandpassword`, harness.RedirectContainsCredentials),
	say(`^CannotparseAccess-Control-Allow-Methods`, harness.InvalidAllowMethodsPreflightResponse),
	say(`^CannotparseAccess-Control-Allow-Headers`, harness.InvalidAllowHeadersPreflightResponse),
	say(`^Method(\S+?)isnotallowedbyAccess-Control-Allow-Methods`, harness.MethodDisallowedByPreflightResponse).with(method),
	say(`^Requestheaderfield(\S+?)isnotallowedbyAccess-Control-Allow-Headers`, harness.HeaderDisallowedByPreflightResponse).with(header),
	say("^Therequestclientisnotasecurecontext", harness.InsecureLocalNetwork),
	say("^RequesthadatargetIPaddressspace", harness.InvalidLocalNetworkAccess),
	say("^Permissionwasdeniedforthisrequesttoaccess", harness.LocalNetworkAccessPermissionDenied),
	say(`^ItdoesnothaveHTTPokstatus`, harness.PreflightInvalidStatus),
	say(`^Redirectisnotallowedforapreflightrequest`, harness.PreflightDisallowedRedirect),
	say(`^No'Access-Control-Allow-(?:External|Private-Network)'`, harness.PreflightMissingAllowExternal),
	say(`^The'Access-Control-Allow-(?:External|Private-Network)'`, harness.PreflightInvalidAllowExternal),
}

// preflightText stands before the texts of a preflight's CORS check.
const preflightText = "Responsetopreflightrequestdoesn'tpassaccesscontrolcheck:"

// chromeClaim reads the end of a line of Chrome, without white space.
func chromeClaim(end string) Claim {
	end, preflight := strings.CutPrefix(end, preflightText)
	c := claimOf(end, chromeTexts)
	if len(c.Reasons) == 2 { // of a response, and of a preflight
		at := 0
		if preflight {
			at = 1
		}
		c.Reasons = c.Reasons[at : at+1]
	}
	return c
}

// firefoxTexts are the texts of Firefox 140 and older ones, behind "Reason:".
var firefoxTexts = []reading{
	say(`^CORSheader'Access-Control-Allow-Origin'missing`, missingOrigin...),
	say(`^CORSheader'Access-Control-Allow-Origin'doesnotmatch`, mismatch...),
	say(`^MultipleCORSheader'Access-Control-Allow-Origin'notallowed`, multiple...),
	say(`^Credentialisnotsupported`, wildcard...).with(credentials),
	say(`^expected'true'inCORSheader'Access-Control-Allow-Credentials'`, noCredentials...).with(credentials),
	say(`^DidnotfindmethodinCORSheader'Access-Control-Allow-Methods'`, harness.MethodDisallowedByPreflightResponse),
	say(`^invalidtoken'.*'inCORSheader'Access-Control-Allow-Methods'`, harness.InvalidAllowMethodsPreflightResponse),
	say(`^invalidtoken'.*'inCORSheader'Access-Control-Allow-Headers'`, harness.InvalidAllowHeadersPreflightResponse),
	say(`^(?:header|missingtoken)'([^']+)'(?:isnotallowedaccordingtoheader|inCORSheader)'Access-Control-Allow-Headers'`, harness.HeaderDisallowedByPreflightResponse).with(header),
	say(`^CORSpreflight(?:response|channel)didnotsucceed`, harness.PreflightInvalidStatus, harness.PreflightDisallowedRedirect),
	say(`^CORSrequestexternalredirectnotallowed`, harness.PreflightDisallowedRedirect, harness.RedirectContainsCredentials),
	say(`^CORSrequestnothttp`, harness.CorsDisabledScheme),
}

// firefoxClaim reads the reason of a line of Firefox, without white space.
func firefoxClaim(end string) Claim { return claimOf(end, firefoxTexts) }

// claimOf is what the first text that fits claims.
func claimOf(end string, texts []reading) Claim {
	for _, r := range texts {
		at := r.text.FindStringSubmatch(end)
		if at == nil {
			continue
		}
		c := Claim{Reasons: r.reasons}
		if r.takes != nil {
			r.takes(&c, at[len(at)-1])
		}
		return c
	}
	return Claim{}
}
