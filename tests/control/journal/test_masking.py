"""Evidence: ours. No password that was sent stands in the journal, whatever its name, its place and its spelling."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from html import escape
from itertools import product
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smartertrack_emu.control.journal import named_secrets
from smartertrack_emu.control.journal.capture import MOST_BODY, Capture
from smartertrack_emu.control.journal.entries import entry_of
from smartertrack_emu.control.journal.masking import mask_secret
from smartertrack_emu.control.journal.named_secrets import _thorough, mask_form, mask_named, mask_xml
from smartertrack_emu.control.journal.store import Entry
from smartertrack_emu.desk.around import Outcome
from smartertrack_emu.domain import clock

SECRET = "Zx9!kq&7<w>é\"'"
NAMES = [
    "authPassword",
    "adminPassword",
    "authPasword",
    "PWD",
    "x-pw",
    "PASSWORT",
    "passphrase",
    "ns:authPassword",
    "Paßwort",
]


def everything(entry: Entry) -> bytes:
    """Return all texts that are stored of a call, but for words of our own, which may be somebody's password."""
    stored = [one for name, one in entry._asdict().items() if name not in ("protocol", "outcome")]
    return b"\0".join(one if isinstance(one, bytes) else one.encode() for one in stored if isinstance(one, bytes | str))


def captured(
    request: bytes,
    answer: bytes = b"",
    *,
    secret: str = "",
    content_type: str = "text/xml; charset=utf-8",
    user: str = "alice",
    **environ: str,
) -> Entry:
    """Return what is kept of a call."""
    outcome = Outcome(user, 0, secret=secret) if secret else None
    status = "200 OK" if secret else "400 Bad Request"
    return entry_of(
        Capture(
            at=clock.now(),
            seconds=0.001,
            statements=1,
            environ={
                "REQUEST_METHOD": "POST",
                "REQUEST_URI": "/Services2/svcTickets.asmx",
                "CONTENT_TYPE": content_type,
                **environ,
            },
            request=request[:MOST_BODY],
            status=status,
            headers=[("Content-Type", "text/xml; charset=utf-8")],
            answer=answer[:MOST_BODY],
            lengths=(len(request), len(answer)),
            outcome=outcome,
        )
    )


def entities(text: str) -> str:
    return "".join(f"&#{ord(one)};" if n % 2 else f"&#x{ord(one):X};" for n, one in enumerate(text))


XML_SPELLINGS: dict[str, Callable[[str], str]] = {
    "escaped": lambda text: escape(text, quote=False),
    "with quotes escaped": escape,
    "numbered": entities,
    "cdata": lambda text: f"<![CDATA[{text}]]>",
    "partly cdata": lambda text: f"<![CDATA[{text[:3]}]]>{entities(text[3:])}",
}
TEMPLATES = [
    '<e:Envelope xmlns:e="u"><e:Body><Op><{name}>{value}</{name}><a>1</a></Op></e:Body></e:Envelope>',
    '<Op><{name} xsi:nil="false"\n a="b">{value}</{name} ></Op>',
    "<Op><{name}>{value}",
    "<Op><list><string>Subject=x</string><string>{name}={value}</string></list></Op>",
    "<Op><list><string> {name} = {value}</string></list></Op>",
    "<Op><{name}><string>{value}</string><string>b</string></{name}></Op>",
]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_named_passwords_in_xml(template: str, charset: str) -> None:
    for name, spelt in product(NAMES, XML_SPELLINGS.values()):
        value = spelt(SECRET)
        sent = template.format(name=name, value=value).encode(charset)
        entry = captured(sent, content_type=f"text/xml; charset={charset}")
        kept = entry.request_body.decode(charset)
        assert value not in kept
        assert SECRET not in kept
        assert "****" in kept
        assert template.partition("{")[0] in kept


