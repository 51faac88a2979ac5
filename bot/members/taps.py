"""What may be tapped and typed about members: their balances and pages, their roles, who comes and who goes."""

from __future__ import annotations

from enum import IntEnum

from telegram import Update

from bot.edge.handling import event
from bot.rights import May
from bot.ui.taps import ANYWHERE, ASIDE, Answered, Id, Number, Old, Tap, command, step, tap
from ledger.groups.models import Member

BALANCES = command("balances", "soldes", may=May.SEE_ACCOUNTS, answered=Answered.DISCREETLY)
MEMBER = command("member", "adherent", may=May.SEE_ACCOUNTS, answered=Answered.DISCREETLY)
COORDINATORS = command("coordinators", "coordinateurs", may=May.GIVE_ROLES, answered=Answered.DISCREETLY)
LEAVE = command("leave", "quitter", may=May.CHOOSE_REMINDERS, answered=Answered.DISCREETLY)


class Filter(IntEnum):
    """Whose balances are shown."""

    ALL = 0
    OWING = 1
    CREDIT = 2


class RoleGiven(IntEnum):
    """The roles that a button gives and takes."""

    COORDINATOR = 0
    TREASURER = 1


@tap("balances", may=May.SEE_ACCOUNTS, at=ANYWHERE, answered=Answered.DISCREETLY)
class Balances(Tap, frozen=True):
    """Everybody's balance, by pages."""

    chosen: Filter = Filter.ALL
    page: Number = 0


@tap("member", may=May.SEE_ACCOUNTS, at=ANYWHERE)
class ShowMember(Tap, frozen=True):
    """A member's page."""

    member: Id


@tap("member.history", was="mhistory", may=May.SEE_ACCOUNTS, at=ANYWHERE)
class MemberHistory(Tap, frozen=True):
    """A member's history, a page before the line ``before`` (0: the newest)."""

    member: Id
    before: Number


@tap("coordinators", may=May.GIVE_ROLES, at=ANYWHERE, answered=Answered.DISCREETLY)
class Coordinators(Tap, frozen=True):
    """Who holds which role."""


@tap("role.pick", was="rolepick", may=May.GIVE_ROLES, at=ANYWHERE)
class PickMember(Tap, frozen=True):
    """Whom to name, by pages."""

    page: Number


@tap("role.show", was="role", may=May.GIVE_ROLES, at=ANYWHERE)
class ShowRoles(Tap, frozen=True):
    """One member's roles."""

    member: Id


@tap("role.set", was="setrole", may=May.GIVE_ROLES, at=ANYWHERE)
class SetRole(Tap, frozen=True):
    """A role given, or taken."""

    member: Id
    role: RoleGiven
    wanted: bool


@tap("member.add", was="ppadd", may=May.CHANGE_MEMBERS, at=ANYWHERE)
class AddMember(Tap, frozen=True):
    """A member without Telegram."""


@tap("member.invite", was="ppinvite", may=May.CHANGE_MEMBERS, at=ASIDE, of=Member)
class Invite(Tap, frozen=True):
    """An invitation for this member alone; an earlier one leads nowhere."""

    member: Id


@tap("member.revoke", was="pprevoke", may=May.CHANGE_MEMBERS, at=ASIDE, of=Member)
class RevokeInvitation(Tap, frozen=True):
    """The invitation leads nowhere any more."""

    member: Id


@tap("member.back", was="ppback", may=May.CHANGE_MEMBERS, at=ASIDE, old=Old.GONE, of=Member)
class TakeBack(Tap, frozen=True):
    """Back into the group."""

    member: Id


@tap("member.out", was="ppout", may=May.CHANGE_MEMBERS, at=ASIDE, old=Old.GONE, of=Member)
class AskOut(Tap, frozen=True):
    """Out of the group: what is in the way?"""

    member: Id


@tap("member.keep", was="ppkeep", may=May.CHANGE_MEMBERS, at=ASIDE, old=Old.GONE, of=Member)
class KeepMember(Tap, frozen=True):
    """Who was put out of the chat is a member all the same."""

    member: Id


@tap("member.stayout", was="ppno", may=May.CHANGE_MEMBERS, at=ASIDE, old=Old.GONE, of=Member)
class StayOut(Tap, frozen=True):
    """Who was taken out and asks to come back does not."""

    member: Id


@step("confirm")
class Confirm(Tap, frozen=True):
    """The name that was shown."""


@step("leave")
class LeaveNow(Tap, frozen=True):
    """Out, oneself."""


@step("out")
class TakeOut(Tap, frozen=True):
    """Out, this member."""


def _tells_who_left(update: Update) -> bool:
    return update.message is not None and update.message.left_chat_member is not None


SOMEBODY_LEFT = event("somebody left a chat", _tells_who_left, may=May.FIND_ONES_WAY)
