package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/corsproof/corsproof/harness"
)

// givenFlags says whether the command line has a flag. Nil: there is no command
// line.
type givenFlags func(name string) bool

func (g givenFlags) has(name string) bool { return g != nil && g(name) }

// choiceVar adds a flag with a closed list of values, and completes them.
func choiceVar[T ~string](c *cobra.Command, target *T, name string, value T, text string, allowed ...T) *choice[T] {
	*target = value
	v := &choice[T]{target: target, allowed: allowed}
	c.Flags().Var(v, name, text)
	// The only possible error is that the flag does not exist.
	_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(v.words(), cobra.ShellCompDirectiveNoFileComp))
	return v
}

// choice is the value of a flag with a closed list of values.
type choice[T ~string] struct {
	target  *T
	allowed []T
	// explained are values that the question refuses with a reason of its own.
	explained []T
}

var _ pflag.Value = (*choice[string])(nil)

func (v *choice[T]) String() string {
	if v.target == nil {
		return ""
	}
	return string(*v.target)
}

func (v *choice[T]) words() []string {
	var list []string
	for _, word := range v.allowed {
		list = append(list, string(word))
	}
	return list
}

// Type is what help shows as the value: the list, or a name if the list is long.
func (v *choice[T]) Type() string {
	if len(v.allowed) > 6 {
		return "word"
	}
	return strings.Join(v.words(), "|")
}

func (v *choice[T]) Set(text string) error {
	if !slices.Contains(v.allowed, T(text)) && !slices.Contains(v.explained, T(text)) {
		near := nearest(text, v.words())
		if len(near) == 0 && len(text) > 1 {
			near = slices.DeleteFunc(v.words(), func(word string) bool { return !strings.Contains(word, text) && !strings.Contains(text, word) })
		}
		if len(near) > 0 {
			return fmt.Errorf("did you mean %s? It takes %s", strings.Join(near, " or "), strings.Join(v.words(), "|"))
		}
		return fmt.Errorf("want %s", strings.Join(v.words(), "|"))
	}
	*v.target = T(text)
	return nil
}

// shardValues says in --help which values --shard takes.
const shardValues = "2/5, or auto, which takes index and total from the CI system (GitLab, CircleCI, Buildkite, Bitbucket, Semaphore, Azure Pipelines, Bazel), or auto/5 for a Kubernetes Indexed Job with 5 completions"

// headerLines reads "Name: value" arguments of a flag.
func headerLines(flag string, lines []string) (harness.Header, error) {
	var header harness.Header
	var faults []error
	for _, line := range lines {
		field, err := harness.ParseField(line)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s %w", flag, err))
			continue
		}
		header = append(header, field)
	}
	return header, errors.Join(faults...)
}

// policyFiles completes the names of policies.
func policyFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}
