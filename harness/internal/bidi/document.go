package bidi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// document is what is answered in the place of a site.
type document struct {
	url     string
	kind    string // the media type
	headers [][2]string
	body    []byte
}

// documentOf is the document of a page at a path of an origin. The scheme is that of a
// sandboxed one. An empty body says that there is nothing to stand in for.
func (f *Firefox) documentOf(origin, path, scheme, headers string) (document, error) {
	html, err := fixtures.FS.ReadFile("pages/page.html")
	if err != nil {
		return document{}, err
	}
	switch origin {
	case engine.DataPage:
		return document{url: "data:text/html," + url.PathEscape(string(html))}, nil
	case engine.FilePage:
		file := filepath.Join(f.profile, "page.html")
		return document{url: (&url.URL{Scheme: "file", Path: file}).String()}, os.WriteFile(file, html, 0o600)
	}
	d := document{kind: "text/html; charset=utf-8", body: html}
	if headers != "" {
		if err := json.Unmarshal([]byte(headers), &d.headers); err != nil {
			return document{}, err
		}
	}
	if origin == engine.OpaqueOrigin {
		origin = scheme + "://opaque.test"
		d.headers = append(d.headers, [2]string{web.NameSecurityPolicy, engine.Sandbox})
	}
	d.url = origin + cmp.Or(path, "/")
	return d, nil
}

// load loads the document, the page around it first, and the document in it last.
func (p *Page) load(ctx context.Context) error {
	f, o := p.firefox, p.options
	d, err := f.documentOf(o.Origin, o.Path, o.OpaqueScheme, o.Headers)
	if err != nil {
		return err
	}
	outer := d
	if o.Within != "" {
		if outer, err = f.documentOf(o.Within, o.WithinPath, "", o.WithinHeaders); err != nil {
			return err
		}
	}
	if o.Within != "" { // the request of a frame names no page
		f.frames.Lock()
		defer f.frames.Unlock()
	}
	return p.standIn(ctx, []document{d, outer}, func() error {
		if err := p.navigate(ctx, outer.url); err != nil {
			return err
		}
		if o.Within != "" {
			if err := p.frame(ctx, d); err != nil {
				return err
			}
		}
		if o.Document != "" {
			return p.inherit(ctx)
		}
		return nil
	})
}

// navigate shows a document in the tab.
func (p *Page) navigate(ctx context.Context, url string) error {
	return p.firefox.conn.call(ctx, "browsingContext.navigate", map[string]any{"context": p.tab, "url": url, "wait": "complete"}, nil)
}

// standIn answers requests of the tab for documents in the place of their sites while it acts.
func (p *Page) standIn(ctx context.Context, list []document, act func() error) error {
	f := p.firefox
	p.mu.Lock()
	p.documents = list
	p.mu.Unlock()
	var made struct {
		Intercept string `json:"intercept"`
	}
	params := map[string]any{"phases": []string{"beforeRequestSent"}, "contexts": []string{p.tab}}
	if err := f.conn.call(ctx, "network.addIntercept", params, &made); err != nil {
		return err
	}
	if err := act(); err != nil {
		return err
	}
	p.mu.Lock()
	p.documents = nil
	p.mu.Unlock()
	return f.conn.call(ctx, "network.removeIntercept", map[string]any{"intercept": made.Intercept}, nil)
}

// answer answers a request that waits, or lets it go.
func (p *Page) answer(e networkEvent) {
	p.mu.Lock()
	list := p.documents
	p.mu.Unlock()
	f := p.firefox
	for _, d := range list {
		if d.body == nil || d.url != withoutFragment(e.Request.URL) {
			continue
		}
		headers := []any{field(web.NameContentType, d.kind), field(web.NameCacheControl, "no-store")}
		for _, h := range d.headers {
			headers = append(headers, field(h[0], h[1]))
		}
		_ = f.conn.call(p.ctx, "network.provideResponse", map[string]any{
			"request": e.Request.ID, "statusCode": 200, "reasonPhrase": "OK", "headers": headers,
			"body": map[string]any{"type": "string", "value": string(d.body)},
		}, nil) // if it fails, the page does not load
		return
	}
	_ = f.conn.call(p.ctx, "network.continueRequest", map[string]any{"request": e.Request.ID}, nil) // it may be over
}

