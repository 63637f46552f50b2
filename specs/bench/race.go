package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/corsproof/corsproof/specs/internal/differential"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

// levels are the numbers of questions in flight that are tried.
var levels = []int{1, 16, 32, 64}

const mostInFlight = 64

// rates are questions per second, one number for each round.
type rates struct {
	bare, domains, proof map[int][]float64 // by the number in flight
	playwright           []float64
}

// loops are the loops that nobody looks at: with every DevTools domain off, and with
// those of corsproof on.
type loops struct{ bare, domains *bare }

// drawn is the rate of the differential, which asks corsproof and the oracle, and
// its ratio to corsproof's own rate with many in flight; one for each round.
type drawn struct{ rate, ratio []float64 }

// raced are the rates of the contestants.
type raced struct {
	all      map[*kind]*rates
	drawn    drawn
	verified *verified
}

// race lets the contestants take turns. Another one begins in each round.
func race(ctx context.Context, s settings, c *contestants) (outcome, error) {
	b, p, pw, v := loops{c.bare, c.domains}, c.proof, c.playwright, c.verified
	all := map[*kind]*rates{}
	found := raced{all: all, verified: v}
	for _, k := range kinds {
		all[k] = &rates{bare: map[int][]float64{}, domains: map[int][]float64{}, proof: map[int][]float64{}}
		measure.Progress("warming up: " + k.name)
		for _, loop := range []*bare{b.bare, b.domains} {
			if _, err := loop.run(ctx, k, s.questions, mostInFlight); err != nil {
				return nil, err
			}
		}
		if _, err := p.run(ctx, k, s.questions, mostInFlight); err != nil {
			return nil, err
		}
		if pw != nil {
			if _, err := pw.run(k, 1); err != nil {
				return nil, err
			}
		}
	}
	for round := range s.rounds {
		for _, k := range kinds {
			measure.Progress(fmt.Sprintf("round %d of %d: %s questions", round+1, s.rounds, k.name))
			if err := all[k].round(ctx, s, k, round, b, p, pw); err != nil {
				return nil, err
			}
		}
		measure.Progress(fmt.Sprintf("round %d of %d: drawn questions", round+1, s.rounds))
		own := ownSeconds(all, round)
		if err := found.drawn.round(ctx, s, round, p, own); err != nil {
			return nil, err
		}
		measure.Progress(fmt.Sprintf("round %d of %d: a policy", round+1, s.rounds))
		if err := v.round(ctx, own); err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
	}
	return found, nil
}

// ownSeconds is how long corsproof took for a question in a round, with many in
// flight: the mean of the kinds.
func ownSeconds(all map[*kind]*rates, round int) float64 {
	sum := 0.0
	for _, k := range kinds {
		sum += 1 / all[k].proof[mostInFlight][round]
	}
	return sum / float64(len(kinds))
}

// round asks as many drawn questions as corsproof was asked of both kinds.
func (d *drawn) round(ctx context.Context, s settings, round int, p *proof, own float64) error {
	run := differential.Run{Chrome: &p.chrome, Network: &p.world.network, Seed: uint64(round), Questions: 2 * s.questions}
	summary, err := run.Do(ctx)
	if err != nil {
		return err
	}
	p.asked.Add(int64(summary.Questions))
	if summary.Failed() {
		p.wrong.Add(int64(summary.Questions - summary.Agree))
		measure.Progress("")
		summary.Write(os.Stderr, &run, "Chrome")
	}
	rate := float64(summary.Questions) / summary.Elapsed.Seconds()
	d.rate, d.ratio = append(d.rate, rate), append(d.ratio, rate*own)
	return nil
}

