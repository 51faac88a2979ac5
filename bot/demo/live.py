"""``cagnotte demo``: the chat page in the browser, with a group that is already set up."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator

from bot.demo.stage import theatre
from bot.demo.story import DECLINED, PAYS, Story
from bot.signals import serve_until_told

HINT = {
    "fr": f"Par carte bancaire\u00a0: {PAYS} paie, {DECLINED} est refusée. Aucun argent ne bouge.",
    "en": f"By card: {PAYS} pays, {DECLINED} is declined. No money moves.",
}


async def serve(port: int, language: str) -> int:
    """Serves until told to stop."""
    try:
        await serve_until_told(_seeded(port, language))
    except OSError as error:
        print(f"Port {port}: {error.strerror or error}. Try --port with another number.", file=sys.stderr)
        return 1
    return 0


@contextlib.asynccontextmanager
async def _seeded(port: int, language: str) -> AsyncIterator[None]:
    """The theatre with its group; the page answers while the group is being set up."""
    async with theatre(port, language) as play:
        print(f"Cagnotte: {play.url}/  (Ctrl+C)\n{HINT[language]}", flush=True)
        story = Story(play.stage, language)
        await story.gather()
        await story.set_up()
        yield
