"""Members without Telegram: added by name, and linked to a person later by an invitation of their own, used once.

Everything of a member hangs on the member's id, so linking changes nothing but who the bot writes to.
"""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group, Member, Person
from ledger.groups.service import member_of, members
from ledger.names import clean_text, name_key

LONGEST_NAME = 70
TOKEN_BYTES = 16


class InvalidName(LedgerError):
    """Empty, too long, or on several lines."""


class NameTaken(LedgerError):
    """A present member is called so: two of them could not be told apart."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class AlreadyLinked(LedgerError):
    """The member has a Telegram account, so there is nothing to invite them to."""


class AlreadyMember(LedgerError):
    """The person is a member of the group already, as ``name`` (``left``: they left it); two members are never merged."""

    def __init__(self, name: str, invited: str, *, left: bool) -> None:
        super().__init__()
        self.name = name
        self.invited = invited
        self.left = left


async def add_member(session: AsyncSession, group: Group, name: str) -> Member:
    """Adds a member who has no Telegram, with an account in the books. Raises :class:`InvalidName`, :class:`NameTaken`."""
    name = check_name(name)
    # The group's row is the lock: two coordinators who add the same name at once add one.
    await session.execute(select(Group.id).where(Group.id == group.id).with_for_update(key_share=True))
    await require_free_name(session, group.id, name)
    member = Member(group_id=group.id, name=name, joined_at=utc_now())
    session.add(member)
    await session.flush()
    await books.open_account(session, group.id, AccountKind.MEMBERS, member.id, group.currency)
    return member


async def require_free_name(session: AsyncSession, group_id: int, name: str) -> None:
    """Raises :class:`NameTaken` when a present member is called so, case and accents aside."""
    for member in await members(session, group_id):
        if name_key(member.name) == name_key(name):
            raise NameTaken(member.name)


async def take_back(session: AsyncSession, member: Member) -> None:
    """Takes back who left and has no Telegram, or was taken out, with their account.

    (Others come back by the group's link.) Raises :class:`NameTaken`, :class:`~ledger.errors.NotFound`.
    """
    member = await _lock(session, member)
    if member.left_at is None or (member.person_id is not None and member.taken_out_at is None):
        raise NotFound("member", member.id)
    if member.person_id is None:
        await require_free_name(session, member.group_id, member.name)
    member.left_at = member.taken_out_at = member.asked_back_at = None
    await session.flush()


def check_name(text: str) -> str:
    """Returns the name as it is kept. Raises :class:`InvalidName`."""
    name = clean_text(text)
    if (
        not name_key(name)
        or len(name) > LONGEST_NAME
        or len(text.strip().splitlines()) != 1
        or name[0] in "@/"
    ):
        raise InvalidName
    return name


async def invite(session: AsyncSession, member: Member) -> str:
    """Makes a new invitation for a member without Telegram; one made before leads nowhere from now on."""
    member = await _lock(session, member)
    if member.person_id is not None:
        raise AlreadyLinked
    if member.left_at is not None:
        raise NotFound("member", member.id)
    member.invitation = secrets.token_hex(TOKEN_BYTES)
    await session.flush()
    return member.invitation


async def revoke_invitation(session: AsyncSession, member: Member) -> None:
    """Revokes the member's invitation: it leads nowhere from now on."""
    member = await _lock(session, member)
    member.invitation = None
    await session.flush()


async def link(session: AsyncSession, token: str, person: Person) -> tuple[Group, Member]:
    """Gives this person the member an invitation is for, with everything recorded so far; the invitation is used up.

    Raises :class:`~ledger.errors.NotFound` for a token that leads nowhere (any more), :class:`AlreadyMember`.
    """
    statement = (
        select(Member)
        .where(Member.invitation == token, Member.person_id.is_(None), Member.left_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    member = (await session.execute(statement)).scalar_one_or_none()
    if member is None:
        raise NotFound("invitation", token)
    own = await member_of(session, member.group_id, person.id, also_left=True)
    if own is not None:
        raise AlreadyMember(own.name, member.name, left=own.left_at is not None)
    member.person_id, member.invitation = person.id, None
    person.group_id = member.group_id
    await session.flush()
    return await session.get_one(Group, member.group_id), member


async def _lock(session: AsyncSession, member: Member) -> Member:
    statement = (
        select(Member)
        .where(Member.id == member.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one()
