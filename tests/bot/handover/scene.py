"""A distribution day on stage: a group in its chat, orders placed through the ledger, everybody reading English."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import update

from ledger.catalogue.models import Product
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import Chat, ChatKind, Method
from ledger.orders import baskets, validation
from ledger.orders import service as orders
from ledger.orders.models import Distribution
from ledger.orders.service import Confirmed
from ledger.payments import service as payments
from ledger.verify.service import verify
from tests.support.bot import Stage
from tests.support.seed import Seeded, seed_group
from tests.support.telegram import Group, Person

PRICES = {"Tomme": 890, "Vegetable box": 4250, "Bread": 535}


@dataclass
class Day:
    """Anne and Bruno coordinate (Anne keeps the money); Marie and Paul are members."""

    stage: Stage
    chat: Group
    seeded: Seeded
    anne: Person
    bruno: Person
    marie: Person
    paul: Person

    @property
    def distribution_id(self) -> int:
        """The distribution it is all about."""
        return self.seeded.distribution_id

    async def order(self, who: Person | int, lines: dict[str, int], method: Method | None) -> Confirmed:
        """An order by somebody (or by a member's id), quantities in thousandths."""
        member_id = who if isinstance(who, int) else self.seeded.members[who.id]
        async with self.stage.database.unit_of_work() as session:
            group = await groups.get_group(session, self.seeded.group_id)
            member = await groups.get_member(session, group.id, member_id)
            distribution = await session.get_one(Distribution, self.distribution_id)
            basket = (await baskets.open_basket(session, member, distribution)).basket
            for name, quantity in lines.items():
                product = await session.get_one(Product, self.seeded.products[name])
                await baskets.set_quantity(session, basket, product, quantity)
            return await orders.confirm(session, group, member, basket.id, method)

    async def close(self) -> None:
        """The closing time passes."""
        past = utc_now() - dt.timedelta(hours=1)
        async with self.stage.database.unit_of_work() as session:
            row = await session.get_one(Distribution, self.distribution_id)
            row.opens_at, row.closes_at = past - dt.timedelta(days=1), past

    async def balance(self, who: Person) -> int:
        """What somebody's screen shows, in cents."""
        async with self.stage.database.snapshot() as session:
            member = await groups.get_member(session, self.seeded.group_id, self.seeded.members[who.id])
            return await payments.balance_of(session, member)

    async def validated(self) -> int:
        """How many orders are validated."""
        async with self.stage.database.snapshot() as session:
            states = await validation.order_states(session, self.seeded.group_id, self.distribution_id)
        return sum(1 for state in states if state.validated is not None)

    async def books_hold(self) -> bool:
        """Whether every invariant holds."""
        async with self.stage.database.snapshot() as session:
            return await verify(session) == []

    async def option(self, name: str, value: object) -> None:
        """Change an option of the group."""
        async with self.stage.database.unit_of_work() as session:
            group = await groups.get_group(session, self.seeded.group_id)
            await groups.set_option(session, group, name, value)

    async def coordinators_only(self) -> None:
        """From now on the group's chat is one in which only coordinators read."""
        async with self.stage.database.unit_of_work() as session:
            await session.execute(
                update(Chat).where(Chat.group_id == self.seeded.group_id).values(kind=ChatKind.COORDINATORS)
            )

    async def page(self, who: Person, *, chat: Group | None = None) -> None:
        """The distribution's page, by the command."""
        await who.ask("/day", expect="Distribution", chat=chat)

    async def open_order(self, coordinator: Person, name: str) -> None:
        """From the page to a member's order, in private."""
        await self.page(coordinator)
        await coordinator.press("Orders (", expect="nothing awaited")
        await coordinator.press(name, expect=f"👤 {name}")


async def day(stage: Stage, *, members: tuple[str, str] = ("Marie", "Paul")) -> Day:
    """Set the scene."""
    world = stage.world
    people = [await world.person(name, language="en") for name in ("Anne", "Bruno", *members)]
    anne, bruno, marie, paul = people
    for person in people:
        await person.ask("/start", expect="")
    chat = await world.group("Les Lilas", members=[marie, paul], admins=[anne, bruno])
    seeded = await seed_group(
        stage.database,
        chat.chat_id,
        coordinators=[anne, bruno],
        members=[marie, paul],
        prices=PRICES,
        language="en",
    )
    async with stage.database.unit_of_work() as session:
        cheese = await session.get_one(Product, seeded.products["Tomme"])
        cheese.unit, cheese.weighed = "kg", True
        treasurer = await groups.get_member(session, seeded.group_id, seeded.members[anne.id])
        treasurer.is_treasurer = True
    await world.settle()
    return Day(stage, chat, seeded, anne, bruno, marie, paul)
