package finding

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
)

// causeRow is what is known about a kind of cause.
type causeRow struct {
	kind string
	// says is the headline. %s is the name, or what the findings have in common.
	says string
	// bare is the headline where nothing replaces %s. Empty: every cause of the kind has a name.
	bare string
	// ids are the behaviours that show on their own whether the cause is gone.
	ids []string
	// side is the side of the behaviours.
	side behaviour.Side
	// detail returns what replaces %s. Nil: the name of the cause.
	detail func(name string, of []Finding) string
	// remedy replaces the remedy of the finding.
	remedy string
}

// alikeIDs are the behaviours of origins that look like an allowed one.
var alikeIDs = []string{"K14", "K15", "K16", "K17", "K18", "K20"}

// causeRows has a row for each kind.
var causeRows = []causeRow{
	{kind: originAny, says: "Any origin can read", ids: []string{"K13"}, side: behaviour.Forbidden},
	{kind: originPattern, says: "Origins that only look like an allowed origin can read: %s", ids: alikeIDs, side: behaviour.Forbidden, detail: openings},
	{kind: originNull, says: "Opaque origins, which send Origin: null, can read", ids: []string{"K19"}, side: behaviour.Forbidden},
	{kind: originMalformed, says: "Malformed origins are allowed", ids: []string{"K21"}, side: behaviour.Forbidden},
	{kind: preflightAny, says: "Preflights pass for any origin", ids: []string{"K13"}, side: behaviour.Forbidden},
	{kind: preflightPattern, says: "Preflights pass for origins that only look like an allowed origin: %s", ids: alikeIDs, side: behaviour.Forbidden, detail: openings},
	{kind: preflightNull, says: "Preflights pass for opaque origins, which send Origin: null", ids: []string{"K19"}, side: behaviour.Forbidden},
	{kind: errorAny, says: "Any origin can read errors", ids: []string{"K13"}, side: behaviour.Forbidden},
	{kind: credentialsOn, says: "Credentials are allowed, and the policy excludes them", ids: []string{"K03", "K26", "K27"}, side: behaviour.Forbidden},
	{kind: unlistedMethods, says: "Preflights pass for methods that the policy does not list: %s", ids: []string{"K35"}, side: behaviour.Forbidden, detail: methodsOf},
	{kind: unlistedHeaders, says: "Preflights pass for request headers that the policy does not list", ids: []string{"K36", "K38"}, side: behaviour.Forbidden},
	{kind: exposedHeaders, says: "Response headers that the policy does not expose are readable", ids: []string{"K09"}, side: behaviour.Forbidden},

	{kind: originMissing, says: "The allowed origin %s is locked out", ids: []string{"K01", "K02", "K20"}, side: behaviour.Allowed},
	{kind: allOriginsOut, says: "Every allowed origin is locked out", ids: []string{"K01", "K20", "K25"}, side: behaviour.Allowed},
	{kind: allowOriginValue, says: "Access-Control-Allow-Origin is not one valid value", ids: []string{"K01", "K02", "K20", "K25"}, side: behaviour.Allowed},
	{kind: allowCredentials, says: "Allowed pages are locked out when they ask with credentials", ids: []string{"K02"}, side: behaviour.Allowed},
	{kind: methodMissing, says: "The method %s is refused", ids: []string{"K31", "K41", "K42"}, side: behaviour.Allowed},
	{kind: headerMissing, says: "The request header %s is refused", ids: []string{"K31", "K43", "K44"}, side: behaviour.Allowed, detail: headerOf},
	{kind: exposedMissing, says: "The response header %s cannot be read", bare: "Response headers that the policy exposes cannot be read", ids: []string{"K09", "K10"}, side: behaviour.Allowed, detail: headerOf},
	{kind: preflightRefused, says: "Preflights of allowed pages are refused", ids: []string{"K31", "K37", "K41", "K42", "K43", "K44"}, side: behaviour.Allowed},
	{kind: errorsHidden, says: "Allowed pages cannot read errors%s", ids: []string{"K61", "K63"}, side: behaviour.Allowed, detail: statuses},
	{kind: redirectsHidden, says: "Allowed pages cannot follow redirects", ids: []string{"K64"}, side: behaviour.Allowed},
	{kind: varyMissing, says: "A cache cannot tell the answers to different origins apart", ids: []string{"K55", "K56", "K57"}, side: behaviour.Allowed},
	{kind: maxAgeOther, says: "The permission of a preflight lasts shorter or longer than the policy says", ids: []string{"K48", "K49"}, side: behaviour.Allowed},

	{kind: baselineStale, says: "Probes held that the baseline lists as broken", remedy: "Remove the entries of these probes from the baseline."},
	{kind: noVerdict, says: "No verdict: %s"},
}

