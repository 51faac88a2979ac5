"""Balance transactions, the balance and payouts."""

from bot.sandbox.model import Json, JsonObject
from bot.sandbox.stripe.model import BalanceEntry, Payout
from bot.sandbox.stripe.world import Mode


def entry_object(mode: Mode, entry: BalanceEntry) -> JsonObject:
    """Return the balance transaction."""
    fees: list[Json] = []
    if entry.fee:
        fees.append(
            {
                "amount": entry.fee,
                "application": None,
                "currency": "eur",
                "description": entry.fee_text,
                "type": "stripe_fee",
            }
        )
    return {
        "id": entry.id,
        "object": "balance_transaction",
        "amount": entry.amount,
        "available_on": entry.available_on,
        "balance_type": "payments",
        "created": entry.created,
        "currency": "eur",
        "description": entry.description,
        "exchange_rate": None,
        "fee": entry.fee,
        "fee_details": fees,
        "net": entry.net,
        "reporting_category": entry.category,
        "source": entry.source,
        "status": "available" if entry.available_on <= mode.clock() else "pending",
        "type": entry.type,
    }


def balance_object(mode: Mode) -> JsonObject:
    """Return the balance: what can be paid out, and what will be."""
    now = mode.clock()
    available = sum(one.net for one in mode.entries.values() if one.available_on <= now)
    pending = sum(one.net for one in mode.entries.values() if one.available_on > now)
    return {
        "object": "balance",
        "available": [_amount(available)],
        "livemode": mode.livemode,
        "pending": [_amount(pending)],
        "refund_and_dispute_prefunding": {"available": [_amount(0)], "pending": [_amount(0)]},
    }


def payout_object(mode: Mode, payout: Payout) -> JsonObject:
    """Return the payout."""
    return {
        "id": payout.id,
        "object": "payout",
        "amount": payout.amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": payout.arrival_date,
        "automatic": True,
        "balance_transaction": payout.entry,
        "created": payout.created,
        "currency": "eur",
        "description": "STRIPE PAYOUT",
        "destination": payout.destination,
        "failure_balance_transaction": payout.failure_entry,
        "failure_code": payout.failure_code,
        "failure_message": payout.failure_message,
        "livemode": mode.livemode,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": payout.status,
        "trace_id": {"status": "unsupported", "value": None},
        "type": "bank_account",
    }


def _amount(cents: int) -> JsonObject:
    return {"amount": cents, "currency": "eur", "source_types": {"card": cents}}
