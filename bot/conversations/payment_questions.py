"""The questions of entering a payment or an opening balance by hand: the first thing that is missing is asked for."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from bot.delivery.context import Context
from bot.views import money
from bot.views import payment as views
from bot.views.screen import NARROW, Screen, shortened
from bot.views.screen import Button as ScreenButton
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import OFFLINE_METHODS, Member, Method
from ledger.payments import service as payments

MEMBERS_SHOWN = 20


class State(StrEnum):
    """What the coordinator is asked."""

    MEMBER = "member"
    AMOUNT = "amount"
    METHOD = "method"
    DATE = "date"
    NOTE = "note"
    CONFIRM = "confirm"


async def ask_next(context: Context, notice: str | None = None) -> State:
    """Ask for the first thing that is missing; when nothing is, show it all with its button."""
    state, screen = await _next(context)
    if state is not State.CONFIRM:
        screen = context.to_answer(screen)
    context.show(screen.under(notice) if notice else screen)
    return state


async def _next(context: Context) -> tuple[State, Screen]:
    texts, data, cancel = context.texts, context.conversation.data, cancel_button(context)
    is_opening = data["kind"] == "opening"
    if "member" not in data:
        everyone = await groups.members(context.session, context.group.id)
        return State.MEMBER, views.ask_member(texts, _choices(context, everyone), cancel)
    if "amount" not in data:
        member = await groups.get_member(context.session, context.group.id, data["member"])
        return State.AMOUNT, views.ask_amount(texts, member, cancel, is_opening=is_opening)
    if not is_opening and "method" not in data:
        return State.METHOD, views.ask_method(texts, _methods(context), cancel)
    if not is_opening and "dated" not in data:
        now = context.step_button(texts.label("Today"), "today")
        return State.DATE, views.ask_date(texts, now, cancel)
    if not is_opening and "note" not in data:
        skip = context.step_button(texts.label("Without a note"), "skip")
        return State.NOTE, views.ask_note(texts, skip, cancel)
    confirm_button = context.step_button(texts.label("✅ Confirm"), "confirm", style="success")
    return State.CONFIRM, views.preview(texts, await draft_of(context), confirm_button, cancel)


def ask_member(context: Context, found: list[Member], notice: str) -> State:
    """Ask which of these members is meant, under a notice."""
    screen = views.ask_member(context.texts, _choices(context, found), cancel_button(context))
    context.show(context.to_answer(screen).under(notice))
    return State.MEMBER


def _choices(context: Context, found: list[Member]) -> list[ScreenButton]:
    """A button a member; none where they are too many to look through."""
    if len(found) > MEMBERS_SHOWN:
        return []
    return [context.step_button(shortened(member.name, NARROW), "member", member.id) for member in found]


def _methods(context: Context) -> list[ScreenButton]:
    return [
        context.step_button(
            f"{money.METHOD_ICON[method]} {money.method(context.texts, method)}", "method", method
        )
        for method in OFFLINE_METHODS
    ]


async def draft_of(context: Context) -> views.Draft:
    """What was said so far, when nothing is missing."""
    data = context.conversation.data
    member = await groups.get_member(context.session, context.group.id, data["member"])
    balance = await payments.balance_of(context.session, member)
    if data["kind"] == "opening":
        return views.Draft(member, data["amount"], balance)
    dated = dt.date.fromisoformat(data["dated"])
    return views.Draft(member, data["amount"], balance, Method(data["method"]), dated, data["note"] or None)


def today(context: Context) -> dt.date:
    """The day in the group's time zone."""
    return utc_now().astimezone(context.texts.zone).date()


def cancel_button(context: Context) -> ScreenButton:
    """Out of the conversation."""
    return context.step_button(context.texts.label("Cancel"), "cancel")
