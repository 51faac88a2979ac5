"""Who acts where: the person, the group they act in, their membership of it and their conversation, in one query.

In private it is the group the person looks at; in a group's chat, that group.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.models import ConversationRow
from ledger.groups.models import Chat, Group, Member, Person


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a person in a chat; ``chat`` only for a group's."""

    person: Person
    chat: Chat | None
    group: Group | None
    member: Member | None
    conversation: ConversationRow | None


async def find_place(session: AsyncSession, person_id: int, chat_id: int) -> Place | None:
    """The place, its person locked until the unit of work ends; none when the person is new."""
    statement = _PRIVATE if person_id == chat_id else _GROUP
    row = (await session.execute(statement, {"person_id": person_id, "chat_id": chat_id})).first()
    return None if row is None else Place(*row)


def _statement(*, private: bool) -> Select[Person, Chat, Group, Member, ConversationRow]:
    chat_id: BindParameter[int] = bindparam("chat_id")
    group_id = Person.group_id if private else Chat.group_id
    is_member = and_(
        Member.group_id == Group.id, Member.person_id == bindparam("person_id"), Member.left_at.is_(None)
    )
    is_conversation = and_(
        ConversationRow.chat_id == chat_id, ConversationRow.user_id == bindparam("person_id")
    )
    return (
        select(Person, Chat, Group, Member, ConversationRow)
        .select_from(Person)
        .outerjoin(Chat, Chat.telegram_id == chat_id)
        .outerjoin(Group, Group.id == group_id)
        .outerjoin(Member, is_member)
        .outerjoin(ConversationRow, is_conversation)
        .where(Person.id == bindparam("person_id"))
        .with_for_update(of=Person, key_share=True)
    )


_PRIVATE = _statement(private=True)
_GROUP = _statement(private=False)
