"""Payments switched on or off over orders and baskets that stand: nobody orders twice, nobody loses a line."""

import asyncio

import pytest

from ledger.groups.models import Method
from ledger.orders import baskets, validation
from ledger.orders.models import Basket
from ledger.orders.payments_option import switch_payments
from ledger.orders.service import MethodNotOffered
from tests.support.ledger import Story, together


async def switch(story: Story, enabled: bool) -> None:
    async with story.database.unit_of_work() as session:
        await switch_payments(session, await story.group(session), enabled)


async def in_basket(story: Story, basket: Basket) -> dict[str, int]:
    async with story.database.snapshot() as session:
        lines = await baskets.chosen_lines(session, await session.get_one(Basket, basket.id))
        return {line.product.name: line.quantity_milli for line in lines}


async def test_a_basket_that_stood_for_the_order_adds_to_it_and_back(story: Story) -> None:
    await story.option("payments_enabled", False)
    paul, friday = await story.member("Paul"), await story.distribution()
    bread, honey, tea = [await story.product(name, 400) for name in ("Pain", "Miel", "Tisane")]
    await story.order(paul, friday, {bread: 3_000, honey: 1_000}, None)
    basket = await story.basket(paul, friday, {bread: 4_000, tea: 1_000})
    await together(*(switch(story, True) for _ in range(3)))
    assert await in_basket(story, basket) == {"Pain": 1_000, "Tisane": 1_000}
    await together(*(switch(story, False) for _ in range(3)))
    assert await in_basket(story, basket) == {"Pain": 4_000, "Miel": 1_000, "Tisane": 1_000}
    await switch(story, True)
    done = await story.confirm(paul, basket, Method.CHEQUE)
    assert (done.confirmation.amount_cents, done.adds) == (800, True)
    async with story.database.snapshot() as session:
        (state,) = (await validation.report(session, story.group_id, friday.id)).uncharged
    assert (state.member.name, state.uncharged_cents, state.due_cents) == ("Paul", 1_600, 800)
    assert await story.balance(paul) == -800
    assert await story.verify() == []


async def test_switched_while_somebody_confirms(story: Story) -> None:
    """Who confirmed the whole order must not be left with what would have been added to it."""
    await story.option("payments_enabled", False)
    paul, friday = await story.member("Paul"), await story.distribution()
    bread, tea = await story.product("Pain", 400), await story.product("Tisane", 500)
    await story.order(paul, friday, {bread: 3_000}, None)
    basket = await story.basket(paul, friday, {bread: 3_000, tea: 1_000})
    async with story.database.unit_of_work() as session:
        await switch_payments(session, await story.group(session), True)
        confirming = asyncio.create_task(story.confirm(paul, basket, None))
        await asyncio.sleep(0.3)
    with pytest.raises(MethodNotOffered):
        await confirming
    async with story.database.snapshot() as session:
        (state,) = (await validation.report(session, story.group_id, friday.id)).uncharged
    assert state.total_cents == 1_200


async def test_what_was_charged_stays_and_its_basket_too(story: Story) -> None:
    paul, friday = await story.member("Paul"), await story.distribution()
    bread = await story.product("Pain", 400)
    await story.order(paul, friday, {bread: 3_000}, Method.CHEQUE)
    basket = await story.basket(paul, friday, {bread: 1_000})
    await switch(story, False)
    assert await in_basket(story, basket) == {"Pain": 1_000}
    async with story.database.snapshot() as session:
        view = await baskets.view(session, await session.get_one(Basket, basket.id))
    assert (view.adds, view.replaces) == (True, False)
    done = await story.confirm(paul, basket, None)
    assert (done.adds, done.replaces) == (True, False)
    assert await story.balance(paul) == -1200
    assert await story.verify() == []
