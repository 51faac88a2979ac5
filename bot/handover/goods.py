"""Goods on distribution day, by taps: products and lines, what did not come, and taking a change back.

A product's page counts and names nobody; a line's page is for coordinators among themselves.
"""

from __future__ import annotations

from collections import defaultdict

from bot.edge.handling import On
from bot.edge.notify import Say
from bot.edge.scene import Scene
from bot.handover import pages
from bot.handover.taps.goods import (
    AskNotDelivered,
    LineNotDelivered,
    Lines,
    NotDelivered,
    Products,
    ShowLine,
    ShowProduct,
    UndoChange,
)
from bot.handover.telling import toast_refusal
from bot.handover.views import changes
from bot.handover.views import goods as views
from bot.handover.views.day import PAGE
from bot.payments.views import taken_back
from bot.ui.taps import Answered
from ledger.errors import NotFound
from ledger.groups.service import get_member
from ledger.orders import corrections
from ledger.orders import service as orders
from ledger.orders.corrections import Changed, Corrected, CurrentLine
from ledger.orders.handover_models import Change, ChangeKind
from ledger.orders.models import Order
from ledger.orders.seen import SeenChanged
from ledger.payments.service import expected_by_member


async def products(scene: Scene, tap: Products) -> None:
    """Shows the products of a distribution, by pages."""
    distribution = await pages.get_distribution(scene, tap.distribution)
    lines = await corrections.current_lines(scene.session, Order.distribution_id == distribution.id)
    scene.show(views.goods_page(scene.texts, distribution, views.totals(lines), tap.page))


async def product(scene: Scene, tap: ShowProduct) -> None:
    """Shows one product for everybody."""
    await show_product(scene, tap.distribution, tap.product)


