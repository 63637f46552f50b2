package differential

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/corsproof/corsproof/harness/oracle"
)

// Write prints a summary for a person.
func (s Summary) Write(w io.Writer, r *Run, version string) {
	fmt.Fprintf(w, "%d questions drawn with seed %d from number %d on, asked of %s and of the oracle\n", s.Questions, r.Seed, r.First, version)
	fmt.Fprintf(w, "%.0f seconds, %.0f questions a second\n\n", s.Elapsed.Seconds(), float64(s.Questions)/s.Elapsed.Seconds())
	for i, d := range s.Disagreements {
		d.write(w, r.command(d.Number), i < shown)
	}
	for _, m := range s.Missing {
		fmt.Fprintf(w, "question %d: no evidence: %v\n  %s\n  %s\n\n", m.Number, m.Err, m.Question, r.command(m.Number))
	}
	for _, m := range s.Alone {
		fmt.Fprintf(w, "question %d: no evidence among many others, so it was asked once more, alone: %v\n", m.Number, m.Err)
	}
	fmt.Fprintf(w, "  agree        %d\n  disagree     %d\n  no evidence  %d\n", s.Agree, len(s.Disagreements), len(s.Missing))
	left := 0
	for _, n := range s.Cannot {
		left += n
	}
	if left > 0 {
		fmt.Fprintf(w, "  cannot ask   %d\n", left)
	}
	fmt.Fprintf(w, "  asked again  %d times, because a cache may have forgotten an earlier request\n\n", s.Again)
	table(w, "verdicts of requests", s.Verdicts)
	table(w, "reasons that the browser gave", s.Reasons)
	if left > 0 {
		table(w, "what this browser cannot do", s.Cannot)
	}
	table(w, "deviations of the browser from the standard that mattered", s.Deviations)
	unreached := s.Unreached()
	all := len(oracle.Branches())
	fmt.Fprintf(w, "branches of the oracle reached: %d of %d\n", all-len(unreached), all)
	for _, b := range s.Standard() {
		fmt.Fprintf(w, "  only for the standard: %s\n", b)
	}
	for _, b := range unreached {
		fmt.Fprintf(w, "  not reached: %s\n", b)
	}
}

// command asks one question of the run again.
func (r *Run) command(number uint64) string {
	command := fmt.Sprintf("make differential SEED=%d FIRST=%d N=1", r.Seed, number)
	if r.as() == oracle.Firefox {
		command += " BROWSER=firefox"
	}
	return command
}

// write prints a disagreement.
func (d Disagreement) write(w io.Writer, command string, small bool) {
	fmt.Fprintf(w, "question %d: the browser and the oracle disagree\n", d.Number)
	for _, text := range d.Differences {
		fmt.Fprintf(w, "  %s\n", text)
	}
	if small {
		fmt.Fprintf(w, "  as small as it could be made: %s\n", d.Question)
		for line := range strings.Lines(d.Seen.String()) {
			fmt.Fprintf(w, "    %s", line)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "  %s\n\n", command)
}

// table prints what was counted, the most frequent first.
func table[K ~string](w io.Writer, title string, counted map[K]int) {
	fmt.Fprintf(w, "%s\n", title)
	for _, key := range sortedKeys(counted) {
		name := string(key)
		if name == "" {
			name = "none: the server closed the connection"
		}
		fmt.Fprintf(w, "  %8d  %s\n", counted[key], name)
	}
	fmt.Fprintln(w)
}

// Show asks one question and prints what happened to each request, and what the
// oracle says about it.
func (r *Run) Show(ctx context.Context, w io.Writer, q Question) (agree bool, err error) {
	o := r.Ask(ctx, q)
	for _, a := range o.Accounts {
		fmt.Fprintf(w, "%s\n\n", a.Seen)
		decision(w, "as the browser", a.Chrome)
		decision(w, "by the standard", a.Standard)
		fmt.Fprintln(w)
	}
	for _, text := range o.Differences {
		fmt.Fprintf(w, "  %s\n", text)
	}
	return len(o.Differences) == 0, cmp.Or(o.Missing, o.Cannot)
}

// decision prints a decision of the oracle.
func decision(w io.Writer, as string, d oracle.Decision) {
	fmt.Fprintf(w, "  the oracle, %s: %s", as, strings.Join(strings.Fields(fmt.Sprint(d.Verdict, " ", d.Reason, " ", d.Parameter, " ", d.NetError)), " "))
	for _, id := range d.Deviations {
		fmt.Fprintf(w, ", %s", id)
	}
	fmt.Fprintln(w)
	for _, e := range d.Exchanges {
		fmt.Fprintf(w, "    %s %s %s\n", e.Kind, e.Method, e.URL)
	}
}
