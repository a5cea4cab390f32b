"""/_emu/jobs: the fourteen background jobs; start, stop and run one, and see what its runs did."""

from __future__ import annotations

from flask import Response, request

from . import room
from .asking import Answered, ask

pages = room.blueprint("jobs")

_WORDS = {"start": "started", "stop": "stopped", "run": "ran"}
_SHOWN = 20


@pages.get("/_emu/jobs")
def jobs() -> Response:
    """Show the jobs, and the last runs of one that the address names."""
    return _show()


@pages.post("/_emu/jobs")
def change() -> Response:
    """Start, stop or run a job."""
    name = request.form.get("name", "")
    action = request.form.get("action", "")
    if action not in _WORDS or not _is_name(name):
        return room.go_to("/_emu/jobs")
    answer = ask("POST", f"/jobs/{name}/{action}")
    if not answer.is_ok:
        return _show(answer)
    said = {"done": _WORDS[action], "job": name}
    if action == "run":
        said["count"] = str(answer.content["done"])
    return room.go_to("/_emu/jobs", **said)


def _is_name(name: str) -> bool:
    return name.isascii() and name.replace("-", "").isalpha()


def _show(refused: Answered | None = None) -> Response:
    listed = ask("GET", "/jobs").content["items"]
    names = {one["name"]: one["title"] for one in listed}
    chosen = request.args.get("runs", "")
    runs = ask("GET", f"/jobs/{chosen}/runs", query={"limit": _SHOWN}).content["items"] if chosen in names else []
    return room.page(
        "jobs",
        refused=refused,
        items=[
            {
                **one,
                "last": room.moment_of(one["last_run_at"]) if one["last_run_at"] else None,
                "next": room.moment_of(one["next_run_at"]),
            }
            for one in listed
        ],
        chosen=names.get(chosen, ""),
        chosen_name=chosen,
        runs=[{**one, "moment": room.moment_of(one["at"])} for one in runs],
        zone=room.zone(),
        done=request.args.get("done", ""),
        job=names.get(request.args.get("job", ""), ""),
        count=room.number("count"),
    )
