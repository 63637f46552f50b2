package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// bare is a page that asks in a loop of its own, and nobody looks. With every DevTools
// domain off this Chrome cannot be faster. With the domains of corsproof on, no observer
// can be faster.
type bare struct {
	world *world
	ctx   context.Context
	stop  func()
	wrong int
}

// startBare starts a Chrome with the flags of corsproof and opens the page. domains sets
// the DevTools domains: deaf or attentive.
func startBare(ctx context.Context, w *world, path string, flags []string, domains chromedp.Action[chromedp.Void]) (*bare, error) {
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path)}
	for _, f := range flags {
		name, value, valued := strings.Cut(strings.TrimPrefix(f, "--"), "=")
		if valued {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	tab, stopTab := chromedp.NewContext(allocator)
	b := &bare{world: w, ctx: tab, stop: func() { stopTab(); stopAllocator() }}
	if err := chromedp.Do(tab, chromedp.Navigate(w.page), domains); err != nil {
		b.stop()
		return nil, err
	}
	return b, nil
}

// deaf turns off every domain that chromedp turned on.
func deaf() chromedp.Action[chromedp.Void] {
	return each(network.Disable, log.Disable, css.Disable, dom.Disable, page.Disable, inspector.Disable, cdpruntime.Disable)
}

// attentive turns the domains on and off as corsproof does for a page that asks.
func attentive() chromedp.Action[chromedp.Void] {
	return each(css.Disable, dom.Disable, audits.Enable)
}

// each calls commands one after the other.
func each(commands ...cdp.Command[cdp.Empty, cdp.Empty]) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, c := range commands {
			if _, err := cdp.Call(ctx, t, c, cdp.Empty{}); err != nil {
				return fmt.Errorf("%s: %w", c.Method, err)
			}
		}
		return nil
	})
}

func (b *bare) close() { b.stop() }

// loop asks n questions, some at the same time, and returns how long it took and
// how many answers were not the expected one.
const loop = `(async (base, first, n, inFlight, method, expected) => {
  let next = first, wrong = 0;
  const ask = async () => {
    while (next < first + n) {
      try {
        const response = await fetch(base + next++, { method });
        if (await response.text() !== expected || response.status !== 200) wrong++;
      } catch {
        wrong++;
      }
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: inFlight }, ask));
  return { seconds: (performance.now() - begin) / 1000, wrong };
})`

// run asks n questions and returns how many it answered in a second.
func (b *bare) run(ctx context.Context, k *kind, n, inFlight int) (float64, error) {
	base, first := b.world.take(k, n)
	tab, cancel := context.WithTimeout(b.ctx, time.Minute+time.Duration(n)*20*time.Millisecond)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	result, err := chromedp.Call(tab, cdpruntime.Evaluate, cdpruntime.EvaluateParams{
		Expression:   loopOf(base, first, n, inFlight, k),
		AwaitPromise: new(true), ReturnByValue: new(true),
	})
	if err != nil {
		return 0, err
	}
	if result.ExceptionDetails != nil {
		return 0, errors.New(result.ExceptionDetails.Text)
	}
	rate, wrong, err := rateOf(result.Result.Value, n)
	b.wrong += wrong
	return rate, err
}

// loopOf is the call of the loop, for n questions from the first number on.
func loopOf(base string, first int64, n, inFlight int, k *kind) string {
	return fmt.Sprintf("%s(%q, %d, %d, %d, %q, %q)", loop, base, first, n, inFlight, k.method, answer)
}

// rateOf reads what the loop returned: how many of the n questions it asked in a second, and how
// many answers were wrong.
func rateOf(returned []byte, n int) (rate float64, wrong int, err error) {
	var took struct {
		Seconds float64 `json:"seconds"`
		Wrong   int     `json:"wrong"`
	}
	if err := json.Unmarshal(returned, &took); err != nil {
		return 0, 0, err
	}
	return float64(n) / took.Seconds, took.Wrong, nil
}

// pid is the process of the bare loop's Chrome, or 0.
func (b *bare) pid() int {
	if c := chromedp.FromContext(b.ctx); c != nil && c.Browser != nil && c.Browser.Process() != nil {
		return c.Browser.Process().Pid
	}
	return 0
}
