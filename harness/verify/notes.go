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
	answers, refused, succeeded, bare, unjudged := 0, 0, 0, 0, 0
	public := withoutLogin(r.Findings)
	for _, f := range r.Findings {
		if f.Steps == nil && f.Outcome != finding.NotAsked {
			bare++
		}
		if f.Steps != nil && f.Outcome == finding.NotAsked {
			unjudged++
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
		list = append(list, fmt.Sprintf("%d of %d answers to allowed pages were 401 or 403: what the policy says of the answers to a signed-in client was not seen. "+
			"Give what a client has, with --header or --cookie.", refused, answers))
	case answers > 0 && succeeded == 0:
		list = append(list, fmt.Sprintf("None of %d answers to allowed pages was a success, they were all 400 or above: are the paths right, and is the server well? "+
			"What it answers then was judged, and nothing else was seen.", answers))
	}
	if bare > 0 {
		list = append(list, fmt.Sprintf("Of %d probes the outcome is kept and not what was observed: there are very many.", bare))
	}
	for _, method := range slices.Sorted(maps.Keys(r.Sent)) {
		if !web.IsSafeMethod(method) {
			list = append(list, fmt.Sprintf("%s was sent. A browser repeats a request where a connection that it had used before drops without an answer: "+
				"what was counted may have arrived more often.", method))
		}
	}
	for _, method := range withheldAnswers(r) {
		list = append(list, fmt.Sprintf("%s was not sent: its preflights were judged, and the answers to %s itself were not. unsafe: send judges them.", method, method))
	}
	if unjudged > 0 {
		list = append(list, fmt.Sprintf("Not judged: %d, because the answer did not have what the probe is about: each says what.", unjudged))
	}
	if n := r.Count(finding.NotAsked) - unjudged; n > 0 {
		list = append(list, fmt.Sprintf("Not asked: %d, because only sending an unsafe request would tell. unsafe: send does.", n))
	}
	return list
}

// reachNotes say what was asked for about the way to the target.
func reachNotes(c harness.Chrome) (list []string) {
	if len(c.Resolve) > 0 {
		list = append(list, "Asked with "+strings.Join(c.Resolve, ", ")+" in place of a resolver's answers.")
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
