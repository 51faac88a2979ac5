"""Goods on distribution day, by taps: products and lines, what did not come, and taking a change back.

A product's page counts and names nobody; a line's page is for coordinators among themselves.
"""

from __future__ import annotations

from collections import defaultdict

from telegram import Update

from bot.edge.conversation import Button
from bot.edge.notify import Say
from bot.edge.scene import Context
from bot.handover.telling import show_aside, toast_refusal
from bot.handover.views import changes
from bot.handover.views import goods as views
from bot.handover.views.day import PAGE
from bot.payments.views import taken_back
from ledger.errors import NotFound
from ledger.groups.service import get_member
from ledger.orders import corrections, distributions
from ledger.orders import service as orders
from ledger.orders.corrections import Changed, Corrected, CurrentLine
from ledger.orders.handover_models import Change, ChangeKind
from ledger.orders.models import Order
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments


async def goods(update: Update, context: Context) -> None:  # noqa: ARG001
    """The products of a distribution, by pages."""
    group_id = context.coordinator.group_id
    distribution_id, page = context.numbers(2)
    distribution = await distributions.get_distribution(context.session, group_id, distribution_id)
    lines = await corrections.current_lines(context.session, Order.distribution_id == distribution.id)
    context.show(views.goods_page(context.texts, distribution, views.totals(lines), page))


async def product(update: Update, context: Context) -> None:  # noqa: ARG001
    """One product for everybody."""
    _ = context.coordinator
    distribution_id, product_id = context.numbers(2)
    await show_product(context, distribution_id, product_id)


