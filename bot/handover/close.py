"""Closing a distribution: validate it, or say that orders are left open; its report; taking that back."""

from __future__ import annotations

from typing import Protocol

from bot.edge.conversation import Button
from bot.edge.scene import Scene
from bot.handover import day as handover
from bot.handover.telling import (
    show_aside,
    tell_reopened,
    toast_refusal,
)
from bot.handover.views import report as views
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.catalogue.service import producer_names
from ledger.orders import distributions, till, validation
from ledger.orders.models import Distribution
from ledger.orders.seen import SeenChanged
from ledger.orders.validation import OrderState


async def close(scene: Scene) -> None:
    """🏁: validated when every order is; else what is left open, and a second tap."""
    distribution = await handover.distribution_of_button(scene)
    if scene.leaves_others_page():
        await handover.show_day(scene, distribution)
        return
    await _close(scene, distribution, leave_open=False)


async def leave_open(scene: Scene) -> None:
    """The second tap, by the one who leaves orders open: the very ones that were shown."""
    by = scene.coordinator
    (distribution_id, _, by_id), seen = scene.numbers_seen(3)
    distribution = await distributions.get_distribution(scene.session, by.group_id, distribution_id)
    if by_id != by.id:
        scene.toast(
            scene.texts.label("Somebody else was asked this. Now it is up to you: tap again if you want it.")
        )
        await _show_left_open(scene, distribution)
        return
    await _close(scene, distribution, leave_open=True, seen=seen)


async def _close(
    scene: Scene, distribution: Distribution, *, leave_open: bool, seen: int | None = None
) -> None:
    by = scene.coordinator
    try:
        async with scene.attempt():
            await validation.validate_distribution(
                scene.session, by.group_id, distribution.id, by, leave_open=leave_open, seen=seen
            )
    except SeenChanged as refusal:
        toast_refusal(scene, refusal)
        await _show_left_open(scene, distribution)
        return
    except validation.OrdersLeftOpen:
        await _show_left_open(scene, distribution)
        return
    except validation.AlreadyValidated as refusal:
        toast_refusal(scene, refusal)
        await handover.show_day(scene, distribution)
        return
    scene.toast(scene.texts.label("🏁 The distribution is validated."))
    await _post_report(scene, distribution)


async def _show_left_open(scene: Scene, distribution: Distribution) -> None:
    states = await _open_orders(scene, distribution)
    if not states:
        await handover.show_day(scene, distribution)
        return
    screen = views.left_open(
        scene.texts, distribution, states, scene.coordinator.id, names=scene.among_coordinators
    )
    scene.show(screen)


async def which_are_open(scene: Scene) -> None:
    """The names of what is left open, aside."""
    distribution = await handover.distribution_of_button(scene)
    states = await _open_orders(scene, distribution)
    if not states:
        await handover.show_day(scene, distribution)
        return
    by_id = scene.coordinator.id
    show_aside(scene, views.left_open(scene.texts, distribution, states, by_id, names=True))


async def report(scene: Scene) -> None:
    """The figures once more."""
    distribution = await handover.distribution_of_button(scene)
    made = await _report(scene, distribution)
    scene.show(made(scene.texts, buttons=True))


async def reopen(scene: Scene) -> None:
    """Take the validation back; no money is moved."""
    by = scene.coordinator
    distribution_id, step = scene.numbers(2)
    distribution = await distributions.get_distribution(scene.session, by.group_id, distribution_id)
    if scene.leaves_others_page():
        await handover.show_day(scene, distribution)
        return
    closed = await validation.distribution_validation(scene.session, distribution_id)
    try:
        async with scene.attempt():
            await validation.undo_distribution(scene.session, by.group_id, distribution_id, by, seen=step)
    except SeenChanged:
        scene.toast(scene.texts.label("This distribution changed meanwhile. Here is how it stands."))
        await handover.show_day(scene, distribution)
        return
    scene.toast(scene.texts.label("↩️ The distribution is open again."))
    await handover.show_day(scene, distribution)

    assert closed is not None, "what was just undone stood"
    await tell_reopened(scene, closed, by, lambda texts: views.reopened(texts, distribution, by.name))


async def _post_report(scene: Scene, distribution: Distribution) -> None:
    """The report here, in the coordinators' chat (or the group's), and to every treasurer in private."""
    made = await _report(scene, distribution)
    scene.show(made(scene.texts, buttons=True))
    await scene.notify.coordinators_chat(made)
    await scene.notify.treasurers(made)


class MakeReport(Protocol):
    """A report's figures, to be read in any language."""

    def __call__(self, texts: Texts, *, buttons: bool = False) -> Screen:
        """The screen."""


async def _report(scene: Scene, distribution: Distribution) -> MakeReport:
    page = await handover.day_page_of(scene, distribution)
    producers = await producer_names(scene.session, scene.group.id)
    expected = await till.expected_in_till(scene.session, scene.group.id)
    counts = views.Till(expected, await till.counts(scene.session, distribution.id))

    def made(texts: Texts, *, buttons: bool = False) -> Screen:
        return views.report(texts, scene.group, page, producers, counts, buttons=buttons)

    return made


async def _open_orders(scene: Scene, distribution: Distribution) -> list[OrderState]:
    states = await validation.order_states(scene.session, distribution.group_id, distribution.id)
    return [state for state in states if state.validated is None]


handlers = [
    Button("dclose", close),
    Button("dleave", leave_open),
    Button("dleft", which_are_open),
    Button("dreport", report),
    Button("dundo", reopen),
]
