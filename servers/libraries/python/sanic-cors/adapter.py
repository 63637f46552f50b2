"""Sanic-CORS on Sanic, as its README says: CORS(app).

The library answers every OPTIONS: /options and the check of /auth do not see it.
"""

import sys

# As in an environment without Sanic-Ext: its own CORS settings would be taken for the library's.
sys.modules["sanic_ext"] = None

from sanic_cors import CORS

from contract.adapter import Served, main, refusals
from contract.flask_cors_options import cors_options
from contract.sanic_app import application, serve
from contract.source import call


def mount(policy):
    app = application(extended=False)
    options = cors_options(policy)
    with refusals():
        for _ in range(policy.layers):
            CORS(app, **options)
    config = "\n".join([call("CORS", "app", **options)] * policy.layers)
    return Served("sanic-cors", config, serve(app))


main(mount)
