package chrome

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// startScript starts a worker and returns its name once it runs: the name is its own, and
// a URL need not be. Its script comes from
// the page's origin, as nearly every worker's does: such a worker has the policies of its
// own response. A blob: or data: URL has the policies of the page.
// https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container
const startScript = `new Promise((resolve, reject) => {
	const [kind, script, blob, name] = %s;
	const url = blob ? URL.createObjectURL(new Blob([blob], { type: "text/javascript" })) : script;
	const worker = corsproof.worker = new self[kind](url, { name });
	(worker.port ?? worker).onmessage = () => resolve(name);
	const what = blob ? "blob" : script.startsWith("data:") ? "data: URL" : "script of its origin";
	worker.onerror = () => reject(new Error("the " + what + " became no worker of the page: the policies of the page, or of the script, forbid it"));
})`

// constructors are the names of the workers of a page.
var constructors = map[engine.Worker]string{engine.DedicatedWorker: "Worker", engine.SharedWorker: "SharedWorker"}

// workerPath is where the script of a worker stands.
const workerPath = "/corsproof/worker.js"

// register is the script that registers a service worker, once it is active. Its
// scope contains no page, so that it handles only its own questions.
const register = `(async (url, scope) => {
	if (!navigator.serviceWorker) throw new Error("no service worker at " + self.origin + ": it is not a secure context");
	const { installing, waiting, active } = await navigator.serviceWorker.register(url, { scope });
	const worker = installing ?? waiting ?? active;
	await new Promise((resolve, reject) => {
		const look = () => {
			if (worker.state === "activated") resolve();
			if (worker.state === "redundant") reject(new Error("the service worker was not installed"));
		};
		worker.onstatechange = look;
		look();
	});
	return worker.scriptURL;
})(%q, %q)`

// serviceWorkerPath is the path of a service worker's script if the network has
// no path for it.
const serviceWorkerPath = "/corsproof/service-worker.js"

// work starts a worker in the page and asks from there.
func (p *Page) work(o engine.PageOptions) error {
	var value json.RawMessage
	var err error
	if o.Worker == engine.ServiceWorker {
		value, err = p.serviceWorker(o)
	} else {
		value, err = p.pageWorker(o)
	}
	if err != nil {
		return firstLine(err)
	}
	var script string // or the worker's name
	if err := json.Unmarshal(value, &script); err != nil {
		return err
	}
	id, err := p.children.find(p.ctx, func(info *target.Info) bool {
		return info.Type == string(o.Worker) && (info.URL == script || info.Title == script)
	})
	if err != nil {
		return err
	}
	_, err = p.enter(id)
	return err
}

// firstLine leaves the stack of our script out.
func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(line)
}

// pageWorker starts a dedicated or a shared worker.
func (p *Page) pageWorker(o engine.PageOptions) (value json.RawMessage, err error) {
	number := p.chrome.workers.Add(1)
	start := func(script, blob string) error {
		arguments, err := json.Marshal([]string{constructors[o.Worker], script, blob, fmt.Sprint("corsproof-", number)})
		if err == nil {
			value, err = p.Value(p.ctx, fmt.Sprintf(startScript, arguments))
		}
		return err
	}
	switch o.WorkerScheme {
	case engine.BlobScheme:
		return value, start("", ready)
	case engine.DataScheme:
		return value, start("data:text/javascript,"+url.PathEscape(ready), "")
	}
	headers, err := ownPolicies(o.WorkerHeaders, o.Origin)
	if err != nil {
		return nil, err
	}
	d := document{target: o.Origin + o.WorkerPath}
	if o.WorkerPath == "" {
		d.target += fmt.Sprintf("%s?%d", workerPath, number)
	}
	if d.standIn, err = p.chrome.rooms.url(o.AddressSpace, workerScript, headers); err != nil {
		return nil, err
	}
	// Chrome tells the page's own session of the script.
	err = p.standIn(p.wire, &fetch.RequestPattern{URLPattern: d.target}, d, func() error { return start(d.target, "") })
	return value, err
}

// serviceWorker registers a service worker. Its script comes from the network or,
// without a path there, from this function. Chrome requests the script outside any
// page, so that only the browser's own session can intercept the request, and it
// cannot redirect the request to the stand-in as for a document.
func (p *Page) serviceWorker(o engine.PageOptions) (json.RawMessage, error) {
	number := p.chrome.workers.Add(1)
	return p.register(o, registration{number: number, scope: fmt.Sprintf("/corsproof/%d/", number), headers: o.WorkerHeaders})
}

// registration is a service worker that is registered.
type registration struct {
	number  int64
	scope   string
	headers string // of its script, as a JSON list of pairs
	name    string // of the script; empty: an empty script
}

// script is the script itself.
func (r registration) script() ([]byte, error) {
	if r.name == "" {
		return nil, nil
	}
	return fixtures.FS.ReadFile("pages/" + r.name + ".js")
}

// register registers a service worker and returns the URL of its script.
func (p *Page) register(o engine.PageOptions, r registration) (json.RawMessage, error) {
	c := p.chrome
	path := fmt.Sprintf("%s?%d", cmp.Or(o.WorkerScript, serviceWorkerPath), r.number)
	if o.WorkerScript != "" {
		path += "&" + url.Values{headersQuery: {r.headers}, scriptQuery: {r.name}}.Encode()
		return p.Value(p.ctx, fmt.Sprintf(register, path, r.scope))
	}
	script, err := r.script()
	if err != nil {
		return nil, err
	}
	lines := [][2]string{}
	if r.headers != "" {
		if err := json.Unmarshal([]byte(r.headers), &lines); err != nil {
			return nil, err
		}
	}
	headers := []*fetch.HeaderEntry{{Name: web.NameContentType, Value: "text/javascript"}}
	for _, h := range lines {
		headers = append(headers, &fetch.HeaderEntry{Name: h[0], Value: h[1]})
	}
	c.registering.Lock()
	defer c.registering.Unlock()
	paused := chromedp.BrowserEvents(p.ctx, fetch.RequestPaused)
	patterns := []*fetch.RequestPattern{{URLPattern: o.Origin + path}}
	if _, err := chromedp.CallBrowser(p.ctx, fetch.Enable, fetch.EnableParams{Patterns: patterns}); err != nil {
		return nil, err
	}
	defer func() { _, _ = chromedp.CallBrowser(p.ctx, fetch.Disable, cdp.Empty{}) }() // the browser may be gone
	go func() {
		for e, err := range paused {
			if err != nil {
				return
			}
			_, _ = chromedp.CallBrowser(p.ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{
				RequestID: e.RequestID, ResponseCode: 200, ResponseHeaders: headers, Body: script,
			}) // if it fails, the registration fails
			return
		}
	}()
	return p.Value(p.ctx, fmt.Sprintf(register, path, r.scope))
}
