package explain

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/oracle"
)

// Every behaviour and every reason has an example or says why it has none; no other name
// has either.
func TestEntriesAreTotal(t *testing.T) {
	known := map[string]bool{}
	for _, e := range All() {
		known[e.Name] = true
		if (e.Example == nil) == (e.NoExample == "") {
			t.Errorf("%s: want an example or a cause, and not both: %+v, %q", e.Name, e.Example, e.NoExample)
		}
		if !strings.HasSuffix(e.Sentence, ".") || !strings.HasPrefix(e.Anchor, "https://") || (e.Behaviour == nil) != (e.Remedy != "") {
			t.Errorf("%s is not complete: %+v", e.Name, e)
		}
		if e.NoExample != "" && !strings.HasSuffix(e.NoExample, ".") {
			t.Errorf("%s: the cause is no sentence: %q", e.Name, e.NoExample)
		}
	}
	if len(known) != len(behaviour.All())+len(harness.Reasons()) {
		t.Errorf("%d entries", len(known))
	}
	for name := range examples {
		if !known[name] {
			t.Errorf("%s has an example and no row", name)
		}
	}
	for name := range causes {
		if !known[name] {
			t.Errorf("%s has a cause and no row", name)
		}
	}
	var parts int
	for _, part := range []map[string]Example{reasonExamples, redirectExamples, behaviourExamples, preflightedExamples} {
		parts += len(part)
	}
	if parts != len(examples) {
		t.Errorf("%d examples in parts, %d together: one stands in two parts", parts, len(examples))
	}
}

// The oracle agrees with the verdict of every example, and uses exactly the responses
// that the example shows.
func TestExamplesHold(t *testing.T) {
	for name, e := range examples {
		decide(t, name+", before", e, e.Before)
		decide(t, name+", after", e, e.After)
		if same, err := json.Marshal(e.Before); err != nil {
			t.Error(err)
		} else if after, _ := json.Marshal(e.After); string(same) == string(after) {
			t.Errorf("%s: before and after are the same", name)
		}
	}
}

// The example of a reason is blocked for that reason, and then is not blocked. The
// example of a behaviour matches the sides of the behaviour.
func TestExamplesShowTheirEntry(t *testing.T) {
	for name, e := range examples {
		b, isBehaviour := behaviour.Of(name)
		if !isBehaviour {
			after := harness.Readable
			if e.Request.Mode == harness.NoCORS && !strings.HasPrefix(e.Request.URL, e.Request.From+"/") {
				after = harness.Opaque
			}
			if e.Before.Verdict != harness.Blocked || string(e.Before.Reason) != name || e.After.Verdict != after {
				t.Errorf("%s: %s %s, then %s", name, e.Before.Verdict, e.Before.Reason, e.After.Verdict)
			}
			continue
		}
		_, allowed := b.On(behaviour.Allowed)
		_, forbidden := b.On(behaviour.Forbidden)
		opens := e.Before.Verdict == harness.Blocked && e.After.Verdict == harness.Readable
		shuts := e.Before.Verdict == harness.Readable && e.After.Verdict == harness.Blocked
		reads := e.Before.Verdict == harness.Readable && e.After.Verdict == harness.Readable && (e.AgainAfter > 0 || e.Before.Sees != nil)
		refuses := name == "K22" && e.After.Verdict == harness.Blocked
		if !(allowed && (opens || reads) || forbidden && (shuts || refuses)) {
			t.Errorf("%s: %v, %s and then %s", name, b.Sides, e.Before.Verdict, e.After.Verdict)
		}
	}
}

// decide checks one outcome of an example.
func decide(t *testing.T, name string, e Example, want Outcome) {
	t.Helper()
	if err := e.Request.Validate(); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	left := want.Responses
	server := func(x oracle.Exchange) oracle.Reply {
		if len(left) > 0 && left[0].Kept && slices.Contains(oracle.GetDecodeSplit(left[0].Headers, "Vary"), "Origin") {
			left = left[1:] // the cache holds it for a request with another Origin
		}
		if len(left) == 0 {
			t.Errorf("%s: no response is left for %s %s", name, x.Kind, x.URL)
			return oracle.Reply{NetError: "net::ERR_EMPTY_RESPONSE"}
		}
		r := left[0]
		left = left[1:]
		if r.To != x.Kind {
			t.Errorf("%s: the response to %s answers %s", name, r.To, x.Kind)
		}
		return oracle.Reply{Status: r.Status, Header: r.Headers}
	}
	as := oracle.Chrome
	if e.Strict {
		as = oracle.Standard
	}
	q := oracle.Question{Request: e.Request, Server: server, As: as, Cache: new(oracle.PreflightCache), Now: time.Unix(0, 0)}
	times := 1
	if e.AgainAfter > 0 {
		times = 2
	}
	for range times {
		d := oracle.Decide(q)
		if d.Verdict != want.Verdict || d.Reason != want.Reason {
			t.Errorf("%s: the oracle says %q %q, the example %q %q", name, d.Verdict, d.Reason, want.Verdict, want.Reason)
		}
		var seen []string
		for _, f := range d.Exposed {
			seen = append(seen, f.Name)
		}
		if want.Sees != nil && !slices.Equal(seen, want.Sees) {
			t.Errorf("%s: the script sees %v, the example says %v", name, seen, want.Sees)
		}
		q.Now = q.Now.Add(time.Duration(e.AgainAfter) * time.Second)
	}
	if len(left) > 0 {
		t.Errorf("%s: %d responses were never asked for", name, len(left))
	}
}

func TestOf(t *testing.T) {
	for _, name := range []string{"K56", "k56", "MissingAllowOriginHeader", "missingalloworiginheader", "net::ERR_UNSAFE_PORT"} {
		if e, ok := Of(name); !ok || !strings.EqualFold(e.Name, name) {
			t.Errorf("%s: %v, %+v", name, ok, e)
		}
	}
	if e, ok := Of("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin"); !ok || e.Name != string(harness.BlockedByResponse) {
		t.Errorf("with a detail: %v, %+v", ok, e)
	}
	for _, name := range []string{"", "K00", "K75", "56", "Missing"} {
		if e, ok := Of(name); ok {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"56": "K56", "k7": "K07", "K007": "K07", "99": "", "K99": "", "": "", "nonsense": "",
		"MissingAllowOriginHeaders": "MissingAllowOriginHeader", "missing-allow-origin-header": "MissingAllowOriginHeader",
		"ERR_UNSAFE_PORT": "net::ERR_UNSAFE_PORT", "orb": "",
	} {
		if got := Nearest(name); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

// The question of an example names all that differs from a plain GET, and nothing else.
func TestQuestion(t *testing.T) {
	for want, e := range map[string]Example{
		"GET https://api.test/ from https://app.test": {Request: harness.Request{From: "https://app.test", URL: "https://api.test/"}},
		"POST https://api.test/ from a page with an opaque origin, with credentials, with the header X-A, with the header X-B, with a streamed body, " +
			"mode no-cors, redirect mode error, the page has CSP: x, and the same again after 5 seconds": {AgainAfter: 5, Request: harness.Request{
			From: harness.OpaqueOrigin, URL: "https://api.test/", Method: "POST", Credentials: harness.Include, Headers: harness.Header{{Name: "X-A", Value: "1"}, {Name: "X-B", Value: "1"}},
			Body: harness.Stream("x"), Mode: harness.NoCORS, Redirect: harness.RedirectError, PageHeaders: harness.Header{{Name: "CSP", Value: "x"}}}},
	} {
		if got := e.Question(); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
