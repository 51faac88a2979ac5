"""Confirming payments, in the group chat or in private: /valider with and without a reference, two taps in the normal case.

Every button carries the number of steps the payment had when the button was made, so a button from before somebody else's
step shows what happened instead of doing it again.
"""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.payments.pages import (
    is_old,
    page_of,
    payment_of,
    screen_of,
    show_reference,
    show_settled,
    tell_settled,
)
from bot.payments.taps import (
    VALIDATE,
    AnotherAmount,
    ExpectedAt,
    ExpectedElsewhere,
    ExpectedPayments,
    ExpectedTransfers,
    Receive,
    ReceiveLate,
    Refuse,
    ShowPayment,
    Undo,
)
from bot.payments.views import expected as lists
from bot.payments.views import taken_back
from bot.payments.views import validation as views
from bot.refusals.sentences import amount_again, plain, sentence
from bot.rights import May
from bot.ui.screen import Screen
from bot.ui.taps import Id
from ledger.errors import NotAllowed, NotFound
from ledger.groups.models import Method
from ledger.groups.roles import Role, role_of
from ledger.groups.service import get_member
from ledger.orders import distributions
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments
from ledger.payments.models import PaymentState


class State(StrEnum):
    """What the coordinator is asked to type."""

    AMOUNT = "amount"


class AmountDraft(Draft):
    """The payment whose amount is asked."""

    payment: Id


async def validate(scene: Scene) -> None:
    """/valider: with a reference (and an amount), that payment; without, what is expected."""
    if scene.command_text:
        await show_reference(scene, scene.command_text)
    elif role_of(scene.member) < Role.TREASURER:
        raise NotAllowed("treasurer")
    else:
        await show_expected(scene, ExpectedPayments())


async def by_typed_reference(scene: Scene) -> bool:
    """A reference was typed alone, in private."""
    await show_reference(scene, scene.typed)
    return True


async def show_expected(scene: Scene, tap: ExpectedPayments) -> None:
    """The only list there is, or the choice between several."""
    group_id, names = scene.group.id, scene.among_coordinators
    found = await distributions.expecting(scene.session, group_id)
    elsewhere = await distributions.expected_elsewhere(scene.session, group_id)
    if not found and not elsewhere:
        scene.show(lists.nothing_expected(scene.texts))
    elif not found:
        scene.show(lists.expected_elsewhere(scene.texts, elsewhere, 0, names=names))
    elif len(found) == 1 and not elsewhere:
        distribution, _ = found[0]
        expected = await distributions.payments_at(scene.session, group_id, distribution.id)
        scene.show(lists.expected_at(scene.texts, distribution, expected, 0, names=names))
    else:
        scene.show(lists.choose_distribution(scene.texts, found, len(elsewhere), tap.page))


async def show_expected_at(scene: Scene, tap: ExpectedAt) -> None:
    """The list of one distribution."""
    group_id = scene.group.id
    distribution = await distributions.get_distribution(scene.session, group_id, tap.distribution)
    expected = await distributions.payments_at(scene.session, group_id, distribution.id)
    scene.show(
        lists.expected_at(scene.texts, distribution, expected, tap.page, names=scene.among_coordinators)
    )


async def show_expected_elsewhere(scene: Scene, tap: ExpectedElsewhere) -> None:
    """The list of what belongs to no order."""
    waiting = await distributions.expected_elsewhere(scene.session, scene.group.id)
    scene.show(lists.expected_elsewhere(scene.texts, waiting, tap.page, names=scene.among_coordinators))


async def show_transfers(scene: Scene, tap: ExpectedTransfers) -> None:
    """Every bank transfer that is expected, for whatever it is: what a treasurer holds against the account's statement."""
    waiting = await distributions.expected_by(scene.session, scene.group.id, Method.TRANSFER)
    scene.show(lists.expected_transfers(scene.texts, waiting, tap.page, names=scene.among_coordinators))


async def show_payment(scene: Scene, tap: ShowPayment) -> None:
    """A payment of the list was tapped."""
    scene.show(await screen_of(scene, await payment_of(scene, tap.payment)))


