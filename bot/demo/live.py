"""``cagnotte demo``: the chat page in the browser, with a group that is already set up."""

from __future__ import annotations

import sys

from bot.demo.stage import theatre
from bot.demo.story import Story


async def serve(port: int, language: str) -> int:
    """Serve until told to stop."""
    from bot.cli import until_told_to_stop

    try:
        async with theatre(port, language) as play:
            print(f"Cagnotte: {play.url}/  (Ctrl+C)", flush=True)
            story = Story(play.stage, language)
            await story.gather()
            await story.set_up()
            await until_told_to_stop()
    except OSError as error:
        print(f"Port {port}: {error.strerror or error}. Try --port with another number.", file=sys.stderr)
        return 1
    return 0
