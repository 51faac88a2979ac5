"""The sheets of real orders: corrected, added to, received, cancelled; and every total is the report's."""

import datetime as dt
import io
from dataclasses import dataclass

import pytest
from python_calamine import CalamineWorkbook

from ledger.db import utc_now
from ledger.errors import NotFound
from ledger.exports.handover import Due, DueKind, HandOver, load, nearest_distribution
from ledger.exports.order_sheets import order_csv, order_sheet, order_sheets
from ledger.exports.order_workbook import order_workbook
from ledger.exports.picking_list import blocks
from ledger.exports.table_workbook import table_workbook
from ledger.groups.models import Method
from ledger.orders import corrections, rescheduling, validation
from ledger.orders.models import Distribution
from ledger.payments import service as payments
from ledger.reference import format_reference
from tests.ledger.exports.samples import ENGLISH, FRENCH
from tests.ledger.exports.test_cells import rows_of
from tests.support.ledger import Story, found


@dataclass
class Market:
    """A distribution with orders of every kind."""

    story: Story
    distribution: Distribution
    references: dict[str, str]

    async def load(self) -> HandOver:
        async with self.story.database.snapshot() as session:
            return await load(session, await self.story.group(session), self.distribution.id)

    async def report(self) -> validation.Report:
        async with self.story.database.snapshot() as session:
            return await validation.report(session, self.story.group_id, self.distribution.id)


@pytest.fixture
async def market(story: Story) -> Market:
    """Élise's cheese was weighed; Paul's carrots did not come; Zoé added; Rémi gave cash instead; one order is for later."""
    cheese = await story.product("Tomme", 890, weighed=True)
    carrots = await story.product("Carottes", 240, producer="Aux Quatre Vents")
    honey = await story.product("Miel", 800)
    distribution = await story.distribution()
    await story.option("negative_balances", value=True)
    zoe, elise, paul, remi = [await story.member(name) for name in ("Zoé", "Élise", "Paul", "Rémi")]
    first = await story.order(zoe, distribution, {honey: 1000}, Method.CHEQUE)
    more = await story.order(zoe, distribution, {honey: 2000, carrots: 1000}, Method.MEMBER_CREDIT)
    weighed = await story.order(elise, distribution, {cheese: 1200}, Method.CHEQUE)
    missing = await story.order(paul, distribution, {carrots: 3000, cheese: 333}, Method.TRANSFER)
    cash = await story.order(remi, distribution, {cheese: 333, honey: 1000}, Method.CHEQUE)
    other = await story.distribution("Ailleurs")
    await story.order(zoe, other, {honey: 9000}, Method.CASH)
    assert more.is_addition
    async with story.database.unit_of_work() as session:
        await corrections.deliver(session, story.group_id, weighed.lines[0].id, 1350, story.anne)
        carrot_line = next(line for line in missing.lines if line.product_id == carrots.id)
        await corrections.deliver(session, story.group_id, carrot_line.id, 0, story.anne)
        assert cash.payment is not None
        await payments.receive_instead(
            session, story.group_id, cash.payment.id, Method.CASH, 1000, story.anne
        )
    named = {"Zoé": first, "Élise": weighed, "Paul": missing}
    return Market(
        story,
        distribution,
        {name: format_reference(done.payment.reference) for name, done in named.items() if done.payment},
    )


async def test_members_stand_by_name_and_accents_do_not_matter(market: Market) -> None:
    assert [order.member for order in (await market.load()).orders] == ["Élise", "Paul", "Rémi", "Zoé"]


async def test_what_is_to_be_paid_adds_up_to_each_order(market: Market) -> None:
    handed = await market.load()
    for order in handed.orders:
        assert sum(due.amount_cents for due in order.dues) == order.total_cents


async def test_the_door_knows_what_was_announced_received_and_changed(market: Market) -> None:
    dues = {order.member: order.dues for order in (await market.load()).orders}
    reference = market.references
    assert dues["Zoé"] == (
        Due(DueKind.EXPECTED, 800, Method.CHEQUE, reference["Zoé"]),
        Due(DueKind.ELSEWHERE, 1840, Method.MEMBER_CREDIT),
    )
    assert dues["Élise"] == (
        Due(DueKind.EXPECTED, 1068, Method.CHEQUE, reference["Élise"]),
        Due(DueKind.MISSING, 134),
    )
    assert dues["Paul"] == (
        Due(DueKind.EXPECTED, 1016, Method.TRANSFER, reference["Paul"]),
        Due(DueKind.OVERPAID, -720),
    )
    received, left = dues["Rémi"]
    assert (received.kind, received.method, received.amount_cents) == (DueKind.RECEIVED, Method.CASH, 1000)
    assert left == Due(DueKind.MISSING, 96)


async def test_producers_get_what_was_handed_over_at_the_price_of_each_line(market: Market) -> None:
    vents, tilleuls = order_sheets(await market.load())
    assert [(row.product, row.quantity_milli, row.members, row.amount_cents) for row in vents.rows] == [
        ("Carottes", 1000, 1, 240)
    ]
    assert [(row.product, row.quantity_milli, row.members, row.amount_cents) for row in tilleuls.rows] == [
        ("Miel", 4000, 2, 3200),
        ("Tomme", 2016, 3, 1794),
    ]
    assert not vents.is_rounded
    assert not tilleuls.is_rounded


