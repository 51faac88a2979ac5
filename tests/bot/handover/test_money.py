"""Money on distribution day: another method, money nobody announced, the till, closing with its report."""

from __future__ import annotations

import pytest

from ledger.groups.models import Method
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage


async def with_cheque(stage: Stage) -> tuple[Day, str, int]:
    d = await day(stage)
    done = await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    assert done.payment is not None
    return d, done.payment.reference, done.order.id


async def test_she_brought_cash_instead(any_stage: Stage) -> None:
    """Must hold 2: expected 42.50 by cheque, given 40.00 in cash."""
    d, reference, _ = await with_cheque(any_stage)
    await d.anne.ask(f"/validate {reference}", expect="Cheque of €42.50")
    choice = await d.anne.press("Other method", expect="What was given instead")
    assert not choice.button("Cheque")
    asked = await d.anne.press("Cash", expect="how much was given")
    assert asked.button("Received · €42.50")
    for wrong in ("0", "-40", "+40", "40,001", "forty"):
        await d.anne.ask(wrong, expect="did not understand this amount")
    far = await d.anne.ask("4000", expect="€4,000.00 instead of €42.50")
    assert far.button("Received · €42.50")
    assert far.button("Yes, €4,000.00")
    assert await any_stage.rows("settlements") == []
    done = await d.anne.ask("40", expect="Missing €2.50")
    assert done.says("€40.00 received from Marie (Cash")
    assert done.says("Cheque of €42.50")
    assert done.says("not expected any more")
    told = await d.marie.wait("Cash: €40.00 received")
    assert told.says("Missing €2.50")
    assert told.says("You owe the group €2.50.")
    assert [row["state"] for row in await any_stage.rows("payments")] == ["cancelled", "received"]
    page = await d.bruno.ask(f"/validate {reference}", expect="Cancelled by Anne")
    assert not page.button("Undo")
    assert not page.button("Received")
    assert await d.books_hold()


async def test_in_the_group_s_chat_the_announced_amount_is_one_tap_and_no_balance_is_shown(
    stage: Stage,
) -> None:
    d, reference, _ = await with_cheque(stage)
    await d.anne.ask(f"/validate {reference}", expect="Cheque of €42.50", chat=d.chat)
    await d.anne.press("Other method", expect="What was given instead", chat=d.chat)
    asked = await d.anne.press("Cash", expect="replying to this message", chat=d.chat)
    await d.anne.tap("Received · €42.50", message=asked, wait=False)
    assert "no longer valid" in await d.anne.tap("Received · €42.50", message=asked)
    done = await d.anne.wait("received from Marie", chat=d.chat)
    assert not done.says("Balance")
    assert [row["method"] for row in await stage.rows("payments")] == ["cheque", "cash"]
    assert await d.balance(d.marie) == 0


async def test_another_settled_it_meanwhile(stage: Stage) -> None:
    d, reference, _ = await with_cheque(stage)
    await d.anne.ask(f"/validate {reference}", expect="Cheque of €42.50")
    await d.anne.press("Other method", expect="What was given instead")
    await d.anne.press("Cash", expect="how much was given")
    await d.bruno.ask(f"/validate {reference}", expect="Cheque of €42.50")
    await d.bruno.press("Received", expect="confirmed by Bruno")
    await d.anne.ask("40", expect="Already confirmed by Bruno")
    assert len(await stage.rows("payments")) == 1
    assert await d.balance(d.marie) == 0


async def test_a_payment_that_was_never_announced(stage: Stage) -> None:
    d, reference, _ = await with_cheque(stage)
    await d.open_order(d.anne, "Marie")
    await d.anne.press(reference[:3], expect="Cheque of €42.50")
    await d.anne.press("Not received", expect="marked as not received")
    order = await d.anne.press("The order", expect="Missing €42.50")
    await d.anne.press("➕ Payment", expect="not announced", message=order)
    await d.anne.press("Cash", expect="how much was given")
    asked = await d.anne.ask("4250", expect="€4,250.00 instead of €42.50")
    await d.anne.tap("Received · €42.50", message=asked, wait=False)
    assert "no longer valid" in await d.anne.tap("Yes, €4,250.00", message=asked)
    await d.anne.wait("€42.50 received from Marie (Cash")
    await d.marie.wait("Cash: €42.50 received")
    await d.anne.press("The order", expect="Exactly paid")
    assert [row["method"] for row in await stage.rows("payments")] == ["cheque", "cash"]
    assert await d.balance(d.marie) == 0
    assert await d.books_hold()


async def test_cancelled_and_typed(stage: Stage) -> None:
    d, _, order_id = await with_cheque(stage)
    await d.open_order(d.anne, "Marie")
    for _ in range(2):
        await d.anne.press("➕ Payment", expect="not announced")
        await d.anne.press("Bank transfer", expect="how much was given")
        await d.anne.press("Cancel", expect="👤 Marie")
    assert len(await stage.rows("payments")) == 1
    await d.anne.press("➕ Payment", expect="not announced")
    await d.anne.press("Bank transfer", expect="how much was given")
    await d.anne.ask("10", expect="€10.00 received from Marie")
    (_, second) = await stage.rows("payments")
    assert (second["purpose"], second["order_id"]) == ("order", order_id)


