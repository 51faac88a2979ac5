"""The Bot API over HTTP: finds the method, checks the parameters, answers as Telegram does.

This is plain ASGI, with no framework between, because a benchmark measures bots through it.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable

from starlette.types import Receive, Scope, Send

from bot.sandbox.bodies import read_body
from bot.sandbox.calls import HANDLERS
from bot.sandbox.core import Core
from bot.sandbox.errors import ApiError, not_found, unauthorized
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.methods import METHODS, Method
from bot.sandbox.model import Json, JsonObject
from bot.sandbox.params import read_params

_log = logging.getLogger(__name__)
_MAX_BODY = 60 * 1024 * 1024
_JSON = [(b"content-type", b"application/json")]


class BotApi:
    """Serves `/bot<TOKEN>/<method>` and `/file/bot<TOKEN>/<path>`."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.faults = Faults()
        self.last_call = time.monotonic()
        self.calls_under_way = 0
        self._prefix = f"/bot{core.world.token}/"
        self._file_prefix = f"/file/bot{core.world.token}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path: str = scope["path"]
        if path.startswith("/file/"):
            await self._download(path, send)
            return
        fault: Fault | None = None
        try:
            if not path.startswith(self._prefix):
                raise unauthorized() if path.count("/") > 1 else not_found()
            method = METHODS.get(path[len(self._prefix) :].lower())
            if method is None:
                raise not_found()
            body = await _read(receive)
            result, fault = await self._call(method, scope, body)
            answer = json.dumps({"ok": True, "result": result}).encode()
            status = 200
        except _Cut:
            await _cut(send)
            return
        except ApiError as error:
            status, answer = error.code, json.dumps(error.as_json()).encode()
        except Exception:
            _log.exception("%s failed", path.rpartition("/")[2])
            status, answer = 500, json.dumps(ApiError(500, "Internal Server Error").as_json()).encode()
        if fault is not None and fault.kind == "drop":
            await _cut(send)
            return
        await _answer(send, status, answer, _JSON)

    async def _call(self, method: Method, scope: Scope, body: bytes) -> tuple[Json, Fault | None]:
        content_type = next((value for key, value in scope["headers"] if key == b"content-type"), b"")
        raw, files = read_body(scope["query_string"], content_type, body)
        params = read_params(method, raw, files)
        counts = method.name != "getUpdates"
        self.calls_under_way += counts
        if counts:
            self.last_call = time.monotonic()
        try:
            fault = self._strike(method, params.values)
            outcome = HANDLERS[method.name](self.core, params)
            result = await outcome if isinstance(outcome, Awaitable) else outcome
            if fault is not None and fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
        finally:
            self.calls_under_way -= counts
            if counts:
                self.last_call = time.monotonic()
        return result, fault

    def _strike(self, method: Method, values: JsonObject) -> Fault | None:
        fault = self.faults.take(method.name, values.get("chat_id"))
        if fault is not None and fault.kind == "lose":
            raise _Cut
        if fault is not None and fault.kind == "error":
            parameters: JsonObject | None = {"retry_after": fault.retry_after} if fault.retry_after else None
            raise ApiError(fault.code, fault.description, parameters)
        return fault

    async def _download(self, path: str, send: Send) -> None:
        stored = self.core.world.paths.get(path.removeprefix(self._file_prefix))
        if not path.startswith(self._file_prefix):
            await _answer(send, 401, json.dumps(unauthorized().as_json()).encode(), _JSON)
        elif stored is None:
            await _answer(send, 404, json.dumps(not_found().as_json()).encode(), _JSON)
        else:
            await _answer(send, 200, stored.content, [(b"content-type", b"application/octet-stream")])


class _Cut(Exception):
    """The connection is to be cut without an answer."""


async def _read(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    chunks, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > _MAX_BODY:
            raise ApiError(413, "Request Entity Too Large")
    return b"".join(chunks)


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def _cut(send: Send) -> None:
    """Promise an answer and never give it: the server then closes the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"100000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
