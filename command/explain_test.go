package command

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/explain"
)

func TestExplainBehaviour(t *testing.T) {
	const want = `K35  must, preflight, method

  A method that is not listed never reaches the server.
  If it breaks: A page sends a method that the policy does not list.
  A policy judges it: corsproof verify --only K35
  https://fetch.spec.whatwg.org/#cors-preflight-fetch

  Example: DELETE https://api.example.com/v1/me from https://app.example.com

  Before: readable
    to the preflight: 204
      Access-Control-Allow-Origin: https://app.example.com
      Access-Control-Allow-Methods: GET, PUT, DELETE
    to the request: 200
      Access-Control-Allow-Origin: https://app.example.com

  After: blocked, MethodDisallowedByPreflightResponse
    to the preflight: 204
      Access-Control-Allow-Origin: https://app.example.com
      Access-Control-Allow-Methods: GET, PUT
`
	if r := run(t, "explain", "k35"); r.status != exitHeld || r.stdout != want || r.stderr != "" {
		t.Errorf("status %d\n%s%s\nwant\n%s", r.status, r.stdout, r.stderr, want)
	}
}

func TestExplainReason(t *testing.T) {
	r := run(t, "explain", "MissingAllowOriginHeader")
	for _, want := range []string{
		"MissingAllowOriginHeader\n\n  The response has no Access-Control-Allow-Origin", "\n  Remedy: Make the server send",
		"\n  https://fetch.spec.whatwg.org/#cors-check\n", "\n  Before: blocked, MissingAllowOriginHeader\n    to the request: 200\n      (no header of CORS",
		"\n  After: readable\n    to the request: 200\n      Access-Control-Allow-Origin: https://app.example.com\n",
	} {
		if !strings.Contains(r.stdout, want) || r.status != exitHeld {
			t.Errorf("status %d, no %q in\n%s", r.status, want, r.stdout)
		}
	}
	if r := run(t, "explain", "net::ERR_UNSAFE_PORT"); !strings.Contains(r.stdout, "  No headers to show. The page's request decides") {
		t.Errorf("without an example:\n%s", r.stdout)
	}
}

// Every entry is printed whole, and every line of a response is printed
// unchanged.
func TestExplainEverything(t *testing.T) {
	for _, e := range explain.All() {
		shown := entryText(e)
		flat := strings.Join(strings.Fields(shown), " ")
		if !strings.Contains(flat, e.Sentence) || !strings.Contains(flat, e.Anchor) {
			t.Errorf("%s:\n%s", e.Name, shown)
		}
		if e.Behaviour != nil && judgedBy[e.Behaviour.Judged] == "" {
			t.Errorf("%s: nothing says who judges %s", e.Name, e.Behaviour.Judged)
		}
		if e.Example == nil {
			continue
		}
		for _, o := range []explain.Outcome{e.Example.Before, e.Example.After} {
			for _, response := range o.Responses {
				for _, f := range response.Headers {
					if !strings.Contains(shown, "\n      "+f.Name+": "+f.Value+"\n") {
						t.Errorf("%s: no %s: %s in\n%s", e.Name, f.Name, f.Value, shown)
					}
				}
			}
		}
	}
}

func TestExplainLists(t *testing.T) {
	r := run(t, "explain")
	for _, e := range explain.All() {
		if !strings.Contains(r.stdout, "\n"+e.Name) || !strings.Contains(r.stdout, e.Sentence+"\n") {
			t.Errorf("%s is not listed", e.Name)
		}
	}
	if strings.Count(r.stdout, "Reasons why a browser blocks:") != 1 || r.status != exitHeld {
		t.Errorf("status %d\n%s", r.status, r.stdout)
	}
}

func TestExplainAsJSON(t *testing.T) {
	var one explain.Entry
	if err := json.Unmarshal([]byte(run(t, "explain", "K56", "--json").stdout), &one); err != nil || one.Name != "K56" || one.Behaviour.Needs != behaviour.Caches || one.Example == nil {
		t.Errorf("%v, %+v", err, one)
	}
	var all struct{ Entries []explain.Entry }
	if err := json.Unmarshal([]byte(run(t, "explain", "--json").stdout), &all); err != nil || len(all.Entries) != len(explain.All()) {
		t.Errorf("%v, %d entries", err, len(all.Entries))
	}
}

func TestExplainUsage(t *testing.T) {
	for name, want := range map[string]string{
		"MisingAllowOriginHeader": "did you mean MissingAllowOriginHeader?",
		"56":                      "did you mean K56?",
		"K99":                     "no such behaviour or reason",
		"":                        "no such behaviour or reason",
	} {
		if r := run(t, "explain", name); r.status != exitUsage || r.stdout != "" || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: status %d\n%s%s", name, r.status, r.stdout, r.stderr)
		}
	}
	if r := run(t, "explain", "K01", "K02"); r.status != exitUsage || !strings.Contains(r.stderr, `invalid arguments: got ["K01" "K02"]`) {
		t.Errorf("two: status %d\n%s", r.status, r.stderr)
	}
}
