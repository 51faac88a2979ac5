"""Treasurers give money back, give, and give up what is owed; members ask for it: told, undone once, never too much."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from ledger.groups.models import Member
from ledger.verify.service import verify
from tests.support.bot import Stage
from tests.support.coordinating import Paniers, set_up
from tests.support.screens import Message
from tests.support.telegram import Person


async def books_hold(stage: Stage) -> bool:
    async with stage.database.snapshot() as session:
        return await verify(session) == []


async def opening(group: Paniers, amount: str) -> None:
    await group.anne.ask(f"/opening Marie {amount}", expect="Balance:")
    await group.anne.press("Confirm", expect="recorded")


async def received(group: Paniers, amount: str = "12.35") -> None:
    await group.anne.ask(f"/payment Marie {amount} cash", expect="Balance:")
    await group.anne.press("Confirm", expect="recorded")


async def page(who: Person) -> Message:
    return await who.ask("/member Marie", expect="👤 Marie Dupont")


async def treasurer(group: Paniers, name: str = "Tess") -> Person:
    """Somebody who keeps the money and coordinates nothing."""
    tess = await group.stage.world.person(name, language="en")
    await tess.join(group.chat)
    await tess.tap("Order", chat=group.chat)
    await tess.wait("You are now a member")
    async with group.stage.database.unit_of_work() as session:
        await session.execute(update(Member).where(Member.name == name).values(is_treasurer=True))
    return tess


async def transfers(stage: Stage) -> int:
    return len(await stage.rows("transfers"))


# — refunds —


async def test_a_part_in_cash_told_and_undone(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await received(group)
    asked = await group.anne.press("Refund", expect="has €12.35 of credit", message=await page(group.anne))
    assert asked.button("All the credit · €12.35")
    await group.anne.ask("20", expect="€20.00 is more than the credit: €12.35 are left")
    await group.anne.ask("zero", expect="I did not understand this amount")
    ways = await group.anne.ask("5", expect="€5.00 back to Marie Dupont: how?")
    assert [button.text for button in ways.all_buttons()] == ["💶 Cash", "🏦 Bank transfer", "Cancel"]
    preview = await group.anne.press("Cash", expect="credit €12.35 → credit €7.35", message=ways)
    assert preview.says("Nothing is recorded yet")
    await group.anne.ask("x" * 101, expect="I need a reason")
    preview = await group.anne.ask("the <eggs>", expect="📝 the <eggs>")
    done = await group.anne.press("Confirm", expect="✅ Recorded", message=preview)
    assert done.says("Given back to Marie Dupont: €5.00, Cash")
    told = await group.marie.wait("gave you back")
    assert told.says("💸 Paniers: Anne gave you back €5.00 (Cash).\n📝 the <eggs>")
    assert told.says("The group owes you €7.35")
    history = await group.marie.ask("/history", expect="Cash given back (the <eggs>)")
    assert history.says("−€5.00 → €7.35")
    await group.anne.press(
        "Undo", expect="Taken back: €5.00 for Marie Dupont. Balance: credit €12.35", message=done
    )
    assert (await group.marie.wait("took back what was recorded for you (€5.00)")).says("€12.35")
    undo = str(done.button("Undo").callback_data)  # type: ignore[union-attr]
    assert "Anne took this back already" in await group.anne.forge_tap(undo, done)
    assert [row["state"] for row in await any_stage.rows("payments")] == ["received", "cancelled"]
    assert await books_hold(any_stage)


async def test_confirmed_twice_it_is_given_back_once(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await received(group)
    await group.anne.press("Refund", expect="How much", message=await page(group.anne))
    await group.anne.press("All the credit", expect="how?")
    preview = await group.anne.press("Bank transfer", expect="→ even")
    await any_stage.world.fault("twice")
    await group.anne.tap("Confirm", message=preview, wait=False)
    assert "no longer valid" in await group.anne.tap("Confirm", message=preview)
    await any_stage.world.settle()
    assert [row["amount_cents"] for row in await any_stage.rows("payments")] == [1235, -1235]
    assert await books_hold(any_stage)


async def test_two_treasurers_at_once_share_what_is_there(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await received(group)
    tess = await treasurer(group)
    previews = []
    for who in (group.anne, tess):
        await who.press("Refund", expect="How much", message=await page(who))
        await who.ask("10", expect="how?")
        previews.append(await who.press("Cash", expect="→ credit €2.35"))
    await asyncio.gather(
        *(who.tap("Confirm", message=on) for who, on in zip((group.anne, tess), previews, strict=True))
    )
    await any_stage.world.settle()
    screens = [await who.last() for who in (group.anne, tess)]
    assert sum(screen.says("✅ Recorded") for screen in screens) == 1, screens
    (lost,) = [screen for screen in screens if not screen.says("✅ Recorded")]
    assert lost.says("€10.00 is more than the credit: €2.35 are left")
    assert lost.button("All the credit · €2.35")
    assert sum(row["amount_cents"] for row in await any_stage.rows("payments")) == 235
    assert await books_hold(any_stage)


async def test_no_credit_no_refund(stage: Stage) -> None:
    group = await set_up(stage)
    assert not (await page(group.anne)).button("Refund")
    own = await page(group.anne)
    assert "Marie Dupont has no credit" in await group.anne.forge_tap("refund:2", own)
    assert "Marie Dupont owes nothing" in await group.anne.forge_tap("writeoff:2", own)
    await opening(group, "-5")
    assert not (await page(group.anne)).button("Refund")
    await group.marie.ask("/topup 50", expect="How will you pay")
    await group.marie.press("Cash", expect="🧾")
    assert not (await page(group.anne)).button("Refund"), "announced money is none"


# — gifts and write-offs —


async def test_a_gift_needs_a_reason_and_is_taken_back_once(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await group.anne.press("Gift", expect="How much does the group give", message=await page(group.anne))
    await group.anne.ask("7,50", expect="Type the reason")
    preview = await group.anne.ask("drove the van", expect="even → credit €7.50")
    done = await group.anne.press("Confirm", expect="Given to Marie Dupont: €7.50", message=preview)
    told = await group.marie.wait("in the group's name")
    assert told.says("drove the van")
    await group.marie.ask("/history", expect="Gift (drove the van)")
    await group.anne.press("Undo", expect="Taken back: €7.50", message=done)
    undo = str(done.button("Undo").callback_data)  # type: ignore[union-attr]
    assert "Anne took this back already" in await group.anne.forge_tap(undo, done)
    await group.marie.ask("/balance", expect="You are settled up")
    assert await books_hold(any_stage)


async def test_a_part_of_a_debt_is_written_off(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await opening(group, "-20")
    await group.anne.press("Write off", expect="owes €20.00", message=await page(group.anne))
    await group.anne.ask("20,01", expect="€20.01 is more than what is owed: €20.00")
    await group.anne.ask("15", expect="Type the reason")
    await group.anne.ask("moved away", expect="owes €20.00 → owes €5.00")
    await group.anne.press("Confirm", expect="✅ Recorded")
    assert (await group.marie.wait("wrote off")).says("You owe the group €5.00")
    await group.marie.ask("/history", expect="Written off (moved away)")
    assert await books_hold(any_stage)


async def test_a_treasurer_without_another_role(any_stage: Stage) -> None:
    """Sees members' pages without what coordinators do there, and gives money back."""
    group = await set_up(any_stage)
    await received(group)
    tess = await treasurer(group)
    found = await page(tess)
    assert not found.button("Take out")
    assert (await tess.ask("/balances", expect="Members' balances")).says("Marie Dupont: credit €12.35")
    await tess.press("History", expect="Cash received", message=found)
    await tess.press("Refund", expect="How much", message=await page(tess))
    await tess.press("All the credit", expect="how?")
    await tess.press("Cash", expect="→ even")
    done = await tess.press("Confirm", expect="✅ Recorded")
    undo = str(done.button("Undo").callback_data)  # type: ignore[union-attr]
    await group.anne.forge_tap(undo, await page(group.anne))
    told = await tess.wait("Anne took back what you had done")
    assert told.says("Recorded: Marie Dupont, €12.35")
    assert await books_hold(any_stage)


