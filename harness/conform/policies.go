package conform

import "github.com/corsproof/corsproof/harness/conform/contract"

// The origins of the policies. They are of two sites, some have several dots, and one has
// a port. The libraries answer at hosts below example.test, so that pages of example.test
// are of the same site. https://html.spec.whatwg.org/multipage/browsers.html#same-site
const (
	app   = "https://app.example.test"
	admin = "https://admin.eu.example.test"
	other = "https://www.other.test"
	port  = "https://app.example.test:8443"
)

// Policies returns the policies that a library is asked about, in the order of the report.
// Each is one configuration, and one process.
func Policies() []contract.Policy {
	return []contract.Policy{
		{
			Version: 1, Name: "list-creds", Kind: contract.Intent, Title: "several origins of two sites, credentials, long lists",
			Origins:     contract.Origins{Mode: contract.List, Values: []string{app, admin, other, port}},
			Credentials: new(true), Methods: sixMethods(), RequestHeaders: twentyHeaders(), ExposeHeaders: contract.Names{"X-Total", "ETag", "X-Request-Id"}, MaxAge: new(600),
		},
		{
			Version: 1, Name: "single", Kind: contract.Intent, Title: "one origin, without credentials",
			Origins:     contract.Origins{Mode: contract.List, Values: []string{app}},
			Credentials: new(false), Methods: contract.Names{"GET", "PUT"}, RequestHeaders: contract.Names{"Content-Type", "X-One"}, ExposeHeaders: contract.Names{"X-Total"},
		},
		{
			Version: 1, Name: "single-creds", Kind: contract.Intent, Title: "one origin, with credentials",
			Origins:     contract.Origins{Mode: contract.List, Values: []string{app}},
			Credentials: new(true), Methods: contract.Names{"GET", "PUT"}, RequestHeaders: contract.Names{"Content-Type", "Authorization"}, MaxAge: new(0),
		},
		{
			Version: 1, Name: "none", Kind: contract.Intent, Title: "no origin",
			Origins: contract.Origins{Mode: contract.NoOrigin},
		},
		{
			Version: 1, Name: "any", Kind: contract.Intent, Title: "every origin, without credentials",
			Origins:     contract.Origins{Mode: contract.AnyOrigin},
			Credentials: new(false), Methods: contract.Names{"GET", "PUT", "DELETE"}, RequestHeaders: contract.Names{"Content-Type", "X-One"}, ExposeHeaders: contract.Names{"X-Total"},
		},
		{
			Version: 1, Name: "any-creds", Kind: contract.Intent, Title: "every origin, with credentials: a configuration that no library should accept",
			Origins:     contract.Origins{Mode: contract.AnyOrigin},
			Credentials: new(true),
		},
		{
			Version: 1, Name: "subdomains-creds", Kind: contract.Intent, Title: "the children of a domain, with credentials",
			Origins:     contract.Origins{Mode: contract.Subdomains, Values: []string{"https://example.test"}},
			Credentials: new(true), Methods: contract.Names{"GET", "PUT"}, RequestHeaders: contract.Names{"Content-Type"},
		},
		{
			Version: 1, Name: "regex-creds", Kind: contract.Intent, Title: "a regular expression with anchors, with credentials",
			Origins:     contract.Origins{Mode: contract.Regex, Values: []string{`^https://[a-z0-9-]+\.example\.test$`}},
			Credentials: new(true), Methods: contract.Names{"GET", "PUT"}, RequestHeaders: contract.Names{"Content-Type"},
		},
		{
			Version: 1, Name: "star-lists", Kind: contract.Intent, Title: "any method and header, without credentials",
			Origins:     contract.Origins{Mode: contract.List, Values: []string{app}},
			Credentials: new(false), Methods: contract.Names{contract.AnyName}, RequestHeaders: contract.Names{contract.AnyName}, ExposeHeaders: contract.Names{contract.AnyName},
		},
		{
			Version: 1, Name: "star-lists-creds", Kind: contract.Intent, Title: "any method and header, with credentials",
			Origins:     contract.Origins{Mode: contract.List, Values: []string{app}},
			Credentials: new(true), Methods: contract.Names{contract.AnyName}, RequestHeaders: contract.Names{contract.AnyName}, ExposeHeaders: contract.Names{contract.AnyName},
		},
		{
			Version: 1, Name: "null-allowed", Kind: contract.Intent, Title: "one origin and opaque origins, without credentials",
			Origins:     contract.Origins{Mode: contract.List, Values: []string{app}, AllowNull: true},
			Credentials: new(false), Methods: contract.Names{"GET", "PUT"},
		},
		{
			Version: 1, Name: "both-layers", Kind: contract.Intent, Title: "the library mounted twice",
			Origins:     contract.Origins{Mode: contract.List, Values: []string{app}},
			Credentials: new(true), Methods: contract.Names{"GET", "PUT"}, Layers: contract.BothLayers,
		},
		{Version: 1, Name: "unconfigured", Kind: contract.Default, Title: "nothing is configured", Origins: contract.Origins{Mode: contract.NoOrigin}},

		verbatim("slash", "an origin with a slash at the end", app+"/"),
		verbatim("upper-case", "an origin with upper-case letters", "https://App.Example.test"),
		verbatim("no-scheme", "an origin without a scheme", "app.example.test"),
		verbatim("glob", "a glob, as people write it", "https://*.example.test"),
		verbatim("star-creds", "* with credentials", "*"),
		verbatim("everything", "a pattern that matches everything, with credentials", "https://*"),
		verbatim("empty", "an empty string, as an unset variable gives it", ""),
		verbatim("comma", "two origins in one string", app+","+other),
		{
			Version: 1, Name: "unanchored", Kind: contract.Verbatim, Title: "a regular expression without anchors",
			Origins: contract.Origins{Mode: contract.Regex, Values: []string{`https://app\.example\.test`}}, Credentials: new(true),
		},
		{
			Version: 1, Name: "lower-case", Kind: contract.Verbatim, Title: "methods in lower case",
			Origins: contract.Origins{Mode: contract.List, Values: []string{app}}, Credentials: new(false), Methods: contract.Names{"get", "put", "patch"},
		},
	}
}

// verbatim is a policy with one text as its origins, with credentials.
func verbatim(name, title, text string) contract.Policy {
	return contract.Policy{
		Version: 1, Name: name, Kind: contract.Verbatim, Title: title,
		Origins: contract.Origins{Mode: contract.List, Values: []string{text}}, Credentials: new(true),
	}
}

func sixMethods() contract.Names {
	return contract.Names{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
}

// twentyHeaders are as many request headers as real clients send.
func twentyHeaders() contract.Names {
	return contract.Names{
		"Accept-Version", "Authorization", "Cache-Control", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key",
		"X-Api-Key", "X-Client-Name", "X-Client-Version", "X-Correlation-Id", "X-Csrf-Token", "X-Device-Id", "X-Forwarded-User",
		"X-Http-Method-Override", "X-Locale", "X-Request-Id", "X-Requested-With", "X-Tenant", "X-Trace-Id",
	}
}
