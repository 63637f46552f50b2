package bidi

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// inFlight bounds the questions in flight on one page.
const inFlight = 16

// Ask asks a question and returns all that was observed: see [engine.Page].
func (p *Page) Ask(ctx context.Context, q engine.Question) (engine.Evidence, error) {
	if err := p.cannot(q); err != nil {
		return engine.Evidence{}, err
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return engine.Evidence{Missing: []string{"a free place in the page"}}, context.Cause(ctx)
	case <-p.ctx.Done():
		return engine.Evidence{}, context.Cause(p.ctx)
	}
	target := targetOf(q)
	over, err := p.firefox.urls.Take(ctx, turnOf(target))
	if err != nil {
		return engine.Evidence{Missing: []string{"the end of another question for the same URL"}}, err
	}
	defer over()
	if p.options.DryRun {
		release, err := p.firefox.holdBack(ctx, target)
		if err != nil {
			return engine.Evidence{}, p.lost(err)
		}
		defer release()
	}
	r := p.begin(q, target)
	if err := p.send(ctx, r, q); err != nil {
		return p.abandon(r), err
	}
	select {
	case <-r.done:
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.asked, r.number)
		return r.evidence(), nil
	case <-ctx.Done():
		return p.abandon(r), context.Cause(ctx)
	case <-p.ctx.Done():
		return p.abandon(r), context.Cause(p.ctx)
	}
}

// targetOf is the URL of a question as browsers write it.
func targetOf(q engine.Question) string {
	var asked struct {
		URL string `json:"url"`
	}
	_ = json.Unmarshal(q.JSON, &asked) // the JSON of a harness.Request
	u, err := web.ParseURL(asked.URL, nil)
	if err != nil {
		return withoutFragment(asked.URL)
	}
	written := withoutFragment(u.String())
	if rest, ok := strings.CutPrefix(written, "ws"); ok { // Firefox tells of the handshake so
		return "http" + rest
	}
	return written
}

// begin makes the record of a question.
func (p *Page) begin(q engine.Question, target string) *record {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	r := &record{number: p.next, asks: asksOf(q), target: target, dry: p.options.DryRun, done: make(chan struct{})}
	p.asked[r.number] = r
	return r
}

// send puts the question to the script of the page.
func (p *Page) send(ctx context.Context, r *record, q engine.Question) error {
	expression := fmt.Sprintf("void corsproof.ask(%d,%s)", r.number, q.JSON)
	if p.options.Worker != "" {
		expression = fmt.Sprintf("corsproof.worker.postMessage([%d,%s])", r.number, q.JSON)
	}
	_, err := p.firefox.evaluate(ctx, p.asker, expression)
	return p.lost(err)
}

// abandon gives a question up.
func (p *Page) abandon(r *record) engine.Evidence {
	p.Retire() // its script may be stuck
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.asked, r.number)
	return r.evidence()
}

// inOrder are the records of the questions in flight. The lock is held.
func (p *Page) inOrder() []*record {
	list := make([]*record, 0, len(p.asked))
	for _, r := range p.asked {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *record) int { return int(a.number - b.number) })
	return list
}

// reported takes reports of the script: each line has the number of a question and JSON.
func (p *Page) reported(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for line := range strings.SplitSeq(text, "\n") {
		number, report, _ := strings.Cut(line, " ")
		n, _ := strconv.ParseInt(number, 10, 64)
		r := p.asked[n]
		if r == nil {
			p.late++
			continue
		}
		r.answer = []byte(report)
		_ = json.Unmarshal(r.answer, &r.said) // the harness reads it, too
		p.look(r)
	}
}

// look ends a question whose evidence is complete. Where the script got an error, the line of the
// console with the reason may come later: everything that was said before is there when the page
// and then the browser itself have answered. The lock is held.
func (p *Page) look(r *record) {
	switch {
	case r.settled():
		select {
		case <-r.done:
		default:
			close(r.done)
		}
	case r.dry && r.answer == nil && r.passed() && !r.givenUp:
		r.givenUp = true
		go p.giveUp(r)
	case r.answer != nil && r.fences == 0 && (r.refused() || len(r.requests) == 0):
		r.fences++
		go p.fence(r)
	}
}

// giveUp gives the request of a dry run up, once all is there that Firefox would have told of it.
func (p *Page) giveUp(r *record) {
	if p.answered() {
		_, _ = p.firefox.evaluate(p.ctx, p.asker, fmt.Sprintf("corsproof.abort(%d)", r.number)) // the page may be gone
	}
}

// fence waits for an answer of the page and then of the browser itself.
func (p *Page) fence(r *record) {
	if !p.answered() {
		return // the page is gone
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r.fenced = true
	p.look(r)
}

// answered waits for answers of the page and of the browser itself.
func (p *Page) answered() bool {
	f := p.firefox
	for _, in := range []string{p.asker, f.chrome, p.asker, f.chrome} {
		if _, err := f.evaluate(p.ctx, in, "0"); err != nil {
			return false
		}
	}
	return true
}
