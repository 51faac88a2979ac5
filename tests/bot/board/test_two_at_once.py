"""Two processes, or two coordinators, at the same board: one first message, no picture lost."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.board import boards as board
from bot.delivery.models import Board
from ledger.db import utc_now
from tests.bot.board.conftest import Day


async def row_of(day: Day) -> Board:
    """The board as it stands."""
    async with day.stage.database.snapshot() as session:
        return (await session.execute(select(Board))).scalar_one()


async def alone(day: Day) -> None:
    """A board, and nobody who sends it."""
    day.stage.bot.sender._pictures.may_send = lambda due, now: False  # type: ignore[method-assign]
    async with day.stage.database.unit_of_work() as session:
        await board.post_board(session, day.distribution_id)


async def test_one_of_two_senders_sends_the_first_message(any_day: Day) -> None:
    day = any_day
    await alone(day)
    number = (await row_of(day)).id

    async def claim() -> bool:
        async with day.stage.database.unit_of_work() as session:
            mine = await board.claim_first(session, number)
            await asyncio.sleep(0)
            return mine

    assert sorted(await asyncio.gather(*(claim() for _ in range(8)))) == [False] * 7 + [True]
    async with day.stage.database.snapshot() as session:
        assert await board.due(session) == [], "it is being sent: waited for"


async def test_touches_at_once_are_all_counted_and_a_late_record_hides_none(any_day: Day) -> None:
    day = any_day
    await alone(day)
    before = await row_of(day)
    async with day.stage.database.snapshot() as session:
        due = (await board.due(session))[0]
        drawn = await board.draw(session, due.id)
    assert drawn is not None

    async def touch() -> None:
        async with day.stage.database.unit_of_work() as session:
            await board.touch(session, [day.distribution_id])

    async def record() -> None:
        async with day.stage.database.unit_of_work() as session:
            await board.record(session, due, message_id=77, shown=drawn.wanted, asked_at=None, pin_due=False)

    await asyncio.gather(record(), *(touch() for _ in range(10)))
    after = await row_of(day)
    assert after.wanted == before.wanted + 10
    assert (after.message_id, after.shown) == (77, drawn.wanted), "behind: it will be drawn again"


async def test_posted_at_once_there_is_one_a_chat(any_day: Day) -> None:
    day = any_day
    day.stage.bot.sender._pictures.may_send = lambda due, now: False  # type: ignore[method-assign]

    async def post() -> None:
        async with day.stage.database.unit_of_work() as session:
            await board.post_board(session, day.distribution_id, even_empty=True)

    await asyncio.gather(*(post() for _ in range(8)))
    assert (await row_of(day)).wanted == 8


async def test_a_record_about_a_message_that_is_no_longer_the_board_changes_nothing(any_day: Day) -> None:
    day = any_day
    await alone(day)
    async with day.stage.database.snapshot() as session:
        due = (await board.due(session))[0]
    async with day.stage.database.unit_of_work() as session:
        await board.record(session, due, message_id=77, asked_at=utc_now())
        await board.record(session, due, message_id=78)
    assert (await row_of(day)).message_id == 77