async def test_the_till_is_counted_and_a_difference_needs_a_reason(any_stage: Stage) -> None:
    d = await day(any_stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CASH)
    await d.open_order(d.anne, "Marie")
    await d.anne.press("Validate the order", expect="Validated by Anne")
    await d.page(d.anne, chat=d.chat)
    await d.anne.press("Cash count", expect="by the books: €42.50", chat=d.chat)
    await d.anne.press("Count at opening", expect="How much is in the till", chat=d.chat)
    question = await d.anne.wait("How much is in the till", chat=d.chat)
    await d.anne.send("42,50", chat=d.chat, reply_to=question)
    await d.anne.wait("It is what the books say", chat=d.chat)

    await d.page(d.anne)
    await d.anne.press("Cash count", expect="at opening: €42.50 counted")
    await d.anne.press("Count at closing", expect="How much is in the till")
    await d.anne.ask("lots", expect="did not understand this amount")
    await d.anne.ask("40", expect="difference −€2.50")
    assert len(await any_stage.rows("cash_counts")) == 1
    await d.anne.ask("x" * 101, expect="at most 100 characters")
    await d.anne.ask("too much <change> given", expect="Difference −€2.50")
    posted = await d.anne.wait("Till at closing: €40.00, counted by Anne", chat=d.chat)
    assert posted.says("too much <change> given")
    said = {row["id"]: row["text"] for row in await any_stage.rows("notes")}
    counts = await any_stage.rows("cash_counts")
    assert [said.get(row["reason_id"]) for row in counts] == [None, "too much <change> given"]
    assert await d.books_hold()


async def test_the_books_move_while_the_reason_is_asked(stage: Stage) -> None:
    d = await day(stage)
    done = await d.order(d.marie, {"Vegetable box": 1_000}, Method.CASH)
    assert done.payment is not None
    await d.page(d.anne)
    await d.anne.press("Cash count", expect="by the books: €0.00")
    await d.anne.press("Count at closing", expect="How much is in the till")
    await d.anne.ask("42.50", expect="difference +€42.50")
    await d.bruno.ask(f"/validate {done.payment.reference}", expect="Cash of €42.50")
    await d.bruno.press("Received", expect="confirmed by Bruno")
    await d.anne.ask("found", expect="It is what the books say")
    assert len(await stage.rows("cash_counts")) == 1


async def test_validated_when_every_order_is_with_a_report_to_the_chat_and_the_treasurer(
    any_stage: Stage,
) -> None:
    d, _, _ = await with_cheque(any_stage)
    await d.order(d.paul, {"Tomme": 1_200}, Method.CASH)
    for name in ("Marie", "Paul"):
        await d.open_order(d.bruno, name)
        await d.bruno.press("Validate the order", expect="Validated by Bruno")
    await d.page(d.bruno)
    before = await any_stage.world.seq()
    report = await d.bruno.press("Validate the distribution", expect="📊 Report")
    for line in ("2 orders · €53.18", "2 validated · 0 to validate", "Cheque: €42.50 received of €42.50",
                 "Cash: €10.68 received of €10.68", "Ferme des Tilleuls — €53.18", "everything is exactly paid",
                 "in the till by the books: €10.68", "Validated by Bruno"):  # fmt: skip
        assert report.says(line), line
    posted = await d.paul.wait("📊 Report", chat=d.chat, after=before)
    assert not posted.says("Marie")
    mine = await d.anne.wait("📊 Report", after=before)
    assert "Already validated by Bruno" in await d.anne.forge_tap(f"dclose:{d.distribution_id}", mine)

    await d.bruno.press("Undo the validation", expect="0 to validate", message=report)
    await d.anne.wait("Bruno took the validation of the distribution")
    assert "Bruno took this validation back already" in await d.anne.forge_tap(
        f"dundo:{d.distribution_id}:1", mine
    )
    assert len(await any_stage.rows("transactions")) == 4
    await d.page(d.anne)
    await d.anne.press("Validate the distribution", expect="Validated by Anne")
    assert await d.books_hold()


async def test_orders_left_open_are_named_in_private_and_need_a_second_tap_by_the_same(
    any_stage: Stage,
) -> None:
    d, _, _ = await with_cheque(any_stage)
    await d.order(d.paul, {"Tomme": 1_200}, Method.CASH)
    await d.open_order(d.anne, "Paul")
    await d.anne.press("Validate the order", expect="Validated by Anne")
    await d.page(d.anne, chat=d.chat)
    asked = await d.anne.press("Validate the distribution", expect="1 order is left open", chat=d.chat)
    assert not asked.says("Marie")
    await d.anne.press("Which ones?", expect="• Marie — €42.50", chat=d.chat, answer_in=d.anne.id)
    before = await any_stage.world.seq()
    assert "up to you" in await d.bruno.tap("Leave 1 order open", chat=d.chat, message=asked)
    assert await any_stage.rows("distribution_steps") == []
    mine = await d.bruno.wait("1 order is left open", chat=d.chat, after=before)
    report = await d.bruno.press("Leave 1 order open", expect="📊 Report", chat=d.chat, message=mine)
    assert report.says("1 order was left open by Bruno")
    assert report.says("Not received: €42.50")
    (step,) = await any_stage.rows("distribution_steps")
    assert step["left_open"] == 1
    assert await d.books_hold()


@pytest.mark.parametrize("verb", ["dmove", "dcancel"])
async def test_a_validated_distribution_is_neither_moved_nor_cancelled(stage: Stage, verb: str) -> None:
    d = await day(stage)
    await d.page(d.anne)
    report = await d.anne.press("Validate the distribution", expect="📊 Report")
    day_page = await d.anne.press("Back", expect="Validated by Anne", message=report)
    assert not day_page.button("Cancel it")
    assert "it took place" in await d.anne.forge_tap(f"{verb}:{d.distribution_id}", day_page)
