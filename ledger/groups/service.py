"""The verbs of groups: people, groups and their options, members and their roles, chats."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.db import Base, insert_or_meet, utc_now
from ledger.errors import LedgerError, NotAllowed, NotFound
from ledger.groups.models import Chat, ChatKind, Group, JoinPolicy, Member, Method, Person
from ledger.groups.roles import Role, role_of
from ledger.groups.standing import TakenOut
from ledger.money import SMALLEST_BY_CARD, currencies
from ledger.names import by_name, clean_name, clean_text, is_found, name_key

OFFERED_AT_FIRST = (Method.CHEQUE, Method.CASH, Method.TRANSFER, Method.MEMBER_CREDIT)
LANGUAGES = ("fr", "en")
NAMES = ("title", "payee_name", "account_holder")
"""Options that are names."""


class InvalidOption(LedgerError):
    """The value does not fit the group's option."""

    def __init__(self, option: str, value: object) -> None:
        super().__init__()
        self.option = option
        self.value = value


class LastCoordinator(LedgerError):
    """A group keeps at least one coordinator."""


class LastMethod(LedgerError):
    """With payments on, a group offers at least one method."""


class ChatTaken(LedgerError):
    """The chat is the one of a group (``title``) already, and cannot be its coordinators' chat as well."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title


class OptionFixed(LedgerError):
    """The option cannot change any more (the currency, once the books hold something)."""

    def __init__(self, option: str) -> None:
        super().__init__()
        self.option = option


async def remember_person(
    session: AsyncSession, person_id: int, name: str, username: str | None, language: str
) -> Person:
    """Returns the person's row, with today's name, locked until the unit of work ends: one person's updates run one by
    one."""
    name = clean_name(name, person_id)
    insert = insert_or_meet(session, Person)
    await session.execute(
        insert.values(id=person_id, name=name, username=username, language=language).on_conflict_do_nothing()
    )
    person = (
        await session.execute(select(Person).where(Person.id == person_id).with_for_update(key_share=True))
    ).scalar_one()
    if person.name != name:
        person.name = name
        await session.execute(update(Member).where(Member.person_id == person_id).values(name=name))
    person.username = username
    return person


async def create_group(
    session: AsyncSession,
    title: str,
    telegram_chat_id: int,
    language: str,
    founder: Person,
    currency: str = "EUR",
) -> tuple[Group, bool]:
    """Returns the group of a chat, made with its accounts if it is new (second value), the founder coordinating it.

    ``currency`` is one of :func:`~ledger.money.currencies`, for good: accounts are opened in it.
    """
    existing = await group_of_chat(session, telegram_chat_id)
    if existing is not None:
        return existing, False
    group = Group(
        currency=currency,
        title=clean_name(title, telegram_chat_id),
        language=language,
        methods=[str(method) for method in OFFERED_AT_FIRST],
        invitation=secrets.token_hex(8),
        coordinator_invitation=secrets.token_hex(12),
        created_at=utc_now(),
    )
    session.add(group)
    await session.flush()
    session.add(Chat(group_id=group.id, telegram_id=telegram_chat_id, kind=ChatKind.MEMBERS))
    await books.open_accounts(session, group.id, group.currency)
    member, _ = await join(session, group, founder)
    member.is_coordinator = member.is_treasurer = True
    await session.flush()
    return group, True


async def join(session: AsyncSession, group: Group, person: Person) -> tuple[Member, bool]:
    """Returns the person's membership, made (second value) if they had none. Who left and comes back keeps their account.

    Raises :class:`~ledger.groups.standing.TakenOut` for who was taken out.
    """
    member = await member_of(session, group.id, person.id, also_left=True)
    person.group_id = group.id
    if member is not None:
        if member.taken_out_at is not None:
            raise TakenOut
        returned = member.left_at is not None
        member.left_at = None
        return member, returned
    member = Member(group_id=group.id, person_id=person.id, name=person.name, joined_at=utc_now())
    session.add(member)
    await session.flush()
    await books.open_account(session, group.id, AccountKind.MEMBERS, member.id, group.currency)
    return member, True


async def get_group(session: AsyncSession, group_id: int) -> Group:
    """Returns the group. Raises :class:`NotFound`."""
    group = await session.get(Group, group_id)
    if group is None:
        raise NotFound("group", group_id)
    return group


async def few_groups(session: AsyncSession, most: int) -> Sequence[Group]:
    """Returns all groups there are, where they are no more than ``most``; else none."""
    found = (await session.execute(select(Group).order_by(Group.id).limit(most + 1))).scalars().all()
    return found if len(found) <= most else []


async def group_of(session: AsyncSession, table: type[Base], row_id: int) -> int | None:
    """Returns the id of the group that a row of any of the business's tables belongs to; none when there is no such row.

    A group belongs to itself, whether there is one of that number or not.
    """
    if table is Group:
        return row_id
    columns = table.__table__.c
    group_id = (
        await session.execute(select(columns.group_id).where(columns.id == row_id))
    ).scalar_one_or_none()
    return None if group_id is None else int(group_id)


async def group_of_chat(session: AsyncSession, telegram_chat_id: int) -> Group | None:
    """Returns the group that lives in a Telegram chat."""
    statement = (
        select(Group).join(Chat, Chat.group_id == Group.id).where(Chat.telegram_id == telegram_chat_id)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def group_by_invitation(session: AsyncSession, token: str) -> Group | None:
    """Returns the group whose invitation link carries ``token``."""
    return (await session.execute(select(Group).where(Group.invitation == token))).scalar_one_or_none()


async def get_chat(session: AsyncSession, telegram_chat_id: int) -> Chat | None:
    """Returns a known chat by its Telegram id."""
    return (
        await session.execute(select(Chat).where(Chat.telegram_id == telegram_chat_id))
    ).scalar_one_or_none()


async def link_coordinators_chat(
    session: AsyncSession, token: str, telegram_chat_id: int, person_id: int
) -> Group:
    """Makes a chat the coordinators' chat of the group whose coordinators' link carries ``token``.

    Raises :class:`ChatTaken` for a chat that is a group's already, :class:`NotAllowed`, :class:`NotFound`.
    """
    group = (
        await session.execute(select(Group).where(Group.coordinator_invitation == token))
    ).scalar_one_or_none()
    if group is None:
        raise NotFound("invitation", token)
    await require_coordinator(session, group.id, person_id)
    chat = await get_chat(session, telegram_chat_id)
    if chat is None:
        session.add(Chat(group_id=group.id, telegram_id=telegram_chat_id, kind=ChatKind.COORDINATORS))
    elif chat.group_id != group.id or chat.kind is not ChatKind.COORDINATORS:
        raise ChatTaken((await get_group(session, chat.group_id)).title)
    await session.flush()
    return group


async def migrate_chat(session: AsyncSession, old_telegram_id: int, new_telegram_id: int) -> None:
    """Gives a chat the id that it has since Telegram upgraded it."""
    await session.execute(
        update(Chat).where(Chat.telegram_id == old_telegram_id).values(telegram_id=new_telegram_id)
    )


async def member_of(
    session: AsyncSession, group_id: int, person_id: int, *, also_left: bool = False
) -> Member | None:
    """Returns the person's membership in the group."""
    statement = select(Member).where(Member.group_id == group_id, Member.person_id == person_id)
    if not also_left:
        statement = statement.where(Member.left_at.is_(None))
    return (await session.execute(statement)).scalar_one_or_none()


