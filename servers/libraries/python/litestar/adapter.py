"""Litestar's CORSConfig, as its documentation says: Litestar(cors_config=CORSConfig(...))."""

from litestar import Litestar, Request, Response, asgi
from litestar.config.cors import CORSConfig
from litestar.handlers import HTTPRouteHandler

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.policy import NAMES
from contract.source import call


def mount(policy):
    options = cors_options(policy)
    with refusals():
        cors_config = CORSConfig(**options)
    app = Litestar([handler(route) for route in routes.ROUTES], cors_config=cors_config)
    config = f"cors_config = {call('CORSConfig', **options)}\napp = Litestar(route_handlers, cors_config=cors_config)"
    if policy.layers == 2:
        # An application has one CORSConfig: a second application has the first one mounted.
        app = Litestar([asgi("/", is_mount=True, copy_scope=True)(app)], cors_config=cors_config)
        config += '\ngateway = Litestar([asgi("/", is_mount=True, copy_scope=True)(app)], cors_config=cors_config)'
    return Served("litestar", config, serving.uvicorn(app))


def cors_options(policy):
    if policy.unconfigured:
        return {}
    return origins(policy) | policy.options(NAMES, any_name=["*"])


def origins(policy):
    match policy.mode:
        case "any":
            return {"allow_origins": ["*"]}
        case "subdomains":
            return {"allow_origins": [origin.replace("://", "://*.") for origin in policy.values] + policy.null}
        case "regex":
            return {"allow_origins": policy.null, "allow_origin_regex": policy.pattern}
    return {"allow_origins": policy.list}


def handler(route):
    # Litestar takes /dir and /dir/ for the same path.
    async def answered(request: Request) -> Response:
        answer = route.handler(routes.Request(request.method, request.headers.get, request.query_params.get))
        headers = dict(answer.headers)
        media_type = headers.pop("Content-Type", None)
        return Response(answer.body, status_code=answer.status, media_type=media_type, headers=headers)

    return HTTPRouteHandler(route.path, http_method=route.methods)(answered)


main(mount)
