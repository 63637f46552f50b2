"""Quart-CORS on Quart, as its README says: app = cors(app)."""

import asyncio
import re

from quart import Quart, Response, request
from quart_cors import cors

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.policy import NAMES
from contract.source import call


def mount(policy):
    app = Quart("adapter")
    for route in routes.ROUTES:
        app.add_url_rule(route.path, route.path, view(route.handler), methods=route.methods)
    options = cors_options(policy)
    with refusals():
        for _ in range(policy.layers):
            app = cors(app, **options)
        asyncio.run(first_request(app))
    config = "\n".join(["app = " + call("cors", "app", **options)] * policy.layers)
    return Served("quart-cors", config, serving.hypercorn(app))


async def first_request(app):
    """The library judges its options at each request, and refuses them with an exception."""
    async with app.test_request_context("/count"):
        await app.process_response(Response(""))


def cors_options(policy):
    if policy.unconfigured:
        return {}
    return {"allow_origin": origins(policy)} | policy.options(NAMES)


def origins(policy):
    match policy.mode:
        case "any":
            return "*"
        case "subdomains" | "regex":
            return [re.compile(pattern) for pattern in policy.patterns] + policy.null
    return policy.list


def view(handler):
    async def answered():
        answer = handler(routes.Request(request.method, request.headers.get, request.args.get))
        response = Response(answer.body, answer.status)
        del response.headers["Content-Type"]
        for header in answer.headers:
            response.headers.add(*header)
        return response

    return answered


main(mount)
