"""Paying by card, for other rooms: the way to the page; back from it; the page closed before it is settled otherwise."""

from __future__ import annotations

from bot.cards.service import Cards
from bot.cards.views import cards as views
from bot.edge.scene import Scene
from ledger.errors import NotAllowed, NotFound
from ledger.groups.models import Method
from ledger.payments import service as payments
from ledger.payments.card import checkouts
from ledger.payments.models import Payment, PaymentState


async def card_link(scene: Scene, payment: Payment | None) -> str | None:
    """Where a payment is paid by card; none for any other, and where the link follows in a message of its own."""
    if payment is None or payment.method is not Method.CARD:
        return None
    link = await scene.service(Cards).offer(scene.session, scene.group, payment, scene.person.language)
    scene.after_commit.append(scene.service(Cards).wake)
    return link


async def close_page(scene: Scene, payment: Payment) -> bool:
    """Before a payment is settled or paid otherwise: nobody can pay it by card any more, or it is paid. False where that
    cannot be seen to, since the key of its page does not serve: it may have been paid, or be paid yet.

    To be called before anything is locked or written, since Stripe is asked. Raises
    :class:`~ledger.payments.card.gateway.CardUnavailable` where that could not be reached, and
    :class:`~ledger.payments.card.checkouts.PaymentUnderWay` where the money may come in some days.
    """
    if payment.method is not Method.CARD:
        return True
    checkout = await checkouts.live(scene.session, payment.id)
    if checkout is None:
        return True
    checkout_id = checkout.id
    return scene.outside(f"close {checkout_id}", lambda _: scene.service(Cards).close(checkout_id))


async def returned(scene: Scene, token: str) -> bool:
    """Back from the page: what we know, and Stripe is asked. That somebody comes back proves nothing (D7).

    False where it is nobody's page, or another's.
    """
    try:
        checkout = await checkouts.by_token(scene.session, token)
        payment = await payments.get_payment(scene.session, checkout.group_id, checkout.payment_id)
        await scene.follow(Payment, payment.id)
        is_own = payment.member_id == scene.member.id
    except (NotAllowed, NotFound):
        return False
    if not is_own:
        return False
    if payment.state is PaymentState.EXPECTED:
        await checkouts.look_soon(scene.session, token)
        scene.after_commit.append(scene.service(Cards).wake)
    scene.say(views.returned(scene.texts, payment))
    return True
