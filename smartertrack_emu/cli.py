"""The command line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from smartertrack_emu.config import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # Typer's frames may show variables, and passwords with them
    help="An emulator of SmarterTrack's nine web services.",
)
user_app = typer.Typer(no_args_is_help=True, help="Users: add one, set a password.")
app.add_typer(user_app, name="user")
key_app = typer.Typer(no_args_is_help=True, help="The key that stored passwords of others are encrypted with.")
app.add_typer(key_app, name="key")

jtel_app = typer.Typer(no_args_is_help=True, help="The jtel dialect: tokens of its clients, its OpenAPI document.")
app.add_typer(jtel_app, name="jtel")

Data = Annotated[Path | None, typer.Option("--data", help="Directory of the database file, attachments and logs.")]
Database = Annotated[str | None, typer.Option("--database", help="URL of the database, instead of a file in --data.")]
Password = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
]


def _settings(**options: Any) -> Settings:
    """Options given on the command line over the environment over the defaults."""
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        for problem in error.errors():
            typer.echo(f"setting {'.'.join(map(str, problem['loc']))}: {problem['msg']}", err=True)
        raise typer.Exit(2) from None


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


@contextmanager
def _at_work_on(settings: Settings) -> Iterator[None]:
    """Keep the data private, and turn what can go wrong with it into one sentence and exit status 1."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - `--help` needs none of it

    from smartertrack_emu.domain.errors import HelpdeskError  # noqa: PLC0415
    from smartertrack_emu.private_files import keep_private  # noqa: PLC0415
    from smartertrack_emu.setup import SetupError  # noqa: PLC0415
    from smartertrack_emu.store.failures import DatabaseFailure, reason_of  # noqa: PLC0415
    from smartertrack_emu.store.migrate import MigrationError  # noqa: PLC0415

    try:
        keep_private(settings)
        yield
    except HelpdeskError as error:
        _fail(error.said(str.capitalize))
    except (SetupError, MigrationError) as error:
        _fail(str(error))
    except DatabaseFailure as error:
        _fail(error.sentence)
    except DBAPIError as error:
        _fail(f"The database does not answer: {reason_of(error)}")
    except OSError as error:
        _fail(f"{error.filename or 'Cannot go on'}: {error.strerror or error}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one.")] = None,
    data: Data = None,
    database: Database = None,
    seed: Annotated[Path | None, typer.Option(help="File that a new database is filled from.")] = None,
    snapshot: Annotated[
        Path | None, typer.Option(help="Snapshot that a new database is filled from, in place of a seed file.")
    ] = None,
    snapshot_at_exit: Annotated[
        Path | None, typer.Option(help="File that a snapshot of the state is written to when the server is stopped.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that share the socket.")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of each process.")] = None,
    jobs: Annotated[
        str | None, typer.Option(metavar="on|off", help="Run the background jobs beside the server: on by default.")
    ] = None,
) -> None:
    """Serve the nine services. Migrates the database first."""
    settings = _settings(
        host=host,
        port=port,
        data=data,
        database_url=database,
        seed=seed,
        snapshot=snapshot,
        snapshot_at_exit=snapshot_at_exit,
        workers=workers,
        threads=threads,
        jobs=jobs,
    )
    with _at_work_on(settings):
        from smartertrack_emu import setup  # noqa: PLC0415

        setup.serve(settings)


@app.command()
def jobs(data: Data = None, database: Database = None) -> None:
    """Run the background jobs, for servers that are started with `--jobs off`. Migrates the database first."""
    settings = _settings(data=data, database_url=database)
    with _at_work_on(settings):
        from smartertrack_emu import setup  # noqa: PLC0415

        setup.run_jobs(settings)


@app.command()
def init(data: Data = None, database: Database = None) -> None:
    """Make the database: migrated, with the users that always exist and one brand, department and group."""
    settings = _settings(data=data, database_url=database)
    with _at_work_on(settings):
        from smartertrack_emu import setup  # noqa: PLC0415

        engine = setup.prepare(settings)
        typer.echo(f"ready: {engine.url.render_as_string(hide_password=True)}")


