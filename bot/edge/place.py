"""Who acts where: the person, the group they act in, their membership of it and their conversation, in one query.

In private it is the group the person looks at; in a group's chat, that group. With it comes the group of the row that a
tap is about, which may be another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot.delivery.models import ConversationRow
from bot.ui.screen import verb_of
from bot.ui.taps import VERBS
from ledger.db import Base, BigInt
from ledger.errors import NotFound
from ledger.groups.models import Chat, Group, Member, Person


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a person in a chat; ``chat`` only for a group's."""

    person: Person
    chat: Chat | None
    group: Group | None
    member: Member | None
    conversation: ConversationRow | None
    group_of_row: int | None
    """The group of the row that is tapped, if there is such a row."""


@dataclass(frozen=True, slots=True)
class About:
    """The row that a tap is about."""

    table: type[Base]
    row_id: int


def about(update: Update) -> About | None:
    """The row that is tapped; none for other updates, and for taps that are about none."""
    data = update.callback_query.data if update.callback_query else None
    tap = VERBS.get(verb_of(data)) if data else None
    if not data or tap is None or tap.declared is None or tap.declared.of in (None, Group):
        return None
    try:
        row_id = tap.parse(data.split(":")[1:]).row
    except NotFound:
        return None
    return About(tap.declared.of, row_id) if tap.declared.of and row_id is not None else None


async def find_place(
    session: AsyncSession, person_id: int, chat_id: int, tapped: About | None = None
) -> Place | None:
    """The place, its person locked until the unit of work ends; none when the person is new."""
    statement = _statement(tapped.table if tapped else None, private=person_id == chat_id)
    values = {"person_id": person_id, "chat_id": chat_id} | ({"row_id": tapped.row_id} if tapped else {})
    row = (await session.execute(statement, values)).first()
    return None if row is None else Place(*row)


@cache
def _statement(
    table: type[Base] | None, *, private: bool
) -> Select[Person, Chat, Group, Member, ConversationRow, int | None]:
    chat_id: BindParameter[int] = bindparam("chat_id")
    group_id = Person.group_id if private else Chat.group_id
    is_member = and_(
        Member.group_id == Group.id, Member.person_id == bindparam("person_id"), Member.left_at.is_(None)
    )
    is_conversation = and_(
        ConversationRow.chat_id == chat_id, ConversationRow.user_id == bindparam("person_id")
    )
    return (
        select(Person, Chat, Group, Member, ConversationRow, _group_of_row(table))
        .select_from(Person)
        .outerjoin(Chat, Chat.telegram_id == chat_id)
        .outerjoin(Group, Group.id == group_id)
        .outerjoin(Member, is_member)
        .outerjoin(ConversationRow, is_conversation)
        .where(Person.id == bindparam("person_id"))
        .with_for_update(of=Person, key_share=True)
    )


def _group_of_row(table: type[Base] | None) -> ColumnElement[int | None]:
    if table is None:
        return literal_column("NULL", BigInt)
    columns = table.__table__.c
    return select(columns.group_id).where(columns.id == bindparam("row_id")).correlate(None).scalar_subquery()
