package finding

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/internal/source"
	"github.com/corsproof/corsproof/harness/policy"
)

// Baseline lists what is known to be broken, each entry with a reason. A known break does
// not fail a run. When what an entry lists holds again, the run says so and fails. See
// [ReadBaseline] for the file.
type Baseline struct {
	_ [0]func()

	Entries []Entry `json:"entries"`
}

// Entry names what is known to be broken: one probe by ID and Key, or all findings that
// have the ID, the Path and the Cause, as far as they are given.
type Entry struct {
	// ID is the id of a behaviour.
	ID string `yaml:"id,omitempty" json:"id,omitempty"`
	// Key, with ID, identifies one probe, as in a report: with ${NAME} for the value of a
	// variable.
	Key string `yaml:"key,omitempty" json:"key,omitempty"`
	// Path is a resource of the policy.
	Path string `yaml:"path,omitempty" json:"path,omitempty"`
	// Cause is the cause of a [Problem], such as request-header:x-request-id.
	Cause string `yaml:"cause,omitempty" json:"cause,omitempty"`
	// Until is the last day on which the entry counts, as 2027-03-31. Empty: no end.
	Until string `yaml:"until,omitempty" json:"until,omitempty"`
	// Reason says why it may stay broken.
	Reason string `yaml:"reason" json:"reason"`
}

// entryName identifies an entry.
type entryName struct{ id, key, path, cause string }

func (e Entry) name() entryName { return entryName{e.ID, e.Key, e.Path, e.Cause} }

// String names what the entry lists.
func (e Entry) String() string {
	var parts []string
	for _, part := range []string{e.ID, e.Key, e.Path, e.Cause} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// dateForm is the form of [Entry.Until].
const dateForm = "2006-01-02"

// over says whether the last day of the entry is over.
func (e Entry) over(now time.Time) bool {
	last, err := time.ParseInLocation(dateForm, e.Until, now.Location())
	return err == nil && !now.Before(last.AddDate(0, 0, 1))
}

// lists says whether the entry lists a finding that is broken for this cause.
func (e Entry) lists(f Finding, c cause) bool {
	return (e.ID == "" || e.ID == f.ID) && (e.Key == "" || e.Key == f.Key) && (e.Path == "" || e.Path == f.Resource) && (e.Cause == "" || e.Cause == c.String())
}

// shows says whether a finding that held shows that what the entry lists is gone, if all
// such findings held.
func (e Entry) shows(f Finding) bool {
	if e.Cause == "" {
		return e.lists(f, cause{})
	}
	shown := causeNamed(e.Cause).shownBy(f)
	e.Cause = ""
	return shown && e.lists(f, cause{})
}

// probeKey identifies the probe of a finding.
type probeKey struct{ id, key string }

func (f Finding) probe() probeKey { return probeKey{f.ID, f.Key} }

// Apply returns the findings with the baseline applied on a day: what an entry lists and
// is broken is known. Where all findings that an entry lists held, they are unexpected.
// A finding without exactly one verdict does not change. whole says that these are the
// findings of all probes of the policy: a shard or a selection does not tell whether all
// held. The findings must come from a report, whose keys hold no secrets.
func (b Baseline) Apply(findings []Finding, whole bool, now time.Time) []Finding {
	causes := causesOf(findings)
	applied := slices.Clone(findings)
	for _, e := range b.ordered() {
		if found := e.apply(findings, applied, causes, now); !found && (whole || e.Key != "") {
			e.hold(findings, applied)
		}
	}
	return applied
}

// ordered returns the entries, those of one probe first.
func (b Baseline) ordered() []Entry {
	entries := slices.Clone(b.Entries)
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(min(len(b.Key), 1), min(len(a.Key), 1)) })
	return entries
}

// apply marks the findings that the entry lists and are broken. It says whether there are
// any.
func (e Entry) apply(findings, applied []Finding, causes []cause, now time.Time) (found bool) {
	for i, f := range findings {
		if f.Outcome != Broken || !e.lists(f, causes[i]) {
			continue
		}
		found = true
		switch to := &applied[i]; {
		case to.Outcome != Broken: // by an entry before
		case e.over(now):
			to.Why += "; the baseline allowed it until " + e.Until
		default:
			to.Outcome, to.Known = Known, e.Reason
		}
	}
	return found
}

