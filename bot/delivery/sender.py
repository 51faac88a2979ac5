"""The sender: makes the outbox's calls, in order for each chat, within the rate budget, and writes down what became of them.

One process at a time sends (a lease decides which), so the budget is shared by having one owner. A call whose process died
before its outcome was written is made again: a receipt rather twice than never. A call whose answer did not come in time
is not repeated while we live, unless it is an edit or a deletion, since Telegram has nearly always carried it out.

Pictures come last: a group's boards, drawn at the moment they are sent (``board/sender.py``).
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import math
import os
import socket
import time
import uuid
from collections import deque
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery import chats, files, leases, outbox
from bot.delivery.api import NO_TOPIC, Api, JsonDict, asked_pause, surely_not_delivered
from bot.delivery.budget import Budget
from bot.delivery.crowded import CrowdedNotes
from bot.delivery.outbox import Queued, Result
from bot.figures import CALL_DURATION, CALLS, PAUSES
from ledger.db import Database, utc_now
from ledger.groups.models import Person

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=4)
RENEW_EVERY = 1.0
POLL_EVERY = 0.25
"""Seconds between looks at the outbox for calls that other processes queued."""
IN_FLIGHT = 16
PICTURES_IN_FLIGHT = 4
LONGEST_BACK_OFF = 30.0
REPEATABLE = ("edit", "delete")
"""How the names begin of calls that may be made twice."""
DONE_ALREADY = ("not modified", "to delete not found")


class Due(Protocol):
    """Something that is drawn for a chat at the moment it is sent."""

    @property
    def chat_id(self) -> int:
        """The chat it is for."""


AnyDue = TypeVar("AnyDue", bound=Due)


class Pictures(Protocol[AnyDue]):
    """What is drawn from the database when it is sent, and comes after everything else (``board/sender.py``)."""

    due: list[AnyDue]

    async def load(self, session: AsyncSession) -> None:
        """Looks what is due."""

    def may_send(self, due: AnyDue, now: float) -> bool:
        """Whether it is its turn, in a chat for which nothing else waits."""

    async def send(self, due: AnyDue) -> None:
        """Makes one call and writes down what became of it. Raises :class:`ChatMigrated`."""


class Sender(Generic[AnyDue]):
    """Runs until cancelled or told to finish; ``wake`` after each commit that queued calls."""

    def __init__(
        self, database: Database, api: Api, bot_id: int, budget: Budget, pictures: Pictures[AnyDue]
    ) -> None:
        self._database = database
        self._api = api
        self._bot_id = bot_id
        self._budget = budget
        self._lease = f"sender:{bot_id}"
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._chats: dict[int, deque[Queued]] = {}
        self._known: set[int] = set()
        self._sending: dict[int, tuple[Queued | AnyDue | None, asyncio.Task[None]]] = {}
        """What is under way to a chat, a note of :mod:`bot.delivery.crowded` being none of the other two."""
        self._pictures = pictures
        self._crowded = CrowdedNotes(database, api, budget)
        self._left: set[int] = set()
        self._failures: dict[int, int] = {}
        self._results: list[Result] = []
        self._woken = asyncio.Event()
        self._look = True
        self._looked_at = 0.0
        self._lease_until = 0.0
        self._finishing = False

    def wake(self) -> None:
        """There may be something to send."""
        self._look = True
        self._woken.set()

    def finish(self) -> None:
        """Sends what is queued and can be sent now, then returns from :meth:`run`."""
        self._finishing = True
        self.wake()

    async def run(self) -> None:
        """The loop. However it ends, no call of it is left under way and what became of the others is written down."""
        try:
            await self._loop()
        except Exception:
            if calls := [task for _, task in self._sending.values()]:
                await asyncio.wait(
                    calls
                )  # what they are answered is known then; cut off, they would be made again
            raise
        finally:
            calls = [task for _, task in self._sending.values()]
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            for chat_id in self._sending:  # those that had not even begun
                self._budget.end(chat_id, time.monotonic())
            self._sending.clear()
            self._chats.clear()
            self._known = {result.row_id for result in self._results}
            self._look = True
            await self._record_results()
            await self._release()

    async def _loop(self) -> None:
        while True:
            self._woken.clear()
            await self._record_results()
            if not await self._is_ours():
                if self._finishing:
                    return
                await self._sleep(RENEW_EVERY)
                continue
            if self._look:
                self._look = False
                await self._load()
            delay = self._start_ready()
            if self._finishing and not self._sending and not self._results and delay is None:
                return
            if not self._results:
                await self._sleep(min(POLL_EVERY, POLL_EVERY if delay is None else delay))
            if time.monotonic() >= self._looked_at + POLL_EVERY:
                self._look = True

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def _is_ours(self) -> bool:
        if self._database.is_sqlite:
            return True
        now = time.monotonic()
        if now < self._lease_until - (LEASE.total_seconds() - RENEW_EVERY):
            return True
        async with self._database.unit_of_work() as session:
            held = await leases.hold(session, self._lease, self._holder, LEASE)
        self._lease_until = now + LEASE.total_seconds() if held else 0.0
        if not held:
            self._chats.clear()
            self._known = {row.id for row, _ in self._sending.values() if isinstance(row, Queued)}
        return held

    async def _release(self) -> None:
        if self._database.is_sqlite or not self._lease_until:
            return
        self._lease_until = 0.0
        async with self._database.unit_of_work() as session:
            await leases.release(session, self._lease, self._holder)

    async def _load(self) -> None:
        self._looked_at = time.monotonic()
        async with self._database.snapshot() as session:
            rows = await outbox.queued(session, self._bot_id, self._known)
            await self._pictures.load(session)
            self._left = await chats.left(session)
        for row in rows:
            self._known.add(row.id)
            self._chats.setdefault(row.chat_id, deque()).append(row)

    def _start_ready(self) -> float | None:
        """Starts what the budget allows; returns the seconds until the next call may be made, none when nothing waits.

        Infinity: once a call that is under way ends, which wakes the loop.
        """
        now = time.monotonic()
        soonest: float | None = None
        for chat_id, rows in list(self._chats.items()):
            if chat_id in self._sending:
                continue
            self._drop_needless(chat_id, rows)
            if not rows:
                del self._chats[chat_id]
                continue
            is_full = len(self._sending) >= IN_FLIGHT
            delay = math.inf if is_full else self._wait(rows[0], now)
            if delay > 0 and rows[0].is_screen and not is_full and self._crowded.is_due(chat_id, now):
                self._budget.begin(chat_id)
                self._sending[chat_id] = None, asyncio.create_task(self._send_note(chat_id))
            elif delay <= 0:
                self._budget.begin(chat_id)
                self._sending[chat_id] = rows[0], asyncio.create_task(self._send(rows[0]))
                self._chats[chat_id] = self._chats.pop(chat_id)  # to the end: the others' turn first
            else:
                soonest = delay if soonest is None else min(soonest, delay)
        if not self._finishing:
            self._start_pictures(now)
        if not self._chats:
            self._budget.forget_idle(now)
        return soonest

    def _wait(self, row: Queued, now: float) -> float:
        """A stopping process does not spread what is left."""
        if row.is_screen and not self._finishing:
            return self._budget.wait_for_screen(row.chat_id, now)
        return self._budget.wait(row.chat_id, now)

    async def _send_note(self, chat_id: int) -> None:
        try:
            await self._crowded.send(chat_id)
        except Exception:
            log.exception("a crowded chat could not be told, in a way nobody foresaw")
        finally:
            self._budget.end(chat_id, time.monotonic())
            self._sending.pop(chat_id, None)
            self._woken.set()

    def _start_pictures(self, now: float) -> None:
        """Pictures for chats for which nothing else waits. They are no reason to stay: what is behind is in the database."""
        busy = sum(
            1 for what, _ in self._sending.values() if what is not None and not isinstance(what, Queued)
        )
        for due in self._pictures.due:
            is_free = due.chat_id not in self._chats and due.chat_id not in self._sending
            if is_free and busy < PICTURES_IN_FLIGHT and self._pictures.may_send(due, now):
                busy += 1
                self._budget.begin(due.chat_id)
                self._sending[due.chat_id] = due, asyncio.create_task(self._send_picture(due))

    async def _send_picture(self, due: AnyDue) -> None:
        try:
            await self._pictures.send(due)
        except ChatMigrated as error:
            await self._migrate(due.chat_id, error.new_chat_id)
        except Exception:
            log.exception("picture: a call failed in a way nobody foresaw")
            self._budget.pause(due.chat_id, time.monotonic() + LONGEST_BACK_OFF)
        finally:
            self._budget.end(due.chat_id, time.monotonic())
            self._sending.pop(due.chat_id, None)
            self._look = True
            self._woken.set()

    def _drop_needless(self, chat_id: int, rows: deque[Queued]) -> None:
        """What was replaced by something newer, and all that goes to a chat the bot was put out of."""
        if chat_id in self._left:
            self._results += [Result(row.id, "refused") for row in rows]
            rows.clear()
            return
        newest = {row.collapse_key: row.id for row in rows if row.collapse_key}
        replaced = [r for r in rows if r.collapse_key and newest[r.collapse_key] != r.id and not r.is_new]
        for row in replaced:
            rows.remove(row)
            self._results.append(Result(row.id, "replaced"))

    async def _send(self, row: Queued) -> None:
        try:
            with CALL_DURATION.time():
                result = await self._call(row)
        except Exception:
            log.exception("outbox: call %s failed in a way nobody foresaw", row.method)
            self._try_later(row)
        else:
            if result is not None:
                self._done(row, result)
        finally:
            self._budget.end(row.chat_id, time.monotonic())
            del self._sending[row.chat_id]
            self._woken.set()

    def _done(self, row: Queued, result: Result) -> None:
        rows = self._chats.get(row.chat_id)
        if rows and rows[0].id == row.id:
            rows.popleft()
        self._failures.pop(row.chat_id, None)
        self._results.append(result)

    async def _call(self, row: Queued) -> Result | None:
        """Makes one call. None: it stays first in its chat's line."""
        try:
            address = {} if row.chat_id == outbox.NOWHERE else {"chat_id": row.chat_id}
            answer = await self._api.call(row.method, {**address, **row.parameters, **await self._file(row)})
        except RetryAfter as error:
            PAUSES.inc()
            self._budget.pause(row.chat_id, time.monotonic() + asked_pause(error).total_seconds())
            return None
        except ChatMigrated as error:
            await self._migrate(row.chat_id, error.new_chat_id)
            return None
        except Forbidden:
            await self._note_blocked(row.chat_id)
            return Result(row.id, "refused")
        except BadRequest as error:
            if any(words in error.message.lower() for words in DONE_ALREADY):
                return Result(row.id, "sent")
            other = _instead(row, error.message.lower())
            if other is not None:
                return await self._call(other)
            log.warning("outbox: %s was refused: %s", row.method, error.message)
            return Result(row.id, "refused")
        except TimedOut as error:
            if surely_not_delivered(error) or row.method.startswith(REPEATABLE):
                self._try_later(row)
                return None
            return Result(row.id, "unknown")
        except (NetworkError, TelegramError):
            self._try_later(row)
            return None
        message_id = answer.get("message_id") if isinstance(answer, dict) else None
        return Result(row.id, "sent", message_id)

    async def _file(self, row: Queued) -> JsonDict:
        """The document to upload with a call, if it has one."""
        if row.method != "sendDocument":
            return {}
        async with self._database.snapshot() as session:
            document = await files.document_of(session, row.id)
        return {"document": InputFile(document.content, document.name)} if document else {}

    def _try_later(self, row: Queued) -> None:
        CALLS.labels("retried").inc()
        failures = self._failures[row.chat_id] = self._failures.get(row.chat_id, 0) + 1
        back_off = min(0.5 * 2 ** (failures - 1), LONGEST_BACK_OFF)
        self._budget.pause(row.chat_id, time.monotonic() + back_off)

    async def _record_results(self) -> None:
        if not self._results:
            return
        results, self._results = self._results, []
        try:
            async with self._database.unit_of_work() as session:
                await outbox.record(session, results)
            for result in results:
                CALLS.labels(result.outcome).inc()
        except BaseException:
            self._results = results + self._results
            raise
        self._known.difference_update(result.row_id for result in results)

    async def _migrate(self, old_id: int, new_id: int) -> None:
        """Telegram gave the chat another id: what waits for it, the refused call first, goes there."""
        async with self._database.unit_of_work() as session:
            await chats.migrate(session, self._bot_id, old_id, new_id)
        rows = self._chats.pop(old_id, ())
        moved = {row.id: outbox.moved(row, new_id) for row in rows}
        self._results += [Result(row_id, "refused") for row_id, row in moved.items() if row is None]
        self._chats.setdefault(new_id, deque()).extend(row for row in moved.values() if row is not None)

    async def _note_blocked(self, chat_id: int) -> None:
        async with self._database.unit_of_work() as session:
            await session.execute(
                update(Person)
                .where(Person.id == chat_id, Person.blocked_at.is_(None))
                .values(blocked_at=utc_now())
            )


def _instead(row: Queued, why: str) -> Queued | None:
    """What to send for a call that was refused because what it refers to is gone: the screen, or the topic."""
    parameters = dict(row.parameters)
    if row.method == "editMessageText" and "to edit not found" in why:
        del parameters["message_id"]
        return replace(row, method="sendMessage", parameters=parameters)
    if parameters.pop("message_thread_id", None) and any(words in why for words in NO_TOPIC):
        return replace(row, parameters=parameters)
    return None
