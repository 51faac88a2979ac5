"""A member pays another way than announced (an order or a top-up), as long as nobody settled the payment.

Buttons carry how many settlements the payment had when they were made: an old one changes nothing and says what stands.
"""

from __future__ import annotations

from bot.cards.pages import card_link, close_page
from bot.cards.views import cards as card_views
from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.ordering.views.paying import if_paid
from bot.payments.taps import Drop, PayAnotherWay, Switch
from bot.payments.views import switching as views
from bot.refusals.sentences import already_settled, plain, sentence
from bot.ui.screen import Screen
from ledger.errors import LedgerError, NotFound
from ledger.orders import switching
from ledger.orders.charging import NotEnoughCredit
from ledger.payments import service as payments
from ledger.payments.card.checkouts import PaymentUnderWay
from ledger.payments.models import Payment


async def choose(scene: Scene, tap: PayAnotherWay) -> None:
    """🔁: how else? Where the money is under way already, that is said first."""
    payment = await _own_payment(scene, tap.payment)
    if payment.under_way_since is not None and not tap.sure:
        scene.show(views.under_way(scene.texts, payment))
        return
    try:
        found = await switching.ways(scene.session, scene.group, scene.member, payment.id)
    except payments.AlreadySettled as settled:
        await _say_what_stands(scene, payment, settled)
        return
    scene.show(views.choose(scene.texts, found))


async def switch(scene: Scene, tap: Switch) -> None:
    """A way was chosen: the payment is replaced, once."""
    payment = await _own_payment(scene, tap.payment)
    is_closed = True
    try:
        is_closed = await close_page(scene, payment)
    except PaymentUnderWay:
        if not tap.sure:  # it came to be under way since this choice was shown
            scene.show(views.under_way(scene.texts, payment))
            return
    texts, group, member = scene.texts, scene.group, scene.member
    try:
        async with scene.attempt():
            done = await switching.switch(
                scene.session, group, member, payment.id, tap.method, credit_cents=tap.credit, steps=tap.step
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
        expected = await payments.expected_cents(scene.session, member)
        link = await card_link(scene, done.payment)
        receipt = views.receipt(texts, group, done, expected, link)
        scene.say(receipt if is_closed else receipt.under(if_paid(texts)))


async def drop(scene: Scene, tap: Drop) -> None:
    """✖️: what was chosen instead of a card is not needed, since the card paid after all."""
    payment = await _own_payment(scene, tap.payment)
    await close_page(scene, payment)
    try:
        async with scene.attempt():
            dropped = await switching.drop(
                scene.session, scene.member, payment.id, tap.by_card, steps=tap.step
            )
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
    payment = await payments.get_payment(scene.session, scene.member.group_id, payment_id)
    if payment.member_id != scene.member.id:
        raise NotFound("payment", payment_id)
    return payment


handlers = [On(PayAnotherWay, choose), On(Switch, switch), On(Drop, drop)]
