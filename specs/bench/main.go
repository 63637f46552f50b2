// Command bench measures the cost of corsproof's observation: it compares with
// the same questions without observation, and with Playwright.
//
//	make bench
//	go run ./specs/bench -quick
//	go run ./specs/bench -only shards,firefox
//
// Every number is a ratio of one run on one machine. The contestants take turns
// in rounds, so that other load disturbs all of them, and the result is the
// median of the rounds. Each has a Chrome of its own, with the same flags where
// we can choose them, and all ask the same fixture network from the same origin;
// only one works at a time.
//
// It is a benchmark, not a test: a number that misses its bound is reported and
// does not change the exit status. A wrong verdict does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/corsproof/corsproof/specs/internal/measure"
)

// settings are the flags.
type settings struct {
	questions       int // of each contestant in a round
	rounds          int
	playwright      int // questions of Playwright in a round
	starts          int
	memoryQuestions int
	cpuProfile      string
	only            string
}

// measures says whether a part is measured.
func (s settings) measures(part string) bool {
	return s.only == "" || slices.Contains(strings.Split(s.only, ","), part)
}

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // as the corsproof command does
	}
	if len(os.Args) == 3 && os.Args[1] == childArgument {
		if err := child(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "bench: start-up:", err)
			os.Exit(1)
		}
		return
	}
	s := settings{playwright: 8, starts: 9}
	flag.IntVar(&s.questions, "n", 600, "questions of each contestant in a round")
	flag.IntVar(&s.rounds, "rounds", 5, "rounds")
	flag.IntVar(&s.memoryQuestions, "memory-questions", 20_000, "questions between the two looks at memory")
	flag.StringVar(&s.cpuProfile, "cpuprofile", "", "write a CPU profile of corsproof with many in flight to this file")
	flag.StringVar(&s.only, "only", "", "measure only these parts, in a list with commas: "+strings.Join(partNames(), ", "))
	quick := flag.Bool("quick", false, "a tenth of everything, to see that it works")
	flag.Parse()
	if *quick {
		s.questions, s.memoryQuestions, s.rounds, s.playwright, s.starts = max(64, s.questions/10), s.memoryQuestions/10, 2, 2, 3
	}
	if unknown := slices.DeleteFunc(strings.Split(s.only, ","), func(name string) bool { return name == "" || slices.Contains(partNames(), name) }); len(unknown) > 0 {
		fmt.Fprintf(flag.CommandLine.Output(), "-only: there is no part %s\n", strings.Join(unknown, ", "))
		flag.Usage()
		os.Exit(2)
	}
	if s.questions < 1 || s.rounds < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := bench(ctx, s)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// errWrong says that a verdict was wrong: then the numbers mean nothing.
var errWrong = errors.New("there were wrong answers, see above: the numbers mean nothing")

// bench sets everything up, measures and prints the results.
func bench(ctx context.Context, s settings) error {
	begin := time.Now()
	w, err := newWorld()
	if err != nil {
		return err
	}
	defer w.close()
	c, about, err := startContestants(ctx, s, w)
	if err != nil {
		return err
	}
	defer c.close()
	var measured []outcome
	for _, p := range parts {
		if !s.measures(p.name) {
			continue
		}
		found, err := p.measure(ctx, s, c)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		measured = append(measured, found)
	}
	if s.cpuProfile != "" {
		if err := profile(ctx, s, c.proof); err != nil {
			return err
		}
	}
	measure.Progress("")
	fmt.Printf("%s, %s, %s/%s, %d cores; Playwright %s\n", about.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU(), c.playwright.name())
	fmt.Printf("%d rounds of %d questions for each contestant (Playwright %d), medians; %s in all\n",
		s.rounds, s.questions, s.playwright, time.Since(begin).Round(time.Second))
	fmt.Printf("corsproof was asked %d questions and judged each: %d wrong\n\n", c.proof.asked.Load(), c.proof.wrong.Load())
	printTables(measured)
	printWanted(measured)
	if c.wrong() {
		return errWrong
	}
	return ctx.Err()
}

// profile asks again, for a CPU profile of this process: corsproof and the
// fixture network.
func profile(ctx context.Context, s settings, p *proof) error {
	file, err := os.Create(s.cpuProfile)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	for _, k := range kinds {
		measure.Progress("profile: " + k.name)
		if _, err := p.run(ctx, k, 4*s.questions, mostInFlight); err != nil {
			return err
		}
	}
	return nil
}
