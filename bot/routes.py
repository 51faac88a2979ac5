"""Which handler takes which update: the whole bot on one page. The first that fits wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler

from bot.commands import account, board, handover, handover_close, members, sheets, validate
from bot.commands import handover_goods as goods_taps
from bot.conversations import (
    catalogue,
    coordinators,
    distributions,
    handover_for,
    handover_goods,
    handover_money,
    handover_plan,
    handover_weighing,
    mute,
    order,
    payment,
    people,
    settings,
    settling,
    setup,
    start,
)
from bot.delivery.context import Context

ANONYMOUS_ADMIN = 1087968824
"""The account in whose name Telegram delivers what a group's anonymous admins write."""


class FromAnonymousAdmin(BaseHandler[Update, Context, Any]):
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


class Rest(BaseHandler[Update, Context, Any]):
    """A tap on a button that nothing takes any more."""

    def check_update(self, update: object) -> bool:
        """Any tap."""
        return isinstance(update, Update) and update.callback_query is not None


async def old_button(update: Update, context: Context) -> None:  # noqa: ARG001
    """Say that the button is old; nothing else happens."""
    context.toast(context.texts.label("This button is no longer valid. Nothing was changed."))


def handlers() -> Sequence[BaseHandler[Any, Any, Any]]:
    """All of them, in order."""
    return [
        FromAnonymousAdmin(start.refuse_anonymous),
        order.conversation,
        validate.conversation,
        members.conversation,
        people.conversation,
        settling.conversation,
        payment.conversation,
        settings.conversation,
        coordinators.conversation,
        distributions.conversation,
        handover_goods.conversation,
        handover_weighing.conversation,
        handover_money.conversation,
        handover_plan.conversation,
        handover_for.conversation,
        *handover.handlers,
        *goods_taps.handlers,
        *handover_close.handlers,
        *board.handlers,
        *sheets.handlers,
        *catalogue.handlers,
        *setup.handlers,
        *mute.handlers,
        *people.handlers,
        *start.handlers,
        *account.handlers,
        Rest(old_button),
    ]
