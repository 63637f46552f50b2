"""aiohttp-cors on aiohttp, as its README says: aiohttp_cors.setup(app), then cors.add for each route."""

import asyncio

import aiohttp_cors
from aiohttp import web

from contract import routes
from contract.adapter import Served, main, refusals
from contract.policy import NAMES
from contract.source import call, indented, literal


def mount(policy):
    app = web.Application()
    for route in routes.ROUTES:
        resource = app.router.add_resource(route.path)
        for method in methods(route):
            resource.add_route(method, view(route.handler))
    defaults = cors_defaults(policy)
    # An explicit configuration of a route allows its method, whatever allow_methods says: where the policy
    # has methods, the resources are configured.
    entities = app.router.resources if "methods" in policy.fields else app.router.routes
    with refusals():
        for _ in range(policy.layers):
            cors = aiohttp_cors.setup(
                app, defaults={origin: aiohttp_cors.ResourceOptions(**options) for origin, options in defaults.items()}
            )
            for entity in list(entities()):
                if not has_own_options(entity):
                    cors.add(entity)
    return Served("aiohttp-cors", config(defaults, entities, policy.layers), serve(app))


def cors_defaults(policy):
    if policy.unconfigured:
        return {}
    options = policy.options(NAMES)
    return {origin: options for origin in policy.exact}  # the star is one of the keys


def config(defaults, entities, layers):
    lines = [
        f"    {literal(origin)}: {indented(call('aiohttp_cors.ResourceOptions', **options))},\n"
        for origin, options in defaults.items()
    ]
    defaults = ", defaults={\n" + "".join(lines) + "}" if lines else ""
    setup = f"cors = aiohttp_cors.setup(app{defaults})"
    name = entities.__name__
    return "\n".join([setup, f"for {name[:-1]} in list(app.router.{name}()):", f"    cors.add({name[:-1]})"] * layers)


def methods(route):
    # The library has its own answer to OPTIONS for each resource, so that the check of /auth cannot see it.
    return route.methods if route.path == "/options" else [m for m in route.methods if m != "OPTIONS"]


def has_own_options(entity):
    """The library refuses a resource that has an answer to OPTIONS: /options has no CORS."""
    resource = getattr(entity, "resource", entity)
    return resource.canonical == "/options"


def view(handler):
    async def answered(request):
        answer = handler(routes.Request(request.method, request.headers.get, request.query.get))
        return web.Response(body=answer.body, status=answer.status, headers=answer.headers)

    return answered


def serve(app):
    async def run(listener, ready):
        runner = web.AppRunner(app)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        ready()
        await asyncio.Event().wait()

    return lambda listener, ready: asyncio.run(run(listener, ready))


main(mount)
