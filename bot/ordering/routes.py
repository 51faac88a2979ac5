"""What takes updates about ordering; the first that fits wins."""

from __future__ import annotations

from bot.ordering import order

handlers = [order.conversation]
