package finding

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// told is a finding with one step and these exchanges: "200 Name: value|...", or
// "preflight 204 ...", or "withheld ...".
func told(outcome Outcome, verdict harness.Verdict, reason harness.Reason, exchanges ...string) Finding {
	o := harness.Observation{Verdict: verdict, Reason: reason}
	for _, text := range exchanges {
		e := harness.Exchange{Kind: harness.ActualRequest, Method: "PUT", Sent: true}
		if rest, ok := strings.CutPrefix(text, "preflight "); ok {
			text, e.Kind, e.Method = rest, harness.Preflight, "OPTIONS"
		}
		text, e.Withheld = strings.CutPrefix(text, "withheld ")
		lines := strings.Split(text, "|")
		_, _ = fmt.Sscan(lines[0], &e.Status)
		e.ResponseHeaders = harness.Lines(lines[1:]...)
		o.Exchanges = append(o.Exchanges, e)
	}
	return Finding{ID: "K13", Key: "/", Outcome: outcome, Steps: []Step{{Observation: o}}}
}

// readable is a finding with the verdict readable.
func readable(exchanges ...string) Finding { return told(Held, harness.Readable, "", exchanges...) }

func TestCompare(t *testing.T) {
	const left, right = "https://dev.acme.com", "https://api.acme.com"
	wire := func(exchange int, name, l, r string) []WireDifference {
		return []WireDifference{{Step: 1, Exchange: exchange, Name: name, Left: l, Right: r}}
	}
	blocked := func(reason harness.Reason, exchanges ...string) Finding {
		return told(Held, harness.Blocked, reason, exchanges...)
	}
	none := Finding{ID: "K13", Key: "/", Outcome: Inconclusive}
	for name, c := range map[string]struct {
		left, right Finding
		kind        DifferenceKind // empty: the same
		wire        []WireDifference
	}{
		"the same":                   {readable("200|Vary: Origin"), readable("200|Vary: Origin"), "", nil},
		"names in another case":      {readable("200|Vary: Origin"), readable("200|vary: Origin"), "", nil},
		"headers that do not matter": {readable("200|Server: a|Date: 1"), readable("200|Server: b"), "", nil},
		"another order of headers":   {readable("200|Vary: a|Access-Control-Allow-Origin: *"), readable("200|Access-Control-Allow-Origin: *|Vary: a"), "", nil},

		"another status":      {readable("200"), readable("404"), DifferentWire, wire(1, "status", "200", "404")},
		"a header":            {readable("200|Vary: Origin"), readable("200"), DifferentWire, wire(1, "vary", "Origin", "(absent)")},
		"an empty header":     {readable("200|Vary: "), readable("200"), DifferentWire, wire(1, "vary", "", "(absent)")},
		"a value":             {readable("200|Access-Control-Max-Age: 600"), readable("200|Access-Control-Max-Age: 60"), DifferentWire, wire(1, "access-control-max-age", "600", "60")},
		"the order of a list": {readable("200|Access-Control-Allow-Methods: GET, PUT"), readable("200|Access-Control-Allow-Methods: PUT, GET"), DifferentWire, wire(1, "access-control-allow-methods", "GET, PUT", "PUT, GET")},
		"the case of a list":  {readable("200|Vary: origin"), readable("200|Vary: Origin"), DifferentWire, wire(1, "vary", "origin", "Origin")},
		"two lines":           {readable("200|Vary: a|Vary: b"), readable("200|Vary: a, b"), DifferentWire, wire(1, "vary", "a\nb", "a, b")},
		"other compared headers": {readable("200|Cross-Origin-Resource-Policy: same-site|Timing-Allow-Origin: *"), readable("200"), DifferentWire,
			append(wire(1, "cross-origin-resource-policy", "same-site", "(absent)"), wire(1, "timing-allow-origin", "*", "(absent)")...)},
		"a second exchange":      {readable("preflight 204|Vary: a", "200"), readable("preflight 204", "200"), DifferentWire, wire(1, "vary", "a", "(absent)")},
		"no preflight":           {readable("preflight 204|Vary: a", "200"), readable("200"), DifferentWire, wire(0, "exchanges", "preflight OPTIONS, request PUT", "request PUT")},
		"one request withheld":   {readable("200"), readable("withheld 200"), DifferentWire, wire(0, "exchanges", "request PUT", "request PUT (withheld)")},
		"both requests withheld": {readable("withheld 200"), readable("withheld 204"), "", nil},
		"nothing was asked":      {readable(), readable(), "", nil},

		"its own origin":              {readable("302|Location: https://dev.acme.com/login?a"), readable("302|Location: https://api.acme.com/login?a"), "", nil},
		"its own origin alone":        {readable("200|Access-Control-Allow-Origin: https://dev.acme.com"), readable("200|Access-Control-Allow-Origin: https://api.acme.com"), "", nil},
		"its own origin twice":        {readable("200|Timing-Allow-Origin: https://dev.acme.com, https://dev.acme.com"), readable("200|Timing-Allow-Origin: https://api.acme.com, https://api.acme.com"), "", nil},
		"the other target's origin":   {readable("302|Location: https://dev.acme.com/"), readable("302|Location: https://dev.acme.com/"), DifferentWire, wire(1, "location", "(target)/", "https://dev.acme.com/")},
		"an origin that begins alike": {readable("302|Location: https://dev.acme.com.evil.test/"), readable("302|Location: https://api.acme.com.evil.test/"), DifferentWire, wire(1, "location", "https://dev.acme.com.evil.test/", "https://api.acme.com.evil.test/")},
		"another port":                {readable("302|Location: https://dev.acme.com:8443/"), readable("302|Location: https://api.acme.com:8443/"), DifferentWire, wire(1, "location", "https://dev.acme.com:8443/", "https://api.acme.com:8443/")},
		"the same page as asked":      {readable("200|Access-Control-Allow-Origin: https://app.acme.com"), readable("200|Access-Control-Allow-Origin: https://app.acme.com"), "", nil},

		"another verdict":      {readable("200|Vary: a"), told(Broken, harness.Blocked, harness.MissingAllowOriginHeader, "200"), DifferentVerdict, wire(1, "vary", "a", "(absent)")},
		"another reason":       {blocked(harness.MissingAllowOriginHeader, "200"), blocked(harness.AllowOriginMismatch, "200"), DifferentVerdict, nil},
		"another outcome":      {readable("200"), told(Broken, harness.Readable, "", "200"), DifferentVerdict, nil},
		"known, and broken":    {told(Known, harness.Readable, "", "200"), told(Broken, harness.Readable, "", "200"), "", nil},
		"unexpected, and held": {told(Unexpected, harness.Readable, "", "200"), readable("200"), "", nil},

		"no evidence is kept":               {readable("200"), Finding{ID: "K13", Key: "/", Outcome: Held}, "", nil},
		"no evidence, and another outcome":  {told(Broken, harness.Readable, "", "200"), Finding{ID: "K13", Key: "/", Outcome: Held}, DifferentVerdict, nil},
		"no verdict on the left":            {none, readable("200"), NoVerdict, nil},
		"no verdict on the right":           {readable("200"), none, NoVerdict, nil},
		"no verdict":                        {none, none, NoVerdict, nil},
		"flaky":                             {told(Flaky, harness.Readable, "", "200"), readable("200"), NoVerdict, nil},
		"asked of one":                      {told(NotAsked, "", ""), readable("200"), NoVerdict, nil},
		"not asked of one, no verdict else": {told(NotAsked, "", ""), none, NoVerdict, nil},
	} {
		got := Compare([]Finding{c.left}, []Finding{c.right}, left, right)
		switch {
		case c.kind == "":
			if got.Same != 1 || len(got.Differences) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
		case got.Same != 0 || len(got.Differences) != 1:
			t.Errorf("%s: %+v", name, got)
		case got.Differences[0].Kind != c.kind || !reflect.DeepEqual(got.Differences[0].Wire, c.wire):
			t.Errorf("%s: %s %+v, want %s %+v", name, got.Differences[0].Kind, got.Differences[0].Wire, c.kind, c.wire)
		case !reflect.DeepEqual(got.Differences[0].Left, c.left) || !reflect.DeepEqual(got.Differences[0].Right, c.right):
			t.Errorf("%s: the findings differ", name)
		}
	}
}

