"""A distribution is moved or cancelled; a coordinator orders for somebody, also after closing."""

from __future__ import annotations

import re

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage
from tests.support.coordinating import in_days


async def test_moved_in_one_line(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Bread": 1_000}, Method.CHEQUE)
    transactions = await stage.rows("transactions")
    await d.page(d.anne)
    await d.anne.press("Move it", expect="When and where does it take place instead")
    await d.anne.ask("next week", expect="I need a day, a time and a place")
    await d.anne.ask(f"{in_days(-3)} 18:30 Hall", expect="must be in the future")
    preview = await d.anne.ask(f"{in_days(9)} 19:15 Hall <A>", expect="Move this distribution?")
    assert preview.says("Salle des fêtes")
    assert preview.says("1 member who ordered")
    before = await stage.world.seq()
    await d.anne.tap("Confirm", message=preview, wait=False)
    assert "no longer valid" in await d.anne.tap("Confirm", message=preview)
    told = await d.marie.wait("moved a distribution", after=before)
    assert told.says("Hall <A>")
    assert told.says("19:15")
    await d.paul.wait("Anne moved a distribution", chat=d.chat, after=before)
    assert not [m for m in await d.paul.messages() if m.says("moved a distribution")]
    (row,) = await stage.rows("distributions")
    assert row["place"] == "Hall <A>"
    assert len(await stage.rows("moved_from")) == 1
    assert await stage.rows("transactions") == transactions


async def test_moved_step_by_step_and_the_second_to_confirm_is_told(stage: Stage) -> None:
    d = await day(stage)
    for who, days in ((d.anne, 9), (d.bruno, 10)):
        await d.page(who)
        await who.press("Move it", expect="When and where")
        await who.press("Step by step", expect="On which day")
        await who.ask("soon", expect="did not understand this day")
        await who.ask(in_days(days), expect="at what time")
        await who.ask("noon", expect="did not understand this time")
        await who.ask("18h30", expect="Where?")
        await who.press("Salle des fêtes", expect="Move this distribution?")
    await d.anne.press("Confirm", expect="18:30")
    assert "Anne changed this distribution meanwhile" in await d.bruno.tap("Confirm")
    assert len(await stage.rows("moved_from")) == 1
    await d.bruno.press("Move it", expect="When and where")
    await d.bruno.press("Cancel", expect="Distribution")
    assert len(await stage.rows("moved_from")) == 1


async def test_cancelled_debts_go_and_money_stays(any_stage: Stage) -> None:
    d = await day(any_stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    await d.order(d.paul, {"Bread": 1_000}, Method.CASH)
    await d.open_order(d.anne, "Paul")
    await d.anne.press("Validate the order", expect="Validated by Anne")
    await d.page(d.anne, chat=d.chat)
    sure = await d.anne.press("Cancel it", expect="with 2 orders (€47.85)", chat=d.chat)
    assert sure.says("Announced payments (€42.50)")
    assert sure.says("Money already received (€5.35)")
    assert not any(row["cancelled_at"] for row in await any_stage.rows("distributions"))
    before = await any_stage.world.seq()
    await d.anne.press("Cancel it, with 2", expect="🚫 Cancelled", chat=d.chat)
    told = await d.marie.wait("is cancelled by Anne", after=before)
    assert told.says("Cheque of €42.50 is not expected any more")
    assert told.says("You are settled up")
    told = await d.paul.wait("is cancelled by Anne", after=before)
    assert told.says("The €5.35 you paid stays on your account as credit")
    assert told.says("The group owes you €5.35")
    public = await d.marie.wait("2 orders are cancelled", chat=d.chat, after=before)
    assert not public.says("5.35")
    answer = await d.bruno.forge_tap(f"dcancelyes:{d.distribution_id}:2", public)
    assert "Anne cancelled this distribution already" in answer
    await d.marie.ask("/order", expect="No distribution takes orders")
    await d.anne.ask("/distributions", expect="🚫 cancelled")
    assert await d.books_hold()


async def test_cancelling_is_asked_again_when_somebody_ordered_meanwhile(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Bread": 1_000}, Method.CHEQUE)
    await d.page(d.anne)
    await d.anne.press("Cancel it", expect="with 1 order")
    await d.order(d.paul, {"Bread": 1_000}, Method.CASH)
    await d.anne.press("Cancel it, with 1", expect="with 2 orders")
    assert not any(row["cancelled_at"] for row in await stage.rows("distributions"))


async def without_telegram(d: Day, name: str) -> int:
    """A member who has no account with Telegram."""
    async with d.stage.database.unit_of_work() as session:
        group = await groups.get_group(session, d.seeded.group_id)
        member = Member(group_id=group.id, name=name, joined_at=utc_now())
        session.add(member)
        await session.flush()
        await books.open_account(session, group.id, AccountKind.MEMBERS, member.id, group.currency)
        return member.id


async def test_an_order_for_somebody_without_telegram_after_closing(any_stage: Stage) -> None:
    d = await day(any_stage)
    jeanne = await without_telegram(d, "Jeanne <b>")
    await d.close()
    await d.marie.ask("/order", expect="No distribution takes orders")
    await d.page(d.anne, chat=d.chat)
    await d.anne.press(
        "Order for somebody", expect="Order for which member", chat=d.chat, answer_in=d.anne.id
    )
    await d.anne.ask("nobody", expect="no member called")
    catalogue = await d.anne.ask("jeanne", expect="You are ordering for Jeanne <b>")
    assert catalogue.says("Tomme")
    await d.anne.press("Bread", expect="✅ 1 × Bread")
    await d.anne.press("Tomme", expect="You are ordering for Jeanne <b>")
    await d.anne.press("1 kg", expect="How much Tomme")
    await d.anne.ask("1.2", expect="You are ordering for Jeanne <b>")
    basket = await d.anne.press("Basket ·", expect="Total: €16.03")
    assert basket.says("You are ordering for Jeanne <b>")
    assert basket.says("The basket")
    choice = await d.anne.press("Confirm my basket", expect="how is it paid")
    assert choice.says("You are ordering for Jeanne <b>")
    receipt = await d.anne.press("Cash ·", expect="🧾")
    assert receipt.says("Balance: owes €16.03.")
    assert receipt.says("Awaiting confirmation: €16.03")
    (order,) = await any_stage.rows("orders")
    assert order["member_id"] == jeanne
    (transaction,) = await any_stage.rows("transactions")
    assert transaction["actor_id"] == d.seeded.members[d.anne.id]
    await d.anne.press("The order", expect="👤 Jeanne <b>")
    more = await d.anne.press("Add products", expect="You are ordering for Jeanne <b>")
    assert more.button("Basket (empty)")
    await d.anne.press("Bread", expect="✅ 1 × Bread")
    await d.anne.press("Basket ·", expect="Products added to the order")
    again = await d.anne.press("Confirm my basket", expect="how is it paid")
    added = await d.anne.press("Cash ·", expect="Addition to the order")
    for screen in (catalogue, basket, choice, receipt, more, again, added):
        assert not re.search(r"\b(?:your|my)\b", screen.text, re.IGNORECASE), screen
    assert len(await any_stage.rows("orders")) == 1
    assert await d.books_hold()


async def test_the_member_reads_what_was_ordered_for_them(stage: Stage) -> None:
    d = await day(stage)
    await d.page(d.bruno)
    await d.bruno.press("Order for somebody", expect="Order for which member")
    await d.bruno.press("Marie", expect="You are ordering for Marie")
    await d.bruno.press("Bread", expect="✅ 1 × Bread")
    await d.bruno.press("Basket ·", expect="Total: €5.35")
    await d.bruno.press("Confirm my basket", expect="how is it paid")
    placed = await d.bruno.press("Cheque ·", expect="Order placed for Marie")
    told = await d.marie.wait("Bruno ordered this for you")
    assert told.says("Cheque of €5.35")
    assert placed.button("Add products")
    assert await d.balance(d.marie) == -535
    assert await d.balance(d.bruno) == 0


async def test_what_is_added_on_the_spot_costs_what_was_corrected_for_everybody(any_stage: Stage) -> None:
    d = await day(any_stage)
    await d.order(d.marie, {"Bread": 1_000}, Method.CASH)
    await d.close()
    await d.page(d.anne)
    await d.anne.press("Goods", expect="Which product")
    await d.anne.press("Bread", expect="Ordered by 1 member")
    await d.anne.press("New price for everybody", expect="What is the right price")
    await d.anne.ask("6", expect="€6.00")
    await d.anne.press("Confirm", expect="now €6.00")
    await d.open_order(d.anne, "Marie")
    page = await d.anne.press("Add products", expect="Bread — €6.00")
    assert page.button("Bread · €6.00")
    await d.anne.press("Bread", expect="✅ 1 × Bread")
    await d.anne.press("Basket ·", expect="Total: €6.00")
    await d.anne.press("Confirm my basket", expect="how is it paid")
    await d.anne.press("Cash ·", expect="Total: €6.00")
    assert await d.balance(d.marie) == -1200
    assert await d.books_hold()


async def test_a_basket_of_somebody_else_asks_at_every_tap_whether_one_may(stage: Stage) -> None:
    d = await day(stage)
    await d.page(d.bruno)
    await d.bruno.press("Order for somebody", expect="Order for which member")
    page = await d.bruno.press("Marie", expect="You are ordering for Marie")
    data = str(page.button("Bread").callback_data)  # type: ignore[union-attr]
    own = await d.paul.last()
    assert "This basket is over" in await d.paul.forge_tap(data, own)
    async with stage.database.unit_of_work() as session:
        bruno = await groups.get_member(session, d.seeded.group_id, d.seeded.members[d.bruno.id])
        await groups.set_role(session, bruno, "coordinator", False)
    assert "This basket is over" in await d.bruno.tap("Bread", message=page)
    assert await stage.rows("basket_lines") == []


async def test_after_the_distribution_is_validated_nobody_orders(stage: Stage) -> None:
    d = await day(stage)
    await d.close()
    await d.page(d.anne)
    await d.anne.press("Order for somebody", expect="Order for which member")
    page = await d.anne.press("Marie", expect="You are ordering for Marie")
    await d.page(d.anne)
    await d.anne.press("Validate the distribution", expect="📊 Report")
    assert "are closed" in await d.anne.tap("Bread", message=page)
    answer = await d.anne.forge_tap(f"forbasket:{d.distribution_id}:{d.seeded.members[d.marie.id]}", page)
    assert "are closed" in answer
    assert await stage.rows("orders") == []


async def test_member_credit_of_somebody_that_is_not_enough(stage: Stage) -> None:
    d = await day(stage)
    await d.page(d.anne)
    await d.anne.press("Order for somebody", expect="Order for which member")
    await d.anne.press("Marie", expect="You are ordering for Marie")
    await d.anne.press("Bread", expect="✅ 1 × Bread")
    await d.anne.press("Basket ·", expect="Total: €5.35")
    await d.anne.press("Confirm my basket", expect="how is it paid")
    assert "the balance of Marie is €0.00" in await d.anne.tap("Member credit")
    assert await stage.rows("orders") == []