// hold marks the findings that show that what the entry lists is gone, if all held.
func (e Entry) hold(findings, applied []Finding) {
	var shown []int
	for i, f := range findings {
		switch {
		case !e.shows(f), f.Outcome == NotAsked:
		case f.Outcome == Held:
			shown = append(shown, i)
		default:
			return
		}
	}
	for _, i := range shown {
		if to := &applied[i]; to.Outcome == Held {
			to.Outcome, to.Known = Unexpected, e.Reason
			to.Why = "it held, and the baseline says that it is broken: take the entry " + e.String() + " out of the baseline"
		}
	}
}

// Update returns the baseline after these findings. Entries stay with their reasons, as
// long as something that they list is broken, was not asked or has no verdict. What is
// broken and listed by no entry gets an entry for its cause, without a reason. Entries that
// match no probe of the policy are removed. whole is as in [Baseline.Apply]: without it, only
// entries of one probe can be seen to be gone.
func (b Baseline) Update(findings []Finding, p policy.Policy, whole bool) (Baseline, error) {
	raised, err := raisedBy(p)
	if err != nil {
		return Baseline{}, err
	}
	causes := causesOf(findings)
	updated := Baseline{}
	for _, e := range b.ordered() {
		gone := (whole || e.Key != "") && e.gone(findings, causes)
		if raised.fault(e) == nil && !gone {
			updated.Entries = append(updated.Entries, e)
		}
	}
	for i, f := range findings {
		listed := slices.ContainsFunc(updated.Entries, func(e Entry) bool { return e.lists(f, causes[i]) })
		if (f.Outcome == Broken || f.Outcome == Known) && !listed {
			updated.Entries = append(updated.Entries, Entry{Cause: causes[i].String()})
		}
	}
	slices.SortStableFunc(updated.Entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Cause, b.Cause))
	})
	return updated, nil
}

// gone says whether nothing that the entry lists is broken any more.
func (e Entry) gone(findings []Finding, causes []cause) bool {
	shown := false
	for i, f := range findings {
		o := asVerdict(f.Outcome)
		switch shows := e.shows(f); {
		case o == Broken && e.lists(f, causes[i]):
			return false
		case shows && o == Held:
			shown = true
		case shows && o != NotAsked:
			return false
		}
	}
	return shown
}

// raised are the probes, the paths and the ids of a policy, as reports identify them.
type raised struct {
	probes map[probeKey]bool
	keys   map[string][]string // by id, in order
	paths  []string
}

// raisedBy returns what a policy raises.
func raisedBy(p policy.Policy) (raised, error) {
	probes, err := p.Probes()
	if err != nil {
		return raised{}, err
	}
	redactor := p.Redactor()
	x := raised{probes: make(map[probeKey]bool, len(probes)), keys: map[string][]string{}}
	for _, probe := range probes {
		key := redactor.Redact(probe.Key)
		x.probes[probeKey{probe.ID, key}] = true
		x.keys[probe.ID] = append(x.keys[probe.ID], key)
		if path := redactor.Redact(probe.Resource); len(x.paths) == 0 || x.paths[len(x.paths)-1] != path {
			x.paths = append(x.paths, path)
		}
	}
	for _, list := range x.keys {
		slices.Sort(list)
	}
	return x, nil
}

// fault says what is wrong with an entry that can match nothing of the policy. Its path is
// the key of the entry that is wrong.
func (x raised) fault(e Entry) *policy.FaultError {
	switch id, _ := source.NearestID(e.ID, behaviour.IDs()); {
	case e.ID != "" && !slices.Contains(behaviour.IDs(), e.ID):
		return &policy.FaultError{Path: "id", Value: e.ID, Problem: "no such probe: want an id such as K13", Meant: id}
	case e.Key != "" && !x.probes[probeKey{e.ID, e.Key}]:
		return &policy.FaultError{
			Path: "key", Value: e.Key, Meant: source.Nearest(e.Key, x.keys[e.ID]),
			Problem: "stale: no " + e.ID + " of the policy has this key: correct it, or remove the entry",
		}
	case e.ID != "" && x.keys[e.ID] == nil:
		return &policy.FaultError{Path: "id", Value: e.ID, Problem: "stale: the policy raises no " + e.ID + ": correct it, or remove the entry"}
	case e.Path != "" && !slices.Contains(x.paths, e.Path):
		return &policy.FaultError{Path: "path", Value: e.Path, Problem: "stale: the policy has no such resource: correct it, or remove the entry", Meant: source.Nearest(e.Path, x.paths)}
	case e.Cause != "" && causeNamed(e.Cause).row().ids == nil:
		kind, _, _ := strings.Cut(e.Cause, ":")
		return &policy.FaultError{Path: "cause", Value: e.Cause, Problem: "no such cause: want one that a report has, such as origin-pattern or method:PUT", Meant: source.Nearest(kind, Causes())}
	}
	return nil
}
