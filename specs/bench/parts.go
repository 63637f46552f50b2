package main

import (
	"context"
	"fmt"
	"os"

	"github.com/corsproof/corsproof/harness"
)

// contestants ask the same questions, in turns.
type contestants struct {
	world      *world
	proof      *proof
	bare       *bare // nil: no part asks it
	domains    *bare // nil: no part asks it
	playwright *playwright
	verified   *verified
}

// startContestants starts the contestants that the parts need, and says which Chrome asks.
func startContestants(ctx context.Context, s settings, w *world) (c *contestants, about harness.Chrome, err error) {
	c = &contestants{world: w, proof: &proof{world: w, chrome: harness.Browser{Path: w.chrome, Network: &w.network}}}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if about, err = c.proof.chrome.Chrome(ctx); err != nil {
		return c, about, err
	}
	if c.verified, err = newVerified(w); err != nil {
		return c, about, err
	}
	if !s.measures(partRates) && !s.measures(partMemory) {
		return c, about, nil
	}
	if c.bare, err = startBare(ctx, w, w.chrome, about.Flags, deaf()); err != nil {
		return c, about, fmt.Errorf("the bare loop: %w", err)
	}
	if c.domains, err = startBare(ctx, w, w.chrome, about.Flags, attentive()); err != nil {
		return c, about, fmt.Errorf("the loop with the DevTools domains on: %w", err)
	}
	var without error
	if c.playwright, without = startPlaywright(ctx, w); without != nil {
		fmt.Fprintln(os.Stderr, "bench: without Playwright:", without)
	}
	return c, about, nil
}

// wrong says whether an answer was wrong.
func (c *contestants) wrong() bool {
	for _, b := range []*bare{c.bare, c.domains} {
		if b != nil && b.wrong > 0 {
			return true
		}
	}
	return c.proof.wrong.Load() > 0 || c.playwright.wrongs() > 0
}

func (c *contestants) close() {
	if c.verified != nil {
		c.verified.close()
	}
	c.playwright.close()
	for _, b := range []*bare{c.domains, c.bare} {
		if b != nil {
			b.close()
		}
	}
	c.proof.close()
}

// outcome is what a part measured.
type outcome interface {
	// wanted are the ratios that have a bound.
	wanted() []result
}

// part is something that is measured, with a name for -only.
type part struct {
	name    string
	measure func(context.Context, settings, *contestants) (outcome, error)
}

// The parts that need the loops that nobody looks at.
const (
	partRates  = "rates"
	partMemory = "memory"
)

// parts are measured in this order.
var parts = []part{
	{partRates, race},
	{"starts", startups},
	{"diagnosed", diagnoses},
	{"costs", costs},
	{"shards", shardings},
	{"endpoint", endpoints},
	{"firefox", firefoxes},
	{"watch", watches},
	{partMemory, memory},
}

func partNames() []string {
	names := make([]string, 0, len(parts))
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}
