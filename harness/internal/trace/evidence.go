package trace

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
)

// entry files a line of the console. Lines about CORS carry no request id; they
// quote the URL. That joins evidence: no verdict is read from the text.
func (a *Assembler) entry(e *log.Entry) *question {
	q := a.questions[questionOf(e.StackTrace)]
	switch {
	case e.NetworkRequestID != "":
		q = a.chainOf(e.NetworkRequestID).owner()
	case q == nil:
		q = a.quoted(e.Text)
	}
	if q == nil {
		return nil
	}
	q.console = append(q.console, e)
	if loose := a.loose; q.chain == nil && loose != nil && strings.Contains(e.Text, loose.Details.CorsIssueDetails.Request.URL) {
		q.issues = append(q.issues, loose)
		a.loose = nil
	}
	return q
}

// quoted finds the question that has the longest URL quoted in a text.
func (a *Assembler) quoted(text string) *question {
	var found *question
	longest := 0
	for _, q := range a.questions {
		if q.chain == nil {
			continue
		}
		for _, hop := range q.chain.hops {
			if len(hop.URL) > longest && strings.Contains(text, hop.URL) {
				found, longest = q, len(hop.URL)
			}
		}
	}
	return found
}

// issue files an entry of DevTools' Issues panel.
func (a *Assembler) issue(issue *audits.InspectorIssue) *question {
	id := issueRequest(issue.Details)
	if id == "" {
		if d := issue.Details; d != nil && d.CorsIssueDetails != nil && d.CorsIssueDetails.Request != nil {
			a.loose = issue
		}
		return nil
	}
	c := a.chains[id]
	if c == nil {
		return nil // an issue that comes after the verdict adds nothing to it
	}
	q := c.owner()
	// Chrome sends an issue again for each client that it knows.
	if q != nil && !slices.ContainsFunc(q.issues, func(other *audits.InspectorIssue) bool {
		return issue.IssueID != "" && other.IssueID == issue.IssueID
	}) {
		q.issues = append(q.issues, issue)
	}
	return q
}

// issueRequest returns the request that an issue is about, or "".
func issueRequest(d *audits.InspectorIssueDetails) network.RequestID {
	var affected *audits.AffectedRequest
	switch {
	case d == nil:
	case d.CorsIssueDetails != nil:
		affected = d.CorsIssueDetails.Request
	case d.BlockedByResponseIssueDetails != nil:
		affected = d.BlockedByResponseIssueDetails.Request
	case d.MixedContentIssueDetails != nil:
		affected = d.MixedContentIssueDetails.Request
	}
	if affected == nil {
		return ""
	}
	return affected.RequestID
}
