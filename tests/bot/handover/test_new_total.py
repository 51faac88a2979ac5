"""Goods changed after the payment was announced: the sum that is due now, by each way it is received and told."""

from __future__ import annotations

from ledger.groups.models import Method
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage
from tests.support.screens import Message


async def without_bread(stage: Stage, marie: Method, paul: Method) -> tuple[Day, str, str]:
    """Both ordered for 47.85, and the bread of 5.35 did not come; the references of what they announced."""
    d = await day(stage)
    lines = {"Vegetable box": 1_000, "Bread": 1_000}
    done = [await d.order(d.marie, lines, marie), await d.order(d.paul, lines, paul)]
    await d.page(d.anne)
    await d.anne.press("Goods", expect="Which product")
    await d.anne.press("Bread", expect="Ordered by 2 members")
    await d.anne.press("It did not come", expect="Sure?")
    await d.anne.press("Did not come, for 2", expect="did not come: 2 members do not owe it")
    references = [one.payment.reference for one in done if one.payment is not None]
    return d, references[0], references[1]


def first_labels(page: Message, word: str) -> list[str]:
    """The labels that hold the word, in the order they stand."""
    return [one.text.replace("\u00a0", " ") for one in page.all_buttons() if word in one.text]


async def test_cash_is_received_for_the_new_total_and_a_cheque_as_it_is_written(any_stage: Stage) -> None:
    d, _, cheque = await without_bread(any_stage, Method.CASH, Method.CHEQUE)
    told = await d.marie.wait("corrected your order")
    assert told.says(
        "You owe the group €42.50: that much in cash is enough, instead of the €47.85 you announced."
    )
    told = await d.paul.wait("corrected your order")
    assert told.says(
        "You owe the group €42.50. Your cheque of €47.85 will cover all of it: €5.35 of credit will"
    )
    await d.paul.ask("/balance", expect="The €47.85 awaiting confirmation cover all of it: €5.35 of credit")

    await d.open_order(d.anne, "Marie")
    page = await d.anne.wait("Overpaid €5.35, once the awaited €47.85 is received")
    assert first_labels(page, "Validate the order") == [
        "✅ Validate the order · €42.50 received (new total)",
        "✅ Validate the order · €47.85 received (as announced)",
    ]
    done = await d.anne.press("Validate the order", expect="Validated by Anne", message=page)
    assert done.says("Exactly paid")
    told = await d.marie.wait("is validated by Anne")
    assert told.says("✅ €42.50 received")
    assert told.says("You are settled up")

    page = await d.bruno.ask(f"/validate {cheque}", expect="To be paid now: €42.50 (new total)")
    assert first_labels(page, "Received ·") == [
        "✅ Received · €47.85 (as announced)",
        "✅ Received · €42.50 (new total)",
    ]
    done = await d.bruno.press("as announced", expect="confirmed by Bruno", message=page)
    assert done.says("Overpaid, credit of €5.35")
    told = await d.paul.wait("Cheque: €47.85 received")
    assert told.says("Overpaid, credit of €5.35")
    assert (await d.balance(d.marie), await d.balance(d.paul)) == (0, 535)
    assert await d.books_hold()


async def test_who_brings_cash_reads_the_same_sum_wherever_they_look(stage: Stage) -> None:
    """What the correction said is what the balance says, and once more when the validation is taken back."""
    d, _, _ = await without_bread(stage, Method.CASH, Method.CHEQUE)
    enough = "You owe the group €42.50: that much in cash is enough, instead of the €47.85 you announced."
    await d.marie.wait(enough)
    await d.marie.ask("/balance", expect=enough)
    await d.open_order(d.anne, "Marie")
    await d.anne.press("Validate the order · €42.50", expect="Validated by Anne")
    assert (await d.marie.ask("/balance", expect="💰")).says("You are settled up")
    await d.anne.press("Undo the validation", expect="once the awaited €47.85")
    assert (await d.marie.wait("took the validation of your order")).says(enough)
    assert (await d.marie.ask("/start", expect="Amap des Lilas")).says(enough)


async def test_what_is_typed_is_measured_against_the_new_total(stage: Stage) -> None:
    """Of 47.85 announced, 42.50 is due: 40.00 lacks 2.50, in the preview, in the outcome, and for the member."""
    d, _, _ = await without_bread(stage, Method.CASH, Method.CHEQUE)
    page = await d.anne.ask("/payment Marie 40 cash", expect="Already awaited")
    assert page.says("Missing €2.50")
    done = await d.anne.press("Received", expect="confirmed by Anne", message=page)
    assert done.says("Missing €2.50")
    assert (await d.marie.wait("Cash: €40.00 received")).says("Missing €2.50")
    assert await d.balance(d.marie) == -250
    await d.anne.ask("/opening Marie 2,50", expect="Nothing is recorded yet")
    assert "Marie · €2.50 recorded" in await d.anne.tap("Confirm")


