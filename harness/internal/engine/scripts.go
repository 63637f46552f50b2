package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/corsproof/corsproof/fixtures"
)

// The origins of PageOptions that are no http origin, and the schemes of a worker's script beside the
// scheme of the page.
const (
	OpaqueOrigin = "null"
	DataPage     = "data:"
	FilePage     = "file:"
	BlobScheme   = "blob"
	DataScheme   = "data"
)

// Sandbox is the Content-Security-Policy that makes the origin of a document opaque.
// https://html.spec.whatwg.org/multipage/browsers.html#sandboxed-origin-browsing-context-flag
const Sandbox = "sandbox allow-scripts"

// PageScript returns the script that every page runs first.
var PageScript = sync.OnceValues(func() (string, error) {
	var b strings.Builder
	for _, name := range []string{"pages/ask.js", "pages/initiators.js", "pages/parts.js"} {
		script, err := fixtures.FS.ReadFile(name)
		if err != nil {
			return "", err
		}
		b.Write(script)
	}
	return b.String(), nil
})

// showFrame shows a document in a frame.
const showFrame = `(({src, sandboxed, sandbox, allow}) => new Promise((resolve) => {
	const frame = document.createElement("iframe");
	if (sandboxed) frame.sandbox = sandbox;
	if (allow) frame.allow = allow;
	frame.onload = () => resolve(true);
	frame.src = src;
	document.body.append(frame);
}))(%s)`

// ShowFrame returns the script by which a page shows the document at a URL in a frame.
func (o PageOptions) ShowFrame(url string) (string, error) {
	attributes, err := json.Marshal(map[string]any{"src": url, "sandboxed": o.Origin == OpaqueOrigin, "sandbox": "allow-scripts", "allow": o.FrameAllow})
	return fmt.Sprintf(showFrame, attributes), err
}

// makeDocument makes a document in a frame, which inherits its origin and its policies.
// https://html.spec.whatwg.org/multipage/document-sequences.html#determining-the-origin
const makeDocument = `(([kind, html]) => new Promise((resolve) => {
	const frame = document.createElement("iframe");
	frame.onload = () => resolve(true);
	if (kind === "srcdoc") frame.srcdoc = html;
	if (kind === "blob") frame.src = URL.createObjectURL(new Blob([html], { type: "text/html" }));
	document.body.append(frame);
}))(%s)`

// MakeDocument returns the script by which a page makes the Document of the options in a frame.
func (o PageOptions) MakeDocument(html string) (string, error) {
	arguments, err := json.Marshal([]string{o.Document, html})
	return fmt.Sprintf(makeDocument, arguments), err
}

// Self is what a page, or a worker, says of itself.
// https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object
type Self struct {
	Origin   string `json:"origin"`
	Secure   bool   `json:"secure"`
	Isolated bool   `json:"isolated"`
}

// AskSelf is the expression whose value is a Self.
const AskSelf = "typeof corsproof === 'object' ? {origin: self.origin, secure: isSecureContext, isolated: crossOriginIsolated} : {}"

// Self reads the value of AskSelf. It is an error where the page has not the origin of the options.
func (o PageOptions) Self(browser string, value json.RawMessage) (is Self, err error) {
	if err := json.Unmarshal(value, &is); err != nil {
		return is, err
	}
	origin := o.Origin
	if origin == DataPage || origin == FilePage || o.WorkerScheme == DataScheme {
		origin = OpaqueOrigin
	}
	if is.Origin != origin {
		return is, fmt.Errorf("%s made it a page at %q: no page can have the origin %s in this browser (is it on the HSTS preload list?)", browser, is.Origin, origin)
	}
	return is, nil
}
