package software

import "github.com/corsproof/corsproof/harness"

// credentialFaults are faults that show where the page asks with credentials, or should.
func credentialFaults() []Fault {
	listed := func(options string) Server {
		return expressServer(`app.use(cors({ origin: ['https://app.test'], ` + options + ` }));`)
	}
	right := `app.use(cors({ origin: ['https://app.test'], credentials: true }));
app.get('/me', (req, res) => (req.headers.cookie ?? '').includes('sid=1') ? res.json({ ok: true }) : res.sendStatus(401));
app.get('/login', (req, res) => res.set('Set-Cookie', 'sid=1; Path=/; HttpOnly; SameSite=Lax').json({ ok: true }));`
	behind := listed("credentials: true")
	header := included(get("/ok"))
	header.Headers = harness.Header{{Name: "X-A", Value: "1"}}
	return []Fault{{
		ID: "express-no-credentials", Is: "cors() without the option credentials sends no header for them, and the page asks with credentials.",
		Server: listed(""),
		Ask:    included(get("/ok")), Reason: harness.InvalidAllowCredentials, Control: get("/ok"),
	}, {
		ID: "nginx-and-express-credentials", Is: "nginx and the application behind it both add the header for credentials.",
		Server: Server{Kind: "nginx", Behind: &behind, Config: `
server {
    listen {{.Listen}};
    add_header Access-Control-Allow-Credentials true always;
    location / { proxy_pass {{.Upstream}}; }
}
`},
		Ask: included(get("/ok")), Reason: harness.InvalidAllowCredentials, Control: get("/ok"),
	}, {
		ID: "express-any-method", Is: "The list of methods is *, which is a plain name where the page asks with credentials.",
		Server: listed(`credentials: true, methods: '*'`),
		Ask:    included(put("/ok")), Reason: harness.MethodDisallowedByPreflightResponse, Control: get("/ok"),
	}, {
		ID: "express-any-header", Is: "The list of request headers is *, which is a plain name where the page asks with credentials.",
		Server: listed(`credentials: true, allowedHeaders: '*'`),
		Ask:    header, Reason: harness.HeaderDisallowedByPreflightResponse, Control: included(get("/ok")),
	}, {
		ID: "express-lax-cookie", Is: "The cookie of the login is SameSite=Lax, and the page is of another site.",
		Server: expressServer(right), Cookie: "sid=1; Secure; SameSite=Lax",
		Ask: included(get("/me")), Control: included(get("/ok")),
	}, {
		ID: "page-without-credentials", Is: "The page asks without credentials for an address that wants its cookie.",
		Server: expressServer(right), Cookie: "sid=1; Secure; SameSite=None",
		Ask: get("/me"), Control: included(get("/me")),
	}, {
		ID: "express-cookie-not-stored", Is: "The login sets a cookie with SameSite=Lax, and the browser stores no such cookie of another site.",
		Server: expressServer(right),
		Ask:    included(get("/login")), Control: included(get("/ok")),
	}}
}
