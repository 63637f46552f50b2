package software

import "github.com/corsproof/corsproof/harness"

// valueFaults are applications whose headers have wrong values.
func valueFaults() []Fault {
	express := func(lines string) Server {
		return Server{Kind: "express", Config: `
import cors from 'cors';
import express from 'express';
const app = express();
` + lines + `
app.route('/ok').get((req, res) => res.json({ ok: true })).put((req, res) => res.json({ ok: true }));
export default app;
`}
	}
	origin := func(value string) Server {
		return express(`app.get('/public', cors({ origin: ['https://app.test'] }), (req, res) => res.json({ ok: true }));
app.use((req, res, next) => { res.set('Access-Control-Allow-Origin', ` + value + `); next(); });`)
	}
	credentials := included(get("/ok"))
	return []Fault{{
		ID: "express-origin-list", Is: "One header has two origins, and browsers take one.",
		Server: origin(`'https://app.test, https://admin.test'`),
		Ask:    get("/ok"), Reason: harness.MultipleAllowOriginValues, Control: get("/public"),
	}, {
		ID: "express-origin-slash", Is: "The origin in the header ends in a slash, and no origin does.",
		Server: origin(`'https://app.test/'`),
		Ask:    get("/ok"), Reason: harness.AllowOriginMismatch, Control: get("/public"),
	}, {
		ID: "express-origin-undefined", Is: "A variable of the environment is not set, so the header is the text undefined.",
		Server: origin("String(process.env.CORSPROOF_NOT_SET)"),
		Ask:    get("/ok"), Reason: harness.InvalidAllowOriginValue, Control: get("/public"),
	}, {
		ID: "express-origin-scheme", Is: "The origin in the header has another scheme than the page.",
		Server: origin(`'http://app.test'`),
		Ask:    get("/ok"), Reason: harness.AllowOriginMismatch, Control: get("/public"),
	}, {
		ID: "express-list-www", Is: "The list of origins has the name with www, and the page's name has none.",
		Server: express(`app.use(cors({ origin: ['https://www.app.test'] }));`),
		Ask:    get("/ok"), Reason: harness.MissingAllowOriginHeader,
	}, {
		ID: "express-wildcard", Is: "cors() without options sends *, and the page asks with credentials.",
		Server: express(`app.use(cors());`),
		Ask:    credentials, Reason: harness.WildcardOriginNotAllowed, Control: get("/ok"),
	}, {
		ID: "express-global-regex", Is: "A regular expression with the flag g remembers where it matched, so each second question fails.",
		// With an ETag, the second answer is a 304, and the browser keeps the header of the first.
		Server: express(`app.disable('etag');
app.use(cors({ origin: /^https:\/\/app\.test$/g }));`),
		First: get("/ok"), Ask: get("/ok"), Reason: harness.MissingAllowOriginHeader,
	}, {
		ID: "express-method", Is: "The list of methods has no PUT.",
		Server: express(`app.use(cors({ origin: ['https://app.test'], methods: ['GET'] }));`),
		Ask:    put("/ok"), Reason: harness.MethodDisallowedByPreflightResponse, Control: get("/ok"),
	}, {
		ID: "express-header", Is: "The list of request headers has no Authorization.",
		Server: express(`app.use(cors({ origin: ['https://app.test'], allowedHeaders: ['Content-Type'] }));`),
		Ask:    authorized("/ok"), Reason: harness.HeaderDisallowedByPreflightResponse, Control: get("/ok"),
	}, {
		ID: "express-header-json", Is: "The list of request headers is JSON, which is no list of a header.",
		Server: express(`app.use(cors({ origin: ['https://app.test'], allowedHeaders: JSON.stringify(['Authorization']) }));`),
		Ask:    authorized("/ok"), Reason: harness.InvalidAllowHeadersPreflightResponse, Control: get("/ok"),
	}, {
		ID: "flask-credentials", Is: "The header for credentials is True, as Python writes it, and browsers want true.",
		Server: Server{Kind: "flask", Config: `
from flask import Flask, jsonify

app = Flask("program")


@app.after_request
def allow(response):
    response.headers["Access-Control-Allow-Origin"] = "https://app.test"
    response.headers["Access-Control-Allow-Credentials"] = str(True)
    return response


@app.route("/ok")
def ok():
    return jsonify(ok=True)
`},
		Ask: credentials, Reason: harness.InvalidAllowCredentials, Control: get("/ok"),
	}}
}
