"""Money on distribution day: what was given by another method than announced, and what nobody announced."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from bot.cards.pages import close_page
from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.handover import pages
from bot.handover.asking import ask_if_sure
from bot.handover.taps.goods import Sure
from bot.handover.taps.money import Given, Instead, InsteadBy, Unannounced, UnannouncedBy
from bot.handover.views import money as views
from bot.payments.pages import back_of, is_old, page_of, payment_of, screen_of, show_settled, tell_settled
from bot.payments.views import validation as payment_views
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui import money
from bot.ui.screen import Screen
from bot.ui.taps import UNSEEN, Answered
from ledger.errors import NotFound
from ledger.groups.models import Method
from ledger.orders import validation
from ledger.orders.order_state import OrderState, Receipt, Settles, sums
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments


class State(StrEnum):
    """What the coordinator is asked to type."""

    INSTEAD = "instead"
    UNANNOUNCED = "unannounced"


class GivenDraft(Draft):
    """What is given by a method: the sums that were proposed, and the typed one of which one must be sure; in cents."""

    method: Method = Method.CASH
    proposed: tuple[int, ...] = ()
    typed: int = 0


class InsteadDraft(GivenDraft):
    """The announced payment, and its number of steps when it was asked."""

    payment: int = 0
    steps: int = 0


class UnannouncedDraft(GivenDraft):
    """The order that is paid, and the mark of how it stood when it was asked."""

    order: int = 0
    seen: int = UNSEEN


async def choose_other_method(scene: Scene, tap: Instead) -> None:
    """Asks how it was paid, if not as announced."""
    payment = await payment_of(scene, tap.payment)
    if not await is_old(scene, payment, tap.step):
        scene.show(views.other_method(scene.texts, await page_of(scene, payment)))


async def ask_instead(scene: Scene, tap: InsteadBy) -> State | None:
    """Asks how much was given by this method."""
    payment = await payment_of(scene, tap.payment)
    if await is_old(scene, payment, tap.step):
        return None
    offered = sums(tap.method, payment.amount_cents, (await page_of(scene, payment)).due)
    draft = InsteadDraft(method=tap.method, payment=payment.id, steps=tap.step)
    scene.keep(draft)
    _ask_given(scene, draft, offered)
    return State.INSTEAD


async def take_instead(scene: Scene, draft: InsteadDraft) -> str | None:
    """Takes the amount, typed."""
    amount = _typed_amount(scene)
    if amount is None:
        return None
    if _asks_if_sure(scene, draft, amount):
        return State.INSTEAD
    return await _receive_instead(scene, draft, amount)


async def sure_instead(scene: Scene, draft: InsteadDraft) -> str:
    """Takes ten times as much."""
    return await _receive_instead(scene, draft, draft.typed)


async def proposed_instead(scene: Scene, tap: Given, draft: InsteadDraft) -> str:
    """Takes as much as was announced, or as is due now."""
    return await _receive_instead(scene, draft, _proposed(tap, draft))


async def _receive_instead(scene: Scene, draft: InsteadDraft, amount: int) -> str:
    by = scene.member
    announced = await payment_of(scene, draft.payment)
    await close_page(scene, announced)
    if await is_old(scene, announced, draft.steps):
        return END
    due = (await page_of(scene, announced)).due.amount_cents
    done = await payments.receive_instead(scene.session, by.group_id, announced.id, draft.method, amount, by)
    await show_settled(scene, done, due_cents=due, instead_of=announced)
    return END


async def leave_instead(scene: Scene, draft: InsteadDraft) -> str:
    """Goes back to the payment."""
    scene.show(await screen_of(scene, await payment_of(scene, draft.payment)))
    return END


async def choose_unannounced(scene: Scene, tap: Unannounced) -> None:
    """Asks how money was paid that nobody announced."""
    state = await validation.order_state(scene.session, scene.member.group_id, tap.order)
    scene.show(views.unannounced_method(scene.texts, state))


async def ask_unannounced(scene: Scene, tap: UnannouncedBy) -> State:
    """Asks how much of it there is, and proposes what is missing."""
    state = await validation.order_state(scene.session, scene.member.group_id, tap.order)
    draft = UnannouncedDraft(method=tap.method, order=state.order.id)
    scene.keep(draft)
    _ask_unannounced(scene, draft, state)
    return State.UNANNOUNCED


def _ask_unannounced(scene: Scene, draft: UnannouncedDraft, state: OrderState, notice: str = "") -> None:
    """Remembers how the order stood when it was asked."""
    draft.seen = state.mark
    missing = state.missing_cents
    offered = [Receipt(Settles.WHAT_IS_LEFT, missing)] if missing > 0 else []
    _ask_given(scene, draft, offered, notice)


async def take_unannounced(scene: Scene, draft: UnannouncedDraft) -> str | None:
    """Takes the amount, typed."""
    amount = _typed_amount(scene)
    if amount is None:
        return None
    if _asks_if_sure(scene, draft, amount):
        return State.UNANNOUNCED
    return await _receive_unannounced(scene, draft, amount)


async def sure_unannounced(scene: Scene, draft: UnannouncedDraft) -> str:
    """Takes ten times as much."""
    return await _receive_unannounced(scene, draft, draft.typed)


async def proposed_unannounced(scene: Scene, tap: Given, draft: UnannouncedDraft) -> str:
    """Takes as much as is missing."""
    return await _receive_unannounced(scene, draft, _proposed(tap, draft))


async def _receive_unannounced(scene: Scene, draft: UnannouncedDraft, amount: int) -> str:
    by = scene.member
    await validation.lock_order(scene.session, by.group_id, draft.order)
    state = await validation.order_state(scene.session, by.group_id, draft.order)
    if state.mark != draft.seen:
        _ask_unannounced(scene, draft, state, errors.sentence(scene.texts, SeenChanged()))
        return State.UNANNOUNCED
    done = await payments.receive_unannounced(
        scene.session, state.member, draft.method, amount, by, state.order.id
    )
    page = await page_of(scene, done.payment)
    back = await back_of(scene, done.payment)
    scene.toast(payment_views.toast_settled(scene.texts, page, done.settlement))
    scene.show(payment_views.settled(scene.texts, page, done.settlement, by.name, back, discreet=False))
    await tell_settled(scene, done)
    return END


async def leave_unannounced(scene: Scene, draft: UnannouncedDraft) -> str:
    """Goes back to the order."""
    scene.answered = Answered.DISCREETLY
    await pages.show_order(scene, draft.order)
    return END


def _ask_given(scene: Scene, draft: GivenDraft, offered: Sequence[Receipt], notice: str = "") -> None:
    """Asks how much was given: a button for each sum that is likely; any other is typed."""
    texts = scene.texts
    draft.proposed = tuple(one.amount_cents for one in offered)
    proposed = [
        scene.step_button(
            money.received_label(texts, one, alone=len(offered) == 1),
            Given(one.amount_cents),
            style=None if number else "success",
        )
        for number, one in enumerate(offered)
    ]
    example = offered[0].amount_cents if offered else 1250
    screen = views.ask_given(texts, draft.method, proposed, example, cancel_button(scene))
    scene.ask(screen.under(notice) if notice else screen)


def _proposed(tap: Given, draft: GivenDraft) -> int:
    """The tapped sum in cents, which is one of those that were offered."""
    if tap.amount not in draft.proposed:
        raise NotFound("button", tap.amount)
    return tap.amount


def _typed_amount(scene: Scene) -> int | None:
    """What was typed, in cents; asked again when it is no amount, or nothing."""
    amount = scene.typed_amount
    if not amount:
        scene.ask(Screen(errors.amount_again(scene.texts)))
    return amount or None


def _asks_if_sure(scene: Scene, draft: GivenDraft, amount: int) -> bool:
    """Whether the amount is ten times what is expected; then all stand as buttons, and typing again is possible."""
    expected = max(draft.proposed, default=0)
    if not payments.is_far_off(expected, amount):
        return False
    draft.typed = amount
    texts = scene.texts
    proposed = [
        scene.step_button(
            texts.label("✅ Received · {amount}", amount=texts.money(one)), Given(one), style="success"
        )
        for one in draft.proposed
    ]
    yes = texts.label("Yes, {amount}", amount=texts.money(amount))
    question = payment_views.far_off(texts, expected, amount)
    ask_if_sure(scene, question, yes, cancel_button(scene), instead=proposed)
    return True


# Conversations of one name: each has its own states, and whoever keeps money without coordinating takes part in one only.
instead = Conversation(
    "handover_money",
    may=May.CONFIRM_PAYMENTS,
    draft=InsteadDraft,
    entry_points=[On(Instead, choose_other_method), On(InsteadBy, ask_instead)],
    states={State.INSTEAD: [On(Given, proposed_instead), On(Sure, sure_instead), Typed(take_instead)]},
    cancel=leave_instead,
)
unannounced = Conversation(
    "handover_money",
    may=May.CORRECT,
    draft=UnannouncedDraft,
    entry_points=[On(Unannounced, choose_unannounced), On(UnannouncedBy, ask_unannounced)],
    states={
        State.UNANNOUNCED: [
            On(Given, proposed_unannounced),
            On(Sure, sure_unannounced),
            Typed(take_unannounced),
        ]
    },
    cancel=leave_unannounced,
)
