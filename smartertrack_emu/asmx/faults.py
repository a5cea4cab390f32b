"""Faults: what an operation may raise, and how SOAP 1.1 and SOAP 1.2 write it."""

from __future__ import annotations

from .writer import escape

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"

_CODES_12 = {"Client": "Sender", "Server": "Receiver"}

_UPGRADE = (
    f'<soap:Header><soap12:Upgrade xmlns:soap12="{SOAP12}">'
    f'<soap12:SupportedEnvelope qname="soap:Envelope" xmlns:soap="{SOAP11}" />'
    f'<soap12:SupportedEnvelope qname="soap12:Envelope" xmlns:soap12="{SOAP12}" />'
    "</soap12:Upgrade></soap:Header>"
)


class BusyError(Exception):
    """Too many calls are waiting: answered with 429, the sentence, and when to try again."""


class ServiceError(Exception):
    """An error inside an operation whose message the caller may read: a Server fault."""


class SoapFault(Exception):  # noqa: N818 - SOAP's own word
    """A fault of the given code ("Client", "Server", ...) and, where the operation names one, its actor."""

    def __init__(self, message: str, *, code: str = "Server", actor: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.actor = actor


class HeaderFault(SoapFault):
    """A fault about a header: written without a detail element."""


class VersionMismatch(SoapFault):
    """The envelope is of no version spoken here: answered in SOAP 1.1 with the versions that are."""

    def __init__(self, namespace: str) -> None:
        super().__init__(
            f"Possible SOAP version mismatch: Envelope namespace {namespace} was unexpected. Expecting {SOAP11}.",
            code="VersionMismatch",
        )


class SoapVersion:
    """What the two versions of SOAP write differently.

    `content_type` is the answer's; `opening` all of an envelope up to what stands in it.
    """

    def __init__(self, namespace: str, media_type: str) -> None:
        self.namespace = namespace
        self.media_type = media_type
        self.content_type = f"{media_type}; charset=utf-8"
        self.opening = (
            f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{namespace}"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        )

    def envelope(self, body: str, header: str = "") -> bytes:
        """Wrap the content of a Body, on one line."""
        return f"{self.opening}{header}<soap:Body>{body}</soap:Body></soap:Envelope>".encode()

    def fault(self, fault: SoapFault) -> bytes:
        """Write a fault, with the Upgrade header where the version was the trouble."""
        header = _UPGRADE if isinstance(fault, VersionMismatch) else ""
        write = _fault_11 if self.namespace == SOAP11 else _fault_12
        return self.envelope(f"<soap:Fault>{write(fault)}</soap:Fault>", header)


def _fault_11(fault: SoapFault) -> str:
    actor = f"<faultactor>{escape(fault.actor)}</faultactor>" if fault.actor else ""
    detail = "" if isinstance(fault, HeaderFault) else "<detail />"
    return f"<faultcode>soap:{fault.code}</faultcode><faultstring>{escape(fault.message)}</faultstring>{actor}{detail}"


def _fault_12(fault: SoapFault) -> str:
    actor = f"<soap:Node>{escape(fault.actor)}</soap:Node>" if fault.actor else ""
    detail = "" if isinstance(fault, HeaderFault) else "<soap:Detail />"
    return (
        f"<soap:Code><soap:Value>soap:{_CODES_12.get(fault.code, fault.code)}</soap:Value></soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{escape(fault.message)}</soap:Text></soap:Reason>{actor}{detail}'
    )


VERSION_11 = SoapVersion(SOAP11, "text/xml")
VERSION_12 = SoapVersion(SOAP12, "application/soap+xml")
VERSIONS = {SOAP11: VERSION_11, SOAP12: VERSION_12}
