package command

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/corsproof/corsproof/harness/report"
	"github.com/corsproof/corsproof/internal/schematest"
)

// A page is visited, what is blocked is explained, and the line for one request diagnoses it.
func TestVisit(t *testing.T) {
	var mu sync.Mutex
	var methods []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		methods = append(methods, r.Method)
		if r.URL.Path == "/open" || r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Methods", "*")
		}
	}))
	defer api.Close()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/blocked":
			fmt.Fprintf(w, `<script>fetch("%s/me?token=s3cret").catch(() => {})</script>`, api.URL)
		case "/open":
			fmt.Fprintf(w, `<button onclick='fetch("%s/open", {method: "DELETE"}).catch(() => {})'>x</button>`, api.URL)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, "not here")
		case "/empty":
			w.WriteHeader(http.StatusNotFound)
		case "/down":
			fmt.Fprint(w, `<script>fetch("http://127.0.0.1:2/").catch(() => {})</script>`)
		}
	}))
	defer page.Close()

	r := run(t, "diagnose", page.URL+"/blocked")
	for _, want := range []string{"1 request to other origins: 1 blocked", "MissingAllowOriginHeader", "Cause, proved: ", "Layer: CORS middleware: ", "Remedy: ", "Proved: ", "Alone: corsproof diagnose '{"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q is missing:\n%s%s", want, r.stdout, r.stderr)
		}
	}
	if r.status != exitBlocked || strings.Contains(r.stdout, "s3cret") {
		t.Errorf("exit status %d\n%s", r.status, r.stdout)
	}

	r = run(t, "diagnose", page.URL+"/blocked", "--json")
	var cases struct {
		Diagnoses []struct {
			Request   int
			Diagnosis struct{ ID string }
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &cases); err != nil || len(cases.Diagnoses) != 1 || cases.Diagnoses[0].Diagnosis.ID != "no-header-anywhere" || strings.Contains(r.stdout, "s3cret") {
		t.Errorf("%v\n%s%s", err, r.stdout, r.stderr)
	}

	schema := schematest.Compile(t, "visit.schema.json", map[string][]byte{
		"schema.json": report.SchemaJSON(), "diagnosis.schema.json": report.DiagnosisSchemaJSON(), "visit.schema.json": report.VisitSchemaJSON(),
	})
	schematest.Check(t, schema, []byte(r.stdout))
	schematest.Check(t, schema, []byte(run(t, "diagnose", page.URL+"/open", "--for-seconds", "0.1", "--json").stdout))
	schematest.Check(t, schema, []byte(run(t, "diagnose", page.URL+"/down", "--json").stdout))

	if r := run(t, "diagnose", page.URL+"/down"); r.status != exitNoAnswer || !strings.Contains(r.stdout, "No verdict") || !strings.Contains(r.stdout, "nothing listens there") {
		t.Errorf("a server that is down: exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}

	r = run(t, "diagnose", page.URL+"/missing")
	if said := strings.Join(strings.Fields(r.stdout), " "); r.status != exitNoAnswer || !strings.Contains(said, "The page is an error (404)") || !strings.Contains(said, "Nothing was asked of another origin.") {
		t.Errorf("a page that is not there: exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}

	if r := run(t, "diagnose", page.URL+"/empty"); r.status != exitNoAnswer || !strings.Contains(r.stderr, "an error status and an empty body") {
		t.Errorf("an error without a body: exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}

	click := filepath.Join(t.TempDir(), "click.js")
	if err := os.WriteFile(click, []byte(`document.querySelector("button").click()`), 0o600); err != nil {
		t.Fatal(err)
	}
	r = run(t, "diagnose", page.URL+"/open", "--script", click, "--dry-run", "--json")
	var document struct {
		Blocked  int
		Requests []struct{ Seen struct{ Verdict string } }
	}
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil || r.status != exitHeld || document.Blocked != 0 || len(document.Requests) != 1 {
		t.Errorf("exit status %d, %v\n%s%s", r.status, err, r.stdout, r.stderr)
	}
	mu.Lock()
	defer mu.Unlock()
	if slices.Contains(methods, http.MethodDelete) || !slices.Contains(methods, http.MethodOptions) {
		t.Errorf("a dry run sent %q", methods)
	}
}

// A page that cannot be loaded has no verdict, and flags of a question are refused.
func TestVisitFaults(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	page.Close()
	if r := run(t, "diagnose", page.URL); r.status != exitNoAnswer || !strings.Contains(r.stderr, "the page could not be loaded: nothing listens there") {
		t.Errorf("a page that is not there: exit status %d\n%s", r.status, r.stderr)
	}
	for _, test := range []struct{ flags, want string }{
		{"--method PUT --header A:b", "--method, --header: this is for one question"},
		{"--from https://app.test --for-seconds 2", "remove --from, or remove the other two"},
		{"--for-seconds -1", "--for-seconds -1: want a time above 0"},
		{"--script /nonexistent", "--script: open /nonexistent"},
		{"--script " + os.DevNull, "the file is empty"},
	} {
		if r := run(t, append([]string{"diagnose", page.URL}, strings.Fields(test.flags)...)...); r.status != exitUsage || !strings.Contains(r.stderr, test.want) {
			t.Errorf("%s: exit status %d, want %q\n%s", test.flags, r.status, test.want, r.stderr)
		}
	}
}