async def show_product(context: Context, distribution_id: int, product_id: int) -> None:
    """A product's page."""
    distribution = await distributions.get_distribution(context.session, context.group.id, distribution_id)
    lines = await corrections.current_lines(context.session, Order.distribution_id == distribution.id)
    found = views.totals(lines)
    at = next((at for at, one in enumerate(found) if one.newest.product_id == product_id), None)
    if at is None:
        raise NotFound("product", product_id)
    context.show(views.product_page(context.texts, distribution, found[at], at // PAGE))


async def ask_not_delivered(update: Update, context: Context) -> None:  # noqa: ARG001
    """A product did not come: sure?"""
    _ = context.coordinator
    distribution_id, product_id = context.numbers(2)
    await _ask_not_delivered(context, distribution_id, product_id)


async def _ask_not_delivered(context: Context, distribution_id: int, product_id: int) -> None:
    one = await totals_of(context, distribution_id, product_id)
    distribution = await distributions.get_distribution(context.session, context.group.id, distribution_id)
    context.show(views.sure_it_did_not_come(context.texts, distribution, one))


async def not_delivered(update: Update, context: Context) -> None:  # noqa: ARG001
    """It did not come, for the lines that were shown; asked again when any of them changed."""
    by = context.coordinator
    (distribution_id, product_id, _), seen = context.numbers_seen(3)
    one = await totals_of(context, distribution_id, product_id)
    nothing_left = one.given_milli == 0
    try:
        async with context.attempt():
            done = await corrections.not_delivered(
                context.session,
                by.group_id,
                distribution_id,
                product_id,
                by,
                seen=None if nothing_left else seen,
            )
    except SeenChanged as refusal:
        toast_refusal(context, refusal)
        await _ask_not_delivered(context, distribution_id, product_id)
        return
    except corrections.NothingToChange:
        lines = await corrections.product_lines(context.session, by.group_id, distribution_id, product_id)
        await _say_who_was_first(context, lines[0])
        await show_product(context, distribution_id, product_id)
        return
    await tell_changed(context, done)
    context.toast(changes.toast_changed(context.texts, done))
    context.show(changes.changed_many(context.texts, done, by.name))


async def lines(update: Update, context: Context) -> None:  # noqa: ARG001
    """An order's lines, by pages."""
    group_id = context.coordinator.group_id
    order_id, page = context.numbers(2)
    order = await orders.get_order(context.session, group_id, order_id)
    member = await get_member(context.session, group_id, order.member_id)
    found = await corrections.lines_now(context.session, order)
    show_aside(context, views.lines_page(context.texts, found, member, order_id, page))


async def line(update: Update, context: Context) -> None:  # noqa: ARG001
    """One line."""
    _ = context.coordinator
    await show_line(context, context.numbers(1)[0])


async def show_line(context: Context, line_id: int) -> None:
    """A line's page."""
    page = await line_page_of(context, line_id)
    order = await orders.get_order(context.session, context.group.id, page.line.line.order_id)
    ids = [line.line.id for line in await corrections.lines_now(context.session, order)]
    show_aside(context, views.line_page(context.texts, page, ids.index(line_id) // PAGE))


async def line_not_delivered(update: Update, context: Context) -> None:  # noqa: ARG001
    """One line did not come."""
    by = context.coordinator
    line_id, step = context.numbers(2)
    if context.leaves_others_page():
        await show_line(context, line_id)
        return
    seen = corrections.mark_of_line(line_id, step)
    try:
        async with context.attempt():
            done = await corrections.deliver(context.session, by.group_id, line_id, 0, by, seen=seen)
    except (corrections.NothingToChange, SeenChanged):
        await _say_who_was_first(context, await corrections.get_line(context.session, by.group_id, line_id))
        await show_line(context, line_id)
        return
    await show_changed(context, done)


async def undo_change(update: Update, context: Context) -> None:  # noqa: ARG001
    """↩️: the whole change is taken back; a receipt that stays gets its answer below."""
    by = context.coordinator
    change_id = context.numbers(1)[0]
    done = await corrections.undo_change(context.session, by.group_id, change_id, by)
    maker_id = (await context.session.get_one(Change, change_id)).by_id
    told = await context.notify.maker(
        maker_id, by, lambda texts: taken_back.goods(texts, context.group, done, by.name)
    )
    await show_changed(context, done, taken_back.unreachable(context.texts, told.unreachable))


async def show_changed(context: Context, done: Changed, notice: str | None = None) -> None:
    """The coordinator's receipt of a change (under a notice), and what the members concerned read."""
    by = context.coordinator
    await tell_changed(context, done)
    if len(done.corrected) > 1:
        context.toast(changes.toast_changed(context.texts, done))
        screen = changes.changed_many(context.texts, done, by.name)
        context.show(screen.under(notice) if notice else screen)
        return
    screen = changes.changed_one(context.texts, context.group, done.corrected[0], done.change, by.name)
    show_aside(context, screen.under(notice) if notice else screen)
    context.toast(changes.toast_changed(context.texts, done))


async def tell_changed(context: Context, done: Changed) -> None:
    """Tells each member concerned, in one message."""
    by = context.coordinator
    distribution = await distributions.get_distribution(
        context.session, by.group_id, done.change.distribution_id
    )
    own: dict[int, list[Corrected]] = defaultdict(list)
    for one in done.corrected:
        own[one.member.id].append(one)
    announced = await payments.expected_by_member(context.session, own)

    def say(member_id: int) -> Say:
        return lambda texts: changes.told_changed(
            texts,
            context.group,
            distribution,
            own[member_id],
            done.change,
            by.name,
            announced.get(member_id, ()),
        )

    await context.notify.each((theirs[0].member, say(member_id)) for member_id, theirs in own.items())


async def totals_of(context: Context, distribution_id: int, product_id: int) -> views.ProductTotals:
    """A product that was ordered for a distribution of this group."""
    group_id = context.coordinator.group_id
    lines = await corrections.product_lines(context.session, group_id, distribution_id, product_id)
    if not lines:
        raise NotFound("product", product_id)
    return views.totals(lines)[0]


async def line_page_of(context: Context, line_id: int) -> views.LinePage:
    """A line with all that its screen shows."""
    session, group_id = context.session, context.coordinator.group_id
    now = await corrections.get_line(session, group_id, line_id)
    order = await orders.get_order(session, group_id, now.line.order_id)
    member = await get_member(session, group_id, order.member_id)
    distribution = await distributions.get_distribution(session, group_id, order.distribution_id)
    last = await corrections.last_change(session, now)
    if last is None:
        return views.LinePage(now, member, distribution)
    change, by = last
    count = await corrections.count_lines(session, change)
    return views.LinePage(now, member, distribution, change, by, count)


async def _say_who_was_first(context: Context, now: CurrentLine) -> None:
    last = await corrections.last_change(context.session, now)
    if last is None:
        context.toast(context.texts.label("It is like this already. Nothing was changed."))
        return
    change, by = last
    context.toast(views.already_so(context.texts, change.at, by), alert=change.kind is not ChangeKind.UNDO)


handlers = [
    Button("dgoods", goods),
    Button("dprod", product),
    Button("dnot", ask_not_delivered),
    Button("dnotyes", not_delivered),
    Button("dlines", lines),
    Button("dline", line),
    Button("dnone", line_not_delivered),
    Button("chundo", undo_change),
]
