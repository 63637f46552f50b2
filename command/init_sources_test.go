package command

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const recorded = `{"log": {"entries": [{"_resourceType": "fetch", "request": {"method": "PUT", "url": "https://api.example.com/v1/me?token=s3cret", "headers": [{"name": "Origin", "value": "https://app.example.com"}, {"name": "Authorization", "value": "Bearer s3cret"}]}}]}}`

const described = `{"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "servers": [{"url": "https://api.example.com"}], "paths": {"/v1/me": {"get": {}}}}`

// Each source makes a policy that verify reads, without a question to any server.
func TestInitSources(t *testing.T) {
	t.Setenv("CORSPROOF_CHROME", "/nonexistent")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a HAR":                      {[]string{"--har", copied(t, recorded)}, "requestHeaders: [Authorization]"},
		"a HAR, of a server":         {[]string{"https://api.example.com/v1", "--har", copied(t, recorded)}, "methods: [PUT]"},
		"an OpenAPI file":            {[]string{"--openapi", copied(t, described)}, "origins: none"},
		"an OpenAPI file, of an app": {[]string{"http://localhost:8000", "--openapi", copied(t, described), "--from", page}, "origins: [" + page + "]"},
		"a template":                 {[]string{"--template", "mcp"}, "exposeHeaders: [Mcp-Session-Id, WWW-Authenticate]"},
	} {
		file := filepath.Join(t.TempDir(), "policy.yaml")
		r := run(t, append([]string{"init", "--output", file}, c.args...)...)
		data, _ := os.ReadFile(file)
		if r.status != exitHeld || !strings.Contains(string(data), "\n"+c.want+"\n") || !strings.Contains(string(data), "corsproof verify "+file) || strings.Contains(string(data)+r.stderr, "s3cret") {
			t.Errorf("%s: status %d, want %q in\n%s\n%s", name, r.status, c.want, data, r.stderr)
		}
		if r := run(t, "verify", file, "--list"); r.status != exitHeld {
			t.Errorf("%s: status %d\n%s\n%s", name, r.status, r.stderr, data)
		}
	}
}

// A source that cannot make a policy is a usage error without secrets, and nothing is written.
func TestFaultsOfInitSources(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"two":          {[]string{"--har", "a.har", "--template", "mcp"}, "a policy is made of one of them"},
		"no file":      {[]string{"--har", "missing.har"}, "--har: open missing.har"},
		"no OpenAPI":   {[]string{"--openapi", "missing.yaml"}, "--openapi missing.yaml: OpenAPI file: "},
		"cut off":      {[]string{"--har", copied(t, recorded[:100])}, "the file ends too early"},
		"no HAR":       {[]string{"--har", copied(t, "s3cret")}, "it is not JSON"},
		"Swagger":      {[]string{"--openapi", copied(t, "swagger: '2.0'\n")}, "it is Swagger 2.0"},
		"standard in":  {[]string{"--openapi", "-"}, "--openapi -: OpenAPI file: it has no field openapi"},
		"template":     {[]string{"--template", "mpc"}, "the templates are mcp, mcp-2026-07-28"},
		"a slash":      {[]string{"--template", "mcp", "--from", page + "/"}, `--from "` + page + `/"`},
		"the target":   {[]string{"--openapi", copied(t, described), "--from", "https://api.example.com"}, "--from \"https://api.example.com\": the target's own origin"},
		"any, cookies": {[]string{"--openapi", copied(t, strings.Replace(described, `{"get": {}}`, `{"get": {"parameters": [{"name": "sid", "in": "cookie"}]}}`, 1)), "--from", "any"}, "--from: any origin with credentials"},
		"no URL":       {[]string{"api.example.com", "--har", copied(t, recorded)}, "URL \"api.example.com\": want a URL of http or https"},
		"other server": {[]string{"https://x.example.com", "--har", copied(t, recorded)}, "no request to https://x.example.com"},
	} {
		file := filepath.Join(t.TempDir(), "policy.yaml")
		r := run(t, append([]string{"init", "--output", file}, c.args...)...)
		_, err := os.Stat(file)
		if r.status != exitUsage || !strings.Contains(r.stderr, c.want) || strings.Contains(r.stderr, "s3cret") || err == nil {
			t.Errorf("%s: status %d, want %q in\n%s", name, r.status, c.want, r.stderr)
		}
	}
}

