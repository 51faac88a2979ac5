"""Members announce money for their account; coordinators confirm it, and nothing expected is out of their reach."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text as sql

from bot.delivery.models import ConversationRow
from ledger.catalogue.service import get_product
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.orders import baskets, distributions
from ledger.orders import service as orders
from ledger.payments import service as payments
from ledger.verify.service import verify
from tests.support.bot import Stage
from tests.support.coordinating import Paniers, set_up
from tests.support.ordering import reference_in, village
from tests.support.screens import Message
from tests.support.seed import give_credit
from tests.support.telegram import Person


async def option(group: Paniers, assignment: str) -> None:
    async with group.stage.database.unit_of_work() as session:
        await session.execute(sql(f"UPDATE groups SET {assignment}"))


async def payment_choice(who: Person, product: str) -> Message:
    await who.ask("/order", expect=product)
    await who.press(product, expect="✅ 1 ×")
    await who.press("Basket · ", expect="Total")
    return await who.press("Confirm my basket", expect="how do you want to pay")


async def order_by_cheque(who: Person, product: str) -> Message:
    return await who.press("Cheque", expect="🧾", message=await payment_choice(who, product))


async def test_by_cheque_until_it_is_confirmed(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    asked = await group.marie.ask("/topup", expect="How much do you want to pay")
    assert asked.says("You are settled up")
    assert not asked.button("What I owe")
    for amount in ("€20.00", "€50.00", "€100.00"):
        assert asked.button(amount)
    ways = await group.marie.press("€20.00", expect="How will you pay")
    assert not ways.button("Member credit")
    assert ways.button("Cash · €20.00")
    assert await any_stage.rows("payments") == []
    receipt = await group.marie.press("Cheque · €20.00", expect="🧾")
    assert receipt.says("Top-up of your account")
    assert receipt.says("Cheque of €20.00, to the order of Paniers.")
    assert receipt.says("Hand it over at a distribution, or to a coordinator.")
    assert receipt.says("€20.00 awaiting confirmation")
    reference = reference_in(receipt)
    assert f"<code>{reference}</code>" in receipt.html
    assert await group.marie.tap("Copy", message=receipt) == reference
    row = (await any_stage.rows("payments"))[0]
    assert (row["method"], row["amount_cents"], row["purpose"], row["order_id"], row["state"]) == (
        "cheque", 2000, "top_up", None, "expected",
    )  # fmt: skip

    page = await group.anne.ask(f"/validate {reference}", expect="Marie Dupont")
    await group.anne.press("Received", expect="confirmed by Anne", message=page)
    told = await group.marie.wait("received (reference")
    assert told.says("The group owes you €20.00")
    async with any_stage.database.snapshot() as session:
        assert await verify(session) == []


async def test_a_transfer_shows_where_to_pay(stage: Stage) -> None:
    group = await set_up(stage)
    await option(group, "iban = 'FR7630006000011234567890189', account_holder = 'Les Paniers'")
    await group.marie.ask("/crediter 12,5", expect="by €12.50")
    receipt = await group.marie.press("Bank transfer", expect="🧾")
    assert receipt.says("To Les Paniers, IBAN FR76 3000 6000 0112 3456 7890 189")
    assert await group.marie.tap("Copy the IBAN", message=receipt) == "FR7630006000011234567890189"
    assert await group.marie.tap("Copy the amount", message=receipt) == "12.50"


async def test_tapped_twice_it_is_announced_once(any_stage: Stage) -> None:
    group = await set_up(any_stage)
    ways = await group.marie.ask("/topup 30", expect="How will you pay")
    await any_stage.world.fault("twice")
    await group.marie.tap("Cash", message=ways, wait=False)
    assert "no longer valid" in await group.marie.tap("Cash", message=ways)
    await any_stage.world.settle()
    assert len(await any_stage.rows("payments")) == 1
    receipts = [m for m in await group.marie.messages() if "🧾" in m.text]
    assert len(receipts) == 1


async def test_what_is_owed_and_not_announced_is_proposed_first(stage: Stage) -> None:
    v = await village(stage, language="en")
    await order_by_cheque(v.marie, "Colis de légumes")
    assert not (await v.marie.ask("/topup", expect="How much")).button("What I owe")
    await give_credit(stage.database, v.seeded, v.marie, -500)
    asked = await v.marie.ask("/topup", expect="You owe the group €17.35")
    assert asked.button("What I owe · €5.00")
    await v.marie.press("What I owe", expect="by €5.00")
    await v.marie.press("Cash", expect="🧾")
    assert not (await v.marie.ask("/topup", expect="How much")).button("What I owe")


async def test_what_is_no_amount_is_asked_again(stage: Stage) -> None:
    group = await set_up(stage)
    await group.marie.ask("/topup douze", expect="did not understand this amount")
    for wrong in ("0", "-5", "+5", "12,345", "1e3", "١٢", "twenty"):
        again = await group.marie.ask(wrong, expect="did not understand this amount")
        assert again.says("How much do you want to pay")
    await group.marie.ask("1 234,50 €", expect="by €1,234.50")
    await group.marie.ask("7", expect="by €7.00")
    await group.marie.press("Other amount", expect="How much do you want to pay")
    await group.marie.ask("8", expect="by €8.00")
    await group.marie.ask("in cash", expect="€8.00 in cash")
    assert [row["amount_cents"] for row in await stage.rows("payments")] == [800]


async def test_cancelled(stage: Stage) -> None:
    group = await set_up(stage)
    asked = await group.marie.ask("/topup 5", expect="How will you pay")
    await group.marie.press("Cancel", expect="Nothing was recorded")
    assert "no longer valid" in await group.marie.forge_tap(
        str(asked.button("Cash").callback_data),  # type: ignore[union-attr]
        asked,
    )
    assert await stage.rows("payments") == []


async def test_only_the_group_s_own_methods_and_only_with_payments_on(stage: Stage) -> None:
    group = await set_up(stage)
    ways = await group.marie.ask("/topup 5", expect="How will you pay")
    await option(group, 'methods = \'["cheque", "member_credit"]\'')
    again = await group.marie.press("Cash", expect="does not take this way of paying", message=ways)
    assert again.button("Cheque")
    assert not again.button("Cash")
    forged = str(again.button("Cheque").callback_data).replace("cheque", "member_credit")  # type: ignore[union-attr]
    assert "Nothing was changed" in await group.marie.forge_tap(forged, again)
    assert (await group.marie.ask("/balance", expect="You are settled up")).button("Top up")
    await option(group, "methods = '[\"member_credit\"]'")
    await group.marie.press("Cheque", expect="Nothing was recorded", message=again)
    await group.marie.ask("/topup", expect="takes no money this way now")
    await option(group, "payments_enabled = false")
    await group.marie.ask("/topup", expect="Payments are off in Paniers")
    assert not (await group.marie.ask("/balance", expect="You are settled up")).button("Top up")
    assert await stage.rows("payments") == []


async def test_in_the_group_s_chat_it_goes_on_in_private(stage: Stage) -> None:
    group = await set_up(stage)
    await group.marie.ask("/topup 5", expect="by €5.00", chat=group.chat, answer_in=group.marie.id)
    await group.marie.press("Cash", expect="🧾")
    public = "\n".join(
        m.text for m in await group.marie.messages(group.chat) if m.sender_id == stage.world.bot_id
    )
    assert "5.00" not in public


async def test_the_button_on_the_balance_and_where_credit_is_missing(stage: Stage) -> None:
    v = await village(stage, language="en")
    await v.marie.ask("/balance", expect="You are settled up")
    await v.marie.press("Top up my account", expect="How much do you want to pay")
    choice = await payment_choice(v.marie, "Pain complet")
    await v.marie.press("Top up my account", expect="by €8.00", message=choice)
    await v.marie.press("Cash", expect="🧾")
    await give_credit(stage.database, v.seeded, v.marie, 800)
    await v.marie.ask("/panier", expect="Total")
    choice = await v.marie.press("Confirm my basket", expect="how do you want to pay")
    assert not choice.button("Top up my account")


@pytest.mark.parametrize("data", ["topup:x", "topup:1:0", "topup:1:-5", f"topup:1:{'9' * 15}", "topup:1:2:3"])
async def test_forged_buttons(stage: Stage, data: str) -> None:
    group = await set_up(stage)
    screen = await group.marie.ask("/balance", expect="You are settled up")
    await group.marie.forge_tap(data, screen)
    stranger = await group.zoe.ask("/topup 5", expect="not a member")
    await group.zoe.forge_tap("topup:1", stranger)
    await group.zoe.forge_tap("topup:1:500", stranger)
    await stage.world.settle()
    assert await stage.rows("payments") == []
    assert not [row for row in await stage.rows("inbox") if row["error"]]


async def test_what_began_in_one_group_does_not_end_in_another(stage: Stage) -> None:
    group = await set_up(stage)
    ways = await group.anne.ask("/topup 5", expect="How will you pay")
    other = await stage.world.group("Other", admins=[group.anne])
    await group.anne.ask("/setup", expect="is ready", chat=other)
    await group.anne.tap("Cash", message=ways)
    await stage.world.settle()
    assert await stage.rows("payments") == []


async def test_what_an_earlier_version_began_in_one_group_does_not_end_in_another(stage: Stage) -> None:
    group = await set_up(stage)
    ways = await group.anne.ask("/topup 5", expect="How will you pay")
    (member,) = [one["id"] for one in await stage.rows("members") if one["name"] == "Anne"]
    async with stage.database.unit_of_work() as session:
        row = await session.get_one(ConversationRow, (group.anne.id, group.anne.id))
        row.data = {"member": member, "amount": 500}
    other = await stage.world.group("Other", admins=[group.anne])
    await group.anne.ask("/setup", expect="is ready", chat=other)
    await group.anne.tap("Cash", message=ways)
    await stage.world.settle()
    assert await stage.rows("payments") == []


async def test_coordinators_find_it_without_its_reference(stage: Stage) -> None:
    v = await village(stage, language="en")
    await v.marie.ask("/topup 5", expect="How will you pay")
    reference = reference_in(await v.marie.press("Cash", expect="🧾"))
    listed = await v.anne.ask("/validate", expect="Other payments")
    assert listed.says("1 payment · €5.00 awaited")
    assert listed.button("Marie · €5.00")
    public = await v.anne.ask("/validate", expect="Other payments", chat=v.group)
    assert not public.button("Marie")
    assert public.button(reference)

    await order_by_cheque(v.paul, "Pain complet")
    both = await v.anne.ask("/validate", expect="Payments of which distribution")
    assert both.button(" · 1")
    listed = await v.anne.press("Other payments · 1", expect="1 payment · €5.00 awaited", message=both)
    page = await v.anne.press("Marie · €5.00", expect="Cash of €5.00", message=listed)
    back = await v.anne.press("Back", expect="1 payment · €5.00 awaited", message=page)
    page = await v.anne.press("Marie · €5.00", expect="Cash of €5.00", message=back)
    done = await v.anne.press("Received", expect="confirmed by Anne", message=page)
    await v.anne.press("Back", expect="Nothing is awaited any more", message=done)
    only = await v.anne.ask("/validate", expect="0 of 1 settled")
    assert only.button("Paul · €8.00")
    assert "Nothing was changed" in await v.marie.forge_tap("awaitedother:0", only)


async def test_the_list_has_pages(stage: Stage) -> None:
    v = await village(stage, language="en")
    async with stage.database.unit_of_work() as session:
        member = await groups.get_member(session, v.seeded.group_id, v.seeded.members[v.marie.id])
        for euros in range(1, 11):
            await payments.expect(session, member, Method.CASH, euros * 100, order_id=None)
    first = await v.anne.ask("/validate", expect="10 payments · €55.00 awaited")
    assert first.button("Marie · €8.00")
    assert not first.button("Marie · €9.00")
    assert first.button("1 / 2")
    second = await v.anne.press("▶️", expect="10 payments", message=first)
    assert second.button("Marie · €10.00")
    await v.anne.press("Marie · €10.00", expect="Cash of €10.00", message=second)


async def test_payments_of_every_distribution_are_within_reach(stage: Stage) -> None:
    v = await village(stage, language="en")
    async with stage.database.unit_of_work() as session:
        group = await groups.get_group(session, v.seeded.group_id)
        member = await groups.get_member(session, group.id, v.seeded.members[v.marie.id])
        bread = await get_product(session, group.id, v.seeded.products["Pain complet"])
        for days in range(1, 12):
            starts = utc_now() + dt.timedelta(days=days)
            day = await distributions.announce(session, group.id, "Hall", starts, starts)
            basket = (await baskets.open_basket(session, member, day)).basket
            await baskets.set_quantity(session, basket, bread, 1000)
            await orders.confirm(session, group, member, basket.id, Method.CASH)
        await payments.expect(session, member, Method.CASH, 500, order_id=None)
    first = await v.anne.ask("/validate", expect="Payments of which distribution")
    assert len(first.buttons) == 8 + 2
    assert first.button("Other payments · 1")
    second = await v.anne.press("▶️", expect="Payments of which distribution", message=first)
    assert len(second.buttons) == 3 + 2
    await v.anne.press(str(second.buttons[2][0].text), expect="0 of 1 settled", message=second)