// field is a header in the terms of the protocol.
func field(name, value string) map[string]any {
	return map[string]any{"name": name, "value": map[string]any{"type": "string", "value": value}}
}

// frame shows the document in a frame of the tab, and asks from there.
func (p *Page) frame(ctx context.Context, d document) error {
	script, err := p.options.ShowFrame(d.url)
	if err != nil {
		return err
	}
	return p.inside(ctx, script)
}

// inherit lets the document make another one in a frame, and asks from there.
func (p *Page) inherit(ctx context.Context) error {
	html, err := fixtures.FS.ReadFile("pages/page.html")
	if err != nil {
		return err
	}
	script, err := p.options.MakeDocument(string(html))
	if err != nil {
		return err
	}
	return p.inside(ctx, script)
}

// inside runs a script of what asks that makes a frame, and asks from the frame.
func (p *Page) inside(ctx context.Context, script string) error {
	if _, err := p.Value(ctx, script); err != nil {
		return err
	}
	var tree struct {
		Contexts []struct {
			Children []struct {
				Context string `json:"context"`
			} `json:"children"`
		} `json:"contexts"`
	}
	if err := p.firefox.conn.call(ctx, "browsingContext.getTree", map[string]any{"root": p.asker}, &tree); err != nil {
		return err
	}
	if len(tree.Contexts) != 1 || len(tree.Contexts[0].Children) != 1 {
		return errors.New("the page made no document in a frame: its policies forbid it")
	}
	p.asker = tree.Contexts[0].Children[0].Context
	p.keep(p.asker)
	return nil
}

// workerGlue lets the script of a page ask in a worker: questions and reports are messages. The first
// message is what the worker says of itself.
const workerGlue = `
self.corsproofReport = (text) => postMessage(text);
self.onmessage = ({ data: [number, question] }) => void corsproof.ask(number, question);
postMessage(` + engine.AskSelf + `);
`

// startWorker starts a dedicated worker whose reports the page hands on.
const startWorker = `new Promise((resolve, reject) => {
	const [script, blob] = %s;
	const url = blob ? URL.createObjectURL(new Blob([blob], { type: "text/javascript" })) : script;
	const worker = corsproof.worker = new Worker(url);
	worker.onmessage = ({ data }) => (typeof data === "string" ? corsproofReport(data) : resolve(data));
	worker.onerror = () => reject(new Error("the script became no worker of the page: the policies of the page, or of the script, forbid it"));
})`

// workerPath is where the script of a worker stands.
const workerPath = "/corsproof/worker.js"

// work starts a dedicated worker in the page, asks from there, and returns what the worker says of itself.
func (p *Page) work(ctx context.Context) (self json.RawMessage, err error) {
	o := p.options
	script, err := engine.PageScript()
	if err != nil {
		return nil, err
	}
	script += workerGlue
	d := document{url: o.Origin + o.WorkerPath, kind: "text/javascript", body: []byte(script)}
	if o.WorkerPath == "" {
		d.url += fmt.Sprintf("%s?%d", workerPath, p.firefox.workers.Add(1))
	}
	if o.WorkerHeaders != "" {
		if err := json.Unmarshal([]byte(o.WorkerHeaders), &d.headers); err != nil {
			return nil, err
		}
	}
	source := []string{d.url, ""}
	switch o.WorkerScheme {
	case engine.BlobScheme:
		source = []string{"", script}
	case engine.DataScheme:
		source = []string{"data:text/javascript," + url.PathEscape(script), ""}
	}
	arguments, err := json.Marshal(source)
	if err != nil {
		return nil, err
	}
	err = p.standIn(ctx, []document{d}, func() (err error) {
		self, err = p.Value(ctx, fmt.Sprintf(startWorker, arguments))
		if e, ok := errors.AsType[scriptError](err); ok {
			return e
		}
		return err
	})
	return self, err
}

var _ engine.Page = (*Page)(nil)
