"""The control API under `/sandbox/api`: what people do and see, for the chat page and for the tests.

Every verb is a POST of one JSON object that names people, chats and messages by their ids.
"""

import asyncio
import json
import time
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox import people
from bot.sandbox.bot_api import BotApi
from bot.sandbox.verbs import VERBS, Order
from bot.sandbox.views import chat_view, message_view, person_view
from bot.sandbox.world import World, WorldError

_MAX_BODY = 60 * 1024 * 1024
_LONGEST_POLL = 50.0


class Control:
    """Serves the control API of one world."""

    def __init__(self, world: World, api: BotApi, language: str) -> None:
        self.world = world
        self.api = api
        self.language = language

    def routes(self) -> list[BaseRoute]:
        """Return what is mounted under `/sandbox/api`."""
        return [
            Route("/state", self.state, methods=["GET"]),
            Route("/messages", self.messages, methods=["GET"]),
            Route("/events", self.wait_for_events, methods=["GET"]),
            Route("/commands", self.commands, methods=["GET"]),
            Route("/idle", self.idle, methods=["GET"]),
            Route("/files/{file_id}", self.file, methods=["GET"]),
            Route("/upload", self.upload, methods=["POST"]),
            Route("/{verb}", self.do, methods=["POST"]),
        ]

    async def do(self, request: Request) -> Response:
        """Do one verb."""
        verb = VERBS.get(request.path_params["verb"])
        if verb is None:
            return _refused("there is no such verb", 404)
        if not is_same_origin(request):
            return _refused("another site may not do this", 403)
        try:
            given = json.loads(await request.body())
            if not isinstance(given, dict):
                raise WorldError("a JSON object is expected")
            return JSONResponse(verb(self.api, Order(self.world, given)))
        except (WorldError, ValueError) as error:
            return _refused(str(error))

    async def upload(self, request: Request) -> Response:
        """Send a file: the body is its content, the query says who, where, its name and caption."""
        if not is_same_origin(request):
            return _refused("another site may not do this", 403)
        query = request.query_params
        try:
            body = await request.body()
            if not 0 < len(body) <= _MAX_BODY:
                raise WorldError("a file has between 1 byte and 60 MB")
            chat = self.world.chat(int(query["chat"])) if query.get("chat") else None
            message = people.upload(
                self.world, self.world.person(int(query["person"])), query.get("name") or "file", body, chat,
                caption=query.get("caption"), as_photo=query.get("photo") == "1",
            )  # fmt: skip
            return JSONResponse(message_view(message))
        except (WorldError, ValueError, KeyError) as error:
            return _refused(str(error))

    async def state(self, _request: Request) -> Response:
        """Return everybody and every chat, without messages."""
        world = self.world
        return JSONResponse(
            {
                "bot": world.bot,
                "language": self.language,
                "seq": world.events.seq,
                "people": [person_view(one) for one in world.people.values()],
                "chats": [chat_view(one) for one in world.chats.values()],
            }
        )

    async def messages(self, request: Request) -> Response:
        """Return a chat as one of its members sees it."""
        try:
            person = self.world.person(int(request.query_params["person"]))
            chat = self.world.chat(int(request.query_params.get("chat") or person.id))
            after = int(request.query_params.get("changed_after") or 0)
            if person.id not in chat.members:
                raise WorldError(f"{person.full_name} is not in this chat")
        except (WorldError, ValueError, KeyError) as error:
            return _refused(str(error))
        shown = [message_view(one) for one in chat.messages.values() if one.changed > after]
        return JSONResponse({"seq": self.world.events.seq, "chat": chat_view(chat), "messages": shown})

    async def wait_for_events(self, request: Request) -> Response:
        """Return the events after `since`, waiting up to `timeout` seconds for the first one."""
        try:
            since = int(request.query_params.get("since") or 0)
            seconds = min(float(request.query_params.get("timeout") or 0), _LONGEST_POLL)
        except ValueError as error:
            return _refused(str(error))
        log = self.world.events
        if since > log.seq:
            return JSONResponse({"seq": log.seq, "events": None})
        waiting = asyncio.ensure_future(log.wait(since, seconds))
        while not waiting.done():
            await asyncio.wait([waiting], timeout=1.0)
            if await request.is_disconnected():
                waiting.cancel()
                break
        return JSONResponse({"seq": log.seq, "events": log.since(since)})

    async def commands(self, request: Request) -> Response:
        """Return the command menu a person is shown in a chat."""
        try:
            person = self.world.person(int(request.query_params["person"]))
            chat = self.world.chat(int(request.query_params.get("chat") or person.id))
        except (WorldError, ValueError, KeyError) as error:
            return _refused(str(error))
        language = (person.language_code or "")[:2]
        menu = self.world.settings.menu_for(
            chat.id, chat.is_group, person.id, chat.is_admin(person.id), language
        )
        return JSONResponse(menu)

    async def idle(self, _request: Request) -> Response:
        """Return how busy the bot is: what it has not confirmed or answered, and how long it has been silent."""
        now = self.world.clock()
        taps = sum(one.answer is None and now - one.created < 150 for one in self.world.queries.values())
        return JSONResponse(
            {
                "pending": self.world.updates.waiting,
                "unanswered_taps": taps,
                "calls_under_way": self.api.calls_under_way,
                "silent_for": time.monotonic() - self.api.last_call,
            }
        )

    async def file(self, request: Request) -> Response:
        """Return a file; pictures are shown, all else is downloaded."""
        stored = self.world.files.get(request.path_params["file_id"])
        if stored is None:
            return _refused("there is no such file", 404)
        is_picture = stored.path.startswith("photos/")
        name = quote(stored.name)
        kind = "inline" if is_picture else "attachment"
        headers = {
            "Content-Disposition": f"{kind}; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
        }
        media_type = stored.mime_type if is_picture else "application/octet-stream"
        return Response(stored.content, media_type=media_type, headers=headers)


def is_same_origin(request: Request) -> bool:
    """Whether no other site's page sends this request: the browser says where it comes from."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _refused(reason: str, status: int = 400) -> Response:
    return JSONResponse({"error": reason}, status)
