"""The options of Flask-CORS. Sanic-CORS has the same."""

NAMES = {
    "credentials": "supports_credentials",
    "methods": "methods",
    "requestHeaders": "allow_headers",
    "exposeHeaders": "expose_headers",
    "maxAge": "max_age",
}


def cors_options(policy):
    if policy.unconfigured:
        return {}
    # Its list of methods has no value for any method; the default is a list of seven.
    return {"origins": origins(policy)} | policy.options(NAMES, without_any=["methods"])


def origins(policy):
    match policy.mode:
        case "any":
            return "*"
        case "subdomains" | "regex":
            return policy.patterns + policy.null
    return policy.list
