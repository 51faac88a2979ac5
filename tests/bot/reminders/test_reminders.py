"""Reminders as people get them: each one once, whatever the clocks, the workers and the restarts do."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import outbox
from bot.delivery.models import OutboxRow
from bot.delivery.outbox import Call
from bot.edge.unit import Unit
from bot.reminders.sending import Reminding
from ledger.db import Database
from ledger.groups.models import Member, Method
from ledger.orders.models import Distribution
from ledger.reminders import service
from ledger.reminders.content import Notice
from ledger.reminders.models import Outcome, Reminder, ReminderKind
from ledger.reminders.schedule import is_quiet
from tests.support.bot import Stage
from tests.support.bot_process import ROOT
from tests.support.edge import edge_of
from tests.support.ledger import Story, found
from tests.support.ordering import Village, fill_basket, order, reference_in, village
from tests.support.reminding import (
    PARIS,
    clock,
    dated,
    everybody_started,
    outcomes,
    paris,
    reminding,
    sent_to,
)

KINDS = ReminderKind


# — once —


async def a_group_that_ordered(
    database: Database, starts: str, closes: str, members: int
) -> tuple[Story, list[Member], Distribution]:
    """Everybody ordered by cheque and began a second basket; every fifth muted one kind."""
    story = await found(database)
    bread = await story.product("Pain", 450)
    everybody = [await story.member(f"Member {number:02}") for number in range(members)]
    distribution = await story.distribution()
    for member in everybody:
        await story.order(member, distribution, {bread: 1000}, Method.CHEQUE)
        await story.basket(member, distribution, {bread: 1000})
    await dated(story, distribution, starts, closes)
    await everybody_started(story)
    async with database.unit_of_work() as session:
        for member in everybody[::5]:
            await service.mute(session, member, KINDS.EVE, wanted=False)
            await service.mute(session, member, KINDS.CLOSING, wanted=False)
    return story, everybody, distribution


@pytest.mark.parametrize(
    ("starts", "closes", "begin", "end"),
    [
        # Orders close on the morning the clocks go back; the distribution is the day after.
        ("2030-10-28T18:30", "2030-10-27T14:00", "2030-10-27T07:00", "2030-10-30T09:00"),
        # The distribution is on the morning the clocks go forward.
        ("2030-03-31T10:00", "2030-03-30T20:00", "2030-03-30T15:00", "2030-04-01T14:00"),
    ],
)
async def test_over_a_change_of_the_clocks_with_two_workers_and_a_restart(
    database_url: str, starts: str, closes: str, begin: str, end: str
) -> None:
    first, second = Database(database_url), Database(database_url)
    story, everybody, _ = await a_group_that_ordered(first, starts, closes, members=10)
    workers = [reminding(first), reminding(second)]
    for number, now in enumerate(clock(begin, end, dt.timedelta(minutes=30))):
        tasks = [asyncio.create_task(worker.remind(now)) for worker in workers]
        if number % 3 == 0:  # one of them is interrupted somewhere, and another takes its place
            await asyncio.sleep(0.002 * (number % 7))
            tasks[number % 2].cancel()
            workers[number % 2] = reminding((first, second)[number % 2])
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        undisturbed = ended if number % 3 else [ended[1 - number % 2]]
        assert [one for one in undisturbed if isinstance(one, BaseException)] == []
        await workers[number % 2].remind(now)

    for number, member in enumerate(everybody):
        said = Counter(_about(text) for text in await sent_to(first, member))
        assert said == ({} if number % 5 == 0 else {"closing": 1, "eve": 1}), member.name
    coordinator = Counter(_about(text) for text in await sent_to(first, story.anne))
    assert coordinator == {"summary": 1, "over": 1, "still": 1}
    assert await _when(first, KINDS.EVE) == {
        (paris(starts).astimezone(PARIS) - dt.timedelta(days=1)).day: {18}
    }
    assert set((await outcomes(first, KINDS.CLOSED)).values()) == {Outcome.SENT}
    async with first.snapshot() as session:
        done = (await session.execute(select(Reminder).where(Reminder.outcome == Outcome.SENT))).scalars()
        assert not [one for one in done if one.member_id and one.done_at and is_quiet(one.done_at, PARIS)]
    await first.close()
    await second.close()


def _about(text: str) -> str:
    """Which reminder a text is: by its icon, the same in both languages."""
    if text.startswith("🧺"):
        return "summary" if "✍️ " in text and "<code>" not in text else "eve"
    return {"⏳": "closing", "🏁": "over", "⏰": "still", "🛒": "opened", "🚨": "all"}[text[0]]


async def _when(database: Database, kind: ReminderKind) -> dict[int, set[int]]:
    """On which days of the month, at which hours of Paris, a kind was sent."""
    async with database.snapshot() as session:
        statement = select(Reminder.done_at).where(Reminder.kind == kind, Reminder.outcome == Outcome.SENT)
        found: dict[int, set[int]] = {}
        for moment in (await session.execute(statement)).scalars():
            assert moment is not None
            local = moment.astimezone(PARIS)
            found.setdefault(local.day, set()).add(local.hour)
        return found


WORKER = """
import asyncio, datetime as dt, sys
from bot.reminders.sending import Reminding
from ledger.db import Database
from tests.support.edge import edge_of

