package verify

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// notes returns the remarks for a reader about the run as a whole.
func notes(r finding.Report, probes int) []string {
	var list []string
	if left := probes - len(r.Findings); left > 0 {
		list = append(list, fmt.Sprintf("%d of %d probes were not asked.", left, probes))
	}
	list = append(list, reachNotes(r.Chrome)...)
	answers, refused, succeeded, bare := 0, 0, 0, 0
	unjudged := map[string]int{} // probes by cause
	public := withoutLogin(r.Findings)
	for _, f := range r.Findings {
		if f.Steps == nil && f.Outcome != finding.NotAsked {
			bare++
		}
		if f.Steps != nil && f.Outcome == finding.NotAsked {
			unjudged[f.Why]++
		}
		for _, s := range f.Steps {
			e, ok := lastResponse(s.Observation)
			if !ok || f.Wire || f.Side != behaviour.Allowed || slices.Contains(f.Tags, behaviour.TagError) {
				continue
			}
			answers++
			switch {
			case (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) && !public[f.Resource]:
				refused++
			case e.Status < 400:
				succeeded++
			}
		}
	}
	switch {
	case refused > answers/2:
		list = append(list, fmt.Sprintf("%d of %d answers to allowed pages were 401 or 403: so the answers to a signed-in client were not judged. "+
			"Give the login of a client, with --header or --cookie.", refused, answers))
	case answers > 0 && succeeded == 0:
		list = append(list, fmt.Sprintf("Every answer to an allowed page (%d) had a status of 400 or above. Check the paths in the policy and the state of the server. "+
			"Only these error answers were judged.", answers))
	}
	if bare > 0 {
		list = append(list, fmt.Sprintf("The run is very large, so the report has only the outcome of %d probes, without their transcripts.", bare))
	}
	for _, method := range slices.Sorted(maps.Keys(r.Sent)) {
		if !web.IsSafeMethod(method) {
			list = append(list, fmt.Sprintf("%s was sent. A browser sends a request again when a connection that it used before drops without an answer: "+
				"so the server may have received more requests than were counted.", method))
		}
	}
	for _, method := range withheldAnswers(r) {
		list = append(list, fmt.Sprintf("%s was not sent: its preflights were judged, and the answers to %s itself were not. unsafe: send judges them.", method, method))
	}
	list = append(list, unjudgedNotes(unjudged)...)
	if n := r.Count(finding.NotAsked) - sum(unjudged); n > 0 {
		list = append(list, fmt.Sprintf("Not asked: %d, because they need an unsafe request to be sent. With unsafe: send in the policy they are asked.", n))
	}
	return list
}

// maxCauses bounds the causes that have a note of their own.
const maxCauses = 3

// unjudgedNotes say why probes were not judged: each cause, unless there are many.
func unjudgedNotes(probes map[string]int) (list []string) {
	if len(probes) > maxCauses {
		return []string{fmt.Sprintf("Not judged: %d, for %d causes. Each probe names its cause.", sum(probes), len(probes))}
	}
	for _, why := range slices.Sorted(maps.Keys(probes)) {
		list = append(list, fmt.Sprintf("Not judged: %d, because %s.", probes[why], why))
	}
	return list
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// reachNotes say what was asked for about the way to the target.
func reachNotes(c harness.Chrome) (list []string) {
	if len(c.Resolve) > 0 {
		list = append(list, "Asked with "+strings.Join(c.Resolve, ", ")+"instead of the address that DNS gives.")
	}
	if len(c.Trusts) > 0 {
		list = append(list, "Asked with certificates that users' browsers need not trust: "+strings.Join(c.Trusts, ", ")+".")
	}
	return list
}

// withoutLogin are the resources that answer a GET without Origin with a success: what is
// refused there is not refused for want of a login.
func withoutLogin(findings []finding.Finding) map[string]bool {
	list := map[string]bool{}
	for _, f := range findings {
		if !f.Wire || len(f.Steps) == 0 {
			continue
		}
		s := f.Steps[0].Observation
		if e, ok := lastResponse(s); ok && e.Method == "GET" && f.ID == "K55" && web.IsOKStatus(e.Status) {
			list[f.Resource] = true
		}
	}
	return list
}

// withheldAnswers are the methods of allowed requests that were never sent: their answers were
// not judged.
func withheldAnswers(r finding.Report) []string {
	methods := map[string]bool{}
	for _, f := range r.Findings {
		for _, s := range f.Steps {
			if method := s.Observation.Request.Method; f.Side == behaviour.Allowed && s.Observation.Withheld() && !web.IsSafeMethod(method) && r.Sent[method] == 0 {
				methods[method] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(methods))
}
