"""A member pays another way than announced (an order or a top-up), as long as nobody settled the payment.

Buttons carry how many settlements the payment had when they were made: an old one changes nothing and says what stands.
"""

from __future__ import annotations

from bot.cards.links import card_link, close_page
from bot.cards.views import cards as card_views
from bot.edge.conversation import Button
from bot.edge.scene import Scene
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


async def choose(scene: Scene) -> None:
    """🔁: how else? Where the money is under way already, that is said first."""
    payment_id, *sure = scene.numbers(2 if len(scene.button_args) == 2 else 1)
    payment = await _own_payment(scene, payment_id)
    if payment.under_way_since is not None and not sure:
        scene.show(views.under_way(scene.texts, payment))
        return
    try:
        found = await switching.ways(scene.session, scene.group, scene.member, payment.id)
    except payments.AlreadySettled as settled:
        await _say_what_stands(scene, payment, settled)
        return
    scene.show(views.choose(scene.texts, found))


async def switch(scene: Scene) -> None:
    """A way was chosen: the payment is replaced, once."""
    method = scene.button_args[0] if scene.button_args else ""
    payment_id, steps, credit, *sure = scene.numbers(4 if len(scene.button_args) == 5 else 3, skip=1)
    if method not in list(Method):
        raise NotFound("button", method)
    payment = await _own_payment(scene, payment_id)
    is_closed = True
    try:
        is_closed = await close_page(scene, payment)
    except PaymentUnderWay:
        if not sure:  # it came to be under way since this choice was shown
            scene.show(views.under_way(scene.texts, payment))
            return
    texts, group, member = scene.texts, scene.group, scene.member
    try:
        async with scene.attempt():
            done = await switching.switch(
                scene.session, group, member, payment.id, Method(method), credit_cents=credit, steps=steps
            )
    except payments.AlreadySettled as settled:
        await _say_what_stands(scene, payment, settled)
    except LedgerError as refusal:
        said = plain(sentence(texts, refusal))
        if isinstance(refusal, NotEnoughCredit):
            said = views.not_enough_credit(texts, refusal.balance, refusal.needed)
        scene.toast(said, alert=True)
        scene.show(views.choose(texts, await switching.ways(scene.session, group, member, payment.id)))
    else:
        scene.show(views.switched(texts, done))
        awaited = await payments.awaited(scene.session, member)
        link = await card_link(scene, done.payment)
        receipt = views.receipt(texts, group, done, awaited, link)
        scene.say(receipt if is_closed else receipt.under(if_paid(texts)))


async def drop(scene: Scene) -> None:
    """✖️: what was chosen instead of a card is not needed, since the card paid after all."""
    payment_id, steps, by_card_id = scene.numbers(3)
    payment = await _own_payment(scene, payment_id)
    await close_page(scene, payment)
    try:
        async with scene.attempt():
            dropped = await switching.drop(scene.session, scene.member, payment.id, by_card_id, steps=steps)
    except payments.AlreadySettled as settled:
        await _say_what_stands(scene, payment, settled)
    else:
        scene.say(Screen(card_views.dropped(scene.texts, dropped)))


async def _say_what_stands(scene: Scene, payment: Payment, settled: payments.AlreadySettled) -> None:
    texts = scene.texts
    current, changed = await switching.what_stands(scene.session, payment)
    said = views.stands(texts, current) if changed else already_settled(texts, settled)
    scene.toast(plain(said), alert=True)


async def _own_payment(scene: Scene, payment_id: int) -> Payment:
    """The tapped payment, which must be the person's own."""
    await scene.follow(Payment, payment_id)
    payment = await payments.get_payment(scene.session, scene.member.group_id, payment_id)
    if payment.member_id != scene.member.id:
        raise NotFound("payment", payment_id)
    return payment


handlers = [Button("payother", choose), Button("payswitch", switch), Button("paydrop", drop)]
