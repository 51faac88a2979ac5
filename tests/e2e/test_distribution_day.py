"""Distribution day: 60 orders of 5 lines, three coordinators at once, Telegram's limits as they are.

Anne and Bruno tap in private, Chloé in the coordinators' chat too, Bruno receives some payments where everybody reads along.
Both chats have a board, so both are edited all the time; the sandbox refuses whatever is too fast, and nothing is.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from bot.app import Bot
from bot.delivery.models import Board
from bot.sandbox import people
from bot.sandbox.model import Chat, Limits, Message, Person
from bot.sandbox.server import Sandbox
from ledger.catalogue.models import Product
from ledger.db import Database
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.orders import baskets, distributions, validation
from ledger.orders import service as orders
from ledger.orders.validation import OrderState
from ledger.reference import format_reference
from ledger.verify.service import verify
from tests.support.bot import TOKEN, running_bot
from tests.support.crowd import data_of
from tests.support.seed import Seeded, seed_group

MEMBERS, LINES, CONTESTED = 60, 5, 3
FEWER = 15
"""Members on PostgreSQL, where the same is played once more, shorter."""
IN_THEIR_CHAT, IN_THE_GROUP = 5, 3
PRICES = {"Lentilles": 500, "Carottes": 240, "Miel": 805, "Pain": 435, "Tisane": 399, "Tomme": 1180}
LIMITS = {
    "CAGNOTTE_LIMITS__MESSAGES_PER_SECOND": "30",
    "CAGNOTTE_LIMITS__PER_CHAT_PER_SECOND": "1",
    "CAGNOTTE_LIMITS__PER_GROUP_PER_MINUTE": "20",
}
METHODS = (Method.CHEQUE, Method.CASH, Method.TRANSFER)
Fits = Callable[[Message], object]


@dataclass
class Market:
    """The group on its day."""

    sandbox: Sandbox
    bot: Bot
    seeded: Seeded
    group: Chat
    theirs: Chat
    coordinators: list[Person]
    orders: list[OrderState] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """What the sandbox refused for being too fast."""

    @property
    def database(self) -> Database:
        """The bot's database."""
        return self.bot.database

    async def states(self) -> list[OrderState]:
        """The orders as they stand."""
        async with self.database.snapshot() as session:
            return await validation.order_states(session, self.seeded.group_id, self.seeded.distribution_id)

    async def boards_behind(self) -> bool:
        """Whether a board waits to be drawn."""
        rows = await self.boards()
        return any(wanted != shown for wanted, shown, _ in rows)

    async def boards(self) -> list[tuple[int, int, int]]:
        """Each board's wanted, shown, message."""

        async with self.database.snapshot() as session:
            found = await session.execute(
                select(Board.wanted, Board.shown, Board.message_id).order_by(Board.id)
            )
            return [(wanted, shown, message) for wanted, shown, message in found]


