"""What may be tapped and typed about one's reminders. Buttons name the membership, so groups never mix."""

from __future__ import annotations

from typing import Annotated

import msgspec

from bot.rights import May
from bot.ui.taps import Answered, Id, Place, Tap, command, tap
from ledger.groups.models import Member
from ledger.reminders.models import ReminderKind

REMINDERS = command("reminders", "rappels", may=May.CHOOSE_REMINDERS, answered=Answered.ALONE)
KINDS = tuple(ReminderKind)


@tap("reminders", was="mutes", may=May.CHOOSE_REMINDERS, at=Place.PRIVATE, in_any_group=True)
class ShowReminders(Tap, frozen=True):
    """Which reminders a member receives."""

    member: Id


@tap("reminder.mute", was="mute", may=May.CHOOSE_REMINDERS, at=Place.PRIVATE, in_any_group=True)
class Mute(Tap, frozen=True):
    """One kind (by its place in ``KINDS``), off or on."""

    member: Id
    kind: Annotated[int, msgspec.Meta(ge=0, lt=len(ReminderKind))]
    wanted: bool


@tap("reminder.go", was="remgo", may=May.HAND_OVER, at=Place.PRIVATE, of=Member)
class OpenDistribution(Tap, frozen=True):
    """From a coordinator's reminder to its distribution, in its group."""

    member: Id
    distribution: Id
