"""The dispatcher: takes updates from the inbox one by one in each person's order, and handles each in one unit of work.

Ledger rows, the conversation's state, the messages to send and "this update is done" are committed together or not at all.
A refusal by the ledger undoes the handler's work and is answered in the person's language; a fault of ours is recorded,
apologised for and left behind, so that it never holds the person's next update back.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import time
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application

from bot.delivery import chats, inbox, outbox
from bot.delivery.api import Api, asked_pause
from bot.delivery.inbox import Claimed
from bot.edge import pages
from bot.edge.carrier import current_scene
from bot.edge.outside import ChatMoved, NotKnownYet
from bot.edge.place import about, find_place
from bot.edge.scene import Scene, tell_apart
from bot.edge.secrets import Secrets
from bot.edge.state import set_aside
from bot.edge.unit import Edge, Unit
from bot.figures import UPDATE_DELAY, UPDATE_HANDLING, UPDATES
from bot.refusals import sentences as errors
from bot.refusals.people import come_in
from bot.ui.screen import Screen
from bot.ui.texts import Texts, language_of
from ledger.db import utc_now
from ledger.errors import LedgerError, NotAllowed
from ledger.groups import service as groups
from ledger.names import clean_name

log = logging.getLogger(__name__)

ATTEMPTS = 6
"""How often an update that met a database or network failure is tried."""
MOST_STANDING_IN = 64
"""How many more workers there may be while others wait for answers from outside."""
IDLE_LOOK = 1.0
"""Seconds between looks at an empty inbox, for updates that another process stored."""

NOT_ASKED_FOR = ("reply_markup", "entities")

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class Dispatcher:
    """Handles updates until cancelled or told to finish.

    ``secrets``: what is neither kept nor left in a chat. ``services``: what this process offers handlers, by its class.
    """

    def __init__(
        self,
        edge: Edge,
        application: AnyApplication,
        api: Api,
        secrets: Secrets,
        services: Mapping[type, object],
    ) -> None:
        self._services = services
        self._edge = edge
        self._database = edge.database
        self._application = application
        self._api = api
        self._bot_id = api.bot.id
        self._secrets = secrets
        self._busy: set[int] = set()
        self._sleeping: deque[asyncio.Future[None]] = deque()
        self._news = 0
        self._finishing = False
        self._answers: set[asyncio.Task[None]] = set()
        self._standing_in: set[asyncio.Task[None]] = set()
        self.handled = 0

    def wake(self, count: int = 1) -> None:
        """``count`` updates were stored: as many workers get up, if so many sleep."""
        self._news += 1
        while self._sleeping and count > 0:
            sleeper = self._sleeping.popleft()
            if not sleeper.done():
                sleeper.set_result(None)
                count -= 1

    def finish(self, workers: int) -> None:
        """Lets the workers end what they are at and returns."""
        self._finishing = True
        self.wake(workers)

    async def run(self, until: asyncio.Event | None = None) -> None:
        """One worker: as many as wished may run. ``until``: it ends when that is set, too."""
        while not self._finishing and not (until and until.is_set()):
            news = self._news
            try:
                handled = await self.handle_next()
            except Exception as error:
                log.error("dispatcher: %s", describe(error))
                handled = False
            if not handled and news == self._news:
                await self._sleep()

    async def _sleep(self) -> None:
        """Until news comes; for others' news, not for long."""
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleeping.append(sleeper)
        await asyncio.wait((sleeper,), timeout=IDLE_LOOK)
        if not sleeper.done():
            sleeper.cancel()

    async def drain(self) -> None:
        """Returns once nobody stands in for another, and every tap that was handled is answered."""
        while waiting := self._answers | self._standing_in:
            await asyncio.wait(waiting)

    @contextlib.contextmanager
    def _stand_in(self) -> Iterator[None]:
        """While this worker waits for the outside, another one works: no number of slow answers holds everybody up."""
        if len(self._standing_in) >= MOST_STANDING_IN:
            yield
            return
        back = asyncio.Event()
        task = asyncio.create_task(self.run(back))
        self._standing_in.add(task)
        task.add_done_callback(self._standing_in.discard)
        try:
            yield
        finally:
            back.set()
            self.wake()

    async def handle_next(self) -> bool:
        """Handles one update; false when none is waiting."""
        claimed: Claimed | None = None
        answers: dict[str, Any] = {}
        refusal: LedgerError | None = None
        begun = 0.0
        try:
            while True:
                try:
                    async with self._edge.unit_of_work() as unit:
                        first = claimed is None
                        row = await self._claim(unit.session, claimed)
                        if row is None:
                            return not first
                        claimed, begun = row, time.monotonic() if first else begun
                        self._busy.add(claimed.sender_id)
                        scene = await self._handle(unit, claimed, answers, refusal)
                    break
                except NotKnownYet as need:
                    with self._stand_in():
                        await self._ask(need, answers)
                except LedgerError as error:
                    refusal = error
        except Exception as error:
            if claimed is None:
                raise
            await self._failed(claimed, error)
            return True
        finally:
            if claimed is not None:
                self._busy.discard(claimed.sender_id)
        self._count(claimed, begun)
        if scene is not None:
            self._answer_tap(scene)
            if scene.secret:
                await self._database.empty_log()
        return True

    def _count(self, claimed: Claimed, begun: float) -> None:
        self.handled += 1
        UPDATES.labels("done").inc()
        UPDATE_HANDLING.observe(time.monotonic() - begun)
        UPDATE_DELAY.observe(max((utc_now() - claimed.received_at).total_seconds(), 0.0))

    async def _ask(self, need: NotKnownYet, answers: dict[str, Any]) -> None:
        """Asks outside. A chat that got another id is known by it when the handler asks again."""
        try:
            answers[need.name] = await need.question(self._api)
        except LedgerError as error:
            answers[need.name] = error
        except ChatMoved as moved:
            async with self._database.unit_of_work() as session:
                await chats.migrate(session, self._bot_id, moved.old_id, moved.new_id)

    async def _claim(self, session: AsyncSession, claimed: Claimed | None) -> Claimed | None:
        if claimed is not None:
            return await inbox.claim_again(session, claimed.id)
        return await inbox.claim(session, self._bot_id, self._busy)

    async def _handle(
        self, unit: Unit, claimed: Claimed, answers: dict[str, Any], refusal: LedgerError | None
    ) -> Scene | None:
        update = as_update(claimed.payload, self._api)
        scene = await self._scene(unit, update, answers)
        if scene is not None:
            scene.page_owner = pages.owner_of(claimed.payload)
            if refusal is None:
                await tell_apart(scene)
                await self._process(scene)
            else:
                refuse(scene, refusal)
        hushed = await self._hush(unit, claimed, typed=scene is not None and scene.secret)
        if scene is not None:
            scene.secret = hushed
            unit.session.add_all(scene.conversations)
        return scene

    async def _hush(self, unit: Unit, claimed: Claimed, *, typed: bool) -> bool:
        """Where a key was typed: it goes out of the chat, ahead of the answer, and out of the inbox."""
        if not typed and not self._secrets.holds_key(claimed.payload):
            return False
        deletion = self._secrets.deletion(claimed.payload, typed=typed)
        if deletion is not None:
            unit.calls.insert(0, deletion)
        blanked = self._secrets.blanked(claimed.payload, typed=typed)
        await inbox.replace_payload(unit.session, claimed.id, blanked)
        return True

    async def _process(self, scene: Scene) -> None:
        token = current_scene.set(scene)
        try:
            await self._application.process_update(scene.update)
        finally:
            current_scene.reset(token)
        if scene.error is not None:
            raise scene.error

    async def _scene(self, unit: Unit, update: Update, answers: dict[str, Any]) -> Scene | None:
        session = unit.session
        user, chat = update.effective_user, update.effective_chat
        if user is None or chat is None or user.id == self._bot_id:
            return None
        private = chat.id == user.id
        chat_id = chat.id if private else await chats.now_at(session, chat.id)
        tapped = about(update)
        place = await find_place(session, user.id, chat_id, tapped)
        name = clean_name(user.full_name, user.id)
        if place is None or (place.person.name, place.person.username) != (name, user.username):
            language = language_of(user.language_code)
            await groups.remember_person(session, user.id, name, user.username, language)
            place = await find_place(session, user.id, chat_id, tapped)
            assert place is not None
        person = place.person
        if private and update.message is not None:
            person.started_at = person.started_at or utc_now()
            person.blocked_at = None
        nowhere = private and place.member is None
        return Scene(
            session=session,
            update=update,
            origin=chat_id,
            person=person,
            maybe_group=None if nowhere else place.group,
            maybe_member=place.member,
            chat_kind=place.chat.kind if place.chat else None,
            conversation=await set_aside(session, chat_id, user.id, place.conversation),
            tapped=(tapped, place.group_of_row) if tapped else None,
            answers=answers,
            bot_id=self._bot_id,
            bot_username=self._api.bot.username or "",
            calls=unit.calls,
            after_commit=unit.after_commit,
            services=self._services,
        )

    def _answer_tap(self, scene: Scene) -> None:
        query = scene.update.callback_query
        if query is not None:
            text, alert = scene.toasted or ("", False)
            task = asyncio.create_task(self._answer(query.id, text, alert))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _answer(self, query_id: str, text: str, alert: bool) -> None:
        parameters: dict[str, Any] = {"callback_query_id": query_id}
        if text:
            parameters |= {"text": text, "show_alert": alert}
        try:
            await self._api.call("answerCallbackQuery", parameters)
        except BadRequest:
            log.debug("a tap was answered too late")
        except TelegramError as error:
            log.info("a tap could not be answered: %s", type(error).__name__)

    async def _failed(self, claimed: Claimed, error: Exception) -> None:
        """Puts the update back for a failure that may pass; else records it and apologises."""
        passing = isinstance(error, DBAPIError | NetworkError | RetryAfter | OSError)
        if passing and claimed.attempts + 1 < ATTEMPTS:
            log.warning("update put back: %s", describe(error))
            delay = max(dt.timedelta(seconds=0.2 * 4**claimed.attempts), asked_pause(error))
            async with self._database.unit_of_work() as session:
                await inbox.put_back(session, claimed.id, delay)
            UPDATES.labels("put_back").inc()
            return
        UPDATES.labels("failed").inc()
        log.error("update %s failed: %s", claimed.id, describe(error))
        async with self._edge.unit_of_work() as unit:
            await inbox.mark_failed(unit.session, claimed.id, type(error).__name__)
            apology = self._apology(claimed)
            if apology is not None:
                unit.calls.append(apology)
            hushed = await self._hush(unit, claimed, typed=False)
        if hushed:
            await self._database.empty_log()

    def _apology(self, claimed: Claimed) -> outbox.Call | None:
        try:
            update = as_update(claimed.payload, self._api)
        except Exception:
            return None
        if update.effective_user is None or update.effective_chat is None:
            return None
        texts = Texts(language_of(update.effective_user.language_code))
        return outbox.Call("sendMessage", update.effective_chat.id, errors.apology(texts).as_json())


