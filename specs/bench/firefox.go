package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

// firefoxLevels are the numbers of questions in flight in Firefox: one of its pages takes no more.
var firefoxLevels = []int{1, 16}

// firefoxRates are questions per second in Firefox, one number for each round, by the kind and
// then by the number in flight. The loop runs in a page of corsproof's own Firefox, so that the
// same events come from it, to nobody who waits for them.
type firefoxRates struct {
	loop, proof map[*kind]map[int][]float64
}

// firefoxes asks in Firefox and lets a loop in its page ask, in turns.
func firefoxes(ctx context.Context, s settings, c *contestants) (outcome, error) {
	found := firefoxRates{map[*kind]map[int][]float64{}, map[*kind]map[int][]float64{}}
	p := &proof{world: c.world, chrome: harness.Browser{Kind: harness.Firefox, Network: &c.world.network, Timeout: 2 * time.Minute}}
	defer p.close()
	if _, err := p.chrome.Chrome(ctx); errors.Is(err, harness.ErrNoFirefox) {
		fmt.Fprintln(os.Stderr, "bench: without Firefox:", err)
		return found, nil
	}
	n := max(s.questions/4, firefoxLevels[1]) // Firefox is that much slower
	for round := range s.rounds + 1 {         // the first warms up
		measure.Progress(fmt.Sprintf("round %d of %d: Firefox", round, s.rounds))
		for _, k := range kinds {
			if found.loop[k] == nil {
				found.loop[k], found.proof[k] = map[int][]float64{}, map[int][]float64{}
			}
			for _, level := range firefoxLevels {
				loop, asked, err := firefoxTurns(ctx, c.world, p, k, n, level, round%2 == 1)
				if err != nil {
					return found, err
				}
				if round > 0 {
					found.loop[k][level] = append(found.loop[k][level], loop)
					found.proof[k][level] = append(found.proof[k][level], asked)
				}
			}
		}
	}
	c.proof.asked.Add(p.asked.Load())
	c.proof.wrong.Add(p.wrong.Load())
	return found, nil
}

// firefoxTurns returns the rates of the loop and of corsproof.
func firefoxTurns(ctx context.Context, w *world, p *proof, k *kind, n, level int, reversed bool) (loop, asked float64, err error) {
	turns := []func() error{
		func() (err error) {
			loop, err = firefoxLoop(ctx, w, p, k, n, level)
			return err
		},
		func() (err error) {
			asked, err = p.run(ctx, k, n, level)
			return err
		},
	}
	if reversed {
		slices.Reverse(turns)
	}
	return loop, asked, errors.Join(turns[0](), turns[1]())
}

// firefoxLoop lets the page ask n questions, and returns how many it answered in a second.
func firefoxLoop(ctx context.Context, w *world, p *proof, k *kind, n, inFlight int) (float64, error) {
	base, first := w.take(k, n)
	value, err := p.chrome.Evaluate(ctx, pageOrigin, loopOf(base, first, n, inFlight, k))
	if err != nil {
		return 0, err
	}
	rate, wrong, err := rateOf(value, n)
	p.wrong.Add(int64(wrong))
	return rate, err
}

// printTable prints the medians of the rounds.
func (f firefoxRates) printTable() {
	fmt.Printf("%-44s", "questions a second in Firefox")
	for _, k := range kinds {
		fmt.Printf("%14s", k.name)
	}
	fmt.Println()
	row := func(name string, of map[*kind]map[int][]float64, level int) {
		fmt.Printf("  %-42s", name+", "+inFlight(level))
		for _, k := range kinds {
			fmt.Printf("%14s", number(median(of[k][level])))
		}
		fmt.Println()
	}
	for _, level := range firefoxLevels {
		row("loop with the same events on", f.loop, level)
		row("corsproof", f.proof, level)
	}
}

func (f firefoxRates) wanted() (list []result) {
	for _, k := range kinds {
		for _, level := range firefoxLevels {
			list = append(list, atLeast(fmt.Sprintf("Firefox, %s, %s: corsproof / loop with the same events on", k.name, inFlight(level)),
				ratio(f.proof[k][level], f.loop[k][level]), 0.5))
		}
	}
	return list
}
