"""Lists: filtered, newest first, one page at a time, with Stripe's cursors."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.errors import invalid, no_such
from bot.sandbox.stripe.given import Given
from bot.sandbox.stripe.world import Stored

T = TypeVar("T", bound=Stored)
_USUAL = 10


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the objects as JSON, and whether more follow in the direction of reading."""

    data: list[JsonObject]
    has_more: bool
    url: str

    def as_json(self) -> JsonObject:
        """Return Stripe's list object."""
        return {"object": "list", "data": [*self.data], "has_more": self.has_more, "url": self.url}


def page(rows: list[JsonObject], given: Given, url: str, kind: str) -> Page:
    """Cut a page from all rows in order. Raises: `StripeError` if a cursor is wrong."""
    after, before = given.text("starting_after"), given.text("ending_before")
    if after is not None and before is not None:
        raise invalid(
            "You cannot parameterize by both `starting_after` and `ending_before`.", "ending_before"
        )
    limit = given.integer("limit") or _USUAL
    if before is not None:
        rest = rows[: _position(rows, before, "ending_before", kind)]
        return Page(rest[-limit:], len(rest) > limit, url)
    rest = rows if after is None else rows[_position(rows, after, "starting_after", kind) + 1 :]
    return Page(rest[:limit], len(rest) > limit, url)


def newest_first(stored: Iterable[T], *conditions: Callable[[T], bool]) -> list[T]:
    """Return what meets all conditions; of the same second, what was made last comes first."""
    kept = [one for one in stored if all(condition(one) for condition in conditions)]
    kept.reverse()
    kept.sort(key=lambda one: -one.created)
    return kept


def within(given: Given, name: str, moment: int) -> bool:
    """Whether a moment is the one, or in the range, that was asked for."""
    asked = given.values.get(name)
    if asked is None:
        return True
    if isinstance(asked, int):
        return moment == asked
    bounds = given.inner(name)
    checks = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    return all(
        check(moment, bound) for word, check in checks.items() if (bound := bounds.integer(word)) is not None
    )


def _position(rows: list[JsonObject], id_: str, param: str, kind: str) -> int:
    for index, row in enumerate(rows):
        if row["id"] == id_:
            return index
    raise no_such(kind, id_, param)
