package report

import (
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

func TestMatrix(t *testing.T) {
	asked := func(origin, method, resource string, o finding.Outcome) finding.Finding {
		return finding.Finding{ID: "K01", Key: origin + method + resource + string(o), Origin: origin, Method: method, Resource: resource, Outcome: o}
	}
	findings := byWeight([]finding.Finding{
		asked("https://a.test", "GET", "/b", finding.Held),
		asked("https://a.test", "DELETE", "/a", finding.Held),
		asked("https://a.test", "GET", "/a", finding.Held),
		asked("https://b.test", "GET", "/a", finding.Held),
		asked("https://b.test", "GET", "/a", finding.Broken),
		asked("https://b.test", "GET", "/a", finding.Broken),
		{ID: "K21", Key: "wire", Wire: true, Method: "GET", Resource: "/b", Outcome: finding.Flaky},
	})
	anchors := anchorsOf(findings)
	m := matrixOf(findings, anchors)
	if len(m.Resources) != 2 || m.Resources[0] != (resource{"/a", 2}) || m.Resources[1] != (resource{"/b", 1}) {
		t.Errorf("resources %+v", m.Resources)
	}
	for i, want := range []column{{"/a", "GET", true}, {"/a", "DELETE", false}, {"/b", "GET", true}} {
		if m.Columns[i] != want {
			t.Errorf("column %d is %+v", i, m.Columns[i])
		}
	}
	// The origin with the worst finding comes first, also the wire.
	for i, want := range []string{"https://b.test", onWire, "https://a.test"} {
		if m.Rows[i].Origin != want {
			t.Errorf("row %d is %s, want %s", i, m.Rows[i].Origin, want)
		}
	}
	worst := m.Rows[0].Cells[0]
	if worst.N != 2 || worst.Of != 3 || worst.Class != "broken" || worst.Anchor != anchors[0] || worst.Label != "https://b.test, GET /a: 2 of 3 broken" {
		t.Errorf("%+v", worst)
	}
	if empty := m.Rows[0].Cells[2]; empty.Of != 0 || empty.Label != "" {
		t.Errorf("%+v", empty)
	}
	for i, f := range findings {
		row, column := m.at[i][0], m.at[i][1]
		if m.Rows[row].Origin != originOf(f) || m.Columns[column].Resource != f.Resource || m.Columns[column].Method != f.Method {
			t.Errorf("%+v is listed in row %d and column %d", f, row, column)
		}
	}
}

// Two findings with the same id and key, as in a merged report, have different anchors.
func TestAnchorsAreDistinct(t *testing.T) {
	f := finding.Finding{ID: "K01", Key: "/"}
	if a := anchorsOf([]finding.Finding{f, f}); a[0] == a[1] || a[0] == "" {
		t.Errorf("%q", a)
	}
}
