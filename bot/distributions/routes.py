"""What takes updates about distributions; the first that fits wins."""

from __future__ import annotations

from bot.distributions import planning

handlers = [planning.conversation]
