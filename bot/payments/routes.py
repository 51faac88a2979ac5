"""What takes updates about payments; the first that fits wins."""

from __future__ import annotations

from bot.payments import by_hand, switching, topup, validate

handlers = [topup.conversation, *switching.handlers, validate.conversation, by_hand.conversation]
