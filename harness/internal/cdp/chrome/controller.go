package chrome

import (
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/engine"
)

// scoped gives a page that a service worker controls a path of its own, which is the scope of
// the service worker: it controls no other page.
func (c *Chrome) scoped(o engine.PageOptions) engine.PageOptions {
	if o.Controlled {
		o.Path = fmt.Sprintf("/corsproof/controlled/%d/", c.workers.Add(1))
	}
	return o
}

// controlled is the script that waits until the service worker controls the page, and then
// ends its registration: the service worker goes on with this page, and gets no other.
// https://w3c.github.io/ServiceWorker/#navigator-service-worker-unregister
const controlled = `(async (workers) => {
	if (!workers.controller) await new Promise((resolve) => { workers.oncontrollerchange = resolve; });
	return (await workers.getRegistration()).unregister();
})(navigator.serviceWorker)`

// allowedScope lets a script have the scope of any page of its origin.
// https://w3c.github.io/ServiceWorker/#service-worker-allowed
const allowedScope = `[["Service-Worker-Allowed", "/"]]`

// control registers the service worker that controls the page, and listens to it.
func (p *Page) control(o engine.PageOptions) error {
	value, err := p.register(o, registration{
		number: p.chrome.workers.Add(1), scope: o.Path, headers: allowedScope, name: "controller",
	})
	if err != nil {
		return firstLine(err)
	}
	var at string
	if err := json.Unmarshal(value, &at); err != nil {
		return err
	}
	id, err := p.children.find(p.ctx, func(info *target.Info) bool { return info.Type == string(engine.ServiceWorker) && info.URL == at })
	if err != nil {
		return err
	}
	p.controller, err = p.observe(id, p.listenToController)
	if err != nil {
		return err
	}
	_, err = p.Value(p.ctx, controlled)
	return err
}

// instruct tells the service worker what to answer the next question with.
func (p *Page) instruct(controller json.RawMessage) error {
	p.handled.Store(false)
	_, err := chromedp.Call(p.controller, runtime.Evaluate, runtime.EvaluateParams{Expression: "self.corsproofController=" + string(controller)})
	return p.lost(err)
}

// evidence is a Record in the terms of package engine.
func (p *Page) evidence(r trace.Record) engine.Evidence {
	e := p.chrome.evidence(r)
	e.Handled = p.handled.Load()
	return e
}

// listenToController takes an event of the service worker that controls the page.
func (p *Page) listenToController(event any) {
	p.chrome.record(event)
	p.assembler.Add(trace.OfController{Event: event})
}

// controllerAnswers waits for an answer of the service worker, which comes after all that it
// has to tell: whether it handled the request, too. It is true for a page without one.
func (p *Page) controllerAnswers() bool {
	if p.controller == nil {
		return true
	}
	told, err := chromedp.Call(p.controller, runtime.Evaluate, runtime.EvaluateParams{Expression: "self.corsproofController.handled===true"})
	if err != nil {
		return false
	}
	p.handled.Store(string(told.Result.Value) == "true")
	return true
}
