"""Chats that are upgraded: what waits for them, who is in the middle of what, whatever is told twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.delivery import chats, outbox
from bot.delivery.outbox import Call, Queued
from bot.edge.state import conversation_row
from ledger.db import Database

BOT = 123456


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database, of each kind."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.mark.parametrize(
    ("method", "parameters", "becomes"),
    [
        ("sendMessage", {"text": "a"}, ("sendMessage", {"text": "a"})),
        ("sendMessage", {"text": "a", "message_thread_id": 3}, ("sendMessage", {"text": "a"})),
        ("editMessageText", {"text": "a", "message_id": 4}, ("sendMessage", {"text": "a"})),
        ("deleteMessage", {"message_id": 4}, None),
        ("pinChatMessage", {"message_id": 4}, None),
    ],
)
def test_what_waits_for_a_chat_that_was_upgraded(
    method: str, parameters: dict[str, Any], becomes: tuple[str, dict[str, Any]] | None
) -> None:
    moved = outbox.moved(Queued(1, -1, method, parameters, None), -100)
    assert (moved and (moved.method, moved.parameters)) == becomes
    assert moved is None or moved.chat_id == -100


async def test_everything_follows_and_told_again_nothing_more_happens(database: Database) -> None:
    async with database.unit_of_work() as session:
        for user in (7, 8):
            row = await conversation_row(session, -1, user)
            row.name, row.state, row.data, row.revision = "validate", "amount", {"payment": user}, 4
        there = await conversation_row(session, -100, 8)
        there.revision = 9
        calls = [
            Call("editMessageText", -1, {"message_id": 3, "text": "a"}),
            Call("deleteMessage", -1, {"message_id": 3}),
        ]
        await outbox.enqueue(session, BOT, [*calls, Call("sendMessage", -2, {"text": "b"})])
        await session.execute(text(GROUP))
        await session.execute(
            text("INSERT INTO chats (id, group_id, telegram_id, kind) VALUES (1, 1, -1, 'members')")
        )
    for _ in range(2):
        async with database.unit_of_work() as session:
            await chats.migrate(session, BOT, -1, -100)
    async with database.snapshot() as session:
        assert await chats.now_at(session, -1) == -100
        assert await chats.now_at(session, -2) == -2
        waiting = [(q.chat_id, q.method, q.parameters) for q in await outbox.queued(session, BOT, ())]
        assert waiting == [(-100, "sendMessage", {"text": "a"}), (-2, "sendMessage", {"text": "b"})]
        goes_on = await conversation_row(session, -100, 7)
        assert (goes_on.name, goes_on.state, goes_on.data, goes_on.revision) == (
            "validate",
            "amount",
            {"payment": 7},
            4,
        )
        assert (await conversation_row(session, -100, 8)).revision == 9


async def test_left_and_back(database: Database) -> None:
    async with database.unit_of_work() as session:
        await chats.note_left(session, -1)
        await chats.note_left(session, -1)
        assert await chats.left(session) == {-1}
        await chats.note_back(session, -1)
        await chats.note_back(session, -1)
        assert await chats.left(session) == set()


GROUP = """
INSERT INTO groups (id, title, currency, language, time_zone, payments_enabled, methods, negative_balances,
    join_policy, invitation, coordinator_invitation, created_at)
VALUES (1, 'g', 'EUR', 'fr', 'Europe/Paris', true, '[]', false, 'chat', 'a', 'b', '2026-01-01T00:00:00.000000+00:00')
"""
