"""Distribution day: the distribution's page, an order's verdict, validating it, taking that back."""

from __future__ import annotations

import pytest

from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.payments import service as payments
from tests.bot.handover.scene import day
from tests.support.bot import Stage


async def test_from_the_list_to_a_validated_order_and_back(any_stage: Stage) -> None:
    """Must hold 4, as it is tapped."""
    d = await day(any_stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    await d.anne.ask("/distributions", expect="1 order")
    page = await d.anne.press("Distribution day", expect="1 order · €42.50")
    assert page.says("Cheque: €0.00 received of €42.50")
    assert page.says("Still awaited: €42.50")
    assert page.button("Sheets")
    await d.anne.press("Orders (1)", expect="nothing awaited")
    order = await d.anne.press("Marie · €42.50", expect="Exactly paid, once the awaited €42.50")
    assert order.says("1 × Vegetable box — €42.50")
    assert order.says("awaited")
    done = await d.anne.press("Validate the order · €42.50", expect="Validated by Anne")
    assert done.says("Exactly paid\n")
    assert done.says("Balance: even")
    told = await d.marie.wait("is validated by Anne")
    assert told.says("You are settled up")
    assert await d.balance(d.marie) == 0

    undone = await d.anne.press("Undo the validation", expect="once the awaited")
    await d.marie.wait("Anne took the validation of your order")
    assert await d.balance(d.marie) == -4250
    await d.anne.press("Validate the order", expect="Validated by Anne", message=undone)
    assert await d.balance(d.marie) == 0
    assert len(await any_stage.rows("transactions")) == 4
    await d.page(d.anne)
    await d.anne.wait("1 validated · 0 to validate")
    assert await d.books_hold()


async def test_in_the_group_s_chat_counts_only_and_names_on_tap_in_private(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    await d.page(d.anne, chat=d.chat)
    before = await stage.world.seq()
    assert "in private" in await d.anne.tap("Orders (1)", chat=d.chat)
    await d.anne.wait("nothing awaited", after=before)
    await d.anne.press("Marie", expect="Balance: owes €42.50")
    await d.anne.press("Validate the order", expect="Validated by Anne")
    await stage.world.settle()
    assert not [m for m in await d.paul.messages(d.chat) if m.says("Marie")]
    refreshed = await d.anne.press("Refresh", expect="1 validated", chat=d.chat)
    assert refreshed.says("Cheque: €42.50 received of €42.50")


async def test_in_the_coordinators_chat_all_of_it_is_shown_in_place(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    await d.coordinators_only()
    await d.page(d.anne, chat=d.chat)
    await d.anne.press("Orders (1)", expect="nothing awaited", chat=d.chat)
    await d.bruno.press("Marie", expect="once the awaited", chat=d.chat)
    await d.bruno.press("Validate the order", expect="Validated by Bruno", chat=d.chat)
    assert await d.validated() == 1


async def test_the_second_coordinator_is_told_who_and_when(any_stage: Stage) -> None:
    d = await day(any_stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    await d.open_order(d.anne, "Marie")
    await d.open_order(d.bruno, "Marie")
    await d.anne.press("Validate the order", expect="Validated by Anne")
    assert "Already validated by Anne at" in await d.bruno.tap("Validate the order")
    seen = await d.bruno.wait("Validated by Anne")
    old = seen.button("Undo the validation").callback_data  # type: ignore[union-attr]
    await d.anne.tap("Undo the validation")
    answer = await d.bruno.tap("Undo the validation", message=seen)
    assert "Anne took this validation back already" in answer
    await d.anne.press("Validate the order", expect="Validated by Anne")
    assert "changed meanwhile" in await d.bruno.forge_tap(str(old), seen)
    assert len(await any_stage.rows("order_steps")) == 3
    assert await d.books_hold()


async def test_a_double_tap_validates_once(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    await d.open_order(d.anne, "Marie")
    page = await d.anne.wait("👤 Marie")
    await d.anne.tap("Validate the order", message=page, wait=False)
    assert "Already validated by Anne" in await d.anne.tap("Validate the order", message=page)
    await stage.world.settle()
    assert len(await stage.rows("settlements")) == 1
    assert len([m for m in await d.marie.messages() if m.says("is validated by")]) == 1


async def test_what_is_expected_changed_since_the_screen_was_made(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    await d.open_order(d.anne, "Marie")
    await d.order(d.marie, {"Bread": 1_000}, Method.CASH)
    assert "Nothing was recorded" in await d.anne.tap("Validate the order")
    page = await d.anne.wait("Bread")
    assert page.button("Validate the order · €47.85")
    assert await stage.rows("settlements") == []


@pytest.mark.parametrize(
    ("given", "verdict"),
    [("42.50", "Exactly paid"), ("40.50", "Missing €2.00"), ("45.15", "Overpaid €2.65")],
)
async def test_the_verdict(stage: Stage, given: str, verdict: str) -> None:
    d = await day(stage)
    done = await d.order(d.marie, {"Vegetable box": 1_000}, Method.CHEQUE)
    assert done.payment is not None
    await d.anne.ask(f"/validate {done.payment.reference} {given}", expect="Amount given")
    await d.anne.press("Received", expect="confirmed by Anne")
    page = await d.anne.press("The order", expect=verdict)
    assert page.button(f"· €{given}"), "what was received, not what was announced"
    await d.anne.press("Validate the order", expect="Validated by Anne", message=page)
    told = await d.marie.wait("is validated by Anne")
    assert told.says(verdict)


async def test_a_transfer_is_received_by_name_and_never_by_validating(any_stage: Stage) -> None:
    d = await day(any_stage)
    transfer = await d.order(d.marie, {"Vegetable box": 1_000}, Method.TRANSFER)
    await d.order(d.marie, {"Bread": 1_000}, Method.CASH)
    assert transfer.payment is not None
    await d.open_order(d.anne, "Marie")
    page = await d.anne.wait("Validating does not receive the bank transfer")
    assert page.says("Exactly paid, once the awaited €47.85 is received")
    done = await d.anne.press("Validate the order · €5.35", expect="Validated by Anne", message=page)
    assert done.says("Exactly paid, once the bank transfer of €42.50 arrives")
    assert done.says("Balance: owes €42.50")
    told = await d.marie.wait("is validated by Anne")
    assert told.says("once the bank transfer of €42.50 arrives")
    assert told.says("You owe the group €42.50 — of which €42.50 awaiting confirmation")
    assert [row["state"] for row in await any_stage.rows("payments")] == ["expected", "received"]

    await d.page(d.anne)
    await d.anne.press("Orders (", expect="a bank transfer is awaited still")
    await d.page(d.anne)
    report = await d.anne.press("Validate the distribution", expect="📊 Report")
    assert report.says("1 validated · 0 to validate")
    assert report.says("Not received: €42.50, still awaited")
    assert report.says("of which €42.50 by bank transfer")
    await d.bruno.ask(f"/validate {transfer.payment.reference}", expect="Look at the bank account first")
    await d.bruno.press("Received · €42.50", expect="confirmed by Bruno")
    await d.marie.wait("Bank transfer: €42.50 received")
    assert await d.balance(d.marie) == 0
    assert await d.books_hold()


async def test_what_was_entered_beside_the_order_is_not_asked_for_again(stage: Stage) -> None:
    d = await day(stage)
    await d.order(d.marie, {"Bread": 1_000}, Method.CHEQUE)
    marie = d.seeded.members[d.marie.id]
    async with stage.database.unit_of_work() as session:
        member = await groups.get_member(session, d.seeded.group_id, marie)
        anne = await groups.get_member(session, d.seeded.group_id, d.seeded.members[d.anne.id])
        await payments.enter_by_hand(session, member, Method.CHEQUE, 535, anne)
    await d.open_order(d.anne, "Marie")
    page = await d.anne.wait("Nothing more is due")
    assert page.says("If the awaited €5.35 comes all the same, the balance becomes: credit €5.35")
    assert not page.says("Exactly paid")
    assert page.button("Validate the order · €5.35 received (as announced)")
    done = await d.anne.press("nothing to receive", expect="Validated by Anne", message=page)
    assert done.says("Nothing more is due: the account covers it")
    assert await d.balance(d.marie) == 0
    await d.anne.press("Undo the validation", expect="Nothing more is due. If", message=done)
    assert await d.books_hold()


async def test_where_payments_are_off_an_order_is_validated_without_money(stage: Stage) -> None:
    d = await day(stage)
    await d.option("payments_enabled", False)
    await d.order(d.marie, {"Bread": 2_000}, None)
    await d.open_order(d.anne, "Marie")
    done = await d.anne.press("Validate the order", expect="Validated by Anne")
    assert not done.says("Balance")
    assert await stage.rows("transactions") == []


async def test_everybody_else_is_refused_on_every_button(stage: Stage) -> None:
    d = await day(stage)
    done = await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    assert done.payment is not None
    await d.page(d.anne, chat=d.chat)
    page = await d.anne.wait("Distribution", chat=d.chat)
    zoe = await stage.world.person("Zoé", language="en")
    await zoe.join(d.chat)
    at, order, line = d.distribution_id, done.order.id, done.lines[0].id
    product, marie = d.seeded.products["Tomme"], d.seeded.members[d.marie.id]
    verbs = [
        f"day:{at}", f"dorders:{at}:0", f"dorder:{order}", f"dval:{order}:1068:0", f"dunval:{order}:1",
        f"dgoods:{at}:0", f"dprod:{at}:{product}", f"dnot:{at}:{product}", f"dnotyes:{at}:{product}:1",
        f"dlines:{order}:0", f"dline:{line}", f"dnone:{line}:0", "chundo:1", f"dqty:{line}", f"dprice:{line}",
        f"dpall:{at}:{product}", f"dwalk:{at}:{product}", f"pinstead:{done.payment.id}:0",
        f"pinstm:{done.payment.id}:0:cash", f"daddpay:{order}", f"daddm:{order}:cash", f"dcash:{at}",
        f"dcount:{at}:closing", f"dclose:{at}", f"dleave:{at}:1:{marie}", f"dleft:{at}", f"dreport:{at}",
        f"dundo:{at}:1", f"dmove:{at}", f"dcancel:{at}", f"dcancelyes:{at}:1", f"dfor:{at}",
        f"forbasket:{at}:{marie}",
    ]  # fmt: skip
    for verb in verbs:
        assert "Only the group's coordinators" in await d.marie.forge_tap(verb, page), verb
        assert "not a member" in await zoe.forge_tap(verb, page), verb
    for command in ("/distribution", "/jour", "/day"):
        await d.marie.ask(command, expect="Only the group's coordinators")
    for table in ("order_steps", "changes", "settlements", "distribution_steps", "cash_counts"):
        assert await stage.rows(table) == []


async def test_forged_numbers_and_another_group_s_things(stage: Stage) -> None:
    d = await day(stage)
    done = await d.order(d.marie, {"Tomme": 1_200}, Method.CHEQUE)
    zoe = await stage.world.person("Zoé", language="en")
    await zoe.ask("/start", expect="")
    other = await stage.world.group("Autre", admins=[zoe])
    await zoe.ask("/setup", expect="is ready", chat=other)
    await zoe.ask("/distribution", expect="There is no distribution")
    mine = await zoe.last()
    at, order, line = d.distribution_id, done.order.id, done.lines[0].id
    for verb in (f"day:{at}", f"dorder:{order}", f"dval:{order}:1068:0", f"dline:{line}", f"dclose:{at}",
                 f"dmove:{at}",
                 f"dcancelyes:{at}:1", f"dfor:{at}", "day:x", "dcount:1:never", "daddm:1:card", "dleave:1"):  # fmt: skip
        assert "not there any more" in await zoe.forge_tap(verb, mine), verb
    assert await stage.rows("order_steps") == []
