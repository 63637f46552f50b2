package software

import (
	"fmt"
	"strings"
)

// App is an application without CORS, with a snippet where its File says, unless it is empty. refuse has the application answer OPTIONS with 405, as many routers do. The id is
// one of package snippet.
//
// Each application has the same routes: GET and PUT /ok answer 200 with X-Total: 7, GET /boom
// answers 500 because its handler fails, and every other path answers 404.
func App(id, snippet string, refuse bool) (Server, error) {
	a, ok := apps[id]
	if !ok {
		return Server{}, fmt.Errorf("no application for %q", id)
	}
	refusal := ""
	if refuse {
		refusal = a.refuse
	}
	if snippet == "" {
		snippet = a.without
	}
	server := Server{Kind: a.kind}
	first, second := snippet, ""
	switch {
	case kinds[a.kind].second != "":
		server.Snippet = snippet
	case a.second != "":
		first, second, _ = strings.Cut(snippet, a.second)
	case a.upstream != "":
		first = strings.ReplaceAll(snippet, a.upstream, "{{.Host}}:{{.Port}}")
	}
	server.Config = strings.NewReplacer("REFUSAL", refusal, "FIRST", first, "SECOND", second).Replace(a.text)
	return server, nil
}

// app is an application with places for the snippet, FIRST and SECOND, and for REFUSAL.
type app struct {
	kind     string
	text     string
	refuse   string
	second   string // the line of a snippet that begins its second part
	without  string // stands where there is no snippet
	upstream string // what the snippet calls the application behind it
}

