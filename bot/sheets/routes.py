"""What takes updates about sheets; the first that fits wins."""

from __future__ import annotations

from bot.sheets import sheets

handlers = [*sheets.handlers]
