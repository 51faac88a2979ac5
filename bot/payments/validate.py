"""Confirming payments, in the group chat or in private: /valider with and without a reference, two taps in the normal case.

Every button carries the number of steps the payment had when the button was made, so a button from before somebody else's
step shows what happened instead of doing it again.
"""

from __future__ import annotations

from enum import StrEnum

from telegram import Update

from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import UNSEEN, Context
from bot.handover.views.money import instead_of as instead_of_line
from bot.payments.views import taken_back
from bot.payments.views import validation as views
from bot.refusals.sentences import already_settled, amount_again, plain, sentence
from bot.ui.screen import Screen
from ledger.errors import NotAllowed, NotFound
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.groups.roles import Role
from ledger.groups.service import get_member
from ledger.money import InvalidAmount, parse_amount
from ledger.orders import distributions, validation
from ledger.orders.awaited import awaited_of
from ledger.orders.models import Distribution
from ledger.orders.order_state import Receipt, Settles, due_by
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState
from ledger.reference import normalise, split_reference


class State(StrEnum):
    """What the coordinator is asked to type."""

    AMOUNT = "amount"


async def validate(update: Update, context: Context) -> None:  # noqa: ARG001
    """/valider: with a reference (and an amount), that payment; without, what is awaited."""
    if context.command_text and context.scene.update.callback_query is None:
        await show_reference(context, context.command_text)
    else:
        _ = context.treasurer
        await _show_awaited_somewhere(context)


async def show_reference(context: Context, text: str) -> None:
    """The payment a text names; proposals when it names none but nearly does."""
    code, rest = split_reference(text)
    payment = await _find(context, text)
    if payment is None:
        group_id = context.treasurer.group_id
        near = await payments.near_references(context.session, group_id, code)
        named = [
            (p, context.texts.who(await get_member(context.session, group_id, p.member_id))) for p in near
        ]
        context.show(views.unknown_reference(context.texts, code, named))
        return
    # An amount follows a reference that comes first; around one found in a longer text there is only noise.
    amount = None
    if rest and normalise(code) == payment.reference:
        amount = parse_amount(rest, currency=context.group.currency)
        if amount == 0:
            raise InvalidAmount(rest)
    context.show(await screen_of(context, payment, amount))


async def _find(context: Context, text: str) -> Payment | None:
    """The payment in the group that is looked at; in private, else in another whose money the person keeps."""
    if not context.is_private:
        return await payments.find_by_reference(context.session, context.treasurer.group_id, text)
    roles = await groups.roles_of_person(context.session, context.person.id)
    kept = [group_id for group_id, role in roles.items() if role >= Role.TREASURER]
    if not kept:
        raise NotAllowed("treasurer")
    current = context.person.group_id
    for group_id in sorted(kept, key=lambda group_id: (group_id != current, group_id)):
        payment = await payments.find_by_reference(context.session, group_id, text)
        if payment is not None:
            await context.follow(Payment, payment.id)
            return payment
    if current not in kept:
        await context.act_in(kept[0])
    return None


async def show_awaited(update: Update, context: Context) -> None:  # noqa: ARG001
    """The list of one distribution."""
    distribution_id, page = context.numbers(2)
    await context.follow(Distribution, distribution_id)
    group_id = context.treasurer.group_id
    distribution = await distributions.get_distribution(context.session, group_id, distribution_id)
    expected = await distributions.payments_at(context.session, group_id, distribution_id)
    context.show(views.awaited(context.texts, distribution, expected, page, names=context.among_coordinators))


async def show_awaited_elsewhere(update: Update, context: Context) -> None:  # noqa: ARG001
    """The list of what belongs to no order."""
    waiting = await distributions.awaited_elsewhere(context.session, context.treasurer.group_id)
    page = context.numbers(1)[0]
    context.show(views.awaited_elsewhere(context.texts, waiting, page, names=context.among_coordinators))


async def show_transfers(update: Update, context: Context) -> None:  # noqa: ARG001
    """Every bank transfer that is awaited, for whatever it is: what a treasurer holds against the account's statement."""
    group_id, page = context.treasurer.group_id, context.numbers(1)[0]
    waiting = await distributions.awaited_by(context.session, group_id, Method.TRANSFER)
    context.show(views.awaited_transfers(context.texts, waiting, page, names=context.among_coordinators))


async def show_payment(update: Update, context: Context) -> None:  # noqa: ARG001
    """A payment of the list was tapped."""
    payment = await payment_of(context, context.numbers(1)[0])
    context.show(await screen_of(context, payment))


