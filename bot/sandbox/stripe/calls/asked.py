"""What an operation works with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.given import Given
from bot.sandbox.stripe.lists import newest_first, page, within
from bot.sandbox.stripe.lookup import find, show
from bot.sandbox.stripe.model import BalanceEntry, Charge, Dispute, Event, Intent, Payout, Refund, Session
from bot.sandbox.stripe.world import Mode

T = TypeVar("T", Session, Intent, Charge, Refund, Dispute, BalanceEntry, Payout, Event)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: whose mode it is about, the ids in its path, its parameters, and where this server is."""

    mode: Mode
    ids: dict[str, str]
    given: Given
    path: str
    base_url: str

    def find(self, kind: type[T]) -> T:
        """Return the object the path names. Raises: `StripeError` if there is none."""
        ((param, id_),) = self.ids.items()
        return find(self.mode, kind, id_, param)

    def shown(self, one: T) -> JsonObject:
        """Return an object as JSON."""
        found = show(self.mode, one.id)
        assert found is not None
        return found

    def listed(self, kind: str, stored: dict[str, T], *conditions: Callable[[T], bool]) -> JsonObject:
        """Return a page of what meets the conditions and was created when asked for."""
        rows = newest_first(
            stored.values(), lambda one: within(self.given, "created", one.created), *conditions
        )
        return page([self.shown(one) for one in rows], self.given, self.path, kind).as_json()

    def wants(self, name: str, value: str | None) -> bool:
        """Whether a filter is absent, or is this value."""
        asked = self.given.text(name)
        return asked is None or asked == value
