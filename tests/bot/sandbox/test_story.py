"""The test client against a small bot of PTB's: people write, tap, upload, and see what the bot does."""

import pytest

from tests.bot.sandbox.echo import echo_bot
from tests.support.telegram import TelegramWorld


async def test_people_and_a_bot_talk(url: str, world: TelegramWorld) -> None:
    marie = await world.person("Marie", username="marie")
    anne = await world.person("Anne", language="en")
    group = await world.group("Amap des Lilas", members=[marie], admins=[anne])
    async with echo_bot(url):
        await marie.send("/start")
        screen = await marie.wait("Bonjour")
        assert screen.html == "Bonjour <i>é</i> : <code>/start</code>"
        assert [button.text for button in screen.buttons[0]] == ["−", "+ (0)"]

        assert await marie.tap("+ (0)") == "Noté"
        screen = await marie.press("+ (1)", expect="en avez 2")
        assert screen.edited

        assert await marie.tap("Alerte") == "Attention, c'est une alerte"
        assert await marie.tap("Copier") == "K7M2Q9X"
        await marie.tap("Le bot")
        await marie.wait("/start again")

        before = await world.seq()
        await marie.upload("café.csv", b"a;b\n")
        copy = await marie.wait(after=before)
        assert copy.file_name == "copie-café.csv"
        assert await world.download(copy) == b"a;b\n"

        await marie.send("bonjour tout le monde", chat=group)
        seen = await anne.ask("/installer", chat=group, expect="/installer")
        assert seen.chat_id == group.chat_id
        await world.settle()
        assert "bonjour tout le monde" not in await marie.transcript()
        assert "Vous dites" not in await marie.transcript(group)


async def test_what_does_not_come_fails_with_the_transcript(world: TelegramWorld) -> None:
    marie = await world.person("Marie")
    await marie.send("il y a quelqu'un ?")
    with pytest.raises(AssertionError, match=r"Marie waited 0.1 s for 'oui'\n(.*\n)*.*il y a quelqu'un"):
        await marie.wait("oui", timeout=0.1)
