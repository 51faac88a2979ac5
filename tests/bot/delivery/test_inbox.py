"""Updates on their way in: kept once, taken in each person's order, tried again or given up, and never lost."""

from __future__ import annotations

import asyncio
import itertools
import time
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from bot.delivery import inbox
from bot.delivery.api import Api
from bot.edge.scene import Scene
from bot.ui.screen import Screen
from ledger.db import Database
from ledger.groups.models import Method
from ledger.orders.service import MethodNotOffered
from tests.bot.delivery.conftest import Desk, echo, said
from tests.support.edge import edge_of, intake_of
from tests.support.telegram import Person


def tap_of(person: Person, number: int, data: str) -> dict[str, Any]:
    """A tap on a message of the bot's, as Telegram tells of it."""
    return {
        "callback_query": {
            "id": f"{person.id}-{number}", "chat_instance": "1", "data": data,
            "from": {"id": person.id, "is_bot": False, "first_name": person.name},
            "message": {"message_id": 1, "date": 1, "chat": {"id": person.id, "type": "private"}, "text": "x"},
        }
    }  # fmt: skip


def message_of(update_id: int, person_id: int, words: str) -> dict[str, Any]:
    """A message, as Telegram tells of it."""
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id, "date": 1, "text": words, "chat": {"id": person_id, "type": "private"},
            "from": {"id": person_id, "is_bot": False, "first_name": "Marie"},
        },
    }  # fmt: skip


async def test_the_same_update_is_one_row(database_url: str) -> None:
    database = Database(database_url)
    update = message_of(1, 7, "bonjour")
    try:
        for batch in ([update, update], [update], [message_of(2, 7, "et"), update]):
            async with database.unit_of_work() as session:
                await inbox.store(session, 1, batch)
        async with database.unit_of_work() as session:
            await inbox.store(session, 2, [update])  # another bot's
        async with database.snapshot() as session:
            found = await session.execute(text("SELECT bot_id, update_id FROM inbox ORDER BY id"))
            assert [tuple(row) for row in found] == [(1, 1), (1, 2), (2, 1)]
    finally:
        await database.close()


async def test_an_update_that_comes_again_is_not_handled_again(desk: Desk) -> None:
    marie = await desk.world.person("Marie")
    async with desk.open():
        await desk.world.fault("twice", count=10)
        for number in range(5):
            await marie.ask(f"mot {number}", expect=f"echo mot {number}")
        await desk.world.repeat_last_update()
        await marie.ask("fin", expect="echo fin")
        await desk.world.settle()
    heard = [one.text for one in await marie.messages() if one.text.startswith("echo")]
    assert heard == [*(f"echo mot {number}" for number in range(5)), "echo fin"]


async def test_each_persons_order_is_kept_across_messages_and_taps(desk: Desk) -> None:
    people = [await desk.world.person(name) for name in ("Marie", "Paul", "Anne")]
    seen: dict[int, list[str]] = {person.id: [] for person in people}

    async def note(scene: Scene) -> None:
        await asyncio.sleep(0.001 * (len(seen[scene.person.id]) % 3))
        seen[scene.person.id].append(said(scene.update))

    desk.handle = note
    for number in range(30):
        for person in people:
            if number % 3:
                await desk.world.forge(tap_of(person, number, str(number)))
            else:
                await person.send(str(number))
    async with desk.open():
        await desk.until("SELECT count(*) FROM inbox WHERE done_at IS NOT NULL", 90)
    assert set(map(tuple, seen.values())) == {tuple(map(str, range(30)))}


async def test_nobody_waits_for_somebody_elses_answer_from_outside(desk: Desk) -> None:
    """Marie's update asks Telegram something and waits; Paul's is handled meanwhile, Marie's next one after it."""
    marie, paul = await desk.world.person("Marie"), await desk.world.person("Paul")
    order: list[str] = []
    paul_was_here = asyncio.Event()

    async def answer(api: Api) -> str:
        await asyncio.wait_for(paul_was_here.wait(), 30)
        return "left"

    async def ask(scene: Scene) -> None:
        if said(scene.update) == "question":
            scene.outside("status", answer)
        order.append(f"{scene.person.name} {said(scene.update)}")
        if scene.person.id == paul.id:
            paul_was_here.set()
        await echo(scene)

    desk.handle = ask
    async with desk.open():
        await marie.send("question")
        await marie.send("ensuite")
        await paul.ask("bonjour", expect="echo bonjour")
        await marie.wait("echo ensuite")
    assert order == ["Paul bonjour", "Marie question", "Marie ensuite"]


