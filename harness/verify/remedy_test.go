package verify

import (
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/policy"
)

// The remedy answers the probe: what the policy wants, and what was seen instead.
func TestRemedyAnswersTheProbe(t *testing.T) {
	preflighted := func(headers string, asked ...string) harness.Observation {
		o := seen(harness.Readable)
		o.Exchanges = append([]harness.Exchange{{Kind: harness.Preflight, Sent: true, Status: 204, RequestHeaders: harness.Lines(asked...), ResponseHeaders: harness.Lines(strings.Split(headers, "; ")...)}}, o.Exchanges...)
		return o
	}
	const evil = "https://app.acme.com.evil.test"
	named := seen(harness.Readable, "Access-Control-Allow-Origin: "+evil)
	debug := harness.Header{{Name: "X-Debug", Value: "1"}}
	for name, c := range map[string]struct {
		id   string
		side behaviour.Side
		step policy.Step
		seen harness.Observation
		want [2]string // in meaning and remedy
	}{
		"a header exposed to any origin":       {"K09", forbidden, policy.Step{OnlyExposed: true}, with(exposes("etag"), "Access-Control-Expose-Headers: ETag"), [2]string{"The server lists etag in Access-Control-Expose-Headers", "Take etag out of Access-Control-Expose-Headers for /v1/me"}},
		"every header exposed":                 {"K09", forbidden, policy.Step{OnlyExposed: true}, with(exposes("etag"), "Access-Control-Expose-Headers: *"), [2]string{"exposes every response header with *", "in place of *"}},
		"a header that is hidden":              {"K09", allowed, policy.Step{Exposed: policy.Names{"X-Total"}, Want: harness.Readable}, seen(harness.Readable), [2]string{"exposes X-Total, and the script cannot", "list X-Total in Access-Control-Expose-Headers with its answer to GET /v1/me"}},
		"every header, and some are hidden":    {"K10", allowed, policy.Step{Exposed: policy.Names{"*"}, Want: harness.Readable}, seen(harness.Readable), [2]string{"headers that the script cannot read", "With credentials, * in that list is not a wildcard"}},
		"a method that passes":                 {"K35", forbidden, policy.Step{Request: harness.Request{Method: "PUT"}, PreflightOnly: true}, preflighted("Access-Control-Allow-Methods: GET, PUT"), [2]string{"lets PUT pass (Access-Control-Allow-Methods: GET, PUT)", "Take PUT out of Access-Control-Allow-Methods for /v1/me"}},
		"a header that passes":                 {"K36", forbidden, policy.Step{Request: harness.Request{Headers: debug}}, preflighted("Access-Control-Allow-Headers: *"), [2]string{"a request with X-Debug pass (Access-Control-Allow-Headers: *)", "only the policy's headers"}},
		"headers that are repeated":            {"K38", forbidden, policy.Step{Request: harness.Request{Headers: debug}}, preflighted("Access-Control-Allow-Headers: x-a, x-debug", "Access-Control-Request-Headers: x-a,x-debug"), [2]string{"repeats the headers", "a list of its own"}},
		"credentials that are off":             {"K03", forbidden, policy.Step{}, seen(harness.Readable), [2]string{"the policy says credentials: false", "send no Access-Control-Allow-Credentials"}},
		"an unlisted origin by *":              {"K13", forbidden, policy.Step{}, seen(harness.Readable, "Access-Control-Allow-Origin: *"), [2]string{"every origin with *", "origins: any"}},
		"an unlisted origin by its name":       {"K13", forbidden, policy.Step{}, named, [2]string{"sends back an origin that the policy does not list", "compare the whole value of Origin with a list"}},
		"any origin with credentials":          {"K26", forbidden, policy.Step{Request: harness.Request{Credentials: harness.Include}}, named, [2]string{"it treats every site like one of its own", "only with an origin of a list"}},
		"the beginning of an origin":           {"K14", forbidden, policy.Step{}, named, [2]string{"only begins like an allowed one", "needs $ at its end"}},
		"the end of an origin":                 {"K15", forbidden, policy.Step{}, named, [2]string{"only ends like an allowed one", "^https://"}},
		"a dot":                                {"K16", forbidden, policy.Step{}, named, [2]string{"differs from an allowed one in a dot", `\.`}},
		"another port":                         {"K17", forbidden, policy.Step{}, named, [2]string{"does not compare the port", "with the port"}},
		"another scheme":                       {"K18", forbidden, policy.Step{}, named, [2]string{"does not compare the scheme", "with the scheme"}},
		"a child that is none":                 {"K20", forbidden, policy.Step{}, named, [2]string{"looks like a child", "the dot before the domain"}},
		"a look-alike by *":                    {"K14", forbidden, policy.Step{}, seen(harness.Readable, "Access-Control-Allow-Origin: *"), [2]string{"every origin with *", "origins: any"}},
		"an opaque origin":                     {"K19", forbidden, policy.Step{Request: harness.Request{From: harness.OpaqueOrigin}}, seen(harness.Readable, "Access-Control-Allow-Origin: null"), [2]string{"the origin null", "never send null"}},
		"another max-age":                      {"K48", allowed, policy.Step{MaxAge: new(600), Want: harness.Readable}, preflighted("Access-Control-Max-Age: 5"), [2]string{"with Access-Control-Max-Age: 5, and the policy says maxAge: 600", "Access-Control-Max-Age: 600"}},
		"no max-age":                           {"K48", allowed, policy.Step{MaxAge: new(600), Want: harness.Readable}, preflighted("Vary: Origin"), [2]string{"comes without Access-Control-Max-Age, and", "Access-Control-Max-Age: 600"}},
		"a page that the policy allows":        {"K01", allowed, policy.Step{Want: harness.Readable}, seen(harness.Blocked), [2]string{"", ""}},
		"an error in place of the answer":      {"K62", allowed, policy.Step{Want: harness.Readable, Statuses: []int{500}}, seen(harness.Readable), [2]string{"CORS is in order", "Find out why the server answers GET /v1/me"}},
		"a kept permission that is not wanted": {"K49", allowed, policy.Step{Want: harness.Readable, Preflights: new(1)}, preflighted("Access-Control-Max-Age: 5"), [2]string{"did not keep it as the policy says", "Max-Age of the policy"}},
	} {
		c.step.Request.URL = "https://api.acme.com/v1/me"
		if c.step.Request.From == "" {
			c.step.Request.From = evil
		}
		got := harmedBy(policy.Probe{ID: c.id, Side: c.side, Resource: "/v1/me"}, c.step, c.seen).explain()
		if !strings.Contains(got.Meaning, c.want[0]) || !strings.Contains(got.Remedy, c.want[1]) {
			t.Errorf("%s:\n%s\n%s\nwant %q", name, got.Meaning, got.Remedy, c.want)
		}
	}
}

