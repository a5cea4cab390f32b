"""The pages of the services, from our own declarations.

/Services2                        all services with their operations, inputs and results
/Services2/NAME.asmx              one service: its operations
/Services2/NAME.asmx?op=NAME      one operation: its inputs with a form, its result, samples
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from urllib.parse import unquote_plus
from wsgiref.util import application_uri

from flask import Blueprint, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import MethodNotAllowed, NotFound

from smartertrack_emu.asmx.declare import Operation, Service
from smartertrack_emu.asmx.descriptions import describe, samples, structures_of_inputs, structures_of_results
from smartertrack_emu.web import session, visit

from . import words

pages = Blueprint("services", __name__)
pages.add_app_template_filter(words.prose)
pages.add_app_template_global(words.keys_of)
pages.add_app_template_global(words.known_of)
pages.add_app_template_global(words.meaning_of)
pages.add_app_template_global(words.caller_of)

_BASE_URL = "http://base-url.invalid"
"""Stands in the page where each caller gets their own address: so it is made once, whatever Host callers send."""

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pages.get("/")
@pages.get("/Services")
@pages.get("/Services2")
def overview() -> str:
    """Return the page of all services, with the address at which the caller reached us."""
    content = _overview(tuple(visit.services())).replace(_BASE_URL, escape(_base_url()))
    return render_template("services/overview.html", content=Markup(content))  # noqa: S704 - made by a template


@lru_cache(maxsize=1)
def _overview(services: tuple[Service, ...]) -> str:
    """Return what is the same for everybody; one set of services is told of at a time."""
    described = [(service, [describe(service, one) for one in _sorted(service)]) for service in services]
    return render_template(
        "services/all_operations.html",
        services=described,
        structures={one.name: structures_of_results(one, _sorted(one)) for one in services},
        base_url=_BASE_URL,
    )


@pages.route("/Services/<name>.asmx", methods=_METHODS)
@pages.route("/Services2/<name>.asmx", methods=_METHODS)
@session.checks_itself  # it takes no form, and says so
def service(name: str) -> str | tuple[str, int]:
    """Return the page of a service or, where the query begins with `op=`, of an operation.

    404 for another service; for another operation 404 with the page of the service.
    """
    found = next((one for one in visit.services() if one.name.lower() == name.lower()), None)
    if found is None:
        raise NotFound(f"There is no service {name[:100]}. The services are listed at /Services2.")
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed(["GET", "HEAD", "POST"])
    word, _, asked = request.query_string.decode("latin-1").partition("&")[0].partition("=")
    if word.lower() != "op":
        return _of_service(found)
    wanted = unquote_plus(asked)
    operation = found.operations.get(wanted)
    if operation is None:
        return _of_service(found, missing=wanted), 404
    return _of_operation(found, operation)


def _of_service(service: Service, *, missing: str | None = None) -> str:
    meant = None if missing is None else next((n for n in service.operations if n.lower() == missing.lower()), None)
    return render_template(
        "services/service.html",
        service=service,
        operations=_sorted(service),
        address=_address(service),
        missing=missing,
        meant=meant,
    )


def _of_operation(service: Service, operation: Operation) -> str:
    takes_forms = visit.takes_forms()
    return render_template(
        "services/operation.html",
        service=service,
        operation=operation,
        description=describe(service, operation),
        structures=structures_of_results(service, [operation]),
        input_structures=structures_of_inputs(service, operation),
        samples=list(samples(service, operation, _address(service), takes_forms=takes_forms)),
        takes_forms=takes_forms,
        address=_address(service),
    )


def _sorted(service: Service) -> Sequence[Operation]:
    return sorted(service.operations.values(), key=lambda operation: operation.name.lower())


def _base_url() -> str:
    """Return the server's address without a trailing slash, as the caller reached it."""
    return application_uri(request.environ).rstrip("/")


def _address(service: Service) -> str:
    return f"{_base_url()}/Services2/{service.name}.asmx"
