"""Members as coordinators and treasurers look at them: everybody's balance (R6), one member's page and history (R17)."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed
from bot.edge.scene import Scene
from bot.home.views import history as history_views
from bot.members.pages import show_member_page
from bot.members.views import members as views
from bot.ui.screen import button
from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.orders import history as statements
from ledger.payments import requests
from ledger.payments import service as payments


class State(StrEnum):
    """What is asked."""

    NAME = "name"


async def balances(scene: Scene) -> None:
    """/soldes: everybody, by pages."""
    group_id = scene.treasurer.group_id
    if not await scene.discreetly():
        return
    chosen, page = scene.numbers(2) if scene.button_args else (0, 0)
    if chosen not in list(views.Filter):
        raise NotFound("button", chosen)
    amounts = await books.balances(scene.session, group_id, AccountKind.MEMBERS)
    expected = await payments.expected_cents_by_member(scene.session, group_id)
    asked = await requests.asked_by_member(scene.session, group_id)
    everyone = [
        views.MemberBalance(member, amounts[member.id], expected.get(member.id, 0), asked.get(member.id, 0))
        for member in await groups.members(scene.session, group_id)
    ]
    scene.show(views.balances(scene.texts, scene.group, everyone, views.Filter(chosen), page))


async def member(scene: Scene) -> State | None:
    """/adherent NAME: the page, or a choice; without a name, asks for it."""
    _ = scene.treasurer
    if not await scene.discreetly():
        return None
    if scene.command_text:
        await _show_named(scene, scene.command_text)
        return None
    cancel = scene.step_button(scene.texts.label("Cancel"), "cancel")
    scene.say(scene.to_answer(views.ask_name(scene.texts, cancel)))
    return State.NAME


async def take_name(scene: Scene) -> str | None:
    """The name that was asked for; asked again when nobody is called so."""
    _ = scene.treasurer
    return END if await _show_named(scene, scene.typed) else None


async def leave(scene: Scene) -> str:
    """Nobody after all."""
    _ = scene.treasurer
    scene.show(views.left(scene.texts))
    return END


async def show_member(scene: Scene) -> None:
    """A member was tapped."""
    group_id = scene.treasurer.group_id
    await show_member_page(scene, await groups.get_member(scene.session, group_id, scene.numbers(1)[0]))


async def history(scene: Scene) -> None:
    """A member's statement, by pages."""
    group_id = scene.treasurer.group_id
    member_id, before = scene.numbers(2)
    found = await groups.get_member(scene.session, group_id, member_id)
    page = await statements.history(scene.session, found, before=max(before, 0))
    back = button(scene.texts.label("◀️ Back"), "member", found.id)
    title = views.history_title(scene.texts, found)
    screen = history_views.history(
        scene.texts, title, page, lambda label, at: button(label, "mhistory", found.id, at), back
    )
    scene.show(screen)


async def _show_named(scene: Scene, text: str) -> bool:
    """The page of the member a text names, or a choice between several; false when it names none."""
    group_id = scene.treasurer.group_id
    found = await groups.find_members(scene.session, group_id, text, also_left=True)
    if not found:
        scene.say(views.unknown(scene.texts, text))
    elif len(found) == 1:
        await show_member_page(scene, found[0])
    else:
        scene.say(views.choose(scene.texts, found, "member"))
    return bool(found)


conversation = DurableConversation(
    name="members",
    entry_points=[
        Command(("soldes", "balances"), balances),
        Command(("adherent", "member"), member),
        Button("balances", balances),
        Button("member", show_member),
        Button("mhistory", history),
    ],
    states={State.NAME: [StepButton("cancel", leave), Typed(take_name)]},
)
