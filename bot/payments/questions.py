"""The questions of entering a payment or an opening balance by hand: the first thing that is missing is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import cancel_button
from bot.edge.scene import Scene
from bot.payments.pages import page_of
from bot.payments.taps import (
    AnotherPayment,
    ChooseMember,
    ChooseMethod,
    Confirm,
    ReceiveExpected,
    Today,
    WithoutNote,
)
from bot.payments.views import by_hand as views
from bot.ui import money
from bot.ui.screen import NARROW, Button, Row, Screen
from bot.ui.taps import Id, Number
from ledger.db import utc_now
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import OFFLINE_METHODS, Member, Method
from ledger.orders import by_hand
from ledger.orders.expected import Expected
from ledger.payments import service as payments

MEMBERS_SHOWN = 20
EXPECTED_SHOWN = 5


class State(StrEnum):
    """What the coordinator is asked."""

    MEMBER = "member"
    AMOUNT = "amount"
    METHOD = "method"
    DATE = "date"
    NOTE = "note"
    EXPECTED = "awaited"
    CONFIRM = "confirm"


class Kind(StrEnum):
    """What is entered."""

    PAYMENT = "payment"
    OPENING = "opening"


class PaymentDraft(Draft):
    """What was said so far; ``another``: it is other money than what is expected; ``seen``: how the account stood then."""

    kind: Kind
    member: Id | None = None
    amount: Number | None = None
    method: Method | None = None
    dated: dt.date | None = None
    note: str | None = None
    another: bool = False
    seen: Number | None = None


async def ask_next(scene: Scene, draft: PaymentDraft, notice: str | None = None) -> State:
    """Asks for the first thing that is missing; when nothing is, shows it all with its button."""
    state, screen = await _next(scene, draft)
    if state in (State.EXPECTED, State.CONFIRM):
        scene.show(screen.under(notice) if notice else screen)
    else:
        scene.ask(screen.under(notice) if notice else screen, in_place=True)
    return state


async def _next(scene: Scene, draft: PaymentDraft) -> tuple[State, Screen]:
    texts, cancel = scene.texts, cancel_button(scene)
    is_opening = draft.kind is Kind.OPENING
    if draft.member is None:
        everyone = await groups.members(scene.session, scene.group.id)
        return State.MEMBER, views.ask_member(texts, _choices(scene, everyone), cancel)
    if draft.amount is None:
        member = await groups.get_member(scene.session, scene.group.id, draft.member)
        return State.AMOUNT, views.ask_amount(texts, member, cancel, is_opening=is_opening)
    if not is_opening and draft.method is None:
        return State.METHOD, views.ask_method(texts, _methods(scene), cancel)
    if not is_opening and draft.dated is None:
        now = scene.step_button(texts.label("Today"), Today())
        return State.DATE, views.ask_date(texts, now, cancel)
    if not is_opening and draft.note is None:
        skip = scene.step_button(texts.label("Without a note"), WithoutNote())
        return State.NOTE, views.ask_note(texts, skip, cancel)
    return await _preview(scene, draft)


async def _preview(scene: Scene, draft: PaymentDraft) -> tuple[State, Screen]:
    """All of it, with what is expected from the member already, and the button that fits."""
    texts, entry, cancel = scene.texts, await entry_of(scene, draft), cancel_button(scene)
    expected: list[Expected] = []
    if entry.method is not None and entry.amount_cents > 0:
        expected = await by_hand.expected_from(scene.session, entry.member, entry.method, entry.amount_cents)
    can_be_this = [one for one in expected if one.payment.under_way_since is None]
    if can_be_this and not draft.another:
        due = (await page_of(scene, can_be_this[0].payment)).due.amount_cents
        rows = _receive_rows(scene, entry, can_be_this)
        return State.EXPECTED, views.expected_already(texts, entry, expected, due, rows)
    draft.seen = await by_hand.standing(scene.session, entry.member)
    confirm_button = scene.step_button(texts.label("✅ Confirm"), Confirm(), style="success")
    return State.CONFIRM, views.preview(texts, entry, confirm_button, cancel, expected)


def _receive_rows(scene: Scene, entry: views.Entry, expected: Sequence[Expected]) -> list[Row]:
    """Receives this one (the likeliest confirms), or enters another payment, which is a choice of its own."""
    texts = scene.texts
    rows: list[Row] = [
        (
            scene.step_button(
                views.receive_label(texts, entry, one.payment, is_first=at == 0, is_only=len(expected) == 1),
                ReceiveExpected(one.payment.id),
                style="success" if at == 0 else None,
            ),
        )
        for at, one in enumerate(expected[:EXPECTED_SHOWN])
    ]
    return [*rows, *_another_rows(scene)]


def _another_rows(scene: Scene) -> list[Row]:
    label = scene.texts.label("➕ Another payment, on top of it")
    return [(scene.step_button(label, AnotherPayment()),), (cancel_button(scene),)]


async def ask_whether_another(scene: Scene, draft: PaymentDraft, notice: str) -> State:
    """The account moved since the screen was made, perhaps by this very money: nothing is recorded but on request."""
    entry = await entry_of(scene, draft)
    scene.show(views.perhaps_recorded(scene.texts, entry, notice, _another_rows(scene)))
    return State.EXPECTED


def ask_member(scene: Scene, found: list[Member], notice: str) -> State:
    """Asks which of these members is meant, under a notice."""
    screen = views.ask_member(scene.texts, _choices(scene, found), cancel_button(scene))
    scene.ask(screen.under(notice), in_place=True)
    return State.MEMBER


def _choices(scene: Scene, found: list[Member]) -> list[Button]:
    """A button a member; none where they are too many to look through."""
    if len(found) > MEMBERS_SHOWN:
        return []
    return [scene.step_button(scene.texts.who(member, NARROW), ChooseMember(member.id)) for member in found]


def _methods(scene: Scene) -> list[Button]:
    return [
        scene.step_button(
            f"{money.METHOD_ICON[method]} {money.method(scene.texts, method)}", ChooseMethod(method)
        )
        for method in OFFLINE_METHODS
    ]


async def entry_of(scene: Scene, draft: PaymentDraft) -> views.Entry:
    """What was said so far, when nothing is missing."""
    if draft.member is None or draft.amount is None:
        raise NotFound("draft", draft.kind)
    member = await groups.get_member(scene.session, scene.group.id, draft.member)
    balance = await payments.balance_of(scene.session, member)
    if draft.kind is Kind.OPENING:
        return views.Entry(member, draft.amount, balance)
    return views.Entry(member, draft.amount, balance, draft.method, draft.dated, draft.note or None)


def today(scene: Scene) -> dt.date:
    """The day in the group's time zone."""
    return utc_now().astimezone(scene.texts.zone).date()


def check_date(scene: Scene, dated: dt.date | None) -> None:
    """Raises :class:`InvalidPayment` for a day that is yet to come."""
    if dated is not None and dated > today(scene):
        raise payments.InvalidPayment("date")
