package draft

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/policy"
)

// template is a policy for servers of one kind, which a person completes.
type template struct {
	head  string
	path  string
	rules policy.Rules
	why   map[string]string
}

// Templates are the names of the templates.
func Templates() []string { return slices.Sorted(maps.Keys(templates)) }

// FromTemplate makes a policy of a template. The URL is the server with the path, and from are
// the origins of the pages, with commas: where they are empty, the policy has placeholders. The
// error joins [policy.FaultError] values.
func FromTemplate(name, url, from string) (Draft, error) {
	t, ok := templates[name]
	if !ok {
		return Draft{}, fmt.Errorf("there is no template %q: the templates are %s", name, strings.Join(Templates(), ", "))
	}
	d := Draft{Policy: policy.Policy{Target: "https://api.example.com", Rules: t.rules}, Head: t.head, Why: maps.Clone(t.why)}
	path := t.path
	d.Why["target"] = "A placeholder: write the origin of your server."
	if url != "" {
		u, err := web.ParseURL(url, nil)
		if err != nil || !u.IsHTTP() {
			return Draft{}, &policy.FaultError{Path: "URL", Value: url, Problem: "want a URL of http or https, such as https://api.example.com" + t.path}
		}
		d.Policy.Target, path = u.Origin().String(), u.Path+u.Query
		delete(d.Why, "target")
	}
	if d.Policy.Resources = []policy.Resource{{Path: path}}; path == "/" {
		d.Policy.Resources = nil
	}
	if from == "" {
		d.Policy.Origins = policy.Origins{List: []string{"https://app.example.com"}}
		d.Why["origins"] = "A placeholder: write the origins of the pages. " + d.Why["origins"]
		return d, d.Policy.Validate()
	}
	var err error
	if d.Policy.Origins, err = Origins(from); err != nil {
		return Draft{}, err
	}
	return d, d.Policy.Validate()
}

// The pages of the Model Context Protocol that say what its clients send and read.
const (
	mcpTransport = "https://modelcontextprotocol.io/specification/2025-11-25/basic/transports"
	mcpLogin     = "https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization"
	mcp2026      = "https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http"
)

// mcpOrigins says whose pages are clients.
const mcpOrigins = "A client in a browser is a page of its own site: that of the MCP Inspector is http://localhost:6274. A server must refuse any other origin: " + mcpTransport + "#security-warning"

// mcpErrors says why errors are judged.
const mcpErrors = "Errors are judged too: a client reads the 401, and in it where to log in. A login that also asks for a token on OPTIONS refuses every preflight, because a preflight never carries one."

// templates are the templates by name.
var templates = map[string]template{
	"mcp": {
		path: "/mcp",
		head: "What a client in a browser needs of a server of the Model Context Protocol, Streamable HTTP, revisions 2025-03-26 to 2025-11-25.\n" +
			"Servers of revision 2026-07-28 have no sessions: corsproof init --template mcp-2026-07-28. Read it, and complete it. Then:\n" +
			"  corsproof verify FILE --unsafe send\n" +
			"which sends POST and DELETE to the server. Without --unsafe send, their preflights alone are judged.",
		rules: policy.Rules{
			Credentials:    new(false),
			Methods:        policy.Names{"GET", "POST", "DELETE"},
			RequestHeaders: policy.Names{"Authorization", "Content-Type", "Mcp-Session-Id", "Mcp-Protocol-Version", "Last-Event-ID"},
			ExposeHeaders:  policy.Names{"Mcp-Session-Id", "WWW-Authenticate"},
		},
		why: map[string]string{
			"origins":     mcpOrigins,
			"credentials": "The token travels in Authorization, and not in a cookie: " + mcpLogin,
			"methods": "POST sends each message. GET opens a stream; a server without one answers 405, which a client must be able to read.\n" +
				"DELETE ends the session: " + mcpTransport + "#session-management\n" +
				"OPTIONS is not listed: the browser sends it, and no client does.",
			"requestHeaders": "Authorization: the token. " + mcpLogin + "\n" +
				"Content-Type: application/json needs permission. https://fetch.spec.whatwg.org/#cors-safelisted-request-header\n" +
				"Mcp-Session-Id: on each request after the first, where the server gave one. " + mcpTransport + "#session-management\n" +
				"Mcp-Protocol-Version: on each request after the first, so that a client without permission fails at its second. " + mcpTransport + "#protocol-version-header\n" +
				"Last-Event-ID: to resume a stream. " + mcpTransport + "#resumability-and-redelivery\n" +
				"Accept needs no permission.",
			"exposeHeaders": "Mcp-Session-Id: in the answer to the first POST; a client that cannot read it loses its session. " + mcpTransport + "#session-management\n" +
				"WWW-Authenticate: in a 401, with the place of the login. " + mcpLogin,
			"maxAge":    "Each message has a preflight, unless the browser may keep the answer to one.\nmaxAge: 7200",
			"errors":    mcpErrors,
			"resources": "The one endpoint of the server.",
		},
	},
	"mcp-2026-07-28": {
		path: "/mcp",
		head: "What a client in a browser needs of a server of the Model Context Protocol, Streamable HTTP, revision 2026-07-28.\n" +
			"For the revisions before, which have sessions: corsproof init --template mcp. Read it, and complete it. Then:\n" +
			"  corsproof verify FILE --unsafe send\n" +
			"which sends POST to the server. Without --unsafe send, its preflight alone is judged.",
		rules: policy.Rules{
			Credentials:    new(false),
			Methods:        policy.Names{"POST"},
			RequestHeaders: policy.Names{"Authorization", "Content-Type", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"},
			ExposeHeaders:  policy.Names{"WWW-Authenticate"},
		},
		why: map[string]string{
			"origins":     mcpOrigins,
			"credentials": "The token travels in Authorization, and not in a cookie: " + mcpLogin,
			"methods":     "POST sends each message. This revision has neither streams by GET nor sessions that DELETE ends: " + mcp2026,
			"requestHeaders": "Authorization: the token. " + mcpLogin + "\n" +
				"Content-Type: application/json needs permission. https://fetch.spec.whatwg.org/#cors-safelisted-request-header\n" +
				"Mcp-Protocol-Version: on each request. " + mcp2026 + "#protocol-version-header\n" +
				"Mcp-Method, Mcp-Name: what the message asks for. " + mcp2026 + "#standard-request-headers\n" +
				"Tools may name further headers, Mcp-Param-NAME: add the headers of your tools. " + mcp2026 + "#custom-headers-from-tool-parameters",
			"exposeHeaders": "WWW-Authenticate: in a 401, with the place of the login. " + mcpLogin,
			"maxAge":        "Each message has a preflight, unless the browser may keep the answer to one.\nmaxAge: 7200",
			"errors":        mcpErrors,
			"resources":     "The one endpoint of the server.",
		},
	},
}
