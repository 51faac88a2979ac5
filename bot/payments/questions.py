"""The questions of entering a payment or an opening balance by hand: the first thing that is missing is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from bot.edge.conversation import keep
from bot.edge.scene import Scene
from bot.payments.validate import page_of
from bot.payments.views import by_hand as views
from bot.ui import money
from bot.ui.screen import NARROW, Row, Screen
from bot.ui.screen import Button as ScreenButton
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import OFFLINE_METHODS, Member, Method
from ledger.orders import by_hand
from ledger.payments import service as payments

MEMBERS_SHOWN = 20
AWAITED_SHOWN = 5


class State(StrEnum):
    """What the coordinator is asked."""

    MEMBER = "member"
    AMOUNT = "amount"
    METHOD = "method"
    DATE = "date"
    NOTE = "note"
    AWAITED = "awaited"
    CONFIRM = "confirm"


async def ask_next(scene: Scene, notice: str | None = None) -> State:
    """Ask for the first thing that is missing; when nothing is, show it all with its button."""
    state, screen = await _next(scene)
    if state not in (State.AWAITED, State.CONFIRM):
        screen = scene.to_answer(screen)
    scene.show(screen.under(notice) if notice else screen)
    return state


async def _next(scene: Scene) -> tuple[State, Screen]:
    texts, data, cancel = scene.texts, scene.conversation.data, cancel_button(scene)
    is_opening = data["kind"] == "opening"
    if "member" not in data:
        everyone = await groups.members(scene.session, scene.group.id)
        return State.MEMBER, views.ask_member(texts, _choices(scene, everyone), cancel)
    if "amount" not in data:
        member = await groups.get_member(scene.session, scene.group.id, data["member"])
        return State.AMOUNT, views.ask_amount(texts, member, cancel, is_opening=is_opening)
    if not is_opening and "method" not in data:
        return State.METHOD, views.ask_method(texts, _methods(scene), cancel)
    if not is_opening and "dated" not in data:
        now = scene.step_button(texts.label("Today"), "today")
        return State.DATE, views.ask_date(texts, now, cancel)
    if not is_opening and "note" not in data:
        skip = scene.step_button(texts.label("Without a note"), "skip")
        return State.NOTE, views.ask_note(texts, skip, cancel)
    return await _preview(scene)


async def _preview(scene: Scene) -> tuple[State, Screen]:
    """All of it, with what is awaited from the member already, and the button that fits."""
    texts, draft, cancel = scene.texts, await draft_of(scene), cancel_button(scene)
    awaited: list[by_hand.Awaited] = []
    if draft.method is not None and draft.amount_cents > 0:
        awaited = await by_hand.awaited_from(scene.session, draft.member, draft.method, draft.amount_cents)
    can_be_this = [one for one in awaited if one.payment.under_way_since is None]
    if can_be_this and "another" not in scene.conversation.data:
        due = (await page_of(scene, can_be_this[0].payment)).due.amount_cents
        rows = _receive_rows(scene, draft, can_be_this)
        return State.AWAITED, views.awaited_already(texts, draft, awaited, due, rows)
    keep(scene.conversation, seen=await by_hand.standing(scene.session, draft.member))
    confirm_button = scene.step_button(texts.label("✅ Confirm"), "confirm", style="success")
    return State.CONFIRM, views.preview(texts, draft, confirm_button, cancel, awaited)


def _receive_rows(scene: Scene, draft: views.Draft, awaited: Sequence[by_hand.Awaited]) -> list[Row]:
    """Receive this one (the likeliest confirms), or enter another payment, which is a choice of its own."""
    texts = scene.texts
    rows: list[Row] = [
        (
            scene.step_button(
                views.receive_label(texts, draft, one.payment, is_first=at == 0, is_only=len(awaited) == 1),
                "receive",
                one.payment.id,
                style="success" if at == 0 else None,
            ),
        )
        for at, one in enumerate(awaited[:AWAITED_SHOWN])
    ]
    return [*rows, *_another_rows(scene)]


def _another_rows(scene: Scene) -> list[Row]:
    label = scene.texts.label("➕ Another payment, on top of it")
    return [(scene.step_button(label, "another"),), (cancel_button(scene),)]


async def ask_whether_another(scene: Scene, notice: str) -> State:
    """The account moved since the screen was made, perhaps by this very money: nothing is recorded but on request."""
    draft = await draft_of(scene)
    scene.show(views.perhaps_recorded(scene.texts, draft, notice, _another_rows(scene)))
    return State.AWAITED


def ask_member(scene: Scene, found: list[Member], notice: str) -> State:
    """Ask which of these members is meant, under a notice."""
    screen = views.ask_member(scene.texts, _choices(scene, found), cancel_button(scene))
    scene.show(scene.to_answer(screen).under(notice))
    return State.MEMBER


def _choices(scene: Scene, found: list[Member]) -> list[ScreenButton]:
    """A button a member; none where they are too many to look through."""
    if len(found) > MEMBERS_SHOWN:
        return []
    return [scene.step_button(scene.texts.who(member, NARROW), "member", member.id) for member in found]


def _methods(scene: Scene) -> list[ScreenButton]:
    return [
        scene.step_button(
            f"{money.METHOD_ICON[method]} {money.method(scene.texts, method)}", "method", method
        )
        for method in OFFLINE_METHODS
    ]


async def draft_of(scene: Scene) -> views.Draft:
    """What was said so far, when nothing is missing."""
    data = scene.conversation.data
    member = await groups.get_member(scene.session, scene.group.id, data["member"])
    balance = await payments.balance_of(scene.session, member)
    if data["kind"] == "opening":
        return views.Draft(member, data["amount"], balance)
    dated = dt.date.fromisoformat(data["dated"])
    return views.Draft(member, data["amount"], balance, Method(data["method"]), dated, data["note"] or None)


def today(scene: Scene) -> dt.date:
    """The day in the group's time zone."""
    return utc_now().astimezone(scene.texts.zone).date()


def cancel_button(scene: Scene) -> ScreenButton:
    """Out of the conversation."""
    return scene.step_button(scene.texts.label("Cancel"), "cancel")
