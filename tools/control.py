"""docs/control-api.md: the calls of the control API."""

from __future__ import annotations

from smartertrack_emu.control.api.entrance import PREFIX
from smartertrack_emu.control.api.sections import SECTIONS

from .markdown import document, table

_A_FAULT = '{"match": {"operation": "CreateTicket"}, "effect": {"kind": "drop"}}'


def control() -> str:
    """Return docs/control-api.md."""
    rows = (
        (
            f"`{route.method}`",
            f"`{PREFIX}{route.path}`",
            f"`{route.name}`",
            f"{route.summary}. {route.description}".strip(),
        )
        for section in SECTIONS
        for route in section.all
    )
    return document(
        "The control API",
        "What a person or a test does to the emulator itself: move its clock, inject faults, do at the desk what the "
        "services have no operation for. JSON, for administrators alone, by HTTP Basic. "
        "`SMARTERTRACK_EMU_CONTROL=off` makes all of `/_emu` answer 404.",
        [
            "```sh",
            "api=http://127.0.0.1:9996/_emu/api",
            "curl -u admin:admin $api/server",
            "# Every call of CreateTicket loses its connection from now on:",
            f"curl -u admin:admin $api/faults --json '{_A_FAULT}'",
            "curl -u admin:admin -X DELETE $api/faults",
            "# The last minute of a February, which does not pass:",
            """curl -u admin:admin -X PUT $api/clock --json '{"now": "2031-02-28T23:59:00Z", "frozen": true}'""",
            """curl -u admin:admin $api/clock/advance --json '{"seconds": 60}'""",
            "curl -u admin:admin -X DELETE $api/clock",
            "```",
        ],
        "`/_emu/api/docs` describes each call with examples, `/_emu/api/openapi.json` is the same for programs.",
        table(("Method", "Path", "operationId", "Does"), rows),
        'Times are ISO 8601 in UTC, ids are integers, lists are `{"items": [], "total": 0}` with `limit` (50, 1 to '
        "1,000) and `offset`. A refusal is `application/problem+json`: `detail` is a sentence, `errors` has one entry "
        "for each value that is wrong, with the place where it stands. 400: the body cannot be read; 401, 403: the "
        "login; "
        "404, 405; 409: the item's state forbids it; 413, 415; 422: a value is wrong; 503: the database is away. They "
        "are looked at in the order 401, 403, 404, 405, 415, 413, 400, 422. A refused call changes nothing.",
        "What a group alerts and how members take part in rounds and are logged off is kept and told; the jobs that "
        "act on it are not built yet. `advance` runs none, and no event has a cause, for the same reason.",
    )
