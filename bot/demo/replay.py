"""``cagnotte demo --replay``: the main story in the terminal, through real HTTP; exit status 0 if it ends well."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markup import escape

from bot.demo.actors import StoryWentWrong
from bot.demo.stage import theatre
from bot.demo.story import Story
from ledger.verify.service import verify

ENDING = {
    "fr": "✔ L'histoire se termine bien : solde 0,00 €, et les comptes sont justes (I1 à I8 vérifiés).",
    "en": "✔ The story ends well: balance €0.00, and the books hold (I1 to I8 verified).",
}


async def replay(language: str) -> int:
    """Plays the story; 1 when something expected did not happen."""
    console = Console(highlight=False, soft_wrap=True)

    def narrator(who: str, what: str) -> None:
        colour = "green" if who.startswith("Cagnotte") else "cyan"
        console.print(f"[bold {colour}]{escape(who)}[/]")
        console.print(*(f"    {escape(line)}" for line in what.splitlines()), sep="\n")

    try:
        async with theatre(0, language) as play:
            story = Story(play.stage, language, narrator)
            await story.gather()
            await story.set_up()
            reference = await story.order()
            await story.hand_over(reference)
            await story.pay_by_card()
            async with play.bot.database.snapshot() as session:
                violations = await verify(session)
    except StoryWentWrong as error:
        print(f"✘ {error}", file=sys.stderr)
        return 1
    for violation in violations:
        print(f"✘ {violation}", file=sys.stderr)
    if violations:
        return 1
    console.print(f"[bold]{ENDING[language]}[/]")
    return 0
