"""One cheque counts once: what is expected from a member is offered before another payment is entered beside it."""

from __future__ import annotations

import asyncio

from ledger.groups.models import Method
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage


async def received(scene: Day) -> int:
    rows = await scene.stage.rows("settlements")
    return sum(row["amount_cents"] for row in rows if row["kind"] == "received")


async def expected(scene: Day) -> list[str]:
    rows = await scene.stage.rows("payments")
    return [row["method"] for row in rows if row["state"] == "expected"]


async def test_a_cheque_that_is_expected_is_received_and_not_entered_beside_it(any_stage: Stage) -> None:
    scene = await day(any_stage)
    anne, bruno = scene.anne, scene.bruno
    await scene.order(scene.marie, {"Bread": 1_000}, Method.CHEQUE)
    await scene.open_order(bruno, "Marie")
    shown = await bruno.wait("👤 Marie")
    preview = await anne.ask("/payment Marie 5,35 cheque", expect="Already awaited from this member")
    assert preview.says("Cheque, €5.35 — reference")
    assert preview.says("order for")
    assert preview.says("it counts once")
    assert await received(scene) == 0
    await anne.press("Confirm", expect="€5.35 received from Marie", message=preview)
    await scene.marie.wait("€5.35 received (reference")
    await bruno.tap("Validate the order", message=shown)
    assert (await received(scene), await expected(scene), await scene.balance(scene.marie)) == (535, [], 0)
    assert "no longer valid" in await anne.forge_tap(preview.button("Another").callback_data, preview)  # type: ignore[union-attr]
    assert await scene.books_hold()


async def test_another_payment_is_a_second_choice_and_other_methods_come_after(any_stage: Stage) -> None:
    scene = await day(any_stage)
    anne = scene.anne
    await scene.order(scene.marie, {"Bread": 1_000}, Method.TRANSFER)
    await scene.marie.ask("/topup 20", expect="How will you pay")
    await scene.marie.press("Cheque", expect="🧾")
    preview = await anne.ask("/payment Marie 7,50 cheque", expect="Already awaited")
    assert preview.text.index("Cheque, €20.00") < preview.text.index("Bank transfer, €5.35")
    assert preview.says("money put on the account")
    assert preview.says("Missing €12.50")
    first, second = [one.text for one in preview.all_buttons() if "Received" in one.text]
    assert first.startswith("✅ Confirm: Received · €7.50 · ")
    assert second.startswith("✅ Received · €7.50 · ")
    another = await anne.press("Another payment", expect="On top of what stays awaited", message=preview)
    assert await received(scene) == 0
    await anne.press("Confirm", expect="The payment is recorded", message=another)
    assert (await received(scene), sorted(await expected(scene))) == (750, ["cheque", "transfer"])

    await anne.ask("/member Marie", expect="👤 Marie")
    await anne.press("Enter a payment", expect="how much was paid")
    await anne.ask("5.35", expect="How was it paid?")
    await anne.press("Cash", expect="When was it paid?")
    await anne.press("Today", expect="A note")
    preview = await anne.press("Without a note", expect="Already awaited")
    assert preview.text.index("Bank transfer, €5.35") < preview.text.index("Cheque, €20.00")
    assert preview.says("announced otherwise")
    done = await anne.press("Confirm", expect="€5.35 received from Marie (Cash", message=preview)
    assert done.says("is not expected any more")
    assert (await received(scene), await expected(scene)) == (750 + 535, ["cheque"])
    given = await anne.ask("/payment Marie -3 cash", expect="Given back to")
    assert not given.button("Received")
    assert await scene.books_hold()


async def test_two_at_once_count_it_once(any_stage: Stage) -> None:
    scene = await day(any_stage)
    anne, bruno = scene.anne, scene.bruno
    await scene.order(scene.marie, {"Bread": 1_000}, Method.CHEQUE)
    of_anne = await anne.ask("/payment Marie 5,35 cheque", expect="Already awaited")
    of_bruno = await bruno.ask("/payment Marie 5,35 cheque", expect="Already awaited")
    await asyncio.gather(anne.tap("Confirm", message=of_anne), bruno.tap("Confirm", message=of_bruno))
    await any_stage.world.settle()
    assert await received(scene) == 535
    # Both type it in when nothing is expected any more: the second is told that the account moved.
    of_anne = await anne.ask("/payment Marie 7 cash", expect="A payment by")
    of_bruno = await bruno.ask("/payment Marie 7 cash", expect="A payment by")
    await anne.press("Confirm", expect="The payment is recorded", message=of_anne)
    told = await bruno.press("Confirm", expect="changed since this screen was made", message=of_bruno)
    assert told.says("credit €7.00")
    assert not told.button("Confirm")
    assert await received(scene) == 535 + 700
    again = await bruno.press("Another payment", expect="A payment by", message=told)
    # Meanwhile the member announces something: it is shown before anything is entered beside it.
    await scene.order(scene.marie, {"Bread": 1_000}, Method.CASH)
    await bruno.press("Confirm", expect="changed since this screen was made", message=again)
    assert await received(scene) == 535 + 700
    assert await scene.books_hold()
