package finding

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
)

// cause identifies one thing to change: a kind, and for some kinds the name of a header, a
// method or an origin.
type cause struct{ kind, name string }

// String writes the cause as a Problem has it.
func (c cause) String() string {
	if c.name == "" {
		return c.kind
	}
	return c.kind + ":" + c.name
}

// The kinds of causes. Every other cause is named by the id of its behaviour, such as K29.
const (
	originAny        = "origin-any"
	originPattern    = "origin-pattern"
	originNull       = "origin-null"
	originMalformed  = "origin-malformed"
	preflightAny     = "preflight-any"
	preflightPattern = "preflight-pattern"
	preflightNull    = "preflight-null"
	errorAny         = "error-any"
	credentialsOn    = "credentials"
	unlistedMethods  = "unlisted-methods"
	unlistedHeaders  = "unlisted-headers"
	exposedHeaders   = "exposed-headers"

	originMissing    = "origin"
	allOriginsOut    = "allow-origin"
	allowOriginValue = "allow-origin-value"
	allowCredentials = "allow-credentials"
	methodMissing    = "method"
	headerMissing    = "request-header"
	exposedMissing   = "exposed-header"
	preflightRefused = "preflight"
	errorsHidden     = "errors"
	redirectsHidden  = "redirects"
	varyMissing      = "vary"
	maxAgeOther      = "max-age"

	baselineStale = "baseline"
	noVerdict     = "no-verdict"
)

// cases is what the findings of a report say together: one finding alone does not tell
// whether a server takes any origin, or only this one.
type cases struct {
	broken map[question]bool
	held   map[question]bool
}

// question is a kind of question about a resource. Origin is only set for pages that the
// policy allows.
type question struct {
	resource string
	asked    asked
	origin   string
}

// asked is a kind of question.
type asked string

const (
	readByStranger  asked = "read by a stranger"
	readByAlike     asked = "read by a look-alike"
	readByNull      asked = "read by an opaque origin"
	sendByStranger  asked = "send by a stranger"
	readByAllowed   asked = "read by an allowed page"
	allowedByPolicy asked = "preflight of an allowed page"
)

// causesOf returns the cause of each finding that is broken, flaky, known, unexpected or
// without a verdict. The baseline has no influence on the cause of a broken finding.
func causesOf(findings []Finding) []cause { return casesOf(findings).causes(findings) }

// causes returns the causes of findings among the cases of a report.
func (c cases) causes(findings []Finding) []cause {
	causes := make([]cause, len(findings))
	for i, f := range findings {
		switch f.Outcome {
		case Unexpected:
			causes[i] = cause{kind: baselineStale}
		case Inconclusive:
			causes[i] = cause{noVerdict, f.Why}
		case Broken, Flaky, Known:
			causes[i] = c.of(f)
		}
	}
	return causes
}

// casesOf collects what broke and what held.
func casesOf(findings []Finding) cases {
	c := cases{map[question]bool{}, map[question]bool{}}
	for _, f := range findings {
		c.add(f)
	}
	return c
}

// add collects what one finding says.
func (c cases) add(f Finding) {
	at, ok := questionOf(f)
	switch {
	case !ok:
	case f.Outcome == Flaky, asVerdict(f.Outcome) == Broken:
		c.broken[at] = true
	case asVerdict(f.Outcome) == Held:
		c.held[at] = true
		c.held[question{resource: at.resource, asked: at.asked}] = true
	}
}

// questionOf says what a finding tells about others. ok is false where it tells nothing.
func questionOf(f Finding) (at question, ok bool) {
	at = question{resource: f.Resource}
	switch preflight, failed := f.has(behaviour.TagPreflight), f.has(behaviour.TagError); {
	case f.Side == behaviour.Allowed && slices.Contains(readIDs, f.ID):
		at.asked, at.origin = readByAllowed, f.Origin
	case f.Side == behaviour.Allowed && preflight && !f.Wire:
		at.asked = allowedByPolicy
	case f.Side != behaviour.Forbidden || failed:
		return at, false
	case f.ID == "K13" && preflight:
		at.asked = sendByStranger
	case f.ID == "K13":
		at.asked = readByStranger
	case preflight:
		return at, false
	case f.ID == "K19":
		at.asked = readByNull
	case f.has(behaviour.TagLookAlike):
		at.asked = readByAlike
	default:
		return at, false
	}
	return at, true
}

// readIDs are the behaviours of an allowed page that reads without a preflight and without
// credentials.
var readIDs = []string{"K01", "K20", "K25"}

// has says whether a finding has a tag.
func (f Finding) has(tag string) bool { return slices.Contains(f.Tags, tag) }

// of returns the cause of a broken finding.
func (c cases) of(f Finding) cause {
	if f.Side == behaviour.Forbidden {
		return c.forbidden(f)
	}
	return c.allowed(f)
}

