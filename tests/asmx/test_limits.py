"""What a request may hold: just as much passes, one more is refused with the limit's name (ours)."""

from __future__ import annotations

from base64 import b64encode

import pytest

from smartertrack_emu.asmx.limits import MOST_TEXT, XmlLimits
from smartertrack_emu.asmx.wsgi import AsmxApplication

from .probe_service import probe
from .wire import NAMESPACE, PATH, XML, Answer, args, environ_of, post, run

LIMITS = XmlLimits()
KIBIBYTE = 1024
NODES = 12_000
SMALL = AsmxApplication([probe], limits=XmlLimits(nodes=NODES, text=130 * KIBIBYTE))
FILE = b64encode(bytes(range(256)) * 600).decode()
assert len(FILE) > 200_000


def refusal(answer: Answer) -> str:
    """Return the sentence of a body that is beyond a limit."""
    assert (answer.status, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    return answer.text


def ask(content: str) -> Answer:
    """Ask a server with lower limits."""
    headers = {"Content-Type": XML, "SOAPAction": f"{NAMESPACE}/Args"}
    return run(environ_of("POST", PATH, body=args(content).encode(), headers=headers), SMALL)


AROUND = 3
"""Nodes that are there without inputs: Envelope, Body, Args."""


@pytest.mark.parametrize(
    ("unit", "nodes"),
    [
        ("<k/>", 1),
        ("<k></k>", 1),
        ("<k/>x", 2),
        ("<k> </k>", 2),
        ("<!--c-->", 1),
        ("<?p?>", 1),
        ("<k/><![CDATA[<]]>", 2),
        ("<!-- - -->", 1),
    ],
)
def test_nodes(unit: str, nodes: int) -> None:
    most = (NODES - AROUND) // nodes
    assert ask(unit * most).status == 200
    assert refusal(ask(unit * (most + 1))) == "The request has more than 12000 nodes.\n"
    assert post(args(unit * (most + 1))).status == 200, "the limit unless told otherwise is higher"


def test_attributes_of_an_element() -> None:
    names = [f'a{n}=""' for n in range(LIMITS.attributes_each + 1)]
    assert post(args(f"<k {' '.join(names[:-1])}/>")).status == 200
    assert refusal(post(args(f"<k {' '.join(names)}/>"))) == "An element of the request has more than 256 attributes.\n"
    spaces = [f'xmlns:a{n}="urn:a"' for n in range(LIMITS.attributes_each + 1)]
    assert (
        refusal(post(args(f"<k {' '.join(spaces)}/>"))) == "An element of the request has more than 256 attributes.\n"
    )


@pytest.mark.parametrize("unit", ['<k a=""/>', "<k xmlns:p='urn:p'/>", '<k a="<"/>'.replace("<", "&lt;", 1)[3:]])
def test_attributes_of_all(unit: str) -> None:
    unit = '<k a="&lt;=&gt;"/>' if not unit.startswith("<") else unit
    around = 4  # three namespaces of the envelope, one of the operation
    most = LIMITS.attributes - around
    assert post(args(unit * most)).status == 200
    assert refusal(post(args(unit * (most + 1)))) == "The request has more than 30000 attributes.\n"


def test_equals_signs_in_texts_are_no_attributes() -> None:
    assert post(args(f"<s>{'a=b ' * 40_000}</s>")).status == 200
    assert post(args(f"<s><![CDATA[{'<a b=c d=e>' * 40_000}]]></s>")).status == 200


@pytest.mark.parametrize("inside", ["", "<k/>" * 20_000, "<k></k>" * 20_000], ids=["few", "elements", "end tags"])
def test_depth(inside: str) -> None:
    most = LIMITS.depth - AROUND - bool(inside)
    for depth, is_fine in ((most, True), (most + 1, False)):
        answer = post(args("<k>" * depth + inside + "</k>" * depth))
        assert (answer.status == 200) is is_fine
        if inside and not is_fine:
            assert refusal(answer) == "The request is nested deeper than 256 levels.\n"


@pytest.mark.parametrize(
    "content",
    [
        f"<data>{FILE}</data>",
        f"<data>\r\n{FILE}\r\n</data><s>\U0001f600</s>",
        f"<data><![CDATA[{FILE}]]></data>",
        f"<data a='>'>{FILE}</data>",
        f"<unknown>{FILE}</unknown>",
        f"<s>{FILE}</s>",
    ],
)
def test_a_file_may_be_longer_than_a_text(content: str) -> None:
    assert ask(content).status == 200


@pytest.mark.parametrize(
    "content",
    [
        f"<s>{FILE}\U0001f600</s>",
        f"<s>{FILE}<![CDATA[\U0001f600]]></s>",
        f"<s><![CDATA[\U0001f600]]>{FILE}</s>",
        f"<s><![CDATA[{FILE}]]><![CDATA[\U0001f600]]></s>",
        f"<s>\U0001f600<![CDATA[{FILE}]]></s>",
        f"<s>\U0001f600>{FILE}</s>",
        f"<s><![CDATA[<data>{FILE}</data>\U0001f600]]></s>",
        f"<!-- <data>{FILE}</data> -->",
        f"<?p <data>{FILE}</data> ?>",
        f"<k a='{FILE}'/>",
        f"<k a='&lt;data>{FILE}'/>",
        f"<a>{FILE}<b/></a>",
        f"<a><b/>{FILE}</a>",
        f"<s>{FILE[:50_000]}</s>" * 3,
        f"<s>{FILE}&#65;</s>",
    ],
)
def test_what_only_looks_like_a_file_is_a_text(content: str) -> None:
    """It would take four times its length as soon as one character needs four bytes."""
    assert refusal(ask(content)) == f"The request has more than {130 * KIBIBYTE} bytes beside base64.\n"


def test_a_text_of_base64_is_a_text_when_it_is_read() -> None:
    text = "A" * (MOST_TEXT + 1)
    assert refusal(post(args(f"<s>{text}</s>"))) == "A text of the request has more than 8388608 characters.\n"
    assert refusal(post(args(f"<i>{text}</i>"))) == "A text of the request has more than 8388608 characters.\n"
    assert post(args(f"<unknown>{text}</unknown>")).status == 200
    assert post(args(f"<s>{text[:-1]}</s>")).status == 200


def test_the_limit_of_texts_is_told() -> None:
    assert (
        refusal(post(args(f"<s>{' -' * 4_200_000}</s>"))) == "The request has more than 8388608 bytes beside base64.\n"
    )
