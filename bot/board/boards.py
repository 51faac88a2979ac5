"""The boards: one message per distribution and chat of its group that shows how the distribution stands.

Nobody queues a board's picture. What changes a distribution says so (:func:`refresh`), and the sender draws the board from
the database at the moment it sends it (``sender.py``). So a newer picture always replaces one that waits, and an
old one never overwrites it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, event, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from bot.board.views.board import Picture
from bot.delivery import chats
from bot.delivery.models import Board, LeftChat
from bot.delivery.outbox import Call
from ledger.db import insert_or_meet, utc_now
from ledger.groups.models import Chat, Group, Member
from ledger.orders import validation
from ledger.orders.distributions import get_distribution
from ledger.orders.handover_models import Change, DistributionStep, OrderStep
from ledger.orders.models import Confirmation, Distribution, Order
from ledger.payments.models import Payment, Settlement

UNKNOWN_FOR = dt.timedelta(seconds=60)
"""How long a first message whose outcome nobody wrote down is waited for before another one is sent."""
TOUCHED = "touched"
BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a board is asked for: a Telegram chat, and the topic in it."""

    chat_id: int
    topic: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """A board whose message is behind, missing, or not pinned yet."""

    id: int
    chat_id: int
    topic: int | None
    message_id: int | None
    wanted: int
    shown: int

    @property
    def is_behind(self) -> bool:
        """Whether the picture is old; else only the pin is missing."""
        return self.wanted != self.shown


async def post_board(
    session: AsyncSession, distribution_id: int, *, asked_from: Place | None = None, even_empty: bool = False
) -> list[Call]:
    """Sees to it that every chat of the group has the distribution's board, up to date; safe to repeat.

    Without ``even_empty``, a distribution that nobody ordered for gets none. ``asked_from``: the chat's board belongs in
    this topic. Returns calls to queue (those that take a board away from another topic).
    """
    distribution = await session.get(Distribution, distribution_id)
    if distribution is None or distribution.cancelled_at is not None:
        return []
    if not even_empty and not await _has_orders(session, distribution_id):
        return []
    for chat in await chats.present(session, distribution.group_id):
        await _ensure(session, distribution, chat.id)
    calls = await _move(session, distribution_id, asked_from) if asked_from is not None else []
    await touch(session, [distribution_id])
    return calls


async def boards_of(session: AsyncSession, distribution_id: int) -> int:
    """In how many chats the distribution has a board."""
    statement = select(Board.id).where(Board.distribution_id == distribution_id)
    return len((await session.execute(statement)).all())


async def touch(session: AsyncSession, distribution_ids: Collection[int]) -> None:
    """Something of these distributions changed: their boards are drawn anew after the commit."""
    await _touch(session, Board.distribution_id.in_(distribution_ids))


async def _touch(session: AsyncSession, are_behind: ColumnElement[bool]) -> None:
    """Several are locked in the order of their ids, as by everybody."""
    behind = (
        select(Board.id).where(are_behind).order_by(Board.id).with_for_update(key_share=True).cte("behind")
    )
    statement = (
        update(Board)
        .where(Board.id.in_(select(behind.c.id)))
        .values(wanted=Board.wanted + 1)
        .returning(Board.id)
        .execution_options(synchronize_session=False)
    )
    if (await session.execute(statement)).all():
        session.sync_session.info[BEHIND] = True


async def refresh(session: AsyncSession) -> bool:
    """Touches the boards of whatever this unit of work wrote about distributions: orders, payments, corrections, steps.

    Called once, last, by whoever opened the unit of work (``edge/unit.py``); returns whether any board is behind by it.
    """
    await session.flush()
    rows = session.sync_session.info.pop(TOUCHED, None)
    if rows:
        await _touch(session, Board.distribution_id.in_(_distributions(rows)))
    return bool(session.sync_session.info.pop(BEHIND, False))


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _: object) -> None:
    rows = [_names(row) for row in (*session.new, *session.dirty)]
    session.info.setdefault(TOUCHED, set()).update(name for name in rows if name is not None)


def _names(row: object) -> tuple[str, Any] | None:
    """What tells the distribution of a row that was written: its id, an order's, or a payment's."""
    match row:
        case Distribution():
            return "distribution", row.id
        case Order() | Change() | DistributionStep():
            return "distribution", row.distribution_id
        case Confirmation() | OrderStep():
            return "order", row.order_id
        case Settlement():
            return "payment", row.payment_id
        case Payment(order_id=int(order_id)):
            return "order", order_id
    return None


def _distributions(rows: Collection[tuple[str, int]]) -> CompoundSelect[int]:
    """Finds the distributions that the rows belong to, each kind by its own index."""

    def named(kind: str) -> list[int]:
        return [number for its_kind, number in rows if its_kind == kind]

    of_orders = select(Order.distribution_id)
    paid_for = of_orders.join(Payment, Payment.order_id == Order.id)
    return union_all(
        select(Distribution.id).where(Distribution.id.in_(named("distribution"))),
        of_orders.where(Order.id.in_(named("order"))),
        paid_for.where(Payment.id.in_(named("payment"))),
    )


