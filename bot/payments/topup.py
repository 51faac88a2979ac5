"""Topping up (/crediter): a member announces money for their account, whatever it is for, and gets a reference for it.

Nothing moves until a coordinator confirms it, like the payment of an order. How much and how are both one tap.
"""

from __future__ import annotations

from enum import StrEnum

from bot.cards.pages import card_link
from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.home.views import start as start_views
from bot.payments.taps import TOPUP, AnotherTopUp, TopUp, TopUpBy, TopUpWith
from bot.payments.views import topup as views
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui import money
from bot.ui.methods import method_of
from bot.ui.screen import Row
from bot.ui.taps import Id, Number
from ledger.errors import NotFound
from ledger.groups.models import PAID_METHODS, Method
from ledger.money import MAX_AMOUNT, InvalidAmount, exponent_of, parse_amount
from ledger.payments import service as payments

PROPOSED = (20, 50, 100)
"""What one tap proposes, in the group's currency."""


class State(StrEnum):
    """What the member is asked."""

    AMOUNT = "amount"
    METHOD = "method"


class TopUpDraft(Draft):
    """How many cents, once that is known; ``member``: who began, as rows of earlier versions say instead of the group."""

    amount: Number | None = None
    member: Id | None = None


async def topup(scene: Scene, tap: TopUp | None = None) -> State | str | None:
    """/crediter, with or without an amount; or the button, which knows the group and perhaps what is missing."""
    if not views.methods(scene.group):
        scene.show(views.not_possible(scene.texts, scene.group))
        return None
    draft = TopUpDraft()
    scene.keep(draft)
    if tap is not None and tap.missing is not None:
        return await _ask_method(scene, draft, _amount_of(tap.missing))
    if tap is None and scene.command_text:
        return await _take(scene, draft, scene.command_text)
    return await _ask_amount(scene)


async def take_amount(scene: Scene, draft: TopUpDraft) -> State | str:
    """The amount, typed; asked again when it is none."""
    return await _take(scene, draft, scene.typed)


async def choose_amount(scene: Scene, tap: TopUpBy, draft: TopUpDraft) -> State | str:
    """A proposed amount was tapped."""
    return await _ask_method(scene, draft, _amount_of(tap.amount))


async def change_amount(scene: Scene) -> State:
    """Another amount after all."""
    return await _ask_amount(scene)


async def choose_method(scene: Scene, tap: TopUpWith, draft: TopUpDraft) -> State | str:
    """A method was tapped: the payment is announced, once."""
    if tap.method not in PAID_METHODS:
        raise NotFound("button", tap.method)
    return await _announce(scene, draft, tap.method)


async def take_method(scene: Scene, draft: TopUpDraft) -> State | str:
    """The method was typed, or another amount."""
    method = method_of(scene.typed)
    return await _announce(scene, draft, method) if method else await take_amount(scene, draft)


async def _announce(scene: Scene, draft: TopUpDraft, method: Method) -> State | str:
    member, amount = scene.member, _amount_of(draft.amount or 0)
    if draft.member not in (None, member.id):
        raise NotFound("member", draft.member)
    if method not in views.methods(scene.group, amount):
        return await _ask_method(scene, draft, amount, views.not_offered(scene.texts))
    payment = await payments.expect(scene.session, member, method, amount, None)
    scene.show(views.announced(scene.texts, payment))
    balance, expected = await _account(scene)
    link = await card_link(scene, payment)
    scene.say(views.receipt(scene.texts, scene.group, payment, balance, expected, link))
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    scene.show(start_views.cancelled(scene.texts, was_at_something=True))
    return END


async def _take(scene: Scene, draft: TopUpDraft, text: str) -> State | str:
    try:
        amount = _amount_of(parse_amount(text, currency=scene.group.currency))
    except InvalidAmount:
        return await _ask_amount(scene, errors.amount_again(scene.texts))
    return await _ask_method(scene, draft, amount)


async def _ask_amount(scene: Scene, notice: str | None = None) -> State:
    balance, expected = await _account(scene)
    proposals = _proposals(scene, owed=-(balance + expected))
    screen = views.ask_amount(scene.texts, scene.group, balance, expected, proposals, cancel_button(scene))
    scene.show(screen.under(notice) if notice else screen)
    return State.AMOUNT


def _proposals(scene: Scene, owed: int) -> list[Row]:
    """What is owed and not announced yet, then round amounts."""
    texts = scene.texts
    rows: list[Row] = []
    if owed > 0:
        label = texts.label("What I owe · {amount}", amount=texts.money(owed))
        rows.append((scene.step_button(label, TopUpBy(owed), style="primary"),))
    # A currency without decimals counts in hundreds what others count in ones.
    digits = exponent_of(scene.group.currency) or 2
    round_ones = [whole * 10**digits for whole in PROPOSED]
    rows.append(tuple(scene.step_button(texts.money(cents), TopUpBy(cents)) for cents in round_ones))
    return rows


async def _ask_method(scene: Scene, draft: TopUpDraft, amount: int, notice: str | None = None) -> State | str:
    texts, group = scene.texts, scene.group
    ways = [
        scene.step_button(
            f"{money.METHOD_ICON[method]} {money.method(texts, method)} · {texts.money(amount)}",
            TopUpWith(method),
        )
        for method in views.methods(group, amount)
    ]
    if not ways:
        scene.show(views.not_possible(texts, group))
        return END
    draft.amount = amount
    other = scene.step_button(texts.label("Other amount"), AnotherTopUp())
    screen = views.ask_method(texts, group, amount, ways, other, cancel_button(scene))
    scene.show(screen.under(notice) if notice else screen)
    return State.METHOD


async def _account(scene: Scene) -> tuple[int, int]:
    """The balance, and what is expected."""
    return (
        await payments.balance_of(scene.session, scene.member),
        await payments.expected_cents(scene.session, scene.member),
    )


def _amount_of(cents: int) -> int:
    if not 0 < cents <= MAX_AMOUNT:
        raise InvalidAmount(str(cents))
    return cents


conversation = Conversation(
    "topup",
    may=May.USE_ONES_ACCOUNT,
    draft=TopUpDraft,
    entry_points=[On(TOPUP, topup), On(TopUp, topup)],
    states={
        State.AMOUNT: [On(TopUpBy, choose_amount), Typed(take_amount)],
        State.METHOD: [On(TopUpWith, choose_method), On(AnotherTopUp, change_amount), Typed(take_method)],
    },
    cancel=leave,
)
