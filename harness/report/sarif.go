package report

import (
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
)

// SARIF writes SARIF 2.1.0: a rule for each probe id, and a result for each finding that
// needs attention: first one of each problem, which proves it, then the others. Known
// findings are results too, but suppressed. Held and not-asked findings are no results. The
// properties of the run say how many things are to change, and list the problems. The place
// of a result is the line of its resource in the policy, which is a file of the repository;
// the URL is its logical location.
func SARIF(w io.Writer, r finding.Report) error {
	run := sarif.NewRunWithInformationURI("corsproof", "https://github.com/corsproof/corsproof")
	if r.Corsproof != "" {
		run.Tool.Driver.WithVersion(printable(r.Corsproof, 80))
	}
	for _, f := range byWeight(r.Findings) {
		if (f.NeedsAttention() || f.Outcome == finding.Known) && run.GetRuleIndex(f.ID) < 0 {
			addRule(run, f)
		}
	}
	add := func(f finding.Finding, p finding.Problem) {
		run.AddResult(result(r, f, p).WithRuleIndex(run.GetRuleIndex(f.ID)))
	}
	problems := r.Problems()
	for _, p := range problems {
		add(r.Findings[p.Places()[0]], p)
	}
	for _, p := range problems {
		for _, i := range p.Places()[1:] {
			add(r.Findings[i], p)
		}
	}
	for _, f := range byWeight(r.Findings) {
		if f.Outcome == finding.Known {
			add(f, finding.Problem{})
		}
	}
	run.WithProperties(problemProperties(r, problems))
	document := sarif.NewReport()
	document.AddRun(run)
	return document.PrettyWrite(w)
}

// problemProperties describe the problems.
func problemProperties(r finding.Report, problems []finding.Problem) *sarif.PropertyBag {
	list := []map[string]any{}
	for _, p := range problems {
		list = append(list, map[string]any{
			"cause": printable(p.Cause, textLimit), "headline": printable(p.Headline, textLimit),
			"outcome": string(p.Outcome), "severity": string(p.Severity), "probes": len(p.Probes),
		})
	}
	return sarif.NewPropertyBag().Add("headline", headline(r)).Add("problems", list)
}

// securitySeverity is the severity of a rule in the form that GitHub reads.
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-support-for-code-scanning
var securitySeverity = map[finding.Severity]string{
	finding.Critical: "9.5", finding.High: "8.0", finding.Medium: "5.0", finding.Low: "2.0",
}

// addRule adds the rule of a finding. The finding is the worst of its id.
func addRule(run *sarif.Run, f finding.Finding) {
	b, known := behaviour.Of(f.ID)
	if !known {
		b.Sentence, b.Anchor = printable(f.Title, textLimit), printable(f.Anchor, textLimit)
	}
	tags := []string{"security", "cors"}
	for _, tag := range f.Tags {
		tags = append(tags, printable(tag, 40))
	}
	properties := sarif.NewPropertyBag().WithTags(tags)
	if s := securitySeverity[f.Severity]; s != "" {
		properties.Add("security-severity", s)
	}
	rule := run.AddRule(f.ID).WithName(f.ID).WithDescription(b.Sentence).WithProperties(properties)
	help := sarif.NewMultiformatMessageString().WithText(b.Sentence + ". " + b.Anchor)
	if known {
		help.WithMarkdown(b.Sentence + ". See the [Fetch standard](" + b.Anchor + ").")
		rule.WithHelpURI(b.Anchor)
	}
	rule.WithHelp(help)
}

// result returns the result of one finding of a problem. A known finding has none.
func result(r finding.Report, f finding.Finding, p finding.Problem) *sarif.Result {
	print := fingerprint(f)
	words := ""
	if p.Headline != "" {
		words = sentence(printable(p.Headline, textLimit)) + " "
	}
	words += printable(message(f), textLimit) + " Wanted: " + sentence(printable(f.Title, textLimit))
	if remedy := remedyOf(p, f); remedy != "" {
		words += " " + printable(remedy, textLimit)
	}
	if text := transcriptText(f, textLimit); text != "" {
		words += "\n\n" + text
	}
	x := sarif.NewRuleResult(f.ID).
		WithMessage(sarif.NewTextMessage(words)).
		// GitHub uses the second fingerprint to recognize an alert. Without it, GitHub
		// would compute one from the place, which is the same for all results.
		WithPartialFingerprints(map[string]string{"corsproof/v1": print, "primaryLocationLineHash": print}).
		AddLocation(location(r, f))
	x.Kind, x.Level = kindAndLevel(f)
	if f.Outcome == finding.Known {
		x.AddSuppression(sarif.NewSuppression().WithKind("external").WithStatus("accepted").WithJustification(printable(f.Known, textLimit)))
	}
	properties := sarif.NewPropertyBag().Add("key", printable(f.Key, textLimit)).Add("outcome", string(f.Outcome))
	if p.Cause != "" {
		properties.Add("cause", printable(p.Cause, textLimit))
	}
	x.WithProperties(properties)
	return x
}

// kindAndLevel return the kind and level of a result. A finding without a verdict is
// "open", and then the level must be none.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html#_Toc141790898
func kindAndLevel(f finding.Finding) (kind, level string) {
	switch {
	case f.Outcome == finding.Inconclusive:
		return "open", sarif.LevelNone
	case f.Outcome == finding.Unexpected, f.Severity == finding.Low:
		return "fail", sarif.LevelNote
	case f.Severity == finding.Critical, f.Severity == finding.High:
		return "fail", sarif.LevelError
	}
	return "fail", sarif.LevelWarning
}

// location returns the policy as the place, with the URL of the question.
func location(r finding.Report, f finding.Finding) *sarif.Location {
	place := sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(artifactURI(r.Policy))).
		WithRegion(sarif.NewRegion().WithStartLine(max(1, f.Line)))
	return sarif.NewLocationWithPhysicalLocation(place).AddLogicalLocation(
		sarif.NewLogicalLocation().WithFullyQualifiedName(printable(r.Target+f.Resource, textLimit)).WithKind("resource"))
}

// artifactURI returns the name of a file as a URI. A file in the working directory has a
// relative URI, as GitHub requires.
func artifactURI(file string) string {
	file = path.Clean(filepath.ToSlash(printable(file, textLimit)))
	u := url.URL{Path: strings.TrimPrefix(file, "./")}
	if path.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}