// with adds headers to the last answer.
func with(o harness.Observation, list ...string) harness.Observation {
	last := &o.Exchanges[len(o.Exchanges)-1]
	last.ResponseHeaders = append(last.ResponseHeaders, harness.Lines(list...)...)
	return o
}

// Nobody is called signed in where nothing that tells a user went along.
func TestSignedInIsSeen(t *testing.T) {
	step := policy.Step{Request: harness.Request{From: "https://evil.test", URL: "https://api.acme.com/v1/me", Credentials: harness.Include}}
	probe := policy.Probe{ID: "K13", Side: forbidden, Level: behaviour.Must}
	for want, change := range map[string]func(*harness.Exchange){
		"may read GET /v1/me with credentials":                  func(*harness.Exchange) {},
		"can read GET /v1/me as the signed-in user, by cookies": func(e *harness.Exchange) { e.Cookies = []harness.Cookie{{Name: "sid", Sent: true}} },
		"can read GET /v1/me as the signed-in user, by":         func(e *harness.Exchange) { e.RequestHeaders = harness.Lines("Authorization: Bearer x") },
		"This probe sent no cookie.": func(e *harness.Exchange) {
			e.Cookies = []harness.Cookie{{Name: "sid", Blocked: []string{"SameSiteLax"}}}
		},
	} {
		o := seen(harness.Readable)
		change(&o.Exchanges[0])
		if severity, effect := harm(probe, step, o); severity != "critical" || !strings.Contains(effect, want) {
			t.Errorf("%s: %s, want %q", severity, effect, want)
		}
	}
}
