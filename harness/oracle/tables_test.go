package oracle

import (
	"slices"
	"testing"
)

// decisions returns the decisions of every table, by both deciders.
func decisions() []Decision {
	var all []Decision
	for _, as := range []As{Chrome, Standard} {
		for _, c := range tables() {
			all = append(all, c.put(as))
		}
		for _, s := range sequences {
			all = append(all, play(s.steps, as)...)
		}
		for _, o := range origins {
			all = append(all, o.row.put(as))
		}
	}
	return all
}

// Every branch is reached by a table: a branch that is not is dead or not tested.
func TestEveryBranchIsReached(t *testing.T) {
	reached := map[string]bool{}
	for _, d := range decisions() {
		for _, b := range d.Branches {
			reached[b] = true
		}
	}
	known := Branches()
	for _, b := range known {
		if !reached[b] {
			t.Errorf("no table reaches %q", b)
		}
	}
	if len(slices.Compact(slices.Clone(known))) != len(known) {
		t.Error("two branches have one name")
	}
}

// Every row that decides has a question in which it decides.
func TestEveryDeviationDecides(t *testing.T) {
	decides := map[string]bool{}
	for _, d := range decisions() {
		for _, id := range d.Deviations {
			decides[id] = true
		}
	}
	seen := map[string]bool{}
	for _, d := range Deviations() {
		if seen[d.ID] {
			t.Errorf("%s stands twice", d.ID)
		}
		seen[d.ID] = true
		if d.Decides != decides[d.ID] {
			t.Errorf("%s says that it decides: %v; some table shows it: %v", d.ID, d.Decides, decides[d.ID])
		}
		if d.What == "" || d.Standard == "" || d.Chrome+d.Firefox == "" || d.Evidence == "" || (d.Decides || d.DecidesFirefox) == (d.Absent != "") {
			t.Errorf("%s is not complete: %+v", d.ID, d)
		}
	}
}

// Without removes a row: without all of them, Chrome decides like the standard.
func TestChromeWithoutDeviationsIsTheStandard(t *testing.T) {
	var ids []string
	for _, d := range Deviations() {
		ids = append(ids, d.ID)
	}
	for _, c := range tables() {
		want := outcome(c.put(Standard))
		c.question.Without = ids
		if got := outcome(c.put(Chrome)); got != want {
			t.Errorf("%s: %s, want %s", c.name, got, want)
		}
	}
}

// A second decision is the same, and the question does not change.
func TestDecideIsPure(t *testing.T) {
	for _, c := range tables() {
		before := line(c.request.Headers)
		first := c.put(Chrome)
		if second := c.put(Chrome); outcome(first) != outcome(second) || methods(first) != methods(second) {
			t.Errorf("%s: %s, then %s", c.name, outcome(first), outcome(second))
		}
		if after := line(c.request.Headers); after != before {
			t.Errorf("%s: the request's headers have become %s", c.name, after)
		}
	}
}

// Decide does not write behind the end of the request's headers: the memory there may
// have another owner.
func TestDecideDoesNotWriteBehindHeaders(t *testing.T) {
	backing := headers("X-A: 1", "X-B: 2")
	request := postJSON
	request.Headers = backing[:1]
	row{request: request, preflight: refuses}.put(Chrome)
	if got, want := line(backing), "X-A: 1; X-B: 2"; got != want {
		t.Errorf("the headers are now %s, want %s", got, want)
	}
}

// A decision names exactly the rows that influenced it.
func TestDeviationsAreThoseThatDecided(t *testing.T) {
	tests := []struct {
		row  row
		want []string
	}{
		{row{actual: reply(200, "ACAO: *")}, nil},
		{cachedPUT("60"), nil},
		{cachedPUT("+60"), []string{"D7"}},
		{row{request: set("Range: bytes=0-"), actual: reply(200, "ACAO: *")}, nil},
		{row{request: authorized, preflight: reply(204, "ACAO: *", "ACAH: *"), actual: reply(200, "ACAO: *")}, []string{"D1"}},
	}
	for i, test := range tests {
		if d := test.row.put(Chrome); !slices.Equal(d.Deviations, test.want) {
			t.Errorf("%d: %v, want %v", i, d.Deviations, test.want)
		}
	}
}
