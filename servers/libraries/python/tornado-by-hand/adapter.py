"""CORS by hand on Tornado, which has none of its own: set_default_headers and options, as tutorials and answers
have it. The text of config is the program that runs."""

import asyncio

from tornado.httpserver import HTTPServer
from tornado.web import Application

from contract import routes
from contract.adapter import Served, main
from contract.policy import Unsupported
from contract.source import literal

PROGRAM = """\
# By hand: Tornado has no CORS of its own.
class Handler(RequestHandler):
    def set_default_headers(self):
{headers}

    def options(self, *args):
        self.set_status(204)
"""


def mount(policy):
    if policy.unconfigured:
        raise Unsupported("origins.mode=none")  # there is nothing to mount without options
    program = PROGRAM.format(headers="\n".join(f"        {line}" for line in [*origin(policy), *others(policy)]))
    names = {}
    exec("import re\nfrom tornado.web import RequestHandler\n" + program, names)
    app = Application([(route.path, handler(names["Handler"], route)) for route in routes.ROUTES])
    if policy.layers == 2:
        policy.unsupported.append("layers")  # the same header, set again, is the same
    return Served("tornado", program, serve(app))


def origin(policy):
    """The lines that set Access-Control-Allow-Origin."""
    credentials = policy.fields.get("credentials")
    asked = 'origin = self.request.headers.get("Origin", "")'
    answer = '    self.set_header("Access-Control-Allow-Origin", origin)'
    match policy.mode:
        case "any" if credentials:
            return [asked, answer.strip()]
        case "any":
            return ['self.set_header("Access-Control-Allow-Origin", "*")']
        case "subdomains" | "regex":
            return [asked, f"if re.match({literal(policy.pattern)}, origin):", answer]
        case "list" if len(policy.list) == 1:
            return [f'self.set_header("Access-Control-Allow-Origin", {literal(policy.list[0])})']
        case "list":
            return [asked, f"if origin in {literal(policy.list)}:", answer]
    return ["pass"]


def others(policy):
    """The lines that set the other headers, whatever the origin is."""
    lines = []
    if policy.fields.get("credentials"):
        lines.append('self.set_header("Access-Control-Allow-Credentials", "true")')
    names = {"methods": "Allow-Methods", "requestHeaders": "Allow-Headers", "exposeHeaders": "Expose-Headers"}
    for field, name in names.items():
        if field in policy.fields:
            value = ", ".join(policy.fields[field])  # a list, or the star
            lines.append(f'self.set_header("Access-Control-{name}", {literal(value)})')
    if "maxAge" in policy.fields:
        lines.append(f'self.set_header("Access-Control-Max-Age", {literal(str(policy.fields["maxAge"]))})')
    return lines


def handler(base, route):
    def respond(self):
        request = self.request
        answer = route.handler(routes.Request(request.method, request.headers.get, self.get_query_argument_or_none))
        self.set_status(answer.status)
        self.clear_header("Content-Type")
        for header in answer.headers:
            self.set_header(*header)
        self.finish(answer.body or None)

    members = {
        "get_query_argument_or_none": lambda self, name: self.get_query_argument(name, None, strip=False),
        "compute_etag": lambda self: None,  # Tornado would replace the ETag of /cache
    }
    # The answer to OPTIONS is the CORS layer's: the check of /auth does not see it.
    methods = [method for method in route.methods if method != "OPTIONS" or route.path == "/options"]
    return type("Route", (base,), members | {method.lower(): respond for method in methods})


def serve(app):
    async def run(listener, ready):
        listener.setblocking(False)
        HTTPServer(app).add_socket(listener)
        ready()
        await asyncio.Event().wait()

    return lambda listener, ready: asyncio.run(run(listener, ready))


main(mount)
