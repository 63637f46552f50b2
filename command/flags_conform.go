package command

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/finding"
)

// conformMode is a flag by which conform does something in place of asking Chrome.
type conformMode struct {
	flag, does string
	// reads lists the flags that have an effect with it.
	reads []string
}

// conformModes are the modes of conform. Every other flag is refused with them: a flag
// without effect would deceive its user.
var conformModes = []conformMode{
	{"check", "asks nothing about the library", []string{"command", "libraries", "shard"}},
	{"list", "asks nothing", []string{"libraries", "shard"}},
	{"print-policy", "asks nothing", nil},
	{"from", "asks nothing", []string{"json", "verbose", "html", "markdown", "json-file", "junit", "findings", "since"}},
}

// givenNames lists the flags of the command line, in the order of --help.
func (o *conformOptions) givenNames() []string {
	var names []string
	if o.flags != nil {
		o.flags.VisitAll(func(f *pflag.Flag) {
			if f.Changed {
				names = append(names, f.Name)
			}
		})
	}
	return names
}

// withoutEffect is a fault for flags that have no effect with the mode that another flag
// chooses. Nil: there is none.
func withoutEffect(given []string) error {
	var modes []string
	var mode conformMode
	for _, m := range conformModes {
		if slices.Contains(given, m.flag) {
			modes, mode = append(modes, "--"+m.flag), m
		}
	}
	if len(modes) > 1 {
		return fmt.Errorf("want one of %s", strings.Join(modes, ", "))
	}
	var others []string
	for _, name := range given {
		if name != mode.flag && !slices.Contains(mode.reads, name) {
			others = append(others, "--"+name)
		}
	}
	if len(modes) == 0 || len(others) == 0 {
		return nil
	}
	return fmt.Errorf("--%s %s: remove %s", mode.flag, mode.does, strings.Join(others, ", "))
}

// asks says whether conform asks Chrome.
func (o *conformOptions) asks() bool { return !o.check && !o.list && o.policy == "" && o.from == nil }

// read reads the arguments, and returns all faults at once.
func (o *conformOptions) read() (shelf, error) {
	given := o.givenNames()
	faults := []error{withoutEffect(given)}
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if o.repeat < 0 || o.repeat == 0 && slices.Contains(given, "repeat") {
		fault("--repeat %d: want 1 or more", o.repeat)
	}
	if o.atOnce < 0 {
		fault("--at-once %d: want 0 (the default) or more", o.atOnce)
	}
	for _, name := range append(slices.Clone(o.policies), o.policy) {
		if _, ok := conform.PolicyNamed(name); name != "" && !ok {
			fault("there is no policy %q: want one of %s", name, strings.Join(policyNames(), ", "))
		}
	}
	switch named := len(o.names) > 0; {
	case named && o.policy != "":
		fault("--print-policy takes no name of a library: remove %q", o.names)
	case named && o.from != nil:
		fault("--from takes the libraries from the matrices: remove %q", o.names)
	case named && o.command != "":
		fault("got %q and --command: give one of the two", o.names)
	case !named && o.command == "" && o.check:
		fault("--check: name a library, or give --command")
	}
	shard, err := o.shardOf()
	faults = append(faults, err)
	if o.command != "" {
		if o.shard != "" {
			fault("--shard: --command asks one library: remove one of the two")
		}
		if o.libraries != "" {
			fault("--libraries: --command names the adapter: remove one of the two")
		}
	}
	if o.asks() {
		faults = append(faults, o.faultsOfAsking(given)...)
	}
	faults = append(faults, o.matrix.try(append(slices.Clone(o.from), o.matrix.since, o.baseline)...))
	shelf, err := o.shelf(shard)
	faults = append(faults, err)
	shelf.earlier, err = o.matrix.earlier()
	return shelf, errors.Join(append(faults, err)...)
}

// faultsOfAsking are the faults of the flags that only asking Chrome reads.
func (o *conformOptions) faultsOfAsking(given []string) []error {
	faults := []error{o.browser.fault()}
	if slices.Contains(given, "local-network") {
		faults = append(faults, errors.New("--local-network: remove it. The pages and the libraries are on this machine, so no permission is needed; corsproof ask has the flag"))
	}
	switch {
	case o.command == "" && o.baseline != "":
		faults = append(faults, errors.New("--baseline needs --command: a library of the clone has its own baseline"))
	case o.command != "" && o.update && o.baseline == "":
		faults = append(faults, errors.New("--update-baseline needs --baseline FILE"))
	}
	if o.update && len(o.policies) > 0 {
		faults = append(faults, errors.New("--update-baseline: a baseline is about all policies: remove --policy"))
	}
	return faults
}

func policyNames() []string {
	var names []string
	for _, p := range conform.Policies() {
		names = append(names, p.Name)
	}
	return names
}

// shardOf reads --shard.
func (o *conformOptions) shardOf() (finding.Shard, error) {
	if o.shard == "" {
		return finding.Shard{}, nil
	}
	shard, err := finding.ReadShard(o.shard, os.Getenv)
	if err != nil {
		return shard, fmt.Errorf("--shard: %w", err)
	}
	return shard, nil
}
