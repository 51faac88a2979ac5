"""The real bot taking orders against a bare echo bot of the same library: updates answered per second, and how soon.

Both are processes of their own that poll the same kind of sandbox, which runs in this process together with the people.
Rounds take turns, so that a noisy machine disturbs both alike; medians of the rounds count. An update is answered when its
person sees the screen it leads to: the echo, the edited screen, the receipt. The statements of an order are counted apart.
"""

import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.model import Person
from bot.sandbox.server import Sandbox
from tests.bench import statements
from tests.bench.statements import seeded_shop
from tests.support.bot import TOKEN, environment
from tests.support.bot_process import BotProcess
from tests.support.crowd import Crowd, Shopper

PEOPLE = 50
PATIENCE = 60.0
Say = Callable[[str], object]


@dataclass(frozen=True)
class Round:
    """What one round measured: updates per second, and every update's seconds to its answer."""

    rate: float
    latencies: list[float]


@dataclass(frozen=True)
class Measured:
    """One bot at work, and what its people do once: several updates, one after another."""

    crowd: Crowd
    turns: Sequence[Callable[[], object]]

    async def round(self, seconds: float) -> Round:
        """Everybody does it again and again, for a while."""
        self.crowd.latencies.clear()
        begin = time.monotonic()
        await asyncio.gather(*(self._repeat(turn, begin + seconds) for turn in self.turns))
        took = time.monotonic() - begin
        return Round(len(self.crowd.latencies) / took, list(self.crowd.latencies))

    async def _repeat(self, turn: Callable[[], object], end: float) -> None:
        while time.monotonic() < end:
            await turn()  # type: ignore[misc]


def run(quick: bool, say: Say) -> dict[str, float]:
    """Measure; `quick` with shorter rounds."""
    measured = asyncio.run(_measure(rounds=3 if quick else 5, seconds=2.0 if quick else 5.0, say=say))
    return measured | statements.measured(say)


def report(result: dict[str, float]) -> str:
    """The figures in a sentence or two."""
    return (
        f"{PEOPLE} people ordering: {result['updates_per_second']:.0f} updates/s, "
        f"{result['rate_vs_echo']:.2f} of a bare echo bot's rate.\n"
        f"From an update to its answer, all of them at it: p50 {result['p50_ms']:.0f} ms, "
        f"p95 {result['p95_ms']:.0f} ms, p99 {result['p99_ms']:.0f} ms.\n"
        f"Statements an update: {result['statements_sqlite']:.1f} on SQLite, "
        f"{result['statements_postgresql']:.1f} on PostgreSQL."
    )


async def _measure(rounds: int, seconds: float, say: Say) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="cagnotte-bench-") as name:
        folder = Path(name)
        async with _echo(folder) as echo, _cagnotte(folder) as cagnotte:
            for measured in (echo, cagnotte):
                await measured.round(seconds / 2)
            ours: list[Round] = []
            ratios: list[float] = []
            for number in range(1, rounds + 1):
                theirs = await echo.round(seconds)
                ours.append(await cagnotte.round(seconds))
                ratios.append(ours[-1].rate / theirs.rate)
                say(f"round {number}: {ours[-1].rate:.0f} updates/s against {theirs.rate:.0f}")
    latencies = sorted(one * 1000 for round_ in ours for one in round_.latencies)
    return {
        "rate_vs_echo": round(statistics.median(ratios), 3),
        "updates_per_second": round(statistics.median(round_.rate for round_ in ours), 1),
        **{f"p{p}_ms": round(latencies[len(latencies) * p // 100], 1) for p in (50, 95, 99)},
    }


@contextlib.asynccontextmanager
async def _echo(folder: Path) -> AsyncIterator[Measured]:
    sandbox = Sandbox(TOKEN)
    async with sandbox.serve() as url, Crowd(sandbox, PATIENCE).awake() as crowd:
        process = BotProcess(environment(url, ""), folder / "echo.log", ("-m", "tests.bench.echo"))
        await process.start()
        try:
            people = _people(sandbox)
            yield Measured(crowd, [_echoes(crowd, person) for person in people])
        finally:
            await process.aclose()


def _echoes(crowd: Crowd, person: Person) -> Callable[[], object]:
    return lambda: crowd.say(person, "bonjour", lambda message: True, "echo")


@contextlib.asynccontextmanager
async def _cagnotte(folder: Path) -> AsyncIterator[Measured]:
    sandbox = Sandbox(TOKEN)
    async with sandbox.serve() as url, Crowd(sandbox, PATIENCE).awake() as crowd:
        database_url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        people = _people(sandbox)
        seeded = await seeded_shop(sandbox, database_url, people)
        process = BotProcess(environment(url, database_url), folder / "cagnotte.log")
        await process.start()
        try:
            products = list(seeded.products.values())
            shoppers = [Shopper(crowd, one, products[i % len(products)]) for i, one in enumerate(people)]
            yield Measured(crowd, [shopper.order for shopper in shoppers])
        except AssertionError:
            print(process.logged(), file=sys.stderr)
            raise
        finally:
            await process.aclose()


def _people(sandbox: Sandbox) -> list[Person]:
    people = [sandbox.world.add_person(f"Membre {n}", language_code="fr") for n in range(1, PEOPLE + 1)]
    for person in people:
        person.has_started = True
    return people
