"""Pages for people: a service's operations, one operation with samples and a form, all services at once.

Plain HTML that works without scripts; the only style is inline, so a policy of `style-src 'unsafe-inline'` shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from .declare import Operation, Service, members_documented
from .dispatch import Endpoint
from .faults import VERSION_11, VERSION_12
from .forms import can_be_called
from .samples import form_request, form_response, messages_of, soap_request, soap_response, type_words
from .spyne_compat import Array, Boolean, ByteArray, ComplexModelBase
from .wsdl import members_of

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h1 { font-size: 1.6rem; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #8884; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
a { color: #1f6feb; }
code, pre, input, select { font: 13px/1.45 ui-monospace, monospace; }
pre { background: #8881; padding: .75rem 1rem; overflow-x: auto; border-radius: 4px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8883; }
input, select { width: 100%; box-sizing: border-box; padding: .3rem; }
button { margin-top: .75rem; padding: .35rem 1.5rem; }
dd { margin: 0 0 .75rem 1.5rem; }
.obsolete { color: #b35900; font-style: italic; }
.note { color: #666; }
"""


def _page(title: str, content: Iterator[str]) -> str:
    body = "\n".join(content)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def service_page(endpoint: Endpoint, address: str, *, missing: bool = False) -> str:
    """Return the page of a service at `address`; `missing` says that the operation asked for is not there."""
    return _page(endpoint.service.name, _service(endpoint.service, address, missing=missing))


def _service(service: Service, address: str, *, missing: bool) -> Iterator[str]:
    yield f"<h1>{escape(service.name)}</h1>"
    if missing:
        yield '<p class="obsolete">There is no such operation; these are all.</p>'
    yield _paragraph(service.documentation)
    yield f'<p><code>{escape(address)}</code>: <a href="?WSDL">the service\'s WSDL</a></p>'
    yield "<h2>Operations</h2>\n<dl>"
    for operation in service.operations.values():
        yield f'<dt><a href="?op={quote(operation.name)}">{escape(operation.name)}</a>{_obsolete(operation)}</dt>'
        yield f"<dd>{escape(operation.documentation)}</dd>"
    yield "</dl>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _obsolete(operation: Operation) -> str:
    if operation.options.obsolete is None:
        return ""
    instead = f": use {escape(operation.options.obsolete)}" if operation.options.obsolete else ""
    return f' <span class="obsolete">(obsolete{instead})</span>'


def operation_page(endpoint: Endpoint, name: str, address: str) -> str | None:
    """Return the page of an operation of the service at `address`; None when there is none of that name."""
    target = endpoint.operations.get(name)
    if target is None:
        return None
    service, operation = endpoint.service, target.operation
    content = _operation(service, operation, address, takes_forms=endpoint.takes_forms)
    return _page(f"{service.name}.{operation.name}", content)


def _operation(service: Service, operation: Operation, address: str, *, takes_forms: bool) -> Iterator[str]:
    callable_by_form = takes_forms and can_be_called(operation)
    yield f'<p><a href="?">{escape(service.name)}</a></p>'
    yield f"<h1>{escape(operation.name)}{_obsolete(operation)}</h1>"
    yield _paragraph(operation.documentation)
    yield from _inputs(service, operation)
    yield "<h2>Try it</h2>"
    if callable_by_form:
        yield from _form(service, operation, f"{address}/{quote(operation.name)}")
    elif takes_forms:
        yield (
            '<p class="note">A form cannot carry this operation\'s inputs, which are not all plain values: '
            "call it by SOAP.</p>"
        )
    else:
        yield '<p class="note">This server takes no calls by forms: call it by SOAP.</p>'
    for title, version in (("SOAP 1.1", VERSION_11), ("SOAP 1.2", VERSION_12)):
        yield from _sample(
            title, soap_request(service, operation, address, version), soap_response(service, operation, version)
        )
    if callable_by_form:
        yield from _sample("HTTP POST", form_request(operation, address), form_response(service, operation))


def _sample(title: str, request: str, response: str) -> Iterator[str]:
    yield f"<h2>{title}</h2>\n<p>A request and its response; the words in place of values name their types.</p>"
    yield f"<pre>{escape(request)}</pre>\n<pre>{escape(response)}</pre>"


def _inputs(service: Service, operation: Operation) -> Iterator[str]:
    inputs, result = messages_of(service, operation)
    yield "<h2>Inputs</h2>"
    yield from _table((name, model, "") for name, model in inputs)
    yield "<h2>Result</h2>"
    yield f"<p>{_type(result)}</p>"


def _type(model: Any | None) -> str:
    return '<span class="note">none</span>' if model is None else f"<code>{escape(type_words(model))}</code>"


