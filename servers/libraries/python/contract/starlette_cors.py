"""Starlette's CORSMiddleware, which FastAPI exports as its own."""

from contract import routes
from contract.adapter import refusals
from contract.policy import NAMES
from contract.source import call


def add_cors(app, middleware, policy):
    """Adds the middleware to an application, and returns the text of that."""
    options = cors_options(policy)
    with refusals():
        middleware(app, **options)  # the application makes its middleware at the first request only
    for _ in range(policy.layers):
        app.add_middleware(middleware, **options)
    return "\n".join([call("app.add_middleware", "CORSMiddleware", **options)] * policy.layers)


def cors_options(policy):
    if policy.unconfigured:
        return {}
    return origins(policy) | policy.options(NAMES, any_name=["*"])


def origins(policy):
    match policy.mode:
        case "any":
            return {"allow_origins": ["*"]}
        case "subdomains" | "regex":
            return {"allow_origin_regex": policy.pattern} | ({"allow_origins": policy.null} if policy.null else {})
    return {"allow_origins": policy.list}


def respond(response_class, handler):
    """The view of a handler. A class of responses that adds no Content-Type keeps the answer's own."""

    async def view(request):
        answer = handler(routes.Request(request.method, request.headers.get, request.query_params.get))
        response = response_class(answer.body, answer.status)
        for header in answer.headers:
            response.headers.append(*header)
        return response

    return view
