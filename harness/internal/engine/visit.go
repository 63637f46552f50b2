package engine

import "time"

// Visit says which real page to load, and how long to look at it.
type Visit struct {
	// URL is the page. Its site is contacted.
	URL string
	// For is how long the page is looked at once it is loaded and its script is done; 0: until
	// it is quiet.
	For time.Duration
	// Limit bounds each wait for something that may never come: the document, and a page that
	// is quiet.
	Limit time.Duration
	// Script, unless empty, is run in the page when it is quiet. A promise is waited for.
	Script string
	// DryRun holds back each request with an unsafe method.
	DryRun bool
	// Profile has the page.
	Profile ProfileID
}

// VisitEnd says why a visit ended.
type VisitEnd string

// The ends of a visit.
const (
	EndedQuiet   VisitEnd = "quiet" // no request was in flight, and none began for a while
	EndedInTime  VisitEnd = "time"  // For was over
	EndedAtLimit VisitEnd = "limit" // the page never became quiet
)

// Visited is all that a browser reported about a visit.
type Visited struct {
	Ended VisitEnd
	// Documents are the documents that the tab showed, one after the other.
	Documents []Document
	// Windows are the URLs of the windows that the page opened. They were closed.
	Windows []string
	// Dialogs are the prompts that the page showed, with their kinds. They were dismissed.
	Dialogs []Dialog
	// Unwatched name what asked before the browser told of it: its first requests may be missing.
	Unwatched []string
	// Requests are in the order in which they began.
	Requests []VisitRequest
}

// Document is a document that a tab showed.
type Document struct {
	URL    string
	Status int // 0 where nothing tells
}

// Dialog is a prompt of a page: alert, confirm, prompt or beforeunload.
type Dialog struct{ Kind, Text string }

// Asker is what asks: a page, a frame or a worker.
type Asker struct {
	// Worker is the kind of worker; empty: a document.
	Worker Worker
	// Frame says that it is a document in a frame, or a worker of such a document.
	Frame bool
	// URL is the URL of the document, or of the script of the worker.
	URL string
	// Origin is its origin, as far as the browser tells.
	Origin string
	// Top is the origin of the page in the tab.
	Top string
}

// VisitRequest is one request of a visited page.
type VisitRequest struct {
	Evidence
	Asker Asker
	// Kind is the kind of resource, as the DevTools Protocol names it, such as Fetch or Font.
	Kind string
	// At is where in the page's code the request began, as URL:line; empty: nothing tells.
	At string
	// URL, Method, Headers and Body are the request as the page made it, before redirects.
	URL, Method string
	Headers     []Header
	Body        string
	// Security is what the browser tells about the asker; nil: nothing.
	Security *Security
	// Navigation says that it loads the document of the tab.
	Navigation bool
	// Left says that the document that asked was left before the request ended.
	Left bool
}

// Security is what a browser tells about what asks.
type Security struct {
	Secure bool   // it is a secure context
	Space  string // its address space
}

// LoadError says that the page of a visit could not be loaded.
type LoadError struct{ NetError string } // such as net::ERR_CONNECTION_REFUSED

// Error returns one line.
func (e *LoadError) Error() string { return e.NetError }

// ScriptError says that the script of a visit threw.
type ScriptError struct{ Exception string }

// Error returns one line.
func (e *ScriptError) Error() string { return e.Exception }
