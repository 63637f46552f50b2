package harness

import (
	"slices"
	"strconv"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// Controller is the service worker that controls the page at From, and what it answers the
// page's request with. The zero value is a page without a service worker.
//
//	harness.Controller{Answer: harness.AnswersWithFetch, Mode: harness.NoCORS}
//
// https://fetch.spec.whatwg.org/#http-fetch
type Controller struct {
	_ [0]func() // keyed literals only

	// Answer is what the handler of the event fetch does. Empty means that there is no
	// service worker.
	Answer ControllerAnswer `json:"answer,omitempty"`

	// URL is what the service worker fetches in place of the URL that the page asked for.
	// Empty means the same URL. It is for AnswersWithFetch and AnswersFromCache.
	URL string `json:"url,omitempty"`

	// Mode, Credentials and Redirect are the options of that fetch, as in a Request.
	Mode        Mode        `json:"mode,omitempty"`
	Credentials Credentials `json:"credentials,omitempty"`
	Redirect    Redirect    `json:"redirect,omitempty"`

	// Status, Headers and Body are the response of AnswersItself. Status 0 means 200.
	Status  int    `json:"status,omitempty"`
	Headers Header `json:"headers,omitempty"`
	Body    string `json:"body,omitempty"`
}

// ControllerAnswer is what a service worker does with a request of its page.
// https://w3c.github.io/ServiceWorker/#handle-fetch
type ControllerAnswer string

// The answers.
const (
	PassesThrough    ControllerAnswer = "pass-through" // respondWith(fetch(event.request))
	Ignores          ControllerAnswer = "ignore"       // no call of respondWith: the browser asks the server itself
	AnswersItself    ControllerAnswer = "response"     // respondWith(new Response(body, init))
	AnswersWithError ControllerAnswer = "error"        // respondWith(Response.error())
	AnswersWithFetch ControllerAnswer = "fetch"        // respondWith(fetch(url, init)), a GET of its own
	AnswersFromCache ControllerAnswer = "cache"        // the same, put in a Cache first and taken from there
)

// controllerAnswers are all answers.
var controllerAnswers = []ControllerAnswer{PassesThrough, Ignores, AnswersItself, AnswersWithError, AnswersWithFetch, AnswersFromCache}

// given says whether there is a service worker, or a field of one.
func (c Controller) given() bool { return c.Answer != "" || c.fetches() || c.responds() }

// fetches says whether a field of a fetch is set.
func (c Controller) fetches() bool {
	return c.URL != "" || c.Mode != "" || c.Credentials != "" || c.Redirect != ""
}

// responds says whether a field of a response is set.
func (c Controller) responds() bool { return c.Status != 0 || len(c.Headers) > 0 || c.Body != "" }

// fetchesOwn says whether the service worker sends a request of its own making.
func (a ControllerAnswer) fetchesOwn() bool { return a == AnswersWithFetch || a == AnswersFromCache }

// controllerFaults names what no service worker can do, and the pages that have none.
func (r Request) controllerFaults(fault func(field, value, problem string, args ...any)) {
	c := r.Controller
	if !c.given() {
		return
	}
	choice(fault, "Controller.Answer", c.Answer, controllerAnswers...)
	choice(fault, "Controller.Mode", c.Mode, CORS, NoCORS, SameOriginOnly)
	choice(fault, "Controller.Credentials", c.Credentials, Omit, SameOrigin, Include)
	choice(fault, "Controller.Redirect", c.Redirect, RedirectFollow, RedirectError, RedirectManual)
	headerFaults("Controller header", c.Headers, fault)
	switch {
	case c.Answer == "":
		fault("Controller.Answer", "", "missing: what does the service worker answer? Want %s", join(controllerAnswers))
	case c.fetches() && !c.Answer.fetchesOwn():
		fault("Controller.Answer", string(c.Answer), "this service worker fetches nothing: remove URL, Mode, Credentials and Redirect")
	case c.responds() && c.Answer != AnswersItself:
		fault("Controller.Answer", string(c.Answer), "this service worker makes no response: remove Status, Headers and Body")
	}
	if c.URL != "" {
		if problem := urlProblem(c.URL); problem != "" {
			fault("Controller.URL", c.URL, "%s", problem)
		}
	}
	switch { // https://fetch.spec.whatwg.org/#initialize-a-response
	case c.Status == 0:
	case c.Status < 200 || c.Status > 599:
		fault("Controller.Status", strconv.Itoa(c.Status), "the status of a script's response is 200 to 599")
	case c.Body != "" && web.IsNullBodyStatus(c.Status):
		fault("Controller.Status", strconv.Itoa(c.Status), "a response with this status has no body")
	}
	r.controlledFaults(fault)
}

// controlledFaults names the pages that no service worker controls, and the questions that
// pass it by.
// https://w3c.github.io/ServiceWorker/#service-worker-registration-concept
func (r Request) controlledFaults(fault func(field, value, problem string, args ...any)) {
	refuse := func(given bool, problem string, args ...any) {
		if given {
			fault("Controller", string(r.Controller.Answer), problem, args...)
		}
	}
	refuse(opaque(r.From), "an opaque origin has no service workers")
	refuse(r.ExtensionKey != "", "an extension has its own service worker: remove Controller")
	refuse(r.EffectiveWhere() != WhereWindow, "it controls a page, and the script is in a worker: remove Where")
	refuse(r.PagePath != "", "it controls a page at a path that corsproof chooses: remove PagePath")
	refuse(r.Document != "", "it controls the page, not a document that the page makes: remove Document")
	refuse(r.DryRun, "corsproof cannot stop a request of a service worker: remove DryRun")
	refuse(slices.Contains([]Via{ViaWebSocket, ViaIframe, ViaWorkerScript}, r.EffectiveVia()), "the service worker of a page is not asked via %s", r.EffectiveVia())
}
