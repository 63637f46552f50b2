package chrome

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/trace"
)

// Question is what a page is asked.
type Question struct {
	JSON    json.RawMessage // of a harness.Request
	URL     string          // see [trace.Waiter]
	Request bool            // see [trace.Waiter]
}

// waiting is a question that somebody waits for.
type waiting struct {
	Question
	number int64
	record chan trace.Record
	failed chan error
}

// inFlight bounds the questions in flight on one page. More of them make Chrome
// slower, not faster.
const inFlight = 64

// Ask asks a question and returns all that was
// observed. When the context ends first, the Record names what was missing and
// the error is that of the context; when Chrome ends, the error is ErrLost.
func (p *Page) Ask(ctx context.Context, question Question) (trace.Record, error) {
	unlock, err := p.lock(ctx, question.URL)
	if err != nil {
		return trace.Record{Missing: []string{"the end of another question for the same URL"}}, err
	}
	defer unlock()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return trace.Record{Missing: []string{"a free place in the page"}}, ctx.Err()
	case <-p.ctx.Done():
		return trace.Record{}, p.gone()
	}
	w := &waiting{Question: question, record: make(chan trace.Record, 1), failed: make(chan error, 1)}
	p.enqueue(w)
	select {
	case record := <-w.record:
		return record, nil
	case err := <-w.failed:
		return p.abandon(w), err
	case <-ctx.Done():
		return p.abandon(w), ctx.Err()
	case <-p.ctx.Done():
		return p.abandon(w), p.gone()
	}
}

// lock makes sure that one question at a time is known by a URL.
func (p *Page) lock(ctx context.Context, url string) (func(), error) {
	if url == "" {
		return func() {}, nil
	}
	for {
		p.mu.Lock()
		taken := p.urls[url]
		if taken == nil {
			free := make(chan struct{})
			p.urls[url] = free
			p.mu.Unlock()
			return func() {
				p.mu.Lock()
				delete(p.urls, url)
				p.mu.Unlock()
				close(free)
			}, nil
		}
		p.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// gone says why the page is no more.
func (p *Page) gone() error {
	if p.crashed.Load() && p.chrome.Alive() {
		return crashError{}
	}
	if err := p.chrome.lost(p.ctx.Err()); errors.Is(err, ErrLost) {
		return err
	}
	return errors.New("the page was closed")
}

// abandon gives a question up: the request is cancelled in the page, too.
func (p *Page) abandon(w *waiting) trace.Record {
	p.mu.Lock()
	number := w.number
	w.number = -1 // not to be sent any more
	p.mu.Unlock()
	if number <= 0 {
		return trace.Record{Missing: []string{"a turn to ask"}}
	}
	record := p.assembler.Abandon(number)
	go p.evaluate("corsproof.abort(" + strconv.FormatInt(number, 10) + ")") //nolint:errcheck // the page may be gone
	return record
}

// enqueue puts a question in the queue and sees to it that somebody sends it.
func (p *Page) enqueue(w *waiting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, w)
	if !p.sending {
		p.sending = true
		go p.send()
	}
}

// send asks what is in the queue until it is empty. What comes in while Chrome
// takes a batch makes the next one, so that one command carries many questions
// when there are many, and one when there is one.
func (p *Page) send() {
	for {
		batch := p.batch()
		if batch == nil {
			return
		}
		if err := p.evaluate(script(batch)); err != nil {
			for _, w := range batch {
				w.failed <- err
			}
		}
	}
}

// batch takes the queue and gives its questions their numbers.
func (p *Page) batch() []*waiting {
	p.mu.Lock()
	defer p.mu.Unlock()
	var batch []*waiting
	for _, w := range p.queue {
		if w.number < 0 {
			continue
		}
		w.number = p.next
		p.next++
		p.assembler.Expect(w.number, trace.Waiter{
			URL: w.URL, Request: w.Request,
			Done:  func(r trace.Record) { w.record <- r },
			Fence: func() { go p.fence(w.number) },
		})
		batch = append(batch, w)
	}
	p.queue = nil
	p.sending = batch != nil
	return batch
}

// script writes a batch with one question each line: the line in the stack of a
// request tells whose it is.
func script(batch []*waiting) string {
	var b strings.Builder
	for _, w := range batch {
		fmt.Fprintf(&b, "void corsproof.ask(%d,%s);\n", w.number, w.JSON)
	}
	b.WriteString("//# sourceURL=" + trace.SourceURL(batch[0].number))
	return b.String()
}

// fence waits for the renderer and then for the network service to answer, which
// they do after they have sent what they had to send before.
func (p *Page) fence(number int64) {
	if p.evaluate("0") != nil {
		return // the page is gone
	}
	if _, err := chromedp.Call(p.ctx, network.GetCookies, network.GetCookiesParams{}); err == nil {
		p.assembler.Fenced(number)
	}
}