# — members ask —


async def asks(group: Paniers, amount: str = "5") -> Message:
    """Marie asks, by transfer and with a word; what Anne reads."""
    await group.marie.ask("/balance", expect="The group owes you")
    await group.marie.press("Ask for money back", expect="How much do you want back")
    await group.marie.ask(amount, expect="back: how would you like it?")
    await group.marie.press("Bank transfer", expect="Ask for")
    preview = await group.marie.ask("FR76 on file", expect="FR76 on file")
    before = await group.stage.world.seq()
    await group.marie.press("Confirm", expect="You are told when it is given back", message=preview)
    return await group.anne.wait("asks for", after=before)


async def test_asked_and_granted(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await received(group)
    told = await asks(group)
    assert told.says("💸 Paniers: Marie Dupont asks for €5.00 back (Bank transfer).\n📝 FR76 on file")
    assert told.says("Balance: credit €12.35")
    moved = await transfers(any_stage)
    seen = await group.marie.ask("/balance", expect="nobody has answered yet")
    assert not seen.button("Ask for money back")
    assert (await page(group.anne)).says("Asks for €5.00 back (Bank transfer). “FR76 on file”")
    listed = await group.anne.ask("/balances", expect="Members' balances")
    assert listed.says("Marie Dupont: credit €12.35 💸 asks for €5.00 back")
    preview = await group.anne.press("Refund €5.00", expect="credit €12.35 → credit €7.35", message=told)
    assert preview.says("Given back to Marie Dupont: €5.00, Bank transfer")
    assert await transfers(any_stage) == moved
    await group.anne.press("Confirm", expect="✅ Recorded")
    assert (await group.marie.wait("gave you back")).says("€5.00 (Bank transfer)")
    (row,) = await any_stage.rows("refund_requests")
    assert (row["state"], row["payment_id"]) == ("granted", 2)
    again = await group.marie.ask("/balance", expect="€7.35")
    assert again.button("Ask for money back")
    assert await books_hold(any_stage)


async def test_what_is_given_back_from_the_page_answers_the_request(stage: Stage) -> None:
    group = await set_up(stage)
    await received(group)
    await asks(group)
    await group.anne.press("💸 Refund", expect="How much", message=await page(group.anne))
    ways = await group.anne.ask("7", expect="€7.00 back to Marie Dupont: how?")
    await group.anne.press("Cash", expect="credit €12.35 → credit €5.35", message=ways)
    await group.anne.press("Confirm", expect="✅ Recorded")
    (row,) = await stage.rows("refund_requests")
    assert (row["state"], row["amount_cents"], row["payment_id"]) == ("granted", 500, 2)
    assert not (await page(group.anne)).says("Asks for")


async def test_asked_and_declined(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await received(group)
    told = await asks(group)
    await group.anne.press("Decline", expect="Type why", message=told)
    await group.anne.ask("the till is empty", expect="❌ Declined: €5.00 for Marie Dupont")
    answer = await group.marie.wait("declined your request for €5.00")
    assert answer.says("the till is empty")
    assert answer.says("The group owes you €12.35")
    told = await asks(group, "3")
    await group.anne.press("Decline", expect="Type why", message=told)
    await group.anne.press("Decline without a reason", expect="❌ Declined")
    assert (await group.marie.wait("declined your request for €3.00")).says("€12.35")
    assert [row["state"] for row in await any_stage.rows("refund_requests")] == ["refused", "refused"]
    assert await books_hold(any_stage)


async def test_asked_and_taken_back(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await received(group)
    told = await asks(group)
    await group.marie.ask("/balance", expect="nobody has answered yet")
    await group.marie.press("Take my request back", expect="Your request is taken back")
    for button in ("Refund €5.00", "Decline"):
        data = str(told.button(button).callback_data)  # type: ignore[union-attr]
        assert "Marie Dupont took this request back" in await group.anne.forge_tap(data, told)
    assert [row["amount_cents"] for row in await any_stage.rows("payments")] == [1235]


async def test_two_who_decide_at_once(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    await received(group)
    tess = await treasurer(group)
    told = await asks(group)
    theirs = await tess.wait("asks for")
    await group.anne.press("Refund €5.00", expect="Nothing is recorded yet", message=told)
    await tess.press("Refund €5.00", expect="Nothing is recorded yet", message=theirs)
    said = await asyncio.gather(group.anne.tap("Confirm"), tess.tap("Confirm"))
    assert sum("refunded this already" in one for one in said) == 1, said
    assert [row["amount_cents"] for row in await any_stage.rows("payments")] == [1235, -500]
    assert await books_hold(any_stage)


async def test_when_the_credit_went_meanwhile_what_is_left_is_proposed(stage: Stage) -> None:
    group = await set_up(stage)
    await received(group)
    told = await asks(group, "12,35")
    await opening(group, "-10")
    screen = await group.anne.press(
        "Refund €12.35", expect="€12.35 is more than the credit: €2.35 are left", message=told
    )
    await group.anne.press("All the credit · €2.35", expect="how?", message=screen)
    await group.anne.press("Cash", expect="→ even")
    await group.anne.press("Confirm", expect="✅ Recorded")
    assert [row["state"] for row in await stage.rows("refund_requests")] == ["granted"]


async def test_only_what_is_there_can_be_asked(stage: Stage) -> None:
    group = await set_up(stage)
    even = await group.marie.ask("/balance", expect="You are settled up")
    assert not even.button("Ask for money back")
    assert "has no credit" in await group.marie.forge_tap("askback:1", even)
    await received(group)
    await group.marie.ask("/balance", expect="€12.35")
    await group.marie.press("Ask for money back", expect="How much")
    await group.marie.ask("13", expect="€13.00 is more than the credit: €12.35 are left")
    await group.marie.press("All my credit · €12.35", expect="how would you like it")
    await group.marie.press("Cancel", expect="Nothing was recorded")
    assert await stage.rows("refund_requests") == []


async def test_asked_twice(stage: Stage) -> None:
    group = await set_up(stage)
    await received(group)
    balance = await group.marie.ask("/balance", expect="€12.35")
    ask = str(balance.button("Ask for money back").callback_data)  # type: ignore[union-attr]
    await asks(group)
    before = await stage.world.seq()
    await group.marie.forge_tap(ask, balance)
    screen = await group.marie.wait("How much do you want back", after=before)
    await group.marie.press("All my credit", expect="how would you like it", message=screen)
    await group.marie.press("Cash", expect="Ask for")
    assert "You asked for €5.00 already" in await group.marie.tap("Confirm")
    assert len(await stage.rows("refund_requests")) == 1


async def test_refused_to_everybody_else(stage: Stage) -> None:
    group = await set_up(stage)
    await received(group)
    await asks(group)
    bruno = await stage.world.person("Bruno", language="en")
    chat = await stage.world.group("Other", admins=[bruno])
    await bruno.ask("/start", expect="To start a group")
    await bruno.ask("/setup", expect="is ready", chat=chat)
    before = [await stage.rows(table) for table in ("payments", "transfers", "refund_requests")]
    verbs = (
        "refund:2",
        "gift:2",
        "writeoff:2",
        "leftgroup:2",
        "rqgrant:1",
        "rqdeny:1",
        "rfundo:1:1",
        "adjundo:1",
    )
    for person, refusals in (
        (group.marie, ("Only the group's coordinators",)),
        (group.zoe, ("not a member",)),
        (bruno, ("not there any more", "not a member", "no member", "no payment")),
    ):
        own = await person.ask("/help", expect="What I can do")
        for data in verbs:
            said = await person.forge_tap(data, own)
            assert any(refusal in said for refusal in refusals), (person, data, said)
    own = await group.anne.ask("/balance", expect="settled up")
    for data in ("askbackoff:1", "askback:99", "askback", "refund", "refund:x", "refund:2:1:1", "rqgrant:9"):
        await group.anne.forge_tap(data, own)
    await stage.world.settle()
    assert [await stage.rows(table) for table in ("payments", "transfers", "refund_requests")] == before
    assert not [row for row in await stage.rows("inbox") if row["error"]]


@pytest.mark.parametrize("data", ["refund:2", "gift:2", "rqgrant:1", "rqdeny:1", "askback:1", "askbackoff:1"])
async def test_nothing_of_it_in_the_members_chat(stage: Stage, data: str) -> None:
    group = await set_up(stage)
    await received(group)
    await asks(group)
    public = (await group.anne.messages(group.chat))[-1]
    before = [one.text for one in await group.anne.messages(group.chat)]
    for person in (group.anne, group.marie):
        await person.forge_tap(data, public)
    await stage.world.settle()
    after = await group.anne.messages(group.chat)
    assert [one.text for one in after] == before
    assert not any(one.says("12.35") for one in after)
    assert [row["state"] for row in await stage.rows("refund_requests")] == ["open"]
