package harness

import "strings"

// Document is a kind of document that a page makes itself, and shows in a frame.
type Document string

// The kinds of document without a server. Each inherits the origin and the policies of the
// page at From, and the page around it.
// https://html.spec.whatwg.org/multipage/document-sequences.html#determining-the-origin
const (
	// SrcdocDocument is the about:srcdoc of a frame. Its referrer is the URL of the page.
	SrcdocDocument Document = "srcdoc"
	// BlobDocument has a blob: URL. Its requests have no referrer.
	BlobDocument Document = "blob"
	// BlankDocument is the about:blank of a frame. Its requests have no referrer.
	BlankDocument Document = "blank"
)

// name is the document in a sentence.
func (d Document) name() string {
	if d == BlobDocument {
		return "a blob: frame"
	}
	return "an about:" + clean(string(d)) + " frame"
}

// documentFaults names a document that does not exist, or that no page can have.
func (r Request) documentFaults(fault func(field, value, problem string, args ...any)) {
	choice(fault, "Document", r.Document, SrcdocDocument, BlobDocument, BlankDocument)
	if r.Document != "" && r.EffectiveWhere() == WhereServiceWorker {
		fault("Document", string(r.Document), "a service worker belongs to an origin, not to a document: remove Document")
	}
}

// documentMeant is the Document that a From like about:srcdoc names.
func documentMeant(from string) (Document, bool) {
	switch {
	case from == "about:srcdoc":
		return SrcdocDocument, true
	case from == "about:blank":
		return BlankDocument, true
	case strings.HasPrefix(from, "blob:"):
		return BlobDocument, true
	}
	return "", false
}
