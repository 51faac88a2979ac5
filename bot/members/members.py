"""Members as coordinators and treasurers look at them: everybody's balance (R6), one member's page and history (R17)."""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed
from bot.edge.scene import Context
from bot.home.views import history as history_views
from bot.members.views import members as views
from bot.ui.screen import button
from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Person
from ledger.notes import service as notes
from ledger.orders import history as statements
from ledger.payments import requests
from ledger.payments import service as payments
from ledger.payments.models import PaymentState


class State(StrEnum):
    """What is asked."""

    NAME = "name"


async def balances(update: Update, context: Context) -> None:  # noqa: ARG001
    """/soldes: everybody, by pages."""
    group_id = context.treasurer.group_id
    if not await context.discreetly():
        return
    chosen, page = context.numbers(2) if context.button_args else (0, 0)
    if chosen not in list(views.Filter):
        raise NotFound("button", chosen)
    amounts = await books.balances(context.session, group_id, AccountKind.MEMBERS)
    awaited = await payments.awaited_by_member(context.session, group_id)
    asked = await requests.asked_by_member(context.session, group_id)
    everyone = [
        views.MemberBalance(member, amounts[member.id], awaited.get(member.id, 0), asked.get(member.id, 0))
        for member in await groups.members(context.session, group_id)
    ]
    context.show(views.balances(context.texts, context.group, everyone, views.Filter(chosen), page))


async def member(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """/adherent NAME: the page, or a choice; without a name, asks for it."""
    _ = context.treasurer
    if not await context.discreetly():
        return None
    if context.command_text:
        await _show_named(context, context.command_text)
        return None
    cancel = context.step_button(context.texts.label("Cancel"), "cancel")
    context.say(context.to_answer(views.ask_name(context.texts, cancel)))
    return State.NAME


async def take_name(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The name that was asked for; asked again when nobody is called so."""
    _ = context.treasurer
    return END if await _show_named(context, context.typed) else None


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Nobody after all."""
    _ = context.treasurer
    context.show(views.left(context.texts))
    return END


async def show_member(update: Update, context: Context) -> None:  # noqa: ARG001
    """A member was tapped."""
    group_id = context.treasurer.group_id
    await show_member_page(context, await groups.get_member(context.session, group_id, context.numbers(1)[0]))


async def history(update: Update, context: Context) -> None:  # noqa: ARG001
    """A member's statement, by pages."""
    group_id = context.treasurer.group_id
    member_id, before = context.numbers(2)
    found = await groups.get_member(context.session, group_id, member_id)
    page = await statements.history(context.session, found, before=max(before, 0))
    back = button(context.texts.label("◀️ Back"), "member", found.id)
    title = views.history_title(context.texts, found)
    context.show(history_views.history(context.texts, title, page, "mhistory", found.id, back=back))


async def _show_named(context: Context, text: str) -> bool:
    """The page of the member a text names, or a choice between several; false when it names none."""
    group_id = context.treasurer.group_id
    found = await groups.find_members(context.session, group_id, text, also_left=True)
    if not found:
        context.say(views.unknown(context.texts, text))
    elif len(found) == 1:
        await show_member_page(context, found[0])
    else:
        context.say(views.choose(context.texts, found, "member"))
    return bool(found)


async def show_member_page(context: Context, found: Member, notice: str | None = None) -> None:
    """One member's page, to coordinators and treasurers."""
    assert found.group_id == context.treasurer.group_id
    person = await context.session.get(Person, found.person_id) if found.person_id else None
    request = await requests.open_request(context.session, found)
    page = views.MemberPage(
        found,
        await payments.balance_of(context.session, found),
        await payments.awaited(context.session, found),
        await payments.payments_of(context.session, found, PaymentState.EXPECTED),
        is_reachable=person is not None and person.started_at is not None,
        has_blocked=person is not None and person.blocked_at is not None,
        request=request,
        note=await notes.read_one(context.session, request.note_id if request else None),
        invitation_url=context.deep_link(f"m_{found.invitation}") if found.invitation else None,
    )
    screen = views.member_page(context.texts, page)
    context.show(screen.under(notice) if notice else screen)


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
