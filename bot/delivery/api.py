"""The Bot API as delivery uses it: raw calls by name, on top of python-telegram-bot's requests and error classes.

Delivery stores and sends plain JSON (an inbox row is an update as it came, an outbox row a call as it will be made), so
it needs the library's transport and not its objects.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from telegram.error import NetworkError, RetryAfter
from telegram.ext import ExtBot

from bot.delivery.http import is_not_connected

JsonDict = dict[str, Any]
NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted")
"""What a refusal says where the topic is gone."""

# How the library gives a RetryAfter's seconds; without the choice, each one warns.
os.environ.setdefault("PTB_TIMEDELTA", "1")


class Api(ExtBot[None]):
    """The library's bot, with one method more."""

    async def call(self, method: str, parameters: JsonDict, *, read_timeout: float = 10.0) -> Any:
        """Calls a Bot API method by its documented name; returns its raw ``result``.

        Raises the errors of :mod:`telegram.error`.
        """
        return await self._post(method, dict(parameters), read_timeout=read_timeout)


def surely_not_delivered(error: NetworkError) -> bool:
    """Whether a failed call certainly never reached Telegram, so that it may be made again."""
    return is_not_connected(error.__cause__)


def asked_pause(error: BaseException) -> dt.timedelta:
    """How long Telegram wants nothing of us (its ``retry_after``); zero where it did not say."""
    if not isinstance(error, RetryAfter):
        return dt.timedelta(0)
    given = error.retry_after
    return given if isinstance(given, dt.timedelta) else dt.timedelta(seconds=given)
