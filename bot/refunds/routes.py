"""What takes updates about refunds; the first that fits wins."""

from __future__ import annotations

from bot.refunds import declining, refunds, requests

handlers = [requests.conversation, refunds.conversation, declining.conversation]
