"""What an order costs its member: how it may be paid, and the debt that is posted for it.

What member credit pays is posted first, as legs that the database refuses when the account does not hold them (I7), and
the rest after it, in one transaction; so no path and no two orders at once go around the limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.books.subjects import Topic, subject_of
from ledger.errors import LedgerError
from ledger.groups.models import Group, Member, Method
from ledger.groups.service import offered_methods
from ledger.orders.basket_views import ChosenLine
from ledger.payments.service import can_carry


class MethodNotOffered(LedgerError):
    """The group does not take this method (any more)."""

    def __init__(self, method: Method | None) -> None:
        super().__init__()
        self.method = method


class NotEnoughCredit(LedgerError):
    """Member credit would leave the account below zero (I7). Balance and what it should hold, in cents."""

    def __init__(self, balance: int, needed: int) -> None:
        super().__init__()
        self.balance = balance
        self.needed = needed


class InvalidSplit(LedgerError):
    """Member credit cannot pay this part: less than nothing, or not less than the total; in cents."""

    def __init__(self, credit: int, total: int) -> None:
        super().__init__()
        self.credit = credit
        self.total = total


@dataclass(frozen=True, slots=True)
class Debt:
    """What producers are owed, in cents by their ids, of which ``within_cents`` must be within the member's credit.

    ``account``: the id of the member's account; ``producers``: those of the producers' accounts, by producer.
    """

    account: int
    producers: Mapping[int, int]
    owed: Mapping[int, int]
    within_cents: int


def check_method(group: Group, method: Method | None, credit_cents: int) -> None:
    """Raises :class:`MethodNotOffered` unless the group takes the method, and member credit where it pays a part."""
    if not group.payments_enabled:
        if method is not None or credit_cents:
            raise MethodNotOffered(method)
        return
    offered = offered_methods(group)
    if method is None or method not in offered:
        raise MethodNotOffered(method)
    if credit_cents and Method.MEMBER_CREDIT not in offered:
        raise MethodNotOffered(Method.MEMBER_CREDIT)


def check_rest(group: Group, method: Method | None, rest_cents: int) -> None:
    """Raises :class:`MethodNotOffered` where the method takes no amount as small as what it would pay."""
    if method is not None and rest_cents and not can_carry(method, rest_cents, group.currency):
        raise MethodNotOffered(method)


def credit_part(method: Method | None, credit_cents: int, total_cents: int) -> int:
    """Returns what of the total member credit pays: all of it by that method, else the part asked for, less than the total.

    Raises :class:`InvalidSplit`.
    """
    if method is Method.MEMBER_CREDIT:
        return total_cents
    if credit_cents and not 0 < credit_cents < total_cents:
        raise InvalidSplit(credit_cents, total_cents)
    return credit_cents


def required_credit(group: Group, method: Method | None, credit_cents: int) -> int:
    """Returns what the account must hold: the part that member credit pays; nothing where all of it may be owed (R14)."""
    return 0 if method is Method.MEMBER_CREDIT and group.negative_balances else credit_cents


def per_producer(lines: Sequence[ChosenLine]) -> dict[int, int]:
    """Returns what each producer is owed for the lines, in cents; only those who are owed anything."""
    found: dict[int, int] = defaultdict(int)
    for line in lines:
        found[line.product.producer_id] += line.amount_cents
    return {producer_id: amount for producer_id, amount in sorted(found.items()) if amount}


def legs_of(
    member_account: int, producer_accounts: Mapping[int, int], owed: Mapping[int, int], within_cents: int
) -> list[books.Leg]:
    """Returns the debt, a leg a producer: the first ``within_cents`` of it within the member's credit, then the rest."""
    within, rest = [], []
    left = within_cents
    for producer_id, amount in owed.items():
        part = min(amount, left)
        left -= part
        producer = producer_accounts[producer_id]
        if part:
            within.append(books.Leg(member_account, producer, part, within_credit=True))
        if amount - part:
            rest.append(books.Leg(member_account, producer, amount - part))
    return within + rest


async def require_credit(session: AsyncSession, debt: Debt) -> None:
    """Locks every account the order will move, in the order of their ids, and looks what the member has.

    Raises :class:`NotEnoughCredit`.
    """
    moved = [debt.account, *(debt.producers[producer_id] for producer_id in debt.owed)]
    sums = await books.lock_accounts(session, moved)
    balance = books.shown(AccountKind.MEMBERS, sums[debt.account])
    if balance < debt.within_cents:
        raise NotEnoughCredit(balance, debt.within_cents)


async def post_debt(
    session: AsyncSession, member: Member, debt: Debt, *, kind: str, key: str, order_id: int, actor_id: int
) -> int | None:
    """Debits the member for what producers are owed for an order. Returns the id of the transaction, none where
    nothing is owed."""
    if not debt.owed:
        return None
    legs = legs_of(debt.account, debt.producers, debt.owed, debt.within_cents)
    subject = subject_of(Topic.ORDER, order_id)
    entry = books.Entry(kind=kind, key=key, legs=legs, subject=subject, actor_id=actor_id)
    return (await books.post(session, member.group_id, entry)).transaction_id
