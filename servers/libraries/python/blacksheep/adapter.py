"""BlackSheep's CORS, as its documentation says: app.use_cors(...).

BlackSheep takes /dir and /dir/ for the same path.
"""

from blacksheep import Application, Content, Response
from blacksheep.server.routing import Router

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.policy import NAMES
from contract.source import call


def mount(policy):
    app = Application(router=Router())
    options = cors_options(policy)
    with refusals():
        app.use_cors(**options)
    if policy.layers == 2:
        policy.unsupported.append("layers")  # a second call adds a route twice, and the application does not start
    for route in routes.ROUTES:
        for method in route.methods:
            app.router.add(method, route.path, view(route.handler))
    return Served("blacksheep", call("app.use_cors", **options), serving.uvicorn(app))


def cors_options(policy):
    if policy.unconfigured:
        return {}
    return {"allow_origins": policy.exact} | policy.options(NAMES)


def view(handler):
    async def answered(request):
        answer = handler(routes.Request(request.method, header(request), query(request)))
        headers = [(name.encode(), value.encode()) for name, value in answer.headers if name != "Content-Type"]
        kind = dict(answer.headers).get("Content-Type")
        return Response(answer.status, headers, Content(kind.encode(), answer.body) if kind else None)

    return answered


def header(request):
    def get(name):
        value = request.get_first_header(name.encode())
        return None if value is None else value.decode()

    return get


def query(request):
    return lambda name: request.query.get(name, [None])[0]


main(mount)
