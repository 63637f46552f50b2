package diagnose_test

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/report"
	"github.com/corsproof/corsproof/internal/schematest"
	"github.com/corsproof/corsproof/servers"
)

const (
	app  = "https://app.test"
	api  = "https://api.test"
	acao = "Access-Control-Allow-Origin"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
	acac = "Access-Control-Allow-Credentials"
	aceh = "Access-Control-Expose-Headers"
)

func header(pairs ...string) harness.Header {
	var h harness.Header
	for i := 0; i < len(pairs); i += 2 {
		h = append(h, harness.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return h
}

// reply is an answer with a status and headers.
func reply(status int, pairs ...string) servers.Reply {
	return servers.Reply{Status: status, Header: header(pairs...)}
}

// withBody is an answer with a body.
func withBody(r servers.Reply, body string) servers.Reply {
	r.Body = body
	return r
}

// example is a server with a question, and what a diagnosis has to find. The zero id is a
// right server, or a case of which nothing is known.
type example struct {
	c     servers.Case
	r     harness.Request // From and URL are set, where they are empty
	id    string
	layer diagnose.Layer
	sure  diagnose.Certainty
	// untried says that the remedy cannot be tried. tells is a part of the evidence.
	untried bool
	tells   string
	advises string // a part of the remedy
	never   string // a part that the remedy must not have
	cookies []harness.SetCookie
	browser func(*harness.Browser) // a browser of its own
	claimed []harness.Reason
	schema  *jsonschema.Schema
	foreign bool // the server is asked as somebody else's, with the caches off
}

// preflighted is a case whose preflight has its own answer.
func preflighted(actual, preflight servers.Reply) servers.Case {
	return servers.Case{Reply: actual, Preflight: &preflight}
}

// clinic has what examples need.
type clinic struct {
	net    *servers.Network
	chrome *harness.Browser
}

func newClinic(t *testing.T) *clinic {
	c := &clinic{net: &servers.Network{}}
	if err := c.net.Start(); err != nil {
		t.Fatal(err)
	}
	c.chrome = &harness.Browser{Network: c.net, Timeout: time.Minute}
	t.Cleanup(func() {
		_ = c.chrome.Close()
		_ = c.net.Close()
	})
	return c
}

// asker is the browser, or the profile, of an example.
func (c *clinic) asker(t *testing.T, x example) diagnose.Asker {
	chrome := c.chrome
	if x.browser != nil || x.foreign {
		chrome = &harness.Browser{Network: c.net, Timeout: time.Minute}
		if x.foreign {
			chrome.Network = servers.Foreign{Network: c.net}
		}
		if x.browser != nil {
			x.browser(chrome)
		}
		t.Cleanup(func() { _ = chrome.Close() })
	}
	if x.cookies == nil {
		return chrome
	}
	profile := &harness.Profile{Browser: chrome, Cookies: x.cookies}
	t.Cleanup(func() { _ = profile.Close() })
	return profile
}

// run diagnoses an example.
func (c *clinic) run(t *testing.T, x example) (diagnose.Diagnosis, error) {
	r := x.r
	if r.From == "" {
		r.From = app
	}
	switch place := c.net.Add(x.c); {
	case r.URL == "":
		r.URL = place.URL(api)
	case strings.Count(r.URL, "/") == 2:
		r.URL = place.URL(r.URL) // an origin
	}
	for i := range r.Before {
		r.Before[i].From, r.Before[i].URL = r.From, r.URL
	}
	doctor := diagnose.Doctor{Asker: c.asker(t, x), Client: c.net.Client(), Claimed: x.claimed}
	return doctor.Run(context.Background(), r)
}

// Each cause is named with its layer, and its remedy is proved. The controls have the same
// symptom from another cause, and a right server is not accused.
func TestDiagnoses(t *testing.T) {
	c := newClinic(t)
	var seen symptoms
	schema := schematest.Compile(t, "diagnosis.schema.json", map[string][]byte{"schema.json": report.SchemaJSON(), "diagnosis.schema.json": report.DiagnosisSchemaJSON()})
	all := examples(c.net)
	t.Run("each", func(t *testing.T) {
		for name, x := range all {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d, err := c.run(t, x)
				if unreached := x.layer == diagnose.Network && d.Seen.Verdict == ""; (err != nil) != unreached {
					t.Fatal(err)
				}
				x.schema = schema
				x.judge(t, d)
				seen.add(d)
			})
		}
	})
	if !t.Failed() && seen.examples == len(all) { // none was filtered out
		seen.controlled(t)
	}
}

// sentence is the end of a sentence inside of a text, or an article at its beginning.
var sentence = regexp.MustCompile(`[a-z)]\. [A-Z]|^(The|A|An|This) `)

// judge compares a diagnosis with what it has to be.
func (x example) judge(t *testing.T, d diagnose.Diagnosis) {
	t.Helper()
	if d.ID != x.id || d.Layer != x.layer || d.Sure != x.sure {
		t.Errorf("%q in the %s, %s; want %q in the %s, %s\n%s\n%s\n%+v", d.ID, d.Layer, d.Sure, x.id, x.layer, x.sure, d.Seen, d.Cause, d.RuledOut)
	}
	for _, e := range d.Experiments {
		for _, a := range e.Seen.Arrivals {
			if a.Method != "GET" && a.Method != "OPTIONS" {
				t.Errorf("%s sent %s", e.Name, a.Method)
			}
		}
		if e.Outcome() == "" {
			t.Errorf("%s: no outcome", e.Name)
		}
	}
	proved := d.Trial != nil && d.Trial.Proved
	switch {
	case x.id == "" && (d.Trial != nil || d.Remedy != "" || len(d.Evidence) > 0):
		t.Errorf("a remedy where there is none: %s", d.Remedy)
	case x.id == "":
	case d.Remedy == "" || len(d.Evidence) == 0 || d.Cause == "":
		t.Errorf("no remedy or no evidence: %q %q %q %q", d.Cause, d.Remedy, d.Evidence, d.Notes)
	case proved == x.untried:
		t.Errorf("the remedy (%s) is proved: %v; %v", d.Remedy, proved, d.Notes)
	case x.untried && !strings.Contains(strings.Join(d.Notes, " "), "was not tried"):
		t.Errorf("nothing says that the remedy was not tried: %q", d.Notes)
	}
	for _, line := range d.Evidence { // clauses, which a text joins
		if strings.HasSuffix(line, ".") || sentence.MatchString(line) {
			t.Errorf("evidence that is a sentence: %q", line)
		}
	}
	var document bytes.Buffer
	if err := report.DiagnosisJSON(&document, report.Diagnosed{Diagnosis: d}); err != nil {
		t.Error(err)
	}
	schematest.Check(t, x.schema, document.Bytes())
	if x.tells != "" && !slices.ContainsFunc(d.Evidence, func(line string) bool { return strings.Contains(line, x.tells) }) {
		t.Errorf("evidence %q, want %q", d.Evidence, x.tells)
	}
	if !strings.Contains(d.Remedy, x.advises) || x.never != "" && strings.Contains(d.Remedy, x.never) {
		t.Errorf("the remedy is %q, want %q, and not %q", d.Remedy, x.advises, x.never)
	}
	if likely := strings.HasPrefix(d.Cause, "This is likely"); likely != (d.Sure == diagnose.Likely) {
		t.Errorf("%s: %s", d.Sure, d.Cause)
	}
}
