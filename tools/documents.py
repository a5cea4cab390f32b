"""The files that are written from the code, in a checkout: `python -m tools.documents --write | --check`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import cache, partial

from smartertrack_emu.compose import wsdl_documents
from smartertrack_emu.services.registry import SERVICES

from .control import control
from .decisions import INDEX, decisions
from .markdown import ROOT
from .operations import operations
from .outcomes import events, result_codes
from .reports import reports
from .settings import readme

ADDRESS = "http://localhost:9996"
"""Where the checked-in WSDLs say that the services are."""


@cache
def _wsdls() -> dict[str, str]:
    return wsdl_documents(ADDRESS)


def _wsdl(service: str) -> str:
    return _wsdls()[service]


def _rights() -> str:
    # The tests hold this table against both databases; what they call the operations with is theirs.
    from tests.services.rights_matrix import written  # noqa: PLC0415 - the other files need no helpdesk

    return written()


WRITERS: dict[str, Callable[[], str]] = {
    "README.md": readme,
    "docs/operations.md": operations,
    "docs/result-codes.md": result_codes,
    "docs/events.md": events,
    "docs/control-api.md": control,
    "docs/reports.md": reports,
    INDEX: decisions,
    "docs/rights.md": _rights,
    **{f"wsdl/{service.name}.wsdl": partial(_wsdl, service.name) for service in SERVICES},
}
"""Path in the checkout -> what returns the text that it must hold."""


def is_stale(path: str, text: str) -> bool:
    """Say whether a file is missing or says something else."""
    file = ROOT / path
    return not file.exists() or file.read_text(encoding="utf-8") != text


def main() -> int:
    """Write the files that are out of date, or say which they are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write them")
    action.add_argument("--check", action="store_true", help="fail where one is out of date")
    write: bool = parser.parse_args().write
    # All of them before the first is written: whatever fails leaves the checkout as it was.
    texts = {path: make() for path, make in WRITERS.items()}
    stale = [path for path, text in texts.items() if is_stale(path, text)]
    for path in stale:
        if write:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(texts[path], encoding="utf-8")
        sys.stdout.write(f"{'written' if write else 'out of date'}: {path}\n")
    return 1 if stale and not write else 0


if __name__ == "__main__":
    sys.exit(main())
