"""A member's history: every line knows what for, under which reference, and who did it; a page costs what a line costs."""

import pytest
from sqlalchemy import event

from ledger.db import Database
from ledger.groups.models import Member, Method
from ledger.orders import corrections
from ledger.orders.history import Explained, History, history
from ledger.payments.adjustments import AdjustmentKind
from tests.support.ledger import Story


async def page_of(story: Story, member: Member, before: int | None = None) -> History:
    async with story.database.snapshot() as session:
        return await history(session, member, before=before)


def told(one: Explained) -> tuple[str, str | None, bool, bool, str | None]:
    """The line's kind, its distribution's place, whether a reference and the member are named, and what it took back."""
    return (
        one.line.transaction.kind,
        one.distribution.place if one.distribution else None,
        one.payment is not None,
        one.is_own,
        one.undone.kind if one.undone else None,
    )


async def test_every_line_says_what_for_and_by_whom(story: Story) -> None:
    paul, friday = await story.member("Paul"), await story.distribution("Halle")
    bread = await story.product("Pain", 400, stock=9_000)
    done = await story.order(paul, friday, {bread: 2_000}, Method.CHEQUE)
    assert done.payment is not None
    await story.receive(done.payment)
    await story.undo(done.payment)
    await story.opening(paul, 500)
    async with story.database.unit_of_work() as session:
        await corrections.deliver(session, story.group_id, done.lines[0].id, 1_000, story.anne)
    await story.enter(paul, Method.CASH, 300)
    await story.adjust(paul, AdjustmentKind.GIFT, 100)
    await story.order(paul, friday, {bread: 1_000}, Method.MEMBER_CREDIT)
    page = await page_of(story, paul)
    assert [told(one) for one in page.lines] == [
        ("addition", "Halle", False, True, None),
        ("gift", None, False, False, None),
        ("received-cash", None, True, False, None),
        ("correction", "Halle", False, False, None),
        ("opening", None, False, False, None),
        ("reversal", "Halle", True, False, "received-cheque"),
        ("received-cheque", "Halle", True, False, None),
        ("order", "Halle", True, True, None),
    ]
    assert {one.actor for one in page.lines} == {"Anne", "Paul"}
    (expected,) = page.expected
    assert expected.payment.id == done.payment.id
    assert expected.distribution is not None
    assert expected.distribution.place == "Halle"


@pytest.mark.parametrize("orders", [1, 9])
async def test_a_page_asks_the_database_as_often_as_a_line(
    database: Database, story: Story, orders: int
) -> None:
    paul = await story.member("Paul")
    bread = await story.product("Pain", 400)
    for _ in range(orders):
        done = await story.order(paul, await story.distribution(), {bread: 1_000}, Method.CHEQUE)
        assert done.payment is not None
        await story.receive(done.payment, by=story.anne)
        await story.undo(done.payment)
    asked: list[str] = []
    engine = database.reading_engine.sync_engine
    listen = lambda c, cursor, sql, *_: asked.append(sql)  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    try:
        page = await page_of(story, paul)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    selects = [sql for sql in asked if sql.lstrip().startswith("SELECT")]
    assert (len(page.expected), len(page.lines)) == (orders, min(3 * orders, 10))
    assert len(selects) == 8
    if page.older is not None:
        assert (await page_of(story, paul, page.older)).expected == ()
