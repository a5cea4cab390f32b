"""Import Spyne 2.14 on every supported Python; import Spyne's names from nowhere else.

Spyne vendors a `six` whose importer lacks `find_spec`, which Python 3.12 requires, and uses `cgi.parse_header`, gone in
3.13. The two stand-ins below give it both; nothing of Spyne is changed.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from email.message import Message
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class _SixMoves:
    """Finds `spyne.util.six.moves`, which Spyne's own `six` can no longer find itself."""

    prefix = "spyne.util.six.moves"

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if not name.startswith(self.prefix):
            return None
        return importlib.util.spec_from_loader(name, self)  # type: ignore[arg-type]  # duck-typed loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        six = sys.modules["spyne.util.six"]
        return six._importer._get_module(spec.name.removeprefix("spyne.util.six."))  # type: ignore[no-any-return]  # noqa: SLF001 - the loader of six

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: six made the module whole."""


def _parse_header(line: str) -> tuple[str, dict[str, str]]:
    """Split a header value into itself and its parameters, as `cgi.parse_header` did."""
    message = Message()
    message["content-type"] = line
    parameters = message.get_params(failobj=[])
    return parameters[0][0] if parameters else "", dict(parameters[1:])


if sys.version_info >= (3, 12):
    sys.meta_path.append(_SixMoves())  # type: ignore[arg-type]  # duck-typed finder
if sys.version_info >= (3, 13):
    _cgi: Any = ModuleType("cgi")
    _cgi.parse_header = _parse_header
    sys.modules.setdefault("cgi", _cgi)

with warnings.catch_warnings():
    # Spyne's own imports of deprecated names; ours stay errors in the tests.
    warnings.simplefilter("ignore")
    from spyne import Application, ServiceBase, rpc
    from spyne.model.binary import ByteArray
    from spyne.model.complex import Array, ComplexModel, ComplexModelBase
    from spyne.model.enum import Enum, EnumBase
    from spyne.model.primitive import Boolean, DateTime, Double, Integer16, Integer32, Integer64, Unicode
    from spyne.protocol.soap import Soap11

__all__ = [
    "Application",
    "Array",
    "Boolean",
    "ByteArray",
    "ComplexModel",
    "ComplexModelBase",
    "DateTime",
    "Double",
    "Enum",
    "EnumBase",
    "Integer16",
    "Integer32",
    "Integer64",
    "ServiceBase",
    "Soap11",
    "Unicode",
    "rpc",
]