// Steps that only prepare are not compared, and keep their number.
func TestCompareJudgedSteps(t *testing.T) {
	l, r := readable("200|Vary: a"), readable("200|Vary: b")
	l.Steps = append([]Step{{Prepares: true, Observation: harness.Observation{Verdict: harness.Opaque}}}, l.Steps...)
	r.Steps = append([]Step{{Prepares: true, Observation: harness.Observation{Verdict: harness.Blocked}}}, r.Steps...)
	got := Compare([]Finding{l}, []Finding{r}, "https://a.test", "https://b.test").Differences
	want := []WireDifference{{Step: 2, Exchange: 1, Name: "vary", Left: "a", Right: "b"}}
	if len(got) != 1 || got[0].Kind != DifferentWire || !reflect.DeepEqual(got[0].Wire, want) {
		t.Errorf("%+v", got)
	}
	r.Steps = r.Steps[:1]
	r.Steps = append(r.Steps, readable("200|Vary: a").Steps[0], readable("200").Steps[0])
	if got := Compare([]Finding{l}, []Finding{r}, "https://a.test", "https://b.test").Differences; len(got) != 1 || got[0].Kind != DifferentVerdict {
		t.Errorf("one step more: %+v", got)
	}
}

func TestComparePairs(t *testing.T) {
	named := func(key string, f Finding) Finding { f.Key, f.Title = key, "title of "+key; return f }
	left := []Finding{
		named("only left", readable("200")), named("unknown", Finding{ID: "K13", Outcome: Inconclusive}), named("wire", readable("200")),
		named("verdict", readable("200")), named("same", readable("200")), named("asked of neither", told(NotAsked, "", "")),
	}
	right := []Finding{
		named("asked of neither", told(NotAsked, "", "")), named("same", readable("200")), named("verdict", told(Broken, harness.Blocked, "x")),
		named("wire", readable("404")), named("unknown", readable("200")), named("only right", readable("200")),
	}
	got := Compare(left, right, "https://a.test", "https://b.test")
	var keys []string
	for _, d := range got.Differences {
		keys = append(keys, fmt.Sprintf("%s: %s, %s and %s (%s)", d.Kind, d.Left.Key, d.Left.Outcome, d.Right.Outcome, d.Right.Title))
	}
	want := []string{
		"verdict: verdict, held and broken (title of verdict)",
		"wire: wire, held and held (title of wire)",
		"no verdict: only left, held and not asked (title of only left)",
		"no verdict: unknown, inconclusive and held (title of unknown)",
		"no verdict: only right, not asked and held (title of only right)",
	}
	if !reflect.DeepEqual(keys, want) || got.Same != 1 {
		t.Errorf("%d the same, and\n%s\nwant\n%s", got.Same, strings.Join(keys, "\n"), strings.Join(want, "\n"))
	}
	if got.Version != 1 || got.Left != "https://a.test" || got.Right != "https://b.test" {
		t.Errorf("%+v", got)
	}
	if got := Compare(nil, nil, "", ""); got.Differences == nil {
		t.Error("no differences are null in JSON, not an empty list")
	}
}