@dataclass
class Coordinator:
    """One of the three: taps, and counts how long each answer takes."""

    market: Market
    person: Person
    tap_seconds: list[float] = field(default_factory=list)
    """From a tap to its answer, wherever it was."""
    screen_seconds: list[float] = field(default_factory=list)
    """From a tap's answer to the screen that shows its outcome, in private …"""
    group_seconds: list[float] = field(default_factory=list)
    """… and in a group's chat, where boards are edited too."""
    while_behind: int = 0
    """Taps that were answered while a board still waited."""
    toasts: list[str] = field(default_factory=list)

    async def say(self, chat: Chat, text: str, fits: Fits) -> Message:
        """Write, and wait for the answer."""
        since = self.market.sandbox.world.events.seq
        people.say(self.market.sandbox.world, self.person, text, chat)
        return await self.seen(chat, since, fits)

    async def tap(self, chat: Chat, message: Message, data: str, *, forged: bool = False) -> int:
        """Tap, and wait for the tap's own answer; returns when, in the world's numbers, it began."""
        world = self.market.sandbox.world
        since, begin = world.events.seq, time.monotonic()
        if forged:
            query_id = f"forged-{self.person.id}-{since}"
            update = {
                "id": query_id,
                "from": self.person.as_user(),
                "message": message.data,
                "chat_instance": "1",
            }
            world.forge({"callback_query": {**update, "data": data}})
        else:
            query_id = people.tap(world, self.person, chat, message.id, data).id
        while world.queries[query_id].answer is None:
            assert time.monotonic() - begin < 20, f"{data} was not answered"
            await world.events.wait(world.events.seq, 1)
        self.tap_seconds.append(time.monotonic() - begin)
        self.toasts.append(str((world.queries[query_id].answer or {}).get("text", "")))
        self.while_behind += await self.market.boards_behind()
        return since

    async def seen(self, chat: Chat, since: int, fits: Fits) -> Message:
        """The bot's message that fits and is newer."""
        world, begin = self.market.sandbox.world, time.monotonic()
        while True:
            seq = world.events.seq
            for message in reversed(chat.messages.values()):
                if message.changed > since and message.data["from"] is world.bot and fits(message):
                    private = chat.person is not None
                    seconds = self.screen_seconds if private else self.group_seconds
                    seconds.append(time.monotonic() - begin)
                    return message
            last = [str(m.data.get("text"))[:200] for m in list(chat.messages.values())[-3:]]
            assert time.monotonic() - begin < 40, f"{self.person.full_name} saw nothing new: {last}"
            await world.events.wait(seq, 1)

    async def validate(self, page: Message, chat: Chat, state: OrderState) -> Message:
        """Open an order and validate it, if nobody else did meanwhile."""
        order_id = state.order.id
        since = await self.tap(chat, page, f"dorder:{order_id}", forged=True)
        page = await self.seen(chat, since, lambda m: _is_page_of(m, order_id))
        data = data_of(page, f"day.validate:{order_id}:")
        if data is None:
            return page
        since = await self.tap(chat, page, data)
        if "lready validated" in self.toasts[-1]:
            return page
        return await self.seen(chat, since, lambda m: data_of(m, f"day.undo:{order_id}:"))

    async def receive(self, chat: Chat, state: OrderState) -> None:
        """Receive an order's payment where everybody reads along: its reference, one tap."""
        payment = state.payments[0]
        text = f"/validate {format_reference(payment.reference)}"
        page = await self.say(chat, text, lambda m: data_of(m, f"payment.receive:{payment.id}:"))
        data = data_of(page, "payment.receive:")
        assert data is not None
        since = await self.tap(chat, page, data)
        await self.seen(chat, since, lambda m: data_of(m, f"payment.undo:{payment.id}:"))

    async def work(self, own: Sequence[tuple[Chat, OrderState]]) -> None:
        """All these orders, one after another, each in its chat."""
        private = self.market.sandbox.world.chats[self.person.id]
        pages: dict[int, Message] = {}
        for chat, state in own:
            if chat is self.market.group:
                await self.receive(chat, state)
                chat = private
            if chat.id not in pages:
                pages[chat.id] = await self.say(chat, "/distribution", lambda m: data_of(m, "day.orders:"))
            pages[chat.id] = await self.validate(pages[chat.id], chat, state)


def _is_page_of(message: Message, order_id: int) -> bool:
    return bool(data_of(message, f"day.validate:{order_id}:") or data_of(message, f"day.undo:{order_id}:"))


@asynccontextmanager
async def market_on(database_url: str, count: int) -> AsyncIterator[Market]:
    """The sandbox with its limits, the bot with its own at their defaults, and everybody's orders."""
    sandbox = Sandbox(TOKEN, limits=Limits(30, 1, 20))
    world = sandbox.world
    members = [world.add_person(f"Member {n:02}", language_code="en") for n in range(1, count + 1)]
    coordinators = [world.add_person(name, language_code="en") for name in ("Anne", "Bruno", "Chloé")]
    for person in (*members, *coordinators):
        person.has_started = True
    group = world.add_group("Amap des Lilas", members=members, admins=coordinators, bot_admin=True)
    theirs = world.add_group("Coordination", admins=coordinators)
    async with sandbox.serve() as url, running_bot(url, database_url, **LIMITS) as bot:
        seeded = await seed_group(
            bot.database, group.id, coordinators=coordinators, members=members, prices=PRICES, language="en"
        )
        async with bot.database.unit_of_work() as session:
            token = (await groups.get_group(session, seeded.group_id)).coordinator_invitation
            await groups.link_coordinators_chat(session, token, theirs.id, coordinators[0].id)
        market = Market(sandbox, bot, seeded, group, theirs, coordinators)
        _note_refusals(market)
        await _everybody_ordered(market, members)
        yield market


def _note_refusals(market: Market) -> None:
    check = market.sandbox.limiter.check

    def noting(chat: Chat) -> None:
        try:
            check(chat)
        except Exception as error:
            market.refused.append(f"{chat.id}: {error}")
            raise

    market.sandbox.limiter.check = noting  # type: ignore[method-assign]


async def _everybody_ordered(market: Market, members: Sequence[Person]) -> None:
    seeded = market.seeded
    for number, person in enumerate(members):
        async with market.database.unit_of_work() as session:
            group = await groups.get_group(session, seeded.group_id)
            member = await groups.get_member(session, group.id, seeded.members[person.id])
            distribution = await distributions.get_distribution(session, group.id, seeded.distribution_id)
            basket = (await baskets.open_basket(session, member, distribution)).basket
            products = itertools.islice(itertools.cycle(seeded.products.values()), number, number + LINES)
            for product_id in products:
                product = await session.get_one(Product, product_id)
                await baskets.set_quantity(session, basket, product, 1000 * (1 + number % 3))
            await orders.confirm(session, group, member, basket.id, METHODS[number % 3])
    market.orders = await market.states()
    assert [len(state.lines) for state in market.orders] == [LINES] * len(members)


