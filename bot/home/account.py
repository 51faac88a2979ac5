"""A member's questions about their own account: balance, history, orders, asked by command, button or plain words."""

from __future__ import annotations

from telegram import Update

from bot.edge.handling import Event, On, event, is_answer
from bot.edge.scene import Scene
from bot.home import pages, taps
from bot.home.plain_questions import Word, asked_by_word, asks_balance
from bot.home.views import account as views
from bot.home.views import history as history_views
from bot.home.views import start as start_views
from bot.ordering.pages import show_open_distributions, show_own_basket
from bot.rights import May
from bot.ui.screen import Screen, button
from bot.ui.taps import ANYWHERE, Answered, Place
from ledger.catalogue.search import search_words
from ledger.db import utc_now
from ledger.orders import history as statements
from ledger.orders import service as orders
from ledger.payments import requests
from ledger.reference import looks_like_reference

LONGEST_WORD = 40
"""Characters of what may have been a product's name."""


async def balance(scene: Scene) -> bool:
    """/solde, "solde ?": where one stands."""
    account = await pages.account_of(scene)
    asked = await requests.open_request(scene.session, scene.member)
    scene.show(views.balance_screen(scene.texts, scene.group, account, asked))
    return True


async def history(scene: Scene, tap: taps.History | None = None) -> None:
    """/historique: one's own statement, by pages."""
    page = await statements.history(scene.session, scene.member, before=tap.before if tap else 0)
    title = scene.texts.t("📜 <b>Your history</b> · {group}", group=scene.group.title)
    scene.show(
        history_views.history(scene.texts, title, page, lambda label, at: button(label, taps.History(at)))
    )


async def my_orders(scene: Scene) -> None:
    """/commandes: the last orders, and how to pay them."""
    found = await orders.orders_of(scene.session, scene.member)
    replaceable = {
        view.order.id
        for view in found
        if view.distribution.is_open(utc_now()) and not (scene.group.payments_enabled or view.is_debited)
    }
    scene.show(views.orders_screen(scene.texts, scene.group, found, replaceable))


async def cancel_order(scene: Scene, tap: taps.CancelOrder) -> None:
    """The order's own cancel button, where payments are off (R1)."""
    await orders.cancel(scene.session, scene.group, scene.member, tap.order)
    scene.toast(scene.texts.label("Your order is cancelled."))
    await my_orders(scene)


async def by_word(scene: Scene) -> bool:
    """One word that says what somebody wants: « panier », « historique », « merci »; false for any other text."""
    match asked_by_word(scene.typed):
        case Word.BASKET:
            await show_own_basket(scene)
        case Word.ORDER:
            await show_open_distributions(scene)
        case Word.ORDERS:
            await my_orders(scene)
        case Word.HISTORY:
            await history(scene)
        case Word.HELP:
            pages.show_help(scene)
        case Word.THANKS:
            scene.say(Screen(start_views.welcome_thanks(scene.texts)))
        case None:
            return False
    return True


def shop_word(text: str) -> str | None:
    """A word or two that might have been meant for the catalogue; commands and references are not."""
    if len(text) > LONGEST_WORD or text.startswith("/") or looks_like_reference(text):
        return None
    return text if search_words(text) else None


async def not_understood(scene: Scene) -> bool:
    """A command nobody knows, a picture, a text: what one can do instead."""
    if scene.maybe_member is not None:
        scene.say(Screen(start_views.not_understood(scene.texts, shop_word(scene.typed))))
    await pages.show_home(scene)
    return True


def _asks_balance(update: Update) -> bool:
    return is_answer(update) and asks_balance((update.message.text or "").strip() if update.message else "")


def _is_reference(update: Update) -> bool:
    return is_answer(update) and looks_like_reference(
        (update.message.text or "").strip() if update.message else ""
    )


def _is_message(update: Update) -> bool:
    message = update.message
    return message is not None and (bool(message.text) or message.effective_attachment is not None)


ASKED: Event = event(
    "balance asked", _asks_balance, may=May.USE_ONES_ACCOUNT, at=ANYWHERE, answered=Answered.ALONE
)
WORD: Event = event("word", is_answer, may=May.ORDER, at=Place.PRIVATE)
TYPED_REFERENCE: Event = event("reference", _is_reference, may=May.CONFIRM_PAYMENTS, at=Place.PRIVATE)
TYPED_NAME: Event = event("name", is_answer, may=May.HAND_OVER, at=Place.PRIVATE)
ANYTHING: Event = event("anything else", _is_message, may=May.FIND_ONES_WAY, at=Place.PRIVATE)

handlers = [
    On(taps.BALANCE, balance),
    On(taps.HISTORY, history),
    On(taps.ORDERS, my_orders),
    On(taps.Balance, balance),
    On(taps.History, history),
    On(taps.MyOrders, my_orders),
    On(taps.CancelOrder, cancel_order),
]
