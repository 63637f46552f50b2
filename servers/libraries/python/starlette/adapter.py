"""Starlette's CORSMiddleware, as its documentation says: app.add_middleware(CORSMiddleware)."""

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route

from contract import routes, serving
from contract.adapter import Served, main
from contract.starlette_cors import add_cors, respond


def mount(policy):
    app = Starlette(
        routes=[Route(route.path, respond(Response, route.handler), methods=route.methods) for route in routes.ROUTES]
    )
    config = add_cors(app, CORSMiddleware, policy)
    return Served("starlette", config, serving.uvicorn(app))


main(mount)