// forbidden returns the cause of a finding where a page gets more than the policy allows.
func (c cases) forbidden(f Finding) cause {
	switch f.ID {
	case "K03", "K26", "K27":
		return cause{kind: credentialsOn}
	case "K35":
		return cause{kind: unlistedMethods}
	case "K36", "K38":
		return cause{kind: unlistedHeaders}
	case "K09", "K10":
		return cause{kind: exposedHeaders}
	case "K13", "K14", "K15", "K16", "K17", "K18", "K19", "K20", "K21":
		return cause{kind: c.letIn(f)}
	}
	return cause{kind: f.ID}
}

// letIn returns the kind of cause that lets an excluded origin in.
func (c cases) letIn(f Finding) string {
	broke := func(asked asked) bool { return c.broken[question{resource: f.Resource, asked: asked}] }
	preflight := f.has(behaviour.TagPreflight)
	switch {
	case broke(readByStranger):
		return originAny
	case f.has(behaviour.TagError):
		return errorAny
	case f.ID == "K21" && broke(readByAlike):
		return originPattern
	case f.ID == "K21":
		return originMalformed
	case f.ID == "K19" && (!preflight || broke(readByNull)):
		return originNull
	case f.ID != "K19" && (!preflight || broke(readByAlike)):
		return originPattern
	case broke(sendByStranger):
		return preflightAny
	case f.ID == "K19":
		return preflightNull
	}
	return preflightPattern
}

// allowed returns the cause of a finding where a page gets less than the policy allows.
func (c cases) allowed(f Finding) cause {
	if known, ok := c.refused(f); ok {
		return known
	}
	switch f.ID {
	case "K01", "K02", "K06", "K20", "K25":
		return c.lockedOut(f)
	case "K09", "K10":
		return cause{exposedMissing, strings.ToLower(f.Header)}
	case "K31", "K37", "K41", "K42", "K43", "K44":
		return refusedName(f)
	case "K48", "K49":
		return cause{kind: maxAgeOther}
	case "K55", "K56", "K57":
		return cause{kind: varyMissing}
	case "K61", "K63":
		return cause{kind: errorsHidden}
	case "K64":
		return cause{kind: redirectsHidden}
	}
	return cause{kind: f.ID}
}

// refused returns the cause that a reason tells. ok is false where the behaviour tells more.
func (c cases) refused(f Finding) (known cause, ok bool) {
	s := f.Deciding()
	if s == nil || s.Observation.Reason == "" {
		return cause{}, false
	}
	switch o := s.Observation; o.Reason {
	case harness.HeaderDisallowedByPreflightResponse:
		return cause{headerMissing, strings.ToLower(o.Parameter)}, true
	case harness.MethodDisallowedByPreflightResponse:
		return cause{methodMissing, o.Parameter}, true
	case harness.MultipleAllowOriginValues, harness.InvalidAllowOriginValue,
		harness.PreflightMultipleAllowOriginValues, harness.PreflightInvalidAllowOriginValue:
		return cause{kind: allowOriginValue}, true
	case harness.WildcardOriginNotAllowed, harness.InvalidAllowCredentials,
		harness.PreflightWildcardOriginNotAllowed, harness.PreflightInvalidAllowCredentials:
		return cause{kind: allowCredentials}, true
	}
	if c.broken[question{f.Resource, readByAllowed, f.Origin}] {
		return c.lockedOut(f), true
	}
	if strings.HasPrefix(string(s.Observation.Reason), "Preflight") {
		// A few servers answer without any header of CORS where the method or a header is
		// not in their list. Other preflights pass there.
		if c.held[question{resource: f.Resource, asked: allowedByPolicy}] && (f.Header != "" || f.has(behaviour.TagMethod)) {
			return refusedName(f), true
		}
		return cause{kind: preflightRefused}, true
	}
	return cause{}, false
}

// lockedOut returns the cause for an allowed origin that cannot read: another origin can
// read the resource, or none can.
func (c cases) lockedOut(f Finding) cause {
	if c.held[question{resource: f.Resource, asked: readByAllowed}] {
		return cause{originMissing, f.Origin}
	}
	return cause{kind: allOriginsOut}
}

// refusedName returns the cause for a header or a method that does not pass.
func refusedName(f Finding) cause {
	switch {
	case f.Header != "":
		return cause{headerMissing, strings.ToLower(f.Header)}
	case f.has(behaviour.TagMethod):
		return cause{methodMissing, f.Method}
	}
	return cause{kind: preflightRefused}
}

// Deciding returns the step that decided the outcome, or the last step. It is nil where
// nothing was observed.
func (f Finding) Deciding() *Step {
	for i := range f.Steps {
		if f.Steps[i].Decided {
			return &f.Steps[i]
		}
	}
	if len(f.Steps) == 0 {
		return nil
	}
	return &f.Steps[len(f.Steps)-1]
}
