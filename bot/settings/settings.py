"""The group's options (/reglages): one screen, a button an option, typed values where a button will not do."""

from __future__ import annotations

from enum import StrEnum
from zoneinfo import available_timezones

from bot.board import boards as board
from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
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


async def settings(scene: Scene) -> None:
    """/reglages: everything on one screen."""
    _ = scene.coordinator
    if await scene.discreetly():
        _show(scene)


def _show(scene: Scene) -> None:
    group = scene.group
    links = views.Links(
        scene.deep_link(f"j_{group.invitation}"),
        f"https://t.me/{scene.bot_username}?startgroup=c_{group.coordinator_invitation}",
    )
    scene.show(views.settings(scene.texts, group, offered_methods(group), links))


async def payments(scene: Scene) -> None:
    """Payments on or off (R1): first what it means, then the switch."""
    words = _words(scene)
    if not words:
        scene.show(views.payments_question(scene.texts, scene.group))
        return
    value = _one_of(words, ("0", "1")) == "1"
    await switch_payments(scene.session, scene.group, value)
    _done(scene)


async def negative(scene: Scene) -> None:
    """Negative balances (R14)."""
    words = _words(scene)
    if not words:
        scene.show(views.negative_question(scene.texts, scene.group))
        return
    value = _one_of(words, ("0", "1")) == "1"
    await groups.set_option(scene.session, scene.group, "negative_balances", value)
    _done(scene)


async def methods(scene: Scene) -> None:
    """The ways to pay (R10)."""
    _ = _words(scene)
    scene.show(views.methods_question(scene.texts, scene.group, offered_methods(scene.group)))


async def set_method(scene: Scene) -> None:
    """One of them, on or off."""
    words = _words(scene)
    wanted = _one_of(words[1:], ("0", "1")) == "1"
    possible = tuple(one for one in Method if one is not Method.CARD or can_take_cards(scene.group))
    method = Method(_one_of(words[:1], possible))
    await groups.offer_method(scene.session, scene.group, method, wanted)
    scene.show(views.methods_question(scene.texts, scene.group, offered_methods(scene.group)))


async def language(scene: Scene) -> None:
    """The language of the group's chat."""
    words = _words(scene)
    if not words:
        scene.show(views.language_question(scene.texts, scene.group))
        return
    await groups.set_option(scene.session, scene.group, "language", _one_of(words, LANGUAGES))
    _done(scene)


async def joining(scene: Scene) -> None:
    """Who may join."""
    words = _words(scene)
    if not words:
        scene.show(views.join_question(scene.texts, scene.group))
        return
    policy = _one_of(words, tuple(JoinPolicy))
    await groups.set_option(scene.session, scene.group, "join_policy", policy)
    _done(scene)


async def invitation(scene: Scene) -> None:
    """A new invitation link, after a word on what becomes of the old one."""
    words = _words(scene)
    if not words:
        scene.show(views.invitation_question(scene.texts, scene.group))
        return
    _one_of(words, ("1",))
    await groups.renew_invitation(scene.session, scene.group)
    scene.toast(scene.texts.label("The old link leads nowhere now."))
    _show(scene)


async def ask_value(scene: Scene) -> State:
    """A value that is typed: ask for it."""
    option = _one_of(_words(scene), TYPED)
    keep(scene.conversation, option=option, group=scene.group.id)
    texts = scene.texts
    rows: list[Row] = []
    if option == "time_zone":
        zones = [scene.step_button(zone, "zone", zone) for zone in views.TIME_ZONES]
        rows += [tuple(zones[start : start + 2]) for start in range(0, len(zones), 2)]
    if option in REMOVABLE and getattr(scene.group, option):
        rows.append((scene.step_button(texts.label("Remove it"), "remove", style="danger"),))
    rows.append((scene.step_button(texts.label("Cancel"), "cancel"),))
    scene.say(scene.to_answer(views.ask_value(texts, option, rows)))
    return State.VALUE


async def take_value(scene: Scene) -> str | None:
    """The typed value; asked again when it does not fit. It is not repeated."""
    option = _asked(scene)
    value = scene.typed
    if option == "iban":
        value = "".join(value.split()).upper()
    if option == "time_zone" and value in available_timezones():
        return await _move_to(scene, value)
    try:
        await groups.set_option(scene.session, scene.group, option, value)
    except InvalidOption:
        scene.say(scene.to_answer(Screen(views.not_possible(scene.texts, option))))
        return None
    _show(scene)
    return END


async def choose_zone(scene: Scene) -> str:
    """A time zone was tapped."""
    _ = _asked(scene)
    return await _move_to(scene, _one_of(scene.button_args[-1:], views.TIME_ZONES))


async def _move_to(scene: Scene, zone: str) -> str:
    """Another time zone: first what moves with it, if anything is announced."""
    coming = await distributions.to_come(scene.session, scene.group.id)
    if zone == scene.group.time_zone or not coming:
        return await _set_zone(scene, zone)
    keep(scene.conversation, zone=zone)
    texts = scene.texts
    rows = (
        (scene.step_button(texts.label("✅ Confirm"), "zoneyes", style="success"),),
        (scene.step_button(texts.label("Cancel"), "cancel"),),
    )
    scene.say(scene.to_answer(views.zone_preview(texts, scene.group, zone, coming).with_rows(rows)))
    return State.VALUE


async def confirm_zone(scene: Scene) -> str:
    """✅: the time zone that was shown."""
    _ = _asked(scene)
    return await _set_zone(scene, scene.conversation.data["zone"])


async def _set_zone(scene: Scene, zone: str) -> str:
    await groups.set_option(scene.session, scene.group, "time_zone", zone)
    await board.touch(
        scene.session, [one.id for one in await distributions.to_come(scene.session, scene.group.id)]
    )
    _done(scene)
    return END


async def remove_value(scene: Scene) -> str:
    """The value is taken away."""
    option = _asked(scene)
    if option not in REMOVABLE:
        raise NotFound("button", option)
    await groups.set_option(scene.session, scene.group, option, None)
    _done(scene)
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    _ = scene.coordinator
    _show(scene)
    return END


def _words(scene: Scene) -> list[str]:
    """The tapped button's words after its group, which must be the one the coordinator is in, among coordinators."""
    group_id = scene.coordinator.group_id
    first, *words = scene.button_args or [""]
    if first != str(group_id) or not scene.among_coordinators:
        raise NotFound("button", first)
    return words


def _asked(scene: Scene) -> str:
    """The option whose value is being asked for, of the group it was asked for."""
    group_id = scene.coordinator.group_id
    if scene.conversation.data["group"] != group_id:
        raise NotFound("option", group_id)
    return str(scene.conversation.data["option"])


def _one_of(words: list[str], known: tuple[str, ...]) -> str:
    """The one word, if it is one of these."""
    if len(words) != 1 or words[0] not in known:
        raise NotFound("button", words)
    return words[0]


def _done(scene: Scene) -> None:
    scene.toast(scene.texts.label("✅ Changed."))
    _show(scene)


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
