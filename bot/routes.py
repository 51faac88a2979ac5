"""Which handler takes which update: the whole bot on one page. The first that fits wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler

from bot.board import asking
from bot.cards import links
from bot.cards import settings as card_settings
from bot.catalogue import importing
from bot.distributions import planning
from bot.edge.handling import Either, On, event
from bot.edge.scene import Scene
from bot.handover import close, correcting, day, find, goods, money, ordering_for, plan, till, weighing
from bot.home import account, start
from bot.members import coordinators, members, people, settling, welcome
from bot.ordering import order, search
from bot.payments import by_hand, switching, topup, validate
from bot.refunds import declining, refunds, requests
from bot.reminders import mute
from bot.rights import May
from bot.settings import settings, setup
from bot.sheets import sheets


def _is_tap(update: Update) -> bool:
    return update.callback_query is not None


async def old_button(scene: Scene) -> None:
    """Says that the button is old; nothing else happens."""
    scene.say_old()


REST = event("tap on a button that nothing takes any more", _is_tap, may=May.FIND_ONES_WAY)


def handlers() -> Sequence[BaseHandler[Any, Any, Any]]:
    """All of them, in order."""
    return [
        On(start.ANONYMOUS, start.refuse_anonymous),
        *card_settings.handlers,
        order.conversation,
        topup.conversation,
        requests.conversation,
        *switching.handlers,
        *links.handlers,
        validate.conversation,
        members.conversation,
        people.adding,
        people.parting,
        settling.conversation,
        refunds.conversation,
        declining.conversation,
        by_hand.conversation,
        settings.conversation,
        coordinators.conversation,
        planning.conversation,
        correcting.conversation,
        weighing.conversation,
        money.instead,
        money.unannounced,
        till.conversation,
        plan.conversation,
        ordering_for.conversation,
        *find.handlers,
        *day.handlers,
        *goods.handlers,
        *close.handlers,
        *asking.handlers,
        *sheets.handlers,
        *importing.handlers,
        *setup.handlers,
        *mute.handlers,
        *welcome.handlers,
        *start.handlers,
        *account.handlers,
        Either(
            On(account.ASKED, account.balance),
            On(account.TYPED_REFERENCE, validate.by_typed_reference),
            On(account.TYPED_NAME, find.by_name_on_the_day),
            On(account.WORD, search.by_words),
            On(account.TYPED_NAME, find.by_name),
            On(account.WORD, account.by_word),
            On(account.ANYTHING, account.not_understood),
        ),
        On(REST, old_button),
    ]
