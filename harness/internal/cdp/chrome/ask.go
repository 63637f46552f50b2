package chrome

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/cdp/trace"
	"github.com/corsproof/corsproof/harness/internal/engine"
)

// waiting is a question with a caller that waits for its evidence.
type waiting struct {
	engine.Question
	number   int64 // never changes once the question is in the queue
	given    bool  // given up before it was sent
	evidence chan engine.Evidence
	failed   chan error
}

// inFlight bounds the questions in flight on one page. More of them make Chrome
// slower, not faster.
const inFlight = 64

// maxQuestions bounds the questions of a page: DevTools keeps a record of every
// request for as long as the page stays.
const maxQuestions = 10_000

// Ask asks a question and returns all that was observed: see [engine.Page].
func (p *Page) Ask(ctx context.Context, question engine.Question) (engine.Evidence, error) {
	if p.relay != nil {
		if what := p.relay.cannot(p.options, question.JSON); what != "" {
			return engine.Evidence{}, p.chrome.foreignCannot(what)
		}
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return engine.Evidence{Missing: []string{"a free place in the page"}}, ctx.Err()
	case <-p.ctx.Done():
		return engine.Evidence{}, p.gone()
	}
	if p.controller != nil {
		if p.Retired() { // a question that was given up may still be with the service worker
			return engine.Evidence{}, engine.ErrUnasked
		}
		if err := p.instruct(question.Controller); err != nil {
			return engine.Evidence{}, err
		}
	}
	over, err := p.takeAnswer(ctx)
	if err != nil {
		return engine.Evidence{Missing: []string{"the end of a question that has another answer to the prompt for the local network"}}, err
	}
	defer over()
	w := p.enqueue(question)
	select {
	case evidence := <-w.evidence:
		return evidence, p.unreached(evidence)
	case err := <-w.failed:
		return p.abandon(w), err
	case <-ctx.Done():
		return p.abandon(w), ctx.Err()
	case <-p.ctx.Done():
		return p.abandon(w), p.gone()
	}
}

// gone says why the page is gone.
func (p *Page) gone() error {
	if err := p.lost(p.ctx.Err()); errors.Is(err, engine.ErrLost) {
		return err
	}
	return errors.New("the page was closed")
}

// abandon gives a question up, and cancels the request in the page.
func (p *Page) abandon(w *waiting) engine.Evidence {
	p.mu.Lock()
	w.given = true
	p.mu.Unlock()
	record := p.assembler.Abandon(w.number)
	p.Retire()                                                                   // its script may be stuck
	go func() { _ = p.evaluate(fmt.Sprintf("corsproof.abort(%d)", w.number)) }() // the page may be gone
	return p.evidence(record)
}

// enqueue puts a question in the queue and makes sure that it is sent.
func (p *Page) enqueue(question engine.Question) *waiting {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == maxQuestions {
		p.Retire()
	}
	w := &waiting{Question: question, number: p.next, evidence: make(chan engine.Evidence, 1), failed: make(chan error, 1)}
	p.next++
	p.assembler.Expect(w.number, trace.Waiter{
		URL: w.URL, Upgraded: w.Upgraded, Request: w.Request, Frame: w.Frame, Preflights: w.Preflights, WireUnseen: p.wireUnseen, Controlled: p.controller != nil,
		Done:  func(r trace.Record) { w.evidence <- p.evidence(r) },
		Fence: func() { go p.fence(w.number) },
	})
	p.queue = append(p.queue, w)
	if !p.sending {
		p.sending = true
		go p.send()
	}
	return w
}

// send asks the questions in the queue until it is empty. Questions that come
// while Chrome takes a batch make the next batch, so that one command carries
// as many questions as there are.
func (p *Page) send() {
	for {
		batch, script := p.batch()
		if batch == nil {
			return
		}
		if err := p.evaluate(script); err != nil {
			for _, w := range batch {
				w.failed <- err
			}
		}
	}
}

// batch takes the queue and writes the script that asks it, with one question each
// line: the line in the stack of a request identifies its question. A question
// that was given up has an empty line.
func (p *Page) batch() ([]*waiting, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	batch := p.queue
	p.queue = nil
	p.sending = batch != nil
	if batch == nil {
		return nil, ""
	}
	var b strings.Builder
	for _, w := range batch {
		if !w.given {
			fmt.Fprintf(&b, "void corsproof.ask(%d,%s);", w.number, w.JSON)
		}
		b.WriteByte('\n')
	}
	b.WriteString("//# sourceURL=" + trace.SourceURL(batch[0].number))
	return batch, b.String()
}

// fence waits for an answer of the renderer and then of the network service.
// Each answers after it has sent all earlier events.
func (p *Page) fence(number int64) {
	if p.evaluate("0") != nil || !p.controllerAnswers() {
		return // the page is gone
	}
	if _, err := chromedp.Call(p.wire, network.GetCookies, network.GetCookiesParams{}); err == nil {
		p.assembler.Fenced(number)
	}
}
