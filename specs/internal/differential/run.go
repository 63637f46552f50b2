package differential

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/servers"
)

// Run is a run over drawn questions.
type Run struct {
	Chrome  *harness.Browser // with Network
	Network *servers.Network
	Seed    uint64
	// First is the number of the first question, and Questions the number of
	// questions.
	First     uint64
	Questions int
	cookies   bool // the servers have set their cookies

	// Progress, unless nil, is called after each question.
	Progress func(done, disagree int)
}

// Summary is the result of a run.
type Summary struct {
	Questions, Agree int
	Elapsed          time.Duration
	// Disagreements are in the order of their numbers.
	Disagreements []Disagreement
	// Missing are the questions that ended without evidence.
	Missing []Missing
	// Cannot counts the questions that the browser cannot ask, by what it cannot do.
	Cannot map[string]int
	// Alone are the questions without evidence among many others, and why. Each was asked once
	// more, alone, and is counted as what came of that.
	Alone []Missing
	// Again is how often a question was asked again, because a cache may have
	// forgotten what the answer depends on.
	Again int
	// Verdicts and Reasons count requests by Chrome's verdict and reason,
	// Deviations by the rows that had a part.
	Verdicts   map[harness.Verdict]int
	Reasons    map[harness.Reason]int
	Deviations map[string]int
	// Branches are the branches that the oracle took for Chrome, in questions on
	// which both agree. Unconfirmed are the branches that it took for the
	// standard.
	Branches, Unconfirmed map[string]int
}

// Disagreement is a question on which Chrome and the oracle differ.
type Disagreement struct {
	Number      uint64
	Question    Question // as small as possible
	Differences []string
	Seen        harness.Observation
}

// Missing is a question without evidence, and why.
type Missing struct {
	Number   uint64
	Question Question
	Err      error
}

// inFlight is how many questions are asked at a time.
const inFlight = 64

// shown bounds the number of disagreements that are made small, since each takes
// hundreds of questions.
const shown = 12

// Do asks all questions. If the context ends first, the summary has the questions
// that were asked.
func (r *Run) Do(ctx context.Context) (Summary, error) {
	t := tally{Summary: Summary{
		Verdicts: map[harness.Verdict]int{}, Reasons: map[harness.Reason]int{}, Branches: map[string]int{}, Unconfirmed: map[string]int{}, Deviations: map[string]int{}, Cannot: map[string]int{},
	}}
	r.Network.OfferHTTP2(http2) // before anything connects to it
	if err := r.setCookies(ctx); err != nil {
		return t.Summary, err
	}
	r.cookies = true
	begin := time.Now()
	t.Alone = r.askTogether(ctx, &t)
	slices.SortFunc(t.Alone, func(a, b Missing) int { return cmp.Compare(a.Number, b.Number) })
	for _, m := range t.Alone {
		r.count(ctx, &t, m.Number, m.Question, r.Ask(ctx, m.Question))
	}
	t.Elapsed = time.Since(begin)
	slices.SortFunc(t.Disagreements, func(a, b Disagreement) int { return cmp.Compare(a.Number, b.Number) })
	for i := range t.Disagreements[:min(shown, len(t.Disagreements))] {
		r.simplify(ctx, &t.Disagreements[i])
	}
	return t.Summary, ctx.Err()
}

// askTogether asks many questions at a time. It returns the questions without evidence: on a slow
// machine, the other questions may have taken the time or the records of the caches.
func (r *Run) askTogether(ctx context.Context, t *tally) (alone []Missing) {
	var next atomic.Int64
	var workers sync.WaitGroup
	var mu sync.Mutex
	for range min(inFlight, r.Questions) {
		workers.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(r.Questions) || ctx.Err() != nil {
					return
				}
				number := r.First + uint64(i)
				q := Draw(r.Seed, number)
				o := r.Ask(ctx, q)
				if o.Missing == nil {
					r.count(ctx, t, number, q, o)
					continue
				}
				mu.Lock()
				alone = append(alone, Missing{number, q, o.Missing})
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return alone
}

// count counts a question that was asked before the context ended.
func (r *Run) count(ctx context.Context, t *tally, number uint64, q Question, o Outcome) {
	if ctx.Err() != nil {
		return
	}
	done, disagree := t.add(number, q, o)
	if r.Progress != nil {
		r.Progress(done, disagree)
	}
}

// simplify makes a disagreement as small as possible.
func (r *Run) simplify(ctx context.Context, d *Disagreement) {
	same := kind(d.Differences)
	d.Question = Smallest(d.Question, func(q Question) bool {
		o := r.Ask(ctx, q)
		if o.Missing != nil || ctx.Err() != nil || kind(o.Differences) != same {
			return false
		}
		d.Differences, d.Seen = o.Differences, o.Last().Seen
		return true
	})
}

var located = regexp.MustCompile(`^request \d+ of \d+: |\S+ https?://\S*`)

// kind is what the first difference is about: a simpler question with another
// kind of difference is another disagreement.
func kind(differences []string) string {
	if len(differences) == 0 {
		return ""
	}
	about, _, _ := strings.Cut(differences[0], ": the browser ")
	return located.ReplaceAllString(about, "")
}

// tally adds up the summary of a run.
type tally struct {
	mu sync.Mutex
	Summary
}

// add counts a question.
func (t *tally) add(number uint64, q Question, o Outcome) (done, disagree int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Questions++
	t.Again += o.Again
	switch {
	case o.agree():
		t.Agree++
	case o.Cannot != nil:
		t.Cannot[firstLine(o.Cannot)]++
	case o.Missing != nil:
		t.Missing = append(t.Missing, Missing{number, q, o.Missing})
	default:
		t.Disagreements = append(t.Disagreements, Disagreement{number, q, o.Differences, o.Last().Seen})
	}
	for _, a := range o.Accounts {
		t.Verdicts[a.Seen.Verdict]++
		if a.Seen.Reason != "" {
			t.Reasons[a.Seen.Reason]++
		}
		if o.agree() {
			count(t.Branches, a.Chrome.Branches)
			count(t.Unconfirmed, a.Standard.Branches)
		}
		for _, id := range a.Chrome.Deviations {
			t.Deviations[id]++
		}
	}
	return t.Questions, len(t.Disagreements) + len(t.Missing)
}

// firstLine is the first of what a browser cannot do.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// count counts names.
func count(counted map[string]int, names []string) {
	for _, name := range names {
		counted[name]++
	}
}

// Unreached are the branches of the oracle that no question took.
func (s Summary) Unreached() []string {
	return slices.DeleteFunc(oracle.Branches(), func(b string) bool { return s.Branches[b]+s.Unconfirmed[b] > 0 })
}

// Standard are the branches that were taken for the standard alone, so no answer
// of Chrome confirms them.
func (s Summary) Standard() []string {
	return slices.DeleteFunc(oracle.Branches(), func(b string) bool { return s.Branches[b] > 0 || s.Unconfirmed[b] == 0 })
}

// Failed says whether the run has anything to explain.
func (s Summary) Failed() bool { return len(s.Disagreements)+len(s.Missing) > 0 }

// sortedKeys lists what was counted, the most frequent first.
func sortedKeys[K ~string](counted map[K]int) []K {
	return slices.SortedFunc(maps.Keys(counted), func(a, b K) int {
		if counted[a] != counted[b] {
			return counted[b] - counted[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
}
