"""Evidence: ours. Mail accounts and templates of a seed file, and the mail server of the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select

from smartertrack_emu import seed
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.spool import templates
from smartertrack_emu.domain.spool.accounts import MailAccount
from smartertrack_emu.first_start import FirstStart
from smartertrack_emu.store.encryption import KeyFile, give_key
from smartertrack_emu.store.unit_of_work import reading, writing

WRITTEN = """
departments:
  - {name: Sales, groups: [{name: Level 1}]}
mail_accounts:
  - {kind: smtp, host: mail.acme.example, security: starttls, username: u, password: p, department: Sales}
  - {kind: imap, host: mail.acme.example, port: 1143, folder: Desk}
mail_templates:
  - {name: forgot-login, subject: "%Username%", body: B}
"""


@pytest.fixture(autouse=True)
def key(engine: Engine, tmp_path: Path) -> None:
    """Passwords are encrypted."""
    file = KeyFile(tmp_path / "secret.key")
    file.make()
    give_key(engine, file)


def load(engine: Engine, tmp_path: Path, text: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    document = seed.read(path)
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        seed.load(session, document, attachments=tmp_path)


def test_accounts_and_templates(engine: Engine, tmp_path: Path) -> None:
    load(engine, tmp_path, WRITTEN)
    with reading(engine) as session:
        smtp, imap = session.scalars(select(MailAccount).order_by(MailAccount.id))
        assert (smtp.port, smtp.security, smtp.password, smtp.department_id) == (587, "starttls", "p", 2)
        assert (imap.port, imap.folder, imap.department_id) == (1143, "Desk", None)
        assert templates.get(session, "forgot-login").subject == "%Username%"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail_accounts: [{kind: fax, host: h}]", "mail_accounts[0].kind: must be one of smtp, pop, imap"),
        ("mail_accounts: [{kind: smtp, host: h, port: 0}]", "mail_accounts[0].port"),
        ("mail_accounts: [{kind: smtp, host: h, department: Nope}]", "mail_accounts[0].department"),
        ("brands: [{name: A}]\nmail_accounts: [{kind: pop, host: h, brand: A}]", "mail_accounts[0].brand: is for"),
        ("mail_templates: [{name: nope, subject: S, body: B}]", "mail_templates[0].name: no mail template"),
        (
            "mail_templates: [{name: survey, subject: S, body: B}, {name: survey, subject: S, body: B}]",
            'mail_templates[1].name: "survey" is there already',
        ),
    ],
)
def test_mistakes(engine: Engine, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(seed.SeedError) as refused:
        load(engine, tmp_path, text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://localhost:1025", ("localhost", 1025, "none", "", "")),
        ("smtps://u%40x:p%3A@mail.example", ("mail.example", 465, "tls", "u@x", "p:")),
        ("smtp://mail.example?starttls", ("mail.example", 587, "starttls", "", "")),
    ],
)
def test_the_mail_server_of_the_settings(engine: Engine, tmp_path: Path, url: str, wanted: tuple[object, ...]) -> None:
    with writing(engine) as session:
        FirstStart(Settings(data=tmp_path, smtp_url=SecretStr(url))).fill(session, seeded=False, password_hash="")
    with reading(engine) as session:
        (made,) = session.scalars(select(MailAccount))
        assert (made.host, made.port, made.security.value, made.username, made.password) == wanted


@pytest.mark.parametrize(
    "url", ["http://a", "smtp://", "smtp://a:b", "smtp://a/path", "smtp://a?tls", "smtps://a?starttls"]
)
def test_no_such_url(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user:password@host:1025") as refused:
        Settings(smtp_url=SecretStr(url))
    assert "input_value" not in str(refused.value)
