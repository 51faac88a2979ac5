"""Trouble on order, for tests: errors of the server, answers that come late, connections that break."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

from bot.sandbox.stripe.errors import SandboxError, StripeError

KINDS: Final = frozenset({"error", "drop", "cut", "hang", "garbage"})
MOMENTS: Final = frozenset({"before", "instead", "after"})


@dataclass(slots=True)
class Fault:
    """One kind of trouble, for the next `count` calls of an operation (or of any).

    `error` answers `status`, `drop` closes the connection, `cut` does so in the middle of the answer, `garbage` answers
    what no program reads, `hang` waits `seconds` before it goes on.
    `before`: nothing was done and nothing is kept. `after`: it was done; an error is then what repeating it answers,
    as with Stripe. `instead` (errors only): nothing was done, and the error is kept all the same.
    """

    kind: str
    operation: str | None = None
    count: int = 1
    when: str = "before"
    status: int = 500
    seconds: float = 30.0
    code: str | None = None
    decline_code: str | None = None

    def __post_init__(self) -> None:
        if (
            self.kind not in KINDS
            or self.when not in MOMENTS
            or (self.when == "instead" and self.kind != "error")
        ):
            raise SandboxError(f"there is no trouble {self.kind!r} {self.when!r}")

    def error(self) -> StripeError:
        """Return the error it answers."""
        kinds = {400: "invalid_request_error", 402: "card_error", 429: "invalid_request_error"}
        codes = {402: "card_declined", 429: "rate_limit"}
        texts = {
            402: "Your card was declined.",
            429: "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.",
            503: "Stripe is temporarily unavailable. Please try again.",
        }
        return StripeError(
            self.status,
            texts.get(self.status, "An unexpected error occurred; Stripe has been notified of the problem."),
            kind=kinds.get(self.status, "api_error"),
            code=self.code or codes.get(self.status),
            decline_code=self.decline_code or ("generic_decline" if self.status == 402 else None),
        )


class Faults:
    """The trouble that is still to come."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []
        self._let_go = asyncio.Event()

    def add(self, fault: Fault) -> None:
        """Add trouble."""
        self._coming.append(fault)

    def clear(self) -> None:
        """Forget all trouble, and let go whom a `hang` still holds."""
        self._coming.clear()
        self._let_go.set()
        self._let_go = asyncio.Event()

    def take(self, operation: str) -> Fault | None:
        """Return the trouble that strikes this call, and count it."""
        for fault in self._coming:
            if fault.operation in {None, operation}:
                fault.count -= 1
                if fault.count <= 0:
                    self._coming.remove(fault)
                return fault
        return None

    async def hang(self, fault: Fault) -> None:
        """Wait as long as this trouble lasts."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(fault.seconds):
                await self._let_go.wait()
