"""The books against raw SQL, in one run and as ratios, so that a noisy machine disturbs both sides alike.

Posts: rounds of ours and of the same rows written by plain statements (see `raw`) take turns; the median of the rounds'
ratios counts. Flat: the same call on histories of 10 and of 10⁶ postings, in turns, medians again.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.books import service as ledger_books
from ledger.books.models import AccountKind
from ledger.db import Database
from ledger.migrations import upgrade
from ledger.verify.service import verify
from tests.bench.books import Books, found_group, without_triggers, write_history
from tests.bench.raw import Raw, RawPostgresql, RawSqlite
from tests.support.databases import create_database, create_template, postgres_server

Say = Callable[[str], object]
SMALL, MIDDLE, LARGE = 200, 201, 202
"""Positions of the members whose accounts hold 10, 10⁴ and 10⁶ postings."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    posts: int
    middle: int
    large: int
    reads: int


FULL = Size(rounds=9, posts=160, middle=10_000, large=1_000_000, reads=150)
QUICK = Size(rounds=3, posts=64, middle=1_000, large=10_000, reads=40)


def run(quick: bool, say: Say) -> dict[str, dict[str, float]]:
    """Measure on both databases."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="cagnotte-bench-") as folder:
        files = (f"sqlite+aiosqlite:///{Path(folder) / name}" for name in ("ours.db", "raw.db"))
        sqlite = asyncio.run(_measure(*files, size, say))
    with postgres_server(durable=True) as server:
        create_template(server, lambda url: asyncio.run(_migrate(url)))
        urls = [create_database(server) for _ in range(2)]
        postgresql = asyncio.run(_measure(*urls, size, say))
    return {"sqlite": sqlite, "postgresql": postgresql}


def report(result: dict[str, dict[str, float]]) -> str:
    """The figures as a table."""
    meaning = {
        "post_1": "posts/s, 1 caller / raw (aim ≥ 0.3)",
        "post_32": "posts/s, 32 callers / raw (aim ≥ 1.0, PostgreSQL ≥ 0.5)",
        "balance_flat": "a balance, 10⁶ / 10 postings (aim ≤ 1.2)",
        "page_flat": "a statement page, first or deepest, 10⁶ / 10 (aim ≤ 1.2)",
        "list_500": "500 balances / raw (aim ≤ 3)",
        "verify_seconds": "verify of 10⁶ postings, seconds",
    }
    lines = [f"{'':62}{'SQLite':>10}{'PostgreSQL':>12}"]
    for key, words in meaning.items():
        figures = [result[name][key] for name in ("sqlite", "postgresql")]
        lines.append(f"{words:62}{figures[0]:>10.2f}{figures[1]:>12.2f}")
    return "\n".join(lines)


async def _migrate(url: str) -> None:
    database = Database(url)
    try:
        await upgrade(database)
    finally:
        await database.close()


async def _measure(ours_url: str, raw_url: str, size: Size, say: Say) -> dict[str, float]:
    for url in (ours_url, raw_url):
        await _migrate(url)
    ours, other = Database(ours_url), Database(raw_url)
    try:
        ours_books, raw_books = await found_group(ours), await found_group(other)
        await without_triggers(other)
        raw: Raw = (
            RawSqlite(other, raw_books) if other.is_sqlite else await RawPostgresql(other, raw_books).open()
        )
        name = "SQLite" if ours.is_sqlite else "PostgreSQL"
        result = await _posts(ours, ours_books, raw, size, lambda line: say(f"{name}: {line}"))
        result |= await _list(ours, ours_books, raw, size)
        await raw.close()
        result |= await _verify(ours, ours_books, size, lambda line: say(f"{name}: {line}"))
        result |= await _flat(ours, ours_books, size, lambda line: say(f"{name}: {line}"))
    finally:
        await ours.close()
        await other.close()
    return {key: round(value, 3) for key, value in result.items()}


async def _posts(ours: Database, of: Books, raw: Raw, size: Size, say: Say) -> dict[str, float]:
    async def post(count: int, callers: int) -> None:
        await asyncio.gather(*(_caller(ours, of, count // callers) for _ in range(callers)))

    rates: dict[str, list[float]] = {"raw": [], "one": [], "many": []}
    for number in range(size.rounds + 1):
        measured = {
            "raw": size.posts / await _seconds(raw.post(size.posts)),
            "one": size.posts / await _seconds(post(size.posts, 1)),
            "many": 4 * size.posts / await _seconds(post(4 * size.posts, 32)),
        }
        if number:  # the first round warms both sides up
            for key, rate in measured.items():
                rates[key].append(rate)
    for key, words in (("raw", "raw"), ("one", "1 caller"), ("many", "32 callers")):
        say(f"{statistics.median(rates[key]):.0f} posts/s, {words}")
    return {
        "post_1": _median_ratio(rates["one"], rates["raw"]),
        "post_32": _median_ratio(rates["many"], rates["raw"]),
    }


async def _caller(database: Database, of: Books, count: int) -> None:
    for _ in range(count):
        key, debit, credit, amount = of.next_post()
        async with database.unit_of_work() as session:
            leg = ledger_books.Leg(debit, credit, amount)
            await ledger_books.post(session, of.group_id, ledger_books.Entry("bench", key, [leg]))


async def _list(ours: Database, of: Books, raw: Raw, size: Size) -> dict[str, float]:
    async with ours.snapshot() as session:
        mine, theirs = await _in_turns(
            size.reads,
            lambda: ledger_books.balances(session, of.group_id, AccountKind.MEMBERS),
            raw.balances,
        )
    return {"list_500": mine / theirs}


async def _verify(ours: Database, of: Books, size: Size, say: Say) -> dict[str, float]:
    await write_history(ours, of, LARGE, size.large // 2)
    async with ours.snapshot() as session:
        started = time.perf_counter()
        violations = await verify(session)
        seconds = time.perf_counter() - started
    assert violations == [], violations
    say(f"verify of {size.large} postings and more in {seconds:.1f} s")
    return {"verify_seconds": seconds}


async def _flat(ours: Database, of: Books, size: Size, say: Say) -> dict[str, float]:
    await write_history(ours, of, SMALL, 10)
    await write_history(ours, of, MIDDLE, size.middle)
    await write_history(ours, of, LARGE, size.large - size.large // 2)
    members = [of.members[position] for position in (SMALL, MIDDLE, LARGE)]
    async with ours.snapshot() as session:

        def balance(member: int) -> Callable[[], Awaitable[object]]:
            return lambda: ledger_books.balance(session, of.group_id, AccountKind.MEMBERS, member)

        def page(member: int, before: int | None) -> Callable[[], Awaitable[object]]:
            async def read() -> None:
                session.expunge_all()
                kind = AccountKind.MEMBERS
                await ledger_books.statement(session, of.group_id, kind, member, before=before, size=10)

            return read

        balances = await _in_turns(size.reads, *(balance(member) for member in members))
        firsts = await _in_turns(size.reads, *(page(member, None) for member in members))
        deepest = await _in_turns(size.reads, *(page(member, 11) for member in members))
    for words, times in (("balance", balances), ("first page", firsts), ("deepest page", deepest)):
        say(f"{words}: " + ", ".join(f"{seconds * 1e6:.0f} µs" for seconds in times))
    return {
        "balance_flat": balances[2] / balances[0],
        "page_flat": max(firsts[2] / firsts[0], deepest[2] / deepest[0]),
    }


async def _in_turns(times: int, *calls: Callable[[], Awaitable[object]]) -> list[float]:
    """The median seconds of each call, all of them called in turns."""
    taken: list[list[float]] = [[] for _ in calls]
    for number in range(times + 10):
        for call, seconds in zip(calls, taken, strict=True):
            started = time.perf_counter()
            await call()
            if number >= 10:
                seconds.append(time.perf_counter() - started)
    return [statistics.median(seconds) for seconds in taken]


async def _seconds(work: Awaitable[Any]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


def _median_ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
