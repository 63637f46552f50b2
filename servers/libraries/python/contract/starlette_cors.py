"""The options of Starlette's CORSMiddleware, which FastAPI exports as its own."""

from contract import routes

NAMES = {
    "credentials": "allow_credentials",
    "methods": "allow_methods",
    "requestHeaders": "allow_headers",
    "exposeHeaders": "expose_headers",
    "maxAge": "max_age",
}


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
