"""Closing a distribution: validate it, or say that orders are left open; its report; taking that back."""

from __future__ import annotations

from typing import Protocol

from telegram import Update

from bot.edge.conversation import Button
from bot.edge.scene import Context
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


async def close(update: Update, context: Context) -> None:  # noqa: ARG001
    """🏁: validated when every order is; else what is left open, and a second tap."""
    distribution = await handover.distribution_of_button(context)
    if context.leaves_others_page():
        await handover.show_day(context, distribution)
        return
    await _close(context, distribution, leave_open=False)


async def leave_open(update: Update, context: Context) -> None:  # noqa: ARG001
    """The second tap, by the one who leaves orders open: the very ones that were shown."""
    by = context.coordinator
    (distribution_id, _, by_id), seen = context.numbers_seen(3)
    distribution = await distributions.get_distribution(context.session, by.group_id, distribution_id)
    if by_id != by.id:
        context.toast(
            context.texts.label(
                "Somebody else was asked this. Now it is up to you: tap again if you want it."
            )
        )
        await _show_left_open(context, distribution)
        return
    await _close(context, distribution, leave_open=True, seen=seen)


async def _close(
    context: Context, distribution: Distribution, *, leave_open: bool, seen: int | None = None
) -> None:
    by = context.coordinator
    try:
        async with context.attempt():
            await validation.validate_distribution(
                context.session, by.group_id, distribution.id, by, leave_open=leave_open, seen=seen
            )
    except SeenChanged as refusal:
        toast_refusal(context, refusal)
        await _show_left_open(context, distribution)
        return
    except validation.OrdersLeftOpen:
        await _show_left_open(context, distribution)
        return
    except validation.AlreadyValidated as refusal:
        toast_refusal(context, refusal)
        await handover.show_day(context, distribution)
        return
    context.toast(context.texts.label("🏁 The distribution is validated."))
    await _post_report(context, distribution)


async def _show_left_open(context: Context, distribution: Distribution) -> None:
    states = await _open_orders(context, distribution)
    if not states:
        await handover.show_day(context, distribution)
        return
    screen = views.left_open(
        context.texts, distribution, states, context.coordinator.id, names=context.among_coordinators
    )
    context.show(screen)


async def which_are_open(update: Update, context: Context) -> None:  # noqa: ARG001
    """The names of what is left open, aside."""
    distribution = await handover.distribution_of_button(context)
    states = await _open_orders(context, distribution)
    if not states:
        await handover.show_day(context, distribution)
        return
    by_id = context.coordinator.id
    show_aside(context, views.left_open(context.texts, distribution, states, by_id, names=True))


async def report(update: Update, context: Context) -> None:  # noqa: ARG001
    """The figures once more."""
    distribution = await handover.distribution_of_button(context)
    made = await _report(context, distribution)
    context.show(made(context.texts, buttons=True))


async def reopen(update: Update, context: Context) -> None:  # noqa: ARG001
    """Take the validation back; no money is moved."""
    by = context.coordinator
    distribution_id, step = context.numbers(2)
    distribution = await distributions.get_distribution(context.session, by.group_id, distribution_id)
    if context.leaves_others_page():
        await handover.show_day(context, distribution)
        return
    closed = await validation.distribution_validation(context.session, distribution_id)
    try:
        async with context.attempt():
            await validation.undo_distribution(context.session, by.group_id, distribution_id, by, seen=step)
    except SeenChanged:
        context.toast(context.texts.label("This distribution changed meanwhile. Here is how it stands."))
        await handover.show_day(context, distribution)
        return
    context.toast(context.texts.label("↩️ The distribution is open again."))
    await handover.show_day(context, distribution)

    assert closed is not None, "what was just undone stood"
    await tell_reopened(context, closed, by, lambda texts: views.reopened(texts, distribution, by.name))


async def _post_report(context: Context, distribution: Distribution) -> None:
    """The report here, in the coordinators' chat (or the group's), and to every treasurer in private."""
    made = await _report(context, distribution)
    context.show(made(context.texts, buttons=True))
    await context.notify.coordinators_chat(made)
    await context.notify.treasurers(made)


class MakeReport(Protocol):
    """A report's figures, to be read in any language."""

    def __call__(self, texts: Texts, *, buttons: bool = False) -> Screen:
        """The screen."""


async def _report(context: Context, distribution: Distribution) -> MakeReport:
    page = await handover.day_page_of(context, distribution)
    producers = await producer_names(context.session, context.group.id)
    expected = await till.expected_in_till(context.session, context.group.id)
    counts = views.Till(expected, await till.counts(context.session, distribution.id))

    def made(texts: Texts, *, buttons: bool = False) -> Screen:
        return views.report(texts, context.group, page, producers, counts, buttons=buttons)

    return made


async def _open_orders(context: Context, distribution: Distribution) -> list[OrderState]:
    states = await validation.order_states(context.session, distribution.group_id, distribution.id)
    return [state for state in states if state.validated is None]


handlers = [
    Button("dclose", close),
    Button("dleave", leave_open),
    Button("dleft", which_are_open),
    Button("dreport", report),
    Button("dundo", reopen),
]
