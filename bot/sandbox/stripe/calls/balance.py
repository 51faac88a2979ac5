"""The account, its balance, what moved it, its payouts and its events."""

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.calls.asked import Asked
from bot.sandbox.stripe.errors import StripeError, invalid
from bot.sandbox.stripe.lists import within
from bot.sandbox.stripe.model import BalanceEntry, Event, Payout
from bot.sandbox.stripe.objects.account import account_object
from bot.sandbox.stripe.objects.balance import balance_object


def retrieve_own_account(asked: Asked) -> JsonObject:
    """Return the account the key belongs to."""
    return account_object(asked.mode)


def retrieve_account(asked: Asked) -> JsonObject:
    """Return the account the key belongs to; others are not its business."""
    id_ = asked.ids["account"]
    if id_ != asked.mode.account.id:
        raise StripeError(
            403,
            f"The provided key does not have access to account '{id_}' (or that account does not exist). "
            "Application access may have been revoked.",
            code="account_invalid",
        )
    return account_object(asked.mode)


def retrieve_balance(asked: Asked) -> JsonObject:
    """Return the balance."""
    return balance_object(asked.mode)


def retrieve_entry(asked: Asked) -> JsonObject:
    """Return a balance transaction."""
    return asked.shown(asked.find(BalanceEntry))


def list_entries(asked: Asked) -> JsonObject:
    """Return balance transactions, newest first."""
    return asked.listed(
        "balance transaction",
        asked.mode.entries,
        lambda one: asked.wants("payout", one.payout),
        lambda one: asked.wants("type", one.type),
        lambda one: asked.wants("source", one.source),
    )


def retrieve_payout(asked: Asked) -> JsonObject:
    """Return a payout."""
    return asked.shown(asked.find(Payout))


def list_payouts(asked: Asked) -> JsonObject:
    """Return payouts, newest first."""
    return asked.listed(
        "payout",
        asked.mode.payouts,
        lambda one: asked.wants("status", one.status),
        lambda one: within(asked.given, "arrival_date", one.arrival_date),
    )


def retrieve_event(asked: Asked) -> JsonObject:
    """Return an event."""
    return asked.shown(asked.find(Event))


def list_events(asked: Asked) -> JsonObject:
    """Return events, newest first."""
    if "type" in asked.given and "types" in asked.given:
        raise invalid("You may pass either `type` or `types`, but not both.", "types")
    wanted = asked.given.texts("types") or [asked.given.text("type") or "*"]
    return asked.listed(
        "event", asked.mode.events, lambda one: any(matches(one.type, word) for word in wanted)
    )


def matches(kind: str, wanted: str) -> bool:
    """Whether an event's type is the wanted one, or of the wanted family (`charge.*`)."""
    return wanted == "*" or kind == wanted or (wanted.endswith(".*") and kind.startswith(wanted[:-1]))
