"""Flask-CORS on Flask, as its README says: CORS(app)."""

from flask import Flask, Response, request
from flask_cors import CORS

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.flask_cors_options import cors_options
from contract.source import call


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
