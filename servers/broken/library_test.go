package broken

import (
	"context"
	"regexp"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/process"
	"github.com/corsproof/corsproof/servers/reference"
)

// some is a library that is asked with some policies alone.
type some struct {
	conform.Library
	policies []string
}

func (s some) Start(ctx context.Context, p contract.Policy, host string) (conform.Served, error) {
	if !slices.Contains(s.policies, p.Name) {
		return conform.Served{Announcement: contract.Announcement{Unsupported: []string{notAsked}}}, nil
	}
	return s.Library.Start(ctx, p, host)
}

// notAsked stands for a policy that a library is not asked with.
const notAsked = "nothing: it is not asked"

// shorter are the policies, with shorter lists in the longest: it raises half of all
// questions.
func shorter() []contract.Policy {
	policies := conform.Policies()
	for i := range policies {
		if p := &policies[i]; p.Name == "list-creds" {
			p.Origins.Values = []string{p.Origins.Values[0], p.Origins.Values[1] + ":8443"}
			p.Methods, p.RequestHeaders, p.ExposeHeaders = contract.Names{"GET", "POST", "PUT"}, p.RequestHeaders[:11], p.ExposeHeaders[:1]
		}
	}
	return policies
}

// failed are the behaviours that a library breaks.
func failed(t *testing.T, r conform.Result) []string {
	t.Helper()
	var list []string
	for _, c := range r.Cells {
		switch {
		case c.Verdict.Failed():
			list = append(list, c.ID)
			t.Logf("%s %s with %s: %s", c.ID, c.Verdict, c.Policy, c.Why)
		case c.Verdict == conform.NoVerdict:
			t.Errorf("%s has no verdict: %s", c.ID, c.Why)
		}
	}
	return list
}

// Each library breaks the behaviours that it lists, and no other. The reference library,
// which they spoil, breaks none.
func TestLibraries(t *testing.T) {
	t.Parallel()
	net, chrome := start(t, conform.Cookies())
	conformed := func(policies []contract.Policy, libraries ...conform.Library) []conform.Result {
		run := conform.Run{Browser: chrome, Client: net.Client(), Libraries: libraries, Policies: policies, AtOnce: 3}
		m, err := run.Conform(t.Context())
		if err != nil || m.Ended != "" {
			t.Fatal(err, m.Ended)
		}
		t.Logf("%d requests, %.1f s", m.Requests, m.Seconds)
		return m.Libraries
	}
	whole := conformed(nil, process.Mounted{Called: "reference", Network: net, Mount: reference.Mount})[0]
	if got := failed(t, whole); got != nil {
		t.Errorf("the reference library breaks %v", got)
	}
	var libraries []conform.Library
	for _, l := range Libraries() {
		libraries = append(libraries, some{process.Mounted{Called: l.Name, Network: net, Mount: l.Mount}, l.Policies})
	}
	results := conformed(shorter(), libraries...)
	for i, l := range Libraries() {
		t.Run(l.Name, func(t *testing.T) {
			for _, p := range results[i].Policies {
				if asked := slices.Contains(l.Policies, p.Name); asked != (p.State == conform.Asked) {
					t.Errorf("the policy %s is %s: %s", p.Name, p.State, p.Text)
				}
			}
			if got := failed(t, results[i]); !slices.Equal(got, l.Caught) {
				t.Errorf("broken are %v, want %v", got, l.Caught)
			}
		})
	}
}

// reported are the behaviours that are only reported: no server breaks them.
var reported = []string{"K24", "K46", "K54", "K60"}

// Every behaviour that can be broken is broken by a library, and the rows are whole.
func TestLibrariesAreComplete(t *testing.T) {
	called := regexp.MustCompile(`^[a-z0-9-]{2,40}$`)
	var names, policies, caught []string
	for _, p := range conform.Policies() {
		policies = append(policies, p.Name)
	}
	for _, l := range Libraries() {
		if !called.MatchString(l.Name) || slices.Contains(names, l.Name) || l.Title == "" || l.Teaches == "" || len(l.Caught) == 0 || !slices.IsSorted(l.Caught) {
			t.Errorf("the row of %s is not whole, or not the only one", l.Name)
		}
		names, caught = append(names, l.Name), append(caught, l.Caught...)
		for _, p := range l.Policies {
			if !slices.Contains(policies, p) {
				t.Errorf("%s: there is no policy %s", l.Name, p)
			}
		}
	}
	for _, b := range behaviour.All() {
		if slices.Contains(caught, b.ID) == slices.Contains(reported, b.ID) {
			t.Errorf("%s: broken by a library: %v", b.ID, slices.Contains(caught, b.ID))
		}
	}
	if len(names) < 30 {
		t.Errorf("%d libraries, want at least 30", len(names))
	}
}