async def groups_of_person(session: AsyncSession, person_id: int) -> Sequence[Group]:
    """Returns the groups a person is a member of, by name."""
    statement = (
        select(Group)
        .join(Member, Member.group_id == Group.id)
        .where(Member.person_id == person_id, Member.left_at.is_(None))
        .order_by(Group.id)
    )
    return by_name((await session.execute(statement)).scalars(), lambda group: group.title)


async def get_member(session: AsyncSession, group_id: int, member_id: int) -> Member:
    """Returns a member of this group. Raises :class:`NotFound` (also for a member of another one)."""
    member = await session.get(Member, member_id)
    if member is None or member.group_id != group_id:
        raise NotFound("member", member_id)
    return member


async def members(session: AsyncSession, group_id: int) -> list[Member]:
    """Returns all present members, in the order people look for names."""
    statement = select(Member).where(Member.group_id == group_id, Member.left_at.is_(None))
    return await _by_name(session, statement)


async def left_members(session: AsyncSession, group_id: int) -> list[Member]:
    """Returns who left the group: in no list, but their history stays."""
    statement = select(Member).where(Member.group_id == group_id, Member.left_at.is_not(None))
    return await _by_name(session, statement)


async def _by_name(session: AsyncSession, statement: Select[Member]) -> list[Member]:
    found = (await session.execute(statement.order_by(Member.id))).scalars()
    return by_name(found, lambda member: member.name)


