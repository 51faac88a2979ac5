"""The group's options (/reglages): one screen, a button an option, typed values where a button will not do."""

from __future__ import annotations

from enum import StrEnum
from zoneinfo import available_timezones

from telegram import Update

from bot.board import boards as board
from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Context
from bot.settings.views import settings as views
from bot.ui.screen import Row, Screen
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import JoinPolicy, Method
from ledger.groups.service import LANGUAGES, InvalidOption, can_take_cards, offered_methods
from ledger.orders import distributions
from ledger.orders.payments_option import switch_payments

TYPED = ("payee_name", "iban", "account_holder", "title", "time_zone")
REMOVABLE = ("payee_name", "iban", "account_holder")


class State(StrEnum):
    """What the coordinator is asked to type."""

    VALUE = "value"


async def settings(update: Update, context: Context) -> None:  # noqa: ARG001
    """/reglages: everything on one screen."""
    _ = context.coordinator
    if await context.discreetly():
        _show(context)


def _show(context: Context) -> None:
    group = context.group
    links = views.Links(
        context.deep_link(f"j_{group.invitation}"),
        f"https://t.me/{context.scene.bot_username}?startgroup=c_{group.coordinator_invitation}",
    )
    context.show(views.settings(context.texts, group, offered_methods(group), links))


async def payments(update: Update, context: Context) -> None:  # noqa: ARG001
    """Payments on or off (R1): first what it means, then the switch."""
    words = _words(context)
    if not words:
        context.show(views.payments_question(context.texts, context.group))
        return
    value = _one_of(words, ("0", "1")) == "1"
    await switch_payments(context.session, context.group, value)
    _done(context)


async def negative(update: Update, context: Context) -> None:  # noqa: ARG001
    """Negative balances (R14)."""
    words = _words(context)
    if not words:
        context.show(views.negative_question(context.texts, context.group))
        return
    value = _one_of(words, ("0", "1")) == "1"
    await groups.set_option(context.session, context.group, "negative_balances", value)
    _done(context)


async def methods(update: Update, context: Context) -> None:  # noqa: ARG001
    """The ways to pay (R10)."""
    _ = _words(context)
    context.show(views.methods_question(context.texts, context.group, offered_methods(context.group)))


async def set_method(update: Update, context: Context) -> None:  # noqa: ARG001
    """One of them, on or off."""
    words = _words(context)
    wanted = _one_of(words[1:], ("0", "1")) == "1"
    possible = tuple(one for one in Method if one is not Method.CARD or can_take_cards(context.group))
    method = Method(_one_of(words[:1], possible))
    await groups.offer_method(context.session, context.group, method, wanted)
    context.show(views.methods_question(context.texts, context.group, offered_methods(context.group)))


async def language(update: Update, context: Context) -> None:  # noqa: ARG001
    """The language of the group's chat."""
    words = _words(context)
    if not words:
        context.show(views.language_question(context.texts, context.group))
        return
    await groups.set_option(context.session, context.group, "language", _one_of(words, LANGUAGES))
    _done(context)


async def joining(update: Update, context: Context) -> None:  # noqa: ARG001
    """Who may join."""
    words = _words(context)
    if not words:
        context.show(views.join_question(context.texts, context.group))
        return
    policy = _one_of(words, tuple(JoinPolicy))
    await groups.set_option(context.session, context.group, "join_policy", policy)
    _done(context)


async def invitation(update: Update, context: Context) -> None:  # noqa: ARG001
    """A new invitation link, after a word on what becomes of the old one."""
    words = _words(context)
    if not words:
        context.show(views.invitation_question(context.texts, context.group))
        return
    _one_of(words, ("1",))
    await groups.renew_invitation(context.session, context.group)
    context.toast(context.texts.label("The old link leads nowhere now."))
    _show(context)


async def ask_value(update: Update, context: Context) -> State:  # noqa: ARG001
    """A value that is typed: ask for it."""
    option = _one_of(_words(context), TYPED)
    keep(context.conversation, option=option, group=context.group.id)
    texts = context.texts
    rows: list[Row] = []
    if option == "time_zone":
        zones = [context.step_button(zone, "zone", zone) for zone in views.TIME_ZONES]
        rows += [tuple(zones[start : start + 2]) for start in range(0, len(zones), 2)]
    if option in REMOVABLE and getattr(context.group, option):
        rows.append((context.step_button(texts.label("Remove it"), "remove", style="danger"),))
    rows.append((context.step_button(texts.label("Cancel"), "cancel"),))
    context.say(context.to_answer(views.ask_value(texts, option, rows)))
    return State.VALUE


