package snippet

// servers are web servers and proxies. Their texts answer preflights themselves, and remove the
// CORS headers of the application behind them, because a second one counts as an error.
// https://fetch.spec.whatwg.org/#cors-check
var servers = []software{{
	id: "nginx", name: "nginx", run: true,
	file: "nginx.conf: the maps in the http block, the other lines in the server block",
	note: "A location that has an add_header of its own ignores the add_header lines of its server: repeat the lines there.",
	// The size of a bucket has to stand before the first map.
	text: `
# In the http block:
{{- if long .Origins}}
map_hash_bucket_size 512;
{{- end}}
map $http_origin $cors_origin {
    default "";
{{- range .Origins}}
    "{{.}}" "{{.}}";
{{- end}}
}
map "$request_method $http_origin $http_access_control_request_method" $cors_preflight {
    default 0;
    "~^OPTIONS [^ ]+ [^ ]+$" 1;
}

# In the server block:
add_header Access-Control-Allow-Origin $cors_origin always;
add_header Vary Origin always;
{{- if .Credentials}}
add_header Access-Control-Allow-Credentials true always;
{{- end}}
add_header Access-Control-Allow-Methods "{{comma .Methods}}" always;
{{- if .RequestHeaders}}
add_header Access-Control-Allow-Headers "{{comma .RequestHeaders}}" always;
{{- end}}
{{- if .ExposeHeaders}}
add_header Access-Control-Expose-Headers "{{comma .ExposeHeaders}}" always;
{{- end}}
{{- if .MaxAge}}
add_header Access-Control-Max-Age {{.MaxAge}} always;
{{- end}}
proxy_hide_header Access-Control-Allow-Origin;
proxy_hide_header Access-Control-Allow-Credentials;
proxy_hide_header Access-Control-Allow-Methods;
proxy_hide_header Access-Control-Allow-Headers;
proxy_hide_header Access-Control-Expose-Headers;
proxy_hide_header Access-Control-Max-Age;
if ($cors_preflight) {
    return 204;
}
`,
}, {
	id: "apache", name: "Apache", run: true,
	file: "the VirtualHost, with the modules headers, rewrite and setenvif",
	note: "In .htaccess the rewrite comes after the login, which then answers preflights with 401.",
	text: `
# In the VirtualHost:
{{- range .Origins}}
SetEnvIf Origin "^{{pattern .}}$" CORS_ORIGIN={{.}}
{{- end}}
Header unset Access-Control-Allow-Origin
Header unset Access-Control-Allow-Credentials
Header unset Access-Control-Allow-Methods
Header unset Access-Control-Allow-Headers
Header unset Access-Control-Expose-Headers
Header unset Access-Control-Max-Age
Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
Header always merge Vary Origin
{{- if .Credentials}}
Header always set Access-Control-Allow-Credentials true env=CORS_ORIGIN
{{- end}}
Header always set Access-Control-Allow-Methods "{{comma .Methods}}" env=CORS_ORIGIN
{{- if .RequestHeaders}}
Header always set Access-Control-Allow-Headers "{{comma .RequestHeaders}}" env=CORS_ORIGIN
{{- end}}
{{- if .ExposeHeaders}}
Header always set Access-Control-Expose-Headers "{{comma .ExposeHeaders}}" env=CORS_ORIGIN
{{- end}}
{{- if .MaxAge}}
Header always set Access-Control-Max-Age {{.MaxAge}} env=CORS_ORIGIN
{{- end}}
RewriteEngine On
RewriteCond %{REQUEST_METHOD} =OPTIONS
RewriteCond %{HTTP:Origin} .
RewriteCond %{HTTP:Access-Control-Request-Method} .
RewriteRule ^ - [R=204,L]
`,
}, {
	id: "caddy", name: "Caddy", run: true,
	file: "Caddyfile, in the block of the site",
	note: "localhost:8080 stands for the application. Where the site has blocks of handle or route, each of them needs these lines.",
	text: `
# In the block of the site:
@cors_origin {
{{- range .Origins}}
	header Origin "{{.}}"
{{- end}}
}
@cors_preflight {
	method OPTIONS
	header Origin *
	header Access-Control-Request-Method *
}
header +Vary Origin
header @cors_origin {
	Access-Control-Allow-Origin {header.Origin}
{{- if .Credentials}}
	Access-Control-Allow-Credentials true
{{- end}}
	Access-Control-Allow-Methods "{{comma .Methods}}"
{{- if .RequestHeaders}}
	Access-Control-Allow-Headers "{{comma .RequestHeaders}}"
{{- end}}
{{- if .ExposeHeaders}}
	Access-Control-Expose-Headers "{{comma .ExposeHeaders}}"
{{- end}}
{{- if .MaxAge}}
	Access-Control-Max-Age {{.MaxAge}}
{{- end}}
}
respond @cors_preflight 204
reverse_proxy localhost:8080 {
	header_down -Access-Control-*
}
`,
}, {
	id: "haproxy", name: "HAProxy", run: true,
	file: "haproxy.cfg, in the frontend, before the rules of a login",
	note: "The version has to be 2.2 or later, which also adds headers to the errors of HAProxy itself.",
	text: `
    # In the frontend:
    http-request set-var(txn.cors_origin) req.fhdr(Origin) if { req.fhdr(Origin) -m str {{blank .Origins}} }
    http-request return status 204 if METH_OPTIONS { req.fhdr(Origin) -m found } { req.fhdr(Access-Control-Request-Method) -m found }
    http-after-response del-header Access-Control- -m beg
    http-after-response add-header Vary Origin
    http-after-response set-header Access-Control-Allow-Origin %[var(txn.cors_origin)] if { var(txn.cors_origin) -m found }
{{- if .Credentials}}
    http-after-response set-header Access-Control-Allow-Credentials true if { var(txn.cors_origin) -m found }
{{- end}}
    http-after-response set-header Access-Control-Allow-Methods "{{comma .Methods}}" if { var(txn.cors_origin) -m found }
{{- if .RequestHeaders}}
    http-after-response set-header Access-Control-Allow-Headers "{{comma .RequestHeaders}}" if { var(txn.cors_origin) -m found }
{{- end}}
{{- if .ExposeHeaders}}
    http-after-response set-header Access-Control-Expose-Headers "{{comma .ExposeHeaders}}" if { var(txn.cors_origin) -m found }
{{- end}}
{{- if .MaxAge}}
    http-after-response set-header Access-Control-Max-Age {{.MaxAge}} if { var(txn.cors_origin) -m found }
{{- end}}
`,
}, {
	id: "traefik", name: "Traefik",
	file: "the dynamic configuration; name the middleware cors first in the router's middlewares",
	note: "Middlewares that stand before it, such as a login or a rate limit, answer without its headers.",
	text: `
http:
  middlewares:
    cors:
      headers:
        accessControlAllowOriginList:
{{- range .Origins}}
          - "{{.}}"
{{- end}}
{{- if .Credentials}}
        accessControlAllowCredentials: true
{{- end}}
        accessControlAllowMethods:
{{- range .Methods}}
          - "{{.}}"
{{- end}}
{{- if .RequestHeaders}}
        accessControlAllowHeaders:
{{- range .RequestHeaders}}
          - "{{.}}"
{{- end}}
{{- end}}
{{- if .ExposeHeaders}}
        accessControlExposeHeaders:
{{- range .ExposeHeaders}}
          - "{{.}}"
{{- end}}
{{- end}}
{{- if .MaxAge}}
        accessControlMaxAge: {{.MaxAge}}
{{- end}}
        addVaryHeader: true
`,
}, {
	id: "envoy-gateway", name: "Envoy Gateway",
	file: "the HTTPRoute, in each of its rules",
	note: "The filter CORS needs a version of the Gateway API that has it. Where a SecurityPolicy has cors, change it there.",
	text: `
# In the HTTPRoute, below spec.rules:
filters:
  - type: CORS
    cors:
      allowOrigins:
{{- range .Origins}}
        - "{{.}}"
{{- end}}
{{- if .Credentials}}
      allowCredentials: true
{{- end}}
      allowMethods:
{{- range .Methods}}
        - "{{.}}"
{{- end}}
{{- if .RequestHeaders}}
      allowHeaders:
{{- range .RequestHeaders}}
        - "{{.}}"
{{- end}}
{{- end}}
{{- if .ExposeHeaders}}
      exposeHeaders:
{{- range .ExposeHeaders}}
        - "{{.}}"
{{- end}}
{{- end}}
{{- if .MaxAge}}
      maxAge: {{.MaxAge}}
{{- end}}
  - type: ResponseHeaderModifier
    responseHeaderModifier:
      add:
        - name: Vary
          value: Origin
`,
}}
