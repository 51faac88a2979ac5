"""Putting objects where their ids stand, as `expand[]` asks."""

from typing import Final

from bot.sandbox.model import Json, JsonObject
from bot.sandbox.stripe.errors import StripeError, invalid, not_served
from bot.sandbox.stripe.lookup import show
from bot.sandbox.stripe.objects.checkout import item_object
from bot.sandbox.stripe.world import Mode

_DEEPEST: Final = 4
_LINES_SHOWN: Final = 10
_ANYTHING: Final = "anything"
_ABSENT: Final = "absent"  # never there in this stand-in: it stays null, as it does with Stripe
_ELSEWHERE: Final = "elsewhere"  # with Stripe there is an object, which is not served here

# What may be expanded of which object, and what it becomes.
EXPANDABLE: Final[dict[str, dict[str, str]]] = {
    "checkout.session": {
        "line_items": "list of item",
        "payment_intent": "payment_intent",
        **dict.fromkeys(("customer", "invoice", "payment_link", "setup_intent", "subscription"), _ABSENT),
    },
    "payment_intent": {
        "latest_charge": "charge",
        "payment_method": _ELSEWHERE,
        **dict.fromkeys(("application", "customer", "on_behalf_of", "review"), _ABSENT),
    },
    "charge": {
        "balance_transaction": "balance_transaction",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "refunds": "list of refund",
        **dict.fromkeys(
            (
                "application", "application_fee", "customer", "on_behalf_of", "review", "source_transfer", "transfer",
            ),
            _ABSENT,
        ),
    },
    "balance_transaction": {"source": _ANYTHING},
    "payout": {
        "balance_transaction": "balance_transaction",
        "destination": _ELSEWHERE,
        "failure_balance_transaction": "balance_transaction",
        **dict.fromkeys(("application_fee", "original_payout", "reversed_by"), _ABSENT),
    },
    "refund": {
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        **dict.fromkeys(("source_transfer_reversal", "transfer_reversal"), _ABSENT),
    },
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
}  # fmt: skip


def check_paths(kind: str, paths: list[str]) -> None:
    """Check before anything is done that every path leads somewhere in an object of this kind. Raises: `StripeError`."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST:
            raise invalid(
                f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}", "expand"
            )
        here = kind
        for step in steps:
            here = _next(here, step, path)


def expand(mode: Mode, shown: JsonObject, paths: list[str]) -> None:
    """Expand an object, or every object of a list, in place. Raises: `StripeError` if a path leads nowhere."""
    for path in paths:
        _walk(mode, shown, path.split("."), path)


def _next(kind: str, step: str, path: str) -> str:
    if kind in {_ANYTHING, _ABSENT}:
        return kind
    if kind.startswith("list of ") and step == "data":
        return kind.removeprefix("list of ")
    if kind == "item":
        raise not_served(f"Expanding {path}", "expand")
    found = EXPANDABLE.get(kind, {}).get(step)
    if found == _ELSEWHERE:
        raise not_served(f"Expanding {path}", "expand")
    if found is None:
        raise _cannot(path, is_list=kind.startswith("list of "))
    return found


def _walk(mode: Mode, shown: Json, steps: list[str], path: str) -> None:
    if not steps or not isinstance(shown, dict):
        return
    step, rest = steps[0], steps[1:]
    kind = str(shown.get("object"))
    if kind == "list":
        rows = shown["data"]
        assert isinstance(rows, list)
        for row in rows:
            _walk(mode, row, rest, path)
        return
    if step not in EXPANDABLE.get(kind, {}):
        raise _cannot(path, is_list=False)
    if not isinstance(shown.get(step), dict):
        shown[step] = _there(mode, shown, step)
    _walk(mode, shown[step], rest, path)


def _there(mode: Mode, shown: JsonObject, step: str) -> Json:
    if step == "line_items":
        session = mode.sessions[str(shown["id"])]
        lines = [item_object(mode, session, one) for one in session.items]
        return _listed(lines, f"/v1/checkout/sessions/{session.id}/line_items")
    if step == "refunds":
        made = [one for one in mode.refunds.values() if one.charge == shown["id"]]
        refunds = [found for one in reversed(made) if (found := show(mode, one.id)) is not None]
        return _listed(refunds, f"/v1/charges/{shown['id']}/refunds")
    there = shown.get(step)
    return show(mode, there) or there if isinstance(there, str) else there


def _listed(rows: list[JsonObject], url: str) -> JsonObject:
    return {
        "object": "list",
        "data": [*rows[:_LINES_SHOWN]],
        "has_more": len(rows) > _LINES_SHOWN,
        "url": url,
    }


def _cannot(path: str, *, is_list: bool) -> StripeError:
    hint = f" You may want to try expanding 'data.{path}' instead." if is_list else ""
    return invalid(f"This property cannot be expanded ({path}).{hint}", "expand")
