"""A group that is set up, for the stories of coordinators; and what to look at to see that nothing was written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.support.bot import Stage
from tests.support.telegram import Group, Person

OF_THE_LEDGER = (
    "groups",
    "members",
    "distributions",
    "catalogue_uploads",
    "products",
    "payments",
    "transfers",
)


@dataclass
class Paniers:
    """Anne coordinates, Marie is a member, Zoe is a stranger; all read English."""

    stage: Stage
    chat: Group
    anne: Person
    marie: Person
    zoe: Person

    async def snapshot(self) -> list[object]:
        """Everything the group has written down."""
        return [await self.stage.rows(table) for table in OF_THE_LEDGER]


async def set_up(stage: Stage, command: str = "/setup") -> Paniers:
    """A group of a coordinator and a member who both know the bot in private."""
    anne = await stage.world.person("Anne", language="en")
    marie = await stage.world.person("Marie", username="marie_d", last_name="Dupont", language="en")
    zoe = await stage.world.person("Zoe", language="en")
    chat = await stage.world.group("Paniers", members=[marie], admins=[anne])
    await anne.ask("/start", expect="To start a group")
    await anne.ask(command, expect="is ready", chat=chat)
    await marie.tap("Order", chat=chat)
    await marie.wait("You are now a member")
    await zoe.ask("/start", expect="To start a group")
    await stage.world.settle()
    return Paniers(stage, chat, anne, marie, zoe)


def in_days(days: int) -> str:
    """A day to come, as people type it."""
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=days)).date().isoformat()
