"""A member pays another way than announced (an order or a top-up), as long as nobody settled the payment.

Buttons carry how many settlements the payment had when they were made: an old one changes nothing and says what stands.
"""

from __future__ import annotations

from telegram import Update

from bot.cards.links import card_link, close_page
from bot.cards.views import cards as card_views
from bot.edge.conversation import Button
from bot.edge.scene import Context
from bot.ordering.views.paying import if_paid
from bot.payments.views import switching as views
from bot.refusals.sentences import already_settled, plain, sentence
from bot.ui.screen import Screen
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Method
from ledger.orders import switching
from ledger.orders.charging import NotEnoughCredit
from ledger.payments import service as payments
from ledger.payments.card.checkouts import PaymentUnderWay
from ledger.payments.models import Payment


async def choose(update: Update, context: Context) -> None:  # noqa: ARG001
    """🔁: how else? Where the money is under way already, that is said first."""
    payment_id, *sure = context.numbers(2 if len(context.button_args) == 2 else 1)
    payment = await _own_payment(context, payment_id)
    if payment.under_way_since is not None and not sure:
        context.show(views.under_way(context.texts, payment))
        return
    try:
        found = await switching.ways(context.session, context.group, context.member, payment.id)
    except payments.AlreadySettled as settled:
        await _say_what_stands(context, payment, settled)
        return
    context.show(views.choose(context.texts, found))


async def switch(update: Update, context: Context) -> None:  # noqa: ARG001
    """A way was chosen: the payment is replaced, once."""
    method = context.button_args[0] if context.button_args else ""
    payment_id, steps, credit, *sure = context.numbers(4 if len(context.button_args) == 5 else 3, skip=1)
    if method not in list(Method):
        raise NotFound("button", method)
    payment = await _own_payment(context, payment_id)
    is_closed = True
    try:
        is_closed = await close_page(context, payment)
    except PaymentUnderWay:
        if not sure:  # it came to be under way since this choice was shown
            context.show(views.under_way(context.texts, payment))
            return
    texts, group, member = context.texts, context.group, context.member
    try:
        async with context.attempt():
            done = await switching.switch(
                context.session, group, member, payment.id, Method(method), credit_cents=credit, steps=steps
            )
    except payments.AlreadySettled as settled:
        await _say_what_stands(context, payment, settled)
    except LedgerError as refusal:
        said = plain(sentence(texts, refusal))
        if isinstance(refusal, NotEnoughCredit):
            said = views.not_enough_credit(texts, refusal.balance, refusal.needed)
        context.toast(said, alert=True)
        context.show(views.choose(texts, await switching.ways(context.session, group, member, payment.id)))
    else:
        context.show(views.switched(texts, done))
        awaited = await payments.awaited(context.session, member)
        link = await card_link(context, done.payment)
        receipt = views.receipt(texts, group, done, awaited, link)
        context.say(receipt if is_closed else receipt.under(if_paid(texts)))


async def drop(update: Update, context: Context) -> None:  # noqa: ARG001
    """✖️: what was chosen instead of a card is not needed, since the card paid after all."""
    payment_id, steps, by_card_id = context.numbers(3)
    payment = await _own_payment(context, payment_id)
    await close_page(context, payment)
    try:
        async with context.attempt():
            dropped = await switching.drop(
                context.session, context.member, payment.id, by_card_id, steps=steps
            )
    except payments.AlreadySettled as settled:
        await _say_what_stands(context, payment, settled)
    else:
        context.say(Screen(card_views.dropped(context.texts, dropped)))


async def _say_what_stands(context: Context, payment: Payment, settled: payments.AlreadySettled) -> None:
    texts = context.texts
    current, changed = await switching.what_stands(context.session, payment)
    said = views.stands(texts, current) if changed else already_settled(texts, settled)
    context.toast(plain(said), alert=True)


async def _own_payment(context: Context, payment_id: int) -> Payment:
    """The tapped payment, which must be the person's own."""
    await context.follow(Payment, payment_id)
    payment = await payments.get_payment(context.session, context.member.group_id, payment_id)
    if payment.member_id != context.member.id:
        raise NotFound("payment", payment_id)
    return payment


handlers = [Button("payother", choose), Button("payswitch", switch), Button("paydrop", drop)]