// round is one turn of each contestant.
func (r *rates) round(ctx context.Context, s settings, k *kind, round int, b loops, p *proof, pw *playwright) error {
	for _, level := range levels {
		turns := []func() error{
			func() error {
				rate, err := b.bare.run(ctx, k, s.questions, level)
				r.bare[level] = append(r.bare[level], rate)
				return err
			},
			func() error {
				rate, err := b.domains.run(ctx, k, s.questions, level)
				r.domains[level] = append(r.domains[level], rate)
				return err
			},
			func() error {
				rate, err := p.run(ctx, k, s.questions, level)
				r.proof[level] = append(r.proof[level], rate)
				return err
			},
		}
		if round%2 == 1 {
			slices.Reverse(turns)
		}
		for _, turn := range turns {
			if err := turn(); err != nil {
				return err
			}
		}
	}
	if pw == nil {
		return nil
	}
	rate, err := pw.run(k, s.playwright)
	r.playwright = append(r.playwright, rate)
	return err
}

// best is the number in flight, greater than one, with the highest median.
func best(by map[int][]float64) int {
	found := levels[1]
	for _, level := range levels[2:] {
		if median(by[level]) > median(by[found]) {
			found = level
		}
	}
	return found
}

// ratio is the median of the ratios of the rounds: a disturbance in a round
// affects both sides of its ratio.
func ratio(a, b []float64) float64 {
	each := make([]float64, 0, len(a))
	for i := range min(len(a), len(b)) {
		each = append(each, a[i]/b[i])
	}
	return median(each)
}

// median returns 0 for nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

// printTable prints the rates of each contestant.
func (r raced) printTable() {
	fmt.Printf("%-44s", "questions a second")
	for _, k := range kinds {
		fmt.Printf("%14s", k.name)
	}
	fmt.Printf("\n")
	row := func(name string, of func(*rates) []float64) {
		fmt.Printf("  %-42s", name)
		for _, k := range kinds {
			fmt.Printf("%14s", number(median(of(r.all[k]))))
		}
		fmt.Printf("\n")
	}
	for _, level := range levels {
		row("bare loop, "+inFlight(level), func(r *rates) []float64 { return r.bare[level] })
	}
	for _, level := range levels {
		row("loop with DevTools on, "+inFlight(level), func(r *rates) []float64 { return r.domains[level] })
	}
	for _, level := range levels {
		row("corsproof, "+inFlight(level), func(r *rates) []float64 { return r.proof[level] })
	}
	row("Playwright, a new context for each", func(r *rates) []float64 { return r.playwright })
	fmt.Printf("  %-42s%14s\n", fmt.Sprintf("the differential, %d in flight", mostInFlight), number(median(r.drawn.rate)))
	for _, times := range r.verified.times {
		fmt.Printf("  %-42s%14s\n", fmt.Sprintf("verify, each probe asked %d times", times), number(median(r.verified.rates[times].rate)))
	}
}

func (r raced) wanted() (list []result) {
	for _, k := range kinds {
		r := r.all[k]
		b, p := best(r.bare), best(r.proof)
		top := r.proof[p]
		list = append(list,
			atLeast(fmt.Sprintf("%s: many in flight / bare loop, at their best (%d, %d)", k.name, p, b), ratio(top, r.bare[b]), 0.6),
			atLeast(fmt.Sprintf("%s: many in flight / bare loop, both with %d", k.name, mostInFlight),
				ratio(r.proof[mostInFlight], r.bare[mostInFlight]), 0.6),
			atLeast(fmt.Sprintf("%s: many in flight / loop with DevTools on, both with %d", k.name, mostInFlight),
				ratio(r.proof[mostInFlight], r.domains[mostInFlight]), 0.9),
			atLeast(k.name+": many in flight / Playwright", ratio(top, r.playwright), 100),
			atMost(k.name+": bare loop / corsproof, one at a time", ratio(r.bare[1], r.proof[1]), 4))
	}
	for _, times := range r.verified.times {
		list = append(list, atLeast(fmt.Sprintf("verify, each probe asked %d times / corsproof's mean with %d", times, mostInFlight), median(r.verified.rates[times].ratio), 0.5))
	}
	return append(list, atLeast(fmt.Sprintf("the differential / corsproof's mean of both, both with %d", mostInFlight), median(r.drawn.ratio), 0.5))
}
