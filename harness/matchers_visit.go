package harness

import (
	"errors"
	"fmt"
)

// HaveNothingBlocked matches a visit in which the browser blocked no request to another
// origin. It takes a Visited or a pointer to one.
//
//	Expect(chrome.Visit(ctx, harness.Visit{URL: "https://app.example.com/"})).To(harness.HaveNothingBlocked())
//
//	Expected the browser to block nothing that the page asks, but it blocked 2 requests (MissingAllowOriginHeader, PreflightMissingAllowOriginHeader).
//
// Where nothing was blocked, it is an error for To and for NotTo that a request has no verdict,
// and that a part of the page was not watched: see [Visited.Unwatched]. A request that the page
// ended itself does not count. An error page that asks nothing is an error, too: see
// [Visited.ErrorPage].
func HaveNothingBlocked() Matcher { return nothingBlocked{} }

type nothingBlocked struct{}

// Match implements [Matcher].
func (nothingBlocked) Match(actual any) (bool, error) {
	v, err := visitedOf(actual)
	if err != nil {
		return false, fmt.Errorf("HaveNothingBlocked: %w", err)
	}
	if len(v.Blocked()) > 0 {
		return false, nil
	}
	if unjudged := v.Unjudged(); len(unjudged) > 0 {
		return false, fmt.Errorf("HaveNothingBlocked: nothing is known to be blocked, but %s no verdict\n\n%s", haveOf(v.total(unjudged)), v)
	}
	if len(v.Unwatched) > 0 {
		return false, fmt.Errorf("HaveNothingBlocked: nothing is known to be blocked, but a part of the page was not watched: ask what it asks with Browser.Fetch\n\n%s", v)
	}
	if status := v.ErrorPage(); status != 0 {
		return false, fmt.Errorf("HaveNothingBlocked: the page is an error (%d) and asks nothing of another origin, so the visit shows nothing: correct the URL, or log in\n\n%s", status, v)
	}
	return true, nil
}

// haveOf is the beginning of a sentence about requests that have something.
func haveOf(n int) string {
	if n == 1 {
		return "1 request has"
	}
	return fmt.Sprintf("%d requests have", n)
}

// FailureMessage implements [Matcher].
func (nothingBlocked) FailureMessage(actual any) string {
	v, err := visitedOf(actual)
	if err != nil {
		return err.Error()
	}
	var reasons []Reason
	for _, r := range v.Blocked() {
		if !isOneOf(r.Seen.Reason, reasons) {
			reasons = append(reasons, r.Seen.Reason)
		}
	}
	return fmt.Sprintf("Expected the browser to block nothing that the page asks, but it blocked %s (%s).\n\n%s",
		numbered(v.total(v.Blocked()), "request"), clean(join(reasons)), v)
}

// NegatedFailureMessage implements [Matcher].
func (nothingBlocked) NegatedFailureMessage(actual any) string {
	v, err := visitedOf(actual)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("Expected the browser to block something that the page asks, but it blocked nothing.\n\n%s", v)
}

// visitedOf takes the actual value of an assertion.
func visitedOf(actual any) (Visited, error) {
	var v Visited
	switch a := actual.(type) {
	case Visited:
		v = a
	case *Visited:
		if a == nil {
			return v, errors.New("want a visit, got a nil *harness.Visited")
		}
		v = *a
	default:
		return v, fmt.Errorf("want a harness.Visited or a pointer to one, got %T", actual)
	}
	if v.Ended == "" {
		return v, errors.New("the visit has no end: was the page visited?")
	}
	return v, nil
}
