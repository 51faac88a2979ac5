"""What takes updates about settings; the first that fits wins."""

from __future__ import annotations

from bot.settings import settings, setup

handlers = [settings.conversation, *setup.handlers]
