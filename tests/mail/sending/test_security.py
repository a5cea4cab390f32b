"""Evidence: RFC 3207, 4954, and ours. How connections are encrypted, and how an account logs in."""

from __future__ import annotations

import base64
import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from smartertrack_emu.domain.events.models import Event
from smartertrack_emu.domain.spool.accounts import Security
from smartertrack_emu.mail.room import test as try_account

from .conftest import Post
from .sink import Sink


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("certificate") / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context


def test_starttls(post: Post, make_sink: Callable[..., Sink], certificate: ssl.SSLContext) -> None:
    sink = make_sink(tls_context=certificate, require_starttls=True)
    post.account(sink, security=Security.STARTTLS, verify_certificate=False)
    post.mail()
    assert post.deliver().done == 1


def test_tls_from_the_beginning(post: Post, make_sink: Callable[..., Sink], certificate: ssl.SSLContext) -> None:
    sink = make_sink(listen_tls=certificate)
    post.account(sink, security=Security.TLS, verify_certificate=False)
    post.mail()
    assert post.deliver().done == 1


def test_no_encryption_is_never_done_without(post: Post, sink: Sink) -> None:
    post.account(sink, security=Security.STARTTLS)
    post.mail()
    (error,) = post.deliver().errors
    assert "STARTTLS" in error
    assert (sink.mails, sink.commands) == ([], [])
    assert post.states() == ["waiting"]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_nobody_vouches_for(
    post: Post, make_sink: Callable[..., Sink], certificate: ssl.SSLContext, security: Security
) -> None:
    options = {"tls_context": certificate} if security is Security.STARTTLS else {"listen_tls": certificate}
    sink = make_sink(**options)
    post.account(sink, security=security)
    post.mail()
    (error,) = post.deliver().errors
    assert "certificate" in error
    assert sink.mails == []


def test_login(post: Post, make_sink: Callable[..., Sink], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "smartertrack_emu.log.smtp")
    sink = make_sink(auth_require_tls=False)
    sink.has_login = True
    post.account(sink, username="desk", password="secret")
    post.mail()
    assert post.deliver().done == 1
    assert sink.logins == ["PLAIN"]
    said = caplog.messages
    assert ("> AUTH ***" in said, "> data" in said) == (True, True)
    assert f"mail {post.all()[0].id} to casey@example.com: 250 OK" in said
    assert base64.b64encode(b"\0desk\0secret").decode() not in "".join(said)


def test_a_refused_login_is_told_once(post: Post, make_sink: Callable[..., Sink]) -> None:
    sink = make_sink(auth_require_tls=False)
    sink.has_login = True
    account = post.account(sink, username="desk", password="wrong")
    post.mail()
    post.mail()
    run = post.deliver()
    assert "login was refused" in run.errors[0]
    assert [mail.attempts for mail in post.all()] == [1, 1]
    events = post.desk.read(
        lambda session: [event.event_id for event in session.query(Event) if event.event_id > 510000]
    )
    assert events == [510001]
    tested = try_account(post.desk, account)
    assert (tested.ok, "wrong" in tested.detail) == (False, False)
