"""Which handler takes which update: the whole bot on one page. The first that fits wins."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler

from bot.edge.handling import Either, On, event
from bot.edge.scene import Scene
from bot.handover import find
from bot.home import account, start
from bot.ordering import search
from bot.payments import validate
from bot.rights import May

ROOMS = [
    "cards",  # first: a message that holds a key reaches no other room
    "ordering",
    "payments",
    "refunds",
    "members",
    "settings",
    "distributions",
    "handover",
    "board",
    "sheets",
    "catalogue",
    "reminders",
    "home",
]
"""Every folder that takes updates; what it takes stands in its own ``routes.py``."""


def _is_tap(update: Update) -> bool:
    return update.callback_query is not None


async def old_button(scene: Scene) -> None:
    """Says that the button is old; nothing else happens."""
    scene.say_old()


OLD_BUTTON = event("tap on a button that nothing takes any more", _is_tap, may=May.FIND_ONES_WAY)


def plain_words() -> Either:
    """What is written without a slash, and answers no question: whoever it concerns, in this order."""
    return Either(
        On(account.ASKED, account.balance),
        On(account.TYPED_REFERENCE, validate.by_typed_reference),
        On(account.TYPED_NAME, find.by_name_on_the_day),
        On(account.WORD, search.by_words),
        On(account.TYPED_NAME, find.by_name),
        On(account.WORD, account.by_word),
        On(account.ANYTHING, account.not_understood),
    )


def handlers() -> Sequence[BaseHandler[Any, Any, Any]]:
    """All of them, in order."""
    return [
        On(start.ANONYMOUS, start.refuse_anonymous),
        *(handler for room in ROOMS for handler in import_module(f"bot.{room}.routes").handlers),
        plain_words(),
        On(OLD_BUTTON, old_button),
    ]