async def test_as_many_answers_from_outside_as_there_are_workers_hold_up_nobody(desk: Desk) -> None:
    """Ten people's questions hang; Marie is answered, and then they are."""
    others = [await desk.world.person(f"Autre {number}") for number in range(10)]
    marie = await desk.world.person("Marie")
    outside = asyncio.Event()

    async def answer(api: Api) -> str:
        await asyncio.wait_for(outside.wait(), 30)
        return "left"

    async def ask(scene: Scene) -> None:
        if scene.person.id != marie.id:
            scene.outside("status", answer)
        await echo(scene)

    desk.handle = ask
    async with desk.open(CAGNOTTE_DISPATCHER__WORKERS="4"):
        for person in others:
            await person.send("question")
        await desk.until("SELECT count(*) FROM inbox", len(others))
        await marie.ask("bonjour", expect="echo bonjour")
        await marie.ask("encore", expect="echo encore")
        outside.set()
        for person in others:
            await person.wait("echo question")


async def test_what_a_handler_did_before_it_asked_is_undone_and_done_once(desk: Desk) -> None:
    marie = await desk.world.person("Marie")
    runs = 0

    async def write_then_ask(scene: Scene) -> None:
        nonlocal runs
        runs += 1
        scene.say(Screen("une fois"))
        insert = text("INSERT INTO leases (name, holder, until) VALUES ('once', 'x', CURRENT_TIMESTAMP)")
        await scene.session.execute(insert)  # twice would break the table's key
        status = scene.status_in(-1)
        scene.say(Screen(f"{status}"))

    desk.handle = write_then_ask
    async with desk.open():
        await marie.ask("bonjour", expect="left")
    assert runs == 2
    assert [one.text for one in await marie.messages()] == ["bonjour", "une fois", "left"]
    assert await desk.rows("SELECT name FROM leases WHERE name = 'once'") == [("once",)]


async def test_a_fault_of_ours_is_recorded_apologised_for_and_left_behind(desk: Desk) -> None:
    marie = await desk.world.person("Marie")

    async def fail(scene: Scene) -> None:
        if said(scene.update) == "aïe":
            scene.person.language = "en"
            scene.say(Screen("never"))
            raise ZeroDivisionError("mot de passe de Marie")
        await echo(scene)

    desk.handle = fail
    async with desk.open():
        await marie.send("aïe")
        await marie.send("suite")
        await marie.wait("echo suite")
    heard = [one.text for one in await marie.messages()]
    assert [one for one in heard if one == "never"] == []
    assert "aucun argent n'a bougé" in heard[-2]
    found = await desk.rows("SELECT error, attempts FROM inbox ORDER BY id")
    assert found == [("ZeroDivisionError", 0), (None, 0)]
    assert await desk.rows("SELECT language FROM people") == [("fr",)]


async def test_a_refusal_undoes_and_is_said(desk: Desk) -> None:
    marie = await desk.world.person("Marie")

    async def refuse(scene: Scene) -> None:
        scene.person.language = "en"
        raise MethodNotOffered(Method.CASH)

    desk.handle = refuse
    async with desk.open():
        await marie.ask("bonjour", expect="")
    assert await desk.rows("SELECT language FROM people") == [("fr",)]
    assert await desk.rows("SELECT error FROM inbox") == [(None,)]


@pytest.mark.parametrize(("failures", "given_up"), [(2, False), (99, True)])
async def test_a_failing_database_is_tried_again_and_then_given_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, failures: int, given_up: bool
) -> None:
    monkeypatch.setattr("bot.edge.dispatcher.ATTEMPTS", 4)
    marie = await desk.world.person("Marie")
    runs: list[float] = []

    async def fail(scene: Scene) -> None:
        if said(scene.update) == "bonjour":
            runs.append(asyncio.get_running_loop().time())
            if len(runs) <= failures:
                raise OperationalError("SELECT 1", None, Exception("the disk is full"))
        await echo(scene)

    desk.handle = fail
    async with desk.open():
        await marie.send("bonjour")
        await marie.send("suite")  # waits its turn
        await marie.wait("echo suite")
    heard = [one.text for one in await marie.messages()]
    assert any("aucun argent n'a bougé" in one for one in heard) is given_up
    assert ("echo bonjour" in heard) is not given_up
    assert heard[-1] == "echo suite"  # it did not overtake
    first = (await desk.rows("SELECT error, attempts FROM inbox ORDER BY id"))[0]
    assert first == (("OperationalError", 3) if given_up else (None, 2))
    pauses = [later - sooner for sooner, later in itertools.pairwise(runs)]
    assert pauses[0] >= 0.2
    assert pauses[1] >= 0.8