@pytest.mark.parametrize(("kind", "count"), [("sqlite", MEMBERS), ("postgresql", FEWER)])
async def test_three_coordinators_validate_every_order_beside_two_boards(
    request: pytest.FixtureRequest, kind: str, count: int
) -> None:
    async with market_on(request.getfixturevalue(f"{kind}_url"), count) as market:
        anne, bruno, chloe = (Coordinator(market, person) for person in market.coordinators)
        chats = market.sandbox.world.chats
        start = await anne.say(chats[anne.person.id], "/distribution", lambda m: data_of(m, "day.orders:"))
        await anne.tap(chats[anne.person.id], start, f"board:{market.seeded.distribution_id}", forged=True)
        for chat in (market.group, market.theirs):
            await anne.seen(chat, 0, _is_board)

        contested, rest = market.orders[:CONTESTED], market.orders[CONTESTED:]
        shares = [rest[n::3] for n in range(3)]
        places = {
            anne.person.id: itertools.repeat(chats[anne.person.id]),
            bruno.person.id: _first(market.group, IN_THE_GROUP, chats[bruno.person.id]),
            chloe.person.id: _first(market.theirs, IN_THEIR_CHAT, chats[chloe.person.id]),
        }
        for who in (anne, bruno, chloe):
            who.group_seconds.clear()
        begin = time.monotonic()
        await asyncio.gather(
            *(
                who.work(
                    [(chats[who.person.id], state) for state in contested]
                    + list(zip(places[who.person.id], share, strict=False))
                )
                for who, share in zip((anne, bruno, chloe), shares, strict=True)
            )
        )
        took = time.monotonic() - begin
        await _boards_come_to_rest(market)
        await _see_that_all_is_right(market)
        _see_that_no_tap_waited((anne, bruno, chloe), took)


def _first(chat: Chat, count: int, then: Chat) -> itertools.chain[Chat]:
    return itertools.chain(itertools.repeat(chat, count), itertools.repeat(then))


def _is_board(message: Message) -> bool:
    return "📌" in str(message.data.get("text", ""))


async def _boards_come_to_rest(market: Market) -> None:
    events, begin = market.sandbox.world.events, time.monotonic()
    while await market.boards_behind():
        assert time.monotonic() - begin < 45, await market.boards()
        await events.wait(events.seq, 0.3)


async def _see_that_all_is_right(market: Market) -> None:
    states = await market.states()
    assert [state.validated.step for state in states if state.validated] == [1] * len(states)
    assert all(state.missing_cents == 0 and state.at_the_stand_cents == 0 for state in states)
    async with market.database.snapshot() as session:
        assert await verify(session) == []
        report = await validation.report(session, market.seeded.group_id, market.seeded.distribution_id)
    for chat in (market.group, market.theirs):
        boards = [str(m.data["text"]) for m in chat.messages.values() if _is_board(m) and "text" in m.data]
        assert len(boards) == 1
        assert f"{len(states)} of {len(states)} validated" in boards[0]
        for totals in report.per_method.values():
            assert (
                f"€{totals.received_cents / 100:,.2f} received of €{totals.announced_cents / 100:,.2f}"
                in boards[0]
            )
        assert ("Still expected" in boards[0]) == (report.tally.transfer_cents > 0)
        assert "Member " not in boards[0]
    assert len(market.group.pinned) == 1
    assert market.refused == []
    for person in market.sandbox.world.people.values():
        assert market.sandbox.world.chats[person.id].messages, f"{person.first_name} was told nothing"


def _see_that_no_tap_waited(three: Sequence[Coordinator], took: float) -> None:
    taps = sorted(seconds for who in three for seconds in who.tap_seconds)
    screens = sorted(seconds for who in three for seconds in who.screen_seconds)
    in_groups = sorted(seconds for who in three for seconds in who.group_seconds)
    behind = sum(who.while_behind for who in three)
    print(
        f"\n{len(taps)} taps in {took:.0f} s; answered: median {taps[len(taps) // 2]:.2f} s, slowest {taps[-1]:.2f} s; "
        f"screens: slowest in private {screens[-1]:.2f} s, in groups {in_groups[-1]:.2f} s; "
        f"while a board waited: {behind} taps"
    )
    assert behind > len(taps) / 3, "the boards were behind most of the time, or this shows nothing"
    assert taps[-1] < 3
    assert screens[-1] < 6
    assert in_groups[-1] < 6
    assert any("lready validated" in toast for who in three for toast in who.toasts)
