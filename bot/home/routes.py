"""What takes updates about home; the first that fits wins."""

from __future__ import annotations

from bot.home import account, start

handlers = [*start.handlers, *account.handlers]
