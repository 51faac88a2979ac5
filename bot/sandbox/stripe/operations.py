"""The operations this server knows and each one's parameters, as of API version 2026-10-28.endive.

Written by hand from Stripe's manual; a test compares it with the published description and with Stripe's library.
"""

from dataclasses import dataclass
from typing import Final

from bot.sandbox.stripe.kinds import (
    Choice,
    Currency,
    Email,
    Hash,
    Integer,
    Kind,
    ListOf,
    Metadata,
    Moment,
    NotServed,
    Text,
)
from bot.sandbox.stripe.session_params import CREATE_SESSION

VERSION: Final = "2026-10-28.endive"
VERSIONS: Final = frozenset({"2026-09-30.endive", VERSION})

_EXPAND: Final[dict[str, Kind]] = {"expand": ListOf(Text())}
_PAGE: Final[dict[str, Kind]] = {
    "limit": Integer(1, 100),
    "starting_after": Text(),
    "ending_before": Text(),
    **_EXPAND,
}
_LIST: Final[dict[str, Kind]] = {"created": Moment(), **_PAGE}


@dataclass(frozen=True)
class Operation:
    """One thing a client may ask for: its name here, its method and path, and its parameters.

    `right` is what a restricted key must be granted for it, `shows` the kind of object it answers.
    """

    name: str
    method: str
    path: str
    params: Hash
    right: str
    shows: str

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method == "POST"


_RIGHTS: Final = {
    "checkout.session": "checkout_session",
    "item": "checkout_session",
    "balance_transaction": "balance",
}


def _declared(name: str, line: str, kind: str, params: dict[str, Kind]) -> Operation:
    method, path = line.split(" ")
    right = f"{_RIGHTS.get(kind, kind)}_{'write' if method == 'POST' else 'read'}"
    return Operation(
        name, method, path, Hash(params), right, f"list of {kind}" if name.startswith("list_") else kind
    )


OPERATIONS: Final[tuple[Operation, ...]] = (
    _declared("create_session", "POST /v1/checkout/sessions", "checkout.session", CREATE_SESSION),
    _declared(
        "list_sessions",
        "GET /v1/checkout/sessions",
        "checkout.session",
        {
            **_LIST,
            "payment_intent": Text(),
            "status": Choice(("complete", "expired", "open")),
            "customer": NotServed(),
            "customer_account": NotServed(),
            "customer_details": Hash({"email!": Email()}),
            "payment_link": NotServed(),
            "subscription": NotServed(),
        },
    ),
    _declared("retrieve_session", "GET /v1/checkout/sessions/{session}", "checkout.session", _EXPAND),
    _declared("expire_session", "POST /v1/checkout/sessions/{session}/expire", "checkout.session", _EXPAND),
    _declared("list_line_items", "GET /v1/checkout/sessions/{session}/line_items", "item", _PAGE),
    _declared(
        "list_intents",
        "GET /v1/payment_intents",
        "payment_intent",
        {**_LIST, "customer": NotServed(), "customer_account": NotServed()},
    ),
    _declared(
        "retrieve_intent",
        "GET /v1/payment_intents/{intent}",
        "payment_intent",
        {**_EXPAND, "client_secret": NotServed()},
    ),
    _declared(
        "cancel_intent",
        "POST /v1/payment_intents/{intent}/cancel",
        "payment_intent",
        {
            **_EXPAND,
            "cancellation_reason": Choice(("abandoned", "duplicate", "fraudulent", "requested_by_customer")),
        },
    ),
    _declared(
        "list_charges",
        "GET /v1/charges",
        "charge",
        {**_LIST, "payment_intent": Text(), "customer": NotServed(), "transfer_group": NotServed()},
    ),
    _declared("retrieve_charge", "GET /v1/charges/{charge}", "charge", _EXPAND),
    _declared(
        "list_entries",
        "GET /v1/balance_transactions",
        "balance_transaction",
        {**_LIST, "currency": Currency(), "payout": Text(), "source": Text(), "type": Text()},
    ),
    _declared("retrieve_entry", "GET /v1/balance_transactions/{id}", "balance_transaction", _EXPAND),
    _declared("retrieve_balance", "GET /v1/balance", "balance", _EXPAND),
    _declared(
        "list_payouts",
        "GET /v1/payouts",
        "payout",
        {**_LIST, "arrival_date": Moment(), "status": Text(), "destination": NotServed()},
    ),
    _declared("retrieve_payout", "GET /v1/payouts/{payout}", "payout", _EXPAND),
    _declared(
        "create_refund",
        "POST /v1/refunds",
        "refund",
        {
            **_EXPAND,
            "amount": Integer(1),
            "charge": Text(),
            "payment_intent": Text(),
            "metadata": Metadata(),
            "reason": Choice(("duplicate", "fraudulent", "requested_by_customer")),
            "currency": NotServed(),
            "customer": NotServed(),
            "instructions_email": NotServed(),
            "origin": NotServed(),
            "refund_application_fee": NotServed(),
            "reverse_transfer": NotServed(),
        },
    ),
    _declared(
        "list_refunds", "GET /v1/refunds", "refund", {**_LIST, "charge": Text(), "payment_intent": Text()}
    ),
    _declared("retrieve_refund", "GET /v1/refunds/{refund}", "refund", _EXPAND),
    _declared(
        "list_disputes", "GET /v1/disputes", "dispute", {**_LIST, "charge": Text(), "payment_intent": Text()}
    ),
    _declared("retrieve_dispute", "GET /v1/disputes/{dispute}", "dispute", _EXPAND),
    _declared(
        "list_events",
        "GET /v1/events",
        "event",
        {**_LIST, "type": Text(), "types": ListOf(Text(), 20), "delivery_success": NotServed()},
    ),
    _declared("retrieve_event", "GET /v1/events/{id}", "event", _EXPAND),
    _declared("retrieve_own_account", "GET /v1/account", "account", _EXPAND),
    _declared("retrieve_account", "GET /v1/accounts/{account}", "account", _EXPAND),
)

