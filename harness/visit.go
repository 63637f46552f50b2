package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// Visit is a real page to load, with all that it asks for by itself.
//
//	Expect(chrome.Visit(ctx, harness.Visit{URL: "https://app.example.com/"})).To(harness.HaveNothingBlocked())
//
// The site of the page is contacted, and so is each server that the page asks. The page does
// what it does: it may send unsafe requests, unless DryRun is set. It begins without cookies
// but those of [Browser.Cookies], and with empty caches.
type Visit struct {
	_ [0]func() // keyed literals only, and room for new fields

	// URL is the page, absolute, with http or https.
	URL string
	// For is how long the page is looked at, from the moment when it is loaded and Script is
	// done. Zero means: until the page is quiet. A page is quiet when no request of it is in
	// flight, none began for half a second, and each of its documents and workers answers.
	// A page has no sign that it is done, so a request that begins later is not seen: set For.
	// An open WebSocket or EventSource, and media, do not count as in flight. A page that is
	// not quiet within [Browser.Timeout] is looked at no longer: see [VisitAtLimit].
	For time.Duration
	// Script, unless empty, is JavaScript that runs in the page once that is quiet, as if a
	// user had clicked: it may click and type. It may use await at its top level. What it ends
	// with is waited for where that is a promise. It must end within [Browser.Timeout].
	Script string
	// DryRun holds back each request with an unsafe method: its preflight goes out, and the
	// request itself gets an answer of ours, status 204 without a body. Shared workers and
	// service workers are not started. A window that the page opens is closed at once, but a
	// request that opens a window, such as a form with target=_blank, is sent.
	DryRun bool
}

// VisitEnd says why a visit ended.
type VisitEnd string

// The ends of a visit.
const (
	VisitQuiet   = VisitEnd(engine.EndedQuiet)   // the page was quiet: see [Visit.For]
	VisitInTime  = VisitEnd(engine.EndedInTime)  // the time of [Visit.For] was over
	VisitAtLimit = VisitEnd(engine.EndedAtLimit) // the page did not become quiet within [Browser.Timeout]
)

// Visited is what was observed of a visit. Printed, it lists what was blocked.
type Visited struct {
	_ [0]func() // keyed literals only

	Visit Visit
	Ended VisitEnd
	// Documents are the documents that the tab showed, one after the other: a page may lead
	// to another one.
	Documents []VisitedDocument
	// Requests are the requests that crossed origins: blocked ones first, then those without
	// a verdict, then the rest, each in the order in which they began.
	Requests []VisitedRequest
	// OwnOrigin counts the requests that stayed in their origin, which are not listed.
	OwnOrigin int
	// Windows are the URLs of the windows that the page opened. They were closed at once, and
	// what they asked is not listed.
	Windows []string
	// Dialogs are the prompts that the page showed. They were dismissed.
	Dialogs []VisitedDialog
	// Unwatched names what asked before it could be watched, or was not started: requests of
	// it may be missing from the list.
	Unwatched []string
	// Browser is the browser that decided.
	Browser UserAgent
}

// VisitedDocument is a document that the tab showed.
type VisitedDocument struct {
	URL string `json:"url"`
	// Status is 0 where there was no response, as for about:srcdoc.
	Status int `json:"status"`
}

// VisitedDialog is a prompt of a page.
type VisitedDialog struct {
	Kind string `json:"kind"` // alert, confirm, prompt or beforeunload
	Text string `json:"text"`
}

// VisitedRequest is a request of a visited page. Requests that are alike in the method, the
// URL without its query, the asker and the outcome are one VisitedRequest.
type VisitedRequest struct {
	_ [0]func() // keyed literals only

	// Seen is what was observed of the first of them. Its Request asks the same again, as far
	// as Chrome tells what the page asked: it can be given to [Browser.Fetch]. Its Script is
	// empty, because nobody looked at what the page's own script got. It has no Verdict where
	// NoVerdict is not empty.
	Seen Observation
	// Asker is what asked: the page itself, a frame, or a worker.
	Asker Asker
	// At is where in the page's code the request began, as URL:line; empty where Chrome does
	// not tell.
	At string
	// Count is how many requests are like this one, 1 or more.
	Count int
	// NoVerdict says why there is no verdict.
	NoVerdict string
	// GivenUp says that there is no verdict because the page itself ended the request before
	// an answer came, or was left meanwhile.
	GivenUp bool
}

// Asker is what asks in a visited page.
type Asker struct {
	// Where is the environment of the script or the element.
	Where Where
	// Frame says that it is in a frame.
	Frame bool
	// URL is the URL of the document, or of the script of the worker.
	URL string
}

// String names the asker, such as "the page" or "a worker in a frame".
func (a Asker) String() string {
	name := map[Where]string{WhereWorker: "a worker", WhereSharedWorker: "a shared worker", WhereServiceWorker: "a service worker"}[a.Where]
	switch {
	case name == "" && a.Frame:
		return "a frame"
	case name == "":
		return "the page"
	case a.Frame:
		return name + " in a frame"
	}
	return name
}

// Validate returns all faults of the Visit at once, joined: each is a *[FaultError].
func (v Visit) Validate() error {
	var faults []error
	if u, err := web.ParseURL(v.URL, nil); urlProblem(v.URL) != "" {
		faults = append(faults, &FaultError{"URL", v.URL, urlProblem(v.URL)})
	} else if err == nil && !u.IsHTTP() {
		faults = append(faults, &FaultError{"URL", v.URL, "a visit is for a page with http or https"})
	}
	if v.For < 0 {
		faults = append(faults, &FaultError{"For", v.For.String(), "want a time above 0, or 0 for a visit until the page is quiet"})
	}
	return errors.Join(faults...)
}

// Visit loads a real page in a profile of its own and reports each request of the page, its
// frames and its workers that crossed origins, with its verdict.
//
// It returns an error, and a zero Visited, where the Visit is not valid (each fault is a *[FaultError]), where the
// page could not be loaded, where Script threw or did not end, where the page crashed or
// Chrome ended (the error wraps [ErrLost]), and where the context ended first. A page with an
// error status, such as 404, is a page: see Documents.
func (b *Browser) Visit(ctx context.Context, v Visit) (Visited, error) {
	if err := v.Validate(); err != nil {
		return Visited{}, err
	}
	c, err := b.start(ctx)
	if err != nil {
		return Visited{}, err
	}
	id, err := c.NewProfile(ctx, nil)
	if err != nil {
		return Visited{}, err
	}
	told, err := c.Visit(ctx, engine.Visit{
		URL: v.URL, For: v.For, Limit: cmp.Or(b.Timeout, 10*time.Second), Script: v.Script, DryRun: v.DryRun, Profile: id,
	})
	if c.Alive() {
		err = errors.Join(err, c.CloseProfile(id))
	}
	if err != nil {
		return Visited{}, visitError(v, err)
	}
	return b.visited(v, c, told), nil
}

// visitError says what went wrong with a visit.
func visitError(v Visit, err error) error {
	where := "visit " + shown(v.URL) + ": "
	if failed, ok := errors.AsType[*engine.LoadError](err); ok {
		if failed.NetError == "net::ERR_ABORTED" {
			return errors.New(where + "the URL shows no document: it is a download, or an answer without content")
		}
		return errors.New(where + "the page could not be loaded: " + transportFailure(failed.NetError, v.URL))
	}
	if threw, ok := errors.AsType[*engine.ScriptError](err); ok {
		return errors.New(where + "the script of the visit threw: " + shown(threw.Exception))
	}
	return fmt.Errorf("%s%w", where, err)
}
