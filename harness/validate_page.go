package harness

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// pageFaults names the fields that no page can have.
func (r Request) pageFaults(fault func(field, value, problem string, args ...any)) {
	ownHeaderFaults("Page header", "document", r.PageHeaders, fault)
	ownHeaderFaults("Worker header", "script", r.WorkerHeaders, fault)
	switch {
	case len(r.WorkerHeaders) == 0:
	case r.Via.worker() == "":
		fault("Worker header", r.WorkerHeaders[0].Name, "there is no worker: it is for via %s, %s, %s and %s", ViaWorker, ViaSharedWorker, ViaServiceWorker, ViaImportScripts)
	case opaque(r.From):
		fault("Worker header", r.WorkerHeaders[0].Name, "a worker of an opaque origin comes from a blob, which has no headers")
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
	switch {
	case r.FrameAllow == "":
	case r.Within == "":
		fault("FrameAllow", r.FrameAllow, "there is no frame: it goes with Within")
	case !web.IsHeaderValue(r.FrameAllow):
		fault("FrameAllow", r.FrameAllow, "it has a control character")
	}
	switch {
	case r.OpaqueScheme == "":
	case r.From != OpaqueOrigin:
		fault("OpaqueScheme", r.OpaqueScheme, "the page at %s has its own: it is for a page at %s", r.From, OpaqueOrigin)
	case r.OpaqueScheme != "http" && r.OpaqueScheme != "https":
		fault("OpaqueScheme", r.OpaqueScheme, "want http or https")
	case r.OpaqueScheme == "http" && strings.HasPrefix(r.Within, "https:"):
		fault("OpaqueScheme", r.OpaqueScheme, "a page that came over https shows no frame that comes over http")
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

// ownHeaderFaults names headers that a document, or a script, of ours cannot have.
func ownHeaderFaults(field, what string, h Header, fault func(field, value, problem string, args ...any)) {
	headerFaults(field, h, fault)
	for _, line := range h {
		if slices.Contains(documentHeaders, strings.ToLower(line.Name)) {
			fault(field, line.Name, "it is about the bytes of the %s, which is ours", what)
		}
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
		fault("Page header", r.PageHeaders[0].Name, "a service worker does not have the policies of a page: see WorkerHeaders")
	}
}
