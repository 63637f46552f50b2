package main

import (
	"fmt"

	"github.com/corsproof/corsproof/specs/internal/measure"
)

// printRates prints the rates of each contestant.
func printRates(all map[*kind]*rates) {
	fmt.Printf("%-44s", "questions a second")
	for _, k := range kinds {
		fmt.Printf("%14s", k.name)
	}
	fmt.Printf("\n")
	row := func(name string, of func(*rates) []float64) {
		fmt.Printf("  %-42s", name)
		for _, k := range kinds {
			fmt.Printf("%14s", number(median(of(all[k]))))
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
}

func inFlight(level int) string {
	if level == 1 {
		return "one at a time"
	}
	return fmt.Sprintf("%d in flight", level)
}

// number prints three digits, and a dash for nothing.
func number(v float64) string {
	switch {
	case v == 0:
		return "-"
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// result is a number with its bound.
type result struct {
	name   string
	wanted string
	is     string
	ok     bool
	known  bool
}

// atLeast and atMost judge a number; 0 means that it was not measured.
func atLeast(name string, v, bound float64) result {
	return result{name, "at least " + number(bound), number(v), v >= bound, v > 0}
}

func atMost(name string, v, bound float64) result {
	return result{name, "at most " + number(bound), number(v), v <= bound, v > 0}
}

// printWanted prints the ratios that have a bound, and whether they reach it.
func printWanted(all map[*kind]*rates, drawn drawn, verified *verified, starts startTimes, diagnosed diagnosed, costs []*cost, sharded sharded, transports transports, kept kept) {
	var list []result
	for _, k := range kinds {
		r := all[k]
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
	for _, times := range verified.times {
		list = append(list, atLeast(fmt.Sprintf("verify, each probe asked %d times / corsproof's mean with %d", times, mostInFlight), median(verified.rates[times].ratio), 0.5))
	}
	list = append(list, wantedCosts(costs)...)
	list = append(list,
		atLeast(fmt.Sprintf("the differential / corsproof's mean of both, both with %d", mostInFlight), median(drawn.ratio), 0.5),
		atMost(fmt.Sprintf("start to first verdict / chromedp's first answer (%.0f ms, %.0f ms)",
			1000*median(starts.proof), 1000*median(starts.chromedp)), ratio(starts.proof, starts.chromedp), 1.3),
		atMost(fmt.Sprintf("diagnose / ask, from the start of Chrome to its end (%.0f ms, %.0f ms)",
			1000*median(diagnosed.diagnose), 1000*median(diagnosed.ask)), ratio(diagnosed.diagnose, diagnosed.ask), 3),
		atMost(fmt.Sprintf("%d shards / one run of %d probes, CPU of Chrome (%.1f s, %.1f s)",
			shardsOf, sharded.probes, median(sharded.shards), median(sharded.one)), ratio(sharded.shards, sharded.one), 1.3),
		atLeast(fmt.Sprintf("a Chrome that runs already, by websocket / one of our own, by pipe, both with %d", mostInFlight),
			ratio(transports.socket, transports.pipe), 0.5),
		result{fmt.Sprintf("Go heap over %d questions", kept.questions), "flat",
			measure.Megabytes(kept.heap[0]) + " to " + measure.Megabytes(kept.heap[1]), kept.flatHeap(), true},
		result{fmt.Sprintf("open pages over %d questions", kept.questions), "flat",
			fmt.Sprintf("%d to %d", kept.pages[0], kept.pages[1]), kept.flatPages(), true},
		result{"events that came after their verdict", "0", fmt.Sprint(kept.lateEvents), kept.lateEvents == 0, true})
	missed := 0
	fmt.Printf("%-72s%-14s%-22s\n", "ratios (median of the rounds)", "wanted", "is")
	for _, r := range list {
		verdict := "reached"
		switch {
		case !r.known:
			verdict = "not measured"
		case !r.ok:
			verdict = "MISSED"
			missed++
		}
		fmt.Printf("  %-70s%-14s%-22s%s\n", r.name, r.wanted, r.is, verdict)
	}
	if kept.chrome[1] > 0 {
		fmt.Printf("  %-70s%-14s%s to %s\n", "Chrome's resident memory meanwhile, all processes", "",
			measure.Megabytes(kept.chrome[0]), measure.Megabytes(kept.chrome[1]))
	}
	fmt.Println()
	if missed > 0 {
		fmt.Printf("missed: %d of %d\n", missed, len(list))
	} else {
		fmt.Println("none missed")
	}
}
