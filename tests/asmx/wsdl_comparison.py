"""Two WSDLs compared as what they say: prefixes, white space and documentation aside, order included."""

from __future__ import annotations

from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

WSDL = "http://schemas.xmlsoap.org/wsdl/"
_QUALIFIED = {"type", "element", "message", "binding", "base"}


def meaning_of(wsdl: str | bytes) -> tuple[Any, ...]:
    """Return a WSDL as nested tuples (name, attributes, children), names written out."""
    return _meaning(etree.fromstring(wsdl if isinstance(wsdl, bytes) else wsdl.encode()))


def _meaning(element: Element) -> tuple[Any, ...]:
    attributes = sorted((str(name), _value(element, str(name), str(value))) for name, value in element.attrib.items())
    children = (child for child in element if child.tag != f"{{{WSDL}}}documentation")
    return (str(element.tag), tuple(attributes), tuple(_meaning(child) for child in children))


def _value(element: Element, name: str, value: str) -> str:
    # In the SOAP namespaces a `message` or `type` would be no QName; none of these documents has one there.
    prefix, colon, local = value.partition(":")
    if name in _QUALIFIED and colon:
        return f"{{{element.nsmap[prefix]}}}{local}"
    return value
