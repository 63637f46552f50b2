package verify

import (
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
)

// seen is an observation with one response.
func seen(verdict harness.Verdict, headers ...string) harness.Observation {
	e := harness.Exchange{Kind: harness.ActualRequest, Sent: true, Status: 200, ResponseHeaders: harness.Lines(headers...)}
	return harness.Observation{Verdict: verdict, Exchanges: []harness.Exchange{e}}
}

const (
	allowed   = behaviour.Allowed
	forbidden = behaviour.Forbidden
)

// Who is harmed, for every behaviour that a policy judges.
func TestHarm(t *testing.T) {
	const creds = "Access-Control-Allow-Credentials: true"
	acao := func(origin string) string { return "Access-Control-Allow-Origin: " + origin }
	blocked := seen(harness.Blocked)
	token := harness.Header{{Name: "Authorization", Value: "x"}, {Name: "Accept", Value: "text/plain"}}
	for _, c := range []struct {
		id      string
		side    behaviour.Side
		level   behaviour.Level
		request harness.Request
		step    policy.Step
		seen    harness.Observation
		want    finding.Severity
		effect  string
	}{
		{"K01", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{}, blocked, finding.High, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b."},
		{"K02", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com", Credentials: harness.Include}, policy.Step{}, blocked, finding.High, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b with credentials."},
		{"K06", allowed, behaviour.Must, harness.Request{From: "https://shop.acme.com"}, policy.Step{}, blocked, finding.High, "Pages at https://shop.acme.com are locked out of GET /v1/me?a=b."},
		{"K19", allowed, behaviour.Must, harness.Request{From: "null"}, policy.Step{}, blocked, finding.High, "Sandboxed pages are locked out of GET /v1/me?a=b."},
		{"K19", allowed, behaviour.Must, harness.Request{From: "data:"}, policy.Step{}, blocked, finding.High, "Pages at data: URLs are locked out of GET /v1/me?a=b."},
		{"K20", allowed, behaviour.Must, harness.Request{From: "https://child.acme.com"}, policy.Step{}, blocked, finding.High, "Pages at https://child.acme.com are locked out of GET /v1/me?a=b."},
		{"K25", allowed, behaviour.Must, harness.Request{From: "https://any.test"}, policy.Step{}, blocked, finding.High, "Pages at https://any.test are locked out of GET /v1/me?a=b."},
		{"K31", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com", Method: "PUT", Headers: token}, policy.Step{}, blocked, finding.High, "Pages at https://app.acme.com are locked out of PUT /v1/me?a=b with Authorization."},
		{"K37", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com", Headers: append(token, harness.Field{Name: "X-A", Value: "1"}), Credentials: harness.Include}, policy.Step{}, blocked, finding.High, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b with credentials and Authorization, X-A."},
		{"K41", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com", Method: "DELETE"}, policy.Step{}, blocked, finding.High, "Pages at https://app.acme.com are locked out of DELETE /v1/me?a=b."},
		{"K42", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com", Method: "DELETE"}, policy.Step{}, blocked, finding.Medium, "Pages at https://app.acme.com are locked out of DELETE /v1/me?a=b."},
		{"K43", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com"}, policy.Step{}, blocked, finding.Medium, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b."},
		{"K44", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com", Headers: token}, policy.Step{}, blocked, finding.Medium, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b with Authorization."},
		{"K64", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com"}, policy.Step{}, blocked, finding.Medium, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b."},

		// What the preflight lets pass is sent.
		{"K03", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com", Method: "PUT", Credentials: harness.Include}, policy.Step{PreflightOnly: true}, seen(harness.Readable), finding.High, "Pages at https://app.acme.com may send PUT /v1/me?a=b with credentials, which means as the signed-in user, though the policy lets them send without cookies only. This probe sent no cookie."},
		{"K03", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com", Credentials: harness.Include}, policy.Step{}, seen(harness.Readable), finding.High, "Pages at https://app.acme.com may read GET /v1/me?a=b with credentials, which means as the signed-in user, though the policy lets them read without cookies only. This probe sent no cookie."},
		{"K14", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com.evil.test", Method: "PUT", Headers: token}, policy.Step{PreflightOnly: true}, seen(harness.Readable), finding.High, "Any page at https://app.acme.com.evil.test can send PUT /v1/me?a=b with Authorization, without cookies: the preflight lets it pass."},
		{"K14", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com.evil.test", Method: "PUT", Credentials: harness.Include}, policy.Step{PreflightOnly: true}, seen(harness.Readable), finding.Critical, "Any page at https://app.acme.com.evil.test may send PUT /v1/me?a=b with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."},

		{"K09", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{Exposed: policy.Names{"X-Total"}}, seen(harness.Readable), finding.Medium, "Pages at https://app.acme.com can read GET /v1/me?a=b, but not its response header X-Total."},
		{"K09", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{Exposed: policy.Names{"*"}}, seen(harness.Readable), finding.Medium, "Pages at https://app.acme.com can read GET /v1/me?a=b, but not all of its response headers."},
		{"K09", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{Exposed: policy.Names{"X-Total"}}, blocked, finding.High, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b."},
		{"K10", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com"}, policy.Step{Exposed: policy.Names{"*"}}, seen(harness.Readable), finding.Medium, "Pages at https://app.acme.com can read GET /v1/me?a=b, but not all of its response headers."},

		{"K48", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com"}, policy.Step{MaxAge: new(600)}, seen(harness.Readable), finding.Low, "Pages at https://app.acme.com have permission for GET /v1/me?a=b for a shorter or longer time than the policy says."},
		{"K48", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com"}, policy.Step{MaxAge: new(600)}, blocked, finding.Medium, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b."},
		{"K49", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com"}, policy.Step{Preflights: new(0)}, seen(harness.Readable), finding.Low, "Pages at https://app.acme.com need a preflight for every GET /v1/me?a=b."},
		{"K49", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com"}, policy.Step{Preflights: new(1)}, seen(harness.Readable), finding.Medium, "Pages at https://app.acme.com keep permission for GET /v1/me?a=b, and the policy wants a preflight for each request: a permission that you take back stays valid for a while."},
		{"K56", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{}, blocked, finding.High, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b where the browser's cache keeps the answer to another question."},
		{"K57", allowed, behaviour.Must, harness.Request{From: "https://shop.acme.com"}, policy.Step{}, blocked, finding.High, "Pages at https://shop.acme.com are locked out of GET /v1/me?a=b where the browser's cache keeps the answer to another question."},
		{"K61", allowed, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{}, blocked, finding.High, "Pages at https://app.acme.com cannot see why GET /v1/me?a=b is refused: to their scripts it is a network error."},
		{"K63", allowed, behaviour.Should, harness.Request{From: "https://app.acme.com"}, policy.Step{}, blocked, finding.Medium, "Pages at https://app.acme.com cannot see why GET /v1/me?a=b is refused: to their scripts it is a network error."},
		{"K99", allowed, behaviour.Hardening, harness.Request{From: "https://app.acme.com"}, policy.Step{}, blocked, finding.Low, "Pages at https://app.acme.com are locked out of GET /v1/me?a=b."},

		// Any page: with cookies only where the server allows them to that very origin.
		{"K13", forbidden, behaviour.Must, harness.Request{From: "https://unlisted.evil.test"}, policy.Step{}, seen(harness.Readable, acao("https://unlisted.evil.test"), creds), finding.Critical, "Any page, such as one at https://unlisted.evil.test, may read GET /v1/me?a=b with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."},
		{"K13", forbidden, behaviour.Must, harness.Request{From: "https://unlisted.evil.test"}, policy.Step{}, seen(harness.Readable, acao("https://unlisted.evil.test")), finding.High, "Any page, such as one at https://unlisted.evil.test, can read GET /v1/me?a=b, without cookies: data that is public, or that only the network protects."},
		{"K13", forbidden, behaviour.Must, harness.Request{From: "https://unlisted.evil.test"}, policy.Step{}, seen(harness.Readable, acao("*"), creds), finding.High, "Any page, such as one at https://unlisted.evil.test, can read GET /v1/me?a=b, without cookies: data that is public, or that only the network protects."},
		{"K13", forbidden, behaviour.Must, harness.Request{From: "https://unlisted.evil.test"}, policy.Step{}, seen(harness.Readable, acao("https://unlisted.evil.test"), "Access-Control-Allow-Credentials: True"), finding.High, "Any page, such as one at https://unlisted.evil.test, can read GET /v1/me?a=b, without cookies: data that is public, or that only the network protects."},
		{"K13", forbidden, behaviour.Must, harness.Request{From: "https://unlisted.evil.test", Headers: token}, policy.Step{}, seen(harness.Readable, acao("*")), finding.High, "Any page, such as one at https://unlisted.evil.test, can read GET /v1/me?a=b, without cookies, if it knows the value for Authorization."},
		{"K13", forbidden, behaviour.Must, harness.Request{From: "https://unlisted.evil.test"}, policy.Step{}, harness.Observation{Verdict: harness.Readable}, finding.High, "Any page, such as one at https://unlisted.evil.test, can read GET /v1/me?a=b, without cookies: data that is public, or that only the network protects."},
		{"K14", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com.evil.test"}, policy.Step{}, seen(harness.Readable, acao("https://app.acme.com.evil.test"), creds), finding.Critical, "Any page at https://app.acme.com.evil.test may read GET /v1/me?a=b with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."},
		// A page of the same site: a sub-domain, another port.
		{"K15", forbidden, behaviour.Must, harness.Request{From: "https://evil.app.acme.com"}, policy.Step{}, seen(harness.Readable, acao("https://evil.app.acme.com"), creds), finding.Critical, "Any page at https://evil.app.acme.com may read GET /v1/me?a=b with credentials, which means as the signed-in user: it is of the same site, so the browser sends even cookies with SameSite=Lax or Strict. This probe sent no cookie."},
		{"K15", forbidden, behaviour.Must, harness.Request{From: "https://xacme.com"}, policy.Step{}, seen(harness.Readable, acao("https://xacme.com"), creds), finding.Critical, "Any page at https://xacme.com may read GET /v1/me?a=b with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."},
		{"K16", forbidden, behaviour.Must, harness.Request{From: "https://appxacme.com"}, policy.Step{}, seen(harness.Readable, acao("*")), finding.High, "Any page at https://appxacme.com can read GET /v1/me?a=b, without cookies: data that is public, or that only the network protects."},
		{"K17", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com:8443"}, policy.Step{}, seen(harness.Readable, acao("https://app.acme.com:8443"), creds), finding.Critical, "Any page at https://app.acme.com:8443 may read GET /v1/me?a=b with credentials, which means as the signed-in user: it is of the same site, so the browser sends even cookies with SameSite=Lax or Strict. This probe sent no cookie."},
		// http is another site, even on the same host.
		{"K18", forbidden, behaviour.Must, harness.Request{From: "http://app.acme.com"}, policy.Step{}, seen(harness.Readable, acao("http://app.acme.com"), creds), finding.Critical, "Any page at http://app.acme.com, which any attacker on the network can forge, may read GET /v1/me?a=b with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."},
		{"K19", forbidden, behaviour.Must, harness.Request{From: "null"}, policy.Step{}, seen(harness.Readable, acao("null"), creds), finding.Critical, "Any site, by a sandboxed page or one at a data: URL, may read GET /v1/me?a=b with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."},
		{"K19", forbidden, behaviour.Must, harness.Request{From: "data:"}, policy.Step{}, seen(harness.Readable, acao("null")), finding.High, "Any site, by a sandboxed page or one at a data: URL, can read GET /v1/me?a=b, without cookies: data that is public, or that only the network protects."},
		{"K20", forbidden, behaviour.Must, harness.Request{From: "https://xacme.com"}, policy.Step{}, seen(harness.Readable, acao("*")), finding.High, "Any page at https://xacme.com can read GET /v1/me?a=b, without cookies: data that is public, or that only the network protects."},
		{"K99", forbidden, behaviour.Must, harness.Request{From: "https://new.test"}, policy.Step{}, seen(harness.Readable, acao("*")), finding.High, "Any page at https://new.test can read GET /v1/me?a=b, without cookies: data that is public, or that only the network protects."},
		// Requests with credentials.
		{"K26", forbidden, behaviour.Must, harness.Request{From: "https://any.test", Credentials: harness.Include}, policy.Step{}, seen(harness.Readable), finding.Critical, "Any page, such as one at https://any.test, may read GET /v1/me?a=b with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."},
		{"K27", forbidden, behaviour.Must, harness.Request{From: "null", Credentials: harness.Include}, policy.Step{}, seen(harness.Readable), finding.Critical, "Any site, by a sandboxed page or one at a data: URL, may read GET /v1/me?a=b with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."},
		{"K03", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com", Credentials: harness.Include}, policy.Step{}, seen(harness.Readable), finding.High, "Pages at https://app.acme.com may read GET /v1/me?a=b with credentials, which means as the signed-in user, though the policy lets them read without cookies only. This probe sent no cookie."},

		{"K21", forbidden, behaviour.Hardening, harness.Request{}, policy.Step{}, seen(harness.Readable), finding.Low, "No page can use this today: the server allows an Origin for GET /v1/me?a=b that no browser sends."},
		{"K35", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com", Method: "DELETE"}, policy.Step{}, seen(harness.Readable), finding.Medium, "Pages at https://app.acme.com can send DELETE /v1/me?a=b: the preflight allows this method, and the policy does not list it."},
		{"K36", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com", Headers: token}, policy.Step{}, seen(harness.Readable), finding.Medium, "Pages at https://app.acme.com can send GET /v1/me?a=b with Authorization: the preflight allows this header, and the policy does not list it."},
		{"K38", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com", Headers: token}, policy.Step{}, seen(harness.Readable), finding.Medium, "Pages at https://app.acme.com can send GET /v1/me?a=b with Authorization: the preflight allows this header, and the policy does not list it."},
		{"K09", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{Exposed: policy.Names{"X-Total"}}, exposes("x-total", "content-type", "x-debug", "server"), finding.Low, "Pages at https://app.acme.com can read response headers of GET /v1/me?a=b that the policy does not expose: x-debug, server."},
		{"K09", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{}, exposes("a", "b", "c", "d", "e", "f"), finding.Low, "Pages at https://app.acme.com can read response headers of GET /v1/me?a=b that the policy does not expose: a, b, c, d, e and more."},
		{"K09", forbidden, behaviour.Must, harness.Request{From: "https://app.acme.com"}, policy.Step{}, seen(harness.Readable), finding.Low, "Pages at https://app.acme.com can read response headers of GET /v1/me?a=b that the policy does not expose."},
	} {
		c.request.URL = "https://api.acme.com/v1/me?a=b"
		c.step.Request = c.request
		got, effect := harm(policy.Probe{ID: c.id, Side: c.side, Level: c.level, Resource: "/v1/me"}, c.step, c.seen)
		if got != c.want || effect != c.effect {
			t.Errorf("%s %s from %s:\n%s: %s\nwant\n%s: %s", c.id, c.side, c.request.From, got, effect, c.want, c.effect)
		}
	}
}

// exposes returns an observation in which the script can read these headers.
func exposes(names ...string) harness.Observation {
	o := seen(harness.Readable)
	for _, name := range names {
		o.Script.Headers = append(o.Script.Headers, harness.Field{Name: name, Value: "1"})
	}
	return o
}

// An error that a stranger reads as the signed-in user is worth less than an answer.
func TestHarmOfErrors(t *testing.T) {
	const origin = "https://unlisted.evil.test"
	probe := policy.Probe{ID: "K13", Side: forbidden, Level: behaviour.Must, Tags: []string{behaviour.TagError}}
	step := policy.Step{Request: harness.Request{From: origin, URL: "https://api.acme.com/nothing", Credentials: harness.Include}}
	want := "Any page, such as one at https://unlisted.evil.test, may read the error that answers GET /nothing, with credentials, which means as the signed-in user, by cookies with SameSite=None where the browser allows third-party cookies. This probe sent no cookie."
	if got, effect := harm(probe, step, seen(harness.Readable)); got != finding.High || effect != want {
		t.Errorf("%s: %s", got, effect)
	}
}

// One response without Allow-Credentials is enough to keep a page from the cookies.
func TestHarmNeedsCredentialsInEveryResponse(t *testing.T) {
	const origin = "https://unlisted.evil.test"
	with := seen(harness.Readable, "Access-Control-Allow-Origin: "+origin, "Access-Control-Allow-Credentials: true")
	without := seen(harness.Readable, "Access-Control-Allow-Origin: "+origin)
	probe := policy.Probe{ID: "K13", Side: forbidden, Level: behaviour.Must}
	step := policy.Step{Request: harness.Request{From: origin, URL: "https://api.acme.com/"}}
	for _, exchanges := range [][]harness.Exchange{
		slices.Concat(with.Exchanges, without.Exchanges), slices.Concat(without.Exchanges, with.Exchanges),
	} {
		if got, effect := harm(probe, step, harness.Observation{Exchanges: exchanges}); got != finding.High {
			t.Errorf("%s: %s", got, effect)
		}
	}
	withheld := harness.Exchange{Kind: harness.ActualRequest, Withheld: true}
	if got, effect := harm(probe, step, harness.Observation{Exchanges: append(slices.Clone(with.Exchanges), withheld)}); got != finding.Critical {
		t.Errorf("what was withheld is not the server's: %s: %s", got, effect)
	}
	if got, effect := harm(probe, step, harness.Observation{Exchanges: []harness.Exchange{withheld}}); got != finding.High {
		t.Errorf("nothing but what was withheld: %s: %s", got, effect)
	}
	if got, effect := harm(probe, step, harness.Observation{Exchanges: slices.Concat(with.Exchanges, with.Exchanges)}); got != finding.Critical {
		t.Errorf("%s: %s", got, effect)
	}
}

// harms has exactly the harms that a policy can judge.
func TestHarmsAreTotal(t *testing.T) {
	found := map[behaviour.Harm]bool{}
	for _, b := range behaviour.All() {
		for _, aim := range b.Sides {
			if b.Judged != behaviour.ByPolicy {
				continue
			}
			if found[aim.Harm] = true; harms[aim.Harm] == nil {
				t.Errorf("%s, %s: nothing judges %s", b.ID, aim.Side, aim.Harm)
			}
		}
	}
	for harm := range harms {
		if !found[harm] {
			t.Errorf("no behaviour does the harm %s", harm)
		}
	}
}

// Who is harmed where several answers decide together.
func TestHarmTogether(t *testing.T) {
	const changed, hidden = "Pages get another answer to GET /v1?a than the server meant.", "Pages are locked out of GET /v1?a where a cache keeps an answer to another origin, or to a request without Origin."
	for _, test := range []struct {
		id       string
		together policy.Together
		cache    string // Cache-Control
		want     finding.Severity
		effect   string
	}{
		{"K12", policy.UnchangedAnswer, "", finding.Medium, changed},
		{"K50", policy.NotAPreflight, "", finding.Medium, "No client gets the application's own answer to OPTIONS /v1."},
		{"K23", policy.OwnOriginPasses, "", finding.Medium, "The server refuses its own pages when they send other methods than GET and HEAD, such as GET /v1?a."},
		{"K39", policy.LinesAreOneList, "", finding.Low, "Pages are locked out of /v1 where a proxy splits Access-Control-Request-Headers into several lines."},
		{"K55", policy.VaryByOrigin, "", finding.Medium, hidden},
		{"K55", policy.VaryByOrigin, "max-age=60, public", finding.Medium, hidden},
		{"K55", policy.VaryByOrigin, "no-store", finding.Low, hidden},
		{"K55", policy.VaryByOrigin, "max-age=60, Private", finding.Low, hidden},
	} {
		b, _ := behaviour.Of(test.id)
		probe := policy.Probe{ID: test.id, Level: b.Level, Side: allowed, Together: test.together}
		step := policy.Step{Request: harness.Request{URL: acme + "/v1?a"}}
		got, effect := harm(probe, step, readableWith(get(200, "Cache-Control", test.cache)))
		if got != test.want || effect != test.effect {
			t.Errorf("%s, %s: %s: %s; want %s: %s", test.id, test.together, got, effect, test.want, test.effect)
		}
	}
}
