"""Repeated requests: the same key gives the same answer, whatever it was, for a day.

Only what began to execute is kept; a request refused for its parameters may be repaired under the same key.
"""

from dataclasses import dataclass

from bot.sandbox.stripe.answers import Answer
from bot.sandbox.stripe.errors import StripeError, invalid
from bot.sandbox.stripe.world import Mode

_KEPT_SECONDS = 24 * 60 * 60
_LONGEST = 255


@dataclass(slots=True)
class _Kept:
    request: tuple[str, str]
    since: int
    answer: Answer | None = None


class Idempotency:
    """The keys of all accounts, and what was answered under them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bool, str], _Kept] = {}

    def begin(self, mode: Mode, key: str, path: str, body: str) -> Answer | None:
        """Return what was answered under this key before; None if this is the first time.

        Raises: `StripeError` if the key stands for another request, or its first request is under way.
        """
        if len(key) > _LONGEST:
            raise invalid(f"Idempotency keys can be at most {_LONGEST} characters long.")
        place, now = self._place(mode, key), mode.clock()
        kept = self._kept.get(place)
        if kept is None or now - kept.since > _KEPT_SECONDS:
            self._kept[place] = _Kept((path, body), now)
            return None
        if kept.request != (path, body):
            raise StripeError(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        if kept.answer is None:
            raise StripeError(
                409,
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                f"submitted twice, and the other request is still going through): {key}. Please try again later.",
                code="idempotency_key_in_use",
            )
        return kept.answer

    def keep(self, mode: Mode, key: str, answer: Answer) -> None:
        """Keep what was answered."""
        self._kept[self._place(mode, key)].answer = answer

    def forget(self, mode: Mode, key: str) -> None:
        """Forget a request that was not executed; one that was answered stays."""
        kept = self._kept.get(self._place(mode, key))
        if kept is not None and kept.answer is None:
            del self._kept[self._place(mode, key)]

    @staticmethod
    def _place(mode: Mode, key: str) -> tuple[str, bool, str]:
        return (mode.account.id, mode.livemode, key)
