package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/sync/errgroup"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

// cost is what Chrome's process tree works for: CPU seconds by build, one number for each
// round. They depend on the other load of a machine far less than the times of a clock.
type cost struct {
	name  string
	bound float64 // of the headless shell's share of a full Chrome's; 0: none
	spent map[string][]float64
}

// The costs of a question on an open page, beside the names of [costsOnce].
const (
	warm          = "a warm question"
	warmInBrowser = "  in the browser's own process"
	warmInNetwork = "  in the network service"
	warmInPage    = "  in the page's process"
	domainsLoop   = "a question of a loop, DevTools on"
	bareLoop      = "a question of a loop, DevTools off"
)

var warmMany = fmt.Sprintf("%s, %d in flight", warm, costedInFlight)

// costs measures a Chrome of its own in each round, of each build that is there, while no
// other works.
func costs(ctx context.Context, s settings, c *contestants) (outcome, error) {
	list := costList{
		{name: "a start", bound: 0.5}, {name: "a new page", bound: 0.5}, {name: "a reused tab"}, {name: "a profile"},
		{name: warm, bound: 0.7}, {name: warmInBrowser}, {name: warmInNetwork}, {name: warmInPage}, {name: warmMany, bound: 0.7},
		{name: domainsLoop}, {name: bareLoop},
	}
	for round := range s.rounds {
		for _, build := range []string{headlessShell, fullChrome} {
			path := findBuild(build)
			if path == "" {
				continue
			}
			measure.Progress(fmt.Sprintf("CPU seconds of a %s, round %d of %d", build, round+1, s.rounds))
			spent := map[string]float64{}
			if err := costsOnce(ctx, c.world, path, spent); err != nil {
				return nil, fmt.Errorf("CPU seconds of a %s: %w", build, err)
			}
			for _, c := range list {
				if c.spent == nil {
					c.spent = map[string][]float64{}
				}
				c.spent[build] = append(c.spent[build], spent[c.name])
			}
		}
	}
	return list, nil
}

// costList are the costs of one run of the bench.
type costList []*cost

// printTable prints the medians of the rounds.
func (list costList) printTable() {
	fmt.Printf("%-44s%16s%14s\n", "CPU milliseconds of Chrome's processes", headlessShell, fullChrome)
	for _, c := range list {
		fmt.Printf("  %-42s%16s%14s\n", c.name, number(1000*median(c.spent[headlessShell])), number(1000*median(c.spent[fullChrome])))
	}
}

// share is the headless shell's share of a cost.
func (list costList) share(name string) float64 {
	for _, c := range list {
		if c.name == name {
			return ratio(c.spent[headlessShell], c.spent[fullChrome])
		}
	}
	return 0
}

// wanted are the shares that have a bound.
func (list costList) wanted() (results []result) {
	for _, c := range list {
		if c.bound == 0 {
			continue
		}
		r := atMost("CPU of "+c.name+": headless shell / full Chrome", list.share(c.name), c.bound)
		if c.name == warm {
			r.note = fmt.Sprintf("A loop in the page that nobody looks at: %.2f with the same DevTools domains on, %.2f with none. Both builds ask with the\n"+
				"same network service and the same page; what differs is the browser's own process: %.2f. See the table above.",
				list.share(domainsLoop), list.share(bareLoop), list.share(warmInBrowser))
		}
		results = append(results, r)
	}
	return results
}

// How many there are of each in a round.
const (
	costedPages     = 8
	costedProfiles  = 4
	costedQuestions = 400
	costedInFlight  = 16
)

// costsOnce notes a number for each of the names in costs.
func costsOnce(ctx context.Context, w *world, path string, spent map[string]float64) error {
	chrome := harness.Browser{Path: path, Network: &w.network, MaxPages: costedPages}
	defer chrome.Close()
	reply := servers.Case{Reply: servers.Reply{Header: harness.Header{{Name: "Access-Control-Allow-Origin", Value: "*"}}, Body: answer}}
	url := w.network.Add(reply).URL(apiOrigin)
	var asked atomic.Int64
	// ask asks from a page, whose question is read.
	ask := func(fetch func(context.Context, harness.Request) (harness.Observation, error), from string) error {
		o, err := fetch(ctx, harness.Request{From: from, URL: fmt.Sprint(url, "/", asked.Add(1))})
		if err == nil && o.Verdict != harness.Readable {
			err = fmt.Errorf("verdict %q", o.Verdict)
		}
		return err
	}
	pages := func(prefix string) func() error {
		return func() error {
			for i := range costedPages {
				if err := ask(chrome.Fetch, fmt.Sprintf("https://%s%d.test", prefix, i)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	steps := []struct {
		name  string
		times int
		do    func() error
	}{
		{"a start", 1, func() error { return chrome.Start(ctx) }},
		{"a new page", costedPages, pages("new")},
		{"a reused tab", costedPages, pages("reused")},
		{"a profile", costedProfiles, func() error {
			for range costedProfiles {
				profile := harness.Profile{Browser: &chrome}
				defer profile.Close()
				if err := ask(profile.Fetch, pageOrigin); err != nil {
					return err
				}
			}
			return nil
		}},
		{warm, costedQuestions, func() error {
			for range costedQuestions {
				if err := ask(chrome.Fetch, "https://reused0.test"); err != nil {
					return err
				}
			}
			return nil
		}},
		{warmMany, costedQuestions, func() error {
			var askers errgroup.Group
			askers.SetLimit(costedInFlight)
			for range costedQuestions {
				askers.Go(func() error { return ask(chrome.Fetch, "https://reused0.test") })
			}
			return askers.Wait()
		}},
	}
	before := measure.ChromeCPU()
	for _, step := range steps {
		parts := measure.ChromeCPUByKind()
		if err := step.do(); err != nil {
			return err
		}
		after := idleCPU(ctx)
		spent[step.name] = (after - before) / float64(step.times)
		before = after
		if step.name == warm {
			now := measure.ChromeCPUByKind()
			for name, kind := range map[string]string{warmInBrowser: measure.BrowserProcess, warmInNetwork: measure.NetworkProcess, warmInPage: measure.PageProcess} {
				spent[name] = (now[kind] - parts[kind]) / float64(step.times)
			}
		}
	}
	about, err := chrome.Chrome(ctx)
	if err != nil {
		return err
	}
	if err := chrome.Close(); err != nil {
		return err
	}
	for name, domains := range map[string]chromedp.Action[chromedp.Void]{domainsLoop: attentive(), bareLoop: deaf()} {
		if spent[name], err = costOfLoop(ctx, w, path, about.Flags, domains); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// costOfLoop is the cost of a question of a loop that nobody looks at, one at a time.
func costOfLoop(ctx context.Context, w *world, path string, flags []string, domains chromedp.Action[chromedp.Void]) (float64, error) {
	loop, err := startBare(ctx, w, path, flags, domains)
	if err != nil {
		return 0, err
	}
	defer loop.close()
	before := idleCPU(ctx)
	if _, err := loop.run(ctx, simple, costedQuestions, 1); err != nil {
		return 0, err
	}
	if loop.wrong > 0 {
		return 0, errWrong
	}
	return (idleCPU(ctx) - before) / costedQuestions, nil
}

// idleCPU waits until Chrome has nothing left to do, and returns its CPU seconds. A page
// that has answered may not have finished what it began beside that.
func idleCPU(ctx context.Context) float64 {
	const look, most = 300 * time.Millisecond, 0.01
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	last := measure.ChromeCPU()
	for range 20 {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return last
		}
		now := measure.ChromeCPU()
		if now-last <= most {
			return now
		}
		last = now
	}
	return last
}
