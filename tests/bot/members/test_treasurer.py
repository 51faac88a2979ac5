"""Who keeps the money and coordinates nothing works with what is theirs, and is shown nothing that is not."""

from __future__ import annotations

from ledger.groups import service as groups
from ledger.groups.models import Method
from tests.bot.handover.scene import Day, day
from tests.support.bot import Stage
from tests.support.ordering import reference_in
from tests.support.screens import Message

COORDINATORS_ONLY = (
    "Distributions",
    "Settings",
    "Distribution day",
    "The order",
    "Take out of the group",
    "Add a member",
)


def shows_nothing_of_coordinators(page: Message) -> bool:
    return not any(page.button(label) for label in COORDINATORS_ONLY)


async def made_treasurer(scene: Day) -> None:
    """Paul keeps the money, and nothing else."""
    await scene.anne.ask("/coordinators", expect="Who coordinates")
    await scene.anne.press("Name somebody", expect="Whom?")
    await scene.anne.press("Paul", expect="no role")
    await scene.anne.press("Make treasurer", expect="Paul: treasurer")
    await scene.paul.wait("made you a treasurer")


async def test_a_treasurers_evening(any_stage: Stage) -> None:
    scene = await day(any_stage)
    paul, marie = scene.paul, scene.marie
    assert "validate" not in await paul.commands()
    await made_treasurer(scene)
    await any_stage.world.settle()
    menu = await paul.commands()
    assert {"validate", "balances", "member", "payment", "opening"} <= set(menu)
    assert not {"settings", "distribution", "distributions", "catalog", "coordinators", "sheets"} & set(menu)
    helped = await paul.ask("/help", expect="For treasurers")
    assert helped.says("/payment")
    assert not helped.says("/settings")

    await scene.order(marie, {"Bread": 1_000}, Method.TRANSFER)
    await scene.order(scene.bruno, {"Tomme": 1_000}, Method.CHEQUE)
    home = await paul.ask("/start", expect="Amap des Lilas")
    assert shows_nothing_of_coordinators(home)
    assert home.button("Payments to confirm")
    assert home.button("Balances")
    transfers = await paul.press("Transfers awaited", expect="1 payment · €5.35 awaited", message=home)
    assert transfers.says("• Marie: €5.35, reference")
    assert not transfers.button("Bruno")
    page = await paul.press("Marie", expect="Bank transfer of €5.35", message=transfers)
    assert shows_nothing_of_coordinators(page)
    done = await paul.press("Received", expect="confirmed by Paul", message=page)
    assert shows_nothing_of_coordinators(done)
    await marie.wait("€5.35 received")

    listed = await paul.ask("/validate", expect="Payments to confirm")
    assert shows_nothing_of_coordinators(listed)
    page = await paul.press("Bruno", expect="Cheque of €8.90", message=listed)
    reference = reference_in(page)
    await paul.press("Other method", expect="What was given instead", message=page)
    await paul.press("Cash", expect="how much")
    await paul.press("Received · €8.90", expect="confirmed by Paul")
    await paul.ask(reference, expect="Cancelled by Paul")

    await paul.ask("/opening Marie 12", expect="An opening balance")
    await paul.press("Confirm", expect="The opening balance is recorded")
    balances = await paul.ask("/balances", expect="Marie: credit €12.00")
    assert shows_nothing_of_coordinators(balances)
    page = await paul.press("Marie", expect="👤 Marie", message=balances)
    assert shows_nothing_of_coordinators(page)
    assert page.button("Enter a payment")
    assert await scene.books_hold()


async def test_a_treasurer_of_one_group_is_a_member_of_another(stage: Stage) -> None:
    """A button of the group whose money one keeps works while one looks at another; the other way round it does not."""
    scene = await day(stage)
    await made_treasurer(scene)
    other = await stage.world.group("Autres", members=[scene.paul], admins=[scene.anne])
    await scene.anne.ask("/setup", expect="is ready", chat=other)
    await scene.paul.tap("Order", chat=other)
    await scene.paul.wait("You are now a member of Autres")
    await scene.order(scene.marie, {"Bread": 1_000}, Method.CHEQUE)
    payment = (await stage.rows("payments"))[0]["id"]
    home = await scene.paul.ask("/start", expect="Autres")
    assert not home.button("Payments to confirm")
    assert "Only the group's coordinators" in await scene.paul.forge_tap("balances:0:0", home)
    await scene.paul.forge_tap(f"pmt:{payment}", home)
    await scene.paul.wait("Cheque of €5.35")
    async with stage.database.snapshot() as session:
        roles = await groups.roles_of_person(session, scene.paul.id)
    assert len(set(roles.values())) == 2
