"""« Like last time »: what can be had again, once, however often it is asked for."""

from ledger.groups.models import Method
from ledger.orders import baskets, repeating
from ledger.orders.models import Basket
from ledger.orders.repeating import Repeated
from tests.support.ledger import Story, together


async def repeat(story: Story, basket: Basket) -> Repeated | None:
    async with story.database.unit_of_work() as session:
        return await repeating.repeat(session, await session.get_one(Basket, basket.id))


async def quantities(story: Story, basket: Basket) -> dict[str, int]:
    async with story.database.snapshot() as session:
        lines = await baskets.chosen_lines(session, await session.get_one(Basket, basket.id))
        return {line.product.name: line.quantity_milli for line in lines}


async def test_last_times_lines_that_can_still_be_had(story: Story) -> None:
    paul, first, second = await story.member("Paul"), await story.distribution(), await story.distribution()
    bread, honey = await story.product("Pain", 400), await story.product("Miel", 900, stock=9_000)
    tea, leeks = await story.product("Tisane", 500), await story.product("Poireaux", 320, weighed=True)
    await story.order(paul, first, {bread: 2_000, honey: 3_000, tea: 1_000}, Method.CHEQUE)
    await story.order(paul, first, {bread: 1_000, leeks: 1_200}, Method.CHEQUE)
    await story.change(bread, price_cents=450)
    await story.change(honey, stock_milli=2_500)
    await story.change(tea, available=False)
    basket = await story.basket(paul, second, {})
    done = await repeat(story, basket)
    assert done is not None
    assert await quantities(story, basket) == {"Miel": 2_000, "Pain": 3_000, "Poireaux": 1_200}
    wanted = {one.product.name: one for one in done.wanted}
    assert [name for name, one in wanted.items() if one.is_changed] == ["Pain"]
    assert (wanted["Miel"].quantity_milli, wanted["Miel"].available_milli) == (3_000, 2_000)
    assert wanted["Tisane"].available_milli == 0


async def test_twice_at_once_is_once_and_what_was_chosen_stays(story: Story) -> None:
    paul, first, second = await story.member("Paul"), await story.distribution(), await story.distribution()
    bread, honey = await story.product("Pain", 400), await story.product("Miel", 900)
    await story.order(paul, first, {bread: 2_000, honey: 1_000}, Method.CHEQUE)
    basket = await story.basket(paul, second, {bread: 5_000})
    await together(*(repeat(story, basket) for _ in range(4)))
    assert await quantities(story, basket) == {"Miel": 1_000, "Pain": 5_000}


async def test_nothing_to_repeat(story: Story) -> None:
    """Nobody else's order, nor one for this very distribution, nor one that was cancelled."""
    paul, anne, first, second = (
        await story.member("Paul"),
        story.anne,
        await story.distribution(),
        await story.distribution(),
    )
    bread = await story.product("Pain", 400)
    await story.order(anne, first, {bread: 2_000}, Method.CHEQUE)
    await story.order(paul, second, {bread: 2_000}, Method.CHEQUE)
    await story.option("payments_enabled", False)
    await story.cancel(paul, (await story.order(paul, first, {bread: 1_000}, None)).order)
    basket = await story.basket(paul, second, {})
    assert await repeat(story, basket) is None
