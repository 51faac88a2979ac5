"""How much the bot asks its database: little for a tap of an order, and the same for a screen however long it is."""

from __future__ import annotations

import datetime as dt

from bot.board import boards
from ledger.catalogue.models import Product
from ledger.db import utc_now
from ledger.groups import people
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.orders import baskets, corrections, distributions
from ledger.orders import service as orders
from ledger.payments import service as payments
from tests.bench.statements import of_an_order
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage
from tests.support.statements import asked, asked_by_update

MOST_A_TAP = 9
"""Statements, on average over the updates of an order."""
FEW = 3
METHODS = (Method.CHEQUE, Method.CASH, Method.TRANSFER)
SCREENS = (
    *("day:{distribution}", "dorders:{distribution}:0", "dorder:{order}", "dlines:{order}:0"),
    *("dgoods:{distribution}:0", "dprod:{distribution}:{product}", "dnot:{distribution}:{product}"),
    *("dpall:{distribution}:{product}", "dwalk:{distribution}:{product}", "dcash:{distribution}"),
    *("boardleft:{distribution}:0", "dcancel:{distribution}", "dclose:{distribution}"),
    *("dreport:{distribution}", "dfor:{distribution}", "awaited:{distribution}:0", "transfers:0"),
    *("validate", "balances:0:0", "balances:0:1", "member:{member}", "mhistory:{member}:0"),
    *("coordinators", "rolepick:0", "distributions", "sheets:{distribution}", "orders", "history:0"),
    *("balance", "dist:{distribution}"),
)
"""Buttons that open screens of many rows, as old messages hold them."""


async def test_an_order_asks_little(database_url: str) -> None:
    taps = await of_an_order(database_url)
    assert sum(taps) <= MOST_A_TAP * len(taps), taps


async def test_a_screen_asks_the_same_however_long_it_is(stage: Stage) -> None:
    d = await day(stage)
    values = await grown(d, range(FEW))
    few = await asked_by_screens(d, values)
    await grown(d, range(FEW, 3 * FEW))
    many = await asked_by_screens(d, values)
    assert {screen: many[screen] for screen in many if many[screen] != few[screen]} == {}


async def asked_by_screens(d: Day, values: dict[str, int]) -> dict[str, int]:
    """How many statements each screen costs."""
    found = {}
    page = await d.anne.ask("/day", expect="Distribution")
    await d.anne.forge_tap("dist:{distribution}".format(**values), page)  # the first time it makes a basket
    with asked_by_update() as updates:
        for screen in SCREENS:
            said = await d.anne.forge_tap(screen.format(**values), page)
            assert "any more" not in said, f"{screen}: {said}"
            assert "no longer" not in said, f"{screen}: {said}"
            found[screen] = len(updates[-1])
    with asked() as board:
        async with d.stage.database.snapshot() as session:
            await boards.picture(session, d.seeded.group_id, d.distribution_id)
    return found | {"board": len(board)}


async def grown(d: Day, numbers: range) -> dict[str, int]:
    """Some more members who ordered, products, corrections, payments, distributions, and orders of Anne's own."""
    anne = d.seeded.members[d.anne.id]
    values = {"distribution": d.distribution_id, "product": d.seeded.products["Tomme"]}
    for number in numbers:
        values["member"] = await _member_and_product(d, number)
        lines = {"Tomme": 1000, "Bread": 1000, f"Goods {number}": 1000}
        done = await d.order(values["member"], lines, METHODS[number % len(METHODS)])
        values["order"] = done.order.id
        async with d.stage.database.unit_of_work() as session:
            group_id = d.seeded.group_id
            by = await groups.get_member(session, group_id, anne)
            member = await groups.get_member(session, group_id, values["member"])
            await corrections.deliver(session, group_id, done.lines[0].id, 0, by)
            cents = -500 if number % 2 else 700
            await payments.enter_opening_balance(session, member, cents, by, key=f"{number}")
            starts = utc_now() + dt.timedelta(days=10 + number)
            place = f"Place {number}"
            distribution = await distributions.announce(session, group_id, place, starts, starts)
            view = await baskets.open_basket(session, by, distribution)
            bread = await session.get_one(Product, d.seeded.products["Bread"])
            await baskets.set_quantity(session, view.basket, bread, 1000)
            group = await groups.get_group(session, group_id)
            await orders.confirm(session, group, by, view.basket.id, Method.CHEQUE)
    return values


async def _member_and_product(d: Day, number: int) -> int:
    async with d.stage.database.unit_of_work() as session:
        group = await groups.get_group(session, d.seeded.group_id)
        member = await people.add_member(session, group, f"Member {number}")
        tomme = await session.get_one(Product, d.seeded.products["Tomme"])
        name = f"Goods {number}"
        goods = Product(
            group_id=group.id,
            producer_id=tomme.producer_id,
            name=name,
            name_key=name.lower(),
            unit="piece",
            price_cents=200,
            vat_rate=550,
            weighed=False,
        )
        session.add(goods)
        await session.flush()
        d.seeded.products[name] = goods.id  # type: ignore[index]
        return member.id
