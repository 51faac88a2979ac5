"""Who may what: the table of ``ledger/README.md`` is the truth. The code's table and every refusal agree with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from telegram.ext import BaseHandler

import ledger
from bot.edge.conversation import Button, Command, DurableConversation
from bot.edge.handling import Conversation, On
from bot.rights import NEEDED, May
from bot.routes import handlers
from bot.ui import taps
from ledger.groups.roles import Role
from tests.support.bot import Stage
from tests.support.coordinating import set_up
from tests.support.telegram import Person

README = Path(ledger.__file__).parent / "README.md"
REFUSED = re.compile(r"Only the group's coordinators|You are not a member of this group")


def table() -> tuple[dict[str, Role], dict[str, Role]]:
    """What may be done, and commands, with the lowest role that is ticked; whoever is above it is ticked too."""
    section = README.read_text(encoding="utf-8").partition("## Who may what")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split("|") for line in section.splitlines() if line.startswith("| ")]
    assert [cell.strip() for cell in rows[0]][2:] == [role.name.lower() for role in Role]
    abilities: dict[str, Role] = {}
    found: dict[str, Role] = {}
    for what, commands, *ticks in rows[1:]:
        ticked = [role for role, tick in zip(Role, ticks, strict=True) if tick.strip()]
        assert ticked == list(Role)[ticked[0] :], (what, commands)
        abilities[what.strip()] = ticked[0]
        for word in re.findall(r"`([^`]+)`", commands):
            assert word not in found, word
            found[word] = ticked[0]
    return abilities, found


def everything(of: Iterable[BaseHandler[Any, Any, Any]]) -> Iterator[BaseHandler[Any, Any, Any]]:
    for handler in of:
        if isinstance(handler, DurableConversation):
            yield from everything(handler.entry_points)
            yield from everything(one for state in handler.states.values() for one in state)
            yield from everything(handler.fallbacks)
        elif isinstance(handler, Conversation):
            yield from everything(handler.entry_points)
        else:
            yield handler


def declared_words(handler: On) -> set[str]:
    if isinstance(handler.what, taps.Command):
        return {f"/{handler.what.names[0]}"}
    return {handler.what.verb, *handler.what.was} if isinstance(handler.what, type) else set()


def test_the_codes_table_is_the_readmes() -> None:
    abilities, commands = table()
    assert {may.what: may.role for may in May} == abilities
    assert {word: role for word, role in NEEDED.items() if word.startswith("/")} == commands


def test_every_command_and_every_button_stands_in_the_table() -> None:
    handled: set[str] = set()
    for handler in everything(handlers()):
        if isinstance(handler, Button):
            handled |= {str(verb) for verb in handler.verbs}
        elif isinstance(handler, Command):
            listed = {f"/{name}" for name in handler.names} & NEEDED.keys()
            assert len(listed) == 1, f"{handler.names} are in no row, or in several"
            handled |= listed
        elif isinstance(handler, On):
            handled |= declared_words(handler)
    assert handled == NEEDED.keys()


async def test_each_role_is_refused_what_it_may_not_and_nothing_else(stage: Stage) -> None:
    group = await set_up(stage)
    theo = await stage.world.person("Theo", language="en")
    await theo.join(group.chat)
    await theo.tap("Order", chat=group.chat)
    await theo.wait("You are now a member")
    await group.anne.ask("/coordinators", expect="Who coordinates")
    await group.anne.press("Name somebody", expect="Whom?")
    await group.anne.ask("Theo", expect="no role")
    await group.anne.press("Make treasurer", expect="treasurer")
    await theo.wait("Send /help to see what you can do")
    words = [word for word, role in NEEDED.items() if role >= Role.TREASURER]
    before = await group.snapshot()

    async def walk(person: Person, role: Role) -> None:
        page = await person.ask("/start", expect="")
        for word in words:
            if word.startswith("/"):
                answer = (await person.ask(word, expect="")).text
            else:
                answer = await person.forge_tap(word, page)
            assert bool(REFUSED.search(answer)) is (role < NEEDED[word]), (person, word, answer)

    people = {
        group.zoe: Role.ANYONE,
        group.marie: Role.MEMBER,
        theo: Role.TREASURER,
        group.anne: Role.COORDINATOR,
    }
    await asyncio.gather(*(walk(person, role) for person, role in people.items()))
    assert await group.snapshot() == before
