package harness

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// pageFaults names the fields that no page can have.
func (r Request) pageFaults(fault func(field, value, problem string, args ...any)) {
	ownHeaderFaults("Page header", "document", r.PageHeaders, fault)
	ownHeaderFaults("Within header", "document", r.WithinHeaders, fault)
	r.workerFaults(fault)
	r.documentFaults(fault)
	r.pathFaults(fault)
	if r.Within == "" && len(r.WithinHeaders) > 0 {
		fault("Within header", r.WithinHeaders[0].Name, "there is no frame: give Within (--within) too, or remove it")
	}
	switch {
	case r.Within == "":
	case opaque(r.Within):
		fault("Within", r.Within, "want the origin of a page, such as https://app.example.com")
	case web.IsAppOrigin(r.Within):
		fault("Within", r.Within, "Chrome cannot open this page: want an http or https origin")
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
		fault("FrameAllow", r.FrameAllow, "there is no frame: give Within (--within) too, or remove it")
	case !web.IsHeaderValue(r.FrameAllow):
		fault("FrameAllow", r.FrameAllow, "it has a control character")
	}
	switch {
	case r.OpaqueScheme == "":
	case r.From != OpaqueOrigin:
		fault("OpaqueScheme", r.OpaqueScheme, "the page at %s has its own scheme: this option is for a page at %s", r.From, OpaqueOrigin)
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
		fault("AddressSpace", string(r.AddressSpace), "a document at %s cannot have another value: remove it", r.From)
	}
	switch {
	case r.EffectiveWhere() == WhereServiceWorker:
		r.serviceWorkerFaults(fault)
	case r.EffectiveWhere() == WhereSharedWorker && opaque(r.From):
		fault("Where", string(WhereSharedWorker), "an opaque origin has no shared workers")
	}
}

// workerFaults names the fields that no worker's script can have.
func (r Request) workerFaults(fault func(field, value, problem string, args ...any)) {
	ownHeaderFaults("Worker header", "script", r.WorkerHeaders, fault)
	choice(fault, "WorkerScript", r.WorkerScript, BlobScript, DataScript)
	where := r.EffectiveWhere()
	for _, f := range [][2]string{{"WorkerPath", r.WorkerPath}, {"WorkerScript", string(r.WorkerScript)}} {
		switch field, value := f[0], f[1]; {
		case value == "":
		case where == WhereWindow:
			fault(field, value, "there is no worker: give Where (--where) too, or remove it")
		case where == WhereServiceWorker:
			fault(field, value, "corsproof makes the script of a service worker, at a path that it chooses")
		case field == "WorkerPath" && r.workerScript() != "":
			fault(field, value, "the script is a %s: URL, which has no path", r.workerScript())
		}
	}
	switch {
	case len(r.WorkerHeaders) == 0:
	case where == WhereWindow:
		fault("Worker header", r.WorkerHeaders[0].Name, "there is no worker: give Where (--where) too, or remove it")
	case opaque(r.From):
		fault("Worker header", r.WorkerHeaders[0].Name, "a worker of an opaque origin is made from a blob, which has no headers")
	case r.WorkerScript != "":
		fault("Worker header", r.WorkerHeaders[0].Name, "the script is a %s: URL, which has no headers", r.WorkerScript)
	}
}

// pathFaults names the paths that no page and no script can have.
func (r Request) pathFaults(fault func(field, value, problem string, args ...any)) {
	for _, f := range [][2]string{{"PagePath", r.PagePath}, {"WithinPath", r.WithinPath}, {"WorkerPath", r.WorkerPath}} {
		if problem := pathProblem(f[1]); problem != "" {
			fault(f[0], f[1], "%s", problem)
		}
	}
	if r.PagePath != "" && opaque(r.From) {
		fault("PagePath", r.PagePath, "corsproof chooses the URL of a document at %s", r.From)
	}
	if r.WithinPath != "" && r.Within == "" {
		fault("WithinPath", r.WithinPath, "there is no frame: give Within (--within) too, or remove it")
	}
}

// pathProblem says what is wrong with a path and a query.
func pathProblem(path string) string {
	if path == "" {
		return ""
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return "want a path that begins with one slash, such as /shop/?id=7"
	}
	u, err := web.ParseURL("https://a.test"+path, nil)
	switch {
	case err != nil:
		return err.Error()
	case strings.Contains(path, "#"):
		return "a fragment is never sent: remove it"
	case u.String() != "https://a.test"+path:
		return "browsers write it " + strings.TrimPrefix(u.String(), "https://a.test")
	}
	return ""
}

// ownHeaderFaults names headers that a document, or a script, of ours cannot have.
func ownHeaderFaults(field, what string, h Header, fault func(field, value, problem string, args ...any)) {
	headerFaults(field, h, fault)
	for _, line := range h {
		if slices.Contains(documentHeaders, strings.ToLower(line.Name)) {
			fault(field, line.Name, "it is about the bytes of the %s, which corsproof makes", what)
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
		fault("Where", string(WhereServiceWorker), "an opaque origin has no service workers")
	}
	if r.Within != "" {
		fault("Where", string(WhereServiceWorker), "a service worker is not in a frame: remove Within")
	}
	if len(r.PageHeaders) > 0 {
		fault("Page header", r.PageHeaders[0].Name, "a service worker does not have the policies of a page: see WorkerHeaders")
	}
}
