"""HTTP answers in Stripe's shape, and connections that are cut instead of answered."""

import contextlib
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
    """A connection that is closed: before the answer's first byte, or with the answer begun."""

    def __init__(self, *, is_begun: bool) -> None:
        super().__init__()
        self._is_begun = is_begun

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Begin an answer and never end it, so that the server closes the connection.

        A header that cannot be sent keeps even the beginning from leaving.
        """
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100000")]
        if not self._is_begun:
            headers.append((b"\x00", b""))
        with contextlib.suppress(RuntimeError):
            await send({"type": "http.response.start", "status": 200, "headers": headers})


def _json(shown: JsonObject) -> bytes:
    return json.dumps(shown, indent=2, ensure_ascii=False).encode()