async def test_updates_of_unknown_kinds_are_kept_and_done(desk: Desk) -> None:
    marie = await desk.world.person("Marie")
    strange = (
        {"poll": {"id": "1"}}, {"message": "what"}, {"message": {"from": "who"}}, {}, {"brand_new": [1]},
        {"callback_query": {"from": {"id": "7"}}},
    )  # fmt: skip
    for update in strange:
        await desk.world.forge(dict(update))
    async with desk.open():
        await marie.ask("bonjour", expect="echo bonjour")
        await desk.until("SELECT count(*) FROM inbox WHERE done_at IS NULL", 0)
    assert (await desk.rows("SELECT count(*) FROM inbox"))[0][0] == len(strange) + 1


async def test_text_that_no_database_keeps_blocks_nobody(desk: Desk) -> None:
    """NUL and half a surrogate pair; a backslash and zeros that only look like it are left alone."""
    marie = await desk.world.person("Marie")
    await marie.send("/start")
    async with desk.open() as bot:
        await marie.wait("echo /start")
        hostile = ("a\0b", "c\ud83dd", r"e\u0000f", "🥕")
        updates = [message_of(number, marie.id, words) for number, words in enumerate(hostile)]
        async with bot.database.unit_of_work() as session:
            await inbox.store(session, desk.world.bot_id, updates)
        for words in ("ab", "c?d", r"e\u0000f", "🥕"):
            await marie.wait(f"echo {words}")


async def test_what_was_stored_before_a_restart_is_handled_after_it(desk: Desk) -> None:
    marie = await desk.world.person("Marie")
    await marie.send("/start")
    database = Database(desk.database_url)
    bot_id = desk.world.bot_id
    try:
        async with database.unit_of_work() as session:
            await inbox.store(
                session, bot_id, [message_of(1, marie.id, "un"), message_of(2, marie.id, "deux")]
            )
    finally:
        await database.close()
    async with desk.open():
        await marie.wait("echo deux")
    heard = [one.text for one in await marie.messages()]
    assert heard.index("echo un") < heard.index("echo deux")


async def test_handled_updates_are_forgotten_after_two_weeks(database_url: str) -> None:
    database = Database(database_url)
    try:
        async with database.unit_of_work() as session:
            await inbox.store(session, 1, [message_of(number, 7, "x") for number in range(3)])
            assert await inbox.claim_again(session, 1)
            assert await inbox.claim_again(session, 2)
            old = "'2001-01-01T00:00:00+00:00'"
            await session.execute(text(f"UPDATE inbox SET done_at = {old} WHERE id = 1"))
            await session.execute(text(f"UPDATE inbox SET received_at = {old} WHERE id = 3"))
        async with database.unit_of_work() as session:
            await inbox.forget_old(session)
        async with database.snapshot() as session:
            assert list((await session.execute(text("SELECT id FROM inbox ORDER BY id"))).scalars()) == [2, 3]
            assert await inbox.backlog(session, 1) == 1
    finally:
        await database.close()


async def test_claiming_costs_the_same_however_many_wait(database_url: str) -> None:
    """Also with the plan that was made when a single update waited."""
    database = Database(database_url)
    try:
        async with database.unit_of_work() as session:
            await inbox.store(session, 1, [message_of(1, 7, "x")])
        alone = await quickest_claim(database)
        for who in range(100, 130):
            async with database.unit_of_work() as session:
                await inbox.store(session, 1, [message_of(who * 100 + n, who, "x") for n in range(100)])
        assert await quickest_claim(database) < 5 * alone
        assert await quickest_claim(database, busy=(7, *range(100, 108))) < 20 * alone
    finally:
        await database.close()


class Undone(Exception):
    """What was claimed waits again."""


async def quickest_claim(database: Database, busy: tuple[int, ...] = ()) -> float:
    """Seconds, at the best of many: others are at work on this machine."""
    taken = []
    for _ in range(25):
        with suppress(Undone):
            async with database.unit_of_work() as session:
                begin = time.perf_counter()
                assert await inbox.claim(session, 1, busy)
                taken.append(time.perf_counter() - begin)
                raise Undone
    return min(taken)


