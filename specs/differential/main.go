// Command differential draws questions, asks Chrome and the oracle of package
// harness/oracle, and prints where they disagree.
//
//	make differential N=100000 SEED=1
//	make differential N=1 SEED=1 FIRST=4711
//	make differential N=100000 SHARD=auto
//	go run ./specs/differential -question '{"request":{"from":"https://app.test","url":"{0}"},"hops":[{"origin":"https://api.test"}]}'
//
// A seed and a number always draw the same question; -question asks a question
// that was printed before, or written by hand. With -shard each of several machines asks
// its part of the questions, and the parts are all questions. The exit status is 1 for a
// disagreement or, in a run, a question without evidence, 2 for invalid
// arguments, and 3 for no answer: no Chrome, no evidence on a single question, or
// an interrupt (the summary has the questions that were asked by then).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/specs/internal/differential"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // as the corsproof command does
	}
	var net servers.Network
	chrome := harness.Browser{Network: &net, Timeout: time.Minute, MaxPages: differential.Pages, Windowless: true}
	run := differential.Run{Chrome: &chrome, Network: &net}
	flag.Uint64Var(&run.Seed, "seed", 1, "the seed that draws the questions")
	flag.Uint64Var(&run.First, "first", 0, "the number of the first question")
	flag.IntVar(&run.Questions, "n", 10_000, "how many questions")
	shard := flag.String("shard", "", "ask one part of the questions: 2/5, or auto or auto/5 as in corsproof verify --shard")
	browser := flag.String("browser", "chrome", "the browser to ask: chrome or firefox")
	question := flag.String("question", "", "ask this one question, in JSON, and print the result of each request")
	flag.Parse()
	if run.Questions < 1 || flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "differential: want at least one question, and only flags as arguments: -n %d %s\n", run.Questions, strings.Join(flag.Args(), " "))
		flag.Usage()
		os.Exit(2)
	}
	switch *browser {
	case "chrome":
	case "firefox":
		chrome.Kind = harness.Firefox
	default:
		fmt.Fprintf(os.Stderr, "differential: -browser %s: want chrome or firefox\n", *browser)
		os.Exit(2)
	}
	part, err := take(&run, *shard, os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "differential:", err)
		os.Exit(2)
	}
	ask := func(ctx context.Context, run *differential.Run) int { return ask(ctx, run, part) }
	if *question != "" {
		q, err := differential.Read(*question)
		if err == nil && part != "" {
			err = errors.New("-question asks one question: remove -shard")
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "differential:", err)
			os.Exit(2)
		}
		ask = func(ctx context.Context, run *differential.Run) int { return one(ctx, run, q) }
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := 3
	if err := net.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "differential:", err)
	} else {
		status = ask(ctx, &run)
	}
	stop()
	if err := errors.Join(chrome.Close(), net.Close()); err != nil {
		fmt.Fprintln(os.Stderr, "differential:", err)
	}
	os.Exit(status)
}

// one asks one question and prints it.
func one(ctx context.Context, run *differential.Run, q differential.Question) int {
	agree, err := run.Show(ctx, os.Stdout, q)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "differential:", err)
		return 3
	case !agree:
		return 1
	}
	return 0
}

// take leaves the run only the questions of a shard, and returns how the shard is printed.
func take(run *differential.Run, text string, getenv func(string) string) (part string, err error) {
	if text == "" {
		return "", nil
	}
	shard, err := finding.ReadShard(text, getenv)
	if err != nil {
		return "", err
	}
	first, count := shard.Range(run.Questions)
	if count == 0 {
		return "", fmt.Errorf("shard %s has no question: there are %d questions: use fewer shards, or a larger -n", shard, run.Questions)
	}
	run.First, run.Questions = run.First+uint64(first), count
	return shard.Describe(), nil
}

// warm is how many questions are asked before memory is first measured.
const warm = 5000

// ask runs and prints, and returns the exit status. part, unless empty, is the part of the
// questions that the run has.
func ask(ctx context.Context, run *differential.Run, part string) int {
	about, err := run.Chrome.Chrome(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "differential:", err)
		return 3
	}
	var early, late measure.Memory
	run.Progress = func(done, disagree int) {
		if done == warm {
			early = measure.Look()
		}
		measure.Progress(fmt.Sprintf("%s %d of %d questions, %d to explain", measure.Bar(done, run.Questions), done, run.Questions, disagree))
	}
	summary, err := run.Do(ctx)
	late = measure.Look()
	measure.Progress("")
	if part != "" {
		fmt.Printf("part %s\n", part)
	}
	summary.Write(os.Stdout, run, about.Version)
	if early.Heap > 0 {
		fmt.Printf("\nmemory after %d questions and at the end: heap %s, %s; Chrome, all processes %s, %s; open pages %d\n", warm,
			measure.Megabytes(early.Heap), measure.Megabytes(late.Heap), measure.Megabytes(early.Chrome), measure.Megabytes(late.Chrome), run.Chrome.OpenPages())
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "differential: interrupted: the summary is about the questions that were asked so far")
		return 3
	case summary.Failed():
		return 1
	}
	return 0
}
