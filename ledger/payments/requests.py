"""Members ask for money back; treasurers grant it or refuse it, once. Asking moves no money.

The request's row is locked before its state is read, so of two who decide at the same instant one does, and the other is
told who and how.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.db import insert_or_meet, utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member, Method
from ledger.notes import service as notes
from ledger.notes.models import Note
from ledger.payments import service as payments
from ledger.payments.models import RefundRequest, RequestState
from ledger.payments.refunds import MoreThanCredit, MoreThanTheWayTakes, refund, refund_ways


class RequestOpen(LedgerError):
    """The member asked before, and nobody has decided yet; in cents."""

    def __init__(self, amount: int) -> None:
        super().__init__()
        self.amount = amount


class RequestDecided(LedgerError):
    """Somebody decided before: what, who (the member where it was taken back) and when."""

    def __init__(self, state: RequestState, by: str, at: dt.datetime) -> None:
        super().__init__()
        self.state = state
        self.by = by
        self.at = at


async def ask(
    session: AsyncSession, member: Member, amount_cents: int, way: Method, note: str | None = None
) -> RefundRequest:
    """Records that the member asks for ``amount_cents`` of their avoir, by ``way`` if possible.

    Raises :class:`~ledger.payments.service.InvalidPayment`, :class:`RequestOpen`,
    :class:`~ledger.payments.refunds.MoreThanCredit`, :class:`~ledger.payments.refunds.MoreThanTheWayTakes`.
    """
    if amount_cents <= 0:
        raise payments.InvalidPayment("amount")
    ways = {one.method: one for one in await refund_ways(session, member)}
    if way not in ways:
        raise payments.InvalidPayment("method")
    balance = await payments.balance_of(session, member)
    if amount_cents > balance:
        raise MoreThanCredit(max(balance, 0), amount_cents)
    most = ways[way].most_cents
    if most is not None and amount_cents > most:
        raise MoreThanTheWayTakes(way, most, amount_cents)
    kept = await notes.keep(session, member.group_id, member.id, note)
    insert = insert_or_meet(session, RefundRequest).values(
        group_id=member.group_id,
        member_id=member.id,
        amount_cents=amount_cents,
        way=way,
        note_id=kept.id if kept else None,
        created_at=utc_now(),
        state=RequestState.OPEN,
    )
    # Two at once: the index lets one in, and the other meets it.
    asked = await session.execute(insert.on_conflict_do_nothing().returning(RefundRequest.id))
    request_id = asked.scalar_one_or_none()
    if request_id is None:
        earlier = await open_request(session, member)
        raise RequestOpen(earlier.amount_cents if earlier else amount_cents)
    return await session.get_one(RefundRequest, request_id)


async def grant(
    session: AsyncSession,
    group_id: int,
    request_id: int,
    method: Method,
    amount_cents: int,
    by: Member,
    *,
    note: str | None = None,
) -> payments.Settled:
    """Gives the money back that was asked for, perhaps another amount or another way than asked for: see ``refunds.refund``.

    Raises :class:`RequestDecided` and what ``refunds.refund`` raises.
    """
    request = await _lock(session, group_id, request_id)
    member = await session.get_one(Member, request.member_id)
    done = await refund(session, member, method, amount_cents, by, note=note)
    await _decide(session, request, RequestState.GRANTED, by, payment_id=done.payment.id)
    return done


async def decline(
    session: AsyncSession, group_id: int, request_id: int, by: Member, reason: str | None = None
) -> RefundRequest:
    """Declines a request: no money is given back. Raises :class:`RequestDecided`."""
    request = await _lock(session, group_id, request_id)
    answer = await notes.keep(session, group_id, request.member_id, reason)
    return await _decide(session, request, RequestState.REFUSED, by, answer=answer)


async def withdraw(session: AsyncSession, member: Member, request_id: int) -> RefundRequest:
    """Takes a request back for the member who made it. Raises :class:`RequestDecided`, :class:`~ledger.errors.NotFound`."""
    request = await _lock(session, member.group_id, request_id, of=member)
    return await _decide(session, request, RequestState.WITHDRAWN, member)


async def withdraw_open(session: AsyncSession, member: Member, by: Member) -> None:
    """Takes back what a member who leaves asked for: nobody waits for an answer any more."""
    request = await open_request(session, member)
    if request is None:
        return
    try:
        request = await _lock(session, member.group_id, request.id)
    except RequestDecided:
        return
    await _decide(session, request, RequestState.WITHDRAWN, by)


async def open_request(session: AsyncSession, member: Member) -> RefundRequest | None:
    """Returns what the member asked for and nobody has decided yet."""
    statement = select(RefundRequest).where(
        RefundRequest.member_id == member.id, RefundRequest.state == RequestState.OPEN
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def asked_by_member(session: AsyncSession, group_id: int) -> dict[int, int]:
    """Returns what members of a group ask for, in cents, by the member's id."""
    statement = (
        select(RefundRequest.member_id, func.sum(RefundRequest.amount_cents))
        .where(RefundRequest.group_id == group_id, RefundRequest.state == RequestState.OPEN)
        .group_by(RefundRequest.member_id)
    )
    return {member_id: int(cents) for member_id, cents in await session.execute(statement)}


async def get_request(session: AsyncSession, group_id: int, request_id: int) -> RefundRequest:
    """Returns a request of this group. Raises :class:`~ledger.errors.NotFound`."""
    request = await session.get(RefundRequest, request_id)
    if request is None or request.group_id != group_id:
        raise NotFound("refund_request", request_id)
    return request


async def require_open(session: AsyncSession, request: RefundRequest) -> None:
    """Raises :class:`RequestDecided` with what became of it."""
    if request.state is not RequestState.OPEN:
        assert request.decided_at is not None
        by = await session.get_one(Member, request.decided_by_id)
        raise RequestDecided(request.state, by.name, request.decided_at)


async def _lock(
    session: AsyncSession, group_id: int, request_id: int, of: Member | None = None
) -> RefundRequest:
    """The open request, locked and read after the lock was had."""
    statement = (
        select(RefundRequest)
        .where(RefundRequest.id == request_id, RefundRequest.group_id == group_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    request = (await session.execute(statement)).scalar_one_or_none()
    if request is None or (of is not None and request.member_id != of.id):
        raise NotFound("refund_request", request_id)
    await require_open(session, request)
    return request


async def _decide(
    session: AsyncSession,
    request: RefundRequest,
    state: RequestState,
    by: Member,
    *,
    answer: Note | None = None,
    payment_id: int | None = None,
) -> RefundRequest:
    request.state, request.payment_id = state, payment_id
    request.answer_id = answer.id if answer else None
    request.decided_by_id, request.decided_at = by.id, utc_now()
    await session.flush()
    return request