def test_names_may_be_spelt_in_pieces() -> None:
    for key in ("P&#97;ssword", "Pass<![CDATA[word]]>", "<![CDATA[Password]]>", "Pas<?x?>sword", "Pas<!-- -->sword"):
        masked, _ = mask_named(f"<a><string>{key}=geheim</string></a>".encode())
        assert b"geheim" not in masked
    masked, _ = mask_named(
        b"<a><![CDATA[<authPassword>]]><authPassword><![CDATA[x</authPassword>y]]></authPassword></a>"
    )
    assert b"y]]>" not in masked


@pytest.mark.parametrize("name", ["authPassword", "p%61ssword", "PWD", "xpasx", "Passwort%5B%5D"])
def test_named_passwords_in_forms(name: str) -> None:
    for value in (quote(SECRET, safe=""), quote_plus(SECRET), SECRET.replace("&", "")):
        masked, found = mask_form(f"a=b&{name}={value}&c=d".encode())
        assert masked == f"a=b&{name}=****&c=d".encode()
        assert found
        for sign in ("=", "%3D", "%3d"):
            masked, _ = mask_form(f"values=Password{sign}{value}&c=d".encode())
            assert masked == f"values=Password{sign}****&c=d".encode()


@pytest.mark.parametrize("name", ["password", "PW", "p\\u0061ss", "my pass word"])
def test_named_passwords_in_json(name: str) -> None:
    for value in ('"geheim\\"x"', '["geheim"]', '{"a": "geheim", "b": ["geheim"]}', '"geheim'):
        body = f'{{"a": 1, "{name}" : {value}, "b": "c"}}'
        masked, _ = mask_named(body.encode())
        assert b"geheim" not in masked
        assert b'"a": 1' in masked
    masked, _ = mask_named(b'{"parameters": ["Subject=x", "Password=geheim"]}')
    assert masked == b'{"parameters": ["Subject=x", "Password=****"]}'


def test_what_is_no_password_stays() -> None:
    for text in (
        b"<a><notetext>I forgot my password. What now?</notetext></a>",
        b"<soap:Body><ResetPassword xmlns='x'><userId>1</userId></ResetPassword></soap:Body>",
        b"<GetPasswordResponse><GetPasswordResult><Message>a</Message></GetPasswordResult></GetPasswordResponse>",
        b"<a><authPassword/><authPassword></authPassword></a>",
        b"<a><string>Subject=the password is wrong</string></a>",
        b'{"subject": "password"}',
        b"a=b&c=compass",
    ):
        assert mask_named(text)[0] == text


SNIPPETS = st.sampled_from(
    [
        "<authPassword>", "</authPassword>", "<a>", "</a>", "geheim", "Password=", "pw", "=", " ", "&amp;", "text",
        "<b/>", "<string>", "</string>", '"', "<pw>", "</pw>", "x", "Gruß", "Paß", "pa\u017f",
        "?", "<?a b?>", "<?xml?>",
    ]
)  # fmt: skip


@given(st.lists(SNIPPETS, max_size=14).map("".join))
@example("<authPassword>geheim</authPassword><a>pw = geheim</a>")
@example("<?xml?><pw>geheim</pw><Paßwort>geheim</Paßwort><a>Gruß</a>")
def test_the_quick_way_gives_what_the_thorough_one_does(text: str) -> None:
    assert mask_xml(text.encode())[0] == _thorough(text.encode())[0]


