"""Taking the money for a session: paid at once, refused, or under way for days.

A debit is booked into the balance as soon as it is under way; when its bank does not pay, that is booked out again.
"""

from bot.sandbox.stripe.cards import declined
from bot.sandbox.stripe.errors import SandboxError, StripeError
from bot.sandbox.stripe.given import Given
from bot.sandbox.stripe.model import BalanceEntry, Charge, Intent, Means, Payer, Session
from bot.sandbox.stripe.objects.checkout import session_object
from bot.sandbox.stripe.objects.payments import charge_object, intent_object
from bot.sandbox.stripe.world import Mode, new_id

_DAY = 24 * 60 * 60


def pay(mode: Mode, session: Session, means: Means, payer: Payer) -> Charge:
    """Take the money of an open session. Raises: `SandboxError` if it is not open."""
    intent, charge = _attempt(mode, session, means, payer)
    _complete(session, payer, "paid")
    _succeed(mode, intent, charge)
    mode.emit("checkout.session.completed", session_object(mode, session))
    return charge


def decline(mode: Mode, session: Session, means: Means, payer: Payer, error: StripeError) -> Charge:
    """Refuse a card; the session stays open for another one. Raises: `SandboxError` if it is not open."""
    intent, charge = _attempt(mode, session, means, payer)
    _fail(mode, intent, charge, error)
    return charge


def begin(mode: Mode, session: Session, means: Means, payer: Payer) -> Charge:
    """Complete a session by a debit that takes days to succeed or fail. Raises: `SandboxError` if it is not open."""
    intent, charge = _attempt(mode, session, means, payer)
    _complete(session, payer, "unpaid")
    charge.status, intent.status = "pending", "processing"
    if not mode.holds_fees:
        book_fee(mode, charge)
    mode.emit("charge.pending", charge_object(mode, charge))
    mode.emit("payment_intent.processing", intent_object(mode, intent))
    mode.emit("checkout.session.completed", session_object(mode, session))
    return charge


def finish(mode: Mode, session: Session, error: StripeError | None) -> None:
    """End what `begin` began: in success, or in `error`. Raises: `SandboxError` if nothing is under way."""
    intent = mode.intents.get(session.intent or "")
    if intent is None or intent.status != "processing" or intent.latest_charge is None:
        raise SandboxError(f"{session.id} has no payment under way")
    charge = mode.charges[intent.latest_charge]
    if error is None:
        session.payment_status = "paid"
        _succeed(mode, intent, charge)
        mode.emit("checkout.session.async_payment_succeeded", session_object(mode, session))
    else:
        _take_out(mode, charge)
        _fail(mode, intent, charge, error)
        mode.emit("checkout.session.async_payment_failed", session_object(mode, session))


def fail_late(mode: Mode, session: Session, error: StripeError) -> None:
    """Let a debit that had succeeded come back all the same; the session goes on calling itself paid.

    Raises: `SandboxError` if it did not succeed, or was given back.
    """
    intent = mode.intents.get(session.intent or "")
    charge = mode.charges.get((intent.latest_charge if intent else None) or "")
    if intent is None or charge is None or charge.status != "succeeded" or charge.left < charge.amount:
        raise SandboxError(f"{session.id} has no debit that could come back")
    _take_out(mode, charge)
    _fail(mode, intent, charge, error)


def finish_due(mode: Mode) -> None:
    """End the debits that end by themselves."""
    for charge in list(mode.charges.values()):
        if charge.status == "pending" and charge.ends_at is not None and charge.ends_at <= mode.clock():
            finish(mode, mode.sessions[mode.intents[charge.intent].session], charge.ends_in)


