"""What a unit of work writes and what it says are committed together, and whoever is concerned is woken afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.board import boards
from bot.delivery.models import Board, OutboxRow
from bot.delivery.outbox import Call
from bot.edge.unit import Edge
from ledger.groups.models import Group
from ledger.orders.models import Distribution
from tests.bot.edge.conftest import CHAT, Town
from tests.support.edge import edge_of


@pytest.fixture
def woken() -> list[str]:
    """Who was woken, in this order."""
    return []


@pytest.fixture
def edge(town: Town, woken: list[str]) -> Edge:
    """Units of work on the town's database."""
    return edge_of(town.database, wake_sender=lambda: woken.append("sender"))


async def said(town: Town) -> list[str]:
    """The texts that are queued."""
    async with town.database.snapshot() as session:
        return [row["text"] for row in (await session.execute(select(OutboxRow.payload))).scalars()]


async def test_what_is_written_and_said_is_committed_together(
    town: Town, edge: Edge, woken: list[str]
) -> None:
    async with edge.unit_of_work() as unit:
        group = await unit.session.get_one(Group, town.seeded.group_id)
        group.title = "Les Lilas"
        unit.calls.append(Call("sendMessage", CHAT, {"text": "renamed"}))
        unit.after_commit.append(lambda: woken.append("another"))
        assert woken == []
    assert woken == ["sender", "another"]
    assert await said(town) == ["renamed"]


async def test_when_it_breaks_nothing_is_written_said_or_woken(
    town: Town, edge: Edge, woken: list[str]
) -> None:
    async def break_off() -> None:
        async with edge.unit_of_work() as unit:
            (await unit.session.get_one(Group, town.seeded.group_id)).title = "Les Lilas"
            unit.calls.append(Call("sendMessage", CHAT, {"text": "renamed"}))
            unit.after_commit.append(lambda: woken.append("another"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    assert (await said(town), woken) == ([], [])
    async with town.database.snapshot() as session:
        assert (await session.get_one(Group, town.seeded.group_id)).title == "Amap des Lilas"


async def test_a_board_that_is_behind_wakes_the_sender(town: Town, edge: Edge, woken: list[str]) -> None:
    """Though nothing was said; what no board shows wakes nobody."""
    async with edge.unit_of_work() as unit:
        await boards.post_board(unit.session, town.seeded.distribution_id, even_empty=True)
    assert woken == ["sender"]
    async with town.database.unit_of_work() as session:
        await session.execute(update(Board).values(shown=Board.wanted))
    woken.clear()

    async with edge.unit_of_work() as unit:
        (await unit.session.get_one(Distribution, town.seeded.distribution_id)).place = "Sous la halle"
    assert woken == ["sender"]
    async with town.database.snapshot() as session:
        assert (await session.execute(select(Board.wanted - Board.shown))).scalar_one() == 1
    woken.clear()

    async with edge.unit_of_work() as unit:
        (await unit.session.get_one(Group, town.seeded.group_id)).title = "Les Lilas"
    assert woken == []
