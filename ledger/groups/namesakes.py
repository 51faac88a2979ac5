"""Members of one name: what tells them apart wherever money is entered or confirmed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.groups.models import Member, Person
from ledger.names import name_key


@dataclass(frozen=True, slots=True)
class Namesake:
    """A member whose name another one bears: by ``@username``, else by since when they are one and their balance in cents.

    ``number``: their place among those of whom even these are the same. ``balance_cents``: none where others read along.
    """

    username: str | None
    joined_at: dt.datetime
    balance_cents: int | None
    number: int | None = None


def without_balances(found: Mapping[int, Namesake]) -> dict[int, Namesake]:
    """Returns the same where members read along."""
    return {member_id: replace(one, balance_cents=None) for member_id, one in found.items()}


async def namesakes(session: AsyncSession, group_id: int) -> Mapping[int, Namesake]:
    """Returns the present members of a group whose names a person would call the same, by id; mostly none."""
    present = (Member.group_id == group_id, Member.left_at.is_(None))
    names = (await session.execute(select(Member.id, Member.name).where(*present))).all()
    borne = Counter(name_key(name) for _, name in names)
    alike = [member_id for member_id, name in names if borne[name_key(name)] > 1]
    if not alike:
        return {}
    statement = (
        select(Member, Person.username)
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Member.id.in_(alike))
        .order_by(Member.id)
    )
    found = (await session.execute(statement)).all()
    balances = await books.balances(session, group_id, AccountKind.MEMBERS)
    same = Counter(_picture(member, username, balances) for member, username in found)
    seen: Counter[object] = Counter()
    told: dict[int, Namesake] = {}
    for member, username in found:
        picture = _picture(member, username, balances)
        seen[picture] += 1
        number = seen[picture] if same[picture] > 1 else None
        told[member.id] = Namesake(username, member.joined_at, balances[member.id], number)
    return told


def _picture(member: Member, username: str | None, balances: Mapping[int, int]) -> object:
    if username is not None:
        return username
    return name_key(member.name), member.joined_at.date(), balances[member.id]
