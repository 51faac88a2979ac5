"""What takes updates about reminders; the first that fits wins."""

from __future__ import annotations

from bot.reminders import mute

handlers = [*mute.handlers]
