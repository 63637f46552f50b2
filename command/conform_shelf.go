package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
)

// shelf is what is chosen of the libraries, with what is known of each.
type shelf struct {
	folder  process.Libraries
	chosen  []process.Listed
	command []string // of an adapter that is not of the folder
	shard   finding.Shard
	// baselines are the files of the baselines, by name of the library, and what they say.
	files     map[string]string
	baselines map[string]conform.Baseline
	// earlier is the matrix to compare with, or nil.
	earlier *conform.Matrix
}

// ownName is the name of the library of --command.
const ownName = "adapter"

// shelf chooses libraries, and reads their baselines. shard is the part of the libraries to
// ask.
func (o *conformOptions) shelf(shard finding.Shard) (shelf, error) {
	b := shelf{shard: shard, files: map[string]string{}, baselines: map[string]conform.Baseline{}}
	if o.command != "" {
		b.command, b.chosen = strings.Fields(o.command), []process.Listed{{Name: ownName}}
		b.files[ownName] = o.baseline
		return b, b.read(o.update)
	}
	if o.policy != "" || o.from != nil {
		return b, nil
	}
	var err error
	if b.folder, err = process.FindLibraries(o.libraries); err != nil {
		return b, fmt.Errorf("%w; for an adapter of your own, give --command", err)
	}
	all, err := b.folder.List()
	if err != nil {
		return b, err
	}
	if err := b.choose(all, o.names); err != nil {
		return b, err
	}
	if b.shard.Of > 0 {
		b.chosen = part(b.chosen, b.shard)
	}
	for _, l := range b.chosen {
		b.files[l.Name] = filepath.Join(b.folder.Dir(l), "baseline.yaml")
	}
	return b, b.read(o.update)
}

// part is one of several parts of a list. A language with at least as many libraries as
// there are parts is in each part, because the libraries are in the order of languages.
func part(list []process.Listed, s finding.Shard) []process.Listed {
	var chosen []process.Listed
	for i, l := range list {
		if i%s.Of == s.Index-1 {
			chosen = append(chosen, l)
		}
	}
	return chosen
}

// choose takes the libraries and languages that are named: all, where none is.
func (b *shelf) choose(all []process.Listed, names []string) error {
	var faults []error
	for _, name := range names {
		if !slices.ContainsFunc(all, func(l process.Listed) bool { return l.Name == name || l.Language == name }) {
			faults = append(faults, fmt.Errorf("there is no library and no language %q: see corsproof conform --list", name))
		}
	}
	b.chosen = slices.DeleteFunc(slices.Clone(all), func(l process.Listed) bool {
		return len(names) > 0 && !slices.Contains(names, l.Name) && !slices.Contains(names, l.Language)
	})
	return errors.Join(faults...)
}

// read reads the baselines that are there.
func (b *shelf) read(update bool) error {
	var faults []error
	for name, file := range b.files {
		if file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) && (update || b.command == nil) {
			continue
		}
		var baseline conform.Baseline
		switch {
		case err != nil:
		case update:
			baseline, err = conform.BaselineToUpdate(file, text)
		default:
			baseline, err = conform.ReadBaseline(file, text)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		b.baselines[name] = baseline
	}
	return errors.Join(faults...)
}

// expected applies the baselines.
func (b *shelf) expected(m conform.Matrix) conform.Matrix {
	for i, l := range m.Libraries {
		if baseline, ok := b.baselines[l.Name]; ok && l.NotRun == "" {
			m.Libraries[i] = baseline.Apply(l)
		}
	}
	return m
}

