package shards

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// system is a system that splits a job over machines. It tells each machine its place in
// environment variables.
type system struct {
	name string
	// index and total are the names of the variables. Kubernetes has no variable for the total.
	index, total string
	first        int // the index of the first machine
	// single is the total in a job that is not split and has no index. Empty: no variable is
	// set in such a job.
	single string
	// status is the variable with the name of a file that a split program creates. Empty: none.
	status string
}

// systems are the systems that [Find] knows. GitHub Actions is not among them: it has
// index and total in expressions, and never in the environment.
//
//	GitLab     https://docs.gitlab.com/ci/variables/predefined_variables/
//	CircleCI   https://circleci.com/docs/reference/variables/
//	Buildkite  https://buildkite.com/docs/pipelines/configure/environment-variables
//	Bitbucket  https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
//	Semaphore  https://docs.semaphoreci.com/reference/env-vars
//	Azure      https://learn.microsoft.com/azure/devops/pipelines/build/variables
//	Bazel      https://bazel.build/reference/test-encyclopedia#test-sharding
//	Kubernetes https://kubernetes.io/docs/tasks/job/indexed-parallel-processing-static/
var systems = []system{
	{name: "GitLab", index: "CI_NODE_INDEX", total: "CI_NODE_TOTAL", first: 1, single: "1"},
	{name: "CircleCI", index: "CIRCLE_NODE_INDEX", total: "CIRCLE_NODE_TOTAL"},
	{name: "Buildkite", index: "BUILDKITE_PARALLEL_JOB", total: "BUILDKITE_PARALLEL_JOB_COUNT"},
	{name: "Bitbucket", index: "BITBUCKET_PARALLEL_STEP", total: "BITBUCKET_PARALLEL_STEP_COUNT"},
	{name: "Semaphore", index: "SEMAPHORE_JOB_INDEX", total: "SEMAPHORE_JOB_COUNT", first: 1},
	{name: "Azure Pipelines", index: "SYSTEM_JOBPOSITIONINPHASE", total: "SYSTEM_TOTALJOBSINPHASE", first: 1},
	{name: "Bazel", index: "TEST_SHARD_INDEX", total: "TEST_TOTAL_SHARDS", status: "TEST_SHARD_STATUS_FILE"},
	{name: "Kubernetes", index: "JOB_COMPLETION_INDEX"},
}

// Place is the place of this machine among the machines of one run: the Index-th of Of,
// from 1. System names the systems that gave the index.
type Place struct {
	Index, Of int
	System    string
}

// Find reads the place of this machine from the environment. total is the number of
// machines that the user gave, or 0. It fails, with all faults at once, if no system gives a
// place, if a system gives half of it, and if two systems give different places: a wrong
// place leaves probes out, and nobody sees it. A program that keeps to the place calls
// [Announce].
func Find(getenv func(string) string, total int) (Place, []error) {
	var found Place
	var names []string
	var faults []error
	for _, s := range systems {
		place, err := s.place(getenv, total)
		switch {
		case err != nil:
			faults = append(faults, err)
		case place.Of == 0:
		case found.Of > 0 && (found.Index != place.Index || found.Of != place.Of):
			faults = append(faults, fmt.Errorf("%s says %d/%d, and %s says %d/%d: give the shard as numbers, such as --shard %d/%d",
				names[0], found.Index, found.Of, s.name, place.Index, place.Of, found.Index, found.Of))
		default:
			found, names = place, append(names, s.name)
		}
	}
	if len(faults) == 0 && found.Of == 0 {
		faults = append(faults, notFound(getenv))
	}
	if len(faults) > 0 {
		return Place{}, faults
	}
	found.System = strings.Join(names, " and ")
	return found, nil
}

// notFound is the fault where no system gives a place.
func notFound(getenv func(string) string) error {
	if getenv("GITHUB_ACTIONS") != "" {
		return errors.New("GitHub Actions gives no index to programs: with a matrix such as shard: [1, 2, 3], give --shard ${{ matrix.shard }}/${{ strategy.job-total }}")
	}
	names := make([]string, len(systems))
	for i, s := range systems {
		names[i] = s.name + " (" + s.index + ")"
	}
	return fmt.Errorf("no environment variable has the index of this machine. Known are %s. Is the job split? If another system splits it, give the shard as numbers, such as --shard 2/5", strings.Join(names, ", "))
}

// place reads the place that the system gives. Its zero value: the system gives none.
func (s system) place(getenv func(string) string, given int) (Place, error) {
	index := getenv(s.index)
	total := ""
	if s.total != "" {
		total = getenv(s.total)
	}
	switch {
	case index == "" && (total == "" || total == s.single):
		return Place{}, nil
	case index == "":
		return Place{}, fmt.Errorf("%s: %s is %s, but %s is missing: pass both to corsproof", s.name, s.total, total, s.index)
	case total == "" && given == 0 && s.total == "":
		return Place{}, fmt.Errorf("%s: %s is %s, but %s gives no total: give the completions of the job, such as --shard auto/5", s.name, s.index, index, s.name)
	case total == "" && given == 0:
		return Place{}, fmt.Errorf("%s: %s is %s, but %s is missing: pass both to corsproof", s.name, s.index, index, s.total)
	case total == "":
		return s.numbered(index, given)
	}
	of := Number(total)
	switch {
	case of < 1:
		return Place{}, fmt.Errorf("%s: %s is %q: want the number of machines, 1 or more", s.name, s.total, total)
	case given > 0 && of != given:
		return Place{}, fmt.Errorf("%s: %s is %d, but --shard auto/%d says %d: give --shard auto", s.name, s.total, of, given, given)
	}
	return s.numbered(index, of)
}

// numbered reads the index of a place among so many.
func (s system) numbered(index string, of int) (Place, error) {
	i, last := Number(index), s.first+of-1
	if i < s.first || i > last {
		return Place{}, fmt.Errorf("%s: %s is %q: want a number from %d to %d", s.name, s.index, index, s.first, last)
	}
	return Place{Index: i - s.first + 1, Of: of}, nil
}

// Number reads a decimal number without a sign. It returns -1 for any other text.
func Number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || text[0] == '+' || text[0] == '-' {
		return -1
	}
	return n
}

// Announce creates the files by which a system learns that the program asks its part only.
// Without its file, Bazel fails the run.
func Announce(getenv func(string) string) error {
	var failed []error
	for _, s := range systems {
		if s.status == "" || getenv(s.index) == "" || getenv(s.status) == "" {
			continue
		}
		file, err := os.OpenFile(getenv(s.status), os.O_WRONLY|os.O_CREATE, 0o644)
		if err == nil {
			err = file.Close()
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %s: %w", s.name, s.status, err))
		}
	}
	return errors.Join(failed...)
}
