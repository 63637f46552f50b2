package command

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/process"
)

// referenceAdapter builds the adapter of the reference library.
func referenceAdapter(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "reference")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../servers/reference/adapter").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// All faults of the arguments are told at once, and nothing is asked.
func TestConformFaults(t *testing.T) {
	for name, test := range map[string]struct {
		o    conformOptions
		want []string
	}{
		"unknown names":    {conformOptions{names: []string{"cobol", "rs-cros"}, policies: []string{"lst"}, atOnce: -1}, []string{`no language "cobol"`, `no library and no language "rs-cros"`, `no policy "lst"`, "list-creds", "--at-once -1: want 0 (the default) or more"}},
		"two libraries":    {conformOptions{names: []string{"rs-cors"}, command: "./adapter"}, []string{`["rs-cors"] and --command: give one of the two`}},
		"no adapter":       {conformOptions{check: true}, []string{"--check: name a library, or give --command"}},
		"a baseline alone": {conformOptions{baseline: "b.yaml"}, []string{"--baseline needs --command: a library of the clone has its own baseline"}},
		"an update":        {conformOptions{command: "x", update: true, policies: []string{"any"}}, []string{"--update-baseline needs --baseline FILE", "remove --policy"}},
		"a shard":          {conformOptions{shard: "3/2", names: []string{"cobol"}}, []string{"there are only 2", `no language "cobol"`}},
		"a shard of one":   {conformOptions{shard: "1/2", command: "x"}, []string{"--shard: --command asks one library"}},
		"no earlier one":   {conformOptions{names: []string{"cobol"}, matrix: matrixFlags{since: "/nowhere.json"}}, []string{"/nowhere.json", `no language "cobol"`}},
		"no time":          {conformOptions{names: []string{"cobol"}, browser: browserFlags{timeout: -1}}, []string{"--timeout -1ns", `no language "cobol"`}},
		"no folder":        {conformOptions{libraries: "/nowhere"}, []string{"/nowhere", "--command"}},
	} {
		got := end(t, test.o.run)
		if got.status != 2 {
			t.Errorf("%s: status %d\n%s", name, got.status, got.stderr)
		}
		for _, want := range test.want {
			if !strings.Contains(got.stderr, want) {
				t.Errorf("%s: no %q in:\n%s", name, want, got.stderr)
			}
		}
	}
}

// A flag that has no effect is refused, with its name, and so is every other fault.
func TestConformRefusesFlagsWithoutEffect(t *testing.T) {
	for line, want := range map[string][]string{
		"rs-cors --repeat 0":                                            {"--repeat 0: want 1 or more"},
		"--repeat 0 --at-once -1 --command x rs-cors":                   {"--repeat 0", "--at-once -1", "give one of the two"},
		"--from a.json --policy any --shard 1/2 --repeat 2 --at-once 3": {"--from asks nothing: remove --policy, --shard, --repeat, --at-once"},
		"--from a.json --chrome x --libraries y --at-once 0":            {"--from asks nothing: remove --libraries, --at-once, --chrome"},
		"--from a.json --command x --update-baseline rs-cors":           {"--from asks nothing: remove --command, --update-baseline", `--from takes the libraries from the matrices: remove ["rs-cors"]`},
		"--list --html h --command x":                                   {"--list asks nothing: remove --command, --html"},
		"--print-policy any --json rs-cors":                             {"--print-policy asks nothing: remove --json", `--print-policy takes no name of a library: remove ["rs-cors"]`},
		"--check rs-cors --policy any --timeout 1s --baseline x":        {"--check asks nothing about the library: remove --policy, --baseline, --timeout"},
		"--check --list --from a.json rs-cors":                          {"want one of --check, --list, --from"},
		"--command x --shard 1/2 --libraries y":                         {"--shard: --command asks one library", "--libraries: --command names the adapter"},
		"rs-cors --local-network deny":                                  {"--local-network"},
	} {
		t.Run(line, func(t *testing.T) {
			got := run(t, append([]string{"conform"}, strings.Fields(line)...)...)
			if got.status != 2 {
				t.Errorf("status %d\n%s", got.status, got.stderr)
			}
			for _, want := range want {
				if !strings.Contains(got.stderr, want+"\n") && !strings.Contains(got.stderr, want+":") {
					t.Errorf("no %q in:\n%s", want, got.stderr)
				}
			}
		})
	}
	for _, line := range []string{"--list --shard 1/2", "--list go", "--print-policy any"} {
		if got := run(t, append([]string{"conform"}, strings.Fields(line)...)...); got.status != 0 {
			t.Errorf("%s: status %d\n%s", line, got.status, got.stderr)
		}
	}
}

