package webkit

import (
	"cmp"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Untold is the blocked reason of a request that WebKit kept from the script for a cause that its
// text does not tell apart from others.
const Untold = "untold"

// step is a step that refused, by WebKit's text.
type step struct {
	// category is the text without the parts that differ, which are written as "…".
	category string
	// code, blocked or netError is the name of the same step in Chrome. Where none is set, and
	// where the text is the same for a preflight that may have been sent, the step is Untold.
	code, blocked, netError string
	// parameter finds what was refused; nil: the text names nothing.
	parameter *regexp.Regexp
	// both says that a preflight is refused with the same text.
	both bool
}

// steps are tried in this order.
// https://github.com/WebKit/WebKit/blob/main/Source/WebCore/loader/CrossOriginAccessControl.cpp
var steps = []step{
	{category: "Preflight response is not successful", code: "PreflightInvalidStatus"},
	{category: "Method … is not allowed by Access-Control-Allow-Methods", code: "MethodDisallowedByPreflightResponse", parameter: regexp.MustCompile(`Method (.*) is not allowed by`)},
	{category: "Request header field … is not allowed by Access-Control-Allow-Headers", code: "HeaderDisallowedByPreflightResponse", parameter: regexp.MustCompile(`Request header field (.*) is not allowed by`)},
	{category: "Access-Control-Allow-Origin cannot contain more than one origin", code: "MultipleAllowOriginValues", both: true},
	{category: "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true", code: "WildcardOriginNotAllowed", both: true},
	{category: `Credentials flag is true, but Access-Control-Allow-Credentials is not "true"`, code: "InvalidAllowCredentials", both: true},
	{category: "Origin … is not allowed by Access-Control-Allow-Origin"},
	{category: "violates the resource's Cross-Origin-Resource-Policy response header"},
	{category: "Refused to connect to … Content Security Policy", blocked: "csp"},
	{category: "[blocked] The page at … requested insecure content from", blocked: "mixed-content"},
	{category: "Not allowed to use restricted network port", netError: "net::ERR_UNSAFE_PORT"},
	{category: "Not allowed to follow a redirection while loading", blocked: "redirect-refused"},
}

// says says whether a text is the text of the step. A policy that only reports refuses nothing.
func (s step) says(text string) bool {
	if strings.HasPrefix(text, "[Report Only]") {
		return false
	}
	for part := range strings.SplitSeq(s.category, "…") {
		_, rest, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = rest
	}
	return true
}

// step is the first step that one of the texts stands for, and the text.
func (r *record) step() (step, string, bool) {
	for _, s := range steps {
		for _, text := range r.texts() {
			if s.says(text) {
				return s, text, true
			}
		}
	}
	return step{}, "", false
}

// failure is the failure of the step, where its request may have been preflighted or not.
func (s step) failure(text string, mayPreflight bool) *engine.Failure {
	f := &engine.Failure{Category: s.category, Code: s.code, BlockedReason: s.blocked, NetError: s.netError}
	if s.both && mayPreflight {
		f.Code = ""
	}
	if s.code == "PreflightInvalidStatus" && web.IsRedirectStatus(statusIn(text)) {
		f.Code = "PreflightDisallowedRedirect"
	}
	if f.Code == "" && f.BlockedReason == "" && f.NetError == "" {
		f.BlockedReason = Untold
	}
	if s.parameter != nil {
		if m := s.parameter.FindStringSubmatch(text); m != nil {
			f.Parameter = m[1]
		}
	}
	return f
}

// status is where a text has the status of the answer.
var status = regexp.MustCompile(`Status code: (\d{3})`)

// statusIn is the status that a text names, or 0.
func statusIn(text string) int {
	m := status.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // three digits
	return n
}

// failure is why the script did not get what it asked for, nil where nothing tells.
func (r *record) failure(t *trust) *engine.Failure {
	if r.said.Error == "" && r.failed == "" {
		return nil
	}
	if host, port, known := r.lastServer(); known && r.failed != "" {
		if why := t.why(host, port); why != "" { // WebKit has texts of a refusal for that, too
			return r.cutOff(why, r.failed)
		}
	}
	if s, text, known := r.step(); known {
		return s.failure(text, r.mayPreflight())
	}
	otherOrigin := r.origin != web.OriginOf(r.target)
	switch {
	case r.id != "":
		return r.cutOff("", "")
	case r.asks.Mode == "same-origin" && otherOrigin && !r.said.Refused && r.said.GaveUp == "":
		return &engine.Failure{Code: "DisallowedByMode"} // nothing else keeps such a question from being asked
	}
	return nil // the script alone failed
}

// cutOff is the failure of a request below HTTP, by a name of Chrome or, where that is empty, by
// WebKit's text.
func (r *record) cutOff(why, category string) *engine.Failure {
	f := &engine.Failure{NetError: cmp.Or(why, r.failed), Category: category}
	if r.canceled || r.said.GaveUp != "" {
		f.NetError, f.Canceled = "net::ERR_ABORTED", true
	}
	return f
}

// texts are the texts that may name the step. Of a request WebKit says how it failed; the lines of the
// console that fit a refusal also come where the network failed.
func (r *record) texts() []string {
	if r.id != "" {
		return []string{r.failed}
	}
	return r.lines
}

// portOf is the port of a URL.
func portOf(u web.URL) (uint16, bool) {
	text := u.Port
	if text == "" {
		text = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	n, err := net.LookupPort("tcp", text)
	return uint16(n), err == nil && text != ""
}
