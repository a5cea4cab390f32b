"""Evidence: ours. Resets, snapshots and the command line know what the dialect has."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.control.client import Control
from tests.processes import run
from tests.rest.jtel.client import Jtel


def test_snapshots(jtel: Jtel, control: Control) -> None:
    """Campaigns and their results name each other; both come back."""
    control.done("PUT", "/snapshots/before", status=201)
    before = jtel.records("dialler/campaigns"), jtel.records("dialler/contacts"), jtel.records("acd/events")
    assert jtel.done("DELETE", "dialler/campaigns/1")
    assert control.done("POST", "/snapshots/before/restore")
    assert before == (jtel.records("dialler/campaigns"), jtel.records("dialler/contacts"), jtel.records("acd/events"))
    made = jtel.one("POST", "dialler/campaigns/clone", {"source": "Campaign 1000", "destination": "After"})
    assert made["ID"] == 4


def test_the_command_line(tmp_path: Path, sqlite_template: Path) -> None:
    (tmp_path / "data").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "data" / "smartertrack.db")
    tokens = "acme-rest-token-0001, acme-rest-token-0002"
    (tmp_path / "seed.yaml").write_text(f"jtel: {{clients: [{{id: 1, name: Acme, tokens: [{tokens}]}}]}}")
    assert run(tmp_path, "seed", "seed.yaml").returncode == 0
    made = run(tmp_path, "jtel", "token", "--client", "1")
    token = made.stdout.strip()
    assert len(token) == 43
    removed = run(tmp_path, "jtel", "token", "--client", "1", "--remove", token[:6])
    assert removed.stdout == f"removed: the token {token[:6]}… of client 1\n"
    for arguments, sentence in (
        (("--client", "1", "--remove", "nobody"), "Client 1 has no token that begins with these six characters."),
        (("--client", "1", "--remove", "acme-r"), "Client 1 has 2 tokens that begin with these six characters."),
        (("--client", "9"), "There is no client 9."),
    ):
        refused = run(tmp_path, "jtel", "token", *arguments)
        assert (refused.returncode, refused.stderr.strip().splitlines()[-1]) == (1, sentence)
    document = json.loads(run(tmp_path, "jtel", "openapi").stdout)
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
