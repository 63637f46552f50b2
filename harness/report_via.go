package harness

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// reports says whether the browser itself asks, because of a policy of the page.
func (v Via) reports() bool { return v == ViaCSPReport || v == ViaReport }

// usesUp says whether the page can be asked nothing after this question: it goes, it has a
// policy for this question alone, or it keeps what it loaded for as long as it lives.
func (r Request) usesUp() bool {
	switch r.Via {
	case ViaCSPReport, ViaReport, ViaFavicon, ViaPaintWorklet:
		return true
	}
	return r.Moment != "" || r.Specifier != "" || r.Hint.given()
}

// documentHeaders are the further headers of the document: PageHeaders, and a policy that
// makes the browser send a report. The policy forbids fonts that a page does not need, and
// only tells of them.
// https://w3c.github.io/webappsec-csp/#directive-report-uri
// https://w3c.github.io/reporting/#header
func (r Request) documentHeaders() Header {
	const policy = web.NameSecurityPolicy + "-Report-Only"
	headers := slices.Clone(r.PageHeaders)
	switch r.Via {
	case ViaCSPReport:
		return append(headers, Field{Name: policy, Value: "font-src 'none'; report-uri " + r.URL})
	case ViaReport:
		return append(headers, Field{Name: policy, Value: "font-src 'none'; report-to corsproof"},
			Field{Name: "Reporting-Endpoints", Value: `corsproof="` + r.URL + `"`})
	}
	return r.PageHeaders
}

// call lets the page make the browser ask for what Chrome tells nothing of.
func call(ctx context.Context, page engine.Page, r Request, question json.RawMessage) (json.RawMessage, error) {
	if r.Via == ViaReport {
		return page.Value(ctx, `(corsproof.initiators["csp-report"]({}, {}), {error: ""})`)
	}
	return page.Depart(ctx, string(r.Moment), question)
}

// refusesRedirects says whether a redirect ends the request.
// https://w3c.github.io/webappsec-csp/#report-violation
func (r Request) refusesRedirects() bool {
	return r.Redirect == RedirectError || r.Via == ViaCSPReport
}

// reportFaults names the pages that send no reports, and the URLs that no policy can name.
func (r Request) reportFaults(fault func(field, value, problem string, args ...any)) {
	if !r.Via.reports() {
		return
	}
	switch {
	case r.From == DataPage || r.From == FilePage:
		fault("Via", string(r.Via), "a document at %s has no headers, and a header has the URL of the reports", r.From)
	case r.Via == ViaReport && opaque(r.From): // measured: nothing arrives
		fault("Via", string(r.Via), "Chrome delivers no report of a page at an opaque origin")
	case r.Via == ViaReport && r.Document != "":
		fault("Via", string(r.Via), "the reports of a document that the page makes are not observed: remove Document")
	}
	switch {
	case strings.ContainsAny(r.URL, ";, \t\"\\"):
		fault("URL", r.URL, "in the header that names the URL, a semicolon, a comma, a space, a quotation mark or a backslash ends it: write the character with a percent sign, such as %%3B")
	case r.Via == ViaReport && (strings.HasPrefix(r.URL, "http:") || strings.HasPrefix(r.From, "http:")):
		fault("Via", string(r.Via), "the Reporting API is for pages and servers with https alone")
	}
}
