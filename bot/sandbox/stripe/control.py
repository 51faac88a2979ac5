"""The control API under `/_control`: the dashboard, the deliveries, the trouble and the clock, over HTTP.

Every verb is a POST of one JSON object, whose names are the arguments of the method of the same name.
"""

import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.control import is_same_origin
from bot.sandbox.model import Json
from bot.sandbox.stripe.delivery import Endpoint, Tampering
from bot.sandbox.stripe.errors import SandboxError, StripeError
from bot.sandbox.stripe.faults import Fault
from bot.sandbox.stripe.lookup import find_anywhere
from bot.sandbox.stripe.model import Event
from bot.sandbox.stripe.world import Account

if TYPE_CHECKING:
    from bot.sandbox.stripe.server import StripeSandbox

_DASHBOARD: Final = (
    "pay", "decline", "begin_debit", "finish_debit", "fail_late", "switch_on", "move",
    "expire", "hold_fees", "book_fees", "refund", "let_refunds",
    "settle_refund", "fail_refund", "dispute", "close_dispute", "pay_out", "arrive", "fail_payout", "balance",
)  # fmt: skip
_DELIVERY: Final = ("hold", "release", "discard", "lose", "settled")


class Control:
    """Serves the control API of one stand-in."""

    def __init__(self, stripe: "StripeSandbox") -> None:
        self._stripe = stripe
        self._verbs: dict[str, Callable[..., object]] = {
            **{name: getattr(stripe.dashboard, name) for name in _DASHBOARD},
            **{name: getattr(stripe.delivery, name) for name in _DELIVERY},
            "add_account": stripe.add_account,
            "add_key": stripe.add_key,
            "add_webhook": stripe.add_webhook,
            "advance": stripe.advance,
            "fault": self._fault,
            "clear_faults": stripe.faults.clear,
            "tamper": self._tamper,
            "copies": self._copies,
            "resend": self._resend,
        }

    def routes(self) -> list[BaseRoute]:
        """Return what is mounted under `/_control`."""
        return [
            Route("/state", self.state, methods=["GET"]),
            Route("/{verb}", self.do, methods=["POST"]),
        ]

    async def do(self, request: Request) -> Response:
        """Do one verb; answers what its method returns."""
        verb = self._verbs.get(request.path_params["verb"])
        if verb is None:
            return _refused("there is no such verb", 404)
        if not is_same_origin(request):
            return _refused("another site may not do this", 403)
        try:
            given = json.loads(await request.body() or b"{}")
            if not isinstance(given, dict):
                raise SandboxError("a JSON object is expected")
            outcome = verb(**given)
            return JSONResponse(_json(await outcome if isinstance(outcome, Awaitable) else outcome))
        except (SandboxError, StripeError, TypeError, ValueError) as error:
            return _refused(str(error))

    async def state(self, _request: Request) -> Response:
        """Return the accounts, what was asked, what is held back and what was sent."""
        stripe = self._stripe
        return JSONResponse(
            {
                "now": stripe.clock(),
                "accounts": [{"id": one.id, "name": one.name} for one in stripe.world.accounts.values()],
                "requests": [_json(one) for one in stripe.requests],
                "held": [{"id": one.event.id, "type": one.event.type} for one in stripe.delivery.held],
                "attempts": [_json(one) for one in stripe.delivery.attempts],
            }
        )

    def _fault(self, **wanted: object) -> None:
        self._stripe.faults.add(Fault(**wanted))  # type: ignore[arg-type]  # what is wrong is refused

    def _tamper(self, **wanted: object) -> None:
        self._stripe.delivery.tamper(Tampering(**wanted))  # type: ignore[arg-type]  # what is wrong is refused

    def _copies(self, count: int) -> None:
        self._stripe.delivery.copies = count

    def _resend(self, event: str) -> None:
        self._stripe.delivery.resend(*find_anywhere(self._stripe.world, Event, event))


def _json(outcome: object) -> Json:
    if isinstance(outcome, Endpoint):
        outcome = {"id": outcome.id, "url": outcome.url, "secret": outcome.secret}
    elif isinstance(outcome, Account):
        outcome = {"id": outcome.id}
    elif dataclasses.is_dataclass(outcome) and not isinstance(outcome, type):
        outcome = dataclasses.asdict(outcome)
    plain: Json = json.loads(json.dumps(outcome))
    return plain


def _refused(reason: str, status: int = 400) -> Response:
    return JSONResponse({"error": reason}, status)