// Evidence that only one of two large reports keeps makes no difference.
func TestDifferWithoutEvidence(t *testing.T) {
	const acme = "https://api.acme.com"
	with := told(Broken, harness.Blocked, harness.MissingAllowOriginHeader, "200")
	if d, differs := differ(with, Finding{Outcome: Broken}, acme, acme); differs {
		t.Errorf("%s", d.Kind)
	}
	if d, differs := differ(with, Finding{Outcome: Held}, acme, acme); !differs || d.Kind != DifferentVerdict {
		t.Errorf("%s, want %s", d.Kind, DifferentVerdict)
	}
}

// Two browsers may refuse for different reasons; a target that changes its reason is a difference.
func TestReasonAlone(t *testing.T) {
	readable := Finding{ID: "K13", Key: "/", Outcome: Held, Steps: []Step{{Observation: harness.Observation{Verdict: harness.Readable}}}}
	blocked := func(outcome Outcome, reason harness.Reason) Finding {
		return Finding{ID: "K13", Key: "/", Outcome: outcome, Steps: []Step{{Observation: harness.Observation{Verdict: harness.Blocked, Reason: reason}}}}
	}
	missing := blocked(Held, harness.MissingAllowOriginHeader)
	for name, c := range map[string]struct {
		left, right Finding
		want        bool
	}{
		"another reason":             {missing, blocked(Held, harness.AllowOriginMismatch), true},
		"another verdict":            {missing, readable, false},
		"another outcome":            {missing, blocked(Broken, harness.AllowOriginMismatch), false},
		"the same":                   {missing, missing, false},
		"another reason, known here": {blocked(Known, harness.MissingAllowOriginHeader), blocked(Broken, harness.AllowOriginMismatch), true},
	} {
		d, _ := differ(c.left, c.right, "", "")
		if got := d.ReasonAlone(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
