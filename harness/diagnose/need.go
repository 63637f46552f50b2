package diagnose

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/snippet"
)

// Need is what the page needs from the server, for the texts of package snippet. The bool says
// that a change at the server is the remedy, that Chrome accepted it, and that the page has an
// origin to list.
func (d Diagnosis) Need() (snippet.Need, bool) {
	if d.Trial == nil || !d.Trial.Proved || len(d.Trial.Seen.Request.WhatIf) == 0 || d.Seen.Page.Origin == harness.OpaqueOrigin {
		return snippet.Need{}, false // to allow null would let every site in
	}
	need := snippet.Need{Origins: []string{d.Seen.Page.Origin}, Credentials: d.Trial.Seen.Request.Credentials == harness.Include}
	for _, e := range d.Seen.Preflights() {
		need.Methods = append(need.Methods, e.RequestHeaders.Items(web.NameRequestMethod)...)
		need.RequestHeaders = append(need.RequestHeaders, e.RequestHeaders.Items(web.NameRequestHeaders)...)
	}
	for _, e := range d.Trial.Seen.Request.WhatIf {
		if strings.EqualFold(e.Name, web.NameExposeHeaders) {
			need.ExposeHeaders = append(need.ExposeHeaders, harness.Header{{Name: e.Name, Value: e.Value}}.Items(e.Name)...)
		}
	}
	return need, true
}

// Software is the software that answered as its headers tell, with the header that tells it. Both
// are empty where no header tells: see [snippet.Detect].
func (d Diagnosis) Software() (software, evidence string) {
	for _, e := range d.Seen.Redacted().Exchanges {
		if software, evidence = snippet.Detect(e); software != "" {
			return software, evidence
		}
	}
	return "", ""
}