async def test_a_cheque_that_was_not_needed_for_a_while_is_expected_when_its_receipt_is_taken_back(
    any_stage: Stage,
) -> None:
    """Of two cheques the new total needs one. Taken back, both are received; then one of them is not after all."""
    d = await day(any_stage)
    first = await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    added = await d.order(d.marie, {"Bread": 1_000}, Method.CHEQUE)
    assert first.payment is not None
    assert added.payment is not None
    await d.open_order(d.anne, "Marie")
    await d.anne.press("Goods", expect="which product")
    await d.anne.press("Bread", expect="Ordered")
    await d.anne.press("Not delivered", expect="✏️ Marie")
    await d.open_order(d.anne, "Marie")
    page = await d.anne.press("new total", expect="Validated by Anne")
    assert page.says("· cancelled")
    await d.anne.press("Undo the validation", expect="once the awaited €47.85")
    await d.anne.press("as announced", expect="Overpaid €5.35")
    page = await d.anne.ask(f"/validate {added.payment.reference}", expect="Already confirmed by Anne")
    assert "awaited again" in await d.anne.tap("Undo", message=page)
    await d.marie.wait("a coordinator took the last step back")
    await d.marie.ask("/balance", expect=added.payment.reference[:3])
    assert await d.balance(d.marie) == 0
    assert await d.books_hold()


async def test_one_by_one_and_by_another_way_than_announced(stage: Stage) -> None:
    d, cash, cheque = await without_bread(stage, Method.CASH, Method.CHEQUE)
    page = await d.anne.ask(f"/validate {cash}", expect="To be paid now")
    assert first_labels(page, "Received ·")[0] == "✅ Received · €42.50 (new total)"
    done = await d.anne.press("Received", expect="confirmed by Anne", message=page)
    assert not done.says("Missing")
    told = await d.marie.wait("Cash: €42.50 received")
    assert not told.says("Missing")
    await d.anne.ask(f"/validate {cheque} 40", expect="Missing €2.50")
    await d.anne.press("Other method", expect="What was given instead")
    page = await d.anne.press("Cash", expect="how much was given")
    assert first_labels(page, "Received ·") == [
        "✅ Received · €42.50 (new total)",
        "✅ Received · €47.85 (as announced)",
    ]
    done = await d.anne.press("new total", expect="confirmed by Anne", message=page)
    assert not done.says("Missing")
    assert (await d.balance(d.marie), await d.balance(d.paul)) == (0, 0)
    assert await d.books_hold()


async def test_what_was_weighed_meanwhile_is_not_received_by_an_older_screen(stage: Stage) -> None:
    """The sum on the button was the order's new total; a colleague took the correction back since."""
    d, _, _ = await without_bread(stage, Method.CASH, Method.CHEQUE)
    receipt = await d.anne.wait("did not come: 2 members")
    await d.open_order(d.bruno, "Marie")
    await d.anne.press("Undo for 2 members", expect="taken back for 2 members", message=receipt)
    assert "Nothing was recorded" in await d.bruno.tap("Validate the order · €42.50")
    page = await d.bruno.wait("Exactly paid, once the awaited €47.85")
    assert first_labels(page, "Validate the order") == ["✅ Validate the order · €47.85 received"]
    assert await stage.rows("settlements") == []
    assert (await d.marie.wait("took a correction")).says("You owe the group €47.85 — of which €47.85")


async def test_board_and_report_mean_the_same_by_missing_and_overpaid(stage: Stage) -> None:
    """What is expected is not missing; what it will be too much is overpaid, whether it came or not."""
    d, cash, _ = await without_bread(stage, Method.CASH, Method.CHEQUE)
    await d.anne.ask(f"/validate {cash} 40", expect="Missing €2.50")
    await d.anne.press("Received · €40.00", expect="confirmed by Anne")
    await d.open_order(d.anne, "Marie")
    await d.anne.press("Validate the order", expect="Missing €2.50")
    await d.page(d.anne)
    assert "follows whatever you do" in await d.anne.tap("Board")
    board = await d.anne.wait("➖ Missing: €2.50", chat=d.chat)
    await d.page(d.anne)
    await d.anne.press("Validate the distribution", expect="1 order is left open")
    report = await d.anne.press("Leave 1 order open", expect="📊 Report")
    for shown in (board, report):
        assert shown.says("➖ Missing: €2.50")
        assert shown.says("➕ Overpaid: €5.35")
    assert report.says("Not received: €47.85, still awaited")
