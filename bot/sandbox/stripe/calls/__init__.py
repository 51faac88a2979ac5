"""The operations, each a function of what it works with: who asks, the ids in the path, the parameters."""

from collections.abc import Callable
from typing import Final

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.calls import balance, payments, refunds, sessions
from bot.sandbox.stripe.calls.asked import Asked

HANDLERS: Final[dict[str, Callable[[Asked], JsonObject]]] = {
    "create_session": sessions.create,
    "list_sessions": sessions.list_all,
    "retrieve_session": sessions.retrieve,
    "expire_session": sessions.expire_now,
    "list_line_items": sessions.list_lines,
    "list_intents": payments.list_intents,
    "retrieve_intent": payments.retrieve_intent,
    "cancel_intent": payments.cancel_intent,
    "list_charges": payments.list_charges,
    "retrieve_charge": payments.retrieve_charge,
    "list_entries": balance.list_entries,
    "retrieve_entry": balance.retrieve_entry,
    "retrieve_balance": balance.retrieve_balance,
    "list_payouts": balance.list_payouts,
    "retrieve_payout": balance.retrieve_payout,
    "create_refund": refunds.create,
    "list_refunds": refunds.list_refunds,
    "retrieve_refund": refunds.retrieve_refund,
    "list_disputes": refunds.list_disputes,
    "retrieve_dispute": refunds.retrieve_dispute,
    "list_events": balance.list_events,
    "retrieve_event": balance.retrieve_event,
    "retrieve_own_account": balance.retrieve_own_account,
    "retrieve_account": balance.retrieve_account,
}
