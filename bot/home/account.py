"""A member's questions about their own account: balance, history, orders. Always answered in private."""

from __future__ import annotations

from collections.abc import Sequence

from bot.edge.conversation import Button, Command, Typed
from bot.edge.scene import Scene
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


async def balance(scene: Scene) -> None:
    """/solde, "solde ?": where one stands; to the person alone."""
    account = await account_of(scene)
    asked = await requests.open_request(scene.session, scene.member)
    screen = views.balance_screen(scene.texts, scene.group, account, asked)
    scene.show_privately(screen)


async def history(scene: Scene) -> None:
    """/historique: one's own statement, by pages."""
    member = scene.member
    before = scene.numbers(1)[0] if scene.button_args else 0
    page = await statements.history(scene.session, member, before=before)
    title = scene.texts.t("📜 <b>Your history</b> · {group}", group=scene.group.title)
    screen = history_views.history(scene.texts, title, page, "history")
    scene.show_privately(screen)


async def my_orders(scene: Scene) -> None:
    """/commandes: the last orders, and how to pay them; to the person alone."""
    found = await orders.orders_of(scene.session, scene.member)
    replaceable = {
        view.order.id
        for view in found
        if view.distribution.is_open(utc_now())
        and await is_replaceable(scene.session, scene.group, view.order)
    }
    screen = views.orders_screen(scene.texts, scene.group, found, replaceable)
    scene.show_privately(screen)


async def cancel_order(scene: Scene) -> None:
    """The order's own cancel button, where payments are off (R1)."""
    await orders.cancel(scene.session, scene.group, scene.member, scene.numbers(1)[0])
    scene.toast(scene.texts.label("Your order is cancelled."))
    await my_orders(scene)


async def plain_words(scene: Scene) -> None:
    """What people write without a slash: their balance, a reference, a product, a word for a command; else a pointer."""
    if asks_balance(scene.typed):
        await balance(scene)
        return
    if not scene.is_private:
        return
    member = scene.maybe_member
    if role_of(member) >= Role.TREASURER and looks_like_reference(scene.typed):
        await show_reference(scene, scene.typed)
        return
    is_coordinator = role_of(member) >= Role.COORDINATOR
    if is_coordinator and await by_typed_name(scene, on_the_day=True):
        return
    if member is not None and await order_search.search(scene, scene.typed, await _called(scene)):
        return
    if is_coordinator and await by_typed_name(scene, on_the_day=False):
        return
    if member is not None and await _by_word(scene):
        return
    await not_understood(scene)


async def _by_word(scene: Scene) -> bool:
    """Whether one word said what somebody wants: « panier », « historique », « merci »."""
    match asked_by_word(scene.typed):
        case Word.BASKET:
            await show_basket(scene)
        case Word.ORDER:
            await show_open_distributions(scene)
        case Word.ORDERS:
            await my_orders(scene)
        case Word.HISTORY:
            await history(scene)
        case Word.HELP:
            await help_(scene)
        case Word.THANKS:
            scene.say(Screen(start_views.welcome_thanks(scene.texts)))
        case None:
            return False
    return True


async def _called(scene: Scene) -> Sequence[Member]:
    """Who is called as was typed, to those who look at members."""
    if role_of(scene.member) < Role.TREASURER:
        return ()
    return await groups.find_members(scene.session, scene.member.group_id, scene.typed)


def shop_word(text: str) -> str | None:
    """A word or two that might have been meant for the catalogue; commands and references are not."""
    if len(text) > LONGEST_WORD or text.startswith("/") or looks_like_reference(text):
        return None
    return text if search_words(text) else None


async def not_understood(scene: Scene) -> None:
    """A command nobody knows, a picture, a text: what one can do instead."""
    if scene.maybe_member is not None:
        scene.say(Screen(start_views.not_understood(scene.texts, shop_word(scene.typed))))
    await show_home(scene)


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
