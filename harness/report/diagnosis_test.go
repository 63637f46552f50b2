package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/snippet"
)

// diagnosed returns the diagnosis of a server that has no route for OPTIONS.
func diagnosed() Diagnosed {
	browser := harness.UserAgent{Name: "Chrome", Version: "156.0.8078.79", Flags: []string{"--headless=new"}}
	ask := func(r harness.Request) harness.Observation {
		r.From, r.URL = "https://app.acme.com", "https://api.acme.com/upload"
		o := observe(r)
		o.Browser = browser
		return o
	}
	put := harness.Request{Method: "PUT", Headers: harness.Header{{Name: "Authorization", Value: "Bearer s3cret"}}, DryRun: true}
	tried := ask(put)
	tried.Verdict, tried.Reason, tried.Parameter, tried.Console, tried.Issues, tried.Script = harness.Readable, "", "", nil, nil, harness.Script{}
	tried.Request.WhatIf = []harness.Edit{{On: harness.EditPreflight, Status: 204}}
	tried.Exchanges[0].Status = 204
	tried.Exchanges[1].Withheld = true
	return Diagnosed{
		Diagnosis: diagnose.Diagnosis{
			Seen: ask(put), ID: "options-refused", Cause: "The server has no answer to OPTIONS (405), so that the preflight fails.", Layer: diagnose.Framework, Sure: diagnose.Proved,
			Evidence: []string{"OPTIONS was answered with 405", "a plain GET by the same page is readable"}, RuledOut: []string{"that the server knows no CORS at all"},
			Experiments: []diagnose.Experiment{{Name: "the same URL by a plain GET", Seen: ask(harness.Request{})}, {Name: "another", Error: "the target limits the rate"}},
			Remedy:      "Let the CORS middleware answer OPTIONS before the router does.", Trial: &diagnose.Trial{Proved: true, Seen: tried},
			Notes: []string{"The target limited the rate (429): waited 1s."},
		},
		Snippets: []snippet.Snippet{
			{Software: "nginx", Name: "nginx", File: "nginx.conf", Text: "location / {\n\tadd_header Vary Origin always;\n}\n", Note: "Reload nginx after the change.", Run: true},
			{Software: "aws-s3", Name: "Amazon S3", File: "cors.json", Text: "[]\n"},
		},
		Software: "nginx", SoftwareTold: "Server: nginx/1.29.1",
		Again: `corsproof diagnose '{"from":"https://app.acme.com"}'`, Corsproof: "(devel)",
	}
}

