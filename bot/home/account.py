"""A member's questions about their own account: balance, history, orders. Always answered in private."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Update

from bot.edge.conversation import Button, Command, Typed
from bot.edge.scene import Context
from bot.handover.find import by_typed_name
from bot.home.plain_questions import Word, asked_by_word, asks_balance
from bot.home.start import account_of, help_, show_home
from bot.home.views import account as views
from bot.home.views import history as history_views
from bot.home.views import start as start_views
from bot.ordering import search as order_search
from bot.ordering.baskets import show_open_distributions
from bot.ordering.order import show_basket
from bot.payments.validate import show_reference
from bot.ui.screen import Screen
from ledger.catalogue.search import search_words
from ledger.db import utc_now
from ledger.groups import service as groups
from ledger.groups.models import Member
from ledger.groups.roles import Role, role_of
from ledger.orders import history as statements
from ledger.orders import service as orders
from ledger.orders.baskets import is_replaceable
from ledger.payments import requests
from ledger.reference import looks_like_reference

LONGEST_WORD = 40
"""Characters of what may have been a product's name."""


async def balance(update: Update, context: Context) -> None:  # noqa: ARG001
    """/solde, "solde ?": where one stands; to the person alone."""
    account = await account_of(context)
    asked = await requests.open_request(context.session, context.member)
    screen = views.balance_screen(context.texts, context.group, account, asked)
    context.show_privately(screen)


async def history(update: Update, context: Context) -> None:  # noqa: ARG001
    """/historique: one's own statement, by pages."""
    member = context.member
    before = context.numbers(1)[0] if context.button_args else 0
    page = await statements.history(context.session, member, before=before)
    title = context.texts.t("📜 <b>Your history</b> · {group}", group=context.group.title)
    screen = history_views.history(context.texts, title, page, "history")
    context.show_privately(screen)


async def my_orders(update: Update, context: Context) -> None:  # noqa: ARG001
    """/commandes: the last orders, and how to pay them; to the person alone."""
    found = await orders.orders_of(context.session, context.member)
    replaceable = {
        view.order.id
        for view in found
        if view.distribution.is_open(utc_now())
        and await is_replaceable(context.session, context.group, view.order)
    }
    screen = views.orders_screen(context.texts, context.group, found, replaceable)
    context.show_privately(screen)


async def cancel_order(update: Update, context: Context) -> None:
    """The order's own cancel button, where payments are off (R1)."""
    await orders.cancel(context.session, context.group, context.member, context.numbers(1)[0])
    context.toast(context.texts.label("Your order is cancelled."))
    await my_orders(update, context)


async def plain_words(update: Update, context: Context) -> None:
    """What people write without a slash: their balance, a reference, a product, a word for a command; else a pointer."""
    if asks_balance(context.typed):
        await balance(update, context)
        return
    if not context.is_private:
        return
    member = context.scene.member
    if role_of(member) >= Role.TREASURER and looks_like_reference(context.typed):
        await show_reference(context, context.typed)
        return
    is_coordinator = role_of(member) >= Role.COORDINATOR
    if is_coordinator and await by_typed_name(context, on_the_day=True):
        return
    if member is not None and await order_search.search(context, context.typed, await _called(context)):
        return
    if is_coordinator and await by_typed_name(context, on_the_day=False):
        return
    if member is not None and await _by_word(update, context):
        return
    await not_understood(update, context)


async def _by_word(update: Update, context: Context) -> bool:
    """Whether one word said what somebody wants: « panier », « historique », « merci »."""
    match asked_by_word(context.typed):
        case Word.BASKET:
            await show_basket(update, context)
        case Word.ORDER:
            await show_open_distributions(context)
        case Word.ORDERS:
            await my_orders(update, context)
        case Word.HISTORY:
            await history(update, context)
        case Word.HELP:
            await help_(update, context)
        case Word.THANKS:
            context.say(Screen(start_views.welcome_thanks(context.texts)))
        case None:
            return False
    return True


async def _called(context: Context) -> Sequence[Member]:
    """Who is called as was typed, to those who look at members."""
    if role_of(context.member) < Role.TREASURER:
        return ()
    return await groups.find_members(context.session, context.member.group_id, context.typed)


def shop_word(text: str) -> str | None:
    """A word or two that might have been meant for the catalogue; commands and references are not."""
    if len(text) > LONGEST_WORD or text.startswith("/") or looks_like_reference(text):
        return None
    return text if search_words(text) else None


async def not_understood(update: Update, context: Context) -> None:  # noqa: ARG001
    """A command nobody knows, a picture, a text: what one can do instead."""
    if context.scene.member is not None:
        context.say(Screen(start_views.not_understood(context.texts, shop_word(context.typed))))
    await show_home(context)


handlers = [
    Command(("solde", "balance"), balance),
    Command(("historique", "history"), history),
    Command(("commandes", "orders"), my_orders),
    Button("balance", balance),
    Button("history", history),
    Button("orders", my_orders),
    Button("ordercancel", cancel_order),
    Typed(plain_words),
]