async def take_value(update: Update, context: Context) -> str | None:  # noqa: ARG001
    """The typed value; asked again when it does not fit. It is not repeated."""
    option = _asked(context)
    value = context.typed
    if option == "iban":
        value = "".join(value.split()).upper()
    if option == "time_zone" and value in available_timezones():
        return await _move_to(context, value)
    try:
        await groups.set_option(context.session, context.group, option, value)
    except InvalidOption:
        context.say(context.to_answer(Screen(views.not_possible(context.texts, option))))
        return None
    _show(context)
    return END


async def choose_zone(update: Update, context: Context) -> str:  # noqa: ARG001
    """A time zone was tapped."""
    _ = _asked(context)
    return await _move_to(context, _one_of(context.button_args[-1:], views.TIME_ZONES))


async def _move_to(context: Context, zone: str) -> str:
    """Another time zone: first what moves with it, if anything is announced."""
    coming = await distributions.to_come(context.session, context.group.id)
    if zone == context.group.time_zone or not coming:
        return await _set_zone(context, zone)
    keep(context.conversation, zone=zone)
    texts = context.texts
    rows = (
        (context.step_button(texts.label("✅ Confirm"), "zoneyes", style="success"),),
        (context.step_button(texts.label("Cancel"), "cancel"),),
    )
    context.say(context.to_answer(views.zone_preview(texts, context.group, zone, coming).with_rows(rows)))
    return State.VALUE


async def confirm_zone(update: Update, context: Context) -> str:  # noqa: ARG001
    """✅: the time zone that was shown."""
    _ = _asked(context)
    return await _set_zone(context, context.conversation.data["zone"])


async def _set_zone(context: Context, zone: str) -> str:
    await groups.set_option(context.session, context.group, "time_zone", zone)
    await board.touch(
        context.session, [one.id for one in await distributions.to_come(context.session, context.group.id)]
    )
    _done(context)
    return END


async def remove_value(update: Update, context: Context) -> str:  # noqa: ARG001
    """The value is taken away."""
    option = _asked(context)
    if option not in REMOVABLE:
        raise NotFound("button", option)
    await groups.set_option(context.session, context.group, option, None)
    _done(context)
    return END


async def leave(update: Update, context: Context) -> str:  # noqa: ARG001
    """Not after all."""
    _ = context.coordinator
    _show(context)
    return END


def _words(context: Context) -> list[str]:
    """The tapped button's words after its group, which must be the one the coordinator is in, among coordinators."""
    group_id = context.coordinator.group_id
    first, *words = context.button_args or [""]
    if first != str(group_id) or not context.among_coordinators:
        raise NotFound("button", first)
    return words


def _asked(context: Context) -> str:
    """The option whose value is being asked for, of the group it was asked for."""
    group_id = context.coordinator.group_id
    if context.conversation.data["group"] != group_id:
        raise NotFound("option", group_id)
    return str(context.conversation.data["option"])


def _one_of(words: list[str], known: tuple[str, ...]) -> str:
    """The one word, if it is one of these."""
    if len(words) != 1 or words[0] not in known:
        raise NotFound("button", words)
    return words[0]


def _done(context: Context) -> None:
    context.toast(context.texts.label("✅ Changed."))
    _show(context)


conversation = DurableConversation(
    name="settings",
    entry_points=[
        Command(("reglages", "settings"), settings),
        Button("settings", settings),
        Button("payments", payments),
        Button("negative", negative),
        Button("methods", methods),
        Button("method", set_method),
        Button("grouplang", language),
        Button("joinpolicy", joining),
        Button("invite", invitation),
        Button("setask", ask_value),
    ],
    states={
        State.VALUE: [
            StepButton("cancel", leave),
            StepButton("zone", choose_zone),
            StepButton("zoneyes", confirm_zone),
            StepButton("remove", remove_value),
            Typed(take_value),
        ]
    },
)