# What follows is known to Stripe and refused here as such, not as unknown.
OPERATIONS_NOT_SERVED: Final[tuple[str, ...]] = (
    "GET /v1/accounts",
    "POST /v1/accounts",
    "POST /v1/accounts/{account}",
    "DELETE /v1/accounts/{account}",
    "GET /v1/balance/history",
    "GET /v1/balance/history/{id}",
    "POST /v1/charges",
    "GET /v1/charges/search",
    "POST /v1/charges/{charge}",
    "POST /v1/charges/{charge}/capture",
    "GET /v1/charges/{charge}/dispute",
    "POST /v1/charges/{charge}/dispute",
    "POST /v1/charges/{charge}/dispute/close",
    "POST /v1/charges/{charge}/refund",
    "GET /v1/charges/{charge}/refunds",
    "POST /v1/charges/{charge}/refunds",
    "GET /v1/charges/{charge}/refunds/{refund}",
    "POST /v1/charges/{charge}/refunds/{refund}",
    "POST /v1/checkout/sessions/{session}",
    "POST /v1/disputes/{dispute}",
    "POST /v1/disputes/{dispute}/close",
    "POST /v1/payment_intents",
    "GET /v1/payment_intents/search",
    "POST /v1/payment_intents/{intent}",
    "GET /v1/payment_intents/{intent}/amount_details_line_items",
    "POST /v1/payment_intents/{intent}/apply_customer_balance",
    "POST /v1/payment_intents/{intent}/capture",
    "POST /v1/payment_intents/{intent}/confirm",
    "POST /v1/payment_intents/{intent}/increment_authorization",
    "POST /v1/payment_intents/{intent}/verify_microdeposits",
    "POST /v1/payouts",
    "POST /v1/payouts/{payout}",
    "POST /v1/payouts/{payout}/cancel",
    "POST /v1/payouts/{payout}/reverse",
    "POST /v1/refunds/{refund}",
    "POST /v1/refunds/{refund}/cancel",
)

# Whole families of operations: the beginnings of their paths.
_FAMILIES: Final = """
account_links account_sessions apple_pay application_fees apps balance_settings billing billing_portal
climate confirmation_tokens country_specs coupons credit_notes customer_sessions customers entitlements
ephemeral_keys exchange_rates external_accounts file_links files financial_connections forwarding identity
invoice_payments invoice_rendering_templates invoiceitems invoices issuing link_account_sessions
linked_accounts mandates payment_attempt_records payment_links payment_method_configurations
payment_method_domains payment_methods payment_records plans prices products promotion_codes quotes radar
reporting reviews setup_attempts setup_intents shipping_rates sigma sources subscription_items
subscription_schedules subscriptions tax tax_codes tax_ids tax_rates terminal test_helpers tokens topups
transfers treasury webhook_endpoints
"""
FAMILIES_NOT_SERVED: Final[frozenset[str]] = frozenset(_FAMILIES.split())
