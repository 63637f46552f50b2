package trace

import (
	"maps"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// paused files the pause of a request, which may come before its announcement. The pause of
// an answer says nothing that Chrome does not say otherwise.
func (a *Assembler) paused(e *fetch.EventRequestPaused) *question {
	if IsPreflight(e) || e.ResponseStatusCode != 0 || e.ResponseErrorReason != "" {
		return nil
	}
	c := a.chainOf(e.NetworkID)
	c.withheld = true
	return c.owner()
}

// IsPreflight says whether a request that is paused is a preflight: no script can set
// the header. https://fetch.spec.whatwg.org/#forbidden-request-header
func IsPreflight(e *fetch.EventRequestPaused) bool {
	return web.IsPreflight(e.Request.Method, maps.Keys(e.Request.Headers))
}

// entry files a line of the console. Lines about CORS carry no request id; they
// quote the URL. The URL only joins evidence: no verdict is read from the text.
func (a *Assembler) entry(e *log.Entry) *question {
	q := a.questions[questionOf(e.StackTrace)]
	switch {
	case e.NetworkRequestID != "":
		q = a.chainOf(e.NetworkRequestID).owner()
	case q == nil:
		q = a.quoted(e.Text)
	}
	if q == nil {
		a.early = keep(a.early, e)
		return nil
	}
	q.console = append(q.console, e)
	if q.chain == nil {
		url := a.longestLoose(e.Text)
		about := func(i *audits.InspectorIssue) bool { return i.Details.CorsIssueDetails.Request.URL == url }
		if issue, ok := claimFirst(&a.loose, about); ok {
			q.issues = append(q.issues, issue)
		}
	}
	return q
}

// longestLoose is the longest URL of a loose issue that a text quotes: a URL may
// be the beginning of another.
func (a *Assembler) longestLoose(text string) string {
	longest := ""
	for _, i := range a.loose {
		if url := i.Details.CorsIssueDetails.Request.URL; len(url) > len(longest) && strings.Contains(text, url) {
			longest = url
		}
	}
	return longest
}

// foretold files a line of the console that quoted the URL of a redirect before the
// redirect came.
func (a *Assembler) foretold(c *chain, url string) {
	q := c.owner()
	if q == nil {
		return
	}
	if e, ok := claimFirst(&a.early, func(e *log.Entry) bool { return strings.Contains(e.Text, url) }); ok {
		q.console = append(q.console, e)
	}
}

// quoted finds the question that has the longest URL quoted in a text.
func (a *Assembler) quoted(text string) *question {
	var found *question
	longest := 0
	for _, q := range a.questions {
		for _, url := range q.urls() {
			if len(url) > longest && strings.Contains(text, url) {
				found, longest = q, len(url)
			}
		}
	}
	return found
}

// urls are the URLs that the question is known to have asked for.
func (q *question) urls() []string {
	if q.chain == nil {
		return []string{q.URL}
	}
	var urls []string
	for _, hop := range q.chain.hops {
		urls = append(urls, hop.URL)
	}
	return urls
}

// issue files an entry of DevTools' Issues panel.
func (a *Assembler) issue(issue *audits.InspectorIssue) *question {
	id := issueRequest(issue.Details)
	if id == "" {
		return a.withoutRequest(issue)
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

// withoutRequest files an issue that names no request. The line of the console
// with the stack of the script comes after one about CORS, and before one about
// the page's Content-Security-Policy.
func (a *Assembler) withoutRequest(issue *audits.InspectorIssue) *question {
	switch d := issue.Details; {
	case d == nil:
	case d.CorsIssueDetails != nil && d.CorsIssueDetails.Request != nil:
		// Chrome sends an issue again for each client that it knows.
		if issue.IssueID == "" || !slices.ContainsFunc(a.loose, func(other *audits.InspectorIssue) bool { return other.IssueID == issue.IssueID }) {
			a.loose = keep(a.loose, issue)
		}
	case d.ContentSecurityPolicyIssueDetails != nil && d.ContentSecurityPolicyIssueDetails.BlockedURL != "":
		blocked := d.ContentSecurityPolicyIssueDetails.BlockedURL
		if q := a.refusedBefore(issue, func(q *question) bool { return q.heard(blocked) }); q != nil {
			return q
		}
		// Chrome reports only the origin of a frame's URL.
		return a.refusedBefore(issue, func(q *question) bool { return q.Frame && strings.HasPrefix(q.URL, blocked+"/") })
	case d.MixedContentIssueDetails != nil && d.MixedContentIssueDetails.Request == nil:
		return a.refusedBefore(issue, func(q *question) bool { return q.URL != "" && q.URL == d.MixedContentIssueDetails.InsecureURL })
	}
	return nil
}

// refusedBefore files an issue about a question whose request was refused before there
// was one: the oldest matching question without an issue, since each question gets one.
func (a *Assembler) refusedBefore(issue *audits.InspectorIssue, about func(*question) bool) *question {
	var found *question
	for _, q := range a.questions {
		if q.chain == nil && !q.forbidden() && about(q) && (found == nil || q.number < found.number) {
			found = q
		}
	}
	if found != nil {
		found.issues = append(found.issues, issue)
	}
	return found
}

// heard says whether a line of the console quotes a URL.
func (q *question) heard(url string) bool {
	return slices.ContainsFunc(q.console, func(e *log.Entry) bool { return strings.Contains(e.Text, "'"+url+"'") })
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
	case d.GenericIssueDetails != nil:
		affected = d.GenericIssueDetails.Request
	case d.StylesheetLoadingIssueDetails != nil && d.StylesheetLoadingIssueDetails.FailedRequestInfo != nil:
		return d.StylesheetLoadingIssueDetails.FailedRequestInfo.RequestID
	}
	if affected == nil {
		return ""
	}
	return affected.RequestID
}
