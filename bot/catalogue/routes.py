"""What takes updates about the catalogue; the first that fits wins."""

from __future__ import annotations

from bot.catalogue import importing

handlers = [*importing.handlers]
