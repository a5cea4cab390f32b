"""The settings: command line options over SMARTERTRACK_EMU_* variables over defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from smartertrack_emu import addresses


class Settings(BaseSettings):
    """All there is to set. The README's table is made from these descriptions."""

    # A variable that is set to nothing is as good as none: compose files hand on what may not be set.
    model_config = SettingsConfigDict(
        env_prefix="SMARTERTRACK_EMU_", env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    host: str = Field(
        default="127.0.0.1", description="Address to listen on. Beyond loopback only with a password of your own."
    )
    port: int = Field(default=9996, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    data: Path = Field(default=Path("data"), description="Directory of the database file, attachments and logs.")
    database_url: str = Field(
        default="",
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`; empty: `smartertrack.db` in `data`.",
    )
    seed: Path | None = Field(default=None, description="Seed file that a new database is filled from.")
    snapshot: Path | None = Field(
        default=None, description="Snapshot (`.tar.gz`) that a new database is filled from, in place of the seed file."
    )
    snapshot_at_exit: Path | None = Field(
        default=None, description="File that a snapshot of the state is written to when the server is stopped."
    )
    admin_password: SecretStr = Field(
        default=SecretStr("admin"), description="Password of the primary administrator, `admin`, of a new database."
    )
    base_url: str = Field(
        default="",
        description="URL of the server in all it gives out; empty: as each caller reached it, in mails as it listens.",
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="Mail server that a new database sends through: `smtp://USER:PASSWORD@HOST:PORT`, `smtps://…` or "
        "`smtp://…?starttls`. Empty: mails are held.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of proxies, with commas between them, whose `X-Forwarded-*` are believed.",
    )
    key_file: Path | None = Field(
        default=None,
        description="File of the key that stored passwords of others are encrypted with; made at the first start. "
        "Empty: `secret.key` in `data`.",
    )
    product_version: str = Field(
        default="100.0",
        pattern=r"^[0-9A-Za-z.+-]{1,40}$",
        description="Version of the product that telephone programs are told (`SmarterTrack.Version`).",
    )
    workers: int = Field(default=1, ge=1, le=64, description="Processes that share the socket.")
    threads: int = Field(default=4, ge=1, le=256, description="Threads of each process.")
    jobs: bool = Field(
        default=True,
        description="Background jobs run by their schedule, in a process of their own; off: `smartertrack-emu jobs` "
        "runs them elsewhere, or nobody does.",
    )
    http_get_and_post: bool = Field(
        default=True, description="Operations may be called by HTTP GET and HTTP POST of a form, not by SOAP alone."
    )
    control: bool = Field(
        default=True, description="The control API at `/_emu/api` and its pages; off: all of `/_emu` is 404."
    )
    jtel: bool = Field(default=True, description="The jtel dialect at `/rest/v1.0/`; off: all of `/rest/` is 404.")
    max_request_bytes: int = Field(
        default=64 * 1024 * 1024, ge=1024, description="Bytes of the largest request that is read; larger ones get 413."
    )
    max_attachment_bytes: int = Field(
        default=256 * 1024 * 1024, ge=0, description="Bytes of the largest attachment, all its parts together."
    )
    sqlite_synchronous: Literal["OFF", "NORMAL", "FULL", "EXTRA"] = Field(
        default="FULL",
        description="SQLite's `synchronous`: FULL survives a loss of power, NORMAL is faster, OFF is for tests.",
    )
    login_failures_allowed: int = Field(
        default=10,
        ge=0,
        description="Wrong passwords for one user name from one address; more are refused for a while. 0: no limit.",
    )
    login_failures_window_seconds: float = Field(
        default=300.0,
        gt=0,
        description="Seconds from the first of them within which they are counted, and for which the name is refused "
        "from that address afterwards.",
    )
    session_idle_minutes: float = Field(
        default=20.0, gt=0, le=525_600, description="Minutes after which an unused login to the pages ends."
    )
    busy_timeout_ms: int = Field(default=5000, ge=0, description="Milliseconds that a writer waits for another one.")
    transfer_timeout_seconds: float = Field(
        default=10.0,
        gt=0,
        description="Seconds another installation may take for each answer while it is given a ticket.",
    )
    transfer_whole_seconds: float = Field(
        default=300.0, gt=0, description="Seconds that giving another installation a ticket may take in all."
    )
    provider_addresses: str = Field(
        default="any",
        description="Addresses of the web pages that event rules may call: `any`, `public`, or networks with commas "
        "between them. Link-local, multicast and unspecified ones never.",
    )
    journal_calls: int = Field(
        default=1000, ge=0, le=100_000, description="Calls that the journal keeps, the last ones. 0: it is off."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least level that is logged."
    )
    log_requests: bool = Field(default=True, description="One line a request.")
    log_max_bytes: int = Field(
        default=50 * 1000 * 1000, ge=0, description="Bytes after which a log file is begun anew. 0: never."
    )
    log_files: int = Field(default=5, ge=1, le=1000, description="Older log files that are kept.")

    @field_validator("base_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return addresses.read_base_url(value)

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp_url(cls, value: SecretStr) -> SecretStr:
        addresses.read_smtp_url(value.get_secret_value())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        addresses.read_networks(value)
        return value

    @field_validator("provider_addresses")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        if value not in ("any", "public"):
            addresses.read_networks(value)
        return value

    @property
    def proxies(self) -> tuple[addresses.Network, ...]:
        """The networks of the trusted proxies."""
        return addresses.read_networks(self.trusted_proxies)

    @property
    def mail_server(self) -> addresses.MailServer | None:
        """The mail server that a new database sends through."""
        return addresses.read_smtp_url(self.smtp_url.get_secret_value())

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data / 'smartertrack.db'}"

    @property
    def key(self) -> Path:
        """The file of the key."""
        return self.key_file or self.data / "secret.key"

    @property
    def attachments(self) -> Path:
        """The directory of attachments' contents."""
        return self.data / "attachments"

    @property
    def snapshots(self) -> Path:
        """The directory of snapshots."""
        return self.data / "snapshots"

    @property
    def logs(self) -> Path:
        """The directory of log files."""
        return self.data / "logs"