// apps are the applications by the ids of package snippet.
var apps = map[string]app{
	"nginx": {kind: "nginx", second: "# In the server block:", text: `
FIRST
server {
    listen {{.Listen}};
    SECOND
    REFUSAL
    location / {
        proxy_pass {{.Upstream}};
    }
}
`, refuse: `if ($request_method = OPTIONS) { return 405; }`},

	"apache": {kind: "apache", text: `
<VirtualHost *:*>
    FIRST
    REFUSAL
    ProxyPass "/" "{{.Upstream}}/"
</VirtualHost>
`, refuse: `
    RewriteEngine On
    RewriteCond %{REQUEST_METHOD} =OPTIONS
    RewriteRule ^ - [R=405,L]`},

	"caddy": {kind: "caddy", upstream: "localhost:8080", text: `
http:// {
	FIRST
	REFUSAL
}
`, without: "reverse_proxy localhost:8080", refuse: `
	@options method OPTIONS
	respond @options 405`},

	"haproxy": {kind: "haproxy", text: `
frontend api
    bind {{.Listen}}
FIRST
    REFUSAL
    default_backend application
backend application
    server application {{.Host}}:{{.Port}}
`, refuse: `http-request deny deny_status 405 if METH_OPTIONS`},

	"express": {kind: "express", text: `
import express from 'express';
const app = express();
FIRST
REFUSAL
app.use(express.json());
app.all('/ok', (req, res) => res.set('X-Total', '7').json({ ok: true }));
app.get('/boom', () => { throw new Error('boom'); });
app.use((error, req, res, next) => res.status(500).json({ error: error.message }));
export default app;
`, refuse: `app.options('/{*path}', (req, res) => res.sendStatus(405));`},

	"fastify": {kind: "fastify", text: `
import Fastify from 'fastify';
const app = Fastify();
FIRST
REFUSAL
app.route({ method: ['GET', 'PUT'], url: '/ok', handler: async (request, reply) => reply.header('X-Total', '7').send({ ok: true }) });
app.get('/boom', async () => { throw new Error('boom'); });
export default app;
`, refuse: `app.addHook('onRequest', async (request, reply) => { if (request.method === 'OPTIONS') return reply.code(405).send(); });`},

	"flask": {kind: "flask", text: `
from flask import Flask, jsonify

app = Flask("program")
FIRST
REFUSAL

@app.route("/ok", methods=["GET", "PUT"])
def ok():
    return jsonify(ok=True), 200, {"X-Total": "7"}


@app.route("/boom")
def boom():
    raise RuntimeError("boom")
`, refuse: `
@app.before_request
def refuse():
    from flask import request
    if request.method == "OPTIONS":
        return "", 405
`},

	"django": {kind: "django", text: `
import types

INSTALLED_APPS = []
MIDDLEWARE = ["program.refuse"]
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "none"
ROOT_URLCONF = "program"
FIRST

import sys

import django
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import path

settings.configure(**{name: value for name, value in list(globals().items()) if name.isupper()})
django.setup()


def ok(request):
    return JsonResponse({"ok": True}, headers={"X-Total": "7"})


def boom(request):
    raise RuntimeError("boom")


def refuse(get_response):
    def middleware(request):
        REFUSAL
        return get_response(request)

    return middleware


sys.modules["program"] = types.SimpleNamespace(refuse=refuse, urlpatterns=[path("ok", ok), path("boom", boom)])

from django.core.wsgi import get_wsgi_application

app = get_wsgi_application()
`, refuse: `if request.method == "OPTIONS": return HttpResponse(status=405)`},

	"fastapi": {kind: "fastapi", text: `
from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/ok")
@app.put("/ok")
def ok(response: Response):
    response.headers["X-Total"] = "7"
    return {"ok": True}


@app.get("/boom")
def boom():
    raise RuntimeError("boom")

REFUSAL

FIRST
`, refuse: `
@app.middleware("http")
async def refuse(request, call_next):
    return Response(status_code=405) if request.method == "OPTIONS" else await call_next(request)
`},

	"spring": {kind: "spring", without: "class Cors {}\n", text: springApp, refuse: springRefusal},

	"go-jub0bs": goApp,
	"go-rs":     goApp,

	"rails": {kind: "rack", text: `
require "rack/cors"
require "sinatra/base"

# Rails keeps the middlewares of an application in a list.
module Rails
  USED = []
  def self.application = self
  def self.config = self
  def self.middleware = self
  def self.insert_before(_place, middleware, &block) = USED.unshift([middleware, block])
end

FIRST

class App < Sinatra::Base
  set :environment, :production
  set :protection, false
  route("GET", "/ok") { [200, { "X-Total" => "7", "Content-Type" => "application/json" }, "{}"] }
  route("PUT", "/ok") { [200, { "X-Total" => "7", "Content-Type" => "application/json" }, "{}"] }
  route("GET", "/boom") { raise "boom" }
  REFUSAL
end

Rails::USED.each { |middleware, block| use middleware, &block }
run App
`, refuse: `options("*") { 405 }`},
}

// goApp is the application of both libraries for Go: its handler is wrapped by the snippet.
var goApp = app{kind: "go", without: `
package main

import "net/http"

func withCORS(next http.Handler) http.Handler { return next }
`, text: `
package main

import (
	"io"
	"net/http"
)

func ok(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Total", "7")
	_, _ = io.WriteString(w, "{}")
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ok", ok)
	mux.HandleFunc("PUT /ok", ok)
	mux.HandleFunc("GET /boom", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "boom", http.StatusInternalServerError) })
	REFUSAL
	return withCORS(mux)
}
`, refuse: `mux.HandleFunc("OPTIONS /ok", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) })`}

const springApp = `
package app;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

@SpringBootApplication
@RestController
public class Application {

    @RequestMapping(path = "/ok", method = {RequestMethod.GET, RequestMethod.PUT})
    public ResponseEntity<Map<String, Boolean>> ok() {
        return ResponseEntity.ok().header("X-Total", "7").body(Map.of("ok", true));
    }

    @GetMapping("/boom")
    public void boom() {
        throw new IllegalStateException("boom");
    }

    @Component
    static class Refuse extends OncePerRequestFilter {
        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            REFUSAL
            chain.doFilter(request, response);
        }
    }
}
`

const springRefusal = `if (request.getMethod().equals("OPTIONS")) { response.setStatus(405); return; }`