// Causes lists the kinds of causes that a baseline can name. After request-header, method,
// exposed-header and origin a colon and a name follow. A cause that is not in the list is
// the id of a behaviour.
func Causes() []string {
	var kinds []string
	for _, row := range causeRows {
		if row.ids != nil {
			kinds = append(kinds, row.kind)
		}
	}
	return kinds
}

// row returns the row of the kind. The row of a behaviour's id is made of its catalogue.
func (c cause) row() causeRow {
	i := slices.IndexFunc(causeRows, func(row causeRow) bool { return row.kind == c.kind })
	if i >= 0 {
		return causeRows[i]
	}
	b, known := behaviour.Of(c.kind)
	if !known {
		return causeRow{kind: c.kind, says: c.kind + " does not hold"}
	}
	return causeRow{kind: c.kind, says: "Does not hold: " + b.Sentence, ids: []string{c.kind}}
}

// causeNamed reads a cause as String writes it.
func causeNamed(text string) cause {
	kind, name, _ := strings.Cut(text, ":")
	return cause{kind, name}
}

// shownBy says whether a finding that held speaks for it that the cause is gone.
func (c cause) shownBy(f Finding) bool {
	row := c.row()
	if !slices.Contains(row.ids, f.ID) || row.side != "" && row.side != f.Side {
		return false
	}
	switch c.kind {
	case headerMissing, exposedMissing:
		return strings.EqualFold(f.Header, c.name)
	case methodMissing:
		return f.Method == c.name && f.Header == ""
	case originMissing:
		return f.Origin == c.name
	case preflightAny, preflightPattern, preflightNull:
		return f.has(behaviour.TagPreflight)
	case errorAny:
		return f.has(behaviour.TagError)
	}
	return true
}

// headline says what the findings of a cause have in common.
func (c cause) headline(of []Finding) string {
	row := c.row()
	if !strings.Contains(row.says, "%s") {
		return row.says
	}
	detail := c.name
	if row.detail != nil {
		detail = row.detail(c.name, of)
	}
	if detail == "" {
		detail = c.name
	}
	if detail == "" && row.bare != "" {
		return row.bare
	}
	return fmt.Sprintf(row.says, detail)
}

// where names the resources of a problem among all of a report.
func where(resources []string, all int) string {
	switch n := len(resources); {
	case all <= 1 || n == 0:
		return ""
	case n == all:
		return ", on every resource"
	case n <= 2:
		return ", on " + strings.Join(resources, " and ")
	default:
		return fmt.Sprintf(", on %d of %d resources", n, all)
	}
}

// openings names the ways in which origins look like an allowed one.
func openings(_ string, of []Finding) string {
	words := []struct{ id, says string }{
		{"K14", "only the beginning is the same"}, {"K15", "only the end is the same"}, {"K20", "they are not real sub-domains"},
		{"K16", "another character is in place of a dot"}, {"K17", "the port differs"}, {"K18", "the scheme differs"},
	}
	var list []string
	for _, w := range words {
		if slices.ContainsFunc(of, func(f Finding) bool { return f.ID == w.id }) {
			list = append(list, w.says)
		}
	}
	return strings.Join(list, ", ")
}

// methodsOf lists the methods of findings, each once.
func methodsOf(_ string, of []Finding) string {
	var list []string
	for _, f := range of {
		if !slices.Contains(list, f.Method) {
			list = append(list, f.Method)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// headerOf returns the name of the header as the policy spells it.
func headerOf(name string, of []Finding) string {
	for _, f := range of {
		if strings.EqualFold(f.Header, name) {
			return f.Header
		}
	}
	return ""
}

// statuses lists the error statuses of the answers that decided, such as " (401, 404)".
func statuses(_ string, of []Finding) string {
	var list []string
	for _, f := range of {
		s := f.Deciding()
		if s == nil {
			continue
		}
		for _, e := range s.Observation.Exchanges {
			if status := strconv.Itoa(e.Status); e.Kind != harness.Preflight && e.Status >= 400 && !slices.Contains(list, status) {
				list = append(list, status)
			}
		}
	}
	if list == nil {
		return ""
	}
	slices.Sort(list)
	return " (" + strings.Join(list, ", ") + ")"
}
