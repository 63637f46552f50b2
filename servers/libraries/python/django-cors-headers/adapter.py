"""django-cors-headers on Django, as its README says: an installed app, a middleware before all others, settings."""

import django
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

from contract import routes, serving
from contract.adapter import Served, main, refusals
from contract.source import assignments

NAMES = {
    "credentials": "CORS_ALLOW_CREDENTIALS",
    "methods": "CORS_ALLOW_METHODS",
    "requestHeaders": "CORS_ALLOW_HEADERS",
    "exposeHeaders": "CORS_EXPOSE_HEADERS",
    "maxAge": "CORS_PREFLIGHT_MAX_AGE",
}
MIDDLEWARE = "corsheaders.middleware.CorsMiddleware"

urlpatterns = []


def mount(policy):
    cors = {"MIDDLEWARE": [MIDDLEWARE] * policy.layers + ["django.middleware.common.CommonMiddleware"]}
    cors |= cors_settings(policy)
    settings.configure(
        ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, INSTALLED_APPS=["corsheaders"], SECRET_KEY="none", **cors
    )
    django.setup()
    for route in routes.ROUTES:
        urlpatterns.append(path(route.path[1:], view(route)))
    with refusals():
        # Django's commands, such as migrate and runserver, begin with these checks.
        call_command("check")
    from django.core.wsgi import get_wsgi_application  # only now: it reads the settings

    config = 'INSTALLED_APPS = ["corsheaders"]\n' + assignments(cors)
    return Served("django-cors-headers", config, serving.waitress(get_wsgi_application()))


def cors_settings(policy):
    if policy.unconfigured:
        return {}
    # Its lists of methods and of request headers have no value for any name. The list of exposed headers
    # is sent as it is, and browsers know the star.
    return origins(policy) | policy.options(NAMES, any_name=["*"], without_any=["methods", "requestHeaders"])


def origins(policy):
    match policy.mode:
        case "any":
            return {"CORS_ALLOW_ALL_ORIGINS": True}
        case "subdomains" | "regex":
            null = {"CORS_ALLOWED_ORIGINS": policy.null} if policy.null else {}
            return {"CORS_ALLOWED_ORIGIN_REGEXES": policy.patterns} | null
    return {"CORS_ALLOWED_ORIGINS": policy.list}


def view(route):
    @require_http_methods(route.methods)
    def answered(request):
        answer = route.handler(routes.Request(request.method, request.headers.get, request.GET.get))
        response = HttpResponse(answer.body, status=answer.status)
        if request.method == "HEAD":
            response["Content-Length"] = len(answer.body)
            response.content = b""  # Django and Waitress would both send it
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        return response

    return answered


main(mount)
