"""Requests made to cost memory or time: each a name, a maker for a size in bytes, and what bounds its cost.

Those that are refused are as large as the server reads them. Beside them stand those that just pass a limit, which cost
more for each of their bytes.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape

from smartertrack_emu.asmx.limits import XmlLimits
from smartertrack_emu.asmx.urlencoded import LONGEST as LONGEST_FORM
from smartertrack_emu.services.lengths import LONGEST as LONGEST_INPUT

PATH = "/Services2/svcTickets.asmx"
NAMESPACES = {
    "svcTickets": "http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx",
    "svcKB": "http://www.smartertools.com/Products/SmarterTrack/Services2/svcKB",
}
LOGINS = {"svcTickets": ("authUserName", "authPassword"), "svcKB": ("adminUsername", "adminPassword")}
FORM = "application/x-www-form-urlencoded"
XML = "text/xml; charset=utf-8"

LIMITS = XmlLimits()
ROOM = 2_000
"""Bytes, or nodes, that the rest of a request takes beside what fills it."""

NUMBER = "$NUMBER"
"""Stands for the number of a ticket that alice sees."""

NOBODY = ("nobody", "wrong")
ALICE = ("alice", "alice-pw")
ADMINISTRATOR = ("admin", "admin")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as it goes over HTTP."""

    body: bytes
    path: str = PATH
    content_type: str = XML
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


Make = Callable[[int], Request]
"""Makes a request of about so many bytes."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A way to make a request; `most`: the bytes it is made of where a larger one would be refused."""

    name: str
    make: Make
    bound: str
    most: int | None = None


