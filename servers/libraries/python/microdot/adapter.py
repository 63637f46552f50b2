"""Microdot's CORS, as its documentation says: CORS(app, ...).

Microdot answers every OPTIONS itself, with CORS or without: /options and the check of /auth do not see it.
"""

from microdot import Response
from microdot.asgi import Microdot
from microdot.cors import CORS

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.source import call

NAMES = {
    "credentials": "allow_credentials",
    "methods": "allowed_methods",
    "requestHeaders": "allowed_headers",
    "exposeHeaders": "expose_headers",
    "maxAge": "max_age",
}


def mount(policy):
    app = Microdot()
    options = cors_options(policy)
    with refusals():
        for _ in range(policy.layers):
            CORS(app, **options)
    for route in routes.ROUTES:
        app.route(route.path, methods=route.methods)(view(route.handler))
    config = "\n".join([call("CORS", "app", **options)] * policy.layers)
    return Served("microdot", config, serving.uvicorn(app))


def cors_options(policy):
    if policy.unconfigured:
        return {}
    given = policy.options(NAMES, any_name=["*"])
    # All methods and all request headers are allowed where their lists are not set.
    for option in ("allowed_methods", "allowed_headers"):
        if given.get(option) == ["*"]:
            del given[option]
    return {"allowed_origins": policy.exact} | given


def view(handler):
    async def answered(request):
        answer = handler(routes.Request(request.method, request.headers.get, request.args.get))
        return Response(answer.body, answer.status, dict(answer.headers))

    return answered


main(mount)
