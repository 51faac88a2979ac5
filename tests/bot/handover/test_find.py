"""On distribution day an order is found by its member's name, and the list of who is left leads to each of them."""

from __future__ import annotations

import datetime as dt

from ledger.db import utc_now
from ledger.groups.models import Method
from ledger.orders.models import Distribution
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage


async def today(d: Day) -> None:
    """It is distribution day: orders are closed."""
    await d.close()
    async with d.stage.database.unit_of_work() as session:
        row = await session.get_one(Distribution, d.distribution_id)
        row.starts_at = utc_now() + dt.timedelta(minutes=5)


async def test_by_a_name_after_the_command_and_typed_alone(stage: Stage) -> None:
    d = await day(stage, members=("Élodie Martin", "Marie Martin"))
    await d.order(d.marie, {"Bread": 1_000}, Method.CHEQUE)
    await d.order(d.paul, {"Bread": 2_000}, Method.CHEQUE)
    for text in ("/jour elodie", "/day Élodie Martin", "/distribution martin elo"):
        await d.anne.ask(text, expect="👤 Élodie Martin")
    several = await d.anne.ask("/jour martin", expect="Several members fit")
    await d.anne.press("Marie Martin · €10.70", expect="👤 Marie Martin", message=several)
    none = await d.anne.ask("/jour bruno", expect="Bruno ordered nothing")
    assert none.button("Order for somebody")
    unknown = await d.anne.ask("/jour <Zoé>", expect="no member called “<Zoé>”")
    await d.anne.press("Orders", expect="nothing awaited", message=unknown)

    assert (await d.anne.ask("marie mar", expect="👤 Marie Martin")).button("Validate the order")
    await d.anne.ask("brea", expect="Bread")
    await today(d)
    await d.anne.ask("ELODIE", expect="👤 Élodie Martin")
    await d.anne.ask("martin", expect="Several members fit")
    await d.anne.ask("bruno", expect="Bruno ordered nothing")
    await d.anne.ask("nobody like that", expect="did not understand")
    for told in (await d.marie.ask("martin", expect=""), await d.marie.ask("/jour martin", expect="")):
        assert not told.says("👤")


async def test_in_the_members_chat_the_order_is_shown_in_private(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Bread": 1_000}, Method.CHEQUE)
    await d.anne.ask("/jour marie", expect="in private", chat=d.chat)
    await d.anne.wait("👤 Marie")
    assert not [m for m in await d.paul.messages(d.chat) if m.says("👤 Marie")]


async def test_who_is_left_leads_to_each_order_and_back(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Bread": 1_000}, Method.CHEQUE)
    await d.order(d.paul, {"Bread": 1_000}, Method.CHEQUE)
    await d.page(d.anne, chat=d.chat)
    await d.anne.tap("Board", chat=d.chat)
    board = await d.anne.wait("2 orders", chat=d.chat)
    await d.anne.tap("Who is left", chat=d.chat)
    left = await d.anne.wait("Not validated yet")
    order = await d.anne.press("Paul · €5.35", expect="👤 Paul", message=left)
    assert (await d.anne.press("Back", expect="Not validated yet", message=order)).id == left.id
    await d.anne.press("Paul", expect="👤 Paul")
    await d.anne.press("Validate the order", expect="Validated by Anne")
    assert board.id