@app.command()
def seed(
    file: Annotated[Path, typer.Argument(help="The seed file.")], data: Data = None, database: Database = None
) -> None:
    """Load a seed file: all of it or nothing."""
    settings = _settings(data=data, database_url=database)
    with _at_work_on(settings):
        from smartertrack_emu import setup  # noqa: PLC0415

        setup.load_seed(settings, file)
        typer.echo(f"loaded: {file}")


@app.command()
def wsdl(
    name: Annotated[str | None, typer.Argument(help="One service, e.g. svcTickets; all of them when left out.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write NAME.wsdl files instead of printing.")] = False,
    directory: Annotated[Path, typer.Option(help="Where --write puts them.")] = Path("wsdl"),
    address: Annotated[str, typer.Option(help="Where the services are reached.")] = "http://localhost:9996",
) -> None:
    """Print the services' WSDL, or write it to files."""
    from smartertrack_emu import compose as application  # noqa: PLC0415

    documents = application.wsdl_documents(address)
    if name is not None and name not in documents:
        _fail(f"There is no service {name}; there are {', '.join(documents)}.")
    for service, document in documents.items():
        if name not in (None, service):
            continue
        if not write:
            typer.echo(document, nl=False)
            continue
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{service}.wsdl").write_text(document, encoding="utf-8", newline="\n")


Seconds = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds that the server may take for an answer.")]
CaFile = Annotated[Path | None, typer.Option("--ca", help="File of certificates that are trusted too.")]
Insecure = Annotated[bool, typer.Option("--insecure", help="Do not look at the server's certificate.")]
Values = Annotated[
    list[str] | None, typer.Option("--value", help="Element whose value must be alike too, * for all; repeatable.")
]
ReportFile = Annotated[Path | None, typer.Option("--report", help="File of the report in JSON.")]


@app.command()
def proxy(
    to: Annotated[str, typer.Option("--to", help="URL of the real installation, e.g. https://desk.example.")],
    listen: Annotated[str, typer.Option(help="HOST:PORT to listen on.")] = "127.0.0.1:9997",
    record: Annotated[Path | None, typer.Option(help="Directory that calls are written to, a file each.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Calls that are recorded at the most.")] = 10_000,
    compare: Annotated[bool, typer.Option("--compare", help="Compare the answers with an emulator's.")] = False,
    emulator: Annotated[str | None, typer.Option(help="URL of that emulator; else one in this process.")] = None,
    seed: Annotated[Path | None, typer.Option(help="Seed file of the emulator in this process.")] = None,
    value: Values = None,
    report: ReportFile = None,
    ca: CaFile = None,
    insecure: Insecure = False,
    timeout: Seconds = 120.0,
) -> None:
    """Stand between a client and a real installation: record calls, compare answers. Ends with 1 where some differ."""
    with _at_work_with_calls():
        from smartertrack_emu.proxy import commands  # noqa: PLC0415

        if not compare and (emulator or seed or value or report):
            raise commands.CommandError("--emulator, --seed, --value and --report are for --compare, which is missing.")
        is_alike = commands.run_proxy(
            commands.Server(to, ca, not insecure, timeout),
            listen=listen,
            record=record,
            most=most,
            compare_with=(emulator or commands.OWN) if compare else None,
            seed=seed,
            values=value or [],
            report=report,
            tell=typer.echo,
        )
    raise typer.Exit(0 if is_alike else 1)


@app.command()
def replay(
    directory: Annotated[Path, typer.Argument(help="Directory that `proxy --record` has written.")],
    url: Annotated[str | None, typer.Option(help="URL of the server; else an emulator in this process.")] = None,
    seed: Annotated[Path | None, typer.Option(help="Seed file of the emulator in this process.")] = None,
    password: Annotated[
        list[str] | None,
        typer.Option(help="user=password; repeatable. SMARTERTRACK_EMU_REPLAY_PASSWORDS has such lines, too."),
    ] = None,
    value: Values = None,
    junit: Annotated[Path | None, typer.Option(help="File of the results in JUnit's XML.")] = None,
    report: ReportFile = None,
    ca: CaFile = None,
    insecure: Insecure = False,
    timeout: Seconds = 120.0,
) -> None:
    """Send recorded calls to a server and compare its answers with the recorded ones. Ends with 1 where some differ."""
    with _at_work_with_calls():
        from smartertrack_emu.proxy import commands  # noqa: PLC0415
        from smartertrack_emu.proxy.passwords import VARIABLE, read_passwords  # noqa: PLC0415

        try:
            passwords = read_passwords(password or [], os.environ.get(VARIABLE, ""))
        except ValueError as error:
            raise commands.CommandError(f"{error}.") from None
        is_alike = commands.run_replay(
            directory,
            server=None if url is None else commands.Server(url, ca, not insecure, timeout),
            seed=seed,
            passwords=passwords,
            values=value or [],
            junit=junit,
            report=report,
            tell=typer.echo,
        )
    raise typer.Exit(0 if is_alike else 1)


