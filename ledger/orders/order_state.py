"""How an order stands at its distribution, as values: what is left to pay, what the stand may receive, the verdict. Pure.

Whatever is said of an order (its page, what its member reads, the board, the report) is said from here, so that no two of
them mean another thing by the same word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.groups.models import Member, Method
from ledger.orders.corrections import CurrentLine, mark_of
from ledger.orders.handover_models import OrderStep
from ledger.orders.models import Order
from ledger.orders.seen import mark
from ledger.payments.models import Payment, PaymentState

AT_THE_STAND = (Method.CHEQUE, Method.CASH)
"""What is handed over at a distribution, and so received when an order is validated; a bank transfer never is."""


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order at distribution: what it comes to now, what was received and is expected for it, whether it is validated.

    ``credit_cents`` is what of the current lines member credit pays, ``due_cents`` what is to be paid otherwise.
    ``received``: what each received payment brought, by its id. All in cents.
    """

    order: Order
    member: Member
    lines: tuple[CurrentLine, ...]
    payments: tuple[Payment, ...]
    due_cents: int
    credit_cents: int
    validated: OrderStep | None
    received: Mapping[int, int]

    @property
    def total_cents(self) -> int:
        """Σ of the current lines, in cents."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def uncharged_cents(self) -> int:
        """What of it was ordered while the group's payments were off: no account moved for it (R1)."""
        return self.total_cents - self.due_cents - self.credit_cents

    @property
    def received_cents(self) -> int:
        """Σ of what came, in cents."""
        return sum(self.received.values())

    @property
    def at_the_stand(self) -> tuple[Payment, ...]:
        """What is announced by cheque or in cash, and nobody settled: validating the order settles it."""
        return tuple(p for p in self.payments if is_given_at_the_stand(p))

    @property
    def at_the_stand_cents(self) -> int:
        """Σ of what :attr:`at_the_stand` announces, in cents."""
        return sum(payment.amount_cents for payment in self.at_the_stand)

    @property
    def transfer_cents(self) -> int:
        """What is expected by bank transfer: it is received one by one, by who saw it on the account."""
        return self._expected_by(Method.TRANSFER)

    @property
    def card_cents(self) -> int:
        """What is expected by card: Stripe will say that it came (R15)."""
        return self._expected_by(Method.CARD)

    @property
    def expected_cents(self) -> int:
        """What is expected, by whichever way."""
        return self.at_the_stand_cents + self.transfer_cents + self.card_cents

    @property
    def left_cents(self) -> int:
        """What is due and did not come: > 0 to be paid still, < 0 too much came."""
        return self.due_cents - self.received_cents

    @property
    def missing_cents(self) -> int:
        """> 0 missing, < 0 overpaid, 0 exactly paid; once what is expected is received."""
        return self.left_cents - self.expected_cents

    @property
    def due_at_the_stand_cents(self) -> int:
        """What should be handed over, so that the order is exactly paid once transfers and cards came too."""
        return max(self.left_cents - self.transfer_cents - self.card_cents, 0)

    @property
    def mark(self) -> int:
        """Stands for the lines and payments as they are: what whoever validates the order says is right."""
        paid = ((p.id, p.state, p.amount_cents, self.received.get(p.id)) for p in self.payments)
        return mark(mark_of(self.lines), *((id_, str(state), *rest) for id_, state, *rest in paid))

    def _expected_by(self, method: Method) -> int:
        return sum(
            p.amount_cents for p in self.payments if p.state is PaymentState.EXPECTED and p.method is method
        )


def mark_of_orders(states: Sequence[OrderState]) -> int:
    """Returns a mark that stands for these orders as they are."""
    return mark(*sorted((s.order.id, s.mark, s.validated is not None) for s in states))


def is_given_at_the_stand(payment: Payment) -> bool:
    """Returns whether a payment is expected by cheque or in cash: a coordinator says that it was handed over."""
    return payment.state is PaymentState.EXPECTED and payment.method in AT_THE_STAND


@dataclass(frozen=True, slots=True)
class Tally:
    """All orders of a distribution, in cents: what is missing and overpaid once what is expected is received."""

    missing_cents: int
    overpaid_cents: int
    at_the_stand_cents: int
    transfer_cents: int
    card_cents: int

    @property
    def expected_cents(self) -> int:
        """What is expected, by whichever way."""
        return self.at_the_stand_cents + self.transfer_cents + self.card_cents


def tally(states: Iterable[OrderState]) -> Tally:
    """Adds the orders up; what one has too much makes up for nothing that another lacks."""
    found = list(states)
    return Tally(
        missing_cents=sum(max(state.missing_cents, 0) for state in found),
        overpaid_cents=sum(max(-state.missing_cents, 0) for state in found),
        at_the_stand_cents=sum(state.at_the_stand_cents for state in found),
        transfer_cents=sum(state.transfer_cents for state in found),
        card_cents=sum(state.card_cents for state in found),
    )


