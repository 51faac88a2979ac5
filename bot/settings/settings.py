"""The group's options (/reglages): one screen, a button an option, typed values where a button will not do."""

from __future__ import annotations

from enum import StrEnum
from zoneinfo import available_timezones

from bot.board import boards
from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.rights import May
from bot.settings import taps
from bot.settings.taps import Option, TimeZone
from bot.settings.views import settings as views
from bot.ui.screen import Row, Screen
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.groups.service import InvalidOption, can_take_cards, offered_methods
from ledger.orders import distributions
from ledger.orders.payments_option import switch_payments

REMOVABLE = (Option.PAYEE_NAME, Option.IBAN, Option.ACCOUNT_HOLDER)


class State(StrEnum):
    """What the coordinator is asked to type."""

    VALUE = "value"


class ValueDraft(Draft):
    """Which option is asked for, and the time zone that was shown."""

    option: Option
    zone: str | None = None


async def settings(scene: Scene) -> None:
    """/reglages: everything on one screen."""
    _show(scene)


def _show(scene: Scene) -> None:
    group = scene.group
    links = views.Links(
        scene.deep_link(f"j_{group.invitation}"),
        f"https://t.me/{scene.bot_username}?startgroup=c_{group.coordinator_invitation}",
    )
    scene.show(views.settings(scene.texts, group, offered_methods(group), links))


async def payments(scene: Scene, tap: taps.Payments) -> None:
    """Payments on or off (R1): first what it means, then the switch."""
    if tap.wanted is None:
        scene.show(views.payments_question(scene.texts, scene.group))
        return
    await switch_payments(scene.session, scene.group, tap.wanted)
    _done(scene)


async def negative(scene: Scene, tap: taps.NegativeBalances) -> None:
    """Negative balances (R14)."""
    if tap.wanted is None:
        scene.show(views.negative_question(scene.texts, scene.group))
        return
    await groups.set_option(scene.session, scene.group, "negative_balances", tap.wanted)
    _done(scene)


async def methods(scene: Scene) -> None:
    """The ways to pay (R10)."""
    _show_methods(scene)


async def offer_method(scene: Scene, tap: taps.OfferMethod) -> None:
    """One of them, on or off."""
    if tap.method is Method.CARD and not can_take_cards(scene.group):
        raise NotFound("button", tap.method)
    await groups.offer_method(scene.session, scene.group, tap.method, tap.wanted)
    _show_methods(scene)


def _show_methods(scene: Scene) -> None:
    scene.show(views.methods_question(scene.texts, scene.group, offered_methods(scene.group)))


async def language(scene: Scene, tap: taps.GroupLanguage) -> None:
    """The language of the group's chat."""
    if tap.language is None:
        scene.show(views.language_question(scene.texts, scene.group))
        return
    await groups.set_option(scene.session, scene.group, "language", tap.language)
    _done(scene)


async def joining(scene: Scene, tap: taps.Joining) -> None:
    """Who may join."""
    if tap.policy is None:
        scene.show(views.join_question(scene.texts, scene.group))
        return
    await groups.set_option(scene.session, scene.group, "join_policy", tap.policy)
    _done(scene)


async def invitation(scene: Scene, tap: taps.NewInvitation) -> None:
    """A new invitation link, after a word on what becomes of the old one."""
    if tap.sure is None:
        scene.show(views.invitation_question(scene.texts, scene.group))
        return
    await groups.renew_invitation(scene.session, scene.group)
    scene.toast(scene.texts.label("The old link leads nowhere now."))
    _show(scene)


async def ask_value(scene: Scene, tap: taps.AskValue) -> State:
    """A value that is typed: ask for it."""
    option = tap.option
    scene.keep(ValueDraft(option=option))
    texts = scene.texts
    rows: list[Row] = []
    if option is Option.TIME_ZONE:
        zones = [scene.step_button(zone, taps.ChooseZone(zone)) for zone in TimeZone]
        rows += [tuple(zones[start : start + 2]) for start in range(0, len(zones), 2)]
    if option in REMOVABLE and getattr(scene.group, option):
        rows.append((scene.step_button(texts.label("Remove it"), taps.RemoveValue(), style="danger"),))
    rows.append((cancel_button(scene),))
    scene.ask(views.ask_value(texts, option, rows))
    return State.VALUE


async def take_value(scene: Scene, draft: ValueDraft) -> str | None:
    """The typed value; asked again when it does not fit. It is not repeated."""
    value = scene.typed
    if draft.option is Option.IBAN:
        value = "".join(value.split()).upper()
    if draft.option is Option.TIME_ZONE and value in available_timezones():
        return await _move_to(scene, draft, value)
    try:
        await groups.set_option(scene.session, scene.group, draft.option, value)
    except InvalidOption:
        scene.ask(Screen(views.not_possible(scene.texts, draft.option)))
        return None
    _show(scene)
    return END


async def choose_zone(scene: Scene, tap: taps.ChooseZone, draft: ValueDraft) -> str:
    """A time zone was tapped."""
    return await _move_to(scene, draft, tap.zone)


async def _move_to(scene: Scene, draft: ValueDraft, zone: str) -> str:
    """Another time zone: first what moves with it, if anything is announced."""
    coming = await distributions.to_come(scene.session, scene.group.id)
    if zone == scene.group.time_zone or not coming:
        return await _set_zone(scene, zone)
    draft.zone = zone
    texts = scene.texts
    rows = (
        (scene.step_button(texts.label("✅ Confirm"), taps.ConfirmZone(), style="success"),),
        (cancel_button(scene),),
    )
    scene.ask(views.zone_preview(texts, scene.group, zone, coming).with_rows(rows))
    return State.VALUE


async def confirm_zone(scene: Scene, draft: ValueDraft) -> str:
    """✅: the time zone that was shown."""
    if draft.zone is None:
        raise NotFound("option", draft.option)
    return await _set_zone(scene, draft.zone)


async def _set_zone(scene: Scene, zone: str) -> str:
    await groups.set_option(scene.session, scene.group, "time_zone", zone)
    coming = await distributions.to_come(scene.session, scene.group.id)
    await boards.touch(scene.session, [one.id for one in coming])
    _done(scene)
    return END


async def remove_value(scene: Scene, draft: ValueDraft) -> str:
    """The value is taken away."""
    if draft.option not in REMOVABLE:
        raise NotFound("button", draft.option)
    await groups.set_option(scene.session, scene.group, draft.option, None)
    _done(scene)
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    _show(scene)
    return END


def _done(scene: Scene) -> None:
    scene.toast(scene.texts.label("✅ Changed."))
    _show(scene)


conversation = Conversation(
    "settings",
    may=May.CHANGE_SETTINGS,
    draft=ValueDraft,
    entry_points=[
        On(taps.SETTINGS, settings),
        On(taps.Settings, settings),
        On(taps.Payments, payments),
        On(taps.NegativeBalances, negative),
        On(taps.Methods, methods),
        On(taps.OfferMethod, offer_method),
        On(taps.GroupLanguage, language),
        On(taps.Joining, joining),
        On(taps.NewInvitation, invitation),
        On(taps.AskValue, ask_value),
    ],
    states={
        State.VALUE: [
            On(taps.ChooseZone, choose_zone),
            On(taps.ConfirmZone, confirm_zone),
            On(taps.RemoveValue, remove_value),
            Typed(take_value),
        ]
    },
    cancel=leave,
)
