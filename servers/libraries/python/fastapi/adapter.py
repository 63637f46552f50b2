"""FastAPI's CORSMiddleware, as its documentation says: app.add_middleware(CORSMiddleware)."""

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware

from contract import routes, serving
from contract.adapter import Served, main
from contract.starlette_cors import add_cors, respond


def mount(policy):
    app = FastAPI()
    for route in routes.ROUTES:
        view = respond(Response, route.handler)
        view.__annotations__["request"] = Request  # FastAPI passes the request by its type
        app.add_api_route(route.path, view, methods=route.methods, include_in_schema=False)
    config = add_cors(app, CORSMiddleware, policy)
    return Served("fastapi", config, serving.uvicorn(app))


main(mount)
