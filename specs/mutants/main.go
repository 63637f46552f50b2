// Command mutants tests the conformance suite: it changes each rule of the reference
// library of servers/reference, and has `corsproof conform` ask each mutant.
//
//	make mutants
//	make mutants N=20 SEED=7
//	go run ./specs/mutants -only 'cors.go add'
//	go run ./specs/mutants -list
//
// The exit status is 1 if a mutant survives that is not listed as equivalent, 2 for invalid
// arguments, and 3 for no answer: no Chrome, a reference library that does not pass, a
// mutant without a verdict, or an interrupt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
	"github.com/corsproof/corsproof/specs/internal/measure"
	"github.com/corsproof/corsproof/specs/internal/mutants"
)

func main() {
	n := flag.Int("n", 0, "how many mutants are drawn (default: all)")
	seed := flag.Uint64("seed", 1, "what draws them")
	only := flag.String("only", "", "only the mutants that have this text in their names")
	list := flag.Bool("list", false, "list the mutants, and ask nothing")
	atOnce := flag.Int("at-once", 3, "how many mutants are asked at a time")
	flag.Parse()
	if *n < 0 || *atOnce < 1 || flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "mutants: want numbers of 0 and more, and only flags as arguments: %s\n", strings.Join(flag.Args(), " "))
		flag.Usage()
		os.Exit(2)
	}
	dir, err := filepath.Abs("servers/reference")
	var all []mutants.Mutant
	if err == nil {
		all, err = mutants.Of(dir, mutants.Files...)
	}
	if err != nil {
		fail(err)
	}
	all = slices.DeleteFunc(all, func(m mutants.Mutant) bool { return !strings.Contains(m.Key(), *only) })
	all = mutants.Choose(all, *n, *seed)
	if *list {
		for _, m := range all {
			fmt.Printf("%s:%d %s\n", m.File, m.Line, m.Key())
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, dir, all, *atOnce)
	stop()
	os.Exit(status)
}

// fail ends the program without an answer.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "mutants:", err)
	os.Exit(3)
}

// run asks the mutants, prints what became of them, and returns the exit status.
func run(ctx context.Context, dir string, all []mutants.Mutant, atOnce int) int {
	temp, err := os.MkdirTemp("", "corsproof-mutants-")
	if err != nil {
		fail(err)
	}
	defer os.RemoveAll(temp)
	var network servers.Network
	chrome := process.Browser(&network)
	var outcomes []mutants.Outcome
	if err = network.Start(); err == nil {
		r := mutants.Run{Browser: chrome, Network: &network, Client: network.Client(), Dir: dir, Temp: temp, Mutants: all, AtOnce: atOnce}
		r.Progress = func(done int, o mutants.Outcome) {
			if o.State == mutants.Survived || o.State == mutants.Unclear {
				measure.Progress("")
				fmt.Println(said(o))
			}
			measure.Progress(fmt.Sprintf("%s %d of %d mutants", measure.Bar(done, len(all)), done, len(all)))
		}
		outcomes, err = r.Do(ctx)
		measure.Progress("")
		err = errors.Join(err, chrome.Close(), network.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		return 3
	}
	return summary(outcomes)
}

// said is what became of a mutant, and why there is no verdict.
func said(o mutants.Outcome) string {
	text := strings.TrimSpace(fmt.Sprintf("%s %s:%d %s %s", o.State, o.File, o.Line, o.Key(), o.By))
	if o.State == mutants.Unclear {
		text += ": " + o.Why
	}
	return text
}

// summary prints what became of the mutants, and returns the exit status.
func summary(outcomes []mutants.Outcome) int {
	count := map[mutants.State]int{}
	by := map[string]int{}
	for _, o := range outcomes {
		count[o.State]++
		if o.State == mutants.Killed {
			by[o.By]++
		}
	}
	unclear := count[mutants.Unclear] + count[mutants.NotAsked]
	fmt.Printf("%d mutants: %d killed, %d survived, %d equivalent, %d do not compile, %d without a verdict\n", len(outcomes),
		count[mutants.Killed], count[mutants.Survived], count[mutants.Unnoticed], count[mutants.Stillborn], unclear)
	var names []string
	for name := range by {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Printf("  %-10s killed %d\n", name, by[name])
	}
	switch {
	case unclear > 0:
		return 3
	case count[mutants.Survived] > 0:
		return 1
	}
	return 0
}
