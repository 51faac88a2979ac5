"""Awkward things on distribution day: upgrades, anonymous admins, removals, topics, people who block the bot."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text

from bot.delivery import outbox
from tests.bot.board.conftest import Day
from tests.support.screens import Message


async def test_the_chat_becomes_a_supergroup_between_two_taps(any_day: Day) -> None:
    day, v = any_day, any_day.village
    board = await day.ask_for_board()
    page = await v.anne.ask(f"/validate {day.references['Marie']}", expect="Cheque of", chat=v.group)
    old = v.group.chat_id
    await v.group.upgrade()
    await v.anne.press("Received", expect="confirmed by Anne", message=page, answer_in=v.group)
    await v.anne.wait("Cheque: €12.35 received of €12.35", chat=v.group)
    assert len(await day.boards()) == 1
    assert v.group.chat_id != old
    await day.validate("Marie")
    await v.anne.wait("1 of 2 validated", chat=v.group)
    assert "drawn anew" in await v.anne.tap("Refresh", chat=v.group)
    await day.shown()
    assert len(await day.boards()) == 1
    assert "in private" in await v.anne.tap("Who is left", message=board), "a button of the chat as it was"
    assert await day.books_hold()


async def test_a_tap_is_handled_before_the_upgrade_is_told(day: Day) -> None:
    """The service messages come behind the tap: the answer finds the new chat all the same."""
    v = day.village
    await day.ask_for_board()
    await v.anne.ask(f"/validate {day.references['Marie']}", expect="Cheque of", chat=v.group)
    page = await v.anne.wait("Cheque of", chat=v.group)
    updates = day.sandbox.world.updates
    held, updates.push = updates.push, lambda kind, content: None  # type: ignore[method-assign]
    await v.group.upgrade()
    updates.push = held  # type: ignore[method-assign]
    await v.anne.press("Received", expect="confirmed by Anne", message=page, answer_in=v.group)
    await v.anne.wait("Cheque: €12.35 received of €12.35", chat=v.group)
    await day.shown()
    assert len(await day.boards()) == 1


async def test_what_was_being_typed_goes_on_in_the_upgraded_chat(day: Day) -> None:
    v = day.village
    await v.anne.ask(f"/validate {day.references['Marie']}", expect="Cheque of", chat=v.group)
    await v.anne.press("Other amount", expect="How much was given", chat=v.group)
    await v.group.upgrade()
    await day.stage.world.settle()
    nudge = await v.anne.ask("/validate@cagnotte_bot", expect="Payments to confirm", chat=v.group)
    assert nudge.chat_id == v.group.chat_id
    async with day.stage.database.snapshot() as session:
        found = await session.execute(
            text("SELECT chat_id, data FROM conversations WHERE user_id = :id"), {"id": v.anne.id}
        )
        assert v.group.chat_id in {row.chat_id for row in found}


async def test_an_anonymous_admin_writes_and_taps(day: Day) -> None:
    v = day.village
    await v.anne.send(f"/validate {day.references['Marie']}", chat=v.group, anonymous=True)
    told = await v.anne.wait("anonymous admin", chat=v.group)
    assert told.says("Remain anonymous")
    page = await v.anne.ask(f"/validate {day.references['Marie']}", expect="Cheque of", chat=v.group)
    await v.anne.press("Received", expect="confirmed by Anne", chat=v.group, message=page)
    assert len(await day.stage.rows("settlements")) == 1


async def test_a_coordinator_is_removed_in_the_middle(day: Day) -> None:
    v = day.village
    await day.ask_for_board()
    page = await v.bruno.ask(f"/validate {day.references['Marie']}", expect="Cheque of")
    async with day.stage.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE members SET is_coordinator = :no WHERE person_id = :id"), {"no": 0, "id": v.bruno.id}
        )
    assert "Only the group's coordinators" in await v.bruno.tap("Received", message=page)
    for label in ("Who is left", "Refresh"):
        assert "Only the group's coordinators" in await v.bruno.tap(label, chat=v.group)
    assert await day.stage.rows("settlements") == []


async def test_the_bot_is_put_out_and_comes_back(day: Day) -> None:
    v = day.village
    first = await day.ask_for_board()
    await day.shown()
    calls = watch(day)
    await v.group.bot(v.paul, inside=False)
    for coordinator in (v.anne, v.bruno):
        told = await coordinator.wait("removed me from")
        assert told.says("Paul removed me from the group's chat of Amap des Lilas")
    assert not [m for m in await v.marie.messages() if m.says("removed me")]
    await day.validate("Marie")
    await v.anne.ask(f"/validate {day.references['Paul']}", expect="Cash of")
    await v.anne.press("Received", expect="confirmed by Anne")
    await v.anne.ask(in_a_week(), expect="not announced yet")
    told = await v.anne.press("Confirm", expect="Announced")
    assert told.says("4 members were told in private")
    await v.anne.ask("/balance", expect="settled up")
    answer = await v.anne.forge_tap(f"board:{day.distribution_id}", await v.anne.last())
    assert "in no chat of the group" in answer
    async with day.stage.database.unit_of_work() as session:
        late = outbox.Call("sendMessage", v.group.chat_id, {"text": "decided before"})
        await outbox.enqueue(session, v.stage.world.bot_id, [late])
    day.stage.bot.sender.wake()
    await v.anne.ask("/balance", expect="settled up")
    await day.stage.world.settle(quiet=0.6)
    assert v.group.chat_id not in calls
    assert {row["outcome"] for row in await v.stage.rows("outbox")} <= {"sent", "replaced", "refused"}

    await v.group.bot(v.anne)
    await v.anne.wait("tap to order", chat=v.group)
    await day.stage.world.settle()
    assert [m.id for m in await day.boards()] == [first.id], "only when somebody asks"
    await day.ask_for_board()
    again = await v.anne.wait("1 of 2 validated", chat=v.group)
    assert again.id != first.id


def watch(day: Day) -> list[object]:
    """The chats of the calls that the bot makes from now on."""
    calls: list[object] = []
    api = day.sandbox.api
    strike = api._strike

    def noting(method: object, values: dict[str, object]) -> object:
        calls.append(values.get("chat_id"))
        return strike(method, values)  # type: ignore[arg-type]

    api._strike = noting  # type: ignore[assignment, method-assign]
    return calls


def in_a_week() -> str:
    """The line that announces a distribution."""
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=8)
    return f"/distributions {day.isoformat()} 18:30 Mairie"


async def test_in_a_chat_with_topics_answers_stay_in_theirs(day: Day) -> None:
    v = day.village
    await v.group.upgrade()
    await day.stage.world.settle()
    await in_topic(day, "/validate", 11)
    page = await v.anne.wait("Payments to confirm", chat=v.group)
    assert page.raw["message_thread_id"] == 11
    await in_topic(day, "/validate nothing", 12)
    refused = await v.anne.wait("no payment with the reference", chat=v.group)
    assert refused.raw["message_thread_id"] == 12
    await in_topic(day, "/validate", 12, who="Paul")
    refused = await v.anne.wait("Only the group's coordinators", chat=v.group)
    assert refused.raw["message_thread_id"] == 12

    await v.anne.forge_tap(f"board:{day.distribution_id}", page)
    board = await v.anne.wait("📌", chat=v.group)
    assert board.raw["message_thread_id"] == 11
    await day.validate("Marie")
    await v.anne.wait("1 of 2 validated", chat=v.group)
    assert [m.id for m in await day.boards()] == [board.id]

    await v.anne.forge_tap(f"board:{day.distribution_id}", refused)
    await day.stage.world.settle()
    await day.shown()
    moved = await day.boards()
    assert [m.raw["message_thread_id"] for m in moved] == [12]


async def in_topic(day: Day, said: str, topic: int, who: str = "Anne") -> None:
    """Somebody writes in a topic of the group's chat (the sandbox has no topics of its own)."""
    person = day.village.anne if who == "Anne" else day.village.paul
    chat = day.sandbox.world.chats[day.village.group.chat_id]
    await day.stage.world.forge(
        {
            "message": {
                "message_id": 900_000 + topic,
                "message_thread_id": topic,
                "is_topic_message": True,
                "from": {"id": person.id, "is_bot": False, "first_name": person.name, "language_code": "en"},
                "chat": {"id": chat.id, "type": "supergroup", "title": chat.title, "is_forum": True},
                "date": 1_790_000_000,
                "text": said,
                "entities": [{"type": "bot_command", "offset": 0, "length": len(said.split()[0])}],
            }
        }
    )


