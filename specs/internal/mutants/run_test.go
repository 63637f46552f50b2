package mutants

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
)

// A mutant is killed by what was seen. Missing evidence kills nothing.
func TestJudge(t *testing.T) {
	right := states{"list": conform.Asked, "star": conform.WasRefused}
	cell := func(id string, v conform.Verdict) conform.Cell {
		return conform.Cell{ID: id, Verdict: v, Policy: "list", Why: "so"}
	}
	for _, test := range []struct {
		name   string
		result conform.ResultOfPolicy
		state  State
		by     string
	}{
		{"as the reference", conform.ResultOfPolicy{Name: "list", State: conform.Asked, Verdicts: []conform.Cell{cell("K01", conform.Pass)}}, "", ""},
		{"refused, as the reference", conform.ResultOfPolicy{Name: "star", State: conform.WasRefused, Verdicts: []conform.Cell{cell("K01", conform.Refused)}}, "", ""},
		{"a verdict", conform.ResultOfPolicy{Name: "list", State: conform.Asked, Verdicts: []conform.Cell{cell("K01", conform.Pass), cell("K02", conform.FailOpen)}}, Killed, "K02"},
		{"a verdict beside a missing one", conform.ResultOfPolicy{Name: "list", State: conform.Asked, Verdicts: []conform.Cell{cell("K01", conform.NoVerdict), cell("K02", conform.FailClosed)}}, Killed, "K02"},
		{"a verdict before the fault", conform.ResultOfPolicy{Name: "list", State: conform.Faulty, Verdicts: []conform.Cell{cell("K02", conform.FailOpen), cell("K03", conform.NoVerdict)}}, Killed, "K02"},
		{"another state", conform.ResultOfPolicy{Name: "star", State: conform.Asked, Verdicts: []conform.Cell{cell("K01", conform.Pass)}}, Killed, "star"},
		{"no start", conform.ResultOfPolicy{Name: "list", State: conform.Faulty, Verdicts: []conform.Cell{cell("K01", conform.NoVerdict)}}, Unclear, "list"},
		{"no evidence", conform.ResultOfPolicy{Name: "list", State: conform.Asked, Verdicts: []conform.Cell{cell("K01", conform.Pass), cell("K02", conform.NoVerdict)}}, Unclear, "K02"},
		{"no evidence, in another state", conform.ResultOfPolicy{Name: "star", State: conform.Asked, Verdicts: []conform.Cell{cell("K02", conform.NoVerdict)}}, Unclear, "K02"},
	} {
		if state, by, _ := right.judge(test.result); state != test.state || by != test.by {
			t.Errorf("%s: %q by %q, want %q by %q", test.name, state, by, test.state, test.by)
		}
	}
}

// tiny is a run whose library has the given text.
func tiny(t *testing.T, source string) *Run {
	t.Helper()
	r := &Run{Dir: t.TempDir(), Temp: t.TempDir()}
	for name, text := range map[string]string{"go.mod": "module tiny\n\ngo 1.26\n", "adapter/main.go": source} {
		file := filepath.Join(r.Dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// A mutant does not compile only where the unchanged library does.
func TestBuild(t *testing.T) {
	const right, wrong = "package main\n\nfunc main() {}\n", "package main\n\nfunc main() { none() }\n"
	mutant := func(source string) *Mutant { return &Mutant{File: "adapter/main.go", Source: []byte(source)} }
	r := tiny(t, right)
	if _, err := r.build(t.Context(), "good", mutant(right)); err != nil {
		t.Error(err)
	}
	var stillborn *conform.NotRunError
	if _, err := r.build(t.Context(), "bad", mutant(wrong)); !errors.As(err, &stillborn) || !strings.Contains(stillborn.Why, "undefined: none") {
		t.Errorf("a mutant that does not compile: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(r.Temp, "*-unchanged")); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
	if _, err := tiny(t, wrong).build(t.Context(), "bad", mutant(wrong)); err == nil || errors.As(err, &stillborn) || !strings.Contains(err.Error(), "the unchanged library cannot be built either") {
		t.Errorf("a machine that builds nothing: %v", err)
	}
	killer := filepath.Join(t.TempDir(), "killer")
	if err := os.WriteFile(killer, []byte("#!/bin/sh\ncase \"$*\" in *killed.go*) kill -9 $$;; esac\nexec \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-toolexec="+killer)
	if _, err := r.build(t.Context(), "killed", mutant(wrong)); err == nil || errors.As(err, &stillborn) {
		t.Errorf("a compiler that is killed: %v", err)
	}
	interrupt := errors.New("interrupt signal received")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interrupt)
	if _, err := r.build(ctx, "late", mutant(wrong)); !errors.Is(err, interrupt) {
		t.Errorf("an interrupted build: %v", err)
	}
}

// An interrupt is named, and a run that ended early has no result.
func TestEnding(t *testing.T) {
	interrupt, lost := errors.New("interrupt signal received"), errors.New("Chrome is gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	if err := ending(ctx, conform.Matrix{}, nil); err != nil {
		t.Error(err)
	}
	if err := ending(ctx, conform.Matrix{}, lost); !errors.Is(err, lost) {
		t.Error(err)
	}
	if err := ending(ctx, conform.Matrix{Ended: "out of time"}, nil); err == nil || err.Error() != "out of time" {
		t.Error(err)
	}
	cancel(interrupt)
	if err := ending(ctx, conform.Matrix{Ended: "x"}, lost); !errors.Is(err, interrupt) {
		t.Error(err)
	}
}

// A mutant that panics is dead, and one that answers is not. Where the unchanged library
// does not answer either, the machine may be the cause.
func TestDead(t *testing.T) {
	var network servers.Network
	if err := network.Start(); err != nil {
		t.Fatal(err)
	}
	defer network.Close()
	dir, err := filepath.Abs(reference)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(dir, "cors.go"))
	if err != nil {
		t.Fatal(err)
	}
	r := &Run{Network: &network, Client: network.Client(), Dir: dir, Temp: t.TempDir()}
	built := func(name, before, after string) *library {
		t.Helper()
		changed := strings.Replace(string(source), before, after, 1)
		program, err := r.build(t.Context(), name, &Mutant{File: "cors.go", Source: []byte(changed)})
		if err != nil {
			t.Fatal(err)
		}
		return &library{Adapter: process.Adapter{Called: name, Network: &network, Command: []string{program}}, run: r, built: true}
	}
	right := built("right", "", "")
	starts := built("starts", `regexp.MustCompile("^[`, `regexp.MustCompile("^([`)
	answers := built("answers", "add: func() { c.add(w.Header(), r) }", "")
	preflights := built("preflights", "if c.MaxAge != nil {", "if true {\n\t\tc.MaxAge = nil")
	policy := policies()[0].Name
	r.unchanged = right.Adapter
	for l, want := range map[*library]bool{right: false, starts: true, answers: true, preflights: true} {
		if got := r.dead(t.Context(), l, policy); got != want {
			t.Errorf("%s: dead: %v, want %v", l.Called, got, want)
		}
	}
	r.unchanged = starts.Adapter
	if r.dead(t.Context(), answers, policy) {
		t.Error("dead on a machine where the unchanged library does not start")
	}
	if answers.built = false; r.dead(t.Context(), answers, policy) {
		t.Error("dead before it was built")
	}
}
