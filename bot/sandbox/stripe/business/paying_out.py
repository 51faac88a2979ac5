"""Payouts: what is available goes to the bank, and sometimes comes back."""

from bot.sandbox.stripe.errors import SandboxError
from bot.sandbox.stripe.model import BalanceEntry, Payout
from bot.sandbox.stripe.objects.balance import payout_object
from bot.sandbox.stripe.world import Mode, new_id

_DAY = 24 * 60 * 60


def pay_out(mode: Mode) -> Payout:
    """Send everything available to the bank. Raises: `SandboxError` if that is nothing."""
    now = mode.clock()
    included = [one for one in mode.entries.values() if one.payout is None and one.available_on <= now]
    amount = sum(one.net for one in included)
    if amount <= 0:
        raise SandboxError(f"there are {amount} cents to pay out")
    payout = Payout(new_id("po_1"), now, amount, now + _DAY, f"ba_1{mode.account.id.removeprefix('acct_')}")
    payout.entry = _book(mode, payout, "payout", -amount).id
    for entry in (*included, mode.entries[payout.entry]):
        entry.payout = payout.id
    mode.payouts[payout.id] = payout
    mode.emit("payout.created", payout_object(mode, payout))
    return payout


def arrive(mode: Mode, payout: Payout) -> None:
    """Let a payout reach the bank. Raises: `SandboxError` if it is not on its way."""
    if payout.status not in {"pending", "in_transit"}:
        raise SandboxError(f"{payout.id} is {payout.status}")
    payout.status = "paid"
    mode.emit("payout.paid", payout_object(mode, payout))


def fail_payout(mode: Mode, payout: Payout, code: str) -> None:
    """Let the bank send a payout back, even after it was called paid. Raises: `SandboxError` if it failed before."""
    if payout.status == "failed":
        raise SandboxError(f"{payout.id} is {payout.status}")
    payout.status, payout.failure_code = "failed", code
    payout.failure_message = "The bank could not process this transfer."
    payout.failure_entry = _book(mode, payout, "payout_failure", payout.amount).id
    mode.emit("payout.failed", payout_object(mode, payout))


def _book(mode: Mode, payout: Payout, kind: str, amount: int) -> BalanceEntry:
    entry = BalanceEntry(new_id("txn_1"), mode.clock(), kind, kind.replace("payout_failure", "payout_reversal"), amount,
                  mode.clock(), payout.id, description="STRIPE PAYOUT")  # fmt: skip
    mode.entries[entry.id] = entry
    return entry