func TestConformList(t *testing.T) {
	got := end(t, (&conformOptions{list: true}).run)
	if got.status != 0 || !strings.Contains(got.stdout, "go         rs-cors\n") || !strings.Contains(got.stdout, "flask-cors") {
		t.Errorf("status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
}

// A policy is printed as an adapter reads it.
func TestConformPrintsAPolicy(t *testing.T) {
	got := end(t, (&conformOptions{policy: "list-creds"}).run)
	var p contract.Policy
	if err := json.Unmarshal([]byte(got.stdout), &p); err != nil || got.status != 0 || p.Name != "list-creds" || len(p.RequestHeaders) != 20 {
		t.Errorf("status %d, %v\n%s%s", got.status, err, got.stdout, got.stderr)
	}
}

// The checker is content with a good adapter, and names the faults of a bad one.
func TestConformCheck(t *testing.T) {
	good := end(t, (&conformOptions{check: true, command: referenceAdapter(t)}).run)
	if good.status != 0 || !strings.Contains(good.stdout, "the adapter keeps its contract") {
		t.Errorf("status %d\n%s%s", good.status, good.stdout, good.stderr)
	}
	bad := end(t, (&conformOptions{check: true, command: "echo hello"}).run)
	if bad.status != 1 || !strings.Contains(bad.stdout, `FAULT  policy any: `) || !strings.Contains(bad.stdout, "want one line of JSON") {
		t.Errorf("status %d\n%s%s", bad.status, bad.stdout, bad.stderr)
	}
}

// A doubt is told apart from a fault, with what it is.
func TestConformPrintsDoubts(t *testing.T) {
	var out strings.Builder
	fault, doubt := process.Complaint{Where: "policy any", Problem: "no port"}, process.Complaint{Where: "GET /ok", Problem: "no X-Hidden", Doubt: true}
	if bad := printComplaints(streams{out: &out}, "adapter", []process.Complaint{doubt, fault}); !bad || !strings.HasPrefix(out.String(), "FAULT  policy any: no port\nDOUBT  GET /ok: no X-Hidden\nA doubt is not always a fault: the library may do this itself.\n") {
		t.Errorf("%t\n%s", bad, &out)
	}
	out.Reset()
	if bad := printComplaints(streams{out: &out}, "adapter", []process.Complaint{fault}); !bad || strings.Contains(out.String(), "doubt") {
		t.Errorf("%t\n%s", bad, &out)
	}
}

// A library that does as its baseline says ends with status 0; a change for better or
// worse with 1, and an adapter that does not start with 3.
func TestConformWithABaseline(t *testing.T) {
	adapter := referenceAdapter(t)
	run := func(baseline string, policies ...string) result {
		return end(t, (&conformOptions{command: adapter, baseline: baseline, policies: policies}).run)
	}
	if got := run("", "none"); got.status != 0 {
		t.Errorf("no failure: status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
	faulty := filepath.Join(t.TempDir(), "b.yaml")
	if err := os.WriteFile(faulty, []byte("library: reference\nversion: \"1\"\nfailures:\n  K13: {verdict: FAIL-OPEN}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(faulty); got.status != 2 || !strings.Contains(got.stderr, "K13 has no reason") {
		t.Errorf("no reason: status %d\n%s", got.status, got.stderr)
	}
	if got := end(t, (&conformOptions{command: "false", policies: []string{"none"}}).run); got.status != 3 {
		t.Errorf("no adapter: status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
}

// The exit status follows the worst that a run shows: a verdict that differs, or evidence
// that is missing.
func TestExitOfMatrix(t *testing.T) {
	cell := func(v, wanted conform.Verdict, reason string) conform.Matrix {
		return conform.Matrix{Libraries: []conform.Result{{Cells: []conform.Cell{{ID: "K13", Verdict: v, Wanted: wanted, Reason: reason}}}}}
	}
	for name, test := range map[string]struct {
		matrix conform.Matrix
		want   int
	}{
		"passes":                          {cell(conform.Pass, "", ""), 0},
		"fails as expected":               {cell(conform.FailOpen, "", "known"), 0},
		"fails, and there is no baseline": {cell(conform.FailOpen, "", ""), 1},
		"fails otherwise":                 {cell(conform.FailOpen, conform.FailClosed, ""), 1},
		"passes, which is not expected":   {cell(conform.Pass, conform.FailOpen, ""), 1},
		"no verdict":                      {cell(conform.NoVerdict, "", ""), 3},
		"no verdict, unexpectedly":        {cell(conform.NoVerdict, conform.Pass, ""), 3},
		"no verdict, as expected":         {cell(conform.NoVerdict, "", "known"), 0},
		"an adapter that ended": {func() conform.Matrix {
			m := cell(conform.Pass, "", "")
			m.Libraries[0].Policies = []conform.ResultOfPolicy{{Name: "any", State: conform.Faulty}}
			return m
		}(), 3},
		"not run":    {conform.Matrix{Libraries: []conform.Result{{NotRun: "install cobc"}}}, 3},
		"no library": {conform.Matrix{}, 3},
		"ended early": {func() conform.Matrix {
			m := cell(conform.Pass, "", "")
			m.Ended = "interrupted"
			return m
		}(), 3},
	} {
		if got := status(exitOfMatrix(test.matrix)); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}