class Settles(StrEnum):
    """What receiving an amount means: as announced, what the corrected goods cost, what is left to pay, or nothing."""

    AS_ANNOUNCED = "as_announced"
    NEW_TOTAL = "new_total"
    WHAT_IS_LEFT = "what_is_left"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One sum that may be received at the stand when an order is validated, in cents, and what it means."""

    settles: Settles
    amount_cents: int


def receipts(state: OrderState, balance_cents: int) -> list[Receipt]:
    """Returns what validating an order may receive at the stand, the likeliest first; none where nothing is expected there.

    Cash is counted out anew, so where the goods changed, the sum that is due comes first; a cheque is written already. Who
    owes nothing (``balance_cents``: the member's account, > 0 avoir) is offered to give nothing.
    """
    if not state.at_the_stand:
        return []
    announced = Receipt(Settles.AS_ANNOUNCED, state.at_the_stand_cents)
    nothing = Receipt(Settles.NOTHING, 0)
    due = state.due_at_the_stand_cents
    if due == 0:
        return [nothing, announced]
    found = [announced]
    if due != state.at_the_stand_cents:
        other = Receipt(_what_is_due(state), due)
        found = [other, announced] if _cash_makes_up(state, due) else [announced, other]
    if balance_cents >= 0:
        found = [nothing, *found] if balance_cents == 0 else [*found, nothing]
    return found


def due_by(state: OrderState, payment: Payment) -> Receipt:
    """Returns what an expected payment should bring so that the order is exactly paid, if all else that is expected
    comes."""
    if payment in state.at_the_stand:
        amount = share(state.at_the_stand, state.due_at_the_stand_cents)[payment.id]
    else:
        amount = max(state.left_cents - state.expected_cents + payment.amount_cents, 0)
    if amount == payment.amount_cents:
        return Receipt(Settles.AS_ANNOUNCED, amount)
    return Receipt(_what_is_due(state) if amount else Settles.NOTHING, amount)


def sums(method: Method, announced_cents: int, due: Receipt) -> list[Receipt]:
    """Returns what a payment given by ``method`` may be received for, the likeliest first: cash is counted out anew, a
    cheque is written already."""
    announced = Receipt(Settles.AS_ANNOUNCED, announced_cents)
    if due.settles in (Settles.AS_ANNOUNCED, Settles.NOTHING):
        return [announced]
    return [due, announced] if method is Method.CASH else [announced, due]


def share(payments: Sequence[Payment], amount_cents: int) -> dict[int, int]:
    """Shares an amount (≥ 0, cents) out over the payments that are expected, by their ids. What differs from the
    announced sum is taken from cash first, the newest first, or added to it; cheques stay as they are written as long
    as they can. 0: not given."""
    shares = {payment.id: payment.amount_cents for payment in payments}
    difference = amount_cents - sum(shares.values())
    for payment in sorted(payments, key=lambda p: (p.method is not Method.CASH, -p.id)):
        change = max(difference, -shares[payment.id])
        shares[payment.id] += change
        difference -= change
    return shares


class VerdictKind(StrEnum):
    """Exactly paid, something missing, overpaid; or nothing more is due, since the account or what came covers it."""

    EXACT = "exact"
    MISSING = "missing"
    OVERPAID = "overpaid"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of an order's money. ``amount_cents`` is missing or overpaid once ``expected_cents`` came;
    ``balance_then_cents``: the member's account once it came (> 0 avoir)."""

    kind: VerdictKind
    amount_cents: int
    expected_cents: int
    balance_then_cents: int


def verdict(left_cents: int, expected_cents: int, balance_cents: int) -> Verdict:
    """Returns what is to be said of an order's money. ``left_cents``: due for the order and not received (< 0: too much
    came); ``balance_cents``: > 0 avoir, < 0 owed.

    Of an account that owes nothing, no order is said to be paid only once something comes: receiving that makes avoir.
    Nor is anything missing that the account makes up for once the expected came.
    """
    missing = left_cents - expected_cents
    then = balance_cents + expected_cents
    if expected_cents and (left_cents <= 0 or balance_cents >= 0):
        return Verdict(VerdictKind.COVERED, 0, expected_cents, then)
    if missing > 0:
        if then < 0:
            return Verdict(VerdictKind.MISSING, missing, expected_cents, then)
        return Verdict(VerdictKind.EXACT if expected_cents else VerdictKind.COVERED, 0, expected_cents, then)
    if missing < 0:
        return Verdict(VerdictKind.OVERPAID, -missing, expected_cents, then)
    return Verdict(VerdictKind.EXACT, 0, expected_cents, then)


def _what_is_due(state: OrderState) -> Settles:
    changed = any(line.is_changed for line in state.lines)
    return Settles.NEW_TOTAL if changed else Settles.WHAT_IS_LEFT


def _cash_makes_up(state: OrderState, due_cents: int) -> bool:
    """Whether cash alone makes up for the difference, so that no cheque is for another amount than is written on it."""
    cash = [p.amount_cents for p in state.at_the_stand if p.method is Method.CASH]
    return bool(cash) and sum(cash) + due_cents - state.at_the_stand_cents >= 0