async def show_product(scene: Scene, distribution_id: int, product_id: int) -> None:
    """Shows a product's page."""
    distribution = await pages.get_distribution(scene, distribution_id)
    lines = await corrections.current_lines(scene.session, Order.distribution_id == distribution.id)
    found = views.totals(lines)
    at = next((at for at, one in enumerate(found) if one.newest.product_id == product_id), None)
    if at is None:
        raise NotFound("product", product_id)
    scene.show(views.product_page(scene.texts, distribution, found[at], at // PAGE))


async def ask_not_delivered(scene: Scene, tap: AskNotDelivered) -> None:
    """Asks, of a product that did not come, whether that is so."""
    await _ask_not_delivered(scene, tap.distribution, tap.product)


async def _ask_not_delivered(scene: Scene, distribution_id: int, product_id: int) -> None:
    one = await totals_of(scene, distribution_id, product_id)
    distribution = await pages.get_distribution(scene, distribution_id)
    scene.show(views.sure_it_did_not_come(scene.texts, distribution, one))


async def not_delivered(scene: Scene, tap: NotDelivered) -> None:
    """Takes a product that did not come off the lines that were shown; asks again when any of them changed."""
    by = scene.member
    one = await totals_of(scene, tap.distribution, tap.product)
    seen = None if one.given_milli == 0 else tap.seen
    try:
        async with scene.attempt():
            done = await corrections.not_delivered(
                scene.session, by.group_id, tap.distribution, tap.product, by, seen=seen
            )
    except SeenChanged as refusal:
        toast_refusal(scene, refusal)
        await _ask_not_delivered(scene, tap.distribution, tap.product)
    except corrections.NothingToChange:
        lines = await corrections.product_lines(scene.session, by.group_id, tap.distribution, tap.product)
        await _say_who_was_first(scene, lines[0])
        await show_product(scene, tap.distribution, tap.product)
    else:
        await show_changed_for_all(scene, done)


async def lines(scene: Scene, tap: Lines) -> None:
    """Shows an order's lines, by pages."""
    group_id = scene.member.group_id
    order = await orders.get_order(scene.session, group_id, tap.order)
    member = await get_member(scene.session, group_id, order.member_id)
    found = await corrections.lines_now(scene.session, order)
    scene.show(views.lines_page(scene.texts, found, member, order.id, tap.page))


async def line(scene: Scene, tap: ShowLine) -> None:
    """Shows one line."""
    await show_line(scene, tap.line)


async def show_line(scene: Scene, line_id: int) -> None:
    """Shows a line's page."""
    page = await line_page_of(scene, line_id)
    order = await orders.get_order(scene.session, scene.group.id, page.line.line.order_id)
    ids = [line.line.id for line in await corrections.lines_now(scene.session, order)]
    scene.show(views.line_page(scene.texts, page, ids.index(line_id) // PAGE))


async def line_not_delivered(scene: Scene, tap: LineNotDelivered) -> None:
    """Takes off a line that was not delivered, unless it was corrected since it was shown."""
    by = scene.member
    if scene.leaves_others_page():
        await show_line(scene, tap.line)
        return
    seen = corrections.mark_of_line(tap.line, tap.step)
    try:
        async with scene.attempt():
            done = await corrections.deliver(scene.session, by.group_id, tap.line, 0, by, seen=seen)
    except (corrections.NothingToChange, SeenChanged):
        await _say_who_was_first(scene, await corrections.get_line(scene.session, by.group_id, tap.line))
        await show_line(scene, tap.line)
    else:
        await show_changed(scene, done)


async def undo_change(scene: Scene, tap: UndoChange) -> None:
    """Takes a change back as a whole; who made it is told."""
    by = scene.member
    done = await corrections.undo_change(scene.session, by.group_id, tap.change, by)
    maker_id = (await scene.session.get_one(Change, tap.change)).by_id
    told = await scene.notify.maker(
        maker_id, by, lambda texts: taken_back.goods(texts, scene.group, done, by.name)
    )
    notice = taken_back.unreachable(scene.texts, told.unreachable)
    if len(done.corrected) > 1:
        await show_changed_for_all(scene, done, notice)
    else:
        await show_changed(scene, done, notice)


async def show_changed_for_all(scene: Scene, done: Changed, notice: str | None = None) -> None:
    """Shows the receipt of a change for everybody, which names nobody (under a notice), and tells the members."""
    await tell_changed(scene, done)
    scene.toast(changes.toast_changed(scene.texts, done))
    screen = changes.changed_many(scene.texts, done, scene.member.name)
    scene.show(screen.under(notice) if notice else screen)


async def show_changed(scene: Scene, done: Changed, notice: str | None = None) -> None:
    """Shows the receipt of a line's change (under a notice), where only coordinators read it, and tells the member."""
    await tell_changed(scene, done)
    texts, by = scene.texts, scene.member.name
    screen = changes.changed_one(texts, scene.group, done.corrected[0], done.change, by)
    scene.answered = Answered.DISCREETLY
    scene.show(screen.under(notice) if notice else screen)
    scene.toast(changes.toast_changed(texts, done))


async def tell_changed(scene: Scene, done: Changed) -> None:
    """Tells each member concerned, in one message."""
    by = scene.member
    distribution = await pages.get_distribution(scene, done.change.distribution_id)
    own: dict[int, list[Corrected]] = defaultdict(list)
    for one in done.corrected:
        own[one.member.id].append(one)
    announced = await expected_by_member(scene.session, own)

    def say(member_id: int) -> Say:
        return lambda texts: changes.told_changed(
            texts,
            scene.group,
            distribution,
            own[member_id],
            done.change,
            by.name,
            announced.get(member_id, ()),
        )

    await scene.notify.each((theirs[0].member, say(member_id)) for member_id, theirs in own.items())


async def totals_of(scene: Scene, distribution_id: int, product_id: int) -> views.ProductTotals:
    """A product that was ordered for a distribution of this group."""
    group_id = scene.member.group_id
    lines = await corrections.product_lines(scene.session, group_id, distribution_id, product_id)
    if not lines:
        raise NotFound("product", product_id)
    return views.totals(lines)[0]


async def line_page_of(scene: Scene, line_id: int) -> views.LinePage:
    """A line with all that its screen shows."""
    session, group_id = scene.session, scene.member.group_id
    now = await corrections.get_line(session, group_id, line_id)
    order = await orders.get_order(session, group_id, now.line.order_id)
    member = await get_member(session, group_id, order.member_id)
    distribution = await pages.get_distribution(scene, order.distribution_id)
    last = await corrections.last_change(session, now)
    if last is None:
        return views.LinePage(now, member, distribution)
    change, by = last
    count = await corrections.count_lines(session, change)
    return views.LinePage(now, member, distribution, change, by, count)


async def _say_who_was_first(scene: Scene, now: CurrentLine) -> None:
    last = await corrections.last_change(scene.session, now)
    if last is None:
        scene.toast(scene.texts.label("It is like this already. Nothing was changed."))
        return
    change, by = last
    scene.toast(views.already_so(scene.texts, change.at, by), alert=change.kind is not ChangeKind.UNDO)


handlers = [
    On(Products, products),
    On(ShowProduct, product),
    On(AskNotDelivered, ask_not_delivered),
    On(NotDelivered, not_delivered),
    On(Lines, lines),
    On(ShowLine, line),
    On(LineNotDelivered, line_not_delivered),
    On(UndoChange, undo_change),
]
