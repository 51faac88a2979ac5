"""Paying by card: the way to the page; back from it; and the page closed before the payment is settled otherwise."""

from __future__ import annotations

from telegram import Update

from bot.cards.views import cards as views
from bot.edge.conversation import Button
from bot.edge.scene import Context
from bot.ordering.views.paying import slow
from bot.refusals.sentences import already_settled, plain
from ledger.errors import NotAllowed, NotFound
from ledger.groups.models import Method
from ledger.payments import service as payments
from ledger.payments.card import checkouts
from ledger.payments.models import Payment, PaymentState


async def card_link(context: Context, payment: Payment | None) -> str | None:
    """Where a payment is paid by card; none for any other, and where the link follows in a message of its own."""
    if payment is None or payment.method is not Method.CARD:
        return None
    link = await context.cards.offer(context.session, context.group, payment, context.person.language)
    context.scene.after_commit.append(context.cards.wake)
    return link


async def close_page(context: Context, payment: Payment) -> bool:
    """Before a payment is settled or paid otherwise: nobody can pay it by card any more, or it is paid. False where that
    cannot be seen to, since the key of its page does not serve: it may have been paid, or be paid yet.

    To be called before anything is locked or written, since Stripe is asked. Raises
    :class:`~ledger.payments.card.gateway.CardUnavailable` where that could not be reached, and
    :class:`~ledger.payments.card.checkouts.PaymentUnderWay` where the money may come in some days.
    """
    if payment.method is not Method.CARD:
        return True
    checkout = await checkouts.live(context.session, payment.id)
    if checkout is None:
        return True
    checkout_id = checkout.id
    return context.answer(f"close {checkout_id}", lambda: context.cards.close(checkout_id))


async def ask_link(update: Update, context: Context) -> None:  # noqa: ARG001
    """💳: the way to the page, for one's own payment."""
    payment_id = context.numbers(1)[0]
    await context.follow(Payment, payment_id)
    payment = await payments.get_payment(context.session, context.member.group_id, payment_id)
    if payment.member_id != context.member.id:
        raise NotFound("payment", payment_id)
    if payment.under_way_since is not None:
        context.toast(plain(slow(context.texts)), alert=True)
        return
    try:
        link = await card_link(context, payment)
    except payments.AlreadySettled as settled:
        context.toast(plain(already_settled(context.texts, settled)), alert=True)
        return
    if link is None:
        context.toast(views.coming(context.texts, payment))
    else:
        context.say(views.to_pay(context.texts, context.group, payment, link))


async def returned(context: Context, token: str) -> bool:
    """Back from the page: what we know, and Stripe is asked. That somebody comes back proves nothing (D7).

    False where it is nobody's page, or another's.
    """
    try:
        checkout = await checkouts.by_token(context.session, token)
        payment = await payments.get_payment(context.session, checkout.group_id, checkout.payment_id)
        await context.follow(Payment, payment.id)
        is_own = payment.member_id == context.member.id
    except (NotAllowed, NotFound):
        return False
    if not is_own:
        return False
    if payment.state is PaymentState.EXPECTED:
        await checkouts.look_soon(context.session, token)
        context.scene.after_commit.append(context.cards.wake)
    context.say(views.returned(context.texts, payment))
    return True


handlers = [Button("cardpay", ask_link)]
