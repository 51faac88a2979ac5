"""What is ordered is never sold again, however often the catalogue is imported, and whoever orders meanwhile."""

import asyncio

import pytest

from ledger.catalogue import service as catalogue
from ledger.catalogue.rows import ProductRow
from ledger.catalogue.service import ImportPlan, StockChange
from ledger.groups.models import Method
from ledger.orders import rescheduling, stock, validation
from ledger.orders.models import Distribution
from ledger.orders.service import Confirmed, OutOfStock
from tests.support.ledger import Story, together

TILLEULS = "Ferme des Tilleuls"


def honey(stock_milli: int | None) -> ProductRow:
    return ProductRow(2, TILLEULS, "Miel", "pièce", 900, 550, stock_milli, False)


async def import_(story: Story, row: ProductRow) -> ImportPlan:
    async with story.database.unit_of_work() as session:
        upload = await catalogue.keep_upload(session, story.group_id, "catalogue.csv", [row])
        return await stock.import_upload(session, await story.group(session), upload.id)


async def validate(story: Story, friday: Distribution) -> None:
    async with story.database.unit_of_work() as session:
        await validation.validate_distribution(
            session, story.group_id, friday.id, story.anne, leave_open=True
        )


async def test_the_same_count_again_leaves_what_is_ordered_where_it_is(story: Story) -> None:
    paul, friday, saturday = (
        await story.member("Paul"),
        await story.distribution(),
        await story.distribution("Halle"),
    )
    jar = await story.product("Miel", 900, stock=48_000)
    await story.order(paul, friday, {jar: 3_000}, Method.CHEQUE)
    await story.order(paul, saturday, {jar: 1_000}, Method.CHEQUE)
    done = await import_(story, honey(48_000))
    assert (done.same, done.stock) == (1, (StockChange("Miel", 44_000, 48_000, 4_000),))
    assert await story.stock(jar) == 44_000
    await import_(story, honey(50_000))
    assert await story.stock(jar) == 46_000
    await validate(story, friday)
    await import_(story, honey(47_000))
    assert await story.stock(jar) == 46_000, "what was handed over is not there to be counted"
    await import_(story, honey(None))
    assert await story.stock(jar) is None
    await import_(story, honey(47_000))
    assert await story.stock(jar) == 46_000, "also what was ordered while nobody counted"
    assert await story.verify() == []


async def test_less_than_is_ordered(story: Story) -> None:
    """What comes back later covers what is missing first."""
    paul, friday = await story.member("Paul"), await story.distribution()
    jar = await story.product("Miel", 900, stock=48_000)
    await story.order(paul, friday, {jar: 4_000}, Method.CHEQUE)
    done = await import_(story, honey(3_000))
    assert (done.stock[0].after_milli, done.stock[0].short_milli) == (0, 1_000)
    assert (await import_(story, honey(3_000))).same == 1
    with pytest.raises(OutOfStock):
        await story.order(story.anne, friday, {jar: 1_000}, Method.CHEQUE)
    async with story.database.unit_of_work() as session:
        await rescheduling.cancel_distribution(session, story.group_id, friday.id, story.anne)
    assert await story.stock(jar) == 3_000
    assert await story.verify() == []


async def test_an_order_that_is_replaced_gives_back_no_more_than_there_is(story: Story) -> None:
    """Where payments are off, the basket stands for the whole order."""
    await story.option("payments_enabled", False)
    paul, friday = await story.member("Paul"), await story.distribution()
    jar = await story.product("Miel", 900, stock=48_000)
    await story.order(paul, friday, {jar: 4_000}, None)
    await import_(story, honey(3_000))
    with pytest.raises(OutOfStock) as refused:
        await story.order(paul, friday, {jar: 4_000}, None)
    assert refused.value.left_milli == 3_000
    done = await story.order(paul, friday, {jar: 2_000}, None)
    assert await story.stock(jar) == 1_000
    await story.cancel(paul, done.order)
    assert await story.stock(jar) == 3_000


async def test_orders_and_imports_at_once(story: Story) -> None:
    people = [await story.member(f"Membre {n}") for n in range(6)]
    friday, jar = await story.distribution(), await story.product("Miel", 900, stock=48_000)
    baskets = [await story.basket(one, friday, {jar: 2_000}) for one in people]

    async def late(seconds: float) -> ImportPlan:
        await asyncio.sleep(seconds)
        return await import_(story, honey(48_000))

    done = await together(
        *(story.confirm(one, basket, Method.CHEQUE) for one, basket in zip(people, baskets, strict=True)),
        *(late(n / 100) for n in range(4)),
    )
    assert all(isinstance(one, Confirmed | ImportPlan) for one in done), done
    assert await story.stock(jar) == 36_000


async def test_a_cancelled_distribution_keeps_nothing(story: Story) -> None:
    paul, friday = await story.member("Paul"), await story.distribution()
    jar = await story.product("Miel", 900, stock=48_000)
    await story.order(paul, friday, {jar: 4_000}, Method.CHEQUE)
    async with story.database.unit_of_work() as session:
        await rescheduling.cancel_distribution(session, story.group_id, friday.id, story.anne)
        assert await stock.ordered_and_not_handed_over(session, story.group_id) == {}
    assert (await import_(story, honey(48_000))).stock == ()
    assert await story.stock(jar) == 48_000
