package snippet

import (
	"fmt"
	"strings"
)

// python are libraries for Python.
var python = []software{{
	id: "flask", name: "Flask", run: true,
	file: "the program, after app = Flask(...) and before each before_request; pip install flask-cors",
	note: "Flask-CORS adds the headers. The two functions do what it does not: they answer preflights before a login, and they send Vary to all.",
	// Flask-CORS takes an origin with brackets for a regular expression.
	lacks: func(n Need) error {
		for _, origin := range n.Origins {
			if strings.Contains(origin, "[") {
				return fmt.Errorf("origin %s: Flask-CORS takes brackets for a regular expression; use a name for the address", origin)
			}
		}
		return nil
	},
	text: `
from flask import request
from flask_cors import CORS


@app.before_request
def answer_preflight():
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        return "", 204


@app.after_request
def vary_by_origin(response):
    response.vary.add("Origin")
    return response


CORS(
    app,
    origins=[{{double .Origins}}],
{{- if .Credentials}}
    supports_credentials=True,
{{- end}}
    methods=[{{double .Methods}}],
    allow_headers=[{{double .RequestHeaders}}],
{{- if .ExposeHeaders}}
    expose_headers=[{{double .ExposeHeaders}}],
{{- end}}
{{- if .MaxAge}}
    max_age={{.MaxAge}},
{{- end}}
)
`,
}, {
	id: "django", name: "Django", run: true,
	file: "settings.py, at its end; pip install django-cors-headers",
	note: "A form or a script that changes something with a cookie also needs its origin in CSRF_TRUSTED_ORIGINS.",
	text: `
INSTALLED_APPS = [*INSTALLED_APPS, "corsheaders"]
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *MIDDLEWARE]
CORS_ALLOWED_ORIGINS = [{{double .Origins}}]
{{- if .Credentials}}
CORS_ALLOW_CREDENTIALS = True
{{- end}}
CORS_ALLOW_METHODS = [{{double .Methods}}]
CORS_ALLOW_HEADERS = [{{double .RequestHeaders}}]
{{- if .ExposeHeaders}}
CORS_EXPOSE_HEADERS = [{{double .ExposeHeaders}}]
{{- end}}
{{- if .MaxAge}}
CORS_PREFLIGHT_MAX_AGE = {{.MaxAge}}
{{- end}}
`,
}, {
	id: "fastapi", name: "FastAPI and Starlette", run: true,
	file: "the program, at its end, where all routes and middlewares are added",
	note: "The application is wrapped, because app.add_middleware leaves the responses to exceptions (500) without the headers.",
	text: `
from starlette.middleware.cors import CORSMiddleware

app = CORSMiddleware(
    app,
    allow_origins=[{{double .Origins}}],
{{- if .Credentials}}
    allow_credentials=True,
{{- end}}
    allow_methods=[{{double .Methods}}],
    allow_headers=[{{double .RequestHeaders}}],
{{- if .ExposeHeaders}}
    expose_headers=[{{double .ExposeHeaders}}],
{{- end}}
{{- if .MaxAge}}
    max_age={{.MaxAge}},
{{- end}}
)
`,
}}