async def find_members(
    session: AsyncSession, group_id: int, text: str, *, also_left: bool = False
) -> list[Member]:
    """Finds members by ``@username``, name, or parts of a name in any order; an exact name wins. Case and accents do not
    count.

    ``also_left``: who left is found too, after the others.
    """
    everyone = await members(session, group_id)
    if also_left:
        everyone += await left_members(session, group_id)
    wanted = name_key(text)
    if wanted.startswith("@"):
        statement = select(Person.id).where(func.lower(Person.username) == wanted[1:])
        person_ids = set((await session.execute(statement)).scalars())
        return [member for member in everyone if member.person_id in person_ids]
    exact = [member for member in everyone if wanted and name_key(member.name) == wanted]
    return exact or [member for member in everyone if is_found(wanted, member.name)]


async def require_coordinator(session: AsyncSession, group_id: int, person_id: int) -> Member:
    """Returns the person's membership if they coordinate this group, else :class:`NotAllowed`."""
    member = await member_of(session, group_id, person_id)
    if member is None or not member.is_coordinator:
        raise NotAllowed("coordinator")
    return member


async def roles_of_person(session: AsyncSession, person_id: int) -> dict[int, Role]:
    """Returns a person's role in each of their groups, by the group's id."""
    statement = select(Member).where(Member.person_id == person_id, Member.left_at.is_(None))
    found = (await session.execute(statement.order_by(Member.group_id))).scalars()
    return {member.group_id: role_of(member) for member in found}


async def highest_role(session: AsyncSession, person_id: int) -> Role:
    """Returns the most a person may be in any of their groups."""
    return max((await roles_of_person(session, person_id)).values(), default=Role.ANYONE)


async def staff(session: AsyncSession, group_id: int) -> list[Member]:
    """Returns who coordinates the group or keeps its money."""
    return [m for m in await members(session, group_id) if m.is_coordinator or m.is_treasurer]


async def reachable(session: AsyncSession, member: Member) -> Person | None:
    """Returns the person behind a member, if the bot may write to them."""
    person = None if member.person_id is None else await session.get(Person, member.person_id)
    return person if person is not None and person.is_reachable else None


async def reachable_among(session: AsyncSession, found: Iterable[Member]) -> dict[int, Person]:
    """Returns the person behind each member that the bot may write to, by the member's id; asked once, however many
    they are."""
    by_person = {member.person_id: member.id for member in found if member.person_id is not None}
    if not by_person:
        return {}
    people = (await session.execute(select(Person).where(Person.id.in_(by_person)))).scalars()
    return {by_person[person.id]: person for person in people if person.is_reachable}


async def people_with_roles(session: AsyncSession) -> dict[int, Role]:
    """Returns everybody who coordinates some group or keeps its money, and opened their private chat: their highest role."""
    statement = (
        select(Person.id, Member)
        .join(Member, Member.person_id == Person.id)
        .where(
            or_(Member.is_coordinator, Member.is_treasurer),
            Member.left_at.is_(None),
            Person.started_at.is_not(None),
        )
    )
    found: dict[int, Role] = {}
    for person_id, member in await session.execute(statement):
        found[person_id] = max(found.get(person_id, Role.ANYONE), role_of(member))
    return found