async def main():
    database = Database(sys.argv[1])
    await Reminding(edge_of(database, 1), "bot").remind(dt.datetime.fromisoformat(sys.argv[2]))
    await database.close()

asyncio.run(main())
"""


async def test_killed_while_it_sends(database_url: str, tmp_path: Path) -> None:
    """Two processes remind; one is killed in the middle and started again."""
    database = Database(database_url)
    _, everybody, _ = await a_group_that_ordered(database, "2030-11-26T18:30", "2030-11-25T20:00", members=40)
    now = paris("2030-11-25T18:00").isoformat()

    async def start() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, database_url, now, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
        )

    processes = [await start(), await start()]
    while not (queued := await _queued(database)):  # noqa: ASYNC110 - the other process tells nobody
        await asyncio.sleep(0.01)
    processes[0].send_signal(signal.SIGKILL)
    await processes[0].wait()
    again = await start()
    assert [await process.wait() for process in (processes[1], again)] == [0, 0]
    assert queued < await _queued(database)
    for number, member in enumerate(everybody):
        said = Counter(_about(text) for text in await sent_to(database, member))
        assert said == ({} if number % 5 == 0 else {"closing": 1, "eve": 1}), member.name
    await database.close()


async def _queued(database: Database) -> int:
    async with database.snapshot() as session:
        return int((await session.execute(select(func.count()).select_from(OutboxRow))).scalar_one())


async def test_one_that_fails_does_not_hold_the_others_back(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    _, (first, second), _ = await a_group_that_ordered(
        database, "2030-11-26T18:30", "2030-11-25T20:00", members=2
    )
    async with database.unit_of_work() as session:
        await service.mute(session, first, KINDS.CLOSING, wanted=True)
        await service.mute(session, first, KINDS.EVE, wanted=True)
    worker = reminding(database)
    whole = Reminding._say

    async def broken(self: Reminding, unit: Unit, notice: Notice) -> None:
        if notice.member.id == first.id:
            raise RuntimeError("a name nobody can render")
        await whole(self, unit, notice)

    monkeypatch.setattr(Reminding, "_say", broken)
    await worker.remind(paris("2030-11-25T16:00"))
    assert (len(await sent_to(database, first)), len(await sent_to(database, second))) == (0, 1)
    monkeypatch.undo()
    await worker.remind(paris("2030-11-25T16:04"))
    assert await sent_to(database, first) == []
    await worker.remind(paris("2030-11-25T16:05"))
    assert (len(await sent_to(database, first)), len(await sent_to(database, second))) == (1, 1)
    await database.close()


async def test_the_message_and_done_are_one_commit(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(database_url)
    _, everybody, _ = await a_group_that_ordered(database, "2030-11-26T18:30", "2030-11-25T20:00", members=2)
    queued_before_the_fault: list[str] = []

    enqueue = outbox.enqueue

    async def faulty(session: AsyncSession, bot_id: int, calls: Sequence[Call]) -> None:
        await enqueue(session, bot_id, calls)
        if calls:
            found = await session.execute(select(OutboxRow.payload))
            queued_before_the_fault.extend(row["text"] for row in found.scalars())
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(outbox, "enqueue", faulty)
    await reminding(database).remind(paris("2030-11-25T16:00"))
    assert queued_before_the_fault
    assert await _queued(database) == 0
    monkeypatch.undo()
    for _ in range(2):
        await reminding(database).remind(paris("2030-11-25T16:05"))
    assert len(await sent_to(database, everybody[1])) == 1
    await database.close()


async def test_the_board_is_posted_when_orders_close(database_url: str) -> None:
    database = Database(database_url)
    _, _, distribution = await a_group_that_ordered(
        database, "2030-11-26T18:30", "2030-11-25T23:00", members=1
    )
    posted: list[int] = []

    async def post_board(session: object, distribution_id: int) -> list[Call]:
        posted.append(distribution_id)
        return []

    worker = Reminding(edge_of(database, 1), "bot", post_board)
    await worker.remind(paris("2030-11-25T22:59"))
    assert posted == []
    for _ in range(2):
        await worker.remind(paris("2030-11-25T23:00"))
    assert posted == [distribution.id], "also at night: it wakes nobody up"
    await database.close()


# — as people read it —


async def ready(stage: Stage, starts: str = "2030-11-26T18:30", closes: str = "2030-11-25T20:00") -> Village:
    """The village in English; Marie ordered by cheque, Paul has a basket; then the dates are set."""
    v = await village(stage, language="en")
    v.receipt = await order_in_english(v)  # type: ignore[attr-defined]
    await v.paul.ask("/order", expect="Pain complet")
    await v.paul.press("Pain complet", expect="✅ 1 × Pain complet")
    await v.paul.press("Basket", expect="Total")
    await move(v, starts, closes)
    return v


async def order_in_english(v: Village) -> str:
    await v.marie.ask("/order", expect="Colis de légumes")
    await v.marie.press("Colis de légumes", expect="✅ 1 × Colis")
    await v.marie.press("Basket", expect="12.35")
    await v.marie.press("Confirm my basket", expect="how do you want to pay")
    return reference_in(await v.marie.press("Cheque", expect="🧾"))


async def move(v: Village, starts: str, closes: str) -> None:
    async with v.stage.database.unit_of_work() as session:
        row = await session.get_one(Distribution, v.seeded.distribution_id)
        row.starts_at, row.closes_at = paris(starts), paris(closes)
        row.opens_at = row.created_at


async def at(v: Village, moment: str) -> int:
    """It is this late; what is due is sent. Returns what had happened in the sandbox before."""
    await v.stage.world.settle()
    before = await v.stage.world.seq()
    await v.stage.bot.reminding.remind(paris(moment))
    await v.stage.world.settle()
    return before


async def test_the_story_of_a_distribution(stage: Stage) -> None:
    v = await ready(stage)
    before = await at(v, "2030-11-25T16:00")
    closing = await v.paul.wait("orders close at 20:00", after=before)
    assert closing.says("Your basket of €8.00 is not confirmed")
    await v.paul.open(closing.button("Finish my order"))  # type: ignore[arg-type]
    await v.paul.wait("Pain complet", after=before)

    before = await at(v, "2030-11-25T18:00")
    eve = await v.marie.wait("tomorrow is the distribution", after=before)
    assert eve.says("A cheque of €12.35 to the order of Amap des Lilas")
    assert eve.says(v.receipt)  # type: ignore[attr-defined]
    assert await v.marie.tap("Copy", message=eve) == v.receipt  # type: ignore[attr-defined]
    summary = await v.anne.wait("1 order, €12.35", after=before)
    assert summary.says("Cheque: €12.35 expected")
    assert not summary.says("do not receive")

    before = await at(v, "2030-11-27T08:00")
    over = await v.bruno.wait("It waits to be validated", after=before)
    assert over.says("Validated: 0 of 1 order")
    await v.bruno.press("Open the distribution", expect="1 to validate", message=over)


async def test_members_choose_what_they_hear(stage: Stage) -> None:
    v = await ready(stage)
    screen = await v.marie.ask("/reminders", expect="Reminders · Amap des Lilas")
    assert not screen.button("not validated")
    await v.marie.press("what to bring", expect="Reminders", message=screen)
    muted = await v.marie.last()
    assert muted.button("🔕 The day before: what to bring")
    before = await at(v, "2030-11-25T18:00")
    await v.anne.wait("1 order", after=before)
    assert not [m for m in await v.marie.messages() if m.says("tomorrow is the distribution")]
    await v.marie.press("what to bring", expect="Reminders", message=muted)
    hers = await v.anne.ask("/rappels", expect="Reminders")
    assert hers.button("A distribution is not validated")
    assert "not a member" in await v.marie.forge_tap(f"mute:{v.seeded.members[v.paul.id]}:2:0", screen)
    for data in ("mute:1", "mute:1:9:0", "mute:1:1:5", "mutes:x", f"remgo:{v.seeded.members[v.marie.id]}:1"):
        await v.marie.forge_tap(data, screen)
    assert await stage.rows("reminder_mutes") == []
    assert not [row for row in await stage.rows("inbox") if row["error"]]


async def test_in_a_group_s_chat_the_choice_is_shown_in_private(stage: Stage) -> None:
    v = await village(stage, language="en")
    await v.marie.ask("/reminders", expect="Reminders · Amap", chat=v.group, answer_in=v.marie.id)
    await stage.world.settle()
    assert not [m for m in await v.marie.messages(v.group) if m.says("Tap to switch")]


async def test_who_blocked_the_bot_is_named_and_marked(stage: Stage) -> None:
    v = await ready(stage)
    await v.marie.block()
    before = await at(v, "2030-11-25T18:00")
    summary = await v.anne.wait("1 order", after=before)
    assert summary.says("1 of those who ordered does not receive my messages: Marie.")
    eve = await outcomes(stage.database, KINDS.EVE)
    assert eve[v.seeded.members[v.marie.id]] is Outcome.UNDELIVERABLE
    page = await v.anne.ask("/member Marie", expect="Blocked me: does not receive my messages")
    assert page.button("History")


async def test_two_groups_of_one_person_do_not_mix(stage: Stage) -> None:
    v = await ready(stage)
    other = await stage.world.group("Other", members=[v.marie], admins=[v.bruno])
    await v.bruno.ask("/setup", expect="is ready", chat=other)
    await v.marie.tap("Order", chat=other)
    await v.marie.wait("You are now a member of Other")
    screen = await v.marie.ask("/reminders", expect="Reminders · Other")
    await v.marie.press("what to bring", expect="Reminders · Other", message=screen)
    before = await at(v, "2030-11-25T18:00")
    eve = await v.marie.wait("tomorrow is the distribution", after=before)
    assert eve.says("Amap des Lilas")
    mutes = await v.marie.press("Reminders", expect="Reminders · Amap des Lilas", message=eve)
    assert mutes.button("🔔 The day before: what to bring")
    await v.marie.ask("/reminders", expect="Reminders · Other")


async def test_nothing_is_said_at_night(stage: Stage) -> None:
    v = await ready(stage, closes="2030-11-26T08:30")
    before = await at(v, "2030-11-26T04:30")
    assert await stage.world.seq() == before or not await _queued_reminders(stage)
    await at(v, "2030-11-26T08:00")
    await v.paul.wait("orders close at 08:30")


async def _queued_reminders(stage: Stage) -> list[object]:
    return [
        row for row in await stage.rows("reminders") if row["outcome"] == "sent" and row["kind"] == "closing"
    ]


async def test_in_french(stage: Stage) -> None:
    """The catalogue comes last: here only that a French reader's reminder is made."""
    v = await village(stage)
    await order(v.marie, "Colis de légumes", "Chèque", total="12,35")
    await fill_basket(v.paul, "Pain complet", total="8,00")
    await move(v, "2030-11-26T18:30", "2030-11-25T20:00")
    before = await at(v, "2030-11-25T18:00")
    await v.marie.wait("12,35", after=before)
