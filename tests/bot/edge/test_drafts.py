"""A conversation under way at an upgrade: what it was told goes on, or it ends kindly; nobody is caught in it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text

from tests.support.bot import Stage
from tests.support.coordinating import Paniers, set_up


async def put(group: Paniers, name: str, state: str, data: dict[str, Any]) -> None:
    """Anne is in the middle of it, as a version of before wrote it down."""
    statement = text(
        "UPDATE conversations SET name = :name, state = :state, data = :data WHERE user_id = :anne AND chat_id = :anne"
    )
    values = {"name": name, "state": state, "data": json.dumps(data), "anne": group.anne.id}
    async with group.stage.database.unit_of_work() as session:
        await session.execute(statement, values)


async def test_what_was_told_before_the_upgrade_goes_on(stage: Stage) -> None:
    group = await set_up(stage)
    await put(group, "payment", "amount", {"kind": "payment", "member": 2})
    await group.anne.ask("12,50", expect="How was it paid")


async def test_what_is_not_understood_any_more_ends(stage: Stage) -> None:
    group = await set_up(stage)
    await put(group, "payment", "amount", {"kind": "payment", "member": "Marie"})
    await group.anne.ask("12,50", expect="This is not there any more. Nothing was changed.")
    row = next(
        row for row in await stage.rows("conversations") if row["user_id"] == row["chat_id"] == group.anne.id
    )
    assert row["name"] is None
    await group.anne.ask("balance?", expect="settled up")