def test_a_sharp_s_alone_is_no_reason_to_look_thoroughly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking mark by mark takes five times as long, and German texts are full of them."""
    monkeypatch.setattr(named_secrets, "_thorough", None)
    masked, found = mask_xml("<a><authPassword>geheim</authPassword><subject>Grüße</subject></a>".encode())
    assert (masked, found) == ("<a><authPassword>****</authPassword><subject>Grüße</subject></a>".encode(), ["geheim"])


@settings(max_examples=150)
@given(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x2FF, exclude_characters="*"), min_size=4, max_size=20),
    st.sampled_from(["raw", "escaped", "quoted", "plus", "entities", "json", "lower", "base64"]),
    st.sampled_from(["answer", "path", "header", "request"]),
)
def test_the_callers_password_stands_nowhere(secret: str, spelling: str, place: str) -> None:
    spelt = {
        "raw": secret,
        "escaped": escape(secret),
        "quoted": quote(secret, safe=""),
        "plus": quote_plus(secret),
        "entities": entities(secret),
        "json": json.dumps(secret)[1:-1],
        "lower": quote(secret, safe="").lower() if secret == secret.lower() else secret,
        "base64": b64encode(f"alice:{secret}".encode()).decode(),
    }[spelling]
    text = f"vorher {spelt} nachher"
    environ = {"HTTP_AUTHORIZATION": "Basic eA=="} if spelling == "base64" else {}
    if place == "header":
        environ["HTTP_X_OTHER"] = text
    if place == "path":
        environ["QUERY_STRING"] = "a=" + quote(text, safe="%+&;=!*'()")
    entry = captured(
        (f"<a>{text}</a>" if place == "request" else "<a/>").encode(),
        (f"<a>{text}</a>" if place == "answer" else "<a/>").encode(),
        secret=secret,
        **environ,
    )
    assert spelt.encode() not in everything(entry) or spelt in "vorher nachher"


def test_the_users_name_may_stay_and_short_passwords_are_looked_for_by_name_alone() -> None:
    entry = captured(b"<a>admin</a>", b"<b>admin</b>", secret="admin", user="admin")
    assert (entry.request_body, entry.response_body) == (b"<a>admin</a>", b"<b>admin</b>")
    entry = captured(b"<a>abc</a>", secret="abc")
    assert entry.request_body == b"<a>abc</a>"
    entry = captured(b"<a>abcd</a>", secret="abcd")
    assert entry.request_body == b"<a>****</a>"


def test_a_password_that_is_cut_does_not_show_its_beginning() -> None:
    body = b"x" * (MOST_BODY - 5) + b"geheimnis" + b"y" * 100
    entry = captured(body, body, secret="geheimnis")
    assert entry.request_body.endswith(b"xx****")
    assert entry.response_body.endswith(b"xx****")
    assert entry.request_cut
    assert entry.response_cut


def test_headers() -> None:
    entry = captured(
        b"",
        HTTP_AUTHORIZATION="Basic Z2VoZWltOmdlaGVpbQ==",
        HTTP_COOKIE="session=geheim",
        HTTP_X_CSRF_TOKEN="geheim",
        HTTP_X_PASSWORD="geheim",
        HTTP_PROXY_AUTHORIZATION="geheim",
        HTTP_REFERER="http://x/y?authPassword=geheim&a=b",
        HTTP_ACCEPT="*/*",
    )
    assert dict(entry.headers[0]) == {
        "Authorization": "Basic ****",
        "Cookie": "****",
        "X-Csrf-Token": "****",
        "X-Password": "****",
        "Proxy-Authorization": "****",
        "Referer": "http://x/y?authPassword=****&a=b",
        "Accept": "*/*",
        "Content-Type": "text/xml; charset=utf-8",
    }


def test_a_multipart_form() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="authPassword"\r\n\r\ngeheim\r\n--x\r\n\r\na\r\n--x--\r\n'
    entry = captured(body, content_type="multipart/form-data; boundary=x")
    assert b"geheim" not in everything(entry)


@pytest.mark.parametrize(
    "unit", [b"pw", b"<pw>", b"<![CDATA[", b"&#112;", b"pw=", b"<!--", b'"pw":', b"<a pw='", b"%70w=a&", b":pw "]
)
def test_masking_takes_a_time_that_grows_with_the_length(unit: bytes) -> None:
    body = (unit * 40_000)[:MOST_BODY]
    for start in (b"", b"<a>", b"{"):
        began = time.process_time()
        entry = captured((start + body)[:MOST_BODY], secret="geheim&nis")
        assert entry.request_body
        assert time.process_time() - began < 1.5  # a quadratic way takes ten times as long


def test_secrets_in_what_is_escaped_are_found() -> None:
    assert mask_secret(b"a &#x67;eheimnis %67eheimnis \\u0067eheimnis", "geheimnis") == b"a **** **** ****"
