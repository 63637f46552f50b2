package mutants

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
)

// Files are the files of the reference library that have its rules.
var Files = []string{"cors.go", "origins.go"}

// Run asks mutants. Every field but AtOnce and Progress has to be set.
type Run struct {
	_ [0]func()

	Browser *harness.Browser
	Network *servers.Network
	Client  *http.Client
	// Dir is the folder of the reference library, and Temp an empty folder.
	Dir, Temp string
	Mutants   []Mutant
	// AtOnce is how many mutants are asked at a time.
	AtOnce int
	// Progress, unless nil, is called with each mutant that is done, one call at a time.
	Progress func(done int, o Outcome)

	unchanged process.Adapter // the reference library

	mu   sync.Mutex
	done int
}

// Outcome is what became of a mutant.
type Outcome struct {
	_ [0]func()

	Mutant
	State State
	// By is the behaviour that killed it, or the policy that it takes or refuses in another
	// way than the reference library. Where there is no verdict, it is what has none.
	By string
	// Why says what was seen.
	Why string
}

// State says what became of a mutant.
type State string

// The states.
const (
	Killed    State = "killed"
	Survived  State = "survived"
	Stillborn State = "does not compile"
	Unnoticed State = "equivalent" // it survived, and is listed
	Unclear   State = "no verdict" // evidence is missing, which kills nothing
	NotAsked  State = "not asked"  // the run ended before
)

// Choose returns some of the mutants, drawn by a seed: all, where n is zero.
func Choose(all []Mutant, n int, seed uint64) []Mutant {
	if n <= 0 || n >= len(all) {
		return all
	}
	drawn := rand.New(rand.NewPCG(seed, 0)).Perm(len(all))[:n]
	slices.Sort(drawn)
	var chosen []Mutant
	for _, i := range drawn {
		chosen = append(chosen, all[i])
	}
	return chosen
}

// policies are the policies to ask with. Those that raise most questions come last: few
// mutants live so long.
func policies() []contract.Policy {
	list := conform.Policies()
	slices.Reverse(list)
	return list
}

// Do builds and asks the mutants. The error says that there is no result, such as a
// reference library that does not pass.
func (r *Run) Do(ctx context.Context) ([]Outcome, error) {
	right, err := r.reference(ctx)
	if err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, len(r.Mutants))
	libraries := make([]conform.Library, len(r.Mutants))
	for i, m := range r.Mutants {
		outcomes[i] = Outcome{Mutant: m, State: NotAsked}
		libraries[i] = &library{Adapter: process.Adapter{Called: fmt.Sprintf("mutant-%d", i+1), Network: r.Network}, run: r, outcome: &outcomes[i]}
	}
	run := conform.Run{Browser: r.Browser, Client: r.Client, Libraries: libraries, Policies: policies(), AtOnce: r.AtOnce}
	run.Enough = func(l conform.Library, p conform.ResultOfPolicy) bool {
		mutant := l.(*library)
		state, by, why := right.judge(p)
		if state == Unclear && r.dead(ctx, mutant, p.Name) {
			state, why = Killed, "it does not start, or answers nothing, and the unchanged library does both: "+why
		}
		if state != "" {
			mutant.settle(state, by, why)
			return true
		}
		if p.Name == run.Policies[len(run.Policies)-1].Name {
			if reason, listed := Equivalent[mutant.outcome.Key()]; listed {
				mutant.settle(Unnoticed, "", reason)
			} else {
				mutant.settle(Survived, "", "")
			}
		}
		return false
	}
	m, err := run.Conform(ctx)
	return outcomes, ending(ctx, m, err)
}

// ending is why a run has no result, or nil. An interrupt is named first: other errors
// follow from it.
func ending(ctx context.Context, m conform.Matrix, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	case m.Ended != "":
		return errors.New(m.Ended)
	}
	return nil
}

// reference asks the reference library itself.
func (r *Run) reference(ctx context.Context) (states, error) {
	program, err := r.build(ctx, "reference", nil)
	if err != nil {
		return nil, err
	}
	r.unchanged = process.Adapter{Called: "reference", Network: r.Network, Command: []string{program}}
	run := conform.Run{Browser: r.Browser, Client: r.Client, Libraries: []conform.Library{r.unchanged}, Policies: policies()}
	m, err := run.Conform(ctx)
	if err := ending(ctx, m, err); err != nil {
		return nil, err
	}
	right := states{}
	for _, p := range m.Libraries[0].Policies {
		right[p.Name] = p.State
		if state, by, why := right.judge(p); state != "" {
			return nil, fmt.Errorf("the reference library itself does not pass: %s: %s", by, why)
		}
	}
	return right, nil
}

// states are the states of the policies with the reference library.
type states map[string]conform.State

