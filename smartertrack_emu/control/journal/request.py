"""The request of a kept call, looked at for what is odd about it: its envelope, its elements, its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, unquote_plus

from lxml import etree
from lxml.etree import _Element as Element

from .charsets import as_utf_8, encoding_of
from .store import Entry

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
MEDIA_11, MEDIA_12 = "text/xml", "application/soap+xml"

_DOCTYPE = re.compile(rb"<!DOCTYPE")
_PLACE = re.compile(r"line (\d+), column (\d+)")
_MOST_FIELDS = 1_000


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """Return an element's namespace, "" for none."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag[0] == "{" else ""


def children(element: Element | None) -> Iterator[Element]:
    """Give an element's children that are elements."""
    return iter(()) if element is None else element.iterchildren("*")


@dataclass(frozen=True)
class Request:
    """The request of a kept call."""

    entry: Entry

    @cached_property
    def headers(self) -> dict[str, str]:
        """Its headers by their names in lower case."""
        return {name.lower(): value for name, value in self.entry.headers[0]}

    @property
    def content_type(self) -> str:
        """Its Content-Type, "" for none."""
        return self.headers.get("content-type", "")

    @property
    def media_type(self) -> str:
        """Its Content-Type without parameters, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def soap_action(self) -> str | None:
        """Its SOAPAction without quotes; None where there is none."""
        action = self.headers.get("soapaction")
        return (
            None if action is None else unquote_plus(action.strip().strip('"')) if "%" in action else action.strip(' "')
        )

    @property
    def is_cut(self) -> bool:
        """Whether more of the body came than is kept."""
        return self.entry.request_cut

    @cached_property
    def body(self) -> bytes:
        """Its body in UTF-8."""
        body = self.entry.request_body
        return as_utf_8(body, encoding_of(body, self.content_type)).removeprefix(b"\xef\xbb\xbf")

    @cached_property
    def parsed(self) -> tuple[Element | None, str]:
        """The root element, or None and what is wrong with the XML."""
        if _DOCTYPE.search(self.body):
            return None, ""
        parser = etree.XMLParser(
            encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, recover=self.is_cut
        )
        try:
            return etree.fromstring(self.body, parser), ""
        except (etree.XMLSyntaxError, ValueError) as error:
            return None, str(error)

    @property
    def root(self) -> Element | None:
        """The root element, None where the body is no XML."""
        return self.parsed[0]

    @cached_property
    def envelope(self) -> str:
        """The envelope's namespace, "" where there is no envelope."""
        root = self.root
        return namespace(root) if root is not None and local(root) == "Envelope" else ""

    @property
    def soap_header(self) -> Element | None:
        """The envelope's Header."""
        return next((one for one in children(self.root) if local(one) == "Header"), None)

    @property
    def soap_body(self) -> Element | None:
        """The envelope's Body."""
        return next((one for one in children(self.root) if local(one) == "Body"), None)

    @property
    def first(self) -> Element | None:
        """The first element in the Body."""
        return next(children(self.soap_body), None)

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """The parameters of HTTP GET or POST."""
        query = self.entry.path.partition("?")[2]
        text = query if self.entry.protocol == "get" else self.body.decode("utf-8", "replace")
        try:
            return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return []

    @property
    def asked(self) -> tuple[str, str]:
        """The service and the operation that the path names, "" for none."""
        parts = self.entry.path.partition("?")[0].strip("/").split("/")
        name = parts[1] if len(parts) > 1 else ""
        operation = parts[2] if len(parts) > 2 else ""
        return name[:-5] if name.lower().endswith(".asmx") else name, operation

    def place_of(self, element: Element) -> tuple[int, int] | None:
        """Return line and column of an element in the body, both from 1; None where they cannot be told."""
        same = [one for one in element.getroottree().getroot().iter("*") if local(one) == local(element)]
        name = re.escape(local(element).encode())
        marks = list(re.finditer(rb"<(?:[^\s<>/:]+:)?" + name + rb"(?=[\s/>])", self.body))
        if len(marks) != len(same):
            return None
        at = marks[next(n for n, one in enumerate(same) if one is element)].start()
        before = self.body[:at]
        return before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1


def place_in(sentence: str) -> str:
    """Return "line 3, column 7" as a parser's sentence has it, "" where it has none."""
    found = _PLACE.search(sentence)
    return f"line {found[1]}, column {found[2]}" if found else ""
