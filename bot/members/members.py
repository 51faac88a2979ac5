"""Members as coordinators and treasurers look at them: everybody's balance (R6), one member's page and history (R17)."""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.home.views import history as history_views
from bot.members import taps
from bot.members.pages import show_member_page
from bot.members.views import members as views
from bot.rights import May
from bot.ui.screen import button
from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.groups import service as groups
from ledger.orders import history as statements
from ledger.payments import requests
from ledger.payments import service as payments


class State(StrEnum):
    """What is asked."""

    NAME = "name"


async def balances(scene: Scene, tap: taps.Balances | None = None) -> None:
    """/soldes: everybody, by pages."""
    wanted, group_id = tap or taps.Balances(), scene.group.id
    amounts = await books.balances(scene.session, group_id, AccountKind.MEMBERS)
    expected = await payments.expected_cents_by_member(scene.session, group_id)
    asked = await requests.asked_by_member(scene.session, group_id)
    everyone = [
        views.MemberBalance(member, amounts[member.id], expected.get(member.id, 0), asked.get(member.id, 0))
        for member in await groups.members(scene.session, group_id)
    ]
    scene.show(views.balances(scene.texts, scene.group, everyone, wanted.chosen, wanted.page))


async def member(scene: Scene) -> State | None:
    """/adherent NAME: the page, or a choice; without a name, asks for it."""
    if scene.command_text:
        await _show_named(scene, scene.command_text)
        return None
    scene.keep(Draft())
    cancel = cancel_button(scene)
    scene.ask(views.ask_name(scene.texts, cancel))
    return State.NAME


async def take_name(scene: Scene) -> str | None:
    """The name that was asked for; asked again when nobody is called so."""
    return END if await _show_named(scene, scene.typed) else None


async def leave(scene: Scene) -> str:
    """Nobody after all."""
    scene.show(views.left(scene.texts))
    return END


async def show_member(scene: Scene, tap: taps.ShowMember) -> None:
    """A member was tapped."""
    await show_member_page(scene, await groups.get_member(scene.session, scene.group.id, tap.member))


async def history(scene: Scene, tap: taps.MemberHistory) -> None:
    """A member's statement, by pages."""
    found = await groups.get_member(scene.session, scene.group.id, tap.member)
    page = await statements.history(scene.session, found, before=max(tap.before, 0))
    back = button(scene.texts.label("◀️ Back"), taps.ShowMember(found.id))
    title = views.history_title(scene.texts, found)
    screen = history_views.history(
        scene.texts, title, page, lambda label, at: button(label, taps.MemberHistory(found.id, at)), back
    )
    scene.show(screen)


async def _show_named(scene: Scene, text: str) -> bool:
    """The page of the member a text names, or a choice between several; false when it names none."""
    found = await groups.find_members(scene.session, scene.group.id, text, also_left=True)
    if not found:
        scene.say(views.unknown(scene.texts, text))
    elif len(found) == 1:
        await show_member_page(scene, found[0])
    else:
        scene.say(views.choose(scene.texts, found, taps.ShowMember))
    return bool(found)


conversation = Conversation(
    "members",
    may=May.SEE_ACCOUNTS,
    entry_points=[
        On(taps.BALANCES, balances),
        On(taps.Balances, balances),
        On(taps.MEMBER, member),
        On(taps.ShowMember, show_member),
        On(taps.MemberHistory, history),
    ],
    states={State.NAME: [Typed(take_name)]},
    cancel=leave,
)
