"""Servers. Each function returns what Served.serve wants: a function of a socket and of ready.

None of these servers changes a header of the application; they add Server, Date and what HTTP needs.
A server is imported where it is used, because an adapter needs one of them.
"""

import asyncio


def waitress(app):
    """A server that the documentation of Flask, Django and Falcon names, for WSGI."""

    def serve(listener, ready):
        from waitress import create_server

        server = create_server(app, sockets=[listener])
        ready()
        server.run()

    return serve


def uvicorn(app):
    """A server that the documentation of Starlette, FastAPI, Litestar, BlackSheep and Microdot names, for ASGI."""

    def serve(listener, ready):
        import uvicorn

        class Server(uvicorn.Server):
            async def startup(self, sockets=None):
                await super().startup(sockets)
                if self.started:
                    ready()

        Server(uvicorn.Config(app, log_level="warning")).run([listener])

    return serve


def hypercorn(app):
    """The server that Quart starts, for ASGI."""

    def serve(listener, ready):
        from hypercorn.asyncio import serve as run
        from hypercorn.config import Config

        config = Config()
        config.bind = [f"fd://{listener.fileno()}"]
        ready()  # the socket listens: questions wait for the server's first turn
        asyncio.run(run(app, config))

    return serve
