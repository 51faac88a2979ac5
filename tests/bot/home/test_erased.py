"""What somebody typed is erased: every screen that showed it opens still, says that it was, and the books hold."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.ui.texts import Texts
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.notes import service as notes
from ledger.notes.models import Note
from ledger.orders import corrections, till
from ledger.orders.handover_models import CountKind
from ledger.payments import requests
from ledger.payments import service as payments
from ledger.payments.adjustments import AdjustmentKind, adjust, undo_adjustment
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage

TYPED = ("for the eggs", "thanks for the van", "on Friday", "wrong change")


async def typed(d: Day) -> None:
    """A payment, a gift that is taken back, a request and a count, each with a note; and a line that is corrected."""
    done = await d.order(d.marie, {"Bread": 2_000}, Method.MEMBER_CREDIT)
    payment, gift, request, count = TYPED
    async with d.stage.database.unit_of_work() as session:
        anne, marie = [
            await groups.get_member(session, d.seeded.group_id, d.seeded.members[who.id])
            for who in (d.anne, d.marie)
        ]
        await payments.enter_by_hand(session, marie, Method.CASH, 5000, anne, note=payment)
        given = await adjust(session, marie, AdjustmentKind.GIFT, 300, anne, gift)
        await undo_adjustment(session, anne.group_id, given.transaction_id, anne)
        await requests.ask(session, marie, 500, Method.CASH, request)
        await till.count(
            session, anne.group_id, d.distribution_id, CountKind.CLOSING, 4900, anne, reason=count
        )
        await corrections.deliver(session, anne.group_id, done.lines[0].id, 1_000, anne)


async def screens(d: Day) -> list[str]:
    """Every screen that shows a note."""
    mine = await d.marie.ask("/history", expect="Cash received")
    page = await d.anne.ask("/member Marie", expect="Asks for €5.00 back")
    theirs = await d.anne.press("History", expect="Cash received", message=page)
    await d.page(d.anne)
    counted = await d.anne.press("Cash count", expect="at closing: €49.00 counted")
    return [mine.text, theirs.text, page.text, counted.text]


async def test_every_screen_opens_and_the_books_hold(any_stage: Stage) -> None:
    d = await day(any_stage)
    await d.option("negative_balances", True)
    await typed(d)
    mine, theirs, page, counted = await screens(d)
    for history in (mine, theirs):
        assert "Cash received (for the eggs)" in history
        assert history.count("(thanks for the van)") == 2
        assert "Order corrected (Bread)" in history
    assert "“on Friday”" in page
    assert "difference −€1.00 (wrong change)" in counted

    async with any_stage.database.unit_of_work() as session:
        for note in (await session.execute(select(Note))).scalars().all():
            await notes.erase(session, d.seeded.group_id, note.id)
    assert await d.books_hold()
    mine, theirs, page, counted = await screens(d)
    assert not any(word in text for text in (mine, theirs, page, counted) for word in TYPED)
    for history in (mine, theirs):
        assert "Cash received (erased)\n" in history
        assert history.count(" (erased)\n") == 3
        assert "Order corrected (Bread)" in history
    assert "“(erased)”" in page
    assert "difference −€1.00 (erased)" in counted


@pytest.mark.parametrize(("language", "said"), [("en", "(erased)"), ("fr", "(effacé)")])
def test_it_is_said_in_the_readers_language(language: str, said: str) -> None:
    texts, erased, there = Texts(language), Note(text=None), Note(text="vu")
    assert (texts.noted(erased), texts.aside(erased)) == (said, said)
    assert (texts.noted(there), texts.aside(there)) == ("vu", "(vu)")
