package webkit

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// vias are the ways by which a page can ask here: WebKit tells enough of them for a verdict.
var vias = []string{"", "fetch", "keepalive", "xhr", "xhr-sync", "xhr-upload"}

// cannot says what a question cannot ask here.
func (p *Page) cannot(a asks, preflighted bool) error {
	switch {
	case !slices.Contains(vias, a.Via):
		return p.webkit.cannot("ask by " + a.Via + ": it asks by fetch and by XMLHttpRequest; ask Chrome")
	case p.options.DryRun && preflighted:
		return p.webkit.cannot("hold a request back that is preflighted: it stops such a request before its preflight; ask Chrome")
	case a.Body.Kind == "stream":
		return p.webkit.cannot("send a streamed body: ask Chrome")
	}
	return nil
}

// asks are the parts of a question that decide what its evidence is.
type asks struct {
	Via  string `json:"via"`
	URL  string `json:"url"`
	Mode string `json:"mode"`
	Body struct {
		Kind string `json:"kind"`
	} `json:"body"`
}

// Ask asks a question and returns all that was observed: see [engine.Page].
func (p *Page) Ask(ctx context.Context, q engine.Question) (engine.Evidence, error) {
	var a asks
	if err := json.Unmarshal(q.JSON, &a); err != nil {
		return engine.Evidence{}, err
	}
	if err := p.cannot(a, q.Preflights != nil && q.Preflights(a.URL)); err != nil {
		return engine.Evidence{}, err
	}
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return engine.Evidence{Missing: []string{"the end of another question on the page"}}, context.Cause(ctx)
	case <-p.ctx.Done():
		return engine.Evidence{}, context.Cause(p.ctx)
	}
	r := p.begin(q, a)
	err := p.wait(ctx, r, q)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = nil
	if err != nil {
		p.Retire() // its script may be stuck
		return r.evidence(p.webkit.trust), p.lost(err)
	}
	return r.evidence(p.webkit.trust), nil
}

// begin makes the record of a question.
func (p *Page) begin(q engine.Question, a asks) *record {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	target := withoutFragment(a.URL)
	if u, err := web.ParseURL(a.URL, nil); err == nil {
		target = withoutFragment(u.String())
	}
	p.asked = &record{number: p.next, asks: a, origin: p.options.Origin, target: target, preflights: q.Preflights, ended: make(chan struct{})}
	return p.asked
}

// ask puts a question to the script of the page. The value is the report of the script.
const ask = "new Promise((heard) => { corsproofWaiting.set(%q, heard); void corsproof.ask(%d, %s); })"

// wait asks, and waits until all is there that WebKit tells. Where the script got an error, the line of
// the console with the reason may come later: all that was said before is there when the page has
// answered once more.
func (p *Page) wait(ctx context.Context, r *record, q engine.Question) error {
	// A line that equals the line before it would be told as a number.
	if err := p.conn.call(ctx, "Console.clearMessages", map[string]any{}, nil); err != nil {
		return err
	}
	report, err := p.evaluate(ctx, fmt.Sprintf(ask, fmt.Sprint(r.number), r.number, q.JSON))
	if err != nil {
		return err
	}
	var text string
	if err := json.Unmarshal(report, &text); err != nil {
		return err
	}
	p.mu.Lock()
	r.answer = []byte(text)
	_ = json.Unmarshal(r.answer, &r.said) // the harness reads it, too
	p.mu.Unlock()
	for range 2 { // the first answer may overtake a line that another process had to say
		if _, err := p.evaluate(ctx, "0"); err != nil {
			return err
		}
	}
	p.mu.Lock()
	begun := r.id != ""
	p.mu.Unlock()
	if !begun {
		return nil
	}
	select {
	case <-r.ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

func withoutFragment(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}
