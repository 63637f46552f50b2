package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/cputime"
	"github.com/corsproof/corsproof/harness/policy"
)

// The number of unused profiles is bounded, and a profile in use stays open.
func TestProfiles(t *testing.T) {
	var p profiles
	var chrome harness.Browser
	first, release := p.take(&chrome, "first")
	for i := range 3 * maxProfiles {
		_, release := p.take(&chrome, fmt.Sprint(i))
		release()
	}
	if len(p.open) != maxProfiles {
		t.Errorf("%d are open, want %d", len(p.open), maxProfiles)
	}
	again, releaseAgain := p.take(&chrome, "first")
	if again != first {
		t.Error("a profile in use was closed")
	}
	release()
	releaseAgain()
	for i := range maxProfiles {
		_, release := p.take(&chrome, fmt.Sprint("later ", i))
		release()
	}
	if again, _ := p.take(&chrome, "first"); again == first {
		t.Error("the profile that was unused for longest is still open")
	}
	p.close()
	if len(p.open) != 0 {
		t.Errorf("%d profiles are still open", len(p.open))
	}
}

// The evidence of findings that held comes from the first probes, whichever ended first:
// so two runs can be compared.
func TestKeepsEvidence(t *testing.T) {
	x := running(t, policy.Ask{})
	for i := range 8 * finding.MaxEvidence {
		x.numbers = append(x.numbers, i+1)
	}
	if x.keeps(finding.MaxEvidence, finding.Held) || !x.keeps(finding.MaxEvidence-1, finding.Held) {
		t.Error("held: evidence is not kept for exactly the first probes")
	}
	for i := range x.numbers {
		x.numbers[i] = 10*i + 2
	}
	if x.keeps(finding.MaxEvidence/10, finding.Held) || !x.keeps(finding.MaxEvidence/10-1, finding.Held) {
		t.Error("held: ten shards do not keep as much evidence as one run")
	}
	for i := range finding.MaxEvidence {
		if !x.keeps(7*finding.MaxEvidence+i, finding.Inconclusive) {
			t.Fatalf("the evidence of number %d is not kept", i)
		}
	}
	if x.keeps(0, finding.Broken) {
		t.Error("the evidence has no limit")
	}
	if !x.keeps(0, finding.Held) {
		t.Error("broken findings use up the room of held ones")
	}
}

// huge is a policy with this number of resources.
func huge(resources int) policy.Policy {
	p := policy.Policy{Target: acme, Rules: policy.Rules{
		Origins: policy.Origins{List: []string{"https://app.acme.com"}}, Credentials: new(true), Methods: policy.Names{"GET", "PUT"},
	}}
	for i := range resources {
		p.Resources = append(p.Resources, policy.Resource{Path: fmt.Sprintf("/v1/%d", i)})
	}
	return p
}

// Ten thousand resources are raised, put in lanes and stored within the memory of a small
// machine.
func TestManyResources(t *testing.T) {
	const (
		resources = 10_000
		most      = 1 << 30 // bytes
		limit     = time.Minute
	)
	spent := cputime.Start()
	run := Run{Policy: huge(resources), Browser: &harness.Browser{}}
	probes, err := run.Probes()
	if err != nil {
		t.Fatal(err)
	}
	x, err := run.newRunner(numbersOf(probes))
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if why := x.askAll(ended, time.Now(), probes); why != "interrupted" || x.done != 0 {
		t.Errorf("%d probes asked after the end of the run; %s", x.done, why)
	}
	seen := blockedBy(harness.MissingAllowOriginHeader, get(200, "Vary", "Origin"))
	for i, p := range probes {
		f := newFinding(p)
		f.Steps = []finding.Step{{Observation: trimmed(hostile, asIs)}}
		decide(&f, judge(acme, p.Steps[0], seen, nil), p, p.Steps[0], seen, asIs)
		if !x.keeps(i, f.Outcome) {
			f.Steps = nil
		}
		x.found[i] = &f
	}
	report := finding.Report{Findings: x.findings(), Fingerprint: fingerprint(run.Policy, probes)}
	finding.Sort(report.Findings)
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	t.Logf("%d probes, %d MB, %s", len(probes), memory.HeapAlloc>>20, spent())
	if len(report.Findings) != len(probes) || len(probes) < 30*resources/2 {
		t.Errorf("%d findings of %d probes", len(report.Findings), len(probes))
	}
	if took := spent(); memory.HeapAlloc > most || took > limit {
		t.Errorf("%d MB and %s, want less than %d MB and %s", memory.HeapAlloc>>20, took, most>>20, limit)
	}
	if noted := strings.Join(notes(report, len(probes)), " "); !strings.Contains(noted, "the report has only the outcome of") {
		t.Errorf("notes: %s", noted)
	}
	runtime.KeepAlive(x)
}

