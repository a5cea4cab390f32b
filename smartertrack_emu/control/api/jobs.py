"""The background jobs: what each does, when it runs, what its runs did; start, stop and run one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from smartertrack_emu.domain.structure import jobs
from smartertrack_emu.domain.structure.jobs import JobRun, JobState

from .declaring import Call, Routes
from .models import Changes, Listing, Model, Moment, Paging

routes = Routes("Jobs")

_MOST_SECONDS = 366 * 86_400


class Job(Model):
    """A background job. Times by the helpdesk's clock; `last_result` and `last_error` are of its last run."""

    example: ClassVar[Mapping[str, Any]] = {
        "name": "ticket-watcher",
        "title": "Ticket Watcher",
        "purpose": "Assigns, closes, locks and deletes tickets; watches idle ones.",
        "state": "running",
        "every_seconds": 30,
        "last_run_at": "2031-02-28T23:58:30Z",
        "last_result": "2 done.",
        "last_error": "",
        "next_run_at": "2031-02-28T23:59:00Z",
        "runs": 17,
        "failures": 0,
    }

    name: str
    title: str
    purpose: str
    state: Literal["running", "stopped"]
    every_seconds: int
    last_run_at: Moment | None
    last_result: str
    last_error: str
    next_run_at: Moment
    runs: int
    failures: int


class JobChanges(Changes):
    """What is to change of a job."""

    example: ClassVar[Mapping[str, Any]] = {"every_seconds": 5}

    every_seconds: int = Field(default=60, ge=1, le=_MOST_SECONDS)


class Ran(Model):
    """What a run did: how many rows were changed or mails sent, and what is to be said of it."""

    example: ClassVar[Mapping[str, Any]] = {"done": 2, "detail": ""}

    done: int
    detail: str


class OneRun(Model):
    """A run of a job. `process`: the machine and the number of the process that ran it."""

    example: ClassVar[Mapping[str, Any]] = {
        "at": "2031-02-28T23:58:30Z",
        "milliseconds": 4,
        "done": 2,
        "detail": "",
        "error": "",
        "by": "schedule",
        "process": "desk:4711",
    }

    at: Moment
    milliseconds: int
    done: int
    detail: str
    error: str
    by: Literal["schedule", "request", "clock"]
    process: str


def _find(call: Call, name: str) -> None:
    del call
    jobs.kind_of(name)


@routes.get("/jobs")
def list_jobs(call: Call, query: Paging) -> Listing[Job]:
    """List the jobs, in the order in which those run that are due together."""
    found = call.emulator.jobs.all()
    items = found[query.offset : query.offset + query.limit]
    return Listing[Job](items=[_shown(job) for job in items], total=len(found))


@routes.get("/jobs/{name}", finds=_find)
def get_job(call: Call, name: str) -> Job:
    """Return a job."""
    return _shown(call.emulator.jobs.get(name))


@routes.patch("/jobs/{name}", finds=_find)
def change_job(call: Call, name: str, body: JobChanges) -> Job:
    """Change how often a job runs; it is due one interval from now."""
    _find(call, name)
    if "every_seconds" in body.model_fields_set:
        call.write(lambda session, actor: jobs.set_interval(session, name, body.every_seconds))  # noqa: ARG005 - all work gets one
        call.emulator.jobs.put_off(name)
    return get_job(call, name)


@routes.post("/jobs/{name}/start", finds=_find)
def start_job(call: Call, name: str) -> Job:
    """Start a job, which is kept over restarts; it is due one interval from now."""
    call.write(lambda session, actor: jobs.set_stopped(session, name, is_stopped=False))  # noqa: ARG005 - the same
    call.emulator.jobs.put_off(name)
    return get_job(call, name)


@routes.post("/jobs/{name}/stop", finds=_find)
def stop_job(call: Call, name: str) -> Job:
    """Stop a job, which is kept over restarts; a run under way goes on to its end."""
    call.write(lambda session, actor: jobs.set_stopped(session, name, is_stopped=True))  # noqa: ARG005 - the same
    return get_job(call, name)


@routes.post(
    "/jobs/{name}/run", errors={409: "An earlier run of the job is under way and does not end soon."}, finds=_find
)
def run_job(call: Call, name: str) -> Ran:
    """Run a job once, now, also where it is stopped; answer when it has finished."""
    made = call.emulator.jobs.run(name)
    return Ran(done=made.done, detail=made.detail or made.error)


@routes.get("/jobs/{name}/runs", finds=_find)
def list_job_runs(call: Call, name: str, query: Paging) -> Listing[OneRun]:
    """List the last hundred runs of a job, newest first."""
    found = call.emulator.jobs.runs(name)
    items = found[query.offset : query.offset + query.limit]
    return Listing[OneRun](items=[_shown_run(run) for run in items], total=len(found))


def _shown(job: JobState) -> Job:
    members = job._asdict()
    return Job(state="stopped" if members.pop("is_stopped") else "running", **members)


def _shown_run(run: JobRun) -> OneRun:
    return OneRun(**run._asdict())
