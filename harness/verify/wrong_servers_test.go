package verify

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
)

// A server that does what the policy says holds every probe.
func TestRightServersHold(t *testing.T) {
	for name, p := range policies(t) {
		t.Run(name, func(t *testing.T) { brokenBy(t, p, nil) })
	}
}

// notThereForTests is how the URLs of what is not there end.
const notThereForTests = "/corsproof-not-there"

// set overrides a header of a response.
func set(reply *harness.Header, name, value string) {
	*reply = slices.DeleteFunc(*reply, func(f harness.Field) bool { return strings.EqualFold(f.Name, name) })
	*reply = append(*reply, harness.Field{Name: name, Value: value})
}

// Every server that is wrong is caught, by the probes that are for it.
func TestWrongServersAreCaught(t *testing.T) {
	host := func(origin string) string { return oracle.ParseOrigin(origin).Host }
	lets := func(f func(origin string) bool) func(*server) { return func(s *server) { s.lets = f } }
	change := func(f func(e oracle.Exchange, reply *harness.Header)) func(*server) {
		return func(s *server) { s.change = f }
	}
	of := policies(t)
	mixed := server{rules: of["mixed"].Rules}
	also := func(f func(origin string) bool) func(*server) {
		return lets(func(o string) bool { return mixed.allows(o) || f(o) })
	}
	preflight := func(f func(e oracle.Exchange, reply *harness.Header)) func(*server) {
		return change(func(e oracle.Exchange, reply *harness.Header) {
			if e.Kind == harness.Preflight {
				f(e, reply)
			}
		})
	}
	has := func(e oracle.Exchange, name string) bool { return len(e.Header.Values(name)) > 0 }
	reflects := func(e oracle.Exchange, reply *harness.Header) {
		if origin, ok := e.Origin(); ok {
			set(reply, "Access-Control-Allow-Origin", origin)
			set(reply, "Access-Control-Allow-Credentials", "true")
		}
	}
	signedIn := func(origin string) bool { return slices.Contains(of["signed-in"].Origins.List, origin) }
	without := func(f func(*policy.Rules)) func(*server) { return func(s *server) { f(&s.rules) } }
	list := func(origin string) bool { return slices.Contains(of["list"].Origins.List, origin) }

	for name, c := range map[string]struct {
		policy string
		broken func(*server)
		want   string
	}{
		"lets everybody in":           {"list", lets(func(string) bool { return true }), "K13f K14f K15f K16f K17f K18f K19f K21f"},
		"lets nobody in":              {"list", lets(func(string) bool { return false }), "K01a K06a K09a K31a K37a K48a K49a K56a K57a K61a"},
		"compares the beginning":      {"list", lets(func(o string) bool { return strings.HasPrefix(o, "https://app.acme.com") || list(o) }), "K14f K17f K21f"},
		"compares the end":            {"list", lets(func(o string) bool { return strings.HasSuffix(host(o), "app.acme.com") || list(o) }), "K15f K17f K18f"},
		"compares the end of domains": {"list", lets(func(o string) bool { return strings.HasSuffix(o, "acme.com") || list(o) }), "K15f K16f K18f"},
		"takes a dot for any":         {"list", lets(func(o string) bool { return regexp.MustCompile(`^https://app.acme.com$`).MatchString(o) || list(o) }), "K16f"},
		"takes sub-domains":           {"list", lets(func(o string) bool { return strings.HasSuffix(o, ".app.acme.com") || list(o) }), "K15f"},
		"ignores the scheme":          {"list", lets(func(o string) bool { return host(o) == "app.acme.com" && !strings.Contains(o, ":8") || list(o) }), "K18f"},
		"ignores the port":            {"list", lets(func(o string) bool { return strings.HasPrefix(o+":", "https://app.acme.com:") || list(o) }), "K17f"},
		"lets null in":                {"list", lets(func(o string) bool { return o == "null" || list(o) }), "K19f"},
		"lets one of three in":        {"list", lets(func(o string) bool { return o == "https://app.acme.com" }), "K01a K06a K31a K57a"},
		"reflects for anybody, with permission for the asked only": {
			"list", change(func(e oracle.Exchange, reply *harness.Header) {
				if origin, ok := e.Origin(); ok && e.Kind != harness.Preflight {
					set(reply, "Access-Control-Allow-Origin", origin)
				}
			}), "K13f K14f K15f K16f K17f K18f K19f K21f",
		},
		"lets an empty origin in": {"list", lets(func(o string) bool { return o == "" || list(o) }), "K21f"},
		"sends credentials":       {"list", change(func(_ oracle.Exchange, r *harness.Header) { set(r, "Access-Control-Allow-Credentials", "true") }), "K03f"},
		"exposes too much":        {"list", without(func(r *policy.Rules) { r.ExposeHeaders = policy.Names{"X-Total", "X-Hidden"} }), "K09f"},
		"exposes nothing":         {"list", without(func(r *policy.Rules) { r.ExposeHeaders = nil }), "K09a"},
		"allows too many methods": {"list", without(func(r *policy.Rules) { r.Methods = policy.Names{"PUT", "DELETE"} }), "K35f"},
		"sends what it then hides": {
			"list", change(func(e oracle.Exchange, reply *harness.Header) {
				if e.Kind == harness.Preflight {
					set(reply, "Access-Control-Allow-Methods", "PUT, PATCH, DELETE")
				} else if e.Method == "DELETE" || e.Method == "PATCH" {
					set(reply, "Access-Control-Allow-Origin", "https://else.test")
				}
			}), "K35f",
		},
		"allows no method":          {"list", without(func(r *policy.Rules) { r.Methods = nil }), "K31a"},
		"allows every header":       {"list", without(func(r *policy.Rules) { r.RequestHeaders = policy.Names{policy.Wildcard} }), "K36f K38f"},
		"forgets a header":          {"list", without(func(r *policy.Rules) { r.RequestHeaders = policy.Names{"Content-Type"} }), "K31a K37a"},
		"forgets the header asked":  {"list", without(func(r *policy.Rules) { r.RequestHeaders = policy.Names{"X-Trace"} }), "K01a K06a K09a K31a K37a K48a K49a K56a K57a K61a"},
		"says another time":         {"list", without(func(r *policy.Rules) { r.MaxAge = new(601) }), "K48a"},
		"says no time":              {"list", without(func(r *policy.Rules) { r.MaxAge = nil }), "K48a"},
		"asks for permission again": {"list", without(func(r *policy.Rules) { r.MaxAge = new(0) }), "K48a K49a"},
		"a literal star, one":       {"credentials", preflight(func(e oracle.Exchange, r *harness.Header) { set(r, "Access-Control-Allow-Methods", "*") }), "K42a"},
		"a literal star, two":       {"credentials", preflight(func(e oracle.Exchange, r *harness.Header) { set(r, "Access-Control-Allow-Headers", "*") }), "K43a K44a K48a K49a"},
		"a literal star, three":     {"credentials", change(func(_ oracle.Exchange, r *harness.Header) { set(r, "Access-Control-Expose-Headers", "*") }), "K10a"},
		"no credentials":            {"credentials", without(func(r *policy.Rules) { r.Credentials = nil }), "K02a K10a K42a K43a K44a K48a K49a K56a K61a"},
		"keeps an answer":           {"credentials", without(func(r *policy.Rules) { r.MaxAge = new(600) }), "K48a K49a"},
		"any, but by a list":        {"any", lets(func(o string) bool { return o == "https://any.test" }), "K19a K25a K31a K57a"},
		"any, with credentials":     {"any", func(s *server) { s.lets = func(string) bool { return true }; s.rules.Credentials = new(true) }, "K26f K27f"},
		"any method but DELETE":     {"any", without(func(r *policy.Rules) { r.Methods = policy.Names{"PUT"} }), "K31a K41a"},
		"the base, by its end": {"subdomains", lets(func(o string) bool {
			return strings.HasSuffix(host(o), "acme.com") || strings.HasSuffix(host(o), "localhost")
		}), "K17f K18f K20f"},
		"the base, by its begin": {"subdomains", lets(func(o string) bool {
			return strings.Contains(o, "child.acme.com") || strings.Contains(o, ".localhost:3000")
		}), "K17f K18f K20f K21f K57a"},
		"of a mixed list, the end of an origin": {"mixed", also(func(o string) bool { return strings.HasSuffix(o, "partner.example") }), "K15f K18f"},
		"of a mixed list, the begin of a base":  {"mixed", also(func(o string) bool { return strings.HasPrefix(o, "https://child.acme.com") }), "K17f K20f K21f"},
		"of a mixed list, the port of a base":   {"mixed", also(func(o string) bool { return host(o) == "child.shop.test" }), "K17f K18f"},
		"of a mixed list, no children":          {"mixed", lets(func(o string) bool { return slices.Contains(of["mixed"].Origins.List, o) }), "K02a K06a K20a K31a K57a"},
		"of a mixed list, no child of one base": {"mixed", lets(func(o string) bool { return o != "https://child.shop.test:8443" && mixed.allows(o) }), "K02a K06a K20a K31a"},
		"any method, all being in":              {"subdomains", without(func(r *policy.Rules) { r.Methods = policy.Names{policy.Wildcard} }), "K35f"},
		"lets every preflight pass":             {"list", preflight(reflects), "K03f K13f K14f K15f K16f K17f K18f K19f"},
		"lets every preflight pass, for nobody": {"none", preflight(func(e oracle.Exchange, r *harness.Header) {
			reflects(e, r)
			set(r, "Access-Control-Allow-Methods", "PUT")
		}), "K13f K19f"},
		"lets every preflight pass with credentials": {"any", preflight(reflects), "K26f K27f"},
		"lets strangers in with a token": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if has(e, "Authorization") || e.Kind == harness.Preflight {
				reflects(e, r)
			}
		}), "K13f K14f K15f K16f K17f K18f K19f K21f"},
		"lets malformed origins in with a token": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if origin, _ := e.Origin(); has(e, "Authorization") && strings.Contains(origin, "@") {
				reflects(e, r)
			}
		}), "K21f"},
		"lets strangers in who are signed in": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if e.Credentials && e.Kind != harness.Preflight {
				reflects(e, r)
			}
		}), "K13f K14f K15f K16f K17f K18f K19f"},
		"lets strangers in who are not signed in": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if origin, _ := e.Origin(); e.Kind != harness.Preflight && !signedIn(origin) {
				set(r, "Access-Control-Allow-Origin", "*")
			}
		}), "K13f K14f K15f K16f K17f K18f K19f K21f"},
		"allows every header once a listed one is asked": {"signed-in", preflight(func(e oracle.Exchange, r *harness.Header) {
			if asked, _ := oracle.Get(e.Header, "Access-Control-Request-Headers"); strings.Contains(asked, "x-request-id") {
				set(r, "Access-Control-Allow-Headers", asked)
			}
		}), "K38f"},
		"lets strangers read errors": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if strings.HasSuffix(e.URL, notThereForTests) {
				reflects(e, r)
			}
		}), "K13f"},
		"lets every preflight of one method pass": {"list", preflight(func(e oracle.Exchange, r *harness.Header) {
			if asked, _ := oracle.Get(e.Header, "Access-Control-Request-Method"); asked == "PUT" {
				reflects(e, r)
			}
		}), "K03f K13f"},
		"has no Vary where it redirects": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if e.URL == "https://api.eu.acme.com/v1/me?a=b" {
				set(r, "Vary", "Accept")
			}
		}), "K55a"},
		"knows preflights of the first origin alone": {"list", preflight(func(e oracle.Exchange, r *harness.Header) {
			if origin, _ := e.Origin(); list(origin) {
				set(r, "Access-Control-Allow-Origin", of["list"].Origins.List[0])
			}
		}), "K01a K06a K31a K57a"},
		"lets the second origin send fewer methods": {"list", preflight(func(e oracle.Exchange, r *harness.Header) {
			if origin, _ := e.Origin(); origin == of["list"].Origins.List[1] {
				set(r, "Access-Control-Allow-Methods", "GET")
			}
		}), "K31a"},
		"forgets errors": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if strings.HasSuffix(e.URL, notThereForTests) {
				*r = nil
			}
		}), "K61a"},
		"forgets the credentials of errors": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if strings.HasSuffix(e.URL, notThereForTests) {
				set(r, "Access-Control-Allow-Credentials", "false")
			}
		}), "K61a"},
		"has no Vary where it refuses": {"list", change(func(e oracle.Exchange, r *harness.Header) {
			if origin, _ := e.Origin(); !list(origin) {
				set(r, "Vary", "Accept")
			}
		}), "K55a"},
		"keeps the first origin for all": {"signed-in", func() func(*server) {
			return lets(func(o string) bool { return o == of["signed-in"].Origins.List[0] })
		}(), "K01a K02a K06a K31a K57a"},
		"reads the first line of the headers": {"signed-in", preflight(func(e oracle.Exchange, r *harness.Header) {
			if asked := e.Header.Values("Access-Control-Request-Headers"); len(asked) > 0 {
				set(r, "Access-Control-Allow-Headers", asked[0])
			}
		}), "K36f K38f K39a"},
		"answers OPTIONS as a preflight": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if e.Method == "OPTIONS" {
				set(r, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS, POST, DELETE")
			}
		}), "K35f K50a"},
		"exposes nothing with HEAD": {"signed-in", change(func(e oracle.Exchange, r *harness.Header) {
			if e.Method == "HEAD" {
				set(r, "Access-Control-Expose-Headers", "")
			}
		}), "K09a"},
		"somebody":                  {"none", lets(func(string) bool { return true }), "K13f K19f"},
		"no null":                   {"null-only", lets(func(o string) bool { return o != "null" && o == "https://app.acme.com" }), "K19a"},
		"ignores the port, locally": {"plain", lets(func(o string) bool { return host(o) == "localhost" || o == "http://127.0.0.1:8080" }), "K17f"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(brokenBy(t, of[c.policy], c.broken), " "); got != cmp.Or(c.want, "nothing") {
				t.Errorf("broken are %s, want %s", got, c.want)
			}
		})
	}
}

// An error that anybody may read without credentials tells nobody more than anybody could
// ask: what stands before a server often answers it so.
func TestErrorsForAnybodyHold(t *testing.T) {
	p := policies(t)["signed-in"]
	got := brokenBy(t, p, func(s *server) {
		s.change = func(e oracle.Exchange, r *harness.Header) {
			if origin, _ := e.Origin(); strings.HasSuffix(e.URL, notThereForTests) && !slices.Contains(p.Origins.List, origin) {
				set(r, "Access-Control-Allow-Origin", "*")
			}
		}
	})
	if len(got) > 0 {
		t.Errorf("broken are %s", got)
	}
}