// judge says what the answers with one policy make of a library: it is killed by a
// behaviour or by the policy, there is no verdict, or nothing.
func (s states) judge(p conform.ResultOfPolicy) (state State, by, why string) {
	for _, c := range p.Verdicts {
		if c.Verdict.Failed() {
			return Killed, c.ID, fmt.Sprintf("%s with %s: %s", c.Verdict, c.Policy, c.Why)
		}
	}
	if p.State == conform.Faulty {
		return Unclear, p.Name, p.Text
	}
	for _, c := range p.Verdicts {
		if c.Verdict == conform.NoVerdict {
			return Unclear, c.ID, fmt.Sprintf("%s with %s: %s", c.Verdict, c.Policy, c.Why)
		}
	}
	if p.State != s[p.Name] {
		return Killed, p.Name, fmt.Sprintf("the policy is %s, and not %s: %s", p.State, s[p.Name], p.Text)
	}
	return "", "", ""
}

// dead says whether a mutant does not start with a policy, or does not answer a request,
// while the unchanged library does both at the same time. A mutant that panics is told by
// that from a machine that is out of memory.
func (r *Run) dead(ctx context.Context, l *library, policy string) bool {
	list := policies()
	at := slices.IndexFunc(list, func(p contract.Policy) bool { return p.Name == policy })
	return l.built && at >= 0 && r.answers(ctx, l.Adapter, list[at]) != nil && r.answers(ctx, r.unchanged, list[at]) == nil
}

// answers starts a library with a policy and sends requests of each kind.
func (r *Run) answers(ctx context.Context, a process.Adapter, p contract.Policy) error {
	host := "answers." + a.Called + "." + conform.Domain
	served, err := a.Start(ctx, p, host)
	if err != nil || !served.Ready {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	for _, kind := range kinds {
		err = errors.Join(err, r.send(ctx, kind.method, "https://"+host+"/ok", kind.header))
	}
	return errors.Join(err, served.Close())
}

// kinds are requests of each kind: without Origin, by a page that may read, by a stranger,
// and the preflights of both.
var kinds = []struct {
	method string
	header http.Header
}{
	{http.MethodGet, nil},
	{http.MethodGet, http.Header{"Origin": {"https://app.example.test"}}},
	{http.MethodGet, http.Header{"Origin": {"https://unlisted.evil.test"}}},
	{http.MethodOptions, http.Header{"Origin": {"https://app.example.test"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"content-type"}}},
	{http.MethodOptions, http.Header{"Origin": {"https://unlisted.evil.test"}, "Access-Control-Request-Method": {"PUT"}}},
}

// send sends a request. The error says that there is no answer.
func (r *Run) send(ctx context.Context, method, url string, header http.Header) error {
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return err
	}
	maps.Copy(request.Header, header)
	answer, err := r.Client.Do(request)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// library is a mutant, which is built when it is first started.
type library struct {
	process.Adapter
	run     *Run
	outcome *Outcome
	built   bool
}

// Start builds the mutant and starts it with a policy. The policies come one after the
// other.
func (l *library) Start(ctx context.Context, p contract.Policy, host string) (conform.Served, error) {
	if !l.built {
		program, err := l.run.build(ctx, l.Called, &l.outcome.Mutant)
		var stillborn *conform.NotRunError
		if errors.As(err, &stillborn) {
			l.settle(Stillborn, "", stillborn.Why)
		}
		if err != nil {
			return conform.Served{}, err
		}
		l.Command, l.built = []string{program}, true
	}
	return l.Adapter.Start(ctx, p, host)
}

// settle says what became of the mutant, and removes its program.
func (l *library) settle(s State, by, why string) {
	for _, name := range l.Command {
		_ = os.Remove(name) // the folder is removed in the end
	}
	r, o := l.run, l.outcome
	r.mu.Lock()
	defer r.mu.Unlock()
	o.State, o.By, o.Why = s, by, why
	r.done++
	if r.Progress != nil {
		r.Progress(r.done, *o)
	}
}

// build builds the adapter of the reference library, with a mutant in place of one of its
// files. A mutant that does not compile, while the unchanged library does, is a
// *conform.NotRunError.
func (r *Run) build(ctx context.Context, name string, m *Mutant) (program string, err error) {
	program = filepath.Join(r.Temp, name)
	replace := map[string]string{}
	if m != nil {
		changed := program + ".go"
		if err := os.WriteFile(changed, m.Source, 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(r.Dir, m.File)] = changed
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(program+".json", overlay, 0o600)
	}
	if err != nil {
		return "", err
	}
	build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-overlay", program+".json", "-o", program, "./adapter")
	build.Dir = r.Dir
	said, err := build.CombinedOutput()
	switch {
	case err == nil:
		return program, nil
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	}
	err = fmt.Errorf("go build: %w: %s", err, said)
	if m == nil || !strings.Contains(string(said), name+".go:") { // a compiler that works names the file
		return "", err
	}
	again, failed := r.build(ctx, name+"-unchanged", nil)
	if failed != nil {
		return "", fmt.Errorf("%w; the unchanged library cannot be built either: %w", err, failed)
	}
	return "", errors.Join(&conform.NotRunError{Why: string(said)}, os.Remove(again))
}
