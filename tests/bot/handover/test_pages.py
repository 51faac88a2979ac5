"""In a group's chat a page belongs to who opened it; another coordinator's tap opens their own and does nothing else."""

from __future__ import annotations

from ledger.groups.models import Method
from tests.bot.handover.scene import Day, day
from tests.bot.handover.test_confirmations import data_of, written
from tests.support.bot import Stage
from tests.support.telegram import Message, Person

THEIRS = "page is a colleague's"


async def shared(stage: Stage) -> Day:
    """Anne and Bruno in the coordinators' chat; Marie and Paul ordered the same."""
    d = await day(stage)
    for who in (d.marie, d.paul):
        await d.order(who, {"Bread": 1_000}, Method.CHEQUE)
    await d.coordinators_only()
    return d


async def opened(d: Day, who: Person, *labels: str) -> Message:
    """A page of somebody's own in the chat, by these buttons."""
    page = await who.ask("/distribution", expect="Distribution", chat=d.chat)
    for label in labels:
        before = await who.world.seq()
        await who.tap(label, message=page, wait=False)
        page = await who.wait(chat=d.chat, after=before)
    return page


async def test_two_coordinators_on_one_message_do_not_move_it_under_each_other(any_stage: Stage) -> None:
    d = await shared(any_stage)
    hers = await opened(d, d.anne, "Orders (2)", "Marie")
    before = await written(any_stage)
    seq = await any_stage.world.seq()
    assert f"Nothing was done: that {THEIRS}" in await d.bruno.tap("Validate the order · €5.35", message=hers)
    his = await d.bruno.wait("👤 Marie", chat=d.chat, after=seq)
    assert his.id != hers.id
    assert await written(any_stage) == before, "opening a page of one's own is all it does"
    await d.bruno.press("Back", expect="nothing awaited", message=his)
    await d.bruno.press("Paul", expect="👤 Paul", chat=d.chat)
    (still,) = [m for m in await d.anne.messages(d.chat) if m.id == hers.id]
    assert still.says("👤 Marie")
    await d.anne.press("Validate the order", expect="Validated by Anne", message=still)
    await d.bruno.press("Validate the order", expect="Validated by Bruno", chat=d.chat)
    assert await d.validated() == 2

    hers = await d.anne.wait("Validated by Anne", chat=d.chat)
    seq = await any_stage.world.seq()
    await d.bruno.tap("Undo the validation", message=hers, wait=False)
    await d.anne.tap("Undo the validation", message=hers, wait=False)
    await any_stage.world.settle()
    assert await d.validated() == 1, "two taps at once: the owner's counts"
    await d.bruno.wait("👤 Marie", chat=d.chat, after=seq)
    assert await d.books_hold()


async def test_no_button_acts_on_a_colleague_s_page(stage: Stage) -> None:
    d = await shared(stage)
    done = await d.order(d.marie, {"Tomme": 1_000}, Method.CHEQUE)
    assert done.payment is not None
    before = await written(stage)
    for path, label in (
        (("Goods", "Bread", "It did not come"), "Did not come, for 2"),
        (("Orders (2)", "Marie", "Goods", "Tomme"), "Not delivered"),
        (("Validate the distribution",), "Leave 2 orders open"),
        (("Cancel",), "Cancel it, with 2 orders"),
        (("Payments", "Marie"), "Received"),
        (("Payments", "Marie"), "Not received"),
    ):
        hers, seq = await opened(d, d.anne, *path), await stage.world.seq()
        assert "Nothing was done" in await d.bruno.tap(label, message=hers) or "Leave" in label
        his = await d.bruno.wait(chat=d.chat, after=seq)
        assert his.id > hers.id, label
        assert await written(stage) == before, label
    assert (await stage.rows("distributions"))[0]["cancelled_at"] is None


async def test_what_nobody_opened_yet_is_whoever_taps_first(stage: Stage) -> None:
    """Messages from before pages had owners go on working where they are."""
    d = await shared(stage)
    page = await opened(d, d.anne)
    bare = data_of(page, "Orders").partition("~")[0]
    assert await d.bruno.forge_tap(bare, page) == ""
    edited = await d.bruno.wait("nothing awaited", chat=d.chat)
    assert edited.id == page.id
    assert THEIRS in await d.anne.tap("Marie", message=edited)