def _table(rows: Iterable[tuple[str, Any, str]]) -> Iterator[str]:
    lines = [
        f"<tr><td><code>{escape(name)}</code></td><td>{_type(model)}{_may_be_null(model)}</td><td>{escape(text)}</td></tr>"
        for name, model, text in rows
    ]
    if lines:
        yield "<table>\n<tr><th>Name</th><th>Type</th><th></th></tr>"
        yield from lines
        yield "</table>"
    else:
        yield '<p class="note">none</p>'


def _may_be_null(model: Any) -> str:
    return " or nil" if model.Attributes.nillable and model.Attributes.min_occurs else ""


def _form(service: Service, operation: Operation, action: str) -> Iterator[str]:
    yield f'<form method="post" action="{escape(action)}" accept-charset="utf-8" autocomplete="off">'
    inputs, _ = messages_of(service, operation)
    if inputs:
        yield "<table>"
        for number, (name, model) in enumerate(inputs):
            label = f'<label for="p{number}"><code>{escape(name)}</code></label>'
            note = f'<br><span class="note">{_note(model)}</span>' if issubclass(model, (Array, ByteArray)) else ""
            yield f"<tr><td>{label}{note}</td><td>{_input(name, _item_of(model), f'p{number}')}</td></tr>"
        yield "</table>"
    yield "<button>Call</button>\n</form>"


def _note(model: Any) -> str:
    """Say what one field holds of an input whose key may be repeated."""
    return "one item" if issubclass(model, Array) else "one byte, 0 to 255"


def _input(name: str, model: Any, identifier: str) -> str:
    attributes = f'id="{identifier}" name="{escape(name)}"'
    if issubclass(model, Boolean):
        return f"<select {attributes}><option>False</option><option>True</option></select>"
    if "password" in name.lower():
        return f'<input {attributes} type="password" autocomplete="off">'
    return f'<input {attributes} type="text" placeholder="{escape(type_words(model))}">'


def _item_of(model: Any) -> Any:
    """Return what an array holds, or the type itself."""
    while issubclass(model, Array):
        ((_, model),) = members_of(model)
    return model


def overview_page(services: Sequence[Service], base_url: str) -> str:
    """Return the page of all services with their operations, inputs and results.

    `base_url`: the server's address without a trailing slash.
    """
    return _page("Web services", _overview(services, base_url))


def _overview(services: Sequence[Service], base_url: str) -> Iterator[str]:
    yield "<h1>Web services</h1>\n<ul>"
    for service in services:
        count = len(service.operations)
        yield f'<li><a href="#{quote(service.name)}">{escape(service.name)}</a> ({count} functions)</li>'
    yield "</ul>"
    for service in services:
        address = f"{base_url}/Services2/{service.name}.asmx"
        yield f'<h2 id="{escape(service.name)}">{escape(service.name)}</h2>'
        yield _paragraph(service.documentation)
        yield f'<p><a href="{escape(address)}">{escape(address)}</a>'
        yield f'(<a href="{escape(address)}?WSDL">WSDL</a>)</p>'
        for operation in service.operations.values():
            yield from _function(service, operation, address)
        yield from _results(service)


def _function(service: Service, operation: Operation, address: str) -> Iterator[str]:
    inputs, result = messages_of(service, operation)
    link = f'<a href="{escape(address)}?op={quote(operation.name)}">{escape(operation.name)}</a>'
    yield f'<h3 id="{escape(f"{service.name}.{operation.name}")}">{link}{_obsolete(operation)}</h3>'
    yield _paragraph(operation.documentation)
    meanings = [parameter.documentation for parameter in operation.parameters]
    yield from _table((name, model, meaning) for (name, model), meaning in zip(inputs, meanings, strict=True))
    yield f"<p>Result: {_result_link(service, result)}</p>"


def _result_link(service: Service, model: Any | None) -> str:
    if model is None or not issubclass(_item_of(model), ComplexModelBase):
        return _type(model)
    return f'<a href="#{quote(_anchor(service, _item_of(model)))}">{_type(model)}</a>'


def _anchor(service: Service, model: Any) -> str:
    return f"{service.name}-{model.get_type_name()}"


def _results(service: Service) -> Iterator[str]:
    """Describe every type that a result is made of, each once."""
    found: dict[str, Any] = {}
    for operation in service.operations.values():
        _, result = messages_of(service, operation)
        if result is not None:
            _collect(result, found)
    if found:
        yield f"<h3>Types of {escape(service.name)}</h3>"
    for name, model in found.items():
        yield f'<h3 id="{escape(_anchor(service, model))}">{escape(name)}</h3>'
        meanings = members_documented(model.python_class)
        yield from _table((field, kind, meanings[field]) for field, kind in members_of(model))


def _collect(model: Any, found: dict[str, Any]) -> None:
    model = _item_of(model)
    if not issubclass(model, ComplexModelBase) or model.get_type_name() in found:
        return
    found[model.get_type_name()] = model
    for _, kind in members_of(model):
        _collect(kind, found)
