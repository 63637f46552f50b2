"""Sanic-CORS on Sanic, as its README says for an application with Sanic-Ext: Extend(app, extensions=[CORS]).

The library answers every OPTIONS: /options and the check of /auth do not see it.
"""

from sanic_cors.extension import CORS
from sanic_ext import Extend

from contract.adapter import Served, main, refusals
from contract.sanic_app import application, serve
from contract.source import literal

NAMES = {
    "credentials": "supports_credentials",
    "methods": "methods",
    "requestHeaders": "allow_headers",
    "exposeHeaders": "expose_headers",
    "maxAge": "max_age",
}


def mount(policy):
    app = application(extended=False)
    options = cors_options(policy)
    # The README switches Sanic-Ext's own CORS off.
    config = {"CORS": False} | ({"CORS_OPTIONS": options} if options else {})
    with refusals():
        Extend(app, extensions=[CORS], config=config)
    if policy.layers == 2:
        policy.unsupported.append("layers")  # an application has an extension once
    return Served("sanic-cors", f"Extend(app, extensions=[CORS], config={literal(config)})", serve(app))


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


main(mount)
