package software

import "github.com/corsproof/corsproof/harness"

// programFaults are the faults of applications in JavaScript, Python and Go.
func programFaults() []Fault {
	express := func(lines string) Server {
		return Server{Kind: "express", Config: `
import cors from 'cors';
import express from 'express';
const app = express();
const allow = { 'Access-Control-Allow-Origin': 'https://app.test', 'Access-Control-Allow-Methods': 'GET, PUT', 'Access-Control-Allow-Headers': 'Authorization, Content-Type' };
` + lines + `
export default app;
`}
	}
	flask := func(lines string) Server {
		return Server{Kind: "flask", Config: `
from flask import Flask, jsonify
from flask_cors import CORS

app = Flask("program")
` + lines}
	}
	goServer := func(lines string) Server {
		return Server{Kind: "go", Config: `
package main

import "net/http"

func allow(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "https://app.test")
	w.Header().Set("Access-Control-Allow-Methods", "GET, PUT")
	w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
}

func handler() http.Handler {
	mux := http.NewServeMux()
` + lines + `
}
`}
	}
	return []Fault{{
		ID: "express-options-only", Is: "The library answers OPTIONS, and the handler itself sends no header.",
		Server: express(`app.options('/ok', cors({ origin: ['https://app.test'] }));
app.get('/ok', (req, res) => res.json({ ok: true }));
app.get('/public', (req, res) => res.set(allow).json({ ok: true }));`),
		Ask: authorized("/ok"), Reason: harness.MissingAllowOriginHeader, Control: get("/public"),
	}, {
		ID: "express-login-redirect", Is: "Every client that is not signed in is redirected to the login, a preflight too.",
		Server: express(`app.use(cors({ origin: ['https://app.test'], preflightContinue: true }));
app.use((req, res, next) => req.path === '/public' ? res.json({ ok: true }) : req.headers.authorization ? next() : res.redirect('/login'));
app.get('/ok', (req, res) => res.json({ ok: true }));`),
		Ask: authorized("/ok"), Reason: harness.PreflightDisallowedRedirect, Control: get("/public"),
	}, {
		ID: "express-origin-not-listed", Is: "The list of origins has another page alone.",
		Server: express(`app.get('/public', cors(), (req, res) => res.json({ ok: true }));
app.use(cors({ origin: ['https://quite.other.test'] }));
app.route('/ok').get((req, res) => res.json({ ok: true })).put((req, res) => res.json({ ok: true }));`),
		Ask: put("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/public"),
	}, {
		ID: "express-route-only", Is: "The handlers of an Express application set the headers, and Express answers OPTIONS without a handler.",
		Server: express(`app.route('/ok').get((req, res) => res.set(allow).json({ ok: true })).put((req, res) => res.set(allow).json({ ok: true }));`),
		Ask:    put("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "express-not-found", Is: "No route of the Express application has OPTIONS, so a preflight gets a 404 without headers.",
		Server: express(`app.use('/ok', (req, res, next) => ['GET', 'PUT'].includes(req.method) ? res.set(allow).json({ ok: true }) : next());`),
		Ask:    put("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "express-status", Is: "The headers stand on each response, but no route has OPTIONS, so a preflight gets a 404.",
		Server: express(`app.use((req, res, next) => { res.set(allow); next(); });
app.use('/ok', (req, res, next) => ['GET', 'PUT'].includes(req.method) ? res.json({ ok: true }) : next());`),
		Ask: put("/ok"), Reason: harness.PreflightInvalidStatus, Control: get("/ok"),
	}, {
		ID: "express-login-first", Is: "The login stands before cors, so it answers the preflight with 401 and without headers.",
		Server: express(`app.get('/public', cors({ origin: ['https://app.test'] }), (req, res) => res.json({ ok: true }));
app.use((req, res, next) => req.headers.authorization ? next() : res.sendStatus(401));
app.use(cors({ origin: ['https://app.test'] }));
app.get('/ok', (req, res) => res.json({ ok: true }));`),
		Ask: authorized("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/public"),
	}, {
		ID: "flask-errors", Is: "The views of a Flask application set the header, so the 500 of a view that fails has none.",
		Server: flask(`
@app.route("/")
@app.route("/ok")
def ok():
    return jsonify(ok=True), 200, {"Access-Control-Allow-Origin": "https://app.test"}


@app.route("/boom")
def boom():
    raise RuntimeError("boom")
`),
		Ask: get("/boom"), Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "flask-slash", Is: "Flask redirects /dir to /dir/, a preflight too, and browsers follow no redirect of a preflight.",
		Server: flask(`
CORS(app, origins=["https://app.test"])


@app.route("/dir/", methods=["GET", "PUT"])
def dir():
    return jsonify(ok=True)
`),
		Ask: put("/dir"), Reason: harness.PreflightDisallowedRedirect, Control: put("/dir/"),
	}, {
		ID: "django-slash", Is: "CommonMiddleware stands outside of CorsMiddleware, so its redirect of /dir to /dir/ has no header.",
		Server: Server{Kind: "django", Config: `
import sys
import types

import django
from django.conf import settings
from django.http import JsonResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="none",
    ROOT_URLCONF="program",
    INSTALLED_APPS=["corsheaders"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "corsheaders.middleware.CorsMiddleware"],
    CORS_ALLOWED_ORIGINS=["https://app.test"],
)
django.setup()
sys.modules["program"] = types.SimpleNamespace(urlpatterns=[path("dir/", lambda request: JsonResponse({"ok": True}))])

from django.core.wsgi import get_wsgi_application

app = get_wsgi_application()
`},
		Ask: authorized("/dir"), Reason: harness.MissingAllowOriginHeader, Control: authorized("/dir/"),
	}, {
		ID: "starlette-exception", Is: "Starlette answers an exception outside of CORSMiddleware, so the 500 has no header.",
		Server: Server{Kind: "fastapi", Config: `
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://app.test"])


@app.get("/ok")
def ok():
    return {"ok": True}


@app.get("/boom")
def boom():
    raise RuntimeError("boom")
`},
		Ask: get("/boom"), Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "go-handler-only", Is: "The handlers set the headers, and ServeMux answers OPTIONS with 405 without a handler.",
		Server: goServer(`	for _, method := range []string{"GET", "PUT"} {
		mux.HandleFunc(method+" /ok", func(w http.ResponseWriter, _ *http.Request) { allow(w) })
	}
	return mux`),
		Ask: put("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "go-rs-header", Is: "rs/cors does not list the header, and then leaves all headers out of the preflight.",
		Server: Server{Kind: "go", Config: `
package main

import (
	"net/http"

	"github.com/rs/cors"
)

func handler() http.Handler {
	library := cors.New(cors.Options{AllowedOrigins: []string{"https://app.test"}, AllowedHeaders: []string{"Content-Type"}})
	return library.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
}
`},
		Ask: authorized("/ok"), Reason: harness.PreflightMissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "go-status", Is: "A middleware sets the headers on each response, but ServeMux answers OPTIONS with 405.",
		Server: goServer(`	mux.HandleFunc("GET /ok", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("PUT /ok", func(http.ResponseWriter, *http.Request) {})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allow(w)
		mux.ServeHTTP(w, r)
	})`),
		Ask: put("/ok"), Reason: harness.PreflightInvalidStatus, Control: get("/ok"),
	}}
}