// The diagnosis in each form: no secret is in it, and what would be is marked.
func TestDiagnosisForms(t *testing.T) {
	d := diagnosed()
	var text strings.Builder
	if err := (Text{}).Diagnosis(&text, d); err != nil {
		t.Fatal(err)
	}
	golden(t, "diagnosis.txt", text.String())
	note := string(written(t, DiagnosisMarkdown, d))
	golden(t, "diagnosis.md", note)
	if strings.ContainsAny(note, "<") && strings.Contains(note, "</") || len(note) > diagnosisLimit {
		t.Errorf("%d bytes of Markdown, with HTML?\n%s", len(note), note)
	}
	for name, got := range map[string]string{"text": text.String(), "Markdown": note, "HTML": string(written(t, DiagnosisHTML, d)), "JSON": string(written(t, DiagnosisJSON, d))} {
		if strings.Contains(got, "s3cret") {
			t.Errorf("%s: a secret", name)
		}
		for _, want := range []string{"405", d.Remedy, d.Evidence[1], "add_header", "corsproof diagnose"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
	}
}

// A page that may read the response gets one sentence.
func TestNothingToDiagnose(t *testing.T) {
	d := Diagnosed{Diagnosis: diagnose.Diagnosis{Seen: observe(harness.Request{From: "https://app.acme.com", URL: "https://api.acme.com/me"})}}
	var text strings.Builder
	if err := (Text{}).Diagnosis(&text, d); err != nil || !strings.Contains(text.String(), "nothing to diagnose") || strings.Contains(text.String(), "Cause") {
		t.Errorf("%v\n%s", err, text.String())
	}
	if got := string(written(t, DiagnosisMarkdown, d)); !strings.HasPrefix(got, "### ✅") {
		t.Error(got)
	}
}

// A remedy after which the page is blocked for another reason is not told as one that lets the
// page read.
func TestSecondFault(t *testing.T) {
	d := diagnosed()
	d.Trial.Seen = d.Seen
	d.Trial.Seen.Reason = harness.MissingAllowOriginHeader
	var text strings.Builder
	if err := (Text{}).Diagnosis(&text, d); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"text": text.String(), "Markdown": string(written(t, DiagnosisMarkdown, d)), "HTML": string(written(t, DiagnosisHTML, d))} {
		got = strings.Join(strings.Fields(got), " ")
		if !strings.Contains(got, "blocked for another reason, MissingAllowOriginHeader") || strings.Contains(got, "exchange is readable") || strings.Contains(got, "page can read the response") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Experiments of one kind with one outcome share a line. An outcome of its own has a line of its own.
func TestTriedTogether(t *testing.T) {
	from := func(origin, fault string) diagnose.Experiment {
		return diagnose.Experiment{Name: "a GET with Origin: " + origin, Error: fault}
	}
	got := tried([]diagnose.Experiment{from("https://a.test", "x"), from("https://b.test", "x"), from("https://c.test", "y"), {Name: "a GET", Error: "y"}, {Name: "a GET", Error: "y"}})
	want := []string{"a GET with Origin: https://a.test, https://b.test: no verdict: x", "a GET with Origin: https://c.test: no verdict: y", "a GET: no verdict: y", "a GET: no verdict: y"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// URLs in Markdown are code, so that no chat shows a backslash in them or makes a link of them.
func TestProseOfMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"Send Access-Control-Allow-Origin: https://app.test, and *.": "Send Access-Control-Allow-Origin: `https://app.test`, and \\*.",
		"Ask for http://a.test:1/b?c=d.e#f directly.":                "Ask for `http://a.test:1/b?c=d.e#f` directly.",
		"https://a.test/`x` and https://b.test/<b>":                  "`https://a.test/'x'` and `https://b.test/`\\<b\\>",
	} {
		if got := prose(text); got != want {
			t.Errorf("%s\n%q, want\n%q", text, got, want)
		}
	}
}

// A remedy that was tried with another URL is told as such.
func TestProvedWithAnotherURL(t *testing.T) {
	d := diagnosed()
	d.Trial.Seen.Exchanges, d.Trial.Seen.Request.URL = nil, "https://api.acme.com/final"
	d.Trial.Seen.Request.DryRun = false
	if got := string(written(t, DiagnosisMarkdown, d)); !strings.Contains(got, "asked again for `https://api.acme.com/final` with these edits (preflight") {
		t.Error(got)
	}
	if got := proofOf(d); !strings.Contains(got, "of the other URL") {
		t.Error(got)
	}
}

// A readable error is told as one, with what a login needs.
func TestNothingToDiagnoseOfErrors(t *testing.T) {
	for status, want := range map[int]string{200: "nothing to diagnose. If your page is blocked", 401: "status 401: the server wants a login. To ask", 404: "CORS is right. It is an error with status 404"} {
		o := observe(harness.Request{From: "https://app.acme.com", URL: "https://api.acme.com/me"})
		o.Exchanges[len(o.Exchanges)-1].Status = status
		if got := nothingWrong(o); !strings.Contains(got, want) {
			t.Errorf("%d: %s", status, got)
		}
	}
}

// The document is as its schema says.
func TestDiagnosisSchema(t *testing.T) {
	schema := validator(t, "diagnosis.schema.json")
	for _, d := range []Diagnosed{diagnosed(), {Diagnosis: diagnose.Diagnosis{Seen: diagnosed().Seen}}} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, DiagnosisJSON, d)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Error(err)
		}
		v.(map[string]any)["more"] = 1
		if schema.Validate(v) == nil {
			t.Error("a key that the schema does not have is valid")
		}
	}
}

// Both exchanges are drawn in the page, which loads nothing.
func TestDiagnosisPage(t *testing.T) {
	type seen struct {
		inventory
		Drawn    []string
		Verdicts []string
		Open     int
	}
	s := as[seen](t, shownPages(t, map[string][]byte{"d.html": written(t, DiagnosisHTML, diagnosed())}, "d.html", takeInventory+`
		return {
			...await inventory(),
			drawn: [...document.querySelectorAll('.drawn .seq')].map((e) => e.textContent),
			verdicts: [...document.querySelectorAll('.drawn .v')].map((e) => e.textContent),
			open: document.querySelectorAll('details.policy[open]').length,
		};`))
	s.check(t, 2, `^https://fetch\.spec\.whatwg\.org/`)
	if len(s.Drawn) != 2 || !strings.Contains(s.Drawn[0], "405") || !strings.Contains(s.Drawn[1], "204") {
		t.Errorf("drawn: %q", s.Drawn)
	}
	if strings.Join(s.Verdicts, ", ") != "blocked, would be sent" {
		t.Errorf("verdicts %q", s.Verdicts)
	}
}

// No value of a server becomes markup.
func TestDiagnosisOfHostileServers(t *testing.T) {
	for _, f := range hostile().Findings {
		o := f.Steps[0].Observation
		d := Diagnosed{Diagnosis: diagnose.Diagnosis{Seen: o, ID: f.Key, Cause: f.Key, Layer: diagnose.Layer(f.Key), Evidence: []string{f.Why}, Remedy: f.Key, Notes: []string{f.Why},
			Experiments: []diagnose.Experiment{{Name: f.Key, Seen: o, Error: f.Why}}, Trial: &diagnose.Trial{Proved: true, Seen: o}}, Again: f.Key}
		s := as[inventory](t, shownPages(t, map[string][]byte{"d.html": written(t, DiagnosisHTML, d)}, "d.html", takeInventory+`return await inventory();`))
		s.check(t, 2, `^https://fetch\.spec\.whatwg\.org/`)
		note := string(written(t, DiagnosisMarkdown, d))
		head, _, _ := strings.Cut(note, "\n```")
		for line := range strings.Lines(head) {
			if line != "\n" && !strings.HasPrefix(line, "- **") && !strings.HasPrefix(line, "### ") && !strings.HasPrefix(line, "Chrome blocks it") {
				t.Errorf("a line that is not ours: %q", line)
			}
		}
	}
}
