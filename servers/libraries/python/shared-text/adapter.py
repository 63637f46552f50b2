"""Serves a given program: app in the file in CORSPROOF_TEXT is the application."""

import os
import runpy

from contract import serving
from contract.adapter import Served, main


def mount(policy):
    library = os.environ["CORSPROOF_LIBRARY"]
    app = runpy.run_path(os.environ["CORSPROOF_TEXT"])["app"]
    serve = serving.uvicorn if library == "starlette" else serving.waitress
    return Served(library, "given", serve(app))


main(mount)