// mcpServer is a server of the Model Context Protocol, as far as CORS goes, that may be wrong.
type mcpServer struct{ loginFirst, sessionHidden, versionRefused, deleteMissing bool }

func (m mcpServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	loggedIn := r.Header.Get("Authorization") != ""
	h.Set("Vary", "Origin")
	if r.Header.Get("Origin") == page && (loggedIn || !m.loginFirst) {
		h.Set("Access-Control-Allow-Origin", page)
		h.Set("Access-Control-Expose-Headers", m.without("Mcp-Session-Id, WWW-Authenticate", "Mcp-Session-Id, ", m.sessionHidden))
	}
	if r.Method == http.MethodOptions && !m.loginFirst {
		h.Set("Access-Control-Allow-Methods", m.without("GET, POST, DELETE", ", DELETE", m.deleteMissing))
		h.Set("Access-Control-Allow-Headers", m.without("Authorization, Content-Type, Mcp-Session-Id, Mcp-Protocol-Version, Last-Event-ID", ", Mcp-Protocol-Version", m.versionRefused))
		w.WriteHeader(http.StatusNoContent)
		return
	}
	switch {
	case !loggedIn:
		h.Set("WWW-Authenticate", `Bearer resource_metadata="https://login.example.com"`)
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path != "/mcp":
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodPost:
		h.Set("Mcp-Session-Id", "1868a90c")
		h.Set("Content-Type", "application/json")
	case r.Method == http.MethodGet:
		w.WriteHeader(http.StatusMethodNotAllowed) // it has no stream
	}
}

// without takes a part out of a header, if it is missing.
func (mcpServer) without(header, part string, missing bool) string {
	if missing {
		return strings.Replace(header, part, "", 1)
	}
	return header
}

// The template holds for a right server, and finds each of the four usual faults.
func TestTemplateOfMCP(t *testing.T) {
	for name, c := range map[string]struct {
		server mcpServer
		status int
		broken string // what verify says
	}{
		"right":                  {mcpServer{}, exitHeld, ""},
		"a login before OPTIONS": {mcpServer{loginFirst: true}, exitBlocked, "POST /mcp from " + page},
		"a hidden session":       {mcpServer{sessionHidden: true}, exitBlocked, "Mcp-Session-Id cannot be read"},
		"a refused version":      {mcpServer{versionRefused: true}, exitBlocked, "Mcp-Protocol-Version"},
		"no DELETE":              {mcpServer{deleteMissing: true}, exitBlocked, "DELETE /mcp from " + page},
	} {
		server := httptest.NewServer(c.server)
		t.Cleanup(server.Close)
		file := filepath.Join(t.TempDir(), "policy.yaml")
		if r := run(t, "init", server.URL+"/mcp", "--template", "mcp", "--from", page, "--output", file); r.status != exitHeld {
			t.Fatalf("%s: status %d\n%s", name, r.status, r.stderr)
		}
		policy, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		ask := "\nask:\n  headers: {Authorization: Bearer s3cret}\n"
		if err := os.WriteFile(file, slices.Concat(policy, []byte(ask)), 0o600); err != nil {
			t.Fatal(err)
		}
		r := run(t, "verify", file, "--unsafe", "send")
		if r.status != c.status || !strings.Contains(r.stdout, c.broken) || strings.Contains(r.stdout+r.stderr, "s3cret") {
			t.Errorf("%s: status %d, want %d and %q in\n%s\n%s", name, r.status, c.status, c.broken, r.stdout, r.stderr)
		}
	}
}
