"""Topping up (/crediter): a member announces money for their account, whatever it is for, and gets a reference for it.

Nothing moves until a coordinator confirms it, like the payment of an order. How much and how are both one tap.
"""

from __future__ import annotations

from enum import StrEnum

from bot.cards.links import card_link
from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
from bot.home.views import start as start_views
from bot.payments.line import method_of
from bot.payments.views import topup as views
from bot.refusals import sentences as errors
from bot.ui import money
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Row
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import PAID_METHODS, Member, Method
from ledger.money import MAX_AMOUNT, InvalidAmount, exponent_of, parse_amount
from ledger.payments import service as payments

PROPOSED = (20, 50, 100)
"""What one tap proposes, in the group's currency."""


class State(StrEnum):
    """What the member is asked."""

    AMOUNT = "amount"
    METHOD = "method"


async def topup(scene: Scene) -> State | str | None:
    """/crediter, with or without an amount; or the button, which knows the group and perhaps what is missing."""
    tapped = scene.numbers(len(scene.button_args)) if scene.update.callback_query is not None else []
    if tapped and tapped[0] != scene.group.id:
        await scene.act_in(tapped[0])
    _ = scene.member
    if not await scene.privately():
        return None
    if not views.methods(scene.group):
        scene.show(views.not_possible(scene.texts, scene.group))
        return None
    keep(scene.conversation, member=scene.member.id)
    if len(tapped) > 1:
        return await _ask_method(scene, _amount_of(tapped[1]))
    if scene.update.callback_query is None and scene.command_text:
        return await _take(scene, scene.command_text)
    return await _ask_amount(scene)


async def take_amount(scene: Scene) -> State | str:
    """The amount, typed; asked again when it is none."""
    await _the_same_member(scene)
    return await _take(scene, scene.typed)


async def choose_amount(scene: Scene) -> State | str:
    """A proposed amount was tapped."""
    await _the_same_member(scene)
    return await _ask_method(scene, _amount_of(*scene.numbers(1, skip=2)))


async def change_amount(scene: Scene) -> State:
    """Another amount after all."""
    await _the_same_member(scene)
    return await _ask_amount(scene)


async def choose_method(scene: Scene) -> State | str:
    """A method was tapped: the payment is announced, once."""
    method = scene.button_args[-1]
    if method not in list(PAID_METHODS):
        raise NotFound("button", method)
    return await _announce(scene, Method(method))


async def take_method(scene: Scene) -> State | str:
    """The method was typed, or another amount."""
    method = method_of(scene.typed)
    return await _announce(scene, method) if method else await take_amount(scene)


async def _announce(scene: Scene, method: Method) -> State | str:
    member, amount = await _the_same_member(scene), scene.conversation.data["amount"]
    if method not in views.methods(scene.group, amount):
        return await _ask_method(scene, amount, views.not_offered(scene.texts))
    payment = await payments.expect(scene.session, member, method, amount, subject=None)
    scene.show(views.announced(scene.texts, payment))
    balance, awaited = await _account(scene, member)
    link = await card_link(scene, payment)
    scene.say(views.receipt(scene.texts, scene.group, payment, balance, awaited, link))
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    scene.show(start_views.cancelled(scene.texts, was_at_something=True))
    return END


async def _take(scene: Scene, text: str) -> State | str:
    try:
        amount = _amount_of(parse_amount(text, currency=scene.group.currency))
    except InvalidAmount:
        return await _ask_amount(scene, errors.amount_again(scene.texts))
    return await _ask_method(scene, amount)


async def _ask_amount(scene: Scene, notice: str | None = None) -> State:
    balance, awaited = await _account(scene, scene.member)
    proposals = _proposals(scene, owed=-(balance + awaited))
    screen = views.ask_amount(scene.texts, scene.group, balance, awaited, proposals, _cancel_button(scene))
    scene.show(screen.under(notice) if notice else screen)
    return State.AMOUNT


def _proposals(scene: Scene, owed: int) -> list[Row]:
    """What is owed and not announced yet, then round amounts."""
    texts = scene.texts
    rows: list[Row] = []
    if owed > 0:
        label = texts.label("What I owe · {amount}", amount=texts.money(owed))
        rows.append((scene.step_button(label, "amount", owed, style="primary"),))
    # A currency without decimals counts in hundreds what others count in ones.
    digits = exponent_of(scene.group.currency) or 2
    round_ones = [whole * 10**digits for whole in PROPOSED]
    rows.append(tuple(scene.step_button(texts.money(cents), "amount", cents) for cents in round_ones))
    return rows


async def _ask_method(scene: Scene, amount: int, notice: str | None = None) -> State | str:
    texts, group = scene.texts, scene.group
    ways = [
        scene.step_button(
            f"{money.METHOD_ICON[method]} {money.method(texts, method)} · {texts.money(amount)}",
            "method",
            method,
        )
        for method in views.methods(group, amount)
    ]
    if not ways:
        scene.show(views.not_possible(texts, group))
        return END
    keep(scene.conversation, amount=amount)
    other = scene.step_button(texts.label("Other amount"), "other")
    screen = views.ask_method(texts, group, amount, ways, other, _cancel_button(scene))
    scene.show(screen.under(notice) if notice else screen)
    return State.METHOD


async def _account(scene: Scene, member: Member) -> tuple[int, int]:
    """The balance, and what is awaited."""
    return (
        await payments.balance_of(scene.session, member),
        await payments.awaited(scene.session, member),
    )


async def _the_same_member(scene: Scene) -> Member:
    """Who began: in private the person may look at another group by now, and then nothing happens there."""
    member = await groups.get_member(scene.session, scene.member.group_id, scene.conversation.data["member"])
    if member.id != scene.member.id:
        raise NotFound("member", member.id)
    return member


def _amount_of(cents: int) -> int:
    if not 0 < cents <= MAX_AMOUNT:
        raise InvalidAmount(str(cents))
    return cents


def _cancel_button(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="topup",
    entry_points=[Command(("crediter", "topup"), topup), Button("topup", topup)],
    states={
        State.AMOUNT: [CANCEL, StepButton("amount", choose_amount), Typed(take_amount)],
        State.METHOD: [
            CANCEL,
            StepButton("method", choose_method),
            StepButton("other", change_amount),
            Typed(take_method),
        ],
    },
)
