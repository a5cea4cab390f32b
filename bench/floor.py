"""Bare Waitress with constant bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from waitress import serve

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def main(answer: Path, port: int) -> None:
    """Serve until stopped."""
    content = answer.read_bytes()
    headers = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(content)))]

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        start_response("200 OK", headers)
        return [content]

    serve(application, host="127.0.0.1", port=port, threads=4)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