async def test_two_prices_of_a_product_are_two_lines(market: Market) -> None:
    story, handed = market.story, await market.load()
    async with story.database.unit_of_work() as session:
        lines = await corrections.current_lines(session)
        ours = [
            line
            for line in lines
            if line.line.group_id == story.group_id and line.line.product_name == "Miel"
        ]
        await corrections.reprice(session, story.group_id, ours[0].line.id, 700, story.anne)
    tilleuls = order_sheets(await market.load())[1]
    assert [(row.product, row.price_cents) for row in tilleuls.rows][:2] == [("Miel", 700), ("Miel", 800)]
    assert (await market.load()).total_cents == handed.total_cents - 100


async def test_every_total_is_the_report_s(market: Market) -> None:
    handed, report = await market.load(), await market.report()
    sheets = order_sheets(handed)
    assert handed.total_cents == report.total_cents
    assert {s.producer_id: s.total_cents for s in sheets} == {
        producer: cents for producer, cents in report.per_producer.items() if cents
    }
    rows = rows_of(order_csv(handed, sheets, FRENCH))
    amounts = [round(float(row[6].replace(",", ".")) * 100) for row in rows[1:]]
    assert amounts[-1] == sum(amounts[:-1]) == report.total_cents
    for data in (order_workbook(handed, sheets, ENGLISH), table_workbook(handed, ENGLISH)):
        first = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        assert round(float(first[-1][1]) * 100) == report.total_cents  # type: ignore[arg-type]
    milli = sum(line.quantity_milli for order in handed.orders for line in order.items)
    assert sum(block.quantity_milli for block in blocks(handed)) == milli


async def test_the_csv_reads_as_people_write_numbers(market: Market) -> None:
    handed = await market.load()
    french = rows_of(order_csv(handed, order_sheets(handed), FRENCH))
    english = rows_of(order_csv(handed, order_sheets(handed), ENGLISH))
    assert french[3] == ["Ferme des Tilleuls", "Tomme", "kg", "2,016", "3", "8,90", "17,94"]
    assert english[3] == ["Ferme des Tilleuls", "Tomme", "kg", "2.016", "3", "8.90", "17.94"]
    assert ENGLISH.provisional in english[-1][0], "orders are still taken"


async def test_provisional_until_orders_close(market: Market) -> None:
    assert (await market.load()).provisional
    await market.story.close(market.distribution)
    handed = await market.load()
    assert not handed.provisional
    assert rows_of(order_csv(handed, order_sheets(handed), ENGLISH))[-1][0] == ENGLISH.total


async def test_a_cancelled_distribution_has_nothing_to_bring(market: Market) -> None:
    story = market.story
    async with story.database.unit_of_work() as session:
        await rescheduling.cancel_distribution(session, story.group_id, market.distribution.id, story.anne)
    handed = await market.load()
    assert handed.orders == ()
    assert order_sheets(handed) == ()
    assert not handed.provisional
    assert handed.total_cents == (await market.report()).total_cents == 0


async def test_a_cancelled_order_is_left_out(story: Story) -> None:
    honey = await story.product("Miel", 800)
    distribution = await story.distribution()
    await story.option("payments_enabled", value=False)
    zoe, paul = await story.member("Zoé"), await story.member("Paul")
    done = await story.order(zoe, distribution, {honey: 1000}, None)
    await story.order(paul, distribution, {honey: 2000}, None)
    await story.cancel(zoe, done.order)
    handed = await Market(story, distribution, {}).load()
    assert [order.member for order in handed.orders] == ["Paul"]
    assert handed.orders[0].dues == (Due(DueKind.ELSEWHERE, 1600, None),)


async def test_another_group_s_distribution_and_producer_are_not_found(market: Market) -> None:
    stranger = await found(market.story.database, "Ailleurs")
    async with stranger.database.snapshot() as session:
        with pytest.raises(NotFound):
            await load(session, await stranger.group(session), market.distribution.id)
    with pytest.raises(NotFound):
        order_sheet(await market.load(), 10**9)


async def nearest(story: Story) -> int | None:
    async with story.database.snapshot() as session:
        distribution = await nearest_distribution(session, await story.group(session))
        return distribution.id if distribution else None


async def test_the_nearest_distribution_is_today_s_then_the_next_then_the_last(story: Story) -> None:
    assert await nearest(story) is None
    now = utc_now()
    days = {
        "last month": now - dt.timedelta(days=30),
        "last week": now - dt.timedelta(days=7),
        "today": now - dt.timedelta(minutes=1),
        "next week": now + dt.timedelta(days=7),
    }
    ids = {}
    for name, starts_at in days.items():
        distribution = await story.distribution(name)
        async with story.database.unit_of_work() as session:
            row = await session.get_one(Distribution, distribution.id)
            row.opens_at, row.closes_at, row.starts_at = starts_at - dt.timedelta(2), starts_at, starts_at
        ids[name] = distribution.id
    for name in ("today", "next week", "last week", "last month"):
        assert await nearest(story) == ids[name], name
        async with story.database.unit_of_work() as session:
            (await session.get_one(Distribution, ids[name])).cancelled_at = now
    assert await nearest(story) is None
