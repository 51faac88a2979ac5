"""What one account has in one mode: sessions, payments, the balance. Data only; the rules are elsewhere.

Objects name each other by id, as Stripe's do. Amounts are cents; moments are whole seconds.
"""

from dataclasses import dataclass, field

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.errors import StripeError


@dataclass(slots=True)
class Item:
    """A line of a session: what is bought, how often, at what price."""

    id: str
    price: str
    product: str
    name: str
    unit_amount: int
    quantity: int
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        """The line's total."""
        return self.unit_amount * self.quantity


@dataclass(slots=True)
class Session:
    """A Checkout Session: a page on which something is to be paid once."""

    id: str
    created: int
    expires_at: int
    items: list[Item]
    success_url: str
    url: str
    cancel_url: str | None = None
    client_reference_id: str | None = None
    customer_email: str | None = None
    locale: str | None = None
    submit_type: str | None = None
    custom_text: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] = ("card",)
    allowed_methods: tuple[str, ...] | None = None
    for_intent: JsonObject = field(default_factory=dict)
    collects_phone: bool = False
    status: str = "open"
    payment_status: str = "unpaid"
    intent: str | None = None
    payer: "Payer | None" = None

    @property
    def amount(self) -> int:
        """What is to be paid."""
        return sum(one.amount for one in self.items)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid, as they typed it."""

    email: str | None = None
    name: str | None = None


@dataclass(slots=True)
class Intent:
    """A PaymentIntent: the attempts to pay one session."""

    id: str
    created: int
    amount: int
    secret: str
    session: str
    methods: tuple[str, ...] = ("card",)
    capture_method: str = "automatic_async"
    description: str | None = None
    receipt_email: str | None = None
    suffix: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    status: str = "requires_payment_method"
    latest_charge: str | None = None
    payment_method: str | None = None
    last_error: StripeError | None = None
    canceled_at: int | None = None
    cancellation_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What a charge was made with: a card, or an account that is debited."""

    kind: str
    last4: str
    brand: str = "visa"
    exp_month: int = 12
    exp_year: int = 2040
    country: str = "FR"


@dataclass(slots=True)
class Charge:
    """One attempt to take the money. `ends_at`: when a debit under way ends by itself, `ends_in` how (None: well)."""

    id: str
    created: int
    amount: int
    intent: str
    payment_method: str
    means: Means
    payer: Payer
    status: str = "succeeded"
    description: str | None = None
    receipt_email: str | None = None
    suffix: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    amount_refunded: int = 0
    entry: str | None = None
    failure: StripeError | None = None
    failure_entry: str | None = None
    is_disputed: bool = False
    ends_at: int | None = None
    ends_in: StripeError | None = None

    @property
    def left(self) -> int:
        """What can still be refunded."""
        return self.amount - self.amount_refunded


@dataclass(slots=True)
class Refund:
    """Money on its way back to the payer."""

    id: str
    created: int
    amount: int
    charge: str
    intent: str
    status: str
    reason: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    entry: str | None = None
    failure_entry: str | None = None
    failure_reason: str | None = None
    pending_reason: str | None = None


@dataclass(slots=True)
class Dispute:
    """A payer's bank that takes the money back."""

    id: str
    created: int
    amount: int
    charge: str
    intent: str
    reason: str
    brand: str
    due_by: int
    status: str = "needs_response"
    entries: list[str] = field(default_factory=list)


@dataclass(slots=True)
class BalanceEntry:
    """A balance transaction: what moved the balance, and what Stripe kept of it."""

    id: str
    created: int
    type: str
    category: str
    amount: int
    available_on: int
    source: str | None
    fee: int = 0
    fee_text: str = ""
    description: str | None = None
    payout: str | None = None

    @property
    def net(self) -> int:
        """What the balance moved by."""
        return self.amount - self.fee


@dataclass(slots=True)
class Payout:
    """Money on its way to the account's bank."""

    id: str
    created: int
    amount: int
    arrival_date: int
    destination: str
    status: str = "pending"
    entry: str | None = None
    failure_entry: str | None = None
    failure_code: str | None = None
    failure_message: str | None = None


@dataclass(slots=True)
class Event:
    """Something that happened, with the object as it was then."""

    id: str
    created: int
    type: str
    object: JsonObject
    previous: JsonObject | None
    request: str | None
    idempotency_key: str | None
    pending_webhooks: int = 0