@contextmanager
def _at_work_with_calls() -> Iterator[None]:
    """Turn what can go wrong with the proxy and recordings into one sentence and exit status 2."""
    from smartertrack_emu.proxy.commands import CommandError  # noqa: PLC0415 - `--help` needs none of it
    from smartertrack_emu.setup import SetupError  # noqa: PLC0415

    try:
        yield
    except (CommandError, SetupError) as error:
        sentence = str(error)
    except OSError as error:
        sentence = f"{error.filename or 'Cannot go on'}: {error.strerror or error}"
    else:
        return
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


@user_app.command("add")
def add_user(
    username: Annotated[str, typer.Argument()],
    password: Password,
    email: Annotated[str, typer.Option()] = "",
    display_name: Annotated[str, typer.Option()] = "",
    role: Annotated[list[str] | None, typer.Option(help="Beside Everyone and Registered User; repeatable.")] = None,
    data: Data = None,
    database: Database = None,
) -> None:
    """Add a user."""
    settings = _settings(data=data, database_url=database)
    with _at_work_on(settings):
        from smartertrack_emu import setup  # noqa: PLC0415

        user_id = setup.add_user(
            settings, username=username, password=password, email=email, display_name=display_name, roles=role or []
        )
        typer.echo(f"added: {username}, user {user_id}")


@user_app.command("password")
def set_password(
    username: Annotated[str, typer.Argument()], password: Password, data: Data = None, database: Database = None
) -> None:
    """Set a user's password; the old one is dead at once."""
    settings = _settings(data=data, database_url=database)
    with _at_work_on(settings):
        from smartertrack_emu import setup  # noqa: PLC0415

        setup.set_password(settings, username=username, password=password)
        typer.echo(f"changed: the password of {username}")


@key_app.command("forget")
def forget_key(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
    database: Database = None,
) -> None:
    """Go on without a key that is lost: empty the passwords that only it decrypts, and use another key from now on."""
    settings = _settings(data=data, database_url=database)
    question = (
        "Passwords of telephone accounts and other installations that the lost key encrypted will be empty. Go on?"
    )
    if not yes and not typer.confirm(question):
        raise typer.Exit(1)
    with _at_work_on(settings):
        from smartertrack_emu import setup  # noqa: PLC0415

        lost = setup.forget_key(settings)
        typer.echo(f"emptied: {lost} passwords; the key is in {settings.key}")


@jtel_app.command("token")
def jtel_token(
    client: Annotated[int, typer.Option(min=1, help="The client's id, as in the address.")],
    remove: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="Remove the token that begins with these six characters.")
    ] = None,
    data: Data = None,
    database: Database = None,
) -> None:
    """Make a token for a client and print it, this once; or remove one, which is dead at once."""
    settings = _settings(data=data, database_url=database)
    with _at_work_on(settings):
        from smartertrack_emu import setup  # noqa: PLC0415

        if remove is not None:
            setup.remove_token(settings, client, remove)
            typer.echo(f"removed: the token {remove}… of client {client}")
        else:
            typer.echo(setup.add_token(settings, client))


@jtel_app.command("openapi")
def jtel_openapi() -> None:
    """Print the OpenAPI document of the dialect."""
    import json  # noqa: PLC0415 - few ask

    from smartertrack_emu.rest.jtel.document import DOCUMENT  # noqa: PLC0415

    typer.echo(json.dumps(DOCUMENT, indent=1, ensure_ascii=False))