async def receive(scene: Scene, tap: Receive) -> None:
    """✅: the money is there; asked again when the order comes to another sum than the screen said."""
    payment = await payment_of(scene, tap.payment)
    if await is_old(scene, payment, tap.step):
        return
    due = (await page_of(scene, payment)).due.amount_cents
    if tap.due not in (None, due):
        scene.toast(plain(sentence(scene.texts, SeenChanged())), alert=True)
        scene.show(await screen_of(scene, payment))
        return
    done = await payments.receive(scene.session, payment.group_id, payment.id, scene.member, tap.amount)
    await show_settled(scene, done, due_cents=due)


async def receive_late(scene: Scene, tap: ReceiveLate) -> None:
    """A transfer that was cancelled with its order arrived all the same."""
    payment = await payment_of(scene, tap.payment)
    if await is_old(scene, payment, tap.step):
        return
    done = await payments.receive_late(scene.session, payment.group_id, payment.id, scene.member, tap.amount)
    await show_settled(scene, done)


async def refuse(scene: Scene, tap: Refuse) -> None:
    """The money did not come."""
    payment = await payment_of(scene, tap.payment)
    if await is_old(scene, payment, tap.step):
        return
    done = await payments.refuse(scene.session, payment.group_id, payment.id, scene.member)
    await show_settled(scene, done)


async def undo(scene: Scene, tap: Undo) -> None:
    """Takes the last step back."""
    payment = await payment_of(scene, tap.payment)
    if await is_old(scene, payment, tap.step):
        return
    if not views.can_be_undone(payment):
        raise NotFound("button", payment.id)
    by, last = scene.member, await payments.last_settlement(scene.session, payment)
    done = await payments.undo(scene.session, payment.group_id, payment.id, by)
    if done.payment.state is PaymentState.EXPECTED:
        scene.toast(scene.texts.label("Undone: the payment is awaited again."))
    else:
        scene.toast(scene.texts.label("Undone: the payment is cancelled."))
    member = await get_member(scene.session, done.payment.group_id, done.payment.member_id)
    assert last is not None, "what was just undone stood"
    told = await scene.notify.maker(
        last.by_id,
        by,
        lambda texts: taken_back.payment(texts, scene.group, member, done.payment, last, by.name),
    )
    notice = taken_back.unreachable(scene.texts, told.unreachable)
    screen = await screen_of(scene, done.payment)
    scene.show(screen.under(notice) if notice else screen)
    await tell_settled(scene, done)


async def ask_amount(scene: Scene, tap: AnotherAmount) -> State | None:
    """Another amount was given: which?"""
    payment = await payment_of(scene, tap.payment)
    if await is_old(scene, payment, tap.step):
        return None
    scene.keep(AmountDraft(payment=payment.id))
    cancel = cancel_button(scene)
    scene.ask(views.ask_amount(scene.texts, payment, cancel))
    return State.AMOUNT


async def take_amount(scene: Scene, draft: AmountDraft) -> str | None:
    """The amount, shown once more with its button."""
    payment = await payment_of(scene, draft.payment)
    amount = scene.typed_amount
    if not amount:
        scene.ask(Screen(amount_again(scene.texts)))
        return None
    scene.say(await screen_of(scene, payment, amount))
    return END


async def leave(scene: Scene, draft: AmountDraft) -> str:
    """No other amount after all."""
    scene.show(await screen_of(scene, await payment_of(scene, draft.payment)))
    return END


conversation = Conversation(
    "validate",
    may=May.CONFIRM_PAYMENTS,
    draft=AmountDraft,
    entry_points=[
        On(VALIDATE, validate),
        On(ExpectedPayments, show_expected),
        On(ExpectedAt, show_expected_at),
        On(ExpectedElsewhere, show_expected_elsewhere),
        On(ExpectedTransfers, show_transfers),
        On(ShowPayment, show_payment),
        On(Receive, receive),
        On(ReceiveLate, receive_late),
        On(Refuse, refuse),
        On(Undo, undo),
        On(AnotherAmount, ask_amount),
    ],
    states={State.AMOUNT: [Typed(take_amount)]},
    cancel=leave,
)
