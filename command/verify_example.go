package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/broken"
)

// examplePolicy is the first policy that a new user sees.
const examplePolicy = "policies/example.yaml"

// firstPolicy is a policy that shows its most usual fields, indented.
const firstPolicy = `  target: https://api.example.com
  origins: [https://app.example.com, https://*.example.com]   # or any, or none
  credentials: true
  methods: [GET, PUT]
  requestHeaders: [Content-Type]
  resources:                  # the paths to ask; the rest is inherited
    - path: /v1/me
    - path: /public/status
      origins: any
      credentials: false
`

// runExample verifies a server of our own that is wrong in four ways.
func (o *verifyOptions) runExample(ctx context.Context, s streams) error {
	if o.target != "" || o.baseline != "" || o.update || o.watch.watch {
		return usage(errors.New("without a policy, verify runs its example, which has its own target and no baseline, and does not change: name a policy"))
	}
	text, err := fixtures.FS.ReadFile(examplePolicy)
	if err != nil {
		return noAnswer(err)
	}
	p, err := policy.Parse("example.yaml", text, os.LookupEnv)
	if err != nil {
		return usage(err)
	}
	run, err := o.prepare(p, "example.yaml")
	if err != nil {
		return usage(err)
	}
	if o.list {
		return o.printList(ctx, s, run)
	}
	var network servers.Network
	if _, err := (broken.Shop{}).Install(&network); err != nil {
		return noAnswer(err)
	}
	if err := network.Start(); err != nil {
		return noAnswer(err)
	}
	defer network.Close()
	run.Client = network.Client()
	found, closing, err := o.verify(ctx, s, &run, servers.Foreign{Network: &network})
	if err != nil {
		return err
	}
	if err := errors.Join(o.report.save(s, found), closing); err != nil {
		return noAnswer(err)
	}
	return o.explainExample(s, found)
}

// explainExample says what the example teaches. The example succeeds if it is
// broken as expected.
func (o *verifyOptions) explainExample(s streams, found finding.Report) error {
	if found.Ended != "" || found.Count(finding.Inconclusive) > 0 {
		return exitOfReport(found)
	}
	caught := map[broken.Probe]broken.Mistake{}
	for _, m := range broken.ShopMistakes() {
		for _, p := range m.Caught {
			caught[p] = m
		}
	}
	var lessons []broken.Mistake
	for _, f := range found.Findings {
		m, expected := caught[broken.Probe{ID: f.ID, Key: f.Key}]
		switch {
		case f.Outcome == finding.Broken && !expected:
			return noAnswer(fmt.Errorf("the example ended with an unexpected result: %s %s is broken", f.ID, f.Key))
		case f.Outcome == finding.Broken && !slices.ContainsFunc(lessons, func(l broken.Mistake) bool { return l.Name == m.Name }):
			lessons = append(lessons, m)
		}
	}
	if o.report.json {
		return nil
	}
	fmt.Fprintf(s.out, "\nThis was an example: an API that is wrong in %d ways on purpose, and passes its tests of header strings.\n", len(broken.ShopMistakes()))
	for _, m := range lessons {
		fmt.Fprintf(s.out, "\n%s %s.\n  %s\n", m.Path, m.Title, m.Teaches)
	}
	fmt.Fprintf(s.out, `
Verify your own:

  corsproof verify policy.yaml

with a policy.yaml such as

%s
which corsproof init writes for you.

`, firstPolicy)
	return nil
}
