"""A confirmation is about what its screen showed: when somebody changed that meanwhile, it is asked again."""

from __future__ import annotations

from ledger.groups.models import Method
from tests.bot.handover.scene import Day, day
from tests.bot.handover.test_goods import open_line, open_product
from tests.support.bot import Stage
from tests.support.telegram import Message

CHANGED = "changed since your screen was made"
WRITTEN = ("settlements", "order_steps", "distribution_steps", "changes", "payments", "transactions")


async def weigh(d: Day, quantity: str) -> None:
    """Bruno enters what Marie got of the cheese."""
    await open_line(d, d.bruno, "Marie", "Tomme")
    await d.bruno.press("Other quantity", expect="How much was handed over")
    await d.bruno.ask(quantity, expect=f"→ {quantity} kg")


async def written(stage: Stage) -> list[object]:
    """Everything a confirmation could have written."""
    return [await stage.rows(table) for table in WRITTEN]


async def test_goods_are_asked_about_again_when_a_colleague_weighed_them(any_stage: Stage) -> None:
    d = await day(any_stage)
    await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    await d.order(d.paul, {"Tomme": 500}, Method.CHEQUE)
    await open_product(d, d.anne, "Tomme")
    sure = await d.anne.press("It did not come", expect="2 members get none of it")
    assert sure.says("€15.13")
    await weigh(d, "1.3")
    assert CHANGED in await d.anne.tap("Did not come, for 2")
    again = await d.anne.wait("€16.02")
    assert len(await any_stage.rows("corrections")) == 1, "the weight stands"
    await weigh(d, "1.1")
    for old in (sure, again):
        assert CHANGED in await d.anne.forge_tap(data_of(old, "Did not come"), old)
    await d.anne.wait("€14.24")
    await d.anne.press("Did not come, for 2", expect="2 members do not owe it")
    assert await d.balance(d.marie) == 0
    assert "Anne changed this" in await d.bruno.forge_tap(
        data_of(again, "Did not come"), await d.bruno.last()
    )

    await d.anne.press("Undo for 2", expect="taken back for 2")
    await open_product(d, d.anne, "Tomme")
    await d.anne.press("New price for everybody", expect="for 2 members")
    await d.anne.ask("10", expect="€10.00 / kg for 2 members")
    await weigh(d, "1.4")
    preview = await d.anne.press("Confirm", expect=CHANGED)
    assert preview.says("€10.00 / kg for 2 members")
    assert len(await any_stage.rows("changes")) == 5
    await d.anne.press("Confirm", expect="now €10.00 / kg for 2 members")
    assert await d.balance(d.marie) == -1400
    assert await d.books_hold()


async def test_an_order_is_validated_as_it_was_shown(any_stage: Stage) -> None:
    d = await day(any_stage)
    await d.order(d.marie, {"Tomme": 1_000}, Method.CHEQUE)
    await d.order(d.paul, {"Bread": 1_000}, Method.CHEQUE)
    await d.open_order(d.anne, "Marie")
    await weigh(d, "1.3")
    before = await written(any_stage)
    assert CHANGED in await d.anne.tap("Validate the order")
    page = await d.anne.wait("Missing €2.67")
    assert await written(any_stage) == before

    await d.anne.press("Payment", expect="not announced", message=page)
    await d.anne.press("Cash", expect="how much was given")
    await weigh(d, "1.2")
    await d.anne.press("Received · €2.67", expect=CHANGED)
    assert len(await any_stage.rows("payments")) == 2
    await d.anne.press("Received · €1.78", expect="€1.78 received from Marie")

    await d.page(d.anne)
    left = await d.anne.press("Validate the distribution", expect="2 orders are left open")
    assert left.says("Marie")
    await d.open_order(d.bruno, "Paul")
    await d.bruno.press("Validate the order", expect="Validated by Bruno")
    assert CHANGED in await d.anne.tap("Leave 2 orders open")
    left = await d.anne.wait("1 order is left open")
    await d.bruno.press("Undo the validation", expect="once the awaited")
    await d.open_order(d.bruno, "Marie")
    await d.bruno.press("Validate the order", expect="Validated by Bruno")
    assert CHANGED in await d.anne.tap("Leave 1 order open", message=left), "as many, but another one"
    assert await any_stage.rows("distribution_steps") == []
    await d.anne.wait("• Paul")
    await d.anne.press("Leave 1 order open", expect="Report")
    assert await d.books_hold()


async def test_a_payment_is_received_for_the_sum_that_was_shown(stage: Stage) -> None:
    d = await day(stage)
    done = await d.order(d.marie, {"Tomme": 1_000}, Method.CASH)
    assert done.payment is not None
    await d.anne.ask(f"/validate {done.payment.reference}", expect="Cash of €8.90")
    await weigh(d, "0.5")
    assert CHANGED in await d.anne.tap("Received · €8.90")
    again = await d.anne.wait("€4.45")
    assert await stage.rows("settlements") == []
    await d.anne.press("€4.45", expect="€4.45 received from Marie", message=again)
    assert await d.balance(d.marie) == 0


async def test_cancelling_counts_the_money_that_was_shown(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_000}, Method.CHEQUE)
    await d.page(d.anne)
    sure = await d.anne.press("Cancel", expect="with 1 order")
    assert sure.says("€8.90")
    await weigh(d, "1.3")
    assert CHANGED in await d.anne.tap("Cancel it, with 1 order")
    await d.anne.wait("€11.57")
    assert (await stage.rows("distributions"))[0]["cancelled_at"] is None
    await d.anne.press("Cancel it, with 1 order", expect="Cancelled.")


async def test_buttons_from_before_they_carried_what_they_showed_ask_again(stage: Stage) -> None:
    d = await day(stage)
    done = await d.order(d.marie, {"Tomme": 1_000}, Method.CHEQUE)
    await d.page(d.anne)
    screen, before = await d.anne.last(), await written(stage)
    at, product, anne = d.distribution_id, d.seeded.products["Tomme"], d.seeded.members[d.anne.id]
    for verb, asked in (
        (f"dval:{done.order.id}:890", "Validate the order"),
        (f"dnotyes:{at}:{product}:1", "Did not come, for 1"),
        (f"dleave:{at}:1:{anne}", "Leave 1 order open"),
        (f"dcancelyes:{at}:1", "Cancel it, with 1 order"),
    ):
        seq = await stage.world.seq()
        assert CHANGED in await d.anne.forge_tap(verb, screen), verb
        assert (await d.anne.wait(after=seq)).button(asked), verb
    assert await written(stage) == before


def data_of(message: Message, label: str) -> str:
    """What a button sends."""
    button = message.button(label)
    assert button is not None
    return str(button.callback_data)
