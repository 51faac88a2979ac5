"""What takes updates about the board; the first that fits wins."""

from __future__ import annotations

from bot.board import asking

handlers = [*asking.handlers]
