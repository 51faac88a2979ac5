"""Closing a distribution: validate it, or say that orders are left open; its report; taking that back."""

from __future__ import annotations

from typing import Protocol

from bot.edge.handling import On
from bot.edge.scene import Scene
from bot.handover import pages
from bot.handover.taps.day import Close, LeaveOpen, Reopen, ShowReport, WhichAreOpen
from bot.handover.telling import (
    tell_reopened,
    toast_refusal,
)
from bot.handover.views import report as views
from bot.ui.screen import Screen
from bot.ui.texts import Texts
from ledger.catalogue.service import producer_names
from ledger.orders import till, validation
from ledger.orders.models import Distribution
from ledger.orders.seen import SeenChanged
from ledger.orders.validation import OrderState


async def close(scene: Scene, tap: Close) -> None:
    """Validates the distribution when every order is; else shows what is left open, for a second tap."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    if scene.leaves_others_page():
        await pages.show_day(scene, distribution)
        return
    await _close(scene, distribution, leave_open=False)


async def leave_open(scene: Scene, tap: LeaveOpen) -> None:
    """Validates it by the second tap of the one who leaves orders open: the very ones that were shown."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    if tap.by != scene.member.id:
        scene.toast(
            scene.texts.label("Somebody else was asked this. Now it is up to you: tap again if you want it.")
        )
        await _show_left_open(scene, distribution)
        return
    await _close(scene, distribution, leave_open=True, seen=tap.seen)


async def _close(
    scene: Scene, distribution: Distribution, *, leave_open: bool, seen: int | None = None
) -> None:
    by = scene.member
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
        await pages.show_day(scene, distribution)
        return
    scene.toast(scene.texts.label("🏁 The distribution is validated."))
    await _post_report(scene, distribution)


async def _show_left_open(scene: Scene, distribution: Distribution) -> None:
    states = await _open_orders(scene, distribution)
    if not states:
        await pages.show_day(scene, distribution)
        return
    screen = views.left_open(
        scene.texts, distribution, states, scene.member.id, names=scene.among_coordinators
    )
    scene.show(screen)


async def which_are_open(scene: Scene, tap: WhichAreOpen) -> None:
    """Shows the names of what is left open."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    states = await _open_orders(scene, distribution)
    if not states:
        await pages.show_day(scene, distribution)
        return
    scene.show(views.left_open(scene.texts, distribution, states, scene.member.id, names=True))


async def report(scene: Scene, tap: ShowReport) -> None:
    """Shows the figures once more."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    made = await _report(scene, distribution)
    scene.show(made(scene.texts, buttons=True))


async def reopen(scene: Scene, tap: Reopen) -> None:
    """Takes the validation back; no money is moved."""
    by = scene.member
    distribution = await pages.get_distribution(scene, tap.distribution)
    if scene.leaves_others_page():
        await pages.show_day(scene, distribution)
        return
    closed = await validation.distribution_validation(scene.session, distribution.id)
    try:
        async with scene.attempt():
            await validation.undo_distribution(scene.session, by.group_id, distribution.id, by, seen=tap.step)
    except SeenChanged:
        scene.toast(scene.texts.label("This distribution changed meanwhile. Here is how it stands."))
        await pages.show_day(scene, distribution)
        return
    scene.toast(scene.texts.label("↩️ The distribution is open again."))
    await pages.show_day(scene, distribution)

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
    page = await pages.day_page_of(scene, distribution)
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
    On(Close, close),
    On(LeaveOpen, leave_open),
    On(WhichAreOpen, which_are_open),
    On(ShowReport, report),
    On(Reopen, reopen),
]
