"""The Bot API as delivery uses it: raw calls by name, on top of python-telegram-bot's requests and error classes.

Delivery stores and sends plain JSON (an inbox row is an update as it came, an outbox row a call as it will be made), so
it needs the library's transport and not its objects.
"""

from __future__ import annotations

import os
from typing import Any

from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.delivery.http import is_not_connected

os.environ.setdefault(
    "PTB_TIMEDELTA", "true"
)  # ``retry_after`` as the library's next version gives it, unwarned

JsonDict = dict[str, Any]

# How the library gives a RetryAfter's seconds; without the choice, each one warns.
os.environ.setdefault("PTB_TIMEDELTA", "1")


class Api(ExtBot[None]):
    """The library's bot, with one method more."""

    async def call(self, method: str, parameters: JsonDict, *, read_timeout: float = 10.0) -> Any:
        """Call a Bot API method by its documented name; returns its raw ``result``.

        Raises the errors of :mod:`telegram.error`.
        """
        return await self._post(method, dict(parameters), read_timeout=read_timeout)


def surely_not_delivered(error: NetworkError) -> bool:
    """Whether a failed call certainly never reached Telegram, so that it may be made again."""
    return is_not_connected(error.__cause__)
