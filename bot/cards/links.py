"""Paying by card: the button that leads to the page."""

from __future__ import annotations

from bot.cards.pages import card_link
from bot.cards.taps import AskLink
from bot.cards.views import cards as views
from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.ordering.views.paying import slow
from bot.refusals.sentences import already_settled, plain
from ledger.errors import NotFound
from ledger.payments import service as payments


async def ask_link(scene: Scene, tap: AskLink) -> None:
    """💳: the way to the page, for one's own payment."""
    payment = await payments.get_payment(scene.session, scene.member.group_id, tap.payment)
    if payment.member_id != scene.member.id:
        raise NotFound("payment", tap.payment)
    if payment.under_way_since is not None:
        scene.toast(plain(slow(scene.texts)), alert=True)
        return
    try:
        link = await card_link(scene, payment)
    except payments.AlreadySettled as settled:
        scene.toast(plain(already_settled(scene.texts, settled)), alert=True)
        return
    if link is None:
        scene.toast(views.coming(scene.texts, payment))
    else:
        scene.say(views.to_pay(scene.texts, scene.group, payment, link))


handlers = [On(AskLink, ask_link)]
