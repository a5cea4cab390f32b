"""`python -m bench.search`: SearchKBArticles at 100,000 articles beside 1,000, over HTTP, on both databases.

Known-item queries, as the quality test has them, each for one of its articles, and what is hard: words and phrases that
most articles have, or that leave few of many. The ratio of the medians is to stay within 3 for each, but for two
that are measured all the same.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from sqlalchemy import insert, text

from smartertrack_emu import setup
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.models import KbArticle
from smartertrack_emu.store.identity import ids_were_chosen
from smartertrack_emu.store.unit_of_work import writing
from tests.domain.search.corpus import samples

from .data import SEED
from .load import Serving, databases

SMALL, LARGE = 1_000, 100_000
BOUND = 3.0
AT_ONCE = 1_000
KNOWN_ITEMS = 60
HARD = (
    "password",
    "please open",
    "mailbox printer invoice",
    "settings*",
    "s*",
    '"sign out"',
    '"sign out again"',
    "sign-o*",
    "server -password",
    "open -please",
    "sign out -password -server",
    'mailbox -"sign out"',
    "-password",
    "",
)
UNBOUND = ('"to every server"', "-please")
"""Nearly all articles have these words, and hardly any is found: an index must be read from end to end."""


def fill(settings: Settings, count: int) -> None:
    """Make a database with so many articles more than the seed file has."""
    engine = setup.prepare(settings)
    with writing(engine) as session:
        rows: list[dict[str, object]] = []
        for number, sample in enumerate(samples(count), 1):
            rows.append({"folder_id": 1, "subject": sample.subject, "body": sample.body, "keywords": sample.keywords})
            if len(rows) == AT_ONCE or number == count:
                session.execute(insert(KbArticle), rows)
                rows = []
        ids_were_chosen(session)
    # What PostgreSQL does by itself within a minute, and SQLite does without.
    if engine.dialect.name == "postgresql":
        with writing(engine) as session:
            session.execute(text("ANALYZE"))
    engine.dispose()


def known_items(count: int) -> list[str]:
    """Return queries for articles that stand in every size, so that the same is asked of each."""
    random = Random(3)  # noqa: S311 - a choice of questions
    articles = list(samples(min(count, SMALL)))
    return [random.choice(sample.queries) for sample in random.sample(articles, KNOWN_ITEMS)]


class Asker:
    """One server's caller, timing each answer."""

    def __init__(self, server: Serving) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, terms: str) -> float:
        """Return the seconds that a search took."""
        values = {"adminUsername": "admin", "adminPassword": "admin", "searchTerms": terms}
        body = urlencode({**values, "maxResults": "10", "includePrivate": "true"})
        started = time.perf_counter()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", "/Services2/svcKB.asmx/SearchKBArticles", body, headers)
        answer = self._connection.getresponse().read()
        seconds = time.perf_counter() - started
        assert b"<Result>true<" in answer, answer[:500]
        return seconds


def measure(terms: list[str], askers: list[Asker], rounds: int) -> list[float]:
    """Ask each in turn; return the mean over the queries of each one's median seconds."""
    medians: list[list[float]] = [[] for _ in askers]
    for words in terms:
        times: list[list[float]] = [[] for _ in askers]
        for turn in range(rounds + 1):
            for place, asker in enumerate(askers):
                seconds = asker.ask(words)
                if turn:
                    times[place].append(seconds)
        for place, of_one in enumerate(times):
            medians[place].append(statistics.median(of_one))
    return [statistics.mean(of_one) for of_one in medians]


def compare(kind: str, urls: dict[int, str], folder: Path, rounds: int) -> bool:
    """Measure one kind of database; say whether the bound was kept throughout."""
    servers = {}
    for size, url in urls.items():
        settings = Settings(data=folder / f"data-{kind}-{size}", database_url=url, seed=SEED, sqlite_synchronous="OFF")
        fill(settings, size)
        servers[size] = Serving(url, settings.data, workers=1)
        servers[size].start()
    try:
        askers = [Asker(server) for server in servers.values()]
        kept = True
        for name, terms in {
            "known items": known_items(SMALL),
            **{one or "(nothing)": [one] for one in (*HARD, *UNBOUND)},
        }.items():
            small, large = measure(terms, askers, rounds)
            within = large <= small * BOUND or name in UNBOUND
            told = f"{name:28}{small * 1000:9.2f}{large * 1000:9.2f}{large / small:8.2f}"
            print(f"{kind:12}{told}{'' if within else f'  MORE THAN {BOUND:g}'}", flush=True)
            kept = kept and within
    finally:
        for server in servers.values():
            server.stop()
    return kept


def main() -> None:
    """Measure and print; the exit status says whether the bound was kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each query is asked")
    parser.add_argument("--database", choices=["both", "sqlite", "postgresql"], default="both")
    options = parser.parse_args()
    print(f"{'':12}{'terms':28}{SMALL:>7,} ms{LARGE:>6,} ms{'ratio':>6}")
    kept = True
    with tempfile.TemporaryDirectory() as name, databases(Path(name), options.database, SMALL, LARGE) as kinds:
        for kind, urls in kinds:
            kept = compare(kind, dict(zip((SMALL, LARGE), urls, strict=True)), Path(name), options.rounds) and kept
    sys.exit(not kept)


if __name__ == "__main__":
    main()
