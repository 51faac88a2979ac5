"""Who may what, where: every tap and command declares it. The table is printed, complete, the README's, and walked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from telegram.ext import BaseHandler

import ledger
from bot.edge.handling import Conversation, Either, Event, On, Typed
from bot.edge.scene import Scene
from bot.rights import May
from bot.routes import handlers
from bot.ui.taps import ANYWHERE, COMMANDS, VERBS, Command, Declared, Id, Place, Tap, tap
from ledger.groups.roles import Role
from tests.support.bot import Stage
from tests.support.coordinating import set_up
from tests.support.telegram import Group, Person

README = Path(ledger.__file__).parent / "README.md"
REFUSED = re.compile(r"Only the group's coordinators|You are not a member of this group")
ELSEWHERE = re.compile("This button was used already or is no longer valid|This is not there any more")


@dataclass(frozen=True)
class Line:
    """A line of the table: what is tapped or typed, and who may, where, who reads the answer, what makes it old."""

    kind: str
    name: str
    was: tuple[str, ...]
    may: May
    at: str
    answered: str
    old: str

    def __str__(self) -> str:
        roles = ", ".join(role.name.lower() for role in Role if role >= self.may.role)
        was = f" (was {', '.join(self.was)})" if self.was else ""
        return f"{self.kind:8} {self.name + was:45} {self.may.what:58} {roles:42} {self.at:30} {self.answered:11} {self.old}"


def line_of(handler: On, conversation: Conversation | None) -> Line:
    what = handler.what
    if isinstance(handler, Typed) or (isinstance(what, type) and what.declared is None):
        assert conversation is not None, f"{handler.handler} stands outside of a conversation"
        name = what.verb if isinstance(what, type) else what.name
        return Line(
            "step", f"{conversation.name}: {name}", (), conversation.may, "where it began", "there", "step"
        )
    declared = what.declared
    assert isinstance(declared, Declared)
    places = (
        "anywhere" if declared.at == ANYWHERE else ", ".join(str(one.name).lower() for one in declared.at)
    )
    told = (declared.may, places, str(declared.answered), str(declared.old))
    if isinstance(what, Command):
        return Line("command", f"/{what.names[0]}", what.names[1:], *told)
    return (
        Line("event", what.name, (), *told)
        if isinstance(what, Event)
        else Line("tap", what.verb, what.was, *told)
    )


def everything(
    of: Iterable[BaseHandler[Any, Any, Any]], inside: Conversation | None = None
) -> Iterator[tuple[On, Conversation | None]]:
    """Every handler with the conversation whose step it is. Nothing is registered otherwise."""
    for handler in of:
        if isinstance(handler, Conversation):
            yield from everything(handler.entry_points)
            yield from everything([one for state in handler.states.values() for one in state], handler)
        elif isinstance(handler, Either):
            yield from everything(handler.handlers)
        else:
            assert isinstance(handler, On), f"{handler} declares nothing"
            yield handler, inside


def printed() -> list[Line]:
    lines = dict.fromkeys(line_of(handler, inside) for handler, inside in everything(handlers()))
    return sorted(lines, key=lambda line: (line.kind, line.may.role, line.may.name, line.name))


def readme() -> tuple[dict[str, Role], dict[str, str]]:
    """What may be done with the lowest role that is ticked (whoever is above it is too), and what each command does."""
    section = README.read_text(encoding="utf-8").partition("## Who may what")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split("|") for line in section.splitlines() if line.startswith("| ")]
    assert [cell.strip() for cell in rows[0]][2:] == [role.name.lower() for role in Role]
    abilities: dict[str, Role] = {}
    commands: dict[str, str] = {}
    for what, named, *ticks in rows[1:]:
        ticked = [role for role, tick in zip(Role, ticks, strict=True) if tick.strip()]
        assert ticked == list(Role)[ticked[0] :], what
        abilities[what.strip()] = ticked[0]
        commands |= dict.fromkeys(re.findall(r"`([^`]+)`", named), what.strip())
    return abilities, commands


def test_the_table_is_printed_and_complete() -> None:
    lines = printed()
    print("\n".join(map(str, lines)))
    assert {line.name for line in lines if line.kind == "tap"} == {one.verb for one in VERBS.values()}
    assert {line.name for line in lines if line.kind == "command"} == {
        f"/{one.names[0]}" for one in COMMANDS.values()
    }
    assert all(re.fullmatch(r"[a-z]+(\.[a-z]+)*", one.verb) for one in VERBS.values())


def test_the_table_is_the_readmes() -> None:
    abilities, commands = readme()
    assert {may.what: may.role for may in May} == abilities
    assert {line.name: line.may.what for line in printed() if line.kind == "command"} == commands


def test_nothing_is_registered_without_its_declaration() -> None:
    class Undeclared(Tap, frozen=True):
        row: Id

    async def handle(scene: Scene, tap: Undeclared) -> None:
        raise NotImplementedError(scene, tap)

    async def takes_more(scene: Scene, more: int) -> None:
        raise NotImplementedError(scene, more)

    with pytest.raises(TypeError, match="not declared"):
        On(Undeclared, handle)
    with pytest.raises(TypeError, match="asks for tap"):
        On(VERBS["home"], handle)
    with pytest.raises(TypeError, match="asks for more"):
        On(VERBS["home"], takes_more)
    with pytest.raises(TypeError):
        tap("undeclared")(Undeclared)  # type: ignore[call-arg]


async def test_each_role_is_refused_what_it_may_not_and_nothing_else(stage: Stage) -> None:
    """Every command in private; every button in private and in the group's chat, as a forger sends it: alone."""
    group = await set_up(stage)
    theo = await stage.world.person("Theo", language="en")
    await theo.join(group.chat)
    await group.zoe.join(group.chat)
    await theo.tap("Order", chat=group.chat)
    await theo.wait("You are now a member")
    await group.anne.ask("/coordinators", expect="Who coordinates")
    await group.anne.press("Name somebody", expect="Whom?")
    await group.anne.ask("Theo", expect="no role")
    await group.anne.press("Make treasurer", expect="treasurer")
    await theo.wait("Send /help to see what you can do")
    before = await group.snapshot()
    people = {
        group.zoe: Role.ANYONE,
        group.marie: Role.MEMBER,
        theo: Role.TREASURER,
        group.anne: Role.COORDINATOR,
    }
    await asyncio.gather(*(walk(person, role, group.chat) for person, role in people.items()))
    assert await group.snapshot() == before


async def walk(person: Person, role: Role, chat: Group) -> None:
    for name, command in COMMANDS.items():
        if name == command.names[0] and command.declared.may.role >= Role.TREASURER:
            answer = (await person.ask(f"/{name}", expect="")).text
            assert bool(REFUSED.search(answer)) is (role < command.declared.may.role), (person, name, answer)
    pages = {Place.PRIVATE: await person.ask("/start", expect=""), Place.MEMBERS: await person.last(chat)}
    for verb, one in VERBS.items():
        declared = one.declared
        assert declared is not None
        for place, page in pages.items():
            if place in declared.at and declared.may.role < Role.TREASURER:
                continue  # what members may do is anybody's own, and walked with all its fields in tests/e2e
            answer = await person.forge_tap(verb, page)
            if place not in declared.at:
                assert ELSEWHERE.match(answer), (person, verb, answer)
            else:
                assert bool(REFUSED.search(answer)) is (role < declared.may.role), (
                    person,
                    verb,
                    place,
                    answer,
                )
