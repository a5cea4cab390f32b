"""The WSDL of a service, as a real ASMX server writes it.

SOAP 1.1 and SOAP 1.2 ports only: with HTTP GET and POST ports in it, zeep, wsimport and svcutil fail on
`soapenc:Array`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .declare import Service
from .spyne_compat import Array, ComplexModelBase, EnumBase

_PREFIXES = {
    "soapenc": "http://schemas.xmlsoap.org/soap/encoding/",
    "soap12": "http://schemas.xmlsoap.org/wsdl/soap12/",
    "http": "http://schemas.xmlsoap.org/wsdl/http/",
    "mime": "http://schemas.xmlsoap.org/wsdl/mime/",
    "tm": "http://microsoft.com/wsdl/mime/textMatching/",
    "s": "http://www.w3.org/2001/XMLSchema",
    "soap": "http://schemas.xmlsoap.org/wsdl/soap/",
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
}
_SCALARS = {"string", "int", "short", "long", "boolean", "double", "dateTime", "base64Binary"}


def write_wsdl(service: Service, address: str) -> str:
    """Return the WSDL of a service that answers at `address`."""
    declarations = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in _PREFIXES.items())
    namespace = quoteattr(service.namespace)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<wsdl:definitions{declarations} xmlns:tns={namespace} targetNamespace={namespace}>",
        *_documentation(service.documentation, 1),
        "  <wsdl:types>",
        f'    <s:schema elementFormDefault="qualified" targetNamespace={namespace}>',
        *_Schema(service).lines(),
        "    </s:schema>",
        "  </wsdl:types>",
        *_messages(service),
        *_port_type(service),
        *_binding(service, "soap", ""),
        *_binding(service, "soap12", "12"),
        *_service(service, address),
        "</wsdl:definitions>",
    ]
    return "\n".join(lines) + "\n"


def _documentation(text: str, level: int) -> Iterator[str]:
    if text:
        yield f"{'  ' * level}<wsdl:documentation>{escape(text)}</wsdl:documentation>"


def members_of(model: Any) -> list[tuple[str, Any]]:
    """Return a type's members in wire order."""
    return list(model._type_info.items())  # noqa: SLF001 - Spyne's name for a model's members


class _Schema:
    """The schema's lines: each operation's two elements, each type where it is first needed."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._written: set[str] = set()

    def lines(self) -> Iterator[str]:
        methods = self._service.application.interface.service_method_map
        for operation in self._service.operations.values():
            (descriptor,) = methods[f"{{{self._service.namespace}}}{operation.name}"]
            results = members_of(descriptor.out_message) if operation.returns is not None else []
            yield from self._element(operation.name, members_of(descriptor.in_message))
            yield from self._element(
                f"{operation.name}Response", [(f"{operation.name}Result", kind) for _, kind in results]
            )

    def _element(self, name: str, members: list[tuple[str, Any]]) -> Iterator[str]:
        yield f'      <s:element name="{name}">'
        if members:
            yield "        <s:complexType>"
            yield "          <s:sequence>"
            for member, kind in members:
                yield f"            {_member(member, kind)}"
            yield "          </s:sequence>"
            yield "        </s:complexType>"
        else:
            yield "        <s:complexType />"
        yield "      </s:element>"
        for _, kind in members:
            yield from self._type(kind)

    def _type(self, model: Any) -> Iterator[str]:
        name = model.get_type_name()
        if name in _SCALARS or name in self._written:
            return
        self._written.add(name)
        if issubclass(model, EnumBase):
            yield f'      <s:simpleType name="{name}">'
            yield '        <s:restriction base="s:string">'
            for value in model.python_class:
                yield f"          <s:enumeration value={quoteattr(value.value)} />"
            yield "        </s:restriction>"
            yield "      </s:simpleType>"
            return
        yield f'      <s:complexType name="{name}">'
        yield "        <s:sequence>"
        for member, kind in members_of(model):
            yield f"          {_member(member, kind, many=issubclass(model, Array))}"
        yield "        </s:sequence>"
        yield "      </s:complexType>"
        for _, kind in members_of(model):
            yield from self._type(kind)


def _member(name: str, model: Any, *, many: bool = False) -> str:
    least = int(model.Attributes.min_occurs)
    most = "unbounded" if many else "1"
    nillable = ' nillable="true"' if model.Attributes.nillable and (many or least) else ""
    kind = model.get_type_name()
    prefix = "tns" if issubclass(model, ComplexModelBase | EnumBase) else "s"
    return f'<s:element minOccurs="{least}" maxOccurs="{most}" name="{name}"{nillable} type="{prefix}:{kind}" />'


def _messages(service: Service) -> Iterator[str]:
    for name in service.operations:
        for suffix, element in (("In", name), ("Out", f"{name}Response")):
            yield f'  <wsdl:message name="{name}Soap{suffix}">'
            yield f'    <wsdl:part name="parameters" element="tns:{element}" />'
            yield "  </wsdl:message>"


def _port_type(service: Service) -> Iterator[str]:
    yield f'  <wsdl:portType name="{service.name}Soap">'
    for operation in service.operations.values():
        yield f'    <wsdl:operation name="{operation.name}">'
        yield from _documentation(operation.documentation, 3)
        yield f'      <wsdl:input message="tns:{operation.name}SoapIn" />'
        yield f'      <wsdl:output message="tns:{operation.name}SoapOut" />'
        yield "    </wsdl:operation>"
    yield "  </wsdl:portType>"


def _binding(service: Service, prefix: str, version: str) -> Iterator[str]:
    yield f'  <wsdl:binding name="{service.name}Soap{version}" type="tns:{service.name}Soap">'
    yield f'    <{prefix}:binding transport="http://schemas.xmlsoap.org/soap/http" />'
    for name in service.operations:
        yield f'    <wsdl:operation name="{name}">'
        yield f'      <{prefix}:operation soapAction={quoteattr(f"{service.namespace}/{name}")} style="document" />'
        for direction in ("input", "output"):
            yield f"      <wsdl:{direction}>"
            yield f'        <{prefix}:body use="literal" />'
            yield f"      </wsdl:{direction}>"
        yield "    </wsdl:operation>"
    yield "  </wsdl:binding>"


def _service(service: Service, address: str) -> Iterator[str]:
    yield f'  <wsdl:service name="{service.name}">'
    yield from _documentation(service.documentation, 2)
    for prefix, version in (("soap", ""), ("soap12", "12")):
        yield f'    <wsdl:port name="{service.name}Soap{version}" binding="tns:{service.name}Soap{version}">'
        yield f"      <{prefix}:address location={quoteattr(address)} />"
        yield "    </wsdl:port>"
    yield "  </wsdl:service>"


def write_disco(service: Service, address: str) -> str:
    """Return the discovery document of a service that answers at `address`."""
    where = quoteattr(address)
    soap = "".join(
        f'  <soap address={where} xmlns:q{n}={quoteattr(service.namespace)} binding="q{n}:{service.name}{port}"'
        ' xmlns="http://schemas.xmlsoap.org/disco/soap/" />\n'
        for n, port in ((1, "Soap"), (2, "Soap12"))
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<discovery xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        ' xmlns="http://schemas.xmlsoap.org/disco/">\n'
        f"  <contractRef ref={quoteattr(f'{address}?wsdl')} docRef={where}"
        ' xmlns="http://schemas.xmlsoap.org/disco/scl/" />\n'
        f"{soap}</discovery>\n"
    )
