"""The routes, without CORS and without a framework.

An adapter registers ROUTES with the router of its framework, makes a Request of the framework's request,
and the framework's response of an Answer.
"""

import base64
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

CHANGING = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
TEXT = ("Content-Type", "text/plain")


@dataclass
class Request:
    method: str
    header: Callable  # from a name to its value or None
    query: Callable  # likewise


@dataclass
class Answer:
    body: bytes = b"ok"
    status: int = 200
    headers: list = field(default_factory=lambda: [TEXT])


@dataclass
class Route:
    path: str
    methods: list
    handler: Callable[[Request], Answer]


runs = Counter()  # of ok, by method
lock = threading.Lock()


def ok(request):
    with lock:
        runs[request.method] += 1
    return Answer(headers=[TEXT, ("X-Total", "7"), ("X-Hidden", "1"), ("Vary", "Accept-Encoding")])


def count(request):
    with lock:
        return Answer(json.dumps(runs).encode(), headers=[("Content-Type", "application/json")])


def as_json(request):
    return Answer(b'{"ok":true}', headers=[("Content-Type", "application/json"), ("X-Total", "7"), ("X-Hidden", "1")])


def options(request):
    return Answer(b"mine", headers=[TEXT, ("X-App-Options", "1")])


def plain(request):
    return Answer()


def boom(request):
    raise RuntimeError("boom")


def auth(request):
    return Answer() if request.header("Authorization") else Answer(b"login", 401)


def redirect(request):
    return Answer(b"", 302, [("Location", request.query("to") or "")])


def own(request):
    return Answer(headers=[TEXT, ("Access-Control-Allow-Origin", "*")])


def cache(request):
    kept = [("Cache-Control", "max-age=600"), ("ETag", '"1"')]
    if request.header("If-None-Match") == '"1"':
        return Answer(b"", 304, kept)
    return Answer(b"kept", headers=[TEXT, *kept])


def cookie(request):
    sent = request.header("Cookie") or "none"
    cookies = [("Set-Cookie", "adapter=1; Path=/; Secure; SameSite=None"), ("Cache-Control", "no-store")]
    return Answer(sent.encode("latin-1"), headers=[TEXT, *cookies])


def echo(request):
    data = request.query("data") or ""
    body = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    return Answer(body, headers=[("Content-Type", request.query("type")), ("Cache-Control", "max-age=600")])


ROUTES = [
    Route("/ok", CHANGING, ok),
    Route("/json", CHANGING, as_json),
    Route("/options", ["OPTIONS"], options),
    Route("/put-only", ["PUT"], plain),
    Route("/boom", ["GET"], boom),
    # The check of /auth answers OPTIONS, too, where the library lets it through.
    Route("/auth", ["GET", "POST", "PUT", "OPTIONS"], auth),
    Route("/dir/", ["GET"], plain),
    Route("/redir", ["GET"], redirect),
    Route("/own", ["GET"], own),
    Route("/cache", ["GET"], cache),
    Route("/cookie", ["GET"], cookie),
    Route("/echo", ["GET"], echo),
    Route("/count", ["GET"], count),
]