// update writes the baselines of the libraries that were asked with every policy. From then
// on they are the baselines of the shelf.
func (b *shelf) update(s streams, m conform.Matrix) error {
	var faults []error
	for _, l := range m.Libraries {
		if l.NotRun != "" {
			continue
		}
		if i := slices.IndexFunc(l.Policies, func(p conform.ResultOfPolicy) bool { return p.State == conform.Faulty }); i >= 0 {
			// Without its verdicts, failures and their reasons would be lost.
			fmt.Fprintf(s.err, "%s: not updated: the adapter failed with the policy %s: %s\n", b.files[l.Name], l.Policies[i].Name, l.Policies[i].Text)
			continue
		}
		updated := b.baselines[l.Name].Update(l)
		text, err := updated.YAML()
		if err == nil {
			err = finding.WriteFile(b.files[l.Name], text)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		b.baselines[l.Name] = updated
		fmt.Fprintf(s.err, "%s: expected failures: %d", b.files[l.Name], len(updated.Failures))
		if ids := updated.Unexplained(); len(ids) > 0 {
			fmt.Fprintf(s.err, "; write the reason of %s into the file: corsproof refuses the file until each has one", strings.Join(ids, ", "))
		}
		fmt.Fprintln(s.err)
	}
	return errors.Join(faults...)
}

// print lists the libraries.
func (b *shelf) print(w io.Writer) error {
	for _, l := range b.chosen {
		if _, err := fmt.Fprintf(w, "%-10s %s\n", l.Language, l.Name); err != nil {
			return noAnswer(err)
		}
	}
	return nil
}

// serve starts what libraries are served with, calls ask, and ends it. before, unless nil, is
// called before the network ends. closing is the error of ending.
func (b *shelf) serve(ask func(network *servers.Network) error, before func() error) (closing, err error) {
	var network servers.Network
	if err := network.Start(); err != nil {
		return nil, err
	}
	err = ask(&network)
	if before != nil {
		closing = before()
	}
	return errors.Join(closing, network.Close()), err
}

// adapter is the adapter of a library.
func (b *shelf) adapter(l process.Listed, network *servers.Network) process.Adapter {
	command := b.command
	if command == nil {
		command = b.folder.Command(l)
	}
	return process.Adapter{Called: l.Name, Of: l.Language, Command: command, Network: network}
}

// setup builds what libraries of one language need.
func (b *shelf) setup(ctx context.Context, s streams, language string, names ...string) error {
	if b.command != nil {
		return nil
	}
	defer s.progress(fmt.Sprintf("building %s (%s) ...", strings.Join(names, ", "), language))()
	return b.folder.Setup(ctx, language, names...)
}

// build builds all adapters, language by language, because a build tool shares work. It
// returns the errors of the libraries that cannot be built, by name: they are not run, and
// keep no other from being asked.
func (b *shelf) build(ctx context.Context, s streams) map[string]error {
	byLanguage := map[string][]string{}
	for _, l := range b.chosen {
		byLanguage[l.Language] = append(byLanguage[l.Language], l.Name)
	}
	failed := map[string]error{}
	for _, language := range slices.Sorted(maps.Keys(byLanguage)) {
		names := byLanguage[language]
		err := b.setup(ctx, s, language, names...)
		for _, name := range names {
			if err != nil && len(names) > 1 && ctx.Err() == nil {
				failed[name] = b.setup(ctx, s, language, name) // which one is it?
			} else {
				failed[name] = err
			}
		}
	}
	return failed
}

// libraries returns the libraries to ask, with their adapters built.
func (b *shelf) libraries(ctx context.Context, s streams, network *servers.Network) ([]conform.Library, error) {
	failed := b.build(ctx, s)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	list := make([]conform.Library, len(b.chosen))
	for i, l := range b.chosen {
		if err := failed[l.Name]; err != nil {
			list[i] = conform.NotRun{Called: l.Name, Of: l.Language, Why: err.Error()}
		} else {
			list[i] = b.adapter(l, network)
		}
	}
	return list, nil
}

// printPolicy prints a policy as an adapter reads it.
func printPolicy(w io.Writer, name string) error {
	p, _ := conform.PolicyNamed(name)
	if _, err := fmt.Fprintln(w, conform.PolicyText(p)); err != nil {
		return noAnswer(err)
	}
	return nil
}
