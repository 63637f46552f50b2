"""Flask-CORS on Flask, as its README says: CORS(app)."""

from flask import Flask, Response, request
from flask_cors import CORS

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.source import call

NAMES = {
    "credentials": "supports_credentials",
    "methods": "methods",
    "requestHeaders": "allow_headers",
    "exposeHeaders": "expose_headers",
    "maxAge": "max_age",
}


def mount(policy):
    app = Flask("adapter")
    for route in routes.ROUTES:
        app.add_url_rule(route.path, route.path, view(route.handler), methods=route.methods)
    options = cors_options(policy)
    with refusals():
        for _ in range(policy.layers):
            CORS(app, **options)
    config = "\n".join([call("CORS", "app", **options)] * policy.layers)
    return Served("flask-cors", config, serving.waitress(app))


def cors_options(policy):
    if policy.unconfigured:
        return {}
    # Its list of methods has no value for any method; the default is a list of seven.
    return {"origins": origins(policy)} | policy.options(NAMES, without_any=["methods"])


def origins(policy):
    match policy.mode:
        case "any":
            return "*"
        case "subdomains" | "regex":
            return policy.patterns + policy.null
    return policy.list


def view(handler):
    def answered():
        answer = handler(routes.Request(request.method, request.headers.get, request.args.get))
        response = Response(answer.body, answer.status)
        del response.headers["Content-Type"]
        for header in answer.headers:
            response.headers.add(*header)
        return response

    return answered


main(mount)