async def receive(update: Update, context: Context) -> None:  # noqa: ARG001
    """✅: the money is there; asked again when the order comes to another sum than the screen said."""
    (payment_id, steps, amount), seen_due = context.numbers_seen(3)
    payment = await payment_of(context, payment_id)
    if await is_old(context, payment, steps):
        return
    due = (await page_of(context, payment)).due.amount_cents
    if seen_due not in (UNSEEN, due):
        context.toast(plain(sentence(context.texts, SeenChanged())), alert=True)
        context.show(await screen_of(context, payment))
        return
    done = await payments.receive(context.session, payment.group_id, payment.id, context.treasurer, amount)
    await show_settled(context, done, due_cents=due)


async def receive_late(update: Update, context: Context) -> None:  # noqa: ARG001
    """A transfer that was cancelled with its order arrived all the same."""
    payment_id, steps, amount = context.numbers(3)
    payment = await payment_of(context, payment_id)
    if await is_old(context, payment, steps):
        return
    done = await payments.receive_late(
        context.session, payment.group_id, payment.id, context.treasurer, amount
    )
    await show_settled(context, done)


async def refuse(update: Update, context: Context) -> None:  # noqa: ARG001
    """The money did not come."""
    payment_id, steps = context.numbers(2)
    payment = await payment_of(context, payment_id)
    if await is_old(context, payment, steps):
        return
    done = await payments.refuse(context.session, payment.group_id, payment.id, context.treasurer)
    await show_settled(context, done)


async def undo(update: Update, context: Context) -> None:  # noqa: ARG001
    """Take the last step back."""
    payment_id, steps = context.numbers(2)
    payment = await payment_of(context, payment_id)
    if await is_old(context, payment, steps):
        return
    if not views.can_be_undone(payment):
        raise NotFound("button", payment.id)
    by, last = context.treasurer, await payments.last_settlement(context.session, payment)
    done = await payments.undo(context.session, payment.group_id, payment.id, by)
    if done.payment.state is PaymentState.EXPECTED:
        context.toast(context.texts.label("Undone: the payment is awaited again."))
    else:
        context.toast(context.texts.label("Undone: the payment is cancelled."))
    member = await get_member(context.session, done.payment.group_id, done.payment.member_id)
    assert last is not None, "what was just undone stood"
    told = await context.notify.maker(
        last.by_id,
        by,
        lambda texts: taken_back.payment(texts, context.group, member, done.payment, last, by.name),
    )
    notice = taken_back.unreachable(context.texts, told.unreachable)
    screen = await screen_of(context, done.payment)
    context.show(screen.under(notice) if notice else screen)
    await tell_settled(context, done)


async def ask_amount(update: Update, context: Context) -> State | None:  # noqa: ARG001
    """Another amount was given: which?"""
    payment_id, steps = context.numbers(2)
    payment = await payment_of(context, payment_id)
    if await is_old(context, payment, steps):
        return None
    keep(context.conversation, payment=payment.id)
    cancel = context.step_button(context.texts.label("Cancel"), "cancel")
    context.say(context.to_answer(views.ask_amount(context.texts, payment, cancel)))
    return State.AMOUNT


