"""Disputes: the payer's bank takes the money and a fee; it comes back only if the dispute is won."""

from bot.sandbox.stripe.business.changes import changed
from bot.sandbox.stripe.errors import SandboxError
from bot.sandbox.stripe.model import BalanceEntry, Charge, Dispute
from bot.sandbox.stripe.objects.payments import charge_object
from bot.sandbox.stripe.objects.returns import dispute_object
from bot.sandbox.stripe.world import Mode, new_id

_DAYS_TO_ANSWER = 7 * 24 * 60 * 60


def open_dispute(mode: Mode, charge: Charge, reason: str, amount: int | None = None) -> Dispute:
    """Dispute `amount` cents of a charge, or what is left of it. Raises: `SandboxError` if that cannot be."""
    if charge.status != "succeeded" or charge.is_disputed or charge.left == 0:
        raise SandboxError(f"{charge.id} cannot be disputed")
    amount = charge.left if amount is None else amount
    if not 0 < amount <= charge.left:
        raise SandboxError(f"only {charge.left} cents of {charge.id} can be disputed")
    now = mode.clock()
    dispute = Dispute(
        new_id("du_1"),
        now,
        amount,
        charge.id,
        charge.intent,
        reason,
        charge.means.brand,
        now + _DAYS_TO_ANSWER,
    )
    mode.disputes[dispute.id] = dispute
    before = charge_object(mode, charge)
    charge.is_disputed = True
    mode.emit("charge.dispute.created", dispute_object(mode, dispute))
    after = charge_object(mode, charge)
    mode.emit("charge.updated", after, changed(before, after))
    _book(mode, dispute, -amount, mode.account.tariff.dispute_cents, "dispute")
    mode.emit("charge.dispute.funds_withdrawn", dispute_object(mode, dispute))
    return dispute


def close_dispute(mode: Mode, dispute: Dispute, *, is_won: bool) -> None:
    """Decide a dispute; the fee stays with Stripe either way. Raises: `SandboxError` if it was decided before."""
    if dispute.status != "needs_response":
        raise SandboxError(f"{dispute.id} is {dispute.status}")
    dispute.status = "won" if is_won else "lost"
    if is_won:
        _book(mode, dispute, dispute.amount, 0, "dispute_reversal")
        mode.emit("charge.dispute.funds_reinstated", dispute_object(mode, dispute))
    mode.emit("charge.dispute.closed", dispute_object(mode, dispute))


def _book(mode: Mode, dispute: Dispute, amount: int, fee: int, category: str) -> None:
    now = mode.clock()
    text = f"Chargeback {'withdrawal' if amount < 0 else 'reversal'} for {dispute.charge}"
    entry = BalanceEntry(
        new_id("txn_1"), now, "adjustment", category, amount, now, dispute.id, fee, "Dispute fee", text
    )
    mode.entries[entry.id] = entry
    dispute.entries.append(entry.id)
