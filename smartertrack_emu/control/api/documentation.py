"""The API's description: the OpenAPI document, and a page that shows it without any other host."""

from __future__ import annotations

import json
from typing import Annotated, Any

from flask import Response, current_app, render_template

from .declaring import Call, Media, Routes

routes = Routes("Documentation")

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@routes.get("/openapi.json")
def get_openapi(call: Call) -> Annotated[Response, Media("application/json")]:
    """Describe this API in OpenAPI 3.1."""
    del call
    return Response(json.dumps(_document(), ensure_ascii=False, indent=1), content_type="application/json")


@routes.get("/docs")
def get_docs(call: Call) -> Annotated[Response, Media("text/html")]:
    """Describe this API for people."""
    del call
    response = Response(render_template("docs.html", document=_document()), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _document() -> dict[str, Any]:
    document: dict[str, Any] = current_app.extensions["openapi"]
    return document