async def test_a_topic_that_is_gone_does_not_swallow_answers(day: Day) -> None:
    v = day.village
    await v.group.upgrade()
    await day.stage.world.settle()
    await day.stage.world.fault(
        "error", method="sendMessage", code=400, description="Bad Request: message thread not found"
    )
    await in_topic(day, "/validate", 11)
    page = await v.anne.wait("Payments to confirm", chat=v.group)
    assert "message_thread_id" not in page.raw
    await v.anne.forge_tap(f"board:{day.distribution_id}", with_topic(page, 11))
    await v.anne.wait("📌", chat=v.group)


def with_topic(message: Message, topic: int) -> Message:
    """The same message, in a topic."""
    message.raw.update(message_thread_id=topic, is_topic_message=True)
    return message


async def test_a_member_who_blocked_the_bot_is_shown_as_such(day: Day) -> None:
    v = day.village
    await v.marie.block()
    await day.stage.world.settle()
    await v.anne.ask(f"/validate {day.references['Marie']}", expect="Cheque of")
    await v.anne.press("Received", expect="confirmed by Anne")
    page = await v.anne.ask("/member Marie", expect="even")
    assert page.says("does not receive my messages")
    await v.marie.block(blocked=False)
    await day.stage.world.settle()
    assert not (await v.anne.ask("/member Marie", expect="even")).says("does not receive")


async def test_a_coordinator_who_blocked_the_bot_is_shown_the_way_in(day: Day) -> None:
    v = day.village
    await day.ask_for_board()
    await v.anne.block()
    await day.stage.world.settle()
    await v.anne.tap("Who is left", chat=v.group)
    told = await v.anne.wait("I can only answer you in private", chat=v.group)
    assert told.button("Open the chat")
