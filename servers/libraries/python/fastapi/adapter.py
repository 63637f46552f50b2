"""FastAPI's CORSMiddleware, as its documentation says: app.add_middleware(CORSMiddleware)."""

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.source import call
from contract.starlette_cors import cors_options, respond


def mount(policy):
    app = FastAPI()
    for route in routes.ROUTES:
        view = respond(Response, route.handler)
        view.__annotations__["request"] = Request  # FastAPI passes the request by its type
        app.add_api_route(route.path, view, methods=route.methods, include_in_schema=False)
    options = cors_options(policy)
    with refusals():
        CORSMiddleware(app, **options)  # the application makes its middleware at the first request only
    for _ in range(policy.layers):
        app.add_middleware(CORSMiddleware, **options)
    config = "\n".join([call("app.add_middleware", "CORSMiddleware", **options)] * policy.layers)
    return Served("fastapi", config, serving.uvicorn(app))


main(mount)
