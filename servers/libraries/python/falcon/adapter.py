"""Falcon's CORSMiddleware, as its documentation says: App(middleware=CORSMiddleware(...))."""

import falcon

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.source import call

NAMES = {"credentials": "allow_credentials", "exposeHeaders": "expose_headers"}


def mount(policy):
    options = cors_options(policy)
    with refusals():
        if policy.unconfigured:
            app = falcon.App(cors_enable=True)
        else:
            app = falcon.App(middleware=[falcon.CORSMiddleware(**options) for _ in range(policy.layers)])
    for route in routes.ROUTES:
        app.add_route(route.path, Resource(route))
    middleware = ", ".join([call("falcon.CORSMiddleware", **options)] * policy.layers)
    config = f"app = falcon.App({'cors_enable=True' if policy.unconfigured else f'middleware=[{middleware}]'})"
    return Served("falcon", config, serving.waitress(app))


def cors_options(policy):
    if policy.unconfigured:
        return {}
    options = {"allow_origins": policy.exact} | policy.options(NAMES)
    # A preflight gets the methods of the resource, and the headers that it asks for.
    for field in ("methods", "requestHeaders"):
        if policy.fields.get(field) == "*":
            policy.unsupported.remove(field)
    # The option is a list of origins, or a star for each allowed origin.
    if "allow_credentials" in options:
        options["allow_credentials"] = "*" if options["allow_credentials"] else None
    return options


class Resource:
    """A resource of Falcon with a responder for each method of the route."""

    def __init__(self, route):
        self.route = route
        for method in route.methods:
            setattr(self, f"on_{method.lower()}", self.respond)

    def respond(self, request, response):
        answer = self.route.handler(routes.Request(request.method, request.get_header, request.get_param))
        response.status = answer.status
        response.data = answer.body
        response.content_type = None
        for name, value in answer.headers:
            if name == "Set-Cookie":
                response.append_header(name, value)
            else:
                response.set_header(name, value)
        if request.method == "OPTIONS":
            # The documentation of CORSMiddleware asks a responder for OPTIONS to set this header.
            response.set_header("Allow", ", ".join(self.route.methods))


main(mount)