async def test_claiming_costs_the_same_after_years(sqlite_url: str) -> None:
    """SQLite reads the updates that wait, and not all that ever came."""
    database = Database(sqlite_url)
    asked: list[str] = []
    try:
        async with database.unit_of_work() as session:
            connection = (await session.connection()).sync_connection
            event.listen(connection, "before_cursor_execute", lambda c, cursor, sql, *_: asked.append(sql))
            await inbox.claim(session, 1, ())
            plan = await session.execute(text(f"EXPLAIN QUERY PLAN {asked[-1]}".replace("?", "1")))
            steps = [row[3] for row in plan]
    finally:
        await database.close()
    assert any("USING INDEX ix_inbox_undone_order" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


async def test_eight_who_flood_hold_up_nobody(desk: Desk) -> None:
    """As many as there are workers, with all they may have waiting; then two people who want one thing each."""
    flooding = range(1001, 1009)
    order: list[int] = []
    marie, paul = await desk.world.person("Marie"), await desk.world.person("Paul")

    async def note(scene: Scene) -> None:
        await asyncio.sleep(0.002)
        order.append(scene.person.id)
        if scene.person.id == marie.id and said(scene.update) == "bonjour":
            await paul.send("et moi")
        await echo(scene)

    desk.handle = note
    bot_id = desk.world.bot_id
    batch = [
        message_of(number * 100 + turn, who, str(turn))
        for number, who in enumerate(flooding)
        for turn in range(40)
    ]
    await stored(desk, bot_id, batch[:200], batch[200:], [message_of(2000, marie.id, "bonjour")])
    async with desk.open():
        await desk.until("SELECT count(*) FROM inbox WHERE done_at IS NULL", 0)
    assert len(order) == len(batch) + 2
    # Everybody's first update, those the workers hold already, and then hers: not 320 others'.
    assert order.index(marie.id) <= 3 * len(flooding)
    assert order.index(paul.id) < len(order) - 50  # his comes while all that is going on
    assert {order.count(who) for who in flooding} == {40}
    # Among themselves they take turns as well.
    first_half = order[: len(order) // 2]
    assert all(10 <= first_half.count(who) <= 30 for who in flooding)


async def stored(desk: Desk, bot_id: int, *batches: list[dict[str, Any]]) -> None:
    """Updates that came while no bot was at work."""
    database = Database(desk.database_url)
    try:
        for batch in batches:
            await intake_of(edge_of(database, bot_id)).take(batch)
    finally:
        await database.close()


async def test_more_than_a_person_may_have_waiting_is_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages and taps count together; what is too much is recorded as that, without its words, and said once."""
    monkeypatch.setattr(inbox, "MOST_WAITING", 10)
    marie, paul = await desk.world.person("Marie"), await desk.world.person("Paul")
    for person in (marie, paul):
        await person.send("/start")
    bot_id = desk.world.bot_id
    key = "sk_test_" + "x" * 24
    flood = [
        message_of(n, marie.id, f"mot {n}") if n % 2 else {"update_id": n, **tap_of(marie, n, f"tape {n}")}
        for n in range(1, 40)
    ]
    moved = message_of(50, marie.id, "")
    moved["message"] |= {"migrate_to_chat_id": -1009, "chat": {"id": -9, "type": "group", "title": "x"}}
    await stored(
        desk,
        bot_id,
        flood[:25],
        flood[25:],
        [moved, message_of(51, paul.id, "salut"), message_of(52, marie.id, key)],
    )
    async with desk.open():
        await paul.wait("echo salut")
        await marie.wait("plus que je ne peux prendre")
        await desk.until("SELECT count(*) FROM inbox WHERE done_at IS NULL", 0)
        await marie.ask("ensuite", expect="echo ensuite")
        await desk.world.settle()
    heard = [one.text for one in await marie.messages()]
    assert len([one for one in heard if "plus que je ne peux prendre" in one]) == 1
    answered = [one for one in heard if one.startswith(("echo mot", "echo tape"))]
    assert answered == [f"echo {'mot' if n % 2 else 'tape'} {n}" for n in range(1, 11)]
    lost = await desk.rows("SELECT payload, done_at FROM inbox WHERE error = 'overflow'")
    assert len(lost) - 30 in (0, 1)  # the key's too, perhaps the start's, and not the news of the chat
    assert all(str(payload) == "{}" and done for payload, done in lost)
    deleted = await desk.rows("SELECT count(*) FROM outbox WHERE method = 'deleteMessage'")
    assert deleted == [(1,)]


async def test_telegram_says_when_to_ask_again(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """getUpdates' 429 with its seconds, and 409 while somebody else polls: a line each, and then it goes on."""
    marie = await desk.world.person("Marie")
    await desk.world.fault("error", method="getUpdates", code=429, retry_after=2)
    begin = asyncio.get_running_loop().time()
    async with desk.open():
        await marie.ask("bonjour", expect="echo bonjour")
        assert asyncio.get_running_loop().time() - begin >= 2
        await desk.world.fault(
            "error", method="getUpdates", code=409, description="Conflict: terminated by other"
        )
        await marie.ask("et puis", expect="echo et puis")
        await marie.ask("encore", expect="echo encore")
    told = [one.getMessage() for one in caplog.records if one.name == "bot.delivery.polling"]
    assert [one for one in told if "RetryAfter, again in 2" in one]
    assert [one for one in told if "another process polls" in one]
    assert not any(one.exc_info for one in caplog.records)
