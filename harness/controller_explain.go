package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// The explanations of responses that a service worker is the author of.
var (
	ownResponse = Explanation{"The page's service worker made the response itself, so no server was asked, and no permission is needed.", "", anchorHTTP}
	ownOrigin   = Explanation{"The page's service worker asked the page's own origin in place of this URL, which needs no permission, and the page reads that answer.", "", anchorHTTP}
)

// makesResponse says whether the service worker needs no server.
func (a ControllerAnswer) makesResponse() bool { return a == AnswersItself }

// manner says how the service worker answers.
func (c Controller) manner() string {
	text := map[ControllerAnswer]string{
		PassesThrough: "passes requests through", Ignores: "does not answer", AnswersItself: "makes the response itself",
		AnswersWithError: "answers with an error", AnswersWithFetch: "answers with a fetch of its own", AnswersFromCache: "answers from the Cache API",
	}[c.Answer]
	var options []string
	for _, option := range [][2]string{{"", c.URL}, {"mode ", string(c.Mode)}, {"credentials ", string(c.Credentials)}, {"redirect ", string(c.Redirect)}} {
		if option[1] != "" {
			options = append(options, option[0]+shown(option[1]))
		}
	}
	if c.Status != 0 {
		options = append(options, fmt.Sprintf("status %d", c.Status))
	}
	if len(options) > 0 {
		text += " (" + strings.Join(options, ", ") + ")"
	}
	return "on a page whose service worker " + text
}

// delegated says whether a request of the page's service worker decided: the browser took
// its answer, or that request failed.
func (o Observation) delegated() bool {
	last := len(o.Exchanges) - 1
	return o.Reason != ServiceWorkerAnswer && last >= 0 && !o.Exchanges[last].Sent &&
		slices.ContainsFunc(o.Exchanges, func(e Exchange) bool { return e.Controller })
}

// networkError is what Chrome writes before it says what is wrong with the answer of a
// service worker.
const networkError = "resulted in a network error response: "

// workersAnswer says what is wrong with the answer, as far as Chrome does.
func workersAnswer(e evidence, row Explanation) (Explanation, bool) {
	for _, m := range e.Console {
		_, why, found := strings.Cut(m.Text, networkError)
		if !found {
			continue
		}
		row.Meaning = "The browser did not take the answer of the page's service worker: " + strings.TrimSuffix(clean(why), ".") + "."
		return row, true
	}
	return row, false
}

// netFailed is the net error of a request that Chrome failed without a cause in the network.
const netFailed = "net::ERR_FAILED"

// refusesLocation says whether Chrome refuses a response for its Location alone, before it
// looks at the redirect mode: several lines, or no URL.
func refusesLocation(netError string) bool {
	return netError == "net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION" || Reason(netError) == InvalidRedirect
}

// answerRefused says whether the browser took no answer of the page's service worker, though
// no request of the service worker failed.
func (c *conclusion) answerRefused() bool {
	last := len(c.Exchanges) - 1
	return c.failing() && c.told.Handled && last >= 0 && !c.Exchanges[last].Sent && c.failed.NetError == netFailed &&
		c.failed == c.told.Requests[len(c.told.Requests)-1].Failure
}

// redirectRefused says whether the request failed because it was redirected, and the page, or
// the service worker that asked, wanted redirect mode error.
func (c *conclusion) redirectRefused() bool {
	if !c.failing() {
		return false
	}
	if c.delegated() {
		by, wanted := deciding(*c.Observation), c.Request.Redirect
		if c.Request.Controller.Answer.fetchesOwn() {
			wanted = c.Request.Controller.Redirect
		}
		return wanted == RedirectError && c.failed.Code == "" && web.IsRedirectStatus(by.Status)
	}
	return c.Request.refusesRedirects() && c.redirected() && !refusesLocation(c.failed.NetError)
}