// hostile is the largest observation that a target can cause.
var hostile = func() harness.Observation {
	e := get(200)
	for i := range 30 {
		e.ResponseHeaders = append(e.ResponseHeaders, harness.Field{Name: fmt.Sprint("Access-Control-", i), Value: strings.Repeat("v", maxValue)})
	}
	return blockedBy(harness.MissingAllowOriginHeader, e)
}()

// A run ends with the cause of its end.
func TestWhyARunEnds(t *testing.T) {
	url := served(t, func(http.ResponseWriter, *http.Request) {})
	probes := []policy.Probe{{ID: "K21", Wire: true, Steps: []policy.Step{{Request: origins(url, "https://a.test"), Want: harness.Blocked}}}}
	for name, test := range map[string]struct {
		limit time.Duration
		end   func(context.CancelCauseFunc)
		want  string
	}{
		"interrupted": {0, func(end context.CancelCauseFunc) { end(nil) }, "interrupted"},
		"by a cause":  {0, func(end context.CancelCauseFunc) { end(errors.New("the disk is full")) }, "the disk is full"},
		"too long":    {time.Nanosecond, func(context.CancelCauseFunc) {}, "the time limit of 1ns was reached"},
		"complete":    {time.Minute, func(context.CancelCauseFunc) {}, ""},
	} {
		ctx, end := context.WithCancelCause(t.Context())
		test.end(end)
		run := Run{Policy: policy.Policy{Target: url}, Browser: &harness.Browser{}, TimeLimit: test.limit}
		x, err := run.newRunner(numbersOf(probes))
		if err != nil {
			t.Fatal(err)
		}
		if got := x.askAll(ctx, time.Now(), probes); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if complete := x.done == 1; complete != (test.want == "") {
			t.Errorf("%s: complete is %v", name, complete)
		}
		x.close()
		end(nil)
	}
}

// A run without a client of its caller closes all its connections.
func TestRunClosesItsConnections(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	closed := make(chan struct{}, 1)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	run := Run{Policy: policy.Policy{Target: server.URL}, Browser: &harness.Browser{}}
	x, err := run.newRunner(finding.Numbers{1})
	if err != nil {
		t.Fatal(err)
	}
	x.askAll(t.Context(), time.Now(), []policy.Probe{{ID: "K21", Wire: true, Steps: []policy.Step{{Request: origins(server.URL, "https://a.test"), Want: harness.Blocked}}}})
	if x.found[0].Outcome != finding.Held {
		t.Fatalf("%s: %s", x.found[0].Outcome, x.found[0].Why)
	}
	x.close()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open")
	}
}

// A progress function may print its argument.
func TestProgressHoldsNoSecret(t *testing.T) {
	const secret = "s3cr3t-t0k3n"
	var told []Progress
	url := served(t, func(http.ResponseWriter, *http.Request) {})
	run := Run{
		Policy:  policy.Policy{Target: url, Ask: policy.Ask{Headers: lines("Authorization", secret)}},
		Browser: &harness.Browser{}, Progress: func(p Progress) { told = append(told, p) },
	}
	probe := policy.Probe{ID: "K21", Wire: true, Title: "GET from " + secret, Steps: []policy.Step{{Request: origins(url, secret), Want: harness.Blocked}}}
	x, err := run.newRunner(finding.Numbers{1})
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	x.askAll(t.Context(), time.Now(), []policy.Probe{probe})
	if len(told) != 1 || told[0].Done != 1 || told[0].All != 1 || told[0].Finding.ID != "K21" {
		t.Fatalf("told %+v", told)
	}
	if text := fmt.Sprintf("%+v", told[0]); strings.Contains(text, secret) {
		t.Errorf("told %s", text)
	}
	if !strings.Contains(x.found[0].Title, secret) {
		t.Error("the finding was redacted before the comparison")
	}
}
