"""Sanic-Ext's CORS on Sanic, as its documentation says: settings of the application."""

import re

from sanic_ext import Extend

from contract.adapter import Served, main, refusals
from contract.sanic_app import application, serve
from contract.source import assignments

NAMES = {
    "credentials": "CORS_SUPPORTS_CREDENTIALS",
    "methods": "CORS_METHODS",
    "requestHeaders": "CORS_ALLOW_HEADERS",
    "exposeHeaders": "CORS_EXPOSE_HEADERS",
    "maxAge": "CORS_MAX_AGE",
}


def mount(policy):
    app = application(extended=True)
    settings = cors_settings(policy)
    app.config.update(settings)
    with refusals():
        Extend(app)
    if policy.layers == 2:
        policy.unsupported.append("layers")  # an application has one set of settings
    config = assignments({f"app.config.{name}": value for name, value in settings.items()}) + "\nExtend(app)"
    return Served("sanic-ext", config.strip(), serve(app))


def cors_settings(policy):
    if policy.unconfigured:
        return {}
    return {"CORS_ORIGINS": origins(policy)} | policy.options(NAMES)


def origins(policy):
    match policy.mode:
        case "any":
            return "*"
        case "subdomains" | "regex":
            return [re.compile(pattern) for pattern in policy.patterns] + policy.null
    return policy.list


main(mount)
