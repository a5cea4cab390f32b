"""The diagnostics' options and the engine's numbers: what can be chosen while the server runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.structure import engine_settings
from smartertrack_emu.domain.tickets import addresses

from .declaring import Call, Routes
from .models import Changes

routes = Routes("Server: options")

_MOST = 2**31 - 1
_DAYS, _HOURS, _MINUTES, _SECONDS = 36_500, 8_784, 525_600, 31_536_000


def _address(value: str) -> str:
    if not value:
        return value
    try:
        return addresses.one(value, "address")[1]
    except BadValue:
        raise ValueError("must be an e-mail address, or empty") from None


def _address_or_domain(value: str) -> str:
    value = value.strip()
    if value.startswith("@") and len(value) > 1 and "@" not in value[1:]:
        return value.lower()
    if not value or not _address(value):
        raise ValueError("must be an e-mail address, or @ and a domain")
    return _address(value)


def _encoding(value: str) -> str:
    try:
        "".encode(value)
    except (LookupError, ValueError):
        raise ValueError("must be the name of an encoding, as utf-8") from None
    return value.lower()


Address = Annotated[str, AfterValidator(_address)]
Senders = Annotated[list[Annotated[str, AfterValidator(_address_or_domain)]], Field(max_length=10_000)]
Count = Annotated[int, Field(ge=1, le=_MOST)]
Some = Annotated[int, Field(ge=0, le=_MOST)]
Days = Annotated[int, Field(ge=1, le=_DAYS)]
Minutes = Annotated[int, Field(ge=1, le=_MINUTES)]
Seconds = Annotated[int, Field(ge=1, le=_SECONDS)]


def _listed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


_OPTIONS = asdict(engine_settings.Options())
_SETTINGS = _listed(asdict(engine_settings.EngineSettings()))


class OptionsToChange(Changes):
    """What is to change of the options; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"error_email": "desk@example.com", "short_query_log": True}

    heartbeat_seconds: Seconds = Field(default=10, description="How often pages ask whether there is something new.")
    whos_on_seconds: Seconds = Field(default=8, description="How often the script of visitors' pages asks.")
    delete_logs_after_days: Days = Field(default=14, description="After how many days the cleaner removes a log file.")
    error_email: Address = Field(default="", description="Who gets a mail for each line of the errors log; or empty.")
    short_query_log: bool = Field(default=False, description="A line for each statement, with placeholders.")
    full_query_log: bool = Field(default=False, description="A line for each statement, with its parameters.")
    lock_trace: bool = Field(default=False, description="A line for each wait for a lock.")
    cache_trace: bool = Field(default=False, description="A line for each look into a cache.")


class Options(OptionsToChange):
    """The diagnostics' options, which hold for all processes and are kept over restarts."""

    example: ClassVar[Mapping[str, Any]] = _OPTIONS


class SettingsToChange(Changes):
    """What is to change of the engine's numbers; what is left out stays. Null means off, where it may be."""

    example: ClassVar[Mapping[str, Any]] = {"mail_delay_seconds": 0, "delete_chats_days": 7}

    mail_delay_seconds: Annotated[int, Field(ge=0, le=_SECONDS)] = Field(
        default=10, description="How old a mail is before it is sent."
    )
    retry_seconds: Annotated[list[Seconds], Field(min_length=1, max_length=100)] = Field(
        default=[60, 300, 900, 3600], description="After how long a mail is tried again; the last one goes on."
    )
    give_up_hours: Annotated[int, Field(ge=1, le=_HOURS)] = Field(
        default=48, description="How long after it was made a mail is tried."
    )
    sent_mail_days: Days = Field(default=30, description="How long sent mails are kept.")
    failed_mail_days: Days = Field(default=30, description="How long mails that failed are kept, in and out.")
    mail_encoding: Annotated[str, AfterValidator(_encoding)] = Field(
        default="utf-8", description="The encoding of mails that are sent."
    )
    mail_senders: Annotated[int, Field(ge=1, le=16)] = Field(default=1, description="Mails sent at once by a process.")
    max_message_bytes: Annotated[int, Field(ge=1024, le=_MOST)] = Field(
        default=26_214_400, description="Bytes of the largest mail that is taken in."
    )
    responder_per_hour: Some = Field(default=5, description="Automatic mails to one address in an hour.")
    responder_blacklist: Senders = Field(default=[], description="Who gets no automatic mail: addresses, @domains.")
    blocked_senders: Senders = Field(default=[], description="Whose mails are rejected: addresses, @domains.")
    tickets_per_sender_per_hour: Count = Field(default=60, description="New tickets of one address in an hour.")
    raw_content_days: Days = Field(default=30, description="How long the bytes of mails are kept.")
    raw_content_files: Count = Field(default=25_000, description="Of how many mails the bytes are kept.")
    raw_content_megabytes: Count = Field(default=10_000, description="How much is kept of them together.")
    purge_deleted_days: Days | None = Field(default=90, description="When what was deleted goes for good.")
    delete_chats_days: Days | None = Field(default=None, description="When ended chats are deleted.")
    delete_completed_tasks_days: Days | None = Field(default=None, description="When completed tasks are deleted.")
    chat_abandoned_minutes: Minutes | None = Field(
        default=None, description="When a chat ends whose customer was not seen."
    )
    chat_first_answer_seconds: Seconds | None = Field(
        default=None, description="When a chat without a first answer is handed off."
    )
    chat_answer_seconds: Seconds | None = Field(
        default=None, description="When a chat whose customer waits for an answer is handed off."
    )
    kb_stale_days: Days = Field(default=90, description="When an article that nobody touched is stale.")
    stop_idle_events_days: Days = Field(default=30, description="When waiting tickets fire no idle event any more.")
    visitor_idle_minutes: Minutes = Field(default=15, description="When a visitor who did nothing is removed.")
    visitor_purge_minutes: Minutes = Field(default=60, description="When a removed visitor is forgotten.")
    invitation_seconds: Seconds = Field(default=120, description="When an invitation without an answer is ignored.")


class EngineSettings(SettingsToChange):
    """The engine's numbers, which hold for all processes and are kept over restarts. Null means off."""

    example: ClassVar[Mapping[str, Any]] = _SETTINGS


@routes.get("/options")
def get_options(call: Call) -> Options:
    """Return the diagnostics' options."""
    found = call.read(lambda session, actor: engine_settings.options(session))  # noqa: ARG005 - all work gets one
    return Options(**asdict(found))


@routes.patch("/options")
def change_options(call: Call, body: OptionsToChange) -> Options:
    """Change diagnostics' options."""
    changes = body.model_dump(exclude_unset=True)
    call.write(lambda session, actor: engine_settings.change(session, changes))  # noqa: ARG005 - the same
    return get_options(call)


@routes.get("/settings")
def get_settings(call: Call) -> EngineSettings:
    """Return the engine's numbers."""
    found = call.read(lambda session, actor: engine_settings.engine_settings(session))  # noqa: ARG005 - the same
    return EngineSettings.model_validate(_listed(asdict(found)))


@routes.patch("/settings")
def change_settings(call: Call, body: SettingsToChange) -> EngineSettings:
    """Change some of the engine's numbers."""
    changes = body.model_dump(exclude_unset=True)
    call.write(lambda session, actor: engine_settings.change(session, changes))  # noqa: ARG005 - the same
    return get_settings(call)
