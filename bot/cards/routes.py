"""What takes updates about cards; the first that fits wins. A typed key comes before what would repeat it."""

from __future__ import annotations

from bot.cards import links, settings

handlers = [*settings.handlers, *links.handlers]
