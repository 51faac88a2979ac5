"""A village whose orders are in, on a sandbox that tests can reach into."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.board import boards as board
from bot.board import sender as board_sender
from bot.sandbox.server import Sandbox
from ledger.catalogue.models import Product
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.orders import baskets, distributions, validation
from ledger.orders import service as orders
from ledger.verify.service import verify
from tests.support.bot import TOKEN, Stage, running_bot
from tests.support.ordering import Village, village
from tests.support.screens import Message
from tests.support.telegram import Person, TelegramWorld


@pytest.fixture(autouse=True)
def _lively(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boards are drawn as soon as they may be: how seldom that is has tests of its own."""
    monkeypatch.setattr(board_sender, "EVERY", 0.05)
    monkeypatch.setattr(board_sender, "BACK_OFF", 0.1)


@dataclass
class Day:
    """Distribution day in the village: Marie ordered vegetables by cheque, Paul bread in cash."""

    sandbox: Sandbox
    stage: Stage
    village: Village
    references: dict[str, str]
    order_ids: dict[str, int]

    @property
    def distribution_id(self) -> int:
        """The distribution's id."""
        return self.village.seeded.distribution_id

    async def ask_for_board(self) -> Message:
        """Anne taps 📌 on the distribution's page, in private; returns the board in the group's chat."""
        v = self.village
        page = await v.anne.ask("/distribution", expect="2 orders")
        assert "The board is in the group's chat" in await v.anne.tap("📌 Board", message=page)
        return await v.anne.wait("📌", chat=v.group)

    async def boards(self) -> list[Message]:
        """Every message in the group's chat that is a board."""
        v = self.village
        return [m for m in await v.anne.messages(v.group) if m.says("📌 Distribution")]

    async def shown(self) -> list[dict[str, Any]]:
        """The boards' rows, once every board shows how things stand."""
        for _ in range(300):
            rows = await self.stage.rows("boards")
            if all(row["wanted"] == row["shown"] and not row["pin_due"] for row in rows):
                return rows
            await asyncio.sleep(0.05)
        raise AssertionError(rows)

    async def validate(self, name: str) -> None:
        """A coordinator validates somebody's order, on some other screen."""
        v = self.village
        async with self.stage.database.unit_of_work() as session:
            anne = await groups.get_member(session, v.seeded.group_id, v.seeded.members[v.anne.id])
            await validation.validate_order(session, v.seeded.group_id, self.order_ids[name], anne)
            await board.refresh(session)

    async def books_hold(self) -> bool:
        """Whether every invariant holds."""
        async with self.stage.database.snapshot() as session:
            return await verify(session) == []


@contextlib.asynccontextmanager
async def day_on(database_url: str) -> AsyncIterator[Day]:
    """A new sandbox, the bot, the village, its orders."""
    sandbox = Sandbox(TOKEN)
    async with (
        sandbox.serve() as url,
        running_bot(url, database_url) as bot,
        await TelegramWorld.connect(url) as world,
    ):
        stage = Stage(world, bot)
        v = await village(stage, language="en")
        day = Day(sandbox, stage, v, {}, {})
        await order(day, v.marie, "Colis de légumes", Method.CHEQUE)
        await order(day, v.paul, "Pain complet", Method.CASH)
        yield day


async def order(day: Day, who: Person, product: str, method: Method) -> None:
    """Somebody ordered one thing."""
    seeded = day.village.seeded
    async with day.stage.database.unit_of_work() as session:
        group = await groups.get_group(session, seeded.group_id)
        member = await groups.get_member(session, group.id, seeded.members[who.id])
        distribution = await distributions.get_distribution(session, group.id, seeded.distribution_id)
        basket = (await baskets.open_basket(session, member, distribution)).basket
        await baskets.set_quantity(
            session, basket, await session.get_one(Product, seeded.products[product]), 1000
        )
        done = await orders.confirm(session, group, member, basket.id, method)
        await board.refresh(session)
    assert done.payment is not None
    day.references[who.name] = done.payment.reference
    day.order_ids[who.name] = done.order.id


@pytest.fixture
async def day(sqlite_url: str) -> AsyncIterator[Day]:
    """Distribution day."""
    async with day_on(sqlite_url) as day:
        yield day


@pytest.fixture
async def any_day(database_url: str) -> AsyncIterator[Day]:
    """The same on either database."""
    async with day_on(database_url) as day:
        yield day