def filled(size: int, head: bytes, unit: bytes, tail: bytes = b"") -> bytes:
    """Repeat a unit until the whole has about `size` bytes."""
    return head + unit * max(1, (size - len(head) - len(tail)) // len(unit)) + tail


def counted(number: int, unit: Callable[[int], str]) -> str:
    """Repeat a unit that has its own number each time."""
    return "".join(map(unit, range(number)))


def around(
    inputs: str, operation: str = "GetTicketInfo", login: tuple[str, str] = NOBODY, service: str = "svcTickets"
) -> tuple[str, str]:
    """Return what stands before and behind the mark `#` in an envelope that calls an operation."""
    credentials = "".join(f"<{name}>{value}</{name}>" for name, value in zip(LOGINS[service], login, strict=True))
    head, _, tail = (
        '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<s:Body><{operation} xmlns="{NAMESPACES[service]}">{credentials}{inputs}</{operation}></s:Body></s:Envelope>'
    ).partition("#")
    return head, tail


def soap(
    unit: str,
    inputs: str = "#",
    operation: str = "GetTicketInfo",
    login: tuple[str, str] = NOBODY,
    service: str = "svcTickets",
) -> Make:
    """Fill the place `#` of an operation's inputs with a unit again and again."""
    head, tail = around(inputs, operation, login, service)
    path = f"/Services2/{service}.asmx"
    return lambda size: Request(filled(size, head.encode(), unit.encode(), tail.encode()), path)


def whole(content: Callable[[], str], inputs: str = "#", operation: str = "GetTicketInfo") -> Make:
    """Put something of its own size at the place `#`."""
    head, tail = around(inputs, operation)
    return lambda _: Request(f"{head}{content()}{tail}".encode())


def document(start: str, unit: str, end: str = "") -> Make:
    """Make something that is no envelope."""
    return lambda size: Request(filled(size, start.encode(), unit.encode(), end.encode()))


def transcoded(encoding: str, unit: str, inputs: str = "<a>#</a>") -> Make:
    """Fill the place `#` in another encoding, which the Content-Type names."""
    head, tail, piece = (text.encode(encoding) for text in (*around(inputs), unit))
    return lambda size: Request(filled(size, head, piece, tail), content_type=f"text/xml; charset={encoding}")


def form(unit: str, head: str = "authUserName=nobody&authPassword=wrong&ticketId=", operation: str = "") -> Make:
    """Fill a form with a unit behind its head."""
    path = f"{PATH}/{operation or 'GetTicketInfo'}"
    return lambda size: Request(filled(size, head.encode(), unit.encode()), path=path, content_type=FORM)


def numbered_form(unit: Callable[[int], str], number: int) -> Make:
    """Fill a form with so many units that have their own numbers."""
    head = "authUserName=nobody&authPassword=wrong&ticketId=1"
    return lambda _: Request(f"{head}{counted(number, unit)}".encode(), f"{PATH}/GetTicketInfo", FORM)


def query(unit: str) -> Make:
    """Call by HTTP GET; a header may not be longer."""
    head = "authUserName=nobody&authPassword=wrong&ticketId="

    def make(size: int) -> Request:
        text = filled(min(size, 250_000), head.encode(), unit.encode()).decode()
        return Request(b"", f"{PATH}/GetTicketInfo?{text}", content_type="", method="GET")

    return make


def attachment(login: tuple[str, str] = NOBODY, number: str = "NOPE", line: bytes = b"") -> Make:
    """Attach a file to a ticket; with a `line` its base64 is made of that again and again."""

    def make(size: int) -> Request:
        data = line * (size // len(line)) if line else b64encode(bytes(size * 3 // 4))
        head, tail = around(
            f"<ticketNumber>{number}</ticketNumber><ticketMessageId>0</ticketMessageId><fileName>a.bin</fileName>"
            f"<data>#</data><fileLength>{len(data) * 3 // 4}</fileLength>",
            "AddTicketAttachment",
            login,
        )
        return Request(head.encode() + data + tail.encode())

    return make


SEARCH = "<searchCriteria>#</searchCriteria>"
NOTE = f"<ticketNumber>{NUMBER}</ticketNumber><messageType>note</messageType><notetext>#</notetext>"
NOTE_FORM = "authUserName=nobody&authPassword=wrong&ticketNumber=c&messageType=d&notetext="
FILE_FORM = (
    "authUserName={}&authPassword={}&ticketNumber=NOPE&ticketMessageId=0&fileName=a&fileLength=1"
    "&dateCreatedUTC=2020-01-01"
)
NODES, ATTRIBUTES, EACH = "nodes", "attributes in total", "attributes of an element"
TEXT, LINE, INPUT = "bytes beside base64", "characters of a text", "characters of an input"
REQUEST, FORM_SIZE, FIELDS = "bytes of a request", "bytes of a form", "fields"
LONG_TEXT = LIMITS.text - ROOM
MANY = LIMITS.nodes - ROOM


def all_shapes() -> Iterator[Shape]:
    """Give every shape: first what anybody can send, then what an agent can."""
    yield from _nodes()
    yield from _attributes()
    yield from _texts()
    yield from _documents()
    yield from _encodings()
    yield from _forms()
    yield from _headers()
    yield from _agents()


def _nodes() -> Iterator[Shape]:
    for name, unit in {
        "elements": "<a/>",
        "elements with end tags": "<a></a>",
        "texts between elements": "<a/>x",
        "comments": "<!---->",
        "instructions": "<?p?>",
        "CDATA sections": "<a/><![CDATA[x]]>",
    }.items():
        each = 2 if "x" in unit else 1
        yield Shape(name, soap(unit), NODES)
        yield Shape(f"{name}, as many as may be", whole(lambda u=unit, n=MANY // each: u * n), NODES)  # type: ignore[misc]  # bound now
    yield Shape("elements, deep", soap("<a>"), "depth")
    yield Shape("elements, as deep as may be", whole(lambda: "<a>" * 250 + "<b></b>" * MANY + "</a>" * 250), NODES)
    yield Shape("distinct names", whole(lambda: counted(4_000_000, lambda n: f"<n{n:x}/>")), NODES)
    yield Shape("distinct names, as many as may be", whole(lambda: counted(MANY, lambda n: f"<n{n:x}/>")), NODES)
    search = "GetTicketsBySearch"
    yield Shape("items of an array", whole(lambda: "<string/>" * MANY, SEARCH, search), NODES)
    yield Shape("items with texts", whole(lambda: "<string>ab</string>" * (MANY // 2), SEARCH, search), NODES)
    yield Shape(
        "structures of an array",
        whole(
            lambda: "<ReceivingStatusInfo/>" * MANY,
            "<receivingStatusArr>#</receivingStatusArr>",
            "SetAgentReceivingStatus",
        ),
        NODES,
    )
    yield Shape(
        "an error behind elements",
        whole(lambda: "<a></a>" * MANY, "#<ticketId>x</ticketId>"),
        "read again for its place",
    )


def _attributes() -> Iterator[Shape]:
    each = " ".join(f"a{n}=''" for n in range(250))
    yield Shape("250 attributes an element", soap(f"<a {each}/>"), ATTRIBUTES)
    yield Shape("one attribute an element", soap("<a b=''/>"), ATTRIBUTES)
    yield Shape("attributes of one element", soap("a='' ", "<a #/>"), EACH)
    yield Shape("namespace declarations of one element", soap("xmlns:a='u' ", "<a #/>"), EACH)
    yield Shape("a namespace an element", soap("<a xmlns='u'/>"), ATTRIBUTES)
    most = LIMITS.attributes - 10
    yield Shape("attributes, as many as may be", whole(lambda: counted(most, lambda n: f"<a n{n:x}=''/>")), ATTRIBUTES)
    yield Shape(
        "namespaces, as many as may be", whole(lambda: counted(most, lambda n: f"<a xmlns='{n}'/>")), ATTRIBUTES
    )
    yield Shape(
        "nodes and attributes, as many as may be",
        whole(lambda: counted(most, lambda n: f"<n{n:x} n{n:x}=''/>") + "<!--x-->" * (MANY - most)),
        f"{NODES}, {ATTRIBUTES}",
    )
    yield Shape("an attribute's value", soap("x" * 1000, "<a b='#'/>"), TEXT)
    yield Shape("an attribute's value, as long as may be", soap("x" * 1000, "<a b='#'/>"), TEXT, LONG_TEXT)
    yield Shape("an attribute's references", soap("&lt;", "<a b='#'/>"), TEXT, LONG_TEXT)
    yield Shape("a long nil", soap("\U0001f600" + "x" * 999_000, "<ticketId xsi:nil='#'/>"), TEXT, LONG_TEXT)
    yield Shape("a name of all", soap("x" * 1000, "<a#/>"), TEXT)
    yield Shape("quotes in a tag", soap("''", "<a b=#/>"), TEXT)


def _texts() -> Iterator[Shape]:
    operation = "AddTicketNote"
    yield Shape("text", soap("x" * 1000, NOTE, operation), LINE)
    for name, unit in {
        "text": "x" * 1000,
        "text of lines": "\n",
        "text of carriage returns": "\r",
        "text of references": "&#65;",
        "text of entities": "&lt;",
        "text of undefined entities": "&a;",
        "text beyond the BMP": "\U0001f600" + "x" * 999_000,
    }.items():
        yield Shape(f"{name}, as long as may be", soap(unit, NOTE, operation), TEXT, LONG_TEXT)
    yield Shape("text that ends beyond the BMP", soap("x" * 1000, NOTE.replace("#", "#\U0001f600"), operation), TEXT)
    yield Shape(
        "the same, as long as may be",
        soap("x" * 1000, NOTE.replace("#", "#\U0001f600"), operation),
        TEXT,
        LONG_TEXT,
    )
    names = {"x": "x" * 1000, "ligatures": "\ufdfa" * 1000, "letters that fold to three": "\u0390" * 1000}
    for name, unit in names.items():
        yield Shape(f"a user name of {name}", soap(unit, "", login=("#", "wrong")), TEXT, LONG_TEXT)
        yield Shape(f"a password of {name}", soap(unit, "", login=("nobody", "#")), TEXT, LONG_TEXT)
    yield Shape("digits", soap("9" * 1000, "<ticketId>#</ticketId>"), LINE)
    yield Shape("noughts and a letter", soap("0" * 1000, "<ticketId>#x</ticketId>"), TEXT, LONG_TEXT)
    yield Shape("a CDATA section of marks", soap("<a b='c'/>", NOTE.replace("#", "<![CDATA[#]]>"), operation), TEXT)
    yield Shape("a comment", soap("x" * 1000, "<!--#-->"), TEXT)
    error = "<ticketId>x</ticketId>"
    yield Shape("an error behind text", soap("x" * 1000, f"<a>#</a>{error}"), "read again for its place")
    yield Shape("an error behind lines", soap("\n", f"<a>#</a>{error}"), "read again for its place")
    yield Shape("an error behind a comment", soap("x" * 1000, f"<!--#-->{error}"), TEXT, LONG_TEXT)
    yield Shape("a child in a text", soap("x" * 1000, NOTE.replace("#", "#<a/>"), operation), TEXT, LONG_TEXT)
    yield Shape("base64", attachment(), REQUEST)
    yield Shape("base64 in short lines", attachment(line=b"AAAA\n"), REQUEST)
    yield Shape("base64 that ends badly", attachment(line=b"A*=="), TEXT)


def _documents() -> Iterator[Shape]:
    yield Shape(
        "not well-formed at the end", soap("x" * 1000, NOTE.replace("#", "#&"), "AddTicketNote"), TEXT, LONG_TEXT
    )
    yield Shape("noughts", document("", "\0"), TEXT)
    yield Shape("no XML", document("x", "x" * 1000), TEXT)
    yield Shape("another root", document("<a>", "<b/>", "</a>"), NODES)
    yield Shape("another root, not closed", document("<a>", "x" * 1000), TEXT, LONG_TEXT)
    yield Shape("blanks before the root", document(" ", " ", "<a/>"), TEXT, LONG_TEXT)
    yield Shape("a document type", document("<!DOCTYPE a [", "<!ENTITY a 'b'>", "]><a/>"), "refused unread")
    yield Shape(
        "compressed",
        lambda size: Request(gzip.compress(bytes(size), 1), headers={"Content-Encoding": "gzip"}),
        "refused unread",
    )
    yield Shape("JSON", lambda size: Request(bytes(size), content_type="application/json"), REQUEST)


def _encodings() -> Iterator[Shape]:
    yield Shape("UTF-16", transcoded("utf-16-le", "x" * 1000), LINE)
    yield Shape("UTF-16, three bytes of two", transcoded("utf-16-le", "\u20ac" * 1000), TEXT)
    yield Shape("UTF-16 of elements", transcoded("utf-16-le", "<a/>", "#"), NODES)
    yield Shape("UTF-32", transcoded("utf-32-le", "x" * 1000), LINE)
    yield Shape("Latin-1, two bytes of one", transcoded("latin1", "\u00e4" * 1000), TEXT)
    yield Shape("Shift JIS, three bytes of one", transcoded("shift_jis", "\uff71" * 1000), TEXT)
    yield Shape("GB 18030", transcoded("gb18030", "\u4e00" * 1000), TEXT)
    yield Shape("ISO 2022-JP", transcoded("iso2022_jp", "\u3042a" * 500), TEXT)


def _forms() -> Iterator[Shape]:
    yield Shape("a form too long", form("%41"), FORM_SIZE)
    for name, unit in {
        "%41": "%41",
        "%F0%9F%98%80": "%F0%9F%98%80",
        "%FF": "%FF",
        "+": "+",
        "x": "x",
        "digits": "9",
        "separators": "&",
        "fields without a value": "&a",
        "fields": "&a=1",
        "semicolons": ";a=1",
    }.items():
        yield Shape(f"form of {name}", form(unit), FORM_SIZE, LONGEST_FORM)
    yield Shape("form of stray %", form("%"), "percent signs that encode nothing", LONGEST_FORM)
    yield Shape("form of distinct names", numbered_form(lambda n: f"&{n:x}=", 99_000), FIELDS)
    yield Shape("form of a name", form("%41", "authUserName=a&"), FORM_SIZE, LONGEST_FORM)
    yield Shape("form of text", form("%C3%A4", NOTE_FORM, "AddTicketNote"), FORM_SIZE, LONGEST_FORM)
    yield Shape(
        "form of text beyond the BMP", form("x" * 1000, f"{NOTE_FORM}%F0%9F%98%80", "AddTicketNote"), LINE, LONG_TEXT
    )
    array = "authUserName=nobody&authPassword=wrong"
    yield Shape("form of an array", form("&searchCriteria=ab", array, "GetTicketsBySearch"), FIELDS, 1_700_000)
    for name, unit, bound in (
        ("bytes", "&data=65", FIELDS),
        ("odd bytes", "&data=%2065", "bytes that are no plain decimals"),
    ):
        yield Shape(f"form of {name}", form(unit, FILE_FORM.format(*NOBODY), "AddTicketAttachment"), bound, 9_500_000)
    yield Shape("form of no operation", form("%41", operation="Nope"), FORM_SIZE, LONGEST_FORM)


def _headers() -> Iterator[Shape]:
    for unit in ("%41", "%F0%9F%98%80", "%", "&", "&a="):
        yield Shape(f"query of {unit}", query(unit), "bytes of a header")
    yield Shape(
        "a long operation's name", lambda _: Request(b"", f"{PATH}/{'x' * 250_000}", method="GET"), "bytes of a header"
    )
    head, tail = around("")
    yield Shape(
        "a long SOAPAction",
        lambda _: Request(f"{head}{tail}".encode(), headers={"SOAPAction": "%41" * 80_000}),
        "bytes of a header",
    )


def _agents() -> Iterator[Shape]:
    yield Shape("agent: a file for no ticket", attachment(ALICE), REQUEST)
    yield Shape("agent: a file", attachment(ALICE, NUMBER), REQUEST)
    a_file = form("&data=65", FILE_FORM.format(*ALICE), "AddTicketAttachment")
    yield Shape("agent: a file by a form", a_file, FIELDS, 9_500_000)
    search, update = "GetTicketsBySearch", "SetTicketProperties"
    yield Shape("agent: criteria", soap("<string>Status=1</string>", SEARCH, search, ALICE), NODES, 25 * MANY // 2)
    values = f"<ticketNumber>{NUMBER}</ticketNumber><ticketPropertyValues>#</ticketPropertyValues>"
    yield Shape("agent: properties", soap("<string>Subject=x</string>", values, update, ALICE), NODES, 26 * MANY // 2)
    for name, unit in {
        "words": "x y ",
        "text beyond the BMP": "\U0001f600" + "x" * (LONGEST_INPUT - ROOM),
        "ligatures": "\ufdfa",
        "letters that fold to three": "\u0390",
        "quotes": '"',
        "markup": "&lt;b>",
    }.items():
        yield Shape(f"agent: a body of {name}", _ticket(unit, "body"), TEXT, LONG_TEXT)
        yield Shape(f"agent: a note in HTML of {name}", soap(unit, NOTE, "AddTicketNoteHtml", ALICE), TEXT, LONG_TEXT)
        size = (LONGEST_INPUT - ROOM) // len(unescape(unit)) * len(unit.encode()) + ROOM // 2
        yield Shape(f"agent: a note of {name}", soap(unit, NOTE, "AddTicketNote", ALICE), INPUT, size)
        yield Shape(f"agent: a subject of {name}", _ticket(unit, "subject"), INPUT, size)
        one = "<searchCriteria><string>Search=#</string></searchCriteria>"
        yield Shape(f"agent: a criterion of {name}", soap(unit, one, search, ALICE), INPUT, size)
        terms = soap(
            unit, "<searchTerms>#</searchTerms><maxResults>9</maxResults>", "SearchKBArticles", ADMINISTRATOR, "svcKB"
        )
        yield Shape(f"agent: search terms of {name}", terms, INPUT, size)
        named = soap(unit, "<agentUserName>#</agentUserName>", "GetAgentReceivingStatusAsAdmin", ADMINISTRATOR)
        yield Shape(f"agent: a user's name of {name}", named, INPUT, size)
    yield Shape("agent: a subject too long", _ticket("x" * 1000, "subject"), INPUT, LONG_TEXT)
    yield Shape("agent: addresses", _ticket("a@b.example, ", "toAddress"), "characters of a list", 32_000)
    yield Shape("agent: too many addresses", _ticket("a@b.example, ", "toAddress"), INPUT, LONG_TEXT)


def _ticket(unit: str, member: str) -> Make:
    values = {
        "departmentID": "1", "groupId": "1", "userIdOfAgent": "0", "toAddress": "customer@example.com", "subject": "s",
        "body": "b", "isHtml": "true", "setWaiting": "false", "sendEmail": "true",
    } | {member: "#"}  # fmt: skip
    inputs = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return soap(unit, inputs, "CreateTicket", ALICE)
