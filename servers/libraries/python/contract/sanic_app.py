"""An application of Sanic with the routes, and Sanic's own server."""

from sanic import HTTPResponse, Sanic

from contract import routes


def application(extended):
    """An application. extended says whether Sanic extends it with Sanic-Ext, which is installed, on its own."""
    app = Sanic("adapter", configure_logging=False)
    app.config.AUTO_EXTEND = extended
    for number, route in enumerate(routes.ROUTES):
        # Sanic takes /dir and /dir/ for the same path, unless a route is strict.
        app.add_route(view(route.handler), route.path, methods=route.methods, name=f"r{number}", strict_slashes=True)
    return app


def view(handler):
    async def answered(request):
        answer = handler(routes.Request(request.method, request.headers.get, request.args.get))
        response = HTTPResponse(answer.body, answer.status)
        for header in answer.headers:
            response.headers.add(*header)
        return response

    return answered


def serve(app):
    def run(listener, ready):
        app.after_server_start(lambda app: ready())
        app.run(sock=listener, single_process=True, access_log=False, motd=False)

    return run
