package software

import "github.com/corsproof/corsproof/harness"

// gatewayFaults are the faults of nginx with an application behind it: some are in nginx, and
// their brothers in the application.
func gatewayFaults() []Fault {
	right := expressServer(`app.use(cors({ origin: ['https://app.test'] }));`)
	nginx := func(behind Server, lines string) Server {
		return Server{Kind: "nginx", Behind: &behind, Config: `
server {
    listen {{.Listen}};
` + lines + `
    location / { proxy_pass {{.Upstream}}; }
}
`}
	}
	return []Fault{{
		ID: "nginx-forbids", Is: "nginx refuses a path itself and has add_header without always, so its 403 has no header.",
		Server: nginx(expressServer(""), `add_header Access-Control-Allow-Origin https://app.test;
    location /private { deny all; }`),
		Ask: get("/private"), Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "nginx-drops-header", Is: "nginx drops the header of the application behind it.",
		Server: nginx(right, `proxy_hide_header Access-Control-Allow-Origin;`),
		Ask:    get("/ok"), Reason: harness.MissingAllowOriginHeader,
	}, {
		ID: "nginx-before-silent-express", Is: "The application behind nginx sends no header, and nginx passes the answer on.",
		Server: nginx(expressServer(""), ""),
		Ask:    get("/ok"), Reason: harness.MissingAllowOriginHeader,
	}, {
		ID: "express-twice", Is: "The application behind nginx adds the header twice, and nginx passes both lines on.",
		Server: nginx(expressServer(`app.use(cors({ origin: ['https://app.test'] }));
app.use((req, res, next) => { res.append('Access-Control-Allow-Origin', 'https://app.test'); next(); });`), ""),
		Ask: get("/ok"), Reason: harness.MultipleAllowOriginValues,
	}, {
		ID: "nginx-refuses-options", Is: "nginx answers OPTIONS with 405, and the application behind it would allow the page.",
		Server: nginx(right, `if ($request_method = OPTIONS) { return 405; }`),
		Ask:    put("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "express-refuses-options", Is: "The application behind nginx answers OPTIONS with 405, and nginx passes the answer on.",
		Server: nginx(expressServer(`app.options('/{*path}', (req, res) => res.sendStatus(405));
app.use(cors({ origin: ['https://app.test'] }));`), ""),
		Ask: put("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "nginx-redirects", Is: "nginx redirects to another origin, and browsers ask that origin as null.",
		Server: nginx(expressServer(""), `add_header Access-Control-Allow-Origin https://app.test always;
    if ($host !~ ^elsewhere-) { set $moved $request_uri; }
    if ($moved = /old) { return 302 https://elsewhere-$host/ok; }`),
		Ask: get("/old"), Reason: harness.AllowOriginMismatch, Control: get("/ok"),
	}}
}
