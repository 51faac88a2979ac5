"""Two members of one name: which of them is meant stands wherever money is entered or confirmed."""

from __future__ import annotations

from ledger.groups.models import Method
from tests.bot.handover.scene import day
from tests.support.bot import Stage
from tests.support.screens import Message


def labels(page: Message, name: str) -> list[str]:
    """The buttons that name a member, without icons and amounts around it."""
    return [one.text for one in page.all_buttons() if name in one.text]


async def test_they_are_told_apart_wherever_money_is(any_stage: Stage) -> None:
    scene = await day(any_stage, members=("Marie", "Paul"))
    anne, world = scene.anne, any_stage.world
    other = await world.person("marie", username="marie_d", language="en")
    await other.join(scene.chat)
    await other.open(f"https://t.me/{world.bot['username']}?start=j_{scene.seeded.invitation}")
    await other.wait("You are now a member")
    other_id = next(row["id"] for row in await any_stage.rows("members") if row["person_id"] == other.id)
    await scene.order(scene.marie, {"Bread": 1_000}, Method.CHEQUE)
    await scene.order(other_id, {"Bread": 1_000}, Method.CHEQUE)

    chosen = await anne.ask("/payment Marie 4 cash", expect="Several members fit")
    first, second = labels(chosen, "arie")
    assert (first[:11], second) == ("Marie since", "marie @marie_d")
    assert "balance -€5.35" in first.replace("−", "-")
    preview = await anne.press("@marie_d", expect="A payment by marie (@marie_d)", message=chosen)
    await anne.press("Confirm", expect="€4.00 received from marie (@marie_d)", message=preview)
    assert (await other.wait("€4.00 received")).says("Missing €1.35")

    expected = await anne.ask("/validate", expect="Payments to confirm")
    await anne.press("Marie (since", expect="Marie (since", message=expected)
    page = await anne.ask("/member marie", expect="Several members fit")
    await anne.press("Marie since", expect="👤 Marie (since", message=page)
    balances = await anne.ask("/balances", expect="Members' balances")
    assert balances.says("• marie (@marie_d): owes €1.35")
    assert balances.says("• Paul: even")
    await scene.page(anne)
    orders = await anne.press("Orders (", expect="nothing awaited")
    await anne.press("marie @marie_d", expect="👤 marie (@marie_d)", message=orders)

    # In the chat where members read along nobody's balance stands beside a name.
    reference = next(
        row["reference"] for row in await any_stage.rows("payments") if row["state"] == "expected"
    )
    shown = await anne.ask(f"/validate {reference}", expect="Marie (since", chat=scene.chat)
    assert "balance" not in shown.text
    assert await scene.books_hold()


async def test_without_usernames_the_same_day_and_balance_they_have_numbers(stage: Stage) -> None:
    scene = await day(stage, members=("Marie", "Marié"))
    chosen = await scene.anne.ask("/member marie", expect="Several members fit")
    first, second = labels(chosen, "Mari")
    assert first.endswith(", 1")
    assert second.endswith(", 2")
    assert first != second
