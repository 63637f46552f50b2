package verify

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"sync"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// answers are the verdicts on each request of a run: several probes ask the same, and a
// server that answers them in two ways breaks one and holds another. The zero value is
// ready to use.
type answers struct {
	mu   sync.Mutex
	seed maphash.Seed
	of   map[uint64]*answer
}

// answer counts the verdicts on one request.
type answer struct {
	readable, blocked int
	told              bool
}

// key tells requests apart. The lock is held.
func (a *answers) key(r harness.Request) uint64 {
	text, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("%T cannot be written as JSON: %v", r, err)) // it is plain data
	}
	return maphash.Bytes(a.seed, text)
}

// add counts an answer.
func (a *answers) add(r harness.Request, seen harness.Observation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of, a.seed = map[uint64]*answer{}, maphash.MakeSeed()
	}
	key := a.key(r)
	if a.of[key] == nil {
		a.of[key] = &answer{}
	}
	switch seen.Verdict {
	case harness.Readable:
		a.of[key].readable++
	case harness.Blocked:
		a.of[key].blocked++
	}
}

// settle makes findings flaky that are broken by a request which was answered in two ways,
// and says so once for each request.
func (a *answers) settle(findings []finding.Finding) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var notes []string
	for i := range findings {
		f := &findings[i]
		if f.Outcome != finding.Broken && f.Outcome != finding.Flaky {
			continue
		}
		for _, s := range f.Steps {
			if !s.Decided || a.of == nil {
				continue
			}
			r := s.Observation.Request
			of := a.of[a.key(r)]
			if of == nil || of.readable == 0 || of.blocked == 0 {
				continue
			}
			f.Outcome = finding.Flaky
			if f.Runs == nil {
				f.Runs = map[finding.Outcome]int{finding.Broken: of.blocked, finding.Held: of.readable}
				if s.Want == harness.Blocked {
					f.Runs = map[finding.Outcome]int{finding.Broken: of.readable, finding.Held: of.blocked}
				}
			}
			if !of.told {
				of.told = true
				notes = append(notes, fmt.Sprintf("%s %s from %s was answered in two ways in this run: %d times the page could read the answer, %d times it could not. "+
					"The server does not decide by the request alone, so verdicts on these requests are flaky.", f.Method, r.URL, r.From, of.readable, of.blocked))
			}
		}
	}
	return notes
}
