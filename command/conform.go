package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
)

// conformOptions are the options of conform.
type conformOptions struct {
	names     []string
	command   string
	check     bool
	list      bool
	libraries string
	policies  []string
	repeat    int
	atOnce    int
	browser   browserFlags
	json      bool
}

func conformCommand(s streams) *cobra.Command {
	o := &conformOptions{}
	c := &cobra.Command{
		Use:   "conform [LIBRARY...]",
		Short: "Ask a real Chrome what CORS libraries let through",
		RunE: func(c *cobra.Command, args []string) error {
			o.names = args
			return o.run(c.Context(), s)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.command, "command", "", "ask the library behind this adapter: a command with its arguments")
	f.BoolVar(&o.check, "check", false, "check the adapter itself, and ask nothing about the library")
	f.BoolVar(&o.list, "list", false, "list the libraries, and ask nothing")
	f.StringVar(&o.libraries, "libraries", "", "the folder of the adapters (default: servers/libraries of this clone)")
	f.StringSliceVar(&o.policies, "policy", nil, "ask with these policies only")
	f.IntVar(&o.repeat, "repeat", 1, "how often each is asked, to tell flakes from findings")
	f.IntVar(&o.atOnce, "at-once", 0, "how many libraries are asked at a time (default: 2)")
	f.BoolVar(&o.json, "json", false, "print the matrix as one JSON document")
	o.browser.add(c)
	return c
}

// run asks the libraries.
func (o *conformOptions) run(ctx context.Context, s streams) error {
	chosen, folder, err := o.chosen()
	if err != nil {
		return usage(err)
	}
	if o.list {
		for _, l := range chosen {
			fmt.Fprintf(s.out, "%s\t%s\n", l.Language, l.Name)
		}
		return nil
	}
	var network servers.Network
	if err := network.Start(); err != nil {
		return noAnswer(err)
	}
	defer network.Close()
	upstream, server, err := process.Upstream()
	if err != nil {
		return noAnswer(err)
	}
	defer server.Close()
	libraries := make([]conform.Library, len(chosen))
	for i, l := range chosen {
		a := process.Adapter{Called: l.Name, Of: l.Language, Network: &network, Upstream: upstream}
		if o.command != "" {
			a.Command = strings.Fields(o.command)
		} else {
			a.Command = folder.Command(l)
			if err := folder.Setup(ctx, l.Language, l.Name); err != nil {
				libraries[i] = conform.NotRun{Called: l.Name, Of: l.Language, Why: err.Error()}
				continue
			}
		}
		libraries[i] = a
	}
	chrome, closeTrace, err := o.browser.open()
	if err != nil {
		return err
	}
	chrome.MaxPages, chrome.Windowless = 64, true
	chrome.Network, chrome.Cookies = servers.Foreign{Network: &network}, conform.Cookies()
	run := conform.Run{Browser: chrome, Client: network.Client(), Libraries: libraries, Repeat: o.repeat, AtOnce: o.atOnce}
	for _, p := range conform.Policies() {
		if slices.Contains(o.policies, p.Name) {
			run.Policies = append(run.Policies, p)
		}
	}
	run.Progress = func(p conform.Progress) { fmt.Fprintln(s.err, p.Done, p.All, p.Library, p.Policy, p.State) }
	matrix, err := run.Conform(ctx)
	err = errors.Join(err, chrome.Close(), closeTrace())
	if err != nil {
		return noAnswer(err)
	}
	for _, l := range matrix.Libraries {
		fmt.Fprintf(s.out, "%s (%s %s) %.1fs %s\n", l.Name, l.Library, l.Version, l.Seconds, l.NotRun)
		for _, c := range l.Cells {
			fmt.Fprintf(s.out, "  %s %-15s %s %s\n", c.ID, c.Verdict, c.Policy, c.Why)
		}
	}
	fmt.Fprintf(s.out, "%d requests, %.1f s\n", matrix.Requests, matrix.Seconds)
	return nil
}

// chosen are the libraries that the arguments name.
func (o *conformOptions) chosen() ([]process.Listed, process.Libraries, error) {
	if o.command != "" {
		return []process.Listed{{Name: "adapter"}}, process.Libraries{}, nil
	}
	folder, err := process.FindLibraries(o.libraries)
	if err != nil {
		return nil, folder, err
	}
	all, err := folder.List()
	if err != nil {
		return nil, folder, err
	}
	if len(o.names) == 0 {
		return all, folder, nil
	}
	return slices.DeleteFunc(all, func(l process.Listed) bool {
		return !slices.Contains(o.names, l.Name) && !slices.Contains(o.names, l.Language)
	}), folder, nil
}
