"""Roles, each of which may do what those before it may; what that is, a table says: ``ledger/README.md``, Who may what."""

from __future__ import annotations

from enum import IntEnum

from ledger.groups.models import Member


class Role(IntEnum):
    """From who is in no group to who may do everything in it."""

    ANYONE = 0
    MEMBER = 1
    TREASURER = 2
    COORDINATOR = 3


def role_of(member: Member | None) -> Role:
    """Returns the highest role a member holds in their group; nobody's without a membership."""
    if member is None:
        return Role.ANYONE
    if member.is_coordinator:
        return Role.COORDINATOR
    return Role.TREASURER if member.is_treasurer else Role.MEMBER
