"""Starlette's CORSMiddleware, as its documentation says: app.add_middleware(CORSMiddleware)."""

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.source import call
from contract.starlette_cors import cors_options, respond


def mount(policy):
    app = Starlette(
        routes=[Route(route.path, respond(Response, route.handler), methods=route.methods) for route in routes.ROUTES]
    )
    options = cors_options(policy)
    with refusals():
        CORSMiddleware(app, **options)  # the application makes its middleware at the first request only
    for _ in range(policy.layers):
        app.add_middleware(CORSMiddleware, **options)
    config = "\n".join([call("app.add_middleware", "CORSMiddleware", **options)] * policy.layers)
    return Served("starlette", config, serving.uvicorn(app))


main(mount)
