"""Robyn's ALLOW_CORS, as its documentation says: ALLOW_CORS(app, origins=[...]).

ALLOW_CORS answers every OPTIONS with 204: /options and the check of /auth do not see it. Robyn takes /dir and /dir/
for the same path.
"""

from urllib.parse import unquote_plus

from robyn import ALLOW_CORS, Headers, Response, Robyn

from contract import routes
from contract.adapter import Served, main, refusals
from contract.policy import Unsupported
from contract.source import call


def mount(policy):
    app = Robyn(__file__)
    options = cors_options(policy)
    with refusals():
        for _ in range(policy.layers):
            ALLOW_CORS(app, **options)
    for route in routes.ROUTES:
        for method in route.methods:
            app.add_route(method, route.path, view(route.handler))
    config = "\n".join([call("ALLOW_CORS", "app", **options)] * policy.layers)
    return Served("robyn", config, serve(app))


def cors_options(policy):
    if policy.unconfigured:
        raise Unsupported("origins.mode=none")  # the origins have to be given
    options = {"origins": policy.exact} | policy.options({"requestHeaders": "headers"})
    if policy.fields.get("credentials"):
        policy.unsupported.remove("credentials")  # it always allows them
    return options


def view(handler):
    def answered(request):
        answer = handler(routes.Request(request.method, request.headers.get, query(request)))
        headers = Headers({})
        for header in answer.headers:
            headers.append(*header)
        return Response(answer.status, headers, answer.body)

    return answered


def query(request):
    # Robyn does not decode the values.
    return lambda name: unquote_plus(request.query_params.get(name, ""))


def serve(app):
    def run(listener, ready):
        port = listener.getsockname()[1]
        listener.close()  # Robyn opens its port itself
        app.startup_handler(ready)
        app.start("127.0.0.1", port, _check_port=False)

    return run


main(mount)
