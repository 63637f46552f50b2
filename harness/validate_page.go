package harness

import (
	"slices"
	"strings"
)

// pageFaults names the fields that no page can have.
func (r Request) pageFaults(fault func(field, value, problem string, args ...any)) {
	headerFaults("Page header", r.PageHeaders, fault)
	for _, h := range r.PageHeaders {
		if name := strings.ToLower(h.Name); slices.Contains(documentHeaders, name) {
			fault("Page header", h.Name, "it is about the bytes of the document, which is ours")
		}
	}
	switch {
	case r.Within == "":
	case opaque(r.Within):
		fault("Within", r.Within, "want the origin of a page, such as https://app.example.com")
	case r.From == FilePage:
		fault("Within", r.Within, "no page of the web can show a file in a frame")
	default:
		if problem := originProblem(r.Within); problem != "" {
			fault("Within", r.Within, "%s", problem)
		}
	}
	document := r.From != DataPage && r.From != FilePage
	if len(r.PageHeaders) > 0 && !document {
		fault("Page header", r.PageHeaders[0].Name, "a document at %s has no headers", r.From)
	}
	if r.AddressSpace != "" && !document {
		fault("AddressSpace", string(r.AddressSpace), "that of a document at %s cannot be chosen", r.From)
	}
	switch {
	case r.Via == ViaServiceWorker:
		r.serviceWorkerFaults(fault)
	case r.Via == ViaSharedWorker && opaque(r.From):
		fault("Via", string(r.Via), "an opaque origin has no shared workers")
	}
}

// documentHeaders are the headers about the document's bytes and their use.
var documentHeaders = []string{
	"connection", "content-disposition", "content-encoding", "content-length", "content-type", "location", "refresh",
	"set-cookie", "transfer-encoding",
}

// serviceWorkerFaults names the fields that a service worker cannot have: it
// belongs to its origin, not to a page.
// https://w3c.github.io/ServiceWorker/#service-worker-concept
func (r Request) serviceWorkerFaults(fault func(field, value, problem string, args ...any)) {
	if opaque(r.From) {
		fault("Via", string(r.Via), "an opaque origin has no service workers")
	}
	if r.Within != "" {
		fault("Via", string(r.Via), "a service worker is in no frame: leave Within out")
	}
	if len(r.PageHeaders) > 0 {
		fault("Page header", r.PageHeaders[0].Name, "a service worker does not have the policies of a page")
	}
}
