package main

import (
	"testing"

	"github.com/corsproof/corsproof/specs/internal/mutants"
)

// The exit status is 3 where a mutant has no verdict, and 1 where one survived.
func TestSummary(t *testing.T) {
	for _, test := range []struct {
		states []mutants.State
		want   int
	}{
		{[]mutants.State{mutants.Killed, mutants.Unnoticed, mutants.Stillborn}, 0},
		{[]mutants.State{mutants.Killed, mutants.Survived}, 1},
		{[]mutants.State{mutants.Killed, mutants.Unclear}, 3},
		{[]mutants.State{mutants.Survived, mutants.Unclear}, 3},
		{[]mutants.State{mutants.Killed, mutants.NotAsked}, 3},
	} {
		var outcomes []mutants.Outcome
		for _, s := range test.states {
			outcomes = append(outcomes, mutants.Outcome{State: s})
		}
		if got := summary(outcomes); got != test.want {
			t.Errorf("%v: the exit status is %d, want %d", test.states, got, test.want)
		}
	}
}
