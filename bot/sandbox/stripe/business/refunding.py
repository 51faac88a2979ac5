"""Refunds: never more than is left of the charge; some are pending first, some fail."""

from bot.sandbox.model import JsonObject
from bot.sandbox.stripe.business.changes import changed
from bot.sandbox.stripe.errors import SandboxError, invalid
from bot.sandbox.stripe.model import BalanceEntry, Charge, Refund
from bot.sandbox.stripe.money import in_errors
from bot.sandbox.stripe.objects.payments import charge_object
from bot.sandbox.stripe.objects.returns import refund_object
from bot.sandbox.stripe.world import Mode, new_id


def refund(
    mode: Mode,
    charge: Charge,
    amount: int | None,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
) -> Refund:
    """Give back `amount` cents of a charge, or what is left of it. Raises: `StripeError` as Stripe does."""
    _check(charge, amount)
    amount = charge.left if amount is None else amount
    made = Refund(
        id=new_id("re_3"),
        created=mode.clock(),
        amount=amount,
        charge=charge.id,
        intent=charge.intent,
        status="succeeded" if mode.refunds_become == "succeeded" else "pending",
        reason=reason,
        metadata=metadata or {},
    )
    mode.refunds[made.id] = made
    made.pending_reason = "processing" if made.status == "pending" else None
    made.entry = _book(mode, made, charge, "refund", -amount).id
    before = charge_object(mode, charge)
    charge.amount_refunded += amount
    mode.emit("refund.created", refund_object(mode, made))
    after = charge_object(mode, charge)
    mode.emit("charge.refunded", after, changed(before, after))
    if mode.refunds_become == "failed":
        fail_refund(mode, made, "unknown")
    return made


def settle_refund(mode: Mode, made: Refund) -> None:
    """End a pending refund well. Raises: `SandboxError` if it is not pending."""
    if made.status != "pending":
        raise SandboxError(f"{made.id} is {made.status}")
    before = refund_object(mode, made)
    made.status, made.pending_reason = "succeeded", None
    _emit_update(mode, made, before)


def fail_refund(mode: Mode, made: Refund, reason: str) -> None:
    """Take a refund back, as a bank may even after days; the money returns to the balance.

    Raises: `SandboxError` if it failed before.
    """
    if made.status == "failed":
        raise SandboxError(f"{made.id} is {made.status}")
    charge = mode.charges[made.charge]
    before = refund_object(mode, made)
    made.status, made.pending_reason, made.failure_reason = "failed", None, reason
    made.failure_entry = _book(mode, made, charge, "refund_failure", made.amount).id
    charge.amount_refunded -= made.amount
    _emit_update(mode, made, before)
    mode.emit("refund.failed", refund_object(mode, made))


def _check(charge: Charge, amount: int | None) -> None:
    if charge.status != "succeeded":
        raise invalid(f"This PaymentIntent ({charge.intent}) does not have a successful charge to refund.")
    if charge.is_disputed:
        raise invalid(
            f"Charge {charge.id} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if charge.left == 0:
        raise invalid(f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
    if amount is not None and amount > charge.left:
        of_what = "unrefunded amount on charge" if charge.left < charge.amount else "charge amount"
        raise invalid(
            f"Refund amount ({in_errors(amount)}) is greater than {of_what} ({in_errors(charge.left)})",
            "amount",
        )


def _book(mode: Mode, made: Refund, charge: Charge, kind: str, amount: int) -> BalanceEntry:
    now = mode.clock()
    booked = mode.entries[charge.entry].available_on if charge.entry else now
    entry = BalanceEntry(
        id=new_id("txn_3"),
        created=now,
        type=_type_of(kind, charge),
        category=kind,
        amount=amount,
        available_on=max(now, booked),
        source=made.id,
        description="REFUND FOR CHARGE" if kind == "refund" else "REFUND FAILURE",
    )
    mode.entries[entry.id] = entry
    return entry


def _type_of(kind: str, charge: Charge) -> str:
    """A refund that failed is called an adjustment, as disputes are; only its category tells them apart."""
    if kind == "refund_failure":
        return "adjustment"
    return "refund" if charge.means.kind == "card" else "payment_refund"


def _emit_update(mode: Mode, made: Refund, before: JsonObject) -> None:
    after = refund_object(mode, made)
    previous = changed(before, after)
    mode.emit("refund.updated", after, previous)
    mode.emit("charge.refund.updated", after, previous)
