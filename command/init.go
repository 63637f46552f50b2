package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/draft"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/wire"
)

// initOptions are the options of init.
type initOptions struct {
	url, from string
	sources   initSources
	output    string
	force     bool
	reach     reachFlags
	browser   browserFlags
}

func initCommand(s streams) *cobra.Command {
	o := &initOptions{}
	c := &cobra.Command{
		Use:   "init [URL]",
		Short: "Write a first policy: from questions, a server, a HAR, an OpenAPI file, a template",
		Long: `init writes a policy for corsproof verify, with a comment on each line.

Without a URL it asks three questions on the terminal: which server, whose pages may
read, and whether with cookies.

With a URL and --from it asks the server, as a page at that origin and as pages that
may not read, and writes what the server answers today: origins, credentials, methods,
headers, how long preflights are kept. Nothing but GET, OPTIONS and preflights is sent.

With --har it writes what the pages in a recording asked of the server that they asked
most, or of the server at URL. With --openapi it writes what the file says of the first
of its servers, or of the server at URL; files that it refers to are read if they are in
its folder. With --template it writes a policy for servers of one kind. These three send
nothing, and values of headers, cookies, bodies and queries stay out of the policy.

The file says what is, or what is described, which may be wrong: read it before you rely
on it.

Exit status: 0 written, 2 the arguments or answers are not valid, or the file exists,
3 an answer of the server is missing, and nothing was written.`,
		Example: `  corsproof init
  corsproof init https://api.example.com/v1/me --from https://app.example.com
  corsproof init http://localhost:8000/ --from http://localhost:3000 --output -
  corsproof init --har app.har
  corsproof init https://api.example.com --har app.har --output api.yaml
  corsproof init --openapi openapi.yaml --from https://app.example.com,https://www.example.com
  corsproof init --template mcp
  corsproof init http://localhost:3000/mcp --template mcp --from http://localhost:6274`,
		Args: count(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.url = args[0]
			}
			return o.run(c.Context(), s)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.from, "from", "", "the origin of the page that reads the URL, such as https://app.example.com; with --openapi and --template several, with commas")
	o.sources.add(c)
	f.StringVarP(&o.output, "output", "o", "corsproof.yaml", "the file to write; - prints the policy")
	f.BoolVar(&o.force, "force", false, "replace the file if it exists")
	o.reach.add(c)
	o.browser.add(c)
	f.Lookup("local-network").Hidden = true // the pages are loaded from this machine, and no prompt is about them
	_ = c.RegisterFlagCompletionFunc("from", cobra.NoFileCompletions)
	return c
}

// run makes the policy and writes it.
func (o *initOptions) run(ctx context.Context, s streams) error {
	if err := o.fault(s); err != nil {
		return usage(err)
	}
	d, err := o.make(ctx, s)
	if err != nil {
		return err
	}
	return o.write(s, d)
}

// make makes the policy of what the arguments name.
func (o *initOptions) make(ctx context.Context, s streams) (draft.Draft, error) {
	source := o.sources.draft(s, o.url, o.from)
	if o.url != "" && source == nil {
		return o.askTarget(ctx, s)
	}
	if source == nil {
		source = func() (draft.Draft, error) { return askWords(s) }
	}
	d, err := await(ctx, source)
	switch {
	case policy.Faults(err) != nil && o.sources.given():
		return d, usage(ofArguments(policy.Faults(err)))
	case err != nil:
		return d, usage(err)
	}
	return d, nil
}

// fault is everything that is not valid about the arguments.
func (o *initOptions) fault(s streams) error {
	var faults []error
	switch fault := o.sources.fault(); {
	case fault != nil:
		faults = append(faults, fault)
	case o.sources.given(): // URL and --from say what the file does not
	case o.url != "" && o.from == "":
		faults = append(faults, errors.New("--from is missing: name the origin of a page that reads the URL, such as --from https://app.example.com"))
	case o.url == "" && o.from != "":
		faults = append(faults, errors.New("--from needs a URL to ask: corsproof init URL --from "+o.from))
	case o.url == "" && !s.typed:
		faults = append(faults, errors.New("init asks its questions on a terminal, and standard input is not a terminal: give a URL and --from ORIGIN, or --har, --openapi or --template"))
	}
	if _, err := os.Lstat(o.output); o.output != "-" && !o.force && !errors.Is(err, fs.ErrNotExist) {
		faults = append(faults, fmt.Errorf("--output %s: the file exists, and nothing was written: name another file, or replace it with --force", o.output))
	}
	return errors.Join(append(faults, o.browser.fault())...)
}

// askTarget makes the policy of what the URL answers.
func (o *initOptions) askTarget(ctx context.Context, s streams) (draft.Draft, error) {
	ca, err := o.reach.read()
	if err != nil {
		return draft.Draft{}, usage(err)
	}
	chrome, closeTrace, err := o.browser.open()
	if err != nil {
		return draft.Draft{}, err
	}
	chrome.CA, chrome.Resolve, chrome.HTTP3 = ca, o.reach.resolve, o.reach.http3
	defer s.progress("asking " + chrome.Kind.Brand() + " ...")()
	client, err := wire.NewClient(chrome)
	if err != nil {
		return draft.Draft{}, usage(err)
	}
	defer client.CloseIdleConnections()
	d, err := draft.FromTarget(ctx, draft.Target{URL: o.url, From: o.from, Ask: func(ctx context.Context, r harness.Request) (harness.Observation, error) {
		if r.OnTheWire() {
			return wire.Fetch(ctx, client, r)
		}
		if chrome.Kind != "" { // no other browser checks local network access
			r.AddressSpace = ""
		}
		return chrome.Fetch(ctx, r)
	}})
	if closing := errors.Join(chrome.Close(), closeTrace()); err == nil && closing != nil {
		return d, noAnswer(closing)
	}
	if faults := policy.Faults(err); faults != nil {
		return d, usage(ofArguments(faults))
	}
	if err != nil {
		return d, failure(ctx, err)
	}
	return d, nil
}

// ofArguments names the argument that has the fault in place of the field of the policy.
func ofArguments(faults []*policy.FaultError) error {
	var errs []error
	for _, f := range faults {
		field := f.Path[strings.LastIndexByte(f.Path, '.')+1:] // behind the resource
		if field == "credentials" || strings.HasPrefix(field, "origins") {
			f.Path = "--from"
		} else {
			f.Path = "URL"
		}
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

// write writes the policy, and says what to do with it.
func (o *initOptions) write(s streams, d draft.Draft) error {
	name := o.output
	if name == "-" {
		name = "policy.yaml"
	}
	d.Head = strings.ReplaceAll(d.Head, "FILE", name)
	if o.output == "-" {
		_, err := fmt.Fprint(s.out, d.Text())
		return written(err)
	}
	if err := finding.WriteFile(o.output, []byte(d.Text())); err != nil {
		return noAnswer(err)
	}
	_, err := fmt.Fprintf(s.err, "%s is written: read it, then run corsproof verify %s\n", o.output, o.output)
	return written(err)
}
