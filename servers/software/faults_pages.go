package software

import "github.com/corsproof/corsproof/harness"

// cacheFaults are the faults that show because the browser keeps an answer.
func cacheFaults() []Fault {
	stored := expressServer(`app.use((req, res, next) => {
  if (req.headers.origin === 'https://app.test') {
    res.set('Access-Control-Allow-Origin', 'https://app.test');
  }
  res.set('Cache-Control', req.path === '/ok' ? 'max-age=600' : 'no-store');
  res.type('txt').send('ok'); // Chrome stores no JSON for an image: it breaks such an answer off
});`)
	image := get("/ok")
	image.Mode = harness.NoCORS
	return []Fault{{
		ID: "express-stored", Is: "The application sends no Vary: Origin, and the browser has stored the answer to an image.",
		Server: stored, First: image,
		Ask: get("/ok"), Reason: harness.MissingAllowOriginHeader, Control: get("/other"),
	}, {
		ID: "express-storable", Is: "The application sends no Vary: Origin, so the answer to an image would block the page later.",
		Server: stored,
		Ask:    get("/ok"), Control: get("/other"),
	}}
}

// pageFaults are pages that ask wrongly, and responses from which a page does not get what it
// wants.
func pageFaults() []Fault {
	right := expressServer(`app.use(cors({ origin: ['https://app.test'], allowedHeaders: ['Content-Type'] }));
app.get('/total', (req, res) => res.set('X-Total', '7').json({ ok: true }));`)
	sending := func(name, value string) harness.Request {
		r := get("/ok")
		r.Headers = harness.Header{{Name: name, Value: value}}
		return r
	}
	lower, hiding, sandboxed := get("/ok"), get("/ok"), get("/ok")
	lower.Method, hiding.Mode, sandboxed.From = "patch", harness.NoCORS, harness.OpaqueOrigin
	return []Fault{{
		ID: "page-method-in-lower-case", Is: "The page writes patch in lower case, and browsers do not change the case of this method.",
		Server: right,
		Ask:    lower, Reason: harness.MethodDisallowedByPreflightResponse, Control: get("/ok"),
	}, {
		ID: "page-with-sentry", Is: "A library in the page adds baggage to each request, and the server does not list it.",
		Server: right,
		Ask:    sending("baggage", "sentry-release=1"), Reason: harness.HeaderDisallowedByPreflightResponse, Control: get("/ok"),
	}, {
		ID: "page-with-jquery", Is: "A library in the page adds X-Requested-With, and the server does not list it.",
		Server: right,
		Ask:    sending("X-Requested-With", "XMLHttpRequest"), Reason: harness.HeaderDisallowedByPreflightResponse, Control: get("/ok"),
	}, {
		ID: "page-sends-allow-origin", Is: "The page sends Access-Control-Allow-Origin, which is a header of responses.",
		Server: right,
		Ask:    sending("Access-Control-Allow-Origin", "*"), Reason: harness.HeaderDisallowedByPreflightResponse, Control: get("/ok"),
	}, {
		ID: "express-not-exposed", Is: "The application sends X-Total and does not expose it to scripts.",
		Server: right,
		Ask:    get("/total"), Control: get("/ok"),
	}, {
		ID: "flask-not-exposed", Is: "The application sends X-Total and does not expose it to scripts.",
		Server: Server{Kind: "flask", Config: `
from flask import Flask, jsonify
from flask_cors import CORS

app = Flask("program")
CORS(app, origins=["https://app.test"])


@app.route("/ok")
def ok():
    return jsonify(ok=True)


@app.route("/total")
def total():
    return jsonify(ok=True), 200, {"X-Total": "7"}
`},
		Ask: get("/total"), Control: get("/ok"),
	}, {
		ID: "page-sandboxed", Is: "The page is in a sandbox, so its origin is null, and the server allows the page's origin.",
		Server: right,
		Ask:    sandboxed, Reason: harness.MissingAllowOriginHeader, Control: get("/ok"),
	}, {
		ID: "page-in-mode-no-cors", Is: "The page asks in mode no-cors, so the script sees nothing of the answer.",
		Server: right,
		Ask:    hiding, Control: get("/ok"),
	}, {
		ID: "express-resource-policy", Is: "Every answer has the resource policy that helmet sends, so no page of another site may embed one.",
		Server: expressServer(`app.use(cors({ origin: ['https://app.test'] }));
app.use((req, res, next) => { res.set('Cross-Origin-Resource-Policy', 'same-origin'); next(); });`),
		Ask: hiding, Reason: harness.BlockedByCORPNotSameOrigin, Control: get("/ok"),
	}}
}
