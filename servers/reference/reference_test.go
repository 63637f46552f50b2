package reference

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

const app = "https://app.example.test"

// list is a policy with some origins and with credentials.
func list(values ...string) contract.Policy {
	return contract.Policy{Origins: contract.Origins{Mode: contract.List, Values: values}, Credentials: new(true)}
}

// mounted is the library with a policy.
func mounted(t *testing.T, p contract.Policy) http.Handler {
	t.Helper()
	served, err := Mount(p, "")
	if err != nil {
		t.Fatal(err)
	}
	return served.Handler
}

// ask asks with some headers: name, value, name, value.
func ask(h http.Handler, method, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// allows says whether a library lets an origin read.
func allows(h http.Handler, origin string) bool {
	return reflect.DeepEqual(ask(h, "GET", "/ok", "Origin", origin).Header["Access-Control-Allow-Origin"], []string{origin})
}

func TestOrigins(t *testing.T) {
	any := contract.Policy{Origins: contract.Origins{Mode: contract.AnyOrigin}}
	null := contract.Policy{Origins: contract.Origins{Mode: contract.NoOrigin, AllowNull: true}}
	children := contract.Policy{Origins: contract.Origins{Mode: contract.Subdomains, Values: []string{"https://example.test"}}}
	pattern := contract.Policy{Origins: contract.Origins{Mode: contract.Regex, Values: []string{`https://[a-z]+\.example\.test|https://example\.org`}}}
	for _, test := range []struct {
		name    string
		policy  contract.Policy
		in, out string
	}{
		{"none", contract.Policy{Origins: contract.Origins{Mode: contract.NoOrigin}}, "", app + " null"},
		{"nothing configured", contract.Policy{Kind: contract.Default}, "", app + " null"},
		{"any", any, app + " http://other.test:8080 null", ""},
		{"null", null, "null", app},
		{"a list", list(app, "http://other.test:8080"), app + " http://other.test:8080", "http://app.example.test " + app + ":8443 " + app + ".evil.test https://evilapp.example.test https://appxexample.test http://other.test null"},
		{"upper case", list("HTTPS://App.Example.TEST"), app, "https://App.Example.test"},
		{"a glob", list("https://*.example.test"), app + " https://a.b.example.test", "https://example.test https://xexample.test http://app.example.test " + app + ".evil.test " + app + ":8443"},
		{"children", children, app + " https://a.b.example.test", "https://example.test https://xexample.test http://app.example.test " + app + ".evil.test " + app + ":8443"},
		{"a pattern without anchors", pattern, app + " https://example.org", "x" + app + " " + app + ".evil.test https://example.org.evil.test xhttps://example.org"},
	} {
		h := mounted(t, test.policy)
		for _, origin := range strings.Fields(test.in) {
			if !allows(h, origin) {
				t.Errorf("%s: %s cannot read", test.name, origin)
			}
		}
		for _, origin := range strings.Fields(test.out) {
			if allows(h, origin) {
				t.Errorf("%s: %s can read", test.name, origin)
			}
		}
		for _, r := range []*http.Response{ask(h, "GET", "/ok"), ask(h, "GET", "/missing", "Origin", "https://evil.test")} {
			if vary := strings.Join(r.Header["Vary"], ", "); !strings.Contains(vary, "Origin") {
				t.Errorf("%s: Vary: %s", test.name, vary)
			}
		}
		if got := ask(h, "GET", "/ok").Header["Access-Control-Allow-Origin"]; got != nil {
			t.Errorf("%s: without Origin, Access-Control-Allow-Origin is %q", test.name, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	everybody := contract.Policy{Origins: contract.Origins{Mode: contract.AnyOrigin}, Credentials: new(true)}
	for name, p := range map[string]contract.Policy{
		"any origin with credentials": everybody,
		"a slash":                     list(app + "/"),
		"a path":                      list(app + "/path"),
		"no scheme":                   list("app.example.test"),
		"an empty string":             list(""),
		"a comma":                     list(app + ",https://other.test"),
		"a blank":                     list(app + " "),
		"a star":                      list("*"),
		"a glob for everything":       list("https://*"),
		"a glob in the middle":        list("https://app.*.test"),
		"a glob without a dot":        list("https://*example.test"),
		"one of two":                  list(app, "app"),
	} {
		_, err := Mount(p, "")
		var refused *adapter.RefusedError
		if !errors.As(err, &refused) || refused.Text == "" {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
}

// The headers of an answer to an allowed origin.
func TestHeaders(t *testing.T) {
	full := list(app)
	full.Methods, full.RequestHeaders, full.ExposeHeaders, full.MaxAge = contract.Names{"get", "PUT"}, contract.Names{"Content-Type", "X-One"}, contract.Names{"X-Total"}, new(600)
	any := list(app)
	any.Methods, any.RequestHeaders, any.ExposeHeaders = contract.Names{"*"}, contract.Names{"*"}, contract.Names{"*"}
	without := list(app)
	without.Credentials = new(false)
	twice := full
	twice.Layers = contract.BothLayers
	preflight := []string{"Origin", app, "Access-Control-Request-Method", "PUT"}
	asking := append(preflight, "Access-Control-Request-Headers", "x-one,authorization", "Access-Control-Request-Headers", "x-two")
	raw := append(preflight, "Access-Control-Request-Headers", `x-a"><b>',x-one`)
	huge := append(preflight, "Access-Control-Request-Headers", strings.Repeat("x", longest+1))
	for _, test := range []struct {
		name         string
		policy       contract.Policy
		method, path string
		headers      []string
		status       int
		want         map[string]string // without Access-Control-
	}{
		{"a GET", full, "GET", "/ok", []string{"Origin", app}, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Expose-Headers": "X-Total"}},
		{"a GET without credentials", without, "GET", "/ok", []string{"Origin", app}, 200, map[string]string{"Allow-Origin": app}},
		{"a 404", full, "GET", "/missing", []string{"Origin", app}, 404, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Expose-Headers": "X-Total"}},
		{"a redirect", full, "GET", "/redir?to=/ok", []string{"Origin", app}, 302, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Expose-Headers": "X-Total"}},
		{"a handler with a header of its own", full, "GET", "/own", []string{"Origin", app}, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Expose-Headers": "X-Total"}},
		{"every header exposed", any, "GET", "/json", []string{"Origin", app}, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true",
			"Expose-Headers": "Access-Control-Allow-Credentials, Access-Control-Allow-Origin, Content-Type, Vary, X-Hidden, X-Total, Date"}},
		{"a preflight", full, "OPTIONS", "/ok", preflight, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Allow-Methods": "GET, PUT", "Allow-Headers": "Content-Type, X-One", "Max-Age": "600"}},
		{"a preflight of a stranger", full, "OPTIONS", "/ok", []string{"Origin", "https://evil.test", "Access-Control-Request-Method", "PUT"}, 200, map[string]string{}},
		{"a preflight for any name", any, "OPTIONS", "/auth", asking, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Allow-Methods": "PUT", "Allow-Headers": "x-one, authorization, x-two"}},
		{"a preflight with what is no name", any, "OPTIONS", "/ok", raw, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Allow-Methods": "PUT", "Allow-Headers": "x-one"}},
		{"a preflight with a huge list", any, "OPTIONS", "/ok", huge, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Allow-Methods": "PUT"}},
		{"OPTIONS that is no preflight", full, "OPTIONS", "/options", []string{"Origin", app}, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Expose-Headers": "X-Total"}},
		{"a GET that names a method", full, "GET", "/ok", preflight, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Expose-Headers": "X-Total"}},
		{"two layers", twice, "GET", "/ok", []string{"Origin", app}, 200, map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Expose-Headers": "X-Total"}},
	} {
		r := ask(mounted(t, test.policy), test.method, test.path, test.headers...)
		got := map[string]string{}
		for name, values := range r.Header {
			if short, cors := strings.CutPrefix(name, "Access-Control-"); cors {
				got[short] = strings.Join(values, " | ")
			}
		}
		if !reflect.DeepEqual(got, test.want) || r.StatusCode != test.status {
			t.Errorf("%s: %d %v, want %d %v", test.name, r.StatusCode, got, test.status, test.want)
		}
	}
}

// A handler that writes nothing has the headers as well, and the application's own Vary
// stays.
func TestHandlers(t *testing.T) {
	cors, err := Of(list(app))
	if err != nil {
		t.Fatal(err)
	}
	empty := cors.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if !allows(empty, app) {
		t.Error("a handler that writes nothing has no headers")
	}
	vary := ask(mounted(t, list(app)), "GET", "/ok", "Origin", app).Header["Vary"]
	if strings.Join(vary, ", ") != "Accept-Encoding, Origin" {
		t.Errorf("Vary: %q", vary)
	}
}

// A preflight runs no handler.
func TestPreflightRunsNothing(t *testing.T) {
	h := mounted(t, list(app))
	ask(h, "OPTIONS", "/ok", "Origin", app, "Access-Control-Request-Method", "PUT")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/count", nil))
	if got := strings.TrimSpace(w.Body.String()); got != "{}" {
		t.Errorf("the handler ran: %s", got)
	}
}
