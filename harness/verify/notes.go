package verify

import (
	"fmt"
	"net/http"
)

// notes are what a reader should know of the run as a whole.
func notes(r Report, probes int) []string {
	var list []string
	if left := probes - len(r.Findings); left > 0 {
		list = append(list, fmt.Sprintf("%d of %d probes were not asked.", left, probes))
	}
	answers, refused, failed, bare := 0, 0, 0, 0
	for _, f := range r.Findings {
		if f.Steps == nil && f.Outcome != NotAsked {
			bare++
		}
		for _, s := range f.Steps {
			if e, ok := lastResponse(s.Observation); ok && f.Side == "allowed" {
				answers++
				switch {
				case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
					refused++
				case e.Status >= 500:
					failed++
				}
			}
		}
	}
	if refused > 0 && refused > answers/2 {
		list = append(list, fmt.Sprintf("%d of %d answers to allowed pages were 401 or 403: what the policy says of the answers to a signed-in client was not seen. "+
			"Give what a client has, with --header or --cookie.", refused, answers))
	}
	if failed > answers/2 {
		list = append(list, fmt.Sprintf("%d of %d answers to allowed pages were errors of the server, 500 or above: is it well? What it answers then is judged, and nothing else was seen.", failed, answers))
	}
	if bare > 0 {
		list = append(list, fmt.Sprintf("Of %d probes the outcome is kept and not what was observed: there are very many.", bare))
	}
	if n := r.Count(NotAsked); n > 0 {
		list = append(list, fmt.Sprintf("%d probes were not asked, because only sending an unsafe request would tell: unsafe: send does.", n))
	}
	return list
}
