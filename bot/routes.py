"""Which handler takes which update: the whole bot on one page. The first that fits wins."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Update

from bot.board import asking
from bot.cards import links
from bot.cards import settings as card_settings
from bot.catalogue import importing
from bot.distributions import planning
from bot.edge.conversation import Button, Callback, Handler, verb_of
from bot.edge.scene import Scene
from bot.handover import close, correcting, day, find, goods, money, ordering_for, plan, weighing
from bot.home import account, start
from bot.members import coordinators, members, people, settling, welcome
from bot.ordering import order
from bot.payments import by_hand, switching, topup, validate
from bot.refunds import refunds, requests
from bot.reminders import mute
from bot.settings import settings, setup
from bot.sheets import sheets

ANONYMOUS_ADMIN = 1087968824
"""The account in whose name Telegram delivers what a group's anonymous admins write."""


class FromAnonymousAdmin(Handler):
    """A command of an anonymous admin: never authorised, since nobody knows who it is."""

    def check_update(self, update: object) -> bool:
        """Only messages: an anonymous admin's taps carry the real person."""
        message = update.message if isinstance(update, Update) else None
        return (
            message is not None
            and message.from_user is not None
            and message.from_user.id == ANONYMOUS_ADMIN
            and (message.text or "").startswith("/")
        )


class PersonalElsewhere(Handler):
    """A tap, in a group's chat, on what belongs into somebody's private chat: only a forged button is there."""

    def __init__(self, verbs: set[str], callback: Callback) -> None:
        super().__init__(callback)
        self.verbs = verbs

    def check_update(self, update: object) -> bool:
        """By the chat and the verb."""
        query = update.callback_query if isinstance(update, Update) else None
        if query is None or query.message is None or query.message.chat.type == "private":
            return False
        return verb_of(query.data or "") in self.verbs


class Unknown(Handler):
    """A message in private that nothing takes: an unknown command, a picture, a voice message."""

    def check_update(self, update: object) -> bool:
        """Any message; in groups others are spoken to."""
        message = update.message if isinstance(update, Update) else None
        if message is None or message.chat.type != "private":
            return False
        return bool(message.text) or message.effective_attachment is not None


class Rest(Handler):
    """A tap on a button that nothing takes any more."""

    def check_update(self, update: object) -> bool:
        """Any tap."""
        return isinstance(update, Update) and update.callback_query is not None


async def old_button(scene: Scene) -> None:
    """Say that the button is old; nothing else happens."""
    scene.toast(
        scene.texts.label("This button was used already or is no longer valid. Nothing was done twice.")
    )


def handlers() -> Sequence[Handler]:
    """All of them, in order."""
    personal = [
        *order.conversation.entry_points,
        *topup.conversation.entry_points,
        *requests.conversation.entry_points,
        *switching.handlers,
        *links.handlers,
        *start.handlers,
        *account.handlers,
    ]
    verbs = {verb for handler in personal if isinstance(handler, Button) for verb in handler.verbs}
    return [
        FromAnonymousAdmin(start.refuse_anonymous),
        PersonalElsewhere(verbs, old_button),
        card_settings.conversation,
        card_settings.KeyTyped(card_settings.not_asked_for),
        order.conversation,
        topup.conversation,
        requests.conversation,
        *switching.handlers,
        *links.handlers,
        validate.conversation,
        members.conversation,
        people.conversation,
        settling.conversation,
        refunds.conversation,
        requests.declining,
        by_hand.conversation,
        settings.conversation,
        coordinators.conversation,
        planning.conversation,
        correcting.conversation,
        weighing.conversation,
        money.conversation,
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
        Unknown(account.not_understood),
        Rest(old_button),
    ]
