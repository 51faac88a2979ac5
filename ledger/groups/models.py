"""The tables of groups, the chats they live in, the people who write to the bot and the members they are in a group."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ledger.db import Base, Code, GroupId, Key, Moment, one_of


class Method(StrEnum):
    """How a member pays (R10). Card is offered only where the group has an account at Stripe."""

    CHEQUE = "cheque"
    CASH = "cash"
    TRANSFER = "transfer"
    MEMBER_CREDIT = "member_credit"
    CARD = "card"


OFFLINE_METHODS = (Method.CHEQUE, Method.CASH, Method.TRANSFER)
"""Methods whose money is expected until a coordinator confirms it."""
PAID_METHODS = (*OFFLINE_METHODS, Method.CARD)
"""Methods with a payment of their own; member credit has none."""


class JoinPolicy(StrEnum):
    """Who may join: whoever is in the group's chat, or whoever holds the invitation link."""

    CHAT = "chat"
    LINK = "link"


class Group(Base):
    """A group and its options. ``payments_enabled`` is R1, ``methods`` R10, ``negative_balances`` R14.

    ``takes_cards``: it has an account at Stripe that is in use, and whose key can be read.
    """

    __tablename__ = "groups"
    __table_args__ = (one_of("join_policy", JoinPolicy),)

    id: Mapped[Key]
    title: Mapped[str]
    currency: Mapped[str] = mapped_column(default="EUR")
    language: Mapped[str] = mapped_column(default="fr")
    time_zone: Mapped[str] = mapped_column(default="Europe/Paris")
    payments_enabled: Mapped[bool] = mapped_column(default=True)
    methods: Mapped[list[Any]]
    negative_balances: Mapped[bool] = mapped_column(default=False)
    takes_cards: Mapped[bool] = mapped_column(default=False, server_default=false())
    payee_name: Mapped[str | None]
    iban: Mapped[str | None]
    account_holder: Mapped[str | None]
    join_policy: Mapped[JoinPolicy] = mapped_column(Code(JoinPolicy), default=JoinPolicy.CHAT)
    invitation: Mapped[str] = mapped_column(unique=True)
    coordinator_invitation: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[Moment]


class ChatKind(StrEnum):
    """``members``: the whole group reads along. ``coordinators``: only they do."""

    MEMBERS = "members"
    COORDINATORS = "coordinators"


class Chat(Base):
    """A Telegram group chat of a group. Its Telegram id changes when Telegram upgrades the chat to a supergroup."""

    __tablename__ = "chats"
    __table_args__ = (UniqueConstraint("telegram_id"), one_of("kind", ChatKind))

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    telegram_id: Mapped[int]
    kind: Mapped[ChatKind] = mapped_column(Code(ChatKind))


class Person(Base):
    """Somebody with a Telegram account who wrote to the bot. ``group_id`` is the group they look at in private.

    ``started_at``: when they first wrote in private, without which the bot cannot write to them; ``blocked_at``: since
    when they do not want it to.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    username: Mapped[str | None] = mapped_column(index=True)
    language: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    started_at: Mapped[dt.datetime | None]
    blocked_at: Mapped[dt.datetime | None]

    @property
    def is_reachable(self) -> bool:
        """Whether the bot may write to them."""
        return self.started_at is not None and self.blocked_at is None


class Member(Base):
    """A person's (or, without Telegram, a name's) place in one group, with one account in the books (R2).

    ``invitation``: the token of the link by which a member without Telegram becomes a person's, once. ``taken_out_at``: a
    coordinator took them out, so they come back only by a coordinator's word, for which they asked at ``asked_back_at``.
    ``put_out_at``: somebody put them out of the group's chat, and no coordinator said yet what that means here; their
    orders wait until then. ``kept_at``: one said that they are a member all the same.
    """

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("group_id", "person_id"),
        Index(None, "person_id"),
        Index("uq_members_invitation", "invitation", unique=True),
    )

    id: Mapped[Key]
    group_id: Mapped[GroupId]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str]
    is_coordinator: Mapped[bool] = mapped_column(default=False)
    is_treasurer: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[Moment]
    left_at: Mapped[dt.datetime | None]
    invitation: Mapped[str | None]
    taken_out_at: Mapped[dt.datetime | None]
    asked_back_at: Mapped[dt.datetime | None]
    put_out_at: Mapped[dt.datetime | None]
    kept_at: Mapped[dt.datetime | None]
