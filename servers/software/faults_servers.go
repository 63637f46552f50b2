package software

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// nobody is an address of this machine where nothing listens: no server may have the port 1.
const nobody = "127.0.0.1:1"

// serverFaults are the faults of web servers and proxies.
func serverFaults() []Fault {
	behind := &Server{Kind: "express", Config: `
import cors from 'cors';
import express from 'express';
const app = express();
app.use(cors({ origin: ['https://app.test'] }));
app.get('/ok', (req, res) => res.json({ ok: true }));
export default app;
`}
	cached := &Server{Kind: "express", Config: `
import express from 'express';
const app = express();
app.get('/ok', (req, res) => {
  const { origin } = req.headers;
  if (['https://app.test', 'https://admin.test'].includes(origin)) {
    res.set('Access-Control-Allow-Origin', origin);
  }
  res.set('Cache-Control', 'max-age=600').json({ ok: true });
});
export default app;
`}
	site := &Server{Kind: "express", Config: `
import express from 'express';
const app = express();
for (const path of ['/', '/ok', '/json']) {
  app.route(path).get((req, res) => res.json({ ok: true })).post((req, res) => res.json({ ok: true }));
}
export default app;
`}
	nginx := func(lines string) Server {
		return Server{Kind: "nginx", Behind: site, Config: `
server {
    listen {{.Listen}};
    location / { proxy_pass {{.Upstream}}; }
    location /down { proxy_pass http://` + nobody + `; }
` + lines + `
}
`}
	}
	apache := func(lines string) Server {
		return Server{Kind: "apache", Behind: site, Config: `
<VirtualHost *:*>
` + lines + `
    ProxyPass "/down" "http://` + nobody + `/"
    ProxyPass "/" "{{.Upstream}}/"
</VirtualHost>
`}
	}
	haproxy := Server{Kind: "haproxy", Behind: site, Config: `
frontend api
    bind {{.Listen}}
    option http-buffer-request
    http-request deny deny_status 413 if { req.body_size gt 1000 }
    http-response set-header Access-Control-Allow-Origin https://app.test
    http-response add-header Vary Origin
    use_backend down if { path /down }
    default_backend application
backend application
    server application {{.Host}}:{{.Port}}
backend down
    server down ` + nobody + `
`}
	twice := nginx(`add_header Access-Control-Allow-Origin https://app.test always;`)
	twice.Behind = behind
	withoutVary := Server{Kind: "varnish", Behind: cached, Config: `
vcl 4.1;
backend default { .host = "{{.Host}}"; .port = "{{.Port}}"; }
`}
	upload := func(size int) harness.Request {
		return harness.Request{From: Page, URL: "/ok", Method: "POST", Body: harness.Text(strings.Repeat("x", size))}
	}
	return []Fault{{
		ID: "nginx-errors", Is: "nginx has add_header without always, so an error of the application has no header.",
		Server: nginx(`add_header Access-Control-Allow-Origin https://app.test;`),
		Ask:    get("/missing"), Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "nginx-bad-gateway", Is: "nginx has add_header without always, so its own 502 has no header.",
		Server: nginx(`add_header Access-Control-Allow-Origin https://app.test;`),
		Ask:    get("/down"), Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "nginx-and-express", Is: "nginx and the application behind it both add the header.",
		Server: twice,
		Ask:    get("/ok"), Reason: harness.MultipleAllowOriginValues,
	}, {
		ID: "nginx-location", Is: "A location of nginx has an add_header of its own, so it ignores the lines of the server.",
		Server: nginx(`
    add_header Access-Control-Allow-Origin https://app.test always;
    location /json { add_header X-Served-By a; proxy_pass {{.Upstream}}; }`),
		Ask: get("/json"), Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "apache-unset-variable", Is: "Apache sends a variable that is not set, as the text (null).",
		Server: apache(`Header set Access-Control-Allow-Origin "%{CO}e"
    <Location "/json">
        Header set Access-Control-Allow-Origin https://app.test
    </Location>`),
		Ask: get("/ok"), Reason: harness.InvalidAllowOriginValue, Control: get("/json"),
	}, {
		ID: "apache-errors", Is: "Apache has Header set without always, so its own 503 has no header.",
		Server: apache(`Header set Access-Control-Allow-Origin https://app.test`),
		Ask:    get("/down"), Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "haproxy-unavailable", Is: "HAProxy adds the header with http-response, so its own 503 has no header.",
		Server: haproxy,
		Ask:    get("/down"), Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "haproxy-too-large", Is: "HAProxy adds the header with http-response, so its own 413 has no header.",
		Server: haproxy,
		Ask:    upload(2000), Reason: harness.MissingAllowOriginHeader, Control: upload(10),
	}, {
		ID: "caddy-matched-only", Is: "Caddy adds the header to GET alone, so the answer to a preflight has none.",
		Server: Server{Kind: "caddy", Behind: site, Config: `
http:// {
	@get method GET
	header @get Access-Control-Allow-Origin https://app.test
	reverse_proxy {{.Host}}:{{.Port}}
}
`},
		Ask: put("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "varnish-without-vary", Is: "Varnish keeps one answer for all origins, because the application behind it sends no Vary.",
		Server: withoutVary,
		First:  harness.Request{From: OtherPage, URL: "/ok"},
		Ask:    get("/ok"), Reason: harness.AllowOriginMismatch,
	}}
}
