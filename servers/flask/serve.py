"""The contract by which the specs start a server.

It listens on a free port of 127.0.0.1, prints one line of JSON when it is ready,
and ends when its standard input does. So no server outlives the suite that
started it, not even one that was killed.
"""

import json
import logging
import os
import threading
from importlib.metadata import version

from werkzeug.serving import make_server


def serve(app):
    # The server that app.run starts, without its reloader and debugger; app.run
    # could not say which port it got.
    server = make_server("127.0.0.1", 0, app, threaded=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    print(
        json.dumps(
            {
                "ready": True,
                "port": server.server_port,
                "library": "flask-cors",
                "version": version("flask-cors"),
            }
        ),
        flush=True,
    )
    threading.Thread(target=end_with_stdin, daemon=True).start()
    server.serve_forever()


def end_with_stdin():
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    os._exit(0)
