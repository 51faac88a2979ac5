"""What takes updates about wishes."""

from __future__ import annotations

from bot.wishes import wishing

handlers = [*wishing.handlers]
