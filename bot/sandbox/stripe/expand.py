"""Putting objects where their ids stand, as `expand[]` asks."""

from typing import Final

from bot.sandbox.model import Json, JsonObject
from bot.sandbox.stripe.errors import invalid
from bot.sandbox.stripe.lookup import show
from bot.sandbox.stripe.objects.checkout import item_object
from bot.sandbox.stripe.world import Mode

_DEEPEST: Final = 4
_LINES_SHOWN: Final = 10

# What may be expanded of which object. What is never there stays null, as it does with Stripe.
EXPANDABLE: Final[dict[str, frozenset[str]]] = {
    "checkout.session": frozenset(
        {"customer", "invoice", "line_items", "payment_intent", "payment_link", "setup_intent", "subscription"}
    ),
    "payment_intent": frozenset(
        {"application", "customer", "latest_charge", "on_behalf_of", "payment_method", "review"}
    ),
    "charge": frozenset(
        {
            "application", "application_fee", "balance_transaction", "customer", "failure_balance_transaction",
            "on_behalf_of", "payment_intent", "refunds", "review", "source_transfer", "transfer",
        }
    ),
    "balance_transaction": frozenset({"source"}),
    "payout": frozenset(
        {
            "application_fee", "balance_transaction", "destination", "failure_balance_transaction", "original_payout",
            "reversed_by",
        }
    ),
    "refund": frozenset(
        {
            "balance_transaction", "charge", "failure_balance_transaction", "payment_intent",
            "source_transfer_reversal", "transfer_reversal",
        }
    ),
    "dispute": frozenset({"charge", "payment_intent"}),
}  # fmt: skip


def expand(mode: Mode, shown: JsonObject, paths: list[str]) -> None:
    """Expand an object, or every object of a list, in place. Raises: `StripeError` if a path leads nowhere."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST:
            raise invalid(f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}")
        _walk(mode, shown, steps, path)


def _walk(mode: Mode, shown: Json, steps: list[str], path: str) -> None:
    if not steps or not isinstance(shown, dict):
        return
    step, rest = steps[0], steps[1:]
    kind = str(shown.get("object"))
    if kind == "list" and step == "data":
        rows = shown["data"]
        assert isinstance(rows, list)
        for row in rows:
            _walk(mode, row, rest, path)
        return
    if step not in EXPANDABLE.get(kind, frozenset()):
        raise invalid(
            f"This property cannot be expanded ({path}). You may want to try expanding 'data.{path}' instead."
            if kind == "list"
            else f"This property cannot be expanded ({path}).",
            "expand",
        )
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
