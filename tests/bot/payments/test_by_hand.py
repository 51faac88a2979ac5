"""Coordinators enter payments and opening balances by hand, both signed, each recorded once."""

from __future__ import annotations

import pytest
from sqlalchemy import text as sql

from tests.support.bot import Stage
from tests.support.coordinating import Paniers, in_days, set_up


async def balance_of_marie(group: Paniers) -> int:
    rows = await group.stage.rows("accounts")
    return -next(row["balance_cents"] for row in rows if (row["kind"], row["owner_id"]) == ("members", 2))


async def test_a_payment_in_one_line(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    day = in_days(-20)
    preview = await group.anne.ask(
        f"/paiement Marie Dupont 42,50 chèque {day} two <baskets>", expect="A payment by"
    )
    assert preview.says("€42.50, Cheque")
    assert preview.says("two <baskets>")
    assert preview.says("Balance: even → credit €42.50")
    assert preview.says("Nothing is recorded yet")
    assert await any_stage.rows("payments") == []

    receipt = await group.anne.press("Confirm", expect="The payment is recorded")
    assert receipt.says("Reference:")
    told = await group.marie.wait("entered by Anne")
    assert told.says("€42.50 received")
    assert told.says("The group owes you €42.50")
    payment = (await any_stage.rows("payments"))[0]
    (note,) = await any_stage.rows("notes")
    assert payment["note_id"] == note["id"]
    assert (str(payment["dated"]), note["text"], payment["amount_cents"]) == (day, "two <baskets>", 4250)
    assert await balance_of_marie(group) == 4250

    await group.anne.press("Undo", expect="reference", message=receipt)
    assert await balance_of_marie(group) == 0


async def test_confirmed_twice_it_is_recorded_once(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    preview = await group.anne.ask("/paiement @marie_d 10 liquide", expect="A payment by")
    await group.anne.tap("Confirm", message=preview, wait=False)
    assert "no longer valid" in await group.anne.tap("Confirm", message=preview)
    assert len(await any_stage.rows("payments")) == 1
    await group.anne.ask("/reprise Marie −5", expect="An opening balance")
    preview = await group.anne.wait("An opening balance")
    await any_stage.world.fault("twice")
    await group.anne.tap("Confirm", message=preview)
    await any_stage.world.settle()
    assert await balance_of_marie(group) == 500


async def test_step_by_step(stage: Stage) -> None:
    group = await set_up(stage)
    anne = group.anne
    who = await anne.ask("/paiement", expect="For which member")
    assert who.button("Marie Dupont")
    await anne.ask("nobody", expect="I know no member called “nobody”")
    await anne.ask("marie", expect="how much was paid")
    for text in ("0", "12,345", "1e3", "١٢", "douze"):
        await anne.ask(text, expect="did not understand this amount")
    await anne.ask("-7,5", expect="How was it paid?")
    await anne.press("Bank transfer", expect="When was it paid?")
    await anne.ask("yesterday", expect="did not understand this day")
    await anne.ask(in_days(3), expect="cannot be in the future")
    await anne.press("Today", expect="A note")
    await anne.ask("x" * 101, expect="This note is too long")
    preview = await anne.press("Without a note", expect="Given back to")
    assert preview.says("owes €7.50")
    assert await stage.rows("payments") == []
    await anne.press("Confirm", expect="The payment is recorded")
    await group.marie.wait("given back to you by Anne")
    assert await balance_of_marie(group) == -750


@pytest.mark.parametrize(("typed", "cents"), [("+12", 1200), ("-12", -1200), ("−12", -1200), ("12", 1200)])
async def test_opening_balances(any_stage: Stage, typed: str, cents: int) -> None:
    group = await set_up(any_stage)
    await group.anne.ask(f"/reprise Marie {typed}", expect="An opening balance")
    await group.anne.press("Confirm", expect="The opening balance is recorded")
    await group.marie.wait("your balance from before")
    assert await balance_of_marie(group) == cents


async def test_a_line_with_a_bad_amount_goes_on_with_that_question(stage: Stage) -> None:
    group = await set_up(stage)
    for line in ("/paiement Marie 12,345 chèque", "/paiement Marie 0 chèque", "/reprise Marie 1e3"):
        again = await group.anne.ask(line, expect="did not understand this amount")
        assert again.says("Marie Dupont")
    await group.anne.ask("-3", expect="An opening balance")
    await group.anne.press("Cancel", expect="Nothing was recorded")
    assert await stage.rows("transfers") == []


async def test_a_line_with_an_unknown_method_keeps_the_rest_and_goes_on_with_that_question(
    stage: Stage,
) -> None:
    group = await set_up(stage)
    for method in ("bitcoin", "cagnotte", "carte bancaire"):
        asked = await group.anne.ask(f"/paiement Marie 5 {method}", expect=f"“{method}” is no way of paying")
        assert asked.says("How was it paid?")
    await group.anne.ask("par carte", expect="“par carte” is no way of paying")
    await group.anne.ask("par virement bancaire", expect="When was it paid?")
    await group.anne.press("Today", expect="A note")
    preview = await group.anne.press("Without a note", expect="A payment by Marie Dupont")
    assert preview.says("€5.00, Bank transfer")
    day = in_days(-3)
    asked = await group.anne.ask(f"/paiement Marie 6 carte {day} bread", expect="“carte” is no way of paying")
    preview = await group.anne.press("Cash", expect="A payment by Marie Dupont", message=asked)
    assert preview.says("€6.00, Cash")
    assert preview.says("bread")
    await group.anne.ask("/paiement Nobody 5 bitcoin", expect="I know no member called “Nobody”")


async def test_a_bad_date_in_a_line(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/paiement Marie 5 cash 2026-13-45", expect="did not understand this day")
    await group.anne.ask(f"/paiement Marie 5 cash {in_days(5)}", expect="cannot be in the future")
    assert await stage.rows("payments") == []


async def test_from_a_members_page(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/adherent Marie", expect="👤")
    await group.anne.press("Opening balance", expect="which balance do they bring")
    await group.anne.ask("5", expect="An opening balance")
    await group.anne.ask("/adherent Marie", expect="👤")
    await group.anne.press("Enter a payment", expect="how much was paid")
    await group.anne.ask("6", expect="How was it paid?")
    await group.anne.press("Cancel", expect="Nothing was recorded")
    assert await stage.rows("transfers") == []


async def test_in_the_members_chat_it_goes_on_in_private(stage: Stage) -> None:
    group = await set_up(stage)
    anne = group.anne
    await anne.ask("/paiement Marie 5 cash", expect="A payment by", chat=group.chat, answer_in=anne.id)
    await anne.press("Confirm", expect="The payment is recorded")
    public = "\n".join(m.text for m in await anne.messages(group.chat) if m.sender_id == stage.world.bot_id)
    assert "Marie" not in public
    assert len(await stage.rows("payments")) == 1


async def test_refused_to_everybody_else(stage: Stage) -> None:
    group = await set_up(stage)
    preview = await group.anne.ask("/paiement Marie 5 cash", expect="A payment by")
    confirm = str(preview.button("Confirm").callback_data)  # type: ignore[union-attr]
    before = await group.snapshot()
    for person, refusal in ((group.marie, "Only the group's coordinators"), (group.zoe, "not a member")):
        for command in ("/paiement Marie 5 cash", "/reprise Marie 5", "/paiement"):
            own = await person.ask(command, expect=refusal)
        for verb in ("payfor:2", "openfor:2"):
            assert refusal in await person.forge_tap(verb, own)
        assert "no longer valid" in await person.forge_tap(confirm, own)
    assert "Nothing was changed" in await group.anne.forge_tap("payfor:99", preview)
    assert await group.snapshot() == before


async def test_a_coordinator_who_is_one_no_more_cannot_confirm(stage: Stage) -> None:
    group = await set_up(stage)
    await group.anne.ask("/paiement Marie 5 cash", expect="A payment by")
    async with stage.database.unit_of_work() as session:
        await session.execute(sql("UPDATE members SET is_coordinator = false, is_treasurer = false"))
    assert "Only the group's coordinators" in await group.anne.tap("Confirm")
    assert await stage.rows("payments") == []


async def test_what_was_entered_by_hand_is_cancelled_when_it_is_undone_and_can_be_taken_up_again(
    any_stage: Stage,
) -> None:
    group = await set_up(any_stage)
    await group.anne.ask("/paiement Marie -5 cash", expect="Given back to")
    await group.anne.press("Confirm", expect="The payment is recorded")
    cancelled = await group.anne.press("Undo", expect="Cancelled by Anne")
    assert await balance_of_marie(group) == 0
    balance = await group.marie.ask("/solde", expect="You are settled up")
    assert "awaiting" not in balance.text
    undone = await group.anne.press("Undo", expect="Cash of −€5.00", message=cancelled)
    await group.anne.press("Received", expect="confirmed by Anne", message=undone)
    assert await balance_of_marie(group) == -500
