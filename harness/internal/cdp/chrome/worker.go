package chrome

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/corsproof/corsproof/harness/internal/web"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// startScripts start a worker and return its URL once it runs. The script of a
// worker is a blob, which has the origin and the policies of the page that made it.
// https://html.spec.whatwg.org/multipage/workers.html#script-settings-for-workers
var startScripts = map[engine.Worker]string{
	engine.DedicatedWorker: `new Promise((resolve, reject) => {
		const url = URL.createObjectURL(new Blob(["postMessage(0)"], { type: "text/javascript" }));
		const worker = corsproof.worker = new Worker(url);
		worker.onmessage = () => resolve(url);
		worker.onerror = () => reject(new Error("the page's policies let it start no worker from a blob"));
	})`,
	engine.SharedWorker: `new Promise((resolve, reject) => {
		const url = URL.createObjectURL(new Blob(["onconnect = (e) => e.ports[0].postMessage(0)"], { type: "text/javascript" }));
		const worker = corsproof.worker = new SharedWorker(url);
		worker.port.onmessage = () => resolve(url);
		worker.onerror = () => reject(new Error("the page's policies let it start no shared worker from a blob"));
	})`,
}

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
		value, err = p.Value(p.ctx, startScripts[o.Worker])
	}
	if err != nil {
		line, _, _ := strings.Cut(err.Error(), "\n") // the rest is the stack of our script
		return errors.New(line)
	}
	var url string
	if err := json.Unmarshal(value, &url); err != nil {
		return err
	}
	id, err := p.children.find(p.ctx, func(info *target.Info) bool { return info.Type == string(o.Worker) && info.URL == url })
	if err != nil {
		return err
	}
	_, err = p.enter(id)
	return err
}

// serviceWorker registers a service worker. Its script comes from the network or,
// without a path there, from this function. Chrome requests the script outside any
// page, so that only the browser's own session can intercept the request, and it
// cannot redirect the request to the stand-in as for a document.
func (p *Page) serviceWorker(o engine.PageOptions) (json.RawMessage, error) {
	c := p.chrome
	number := c.serviceWorkers.Add(1)
	if o.WorkerScript != "" {
		return p.Value(p.ctx, fmt.Sprintf(register, fmt.Sprintf("%s?%d", o.WorkerScript, number), fmt.Sprintf("/corsproof/%d/", number)))
	}
	c.registering.Lock()
	defer c.registering.Unlock()
	script := fmt.Sprintf("%s?%d", serviceWorkerPath, number)
	paused := chromedp.BrowserEvents(p.ctx, fetch.RequestPaused)
	patterns := []*fetch.RequestPattern{{URLPattern: o.Origin + script}}
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
				RequestID: e.RequestID, ResponseCode: 200,
				ResponseHeaders: []*fetch.HeaderEntry{{Name: web.NameContentType, Value: "text/javascript"}},
			}) // if it fails, the registration fails
			return
		}
	}()
	return p.Value(p.ctx, fmt.Sprintf(register, script, fmt.Sprintf("/corsproof/%d/", number)))
}
