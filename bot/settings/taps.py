"""What may be tapped and typed about the group's options. A button names its group: on an old screen it changes no other."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from bot.rights import May
from bot.ui.taps import ANYWHERE, ASIDE, Answered, Id, Tap, command, step, tap
from ledger.groups.models import JoinPolicy, Method

SETUP = command("setup", "installer", may=May.START_A_GROUP)
SETTINGS = command("settings", "reglages", may=May.CHANGE_SETTINGS, answered=Answered.DISCREETLY)


class Option(StrEnum):
    """The options whose value is typed."""

    PAYEE_NAME = "payee_name"
    IBAN = "iban"
    ACCOUNT_HOLDER = "account_holder"
    TITLE = "title"
    TIME_ZONE = "time_zone"


class TimeZone(StrEnum):
    """The time zones that a button offers."""

    PARIS = "Europe/Paris"
    REUNION = "Indian/Reunion"
    MARTINIQUE = "America/Martinique"
    GUADELOUPE = "America/Guadeloupe"
    CAYENNE = "America/Cayenne"
    NOUMEA = "Pacific/Noumea"


@tap("settings", may=May.CHANGE_SETTINGS, at=ANYWHERE, answered=Answered.DISCREETLY)
class Settings(Tap, frozen=True):
    """All options on one screen."""


@tap("payments.switch", was="payments", may=May.CHANGE_SETTINGS, at=ASIDE, in_this_group=True)
class Payments(Tap, frozen=True):
    """Payments on or off: asked about first, then done."""

    group: Id
    wanted: bool | None = None


@tap("negative.allow", was="negative", may=May.CHANGE_SETTINGS, at=ASIDE, in_this_group=True)
class NegativeBalances(Tap, frozen=True):
    """Balances below zero, allowed or not: asked about first, then done."""

    group: Id
    wanted: bool | None = None


@tap("methods", may=May.CHANGE_SETTINGS, at=ASIDE, in_this_group=True)
class Methods(Tap, frozen=True):
    """The ways to pay."""

    group: Id


@tap("method.offer", was="method", may=May.CHANGE_SETTINGS, at=ASIDE, in_this_group=True)
class OfferMethod(Tap, frozen=True):
    """One of them, on or off."""

    group: Id
    method: Method
    wanted: bool


@tap("group.language", was="grouplang", may=May.CHANGE_SETTINGS, at=ASIDE, in_this_group=True)
class GroupLanguage(Tap, frozen=True):
    """The language of the group's chat: which, then this one."""

    group: Id
    language: Literal["en", "fr"] | None = None


@tap("group.joining", was="joinpolicy", may=May.CHANGE_SETTINGS, at=ASIDE, in_this_group=True)
class Joining(Tap, frozen=True):
    """Who may join: asked, then chosen."""

    group: Id
    policy: JoinPolicy | None = None


@tap("invitation.renew", was="invite", may=May.CHANGE_SETTINGS, at=ASIDE, in_this_group=True)
class NewInvitation(Tap, frozen=True):
    """Another invitation link: what becomes of the old one, then (``sure``) done."""

    group: Id
    sure: Annotated[int, msgspec.Meta(ge=1, le=1)] | None = None


@tap("option.ask", was="setask", may=May.CHANGE_SETTINGS, at=ASIDE, in_this_group=True)
class AskValue(Tap, frozen=True):
    """An option's value, to be typed."""

    group: Id
    option: Option


@step("zone")
class ChooseZone(Tap, frozen=True):
    """This time zone."""

    zone: TimeZone


@step("zoneyes")
class ConfirmZone(Tap, frozen=True):
    """The time zone that was shown, with what moves."""


@step("remove")
class RemoveValue(Tap, frozen=True):
    """No value any more."""
