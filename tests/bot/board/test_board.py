"""The board: one message a distribution and chat, right, edited in place, and no member's name on it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text

from bot.board import boards as board
from bot.sandbox.model import Chat
from ledger.db import utc_now
from tests.bot.board.conftest import Day
from tests.support.screens import Message


async def test_it_follows_the_day_in_place(any_day: Day) -> None:
    day, v = any_day, any_day.village
    first = await day.ask_for_board()
    assert first.says("🧺 2 orders · €20.35")
    assert first.says("0 of 2 validated")
    assert first.says("Cheque: €0.00 received of €12.35")
    assert first.says("Still expected: €20.35")
    await v.anne.ask(f"/validate {day.references['Marie']}", expect="Cheque of")
    await v.anne.press("Received", expect="confirmed by Anne")
    await v.anne.wait("Cheque: €12.35 received of €12.35", chat=v.group)
    await day.validate("Paul")
    last = await v.anne.wait("1 of 2 validated", chat=v.group)
    assert last.says("Cash: €8.00 received of €8.00")
    assert not last.says("Still expected")
    await day.validate("Marie")
    await v.anne.wait("Every order is validated", chat=v.group)
    assert [m.id for m in await day.boards()] == [first.id]
    assert await day.books_hold()


async def test_names_come_in_private_and_to_coordinators_only(day: Day) -> None:
    v = day.village
    shown = await day.ask_for_board()
    assert not any(shown.says(person.name) for person in (v.marie, v.paul))
    assert "in private" in await v.anne.tap("Who is left", chat=v.group)
    told = await v.anne.wait("Not validated yet")
    assert told.says("Marie: ✍️ €12.35")
    assert told.says("Paul: 💶 €8.00")
    assert "Only the group's coordinators" in await v.paul.tap("Who is left", chat=v.group)
    assert "Only the group's coordinators" in await v.paul.tap("Refresh", chat=v.group)
    await v.marie.send("hello", chat=v.group)
    assert not [
        m for m in await v.marie.messages(v.group) if m.sender_id == v.stage.world.bot_id and m.says("Paul")
    ]


async def test_only_a_coordinator_of_the_group_gets_one(day: Day) -> None:
    v = day.village
    await v.paul.ask("/balance", expect="owe")
    answer = await v.paul.forge_tap(f"board:{day.distribution_id}", await v.paul.last())
    assert "Only the group's coordinators" in answer
    await v.anne.ask("/balance", expect="settled up")
    for forged in ("board:999", "board:x", "boardleft:1", "boardnow:999"):
        assert "not there any more" in await v.anne.forge_tap(forged, await v.anne.last())
    assert await v.stage.rows("boards") == []


async def test_asked_for_twice_it_is_still_one(day: Day) -> None:
    await day.ask_for_board()
    await day.ask_for_board()
    await day.shown()
    assert len(await day.boards()) == 1


async def test_at_closing_time_it_comes_by_itself_if_somebody_ordered(day: Day) -> None:
    v = day.village
    async with day.stage.database.unit_of_work() as session:
        await session.execute(text("UPDATE orders SET cancelled_at = created_at"))
        assert await board.post_board(session, day.distribution_id) == []
    assert await v.stage.rows("boards") == []
    async with day.stage.database.unit_of_work() as session:
        await session.execute(text("UPDATE orders SET cancelled_at = NULL"))
        await board.post_board(session, day.distribution_id)
    await v.anne.wait("0 of 2 validated", chat=v.group)


async def test_it_is_pinned_where_the_bot_may_and_silence_kept_where_not(day: Day) -> None:
    v = day.village
    await day.ask_for_board()
    await day.shown()
    assert await v.group.pinned() is None
    await v.group.bot(v.anne, admin=True)
    await remove(day, (await day.boards())[0])
    await day.ask_for_board()
    await v.anne.wait("📌", chat=v.group)
    await day.shown()
    assert [m.id for m in await day.boards()] == chat_of(day).pinned
    assert not await day.stage.rows("people WHERE id = 123456"), (
        "the bot's own service message makes it nobody"
    )


async def test_deleted_by_somebody_it_is_sent_anew(day: Day) -> None:
    v = day.village
    first = await day.ask_for_board()
    await remove(day, first)
    await day.validate("Marie")
    second = await v.anne.wait("1 of 2 validated", chat=v.group)
    assert second.id != first.id
    assert len(await day.boards()) == 1


async def test_a_late_answer_leaves_the_newest_picture(day: Day) -> None:
    """Telegram takes its time over an edit; what changes meanwhile is shown afterwards."""
    v = day.village
    await day.ask_for_board()
    await day.stage.world.fault("delay", method="editMessageText", seconds=0.7)
    await day.validate("Marie")
    await v.anne.wait("1 of 2 validated", chat=v.group)
    await day.validate("Paul")
    await v.anne.wait("2 of 2 validated", chat=v.group)
    for kind in ("lose", "drop"):
        await day.stage.world.fault(kind, method="editMessageText")
        await day.ask_for_board()
    await day.shown()
    assert len(await day.boards()) == 1


async def test_died_before_the_number_was_written_down(day: Day) -> None:
    """The process dies between sending and recording: no second board at once, and a tap finds the first."""
    v = day.village
    first = await day.ask_for_board()
    await day.shown()
    await forget(day, utc_now())
    await day.validate("Marie")
    await day.stage.world.settle(quiet=0.8)
    assert [m.id for m in await day.boards()] == [first.id], "nobody knows: wait"
    assert "drawn anew" in await v.anne.tap("Refresh", message=first)
    await v.anne.wait("1 of 2 validated", chat=v.group)
    assert [m.id for m in await day.boards()] == [first.id]


async def test_nobody_taps_it_so_another_takes_its_place(day: Day) -> None:
    v = day.village
    first = await day.ask_for_board()
    await day.shown()
    await forget(day, utc_now() - board.UNKNOWN_FOR - dt.timedelta(seconds=1))
    await day.validate("Marie")
    second = await v.anne.wait("1 of 2 validated", chat=v.group)
    assert second.id != first.id
    assert "old board" in await v.anne.tap("Refresh", message=first)
    await v.anne.wait("no longer kept up to date", chat=v.group)
    assert [m.id for m in await day.boards()] == [second.id]


async def test_too_fast_is_obeyed(day: Day) -> None:
    v = day.village
    await day.stage.world.fault(
        "error", method="sendMessage", code=429, description="Too Many Requests: retry after 1", retry_after=1,
        chat_id=v.group.chat_id,
    )  # fmt: skip
    await day.ask_for_board()
    assert len(await day.boards()) == 1


async def forget(day: Day, asked_at: dt.datetime) -> None:
    """What a process leaves that dies after it sent a board and before it wrote its number down."""
    async with day.stage.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE boards SET message_id = NULL, shown = 0, asked_at = :at"),
            {"at": asked_at.astimezone(dt.UTC).isoformat(timespec="microseconds")},
        )


def chat_of(day: Day) -> Chat:
    """The group's chat in the sandbox's world."""
    return day.sandbox.world.chats[day.village.group.chat_id]


async def remove(day: Day, message: Message) -> None:
    """Somebody deletes a message."""
    day.sandbox.world.remove(chat_of(day), message.id)