def _take_out(mode: Mode, charge: Charge) -> None:
    """Book out again what the bank does not pay, with the fee for that. What was never booked stays so."""
    if charge.entry is None:
        return
    now = mode.clock()
    entry = BalanceEntry(
        id=new_id("txn_3"),
        created=now,
        type="payment_failure_refund",
        category="charge_failure",
        amount=-charge.amount,
        available_on=max(now, mode.entries[charge.entry].available_on),
        source=charge.id,
        fee=mode.account.tariff.failed_debit_cents,
        fee_text="Failed payment fee",
        description="PAYMENT FAILURE",
    )
    mode.entries[entry.id] = entry
    charge.failure_entry = entry.id


def book_fee(mode: Mode, charge: Charge) -> BalanceEntry:
    """Book a charge and its fee into the balance."""
    account, now = mode.account, mode.clock()
    entry = BalanceEntry(
        id=new_id("txn_3"),
        created=now,
        type="charge" if charge.means.kind == "card" else "payment",
        category="charge",
        amount=charge.amount,
        available_on=now + account.days_until_available * _DAY,
        source=charge.id,
        fee=account.tariff.fee_cents(charge.amount),
        fee_text="Stripe processing fees",
        description=charge.description,
    )
    mode.entries[entry.id] = entry
    charge.entry = entry.id
    return entry


def book_late_fee(mode: Mode, charge: Charge) -> BalanceEntry:
    """Book what was held back, and say so. Raises: `SandboxError` if there is nothing to book."""
    if charge.entry is not None or charge.status != "succeeded":
        raise SandboxError(f"{charge.id} has nothing left to book")
    entry = book_fee(mode, charge)
    mode.emit("charge.updated", charge_object(mode, charge), {"balance_transaction": None})
    return entry


def _attempt(mode: Mode, session: Session, means: Means, payer: Payer) -> tuple[Intent, Charge]:
    if session.status != "open":
        raise SandboxError(f"{session.id} is {session.status}")
    intent = mode.intents.get(session.intent or "") or _new_intent(mode, session)
    charge = Charge(
        id=new_id("ch_3"),
        created=mode.clock(),
        amount=intent.amount,
        intent=intent.id,
        payment_method=new_id("pm_1"),
        means=means,
        payer=payer,
        description=intent.description,
        receipt_email=intent.receipt_email,
        suffix=intent.suffix,
        metadata={**intent.metadata},
    )
    mode.charges[charge.id] = charge
    intent.latest_charge = charge.id
    return intent, charge


def _new_intent(mode: Mode, session: Session) -> Intent:
    given, id_ = Given(session.for_intent), new_id("pi_3")
    intent = Intent(
        id=id_,
        created=mode.clock(),
        amount=session.amount,
        secret=new_id(f"{id_}_secret_"),
        session=session.id,
        methods=session.methods,
        capture_method=given.text("capture_method") or "automatic_async",
        description=given.text("description"),
        receipt_email=given.text("receipt_email"),
        suffix=given.text("statement_descriptor_suffix"),
        metadata=given.mapping("metadata"),
    )
    mode.intents[id_] = intent
    session.intent = id_
    mode.emit("payment_intent.created", intent_object(mode, intent))
    return intent


def _complete(session: Session, payer: Payer, payment_status: str) -> None:
    session.status, session.payment_status, session.payer = "complete", payment_status, payer


def _succeed(mode: Mode, intent: Intent, charge: Charge) -> None:
    charge.status, intent.status = "succeeded", "succeeded"
    intent.payment_method, intent.last_error = charge.payment_method, None
    if not mode.holds_fees and charge.entry is None:
        book_fee(mode, charge)
    mode.emit("charge.succeeded", charge_object(mode, charge))
    mode.emit("payment_intent.succeeded", intent_object(mode, intent))


def _fail(mode: Mode, intent: Intent, charge: Charge, error: StripeError) -> None:
    charge.status, charge.failure = "failed", error
    # Why a debit failed stands at its charge alone.
    said = error if charge.means.kind == "card" else declined("payment_intent_payment_attempt_failed", None)
    intent.status, intent.last_error, intent.payment_method = "requires_payment_method", said, None
    mode.emit("charge.failed", charge_object(mode, charge))
    mode.emit("payment_intent.payment_failed", intent_object(mode, intent))
