package report

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// The page shows each problem before the matrix. A problem shows its probes, and each id says
// what it means.
func TestHTMLProblems(t *testing.T) {
	r := demo()
	type seen struct {
		Headlines, IDs []string
		Shown, All     int
		Means, Opened  string
		Before         bool
	}
	s := as[seen](t, shown(t, r, `
		const count = () => document.querySelectorAll('ol.findings > li:not([hidden])').length;
		const out = { headlines: [...document.querySelectorAll('.problems h3')].map((e) => e.textContent), ids: [...document.querySelectorAll('.ids > div')].map((e) => e.id) };
		document.querySelector('.problems a[data-problem="2"]').click(); out.shown = count();
		document.getElementById('problem').click(); out.all = count();
		view.location.hash = document.querySelector('.problems a.proof').hash;
		await new Promise((resolve) => view.addEventListener('hashchange', () => view.setTimeout(resolve)));
		const opened = document.querySelector('.findings details[open]');
		out.opened = opened.querySelector('summary code').textContent;
		out.means = opened.querySelector('.foot a[href="#' + out.opened + '"]').textContent;
		out.before = document.querySelector('.problems').getBoundingClientRect().top < document.querySelector('.matrix').getBoundingClientRect().top;
		return out;`))
	problems := r.Problems()
	for i, p := range problems {
		if i >= len(s.Headlines) || s.Headlines[i] != p.Headline {
			t.Errorf("problem %d is not %q: %q", i+1, p.Headline, s.Headlines)
		}
	}
	if s.Shown != len(problems[1].Probes) || s.All != len(r.Findings) || !s.Before {
		t.Errorf("%d of %d are shown, want %d; before the matrix: %t", s.Shown, s.All, len(problems[1].Probes), s.Before)
	}
	if s.Opened != problems[0].Proof.ID || s.Means != "what "+s.Opened+" means" {
		t.Errorf("the proof %q is opened, with %q", s.Opened, s.Means)
	}
	for _, f := range r.Findings {
		if !slices.Contains(s.IDs, f.ID) {
			t.Errorf("nothing says what %s means", f.ID)
		}
	}
}

// On a phone no origin is cut, so that look-alikes stay apart, and none is one letter wide.
func TestHTMLOriginsOnAPhone(t *testing.T) {
	type row struct {
		Text                 string
		Width, Scroll, Lines float64
	}
	rows := as[[]row](t, shown(t, demo(), `
		view.frameElement.style.width = '375px';
		return [...document.querySelectorAll('.matrix tbody th')].map((e) => {
			const range = document.createRange();
			range.selectNodeContents(e);
			return { text: e.textContent, width: e.clientWidth, scroll: e.scrollWidth, lines: e.clientHeight / parseFloat(view.getComputedStyle(e).lineHeight) };
		});`))
	if len(rows) < 5 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		if r.Scroll > r.Width || r.Width < 100 || r.Lines > 6 {
			t.Errorf("%+v", r)
		}
	}
}

// On paper there is no room for a broad matrix, and not for thousands of findings.
func TestHTMLOnPaper(t *testing.T) {
	for resources, broad := range map[int]bool{printedColumns: false, printedColumns + 1: true} {
		var r finding.Report
		for i := range resources {
			r.Findings = append(r.Findings, finding.Finding{ID: "K13", Key: fmt.Sprint(i), Resource: fmt.Sprintf("/%d", i), Outcome: finding.Held})
		}
		if got := bytes.Contains(written(t, HTML, r), []byte(`class="broad"`)); got != broad {
			t.Errorf("%d columns are too many: %t", resources, got)
		}
	}
	for findings, many := range map[int]bool{printedFindings: false, printedFindings + 1: true} {
		if got := bytes.Contains(written(t, HTML, big(findings)), []byte(`<body class="many">`)); got != many {
			t.Errorf("%d findings are too many: %t", findings, got)
		}
	}
}

// The resource with the worst finding is the first column.
func TestMatrixBeginsWithTheWorst(t *testing.T) {
	findings := byWeight([]finding.Finding{
		{ID: "K01", Key: "1", Resource: "/a", Outcome: finding.Held}, {ID: "K13", Key: "2", Resource: "/z", Outcome: finding.Broken, Severity: finding.High},
	})
	m := matrixOf(findings, anchorsOf(findings))
	if m.Resources[0].Name != "/z" || m.Columns[0].Resource != "/z" {
		t.Errorf("%+v", m.Resources)
	}
}

// The middle of a redirect loop is folded, and a flood of messages is cut.
func TestHTMLFoldsALoop(t *testing.T) {
	f := few().Findings[0]
	o := harness.Observation{Request: harness.Request{From: "https://app.acme.com", URL: "https://api.acme.com/0"}, Verdict: harness.Blocked}
	for i := range 21 {
		o.Exchanges = append(o.Exchanges, harness.Exchange{Kind: harness.RedirectHop, Method: "GET", URL: fmt.Sprint("https://api.acme.com/", i), Sent: true, Status: 302})
	}
	for i := range 500 {
		o.Console = append(o.Console, harness.Message{Text: fmt.Sprint("message ", i)})
	}
	f.Steps = []finding.Step{{Decided: true, Observation: o}}
	type seen struct {
		Folded         string
		Hidden, Shown  int
		Messages, Last string
	}
	s := as[seen](t, shown(t, finding.Report{Findings: []finding.Finding{f}}, `
		document.querySelector('.findings summary').click();
		await new Promise((resolve) => view.setTimeout(resolve));
		const many = document.querySelector('.many');
		const messages = document.querySelectorAll('.console li');
		return { folded: many.firstChild.textContent, hidden: many.querySelectorAll('.m.right').length, shown: document.querySelectorAll('.flow > .m.wire.right').length,
			messages: String(messages.length), last: messages[messages.length - 1].textContent };`))
	if s.Folded != "15 more exchanges" || s.Hidden != 15 || s.Shown != 6 || s.Messages != "51" || s.Last != "… 450 more messages" {
		t.Errorf("%+v", s)
	}
}
