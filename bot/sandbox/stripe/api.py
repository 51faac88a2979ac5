"""The API over HTTP: who asks, what for, whether it was asked before; and the trouble on the way."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.answers import Answer, Cut
from bot.sandbox.stripe.business.checkout import expire_overdue
from bot.sandbox.stripe.calls import HANDLERS
from bot.sandbox.stripe.calls.asked import Asked
from bot.sandbox.stripe.errors import StripeError, invalid
from bot.sandbox.stripe.expand import check_paths, expand
from bot.sandbox.stripe.faults import Fault, Faults
from bot.sandbox.stripe.forms import Form, read_form
from bot.sandbox.stripe.given import Given
from bot.sandbox.stripe.idempotency import Idempotency
from bot.sandbox.stripe.operations import Operation
from bot.sandbox.stripe.routing import authenticate, authorize, check_version, route
from bot.sandbox.stripe.world import Mode, World, new_id

_log = logging.getLogger(__name__)
_FORM = "application/x-www-form-urlencoded"
_MAX_BODY = 1024 * 1024
_REMEMBERED = 10_000
GARBAGE = b"<html>\xff\xfe<h1>Welcome to our Wi-Fi</h1>"


@dataclass(slots=True)
class Logged:
    """One request, as the test that sent it may want to see it. `status` is 0 if the connection was cut."""

    id: str
    method: str
    path: str
    operation: str | None = None
    account: str | None = None
    idempotency_key: str | None = None
    form: Form | None = None
    status: int = 0
    is_replay: bool = False


@dataclass(slots=True)
class _Call:
    operation: Operation
    mode: Mode
    asked: Asked
    expands: list[str]
    body: str
    key: str | None
    fault: Fault | None

    def suffers(self, kind: str, *moments: str) -> Fault | None:
        """Return the trouble, if it is of this kind and moment."""
        fault = self.fault
        return fault if fault is not None and fault.kind == kind and fault.when in moments else None


class Api:
    """Serves `/v1`."""

    def __init__(self, world: World, faults: Faults, base_url: Callable[[Request], str]) -> None:
        self.world = world
        self.faults = faults
        self.requests: deque[Logged] = deque(maxlen=_REMEMBERED)
        self._base_url = base_url
        self._idempotency = Idempotency()

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        logged = Logged(new_id("req_", 14), request.method, _path(request))
        logged.idempotency_key = request.headers.get("idempotency-key")
        self.requests.append(logged)
        headers: dict[str, str] = {}
        try:
            answer = await self._answer(request, logged, headers)
        except _Cut as cut:
            return Cut(is_begun=cut.is_begun)
        except _Garbage:
            return Response(GARBAGE, media_type="application/json")
        except StripeError as error:
            answer = Answer.refusing(error, logged.id)
        except Exception:
            _log.exception("%s %s failed", request.method, logged.path)
            answer = Answer.refusing(Fault("error").error(), logged.id)
        logged.status = answer.status
        if logged.is_replay:
            headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.request_id}
            answer = Answer(answer.status, answer.body, logged.id)
        return answer.response(headers)

    async def _answer(self, request: Request, logged: Logged, headers: dict[str, str]) -> Answer:
        for mode in self.world.modes():
            expire_overdue(mode)
        call = await self._read(request, logged, headers)
        if call.key is None:
            return await self._execute(call, logged)
        headers["Idempotency-Key"] = call.key
        kept = self._idempotency.begin(call.mode, call.key, f"{request.method} {logged.path}", call.body)
        if kept is not None:
            return await self._replay(call, kept, logged, headers)
        try:
            return await self._execute(call, logged)
        finally:
            self._idempotency.forget(call.mode, call.key)

    async def _read(self, request: Request, logged: Logged, headers: dict[str, str]) -> _Call:
        key = authenticate(self.world, request.headers.get("authorization"))
        logged.account = key.mode.account.id
        headers["Stripe-Version"] = check_version(request.headers.get("stripe-version"))
        operation, ids = route(request.method, logged.path)
        logged.operation = operation.name
        authorize(key, operation, request.headers.get("stripe-account"))
        body = await _body(request, operation)
        logged.form = read_form(body)
        given = Given(operation.params.read("", logged.form))
        check_paths(operation.shows, given.texts("expand"))
        asked = Asked(key.mode, ids, given, logged.path, self._base_url(request))
        idempotency_key = logged.idempotency_key if operation.is_write else None
        fault = self.faults.take(operation.name)
        return _Call(operation, key.mode, asked, given.texts("expand"), body, idempotency_key, fault)

    async def _execute(self, call: _Call, logged: Logged) -> Answer:
        await self._suffer(call, "before")
        if error := call.suffers("error", "before"):
            raise error.error()
        try:
            if error := call.suffers("error", "instead"):
                raise error.error()
            shown = self._do(call, logged)
            if error := call.suffers("error", "after"):
                raise error.error()
            answer = Answer.of(shown, logged.id)
        except StripeError as refusal:
            answer = Answer.refusing(refusal, logged.id)
        if call.key is not None and answer.status != 501:
            self._idempotency.keep(call.mode, call.key, answer)
        await self._suffer(call, "after")
        return answer

    def _do(self, call: _Call, logged: Logged) -> JsonObject:
        call.mode.request = (logged.id, call.key)
        try:
            shown = HANDLERS[call.operation.name](call.asked)
        finally:
            call.mode.request = None
        expand(call.mode, shown, call.expands)
        return shown

    async def _replay(self, call: _Call, kept: Answer, logged: Logged, headers: dict[str, str]) -> Answer:
        logged.is_replay = True
        await self._suffer(call, "before")
        if kept.status >= 500:
            headers["Stripe-Should-Retry"] = "false"
        await self._suffer(call, "after")
        return kept

    async def _suffer(self, call: _Call, when: str) -> None:
        if hang := call.suffers("hang", when):
            await self.faults.hang(hang)
        if call.suffers("garbage", when):
            raise _Garbage
        if call.suffers("drop", when) or call.suffers("cut", when):
            raise _Cut(is_begun=call.suffers("cut", when) is not None)


class _Garbage(Exception):
    """Something else than Stripe answers: a proxy, a portal."""


class _Cut(Exception):
    """The connection is to be closed without an answer, or with a begun one."""

    def __init__(self, *, is_begun: bool) -> None:
        super().__init__()
        self.is_begun = is_begun


def _path(request: Request) -> str:
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", ""))


async def _body(request: Request, operation: Operation) -> str:
    if not operation.is_write:
        return request.url.query
    body = await request.body()
    if len(body) > _MAX_BODY:
        raise StripeError(413, "Request body is too large.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if body and kind != _FORM:
        raise invalid(f"Invalid request: the content type must be {_FORM}, but it is '{kind}'.")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise invalid("Invalid request: the body is not UTF-8.") from None