async def set_role(session: AsyncSession, member: Member, role: str, held: bool) -> None:
    """Gives or takes the role ``coordinator`` or ``treasurer``. Raises :class:`LastCoordinator`."""
    if role == "treasurer":
        member.is_treasurer = held
        return
    if role != "coordinator":
        raise InvalidOption("role", role)
    # The group's row is the lock: two coordinators cannot take each other's role at the same instant.
    await session.execute(select(Group.id).where(Group.id == member.group_id).with_for_update(key_share=True))
    if not held:
        await require_another_coordinator(session, member)
    member.is_coordinator = held
    await session.flush()


async def require_another_coordinator(session: AsyncSession, member: Member) -> None:
    """Raises :class:`LastCoordinator` unless somebody else coordinates the group; holding the group's row lets one
    rely on it."""
    others = select(func.count()).where(
        Member.group_id == member.group_id,
        Member.is_coordinator,
        Member.left_at.is_(None),
        Member.id != member.id,
    )
    if not (await session.execute(others)).scalar_one():
        raise LastCoordinator


async def set_option(session: AsyncSession, group: Group, option: str, value: Any) -> None:
    """Changes one option of the group, checked. Raises :class:`InvalidOption` or :class:`OptionFixed`."""
    checks: dict[str, Callable[[Any], bool]] = {
        "payments_enabled": lambda v: isinstance(v, bool),
        "negative_balances": lambda v: isinstance(v, bool),
        "language": lambda v: v in LANGUAGES,
        "time_zone": lambda v: v in available_timezones(),
        "currency": lambda v: v in currencies(),
        "join_policy": lambda v: v in list(JoinPolicy),
        "payee_name": _is_short_text,
        "account_holder": _is_short_text,
        "title": lambda v: v is not None and _is_short_text(v),
        "iban": lambda v: v is None or is_iban(v),
    }
    if option in NAMES and isinstance(value, str) and "\n" not in value:
        value = clean_text(value)
    if option not in checks or not checks[option](value):
        raise InvalidOption(option, value)
    if option == "currency" and value != group.currency:
        raise OptionFixed("currency")
    if option == "join_policy":
        value = JoinPolicy(value)
    setattr(group, option, value)
    await session.flush()


async def offer_method(session: AsyncSession, group: Group, method: Method, offered: bool) -> None:
    """Offers a method of payment or stops offering it (R10). Raises :class:`LastMethod`."""
    # The group's row is the lock: two coordinators cannot each take the other's last method.
    statement = select(Group).where(Group.id == group.id).with_for_update(key_share=True)
    await session.execute(statement.execution_options(populate_existing=True))
    methods = [str(m) for m in Method if (m == method and offered) or (m != method and m in group.methods)]
    if not any(m in methods for m in Method if m is not Method.CARD):
        raise LastMethod
    group.methods = methods
    await session.flush()


async def renew_invitation(session: AsyncSession, group: Group) -> None:
    """Gives the group another invitation link; the old one leads nowhere from now on."""
    group.invitation = secrets.token_hex(8)
    await session.flush()


def lacks_iban(group: Group) -> bool:
    """Returns whether members may choose a bank transfer though nobody said to which account (R12)."""
    return group.payments_enabled and Method.TRANSFER in group.methods and not group.iban


def can_take_cards(group: Group) -> bool:
    """Returns whether cards can be among the methods: there is a key that works, and cards exist in the group's currency."""
    return group.takes_cards and group.currency in SMALLEST_BY_CARD


def offered_methods(group: Group) -> list[Method]:
    """Returns the methods members can choose now, in a fixed order."""
    return [m for m in Method if m in group.methods and (m is not Method.CARD or can_take_cards(group))]


def is_iban(text: str) -> bool:
    """Returns whether an IBAN without spaces has a country's shape and the right check digits (ISO 13616, mod 97)."""
    if not (15 <= len(text) <= 34 and text.isascii() and text.isalnum() and text == text.upper()):
        return False
    if not (text[:2].isalpha() and text[2:4].isdigit()):
        return False
    if text.startswith("FR") and len(text) != 27:
        return False
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % 97 == 1


def _is_short_text(value: object) -> bool:
    return value is None or (isinstance(value, str) and 0 < len(value) <= 70 and "\n" not in value)
