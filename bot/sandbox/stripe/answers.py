"""HTTP answers in Stripe's shape, and connections that are cut instead of answered."""

import json
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.errors import StripeError


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body, as they are sent and as they are kept for a repeated request."""

    status: int
    body: bytes
    request_id: str

    @classmethod
    def of(cls, shown: JsonObject, request_id: str) -> "Answer":
        """Make a good answer."""
        return cls(200, _json(shown), request_id)

    @classmethod
    def refusing(cls, error: StripeError, request_id: str) -> "Answer":
        """Make a refusal."""
        return cls(error.status, _json({"error": error.as_json()}), request_id)

    def response(self, headers: dict[str, str]) -> Response:
        """Return it as a response with more headers."""
        return Response(
            self.body, self.status, {"Request-Id": self.request_id, **headers}, "application/json"
        )


class Cut(Response):
    """Promises an answer and never gives it: the server then closes the connection."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the beginning of an answer only."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def _json(shown: JsonObject) -> bytes:
    return json.dumps(shown, indent=2, ensure_ascii=False).encode()