def as_update(payload: dict[str, Any], api: Api) -> Update:
    """The library's object. A tapped message comes without its buttons, which nobody asks for: they are most of the work.

    A button's data comes without the mark that says whose page it is on.
    """
    tap = payload.get("callback_query")
    if isinstance(tap, dict) and isinstance(tap.get("message"), dict):
        message = {key: value for key, value in tap["message"].items() if key not in NOT_ASKED_FOR}
        payload = {**payload, "callback_query": {**tap, "message": message}}
    if isinstance(tap, dict) and isinstance(tap.get("data"), str):
        payload = {
            **payload,
            "callback_query": {**payload["callback_query"], "data": pages.split(tap["data"])[0]},
        }
    return Update.de_json(payload, api)


def refuse(scene: Scene, refusal: LedgerError) -> None:
    """Answers a refusal: over the button when it was a tap, else as a message."""
    group = scene.maybe_group
    texts = (
        Texts(scene.person.language, group.time_zone, group.currency)
        if group
        else Texts(scene.person.language)
    )
    sentence = errors.sentence(texts, refusal)
    if scene.update.callback_query is not None:
        scene.toasted = (errors.plain(sentence)[:200], True)
        return
    screen = Screen(sentence)
    if isinstance(refusal, NotAllowed) and refusal.needed == "member" and group and scene.chat_kind:
        link = f"https://t.me/{scene.bot_username}?start=o_{group.invitation}"
        screen = come_in(texts, group, link)
    parameters = screen.as_json() | scene.in_topic()
    scene.calls.append(outbox.Call("sendMessage", scene.chat_id, parameters))


def describe(error: Exception) -> str:
    """An exception for the log: its class and where it came from, without its text (which may quote a member)."""
    frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
    return f"{type(error).__name__}\n{frames}"