async def due(session: AsyncSession) -> list[Due]:
    """Boards that want something, in the chats the bot is in. One that is being sent for the first time is waited for."""
    statement = (
        select(
            Board.id,
            Chat.telegram_id,
            Board.message_thread_id,
            Board.message_id,
            Board.wanted,
            Board.shown,
        )
        .join(Chat, Chat.id == Board.chat_id)
        .outerjoin(LeftChat, LeftChat.chat_id == Chat.telegram_id)
        .where(
            LeftChat.chat_id.is_(None),
            or_(Board.wanted != Board.shown, Board.pin_due),
            _may_be_sent(),
        )
        .order_by(Board.id)
    )
    return [Due(*row) for row in await session.execute(statement)]


async def claim_first(session: AsyncSession, board_id: int) -> bool:
    """Before a board's first message is sent: true for one sender only, and again when nothing came of it for long."""
    statement = (
        update(Board)
        .where(Board.id == board_id, Board.message_id.is_(None), _may_be_sent())
        .values(asked_at=utc_now())
        .returning(Board.id)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def record(session: AsyncSession, was: Due, **values: Any) -> None:
    """Writes down what became of a call about a board, unless it has become another message meanwhile."""
    same = Board.message_id.is_(None) if was.message_id is None else Board.message_id == was.message_id
    await session.execute(update(Board).where(Board.id == was.id, same).values(**values))


async def give_up(session: AsyncSession, was: Due) -> None:
    """The chat refuses the board: there is none until somebody asks for it again."""
    board = await session.get(Board, was.id)
    if board is not None:
        await session.delete(board)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A board's picture as of one moment, with the ``wanted`` it satisfies, and who reads it."""

    wanted: int
    group: Group
    picture: Picture


async def draw(session: AsyncSession, board_id: int) -> Drawn | None:
    """The picture as the database stands in this snapshot; none when the board is gone."""
    board = await session.get(Board, board_id)
    if board is None:
        return None
    group = await session.get_one(Group, board.group_id)
    return Drawn(board.wanted, group, await picture(session, board.group_id, board.distribution_id))


async def picture(session: AsyncSession, group_id: int, distribution_id: int) -> Picture:
    """How a distribution stands now."""
    distribution = await get_distribution(session, group_id, distribution_id)
    report = await validation.report(session, group_id, distribution_id)
    step = await validation.distribution_validation(session, distribution_id)
    by = await session.get_one(Member, step.by_id) if step else None
    return Picture(
        distribution=distribution,
        orders=report.orders,
        validated=report.validated,
        total_cents=report.total_cents,
        methods=report.per_method,
        tally=report.tally,
        validated_by=by.name if by else None,
        validated_at=step.at if step else None,
        drawn_at=utc_now(),
    )


async def is_current(session: AsyncSession, distribution_id: int, chat_id: int, message_id: int) -> bool:
    """Whether a tapped board is the live one. One whose sending nobody could write down is recognised by the tap."""
    statement = (
        select(Board)
        .join(Chat, Chat.id == Board.chat_id)
        .where(Board.distribution_id == distribution_id, Chat.telegram_id == chat_id)
        .with_for_update(of=Board, key_share=True)
    )
    board = (await session.execute(statement)).scalar_one_or_none()
    if board is None:
        return False
    if board.message_id is None and board.asked_at is not None:
        board.message_id, board.asked_at, board.pin_due = message_id, None, True
    return board.message_id == message_id


def _may_be_sent() -> Any:
    return or_(
        Board.message_id.is_not(None), Board.asked_at.is_(None), Board.asked_at < utc_now() - UNKNOWN_FOR
    )


async def _has_orders(session: AsyncSession, distribution_id: int) -> bool:
    statement = select(Order.id).where(Order.distribution_id == distribution_id, Order.cancelled_at.is_(None))
    return (await session.execute(statement.limit(1))).scalar_one_or_none() is not None


async def _ensure(session: AsyncSession, distribution: Distribution, chat_id: int) -> None:
    values = {
        "group_id": distribution.group_id,
        "distribution_id": distribution.id,
        "chat_id": chat_id,
        "wanted": 0,
        "shown": 0,
        "pin_due": False,
    }
    await session.execute(insert_or_meet(session, Board).values(values).on_conflict_do_nothing())


async def _move(session: AsyncSession, distribution_id: int, place: Place) -> list[Call]:
    """The board of a chat goes to the topic it is asked for in; the message in the other topic is taken away."""
    statement = (
        select(Board)
        .join(Chat, Chat.id == Board.chat_id)
        .where(Board.distribution_id == distribution_id, Chat.telegram_id == place.chat_id)
        .with_for_update(of=Board, key_share=True)
    )
    board = (await session.execute(statement)).scalar_one_or_none()
    if board is None or board.message_thread_id == place.topic:
        return []
    board.message_thread_id, old = place.topic, board.message_id
    board.message_id = board.asked_at = None
    return [] if old is None else [Call("deleteMessage", place.chat_id, {"message_id": old})]
