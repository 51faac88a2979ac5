"""A pile of cheques: what was done is said at once over the button, and the next open order is one tap away, or none."""

from __future__ import annotations

from ledger.groups import service as groups
from ledger.groups.models import Method
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage

CHEQUES = 30


async def crowd(d: Day, count: int) -> None:
    """So many members with a cheque each, called Member 01 and so on."""
    async with d.stage.database.unit_of_work() as session:
        group = await groups.get_group(session, d.seeded.group_id)
        members = []
        for number in range(1, count + 1):
            person = await groups.remember_person(session, 9_000 + number, f"Member {number:02}", None, "en")
            members.append((await groups.join(session, group, person))[0].id)
    for member_id in members:
        await d.order(member_id, {"Bread": 1_000}, Method.CHEQUE)


async def test_thirty_cheques_take_a_tap_each(stage: Stage) -> None:
    d = await day(stage)
    await crowd(d, CHEQUES)
    taps = 2
    await d.page(d.anne)
    await d.anne.press("Orders (30)", expect="nothing awaited")
    page = await d.anne.press("Member 01", expect="👤 Member 01")
    for number in range(1, CHEQUES):
        before = await stage.world.seq()
        toast = await d.anne.tap("€5.35 received ➡️ Next", message=page)
        taps += 1
        assert f"✅ Member {number:02} · €5.35 received" in toast
        page = await d.anne.wait(f"👤 Member {number + 1:02}", after=before)
        assert page.says(f"✅ Member {number:02}: validated, €5.35 received.")
    assert not page.button("Next"), "nobody else is left"
    await d.anne.press("Validate the order", expect="Validated by Anne", message=page)
    assert taps + 1 <= 45
    assert await d.validated() == CHEQUES
    assert await d.books_hold()


async def test_next_undo_and_back_to_where_one_was(stage: Stage) -> None:
    d = await day(stage)
    await crowd(d, 18)
    await d.page(d.anne)
    await d.anne.press("Orders (18)", expect="nothing awaited")
    second = await d.anne.press("▶️", expect="nothing awaited")
    assert second.button("2 / 3")
    await d.anne.press("Member 10", expect="👤 Member 10")
    done = await d.anne.press("Validate the order", expect="Validated by Anne")
    following = await d.anne.press("Next: Member 11", expect="👤 Member 11", message=done)
    done = await d.anne.press("received ➡️ Next", expect="👤 Member 12", message=following)
    undone = await d.anne.press("Undo: Member 11", expect="👤 Member 11", message=done)
    assert undone.button("Validate the order")
    back = await d.anne.press("Back", expect="nothing awaited", message=undone)
    assert back.button("2 / 3")
    last = await d.anne.press("▶️", expect="nothing awaited", message=back)
    assert last.buttons[-3][0].text.startswith("✅ Member 10"), "what is open comes first"

    await d.anne.press("Back", expect="Distribution", message=last)
    await d.anne.press("Payments", expect="still awaited")
    await d.anne.press("▶️", expect="still awaited")
    await d.anne.press("Member 12", expect="Cheque of €5.35")
    toast = await d.anne.tap("Received · €5.35")
    assert "✅ Member 12 · €5.35 received" in toast
    await d.anne.wait("confirmed by Anne")
    assert (await d.anne.press("Back", expect="still awaited")).button("2 / 2")


async def test_every_tap_that_acts_says_what_it_did(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Tomme": 1_000, "Bread": 1_000}, Method.CHEQUE)
    await d.order(d.paul, {"Bread": 1_000}, Method.CHEQUE)
    await d.page(d.anne)
    await d.anne.press("Goods", expect="Which product")
    await d.anne.press("Bread", expect="Ordered by 2")
    await d.anne.press("It did not come", expect="2 members get none")
    assert await d.anne.tap("Did not come, for 2") == "✏️ Bread: changed for 2 members"
    await d.anne.wait("do not owe it")
    assert await d.anne.tap("Undo for 2") == "↩️ Bread: taken back for 2 members"
    await d.open_order(d.anne, "Marie")
    await d.anne.press("Goods", expect="which product is not")
    await d.anne.press("Tomme", expect="Tomme — Marie")
    assert await d.anne.tap("Not delivered") == "✏️ Marie · Tomme: €8.90 → €0.00"
    await d.anne.press("Undo this change", expect="0 kg → 1 kg")
    await d.open_order(d.anne, "Marie")
    assert await d.anne.tap("Validate the order") == "✅ Marie · €14.25 received"
    told = await d.marie.wait("is validated by Anne")
    assert told.says("Cheque, €14.25"), "what was received stands in what she reads"
    await d.anne.press("Next: Paul", expect="👤 Paul")
    await d.anne.press("Validate the order", expect="Validated by Anne")
    await d.page(d.anne)
    assert await d.anne.tap("Validate the distribution") == "🏁 The distribution is validated."
    await d.anne.wait("Report")
    assert await d.anne.tap("Undo the validation", message=await d.anne.wait("Report")) == (
        "↩️ The distribution is open again."
    )
    await d.page(d.anne)
    await d.anne.press("Cancel", expect="Cancel this distribution")
    assert await d.anne.tap("Cancel it, with 2") == "🚫 The distribution is cancelled."