async def take_amount(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The amount, shown once more with its button."""
    _ = context.treasurer
    payment = await payment_of(context, context.conversation.data["payment"])
    amount = context.typed_amount
    if not amount:
        context.say(context.to_answer(Screen(amount_again(context.texts))))
        return None
    context.say(await screen_of(context, payment, amount))
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """No other amount after all."""
    payment = await payment_of(context, context.conversation.data["payment"])
    context.show(await screen_of(context, payment))
    return END


async def _show_awaited_somewhere(context: Context) -> None:
    group_id, names = context.treasurer.group_id, context.among_coordinators
    found = await distributions.awaiting(context.session, group_id)
    elsewhere = await distributions.awaited_elsewhere(context.session, group_id)
    if not found and not elsewhere:
        context.show(views.nothing_awaited(context.texts))
    elif not found:
        context.show(views.awaited_elsewhere(context.texts, elsewhere, 0, names=names))
    elif len(found) == 1 and not elsewhere:
        distribution, _ = found[0]
        expected = await distributions.payments_at(context.session, group_id, distribution.id)
        context.show(views.awaited(context.texts, distribution, expected, 0, names=names))
    else:
        page = context.numbers(1)[0] if context.button_args else 0
        context.show(views.choose_distribution(context.texts, found, len(elsewhere), page))


async def payment_of(context: Context, payment_id: int) -> Payment:
    """A payment of the group the coordinator acts in."""
    await context.follow(Payment, payment_id)
    return await payments.get_payment(context.session, context.treasurer.group_id, payment_id)


async def page_of(context: Context, payment: Payment) -> views.PaymentPage:
    """A payment with all that its screen shows."""
    member = await get_member(context.session, payment.group_id, payment.member_id)
    last = await payments.last_settlement(context.session, payment)
    settled = None
    if payment.state is not PaymentState.EXPECTED:
        settled = await payments.settled_by(context.session, payment)
    balance = await payments.balance_of(context.session, member)
    order = await distributions.order_of(context.session, payment)
    order_id = order.id if order is not None and order.cancelled_at is None else None
    due = Receipt(Settles.AS_ANNOUNCED, payment.amount_cents)
    if order_id is not None and payment.state is PaymentState.EXPECTED:
        due = due_by(await validation.order_state(context.session, payment.group_id, order_id), payment)
    late = await payments.can_come_late(context.session, payment)
    return views.PaymentPage(
        payment, member, settled, last.step if last else 0, balance, due, order_id, may_come_late=late
    )


async def screen_of(context: Context, payment: Payment, amount_cents: int | None = None) -> Screen:
    """A payment's screen. ``amount_cents``: the amount given, where it is another one."""
    page, back = await page_of(context, payment), await back_of(context, payment)
    return views.payment_page(context.texts, page, amount_cents, back)


async def is_old(context: Context, payment: Payment, steps: int) -> bool:
    """Whether somebody took a step since the button was made, or it is on a colleague's page; then it is shown anew."""
    await payments.lock_payment(context.session, payment.group_id, payment.id)
    page = await page_of(context, payment)
    changed = page.steps != steps
    if not changed and not context.leaves_others_page():
        return False
    if changed and page.settled is not None:
        context.toast(plain(already_settled(context.texts, page.settled)), alert=True)
    elif changed:
        context.toast(context.texts.label("This payment changed meanwhile. Here is how it stands."))
    context.show(await screen_of(context, payment))
    return True


async def back_of(context: Context, payment: Payment) -> views.Back:
    """The page of the list that a payment stands on, or stood on when it was awaited."""
    group_id = payment.group_id
    distribution_id = await distributions.distribution_of(context.session, payment)
    if distribution_id is None:
        listed = await distributions.awaited_elsewhere(context.session, group_id)
    else:
        listed = await distributions.payments_at(context.session, group_id, distribution_id)
    return views.Back(distribution_id or views.ELSEWHERE, views.list_page(listed, payment))


async def show_settled(
    context: Context,
    done: payments.Settled,
    *,
    due_cents: int | None = None,
    instead_of: Payment | None = None,
) -> None:
    """What was just done, with the way to undo it; the member is told.

    ``due_cents``: what it should have brought, if not what was announced; ``instead_of``: what had been announced.
    """
    page = await page_of(context, done.payment)
    context.toast(views.toast_settled(context.texts, page, done.settlement))
    by = context.treasurer.name
    back = await back_of(context, done.payment)
    discreet = not context.among_coordinators
    screen = views.settled(
        context.texts, page, done.settlement, by, back, due_cents=due_cents, discreet=discreet
    )
    if instead_of is not None and instead_of.id != done.payment.id:
        screen = screen.under(instead_of_line(context.texts, instead_of))
    context.show(screen)
    await tell_settled(context, done, due_cents)


async def tell_settled(context: Context, done: payments.Settled, due_cents: int | None = None) -> None:
    """Tell the member what became of their payment; ``due_cents``: what it should have brought, if another sum."""
    member = await get_member(context.session, done.payment.group_id, done.payment.member_id)
    awaited = await awaited_of(context.session, member)
    await context.notify.member(
        member,
        lambda texts: views.told_member(
            texts, done.payment, done.settlement, done.balance_cents, awaited, due_cents
        ),
    )


conversation = DurableConversation(
    name="validate",
    entry_points=[
        Command(("valider", "validate"), validate),
        Button("validate", validate),
        Button("awaited", show_awaited),
        Button("awaitedother", show_awaited_elsewhere),
        Button("transfers", show_transfers),
        Button("pmt", show_payment),
        Button("rcv", receive),
        Button("rcvlate", receive_late),
        Button("refuse", refuse),
        Button("undo", undo),
        Button("other", ask_amount),
    ],
    states={State.AMOUNT: [StepButton("cancel", leave), Typed(take_amount)]},
)
