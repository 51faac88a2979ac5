"""Another takes back what a coordinator confirmed, validated or corrected: they read it in private, or are named."""

from __future__ import annotations

from sqlalchemy import update

from ledger.db import utc_now
from ledger.groups.models import Method, Person
from tests.bot.handover.scene import day
from tests.support.bot import Stage


async def test_whoever_did_it_is_told_by_whom_what_and_how_much(any_stage: Stage) -> None:
    d = await day(any_stage)
    done = await d.order(d.marie, {"Vegetable box": 1_000, "Bread": 1_000}, Method.CHEQUE)
    assert done.payment is not None
    await d.page(d.anne)
    await d.anne.press("Goods", expect="Which product")
    await d.anne.press("Bread", expect="Ordered by 1 member")
    await d.anne.press("It did not come", expect="Sure?")
    await d.anne.press("Did not come, for 1", expect="did not come: 1 member")
    await d.anne.ask(f"/validate {done.payment.reference}", expect="To be paid now")
    await d.anne.press("Received · €47.85", expect="confirmed by Anne")

    await d.bruno.ask(f"/validate {done.payment.reference}", expect="Already confirmed by Anne")
    await d.bruno.press("Undo", expect="To be paid now")
    told = await d.anne.wait("Bruno took back what you had done")
    assert told.says("Received: Marie, Cheque, €47.85")
    await d.open_order(d.bruno, "Marie")
    await d.bruno.press("Goods", expect="which product")
    await d.bruno.press("Bread", expect="Changed by Anne")
    before = await any_stage.world.seq()
    await d.bruno.press("Undo this change", expect="✏️ Marie")
    told = await d.anne.wait("Bruno took back what you had done", after=before)
    assert told.says("Correction: Marie, Bread: 0 × → 1 ×")
    assert told.says("€0.00 → €5.35")

    # Unreachable, they are named to the one who can tell them; of one's own doing nobody hears.
    await d.bruno.ask(f"/validate {done.payment.reference}", expect="Cheque of €47.85")
    await d.bruno.press("Not received", expect="marked as not received by Bruno")
    await d.bruno.block()
    await any_stage.world.settle()
    async with any_stage.database.unit_of_work() as session:
        await session.execute(update(Person).where(Person.id == d.bruno.id).values(blocked_at=utc_now()))
    await d.anne.ask(f"/validate {done.payment.reference}", expect="marked as not received by Bruno")
    page = await d.anne.press("Undo", expect="Cheque of €47.85")
    assert page.says("Bruno made this, and does not receive my messages: tell them yourself")
    await d.anne.press("Not received", expect="marked as not received by Anne", message=page)
    page = await d.anne.press("Undo", expect="Cheque of €47.85")
    assert not page.says("does not receive")
    assert len([m for m in await d.anne.messages() if m.says("took back what you had done")]) == 2
    assert await d.books_hold()


async def test_a_validation_taken_back_after_the_day_was_closed_opens_it_and_is_told(
    any_stage: Stage,
) -> None:
    d = await day(any_stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    await d.open_order(d.bruno, "Marie")
    await d.bruno.press("Validate the order", expect="Validated by Bruno")
    await d.page(d.bruno)
    await d.bruno.press("Validate the distribution", expect="📊 Report")
    await d.open_order(d.anne, "Marie")
    before = await any_stage.world.seq()
    await d.anne.press("Undo the validation", expect="once the awaited €42.50 is received")
    told = await d.bruno.wait("Anne took back what you had done", after=before)
    assert told.says("Order validated: Marie, €42.50")
    assert await d.bruno.wait(
        "is open again. What that validation had received is awaited again", after=before
    )
    posted = await d.paul.wait(
        "Anne took the validation of an order of €42.50 back", chat=d.chat, after=before
    )
    assert not posted.says("Marie")
    await d.page(d.anne)
    page = await d.anne.wait("0 validated · 1 to validate")
    assert page.button("Validate the distribution")
    assert await d.books_hold()
