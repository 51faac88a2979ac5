"""Goods on distribution day, by taps: products and lines, what did not come, and taking a change back.

A product's page counts and names nobody; a line's page is for coordinators among themselves.
"""

from __future__ import annotations

from collections import defaultdict

from bot.edge.conversation import Button
from bot.edge.notify import Say
from bot.edge.scene import Scene
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


async def goods(scene: Scene) -> None:
    """The products of a distribution, by pages."""
    group_id = scene.coordinator.group_id
    distribution_id, page = scene.numbers(2)
    distribution = await distributions.get_distribution(scene.session, group_id, distribution_id)
    lines = await corrections.current_lines(scene.session, Order.distribution_id == distribution.id)
    scene.show(views.goods_page(scene.texts, distribution, views.totals(lines), page))


async def product(scene: Scene) -> None:
    """One product for everybody."""
    _ = scene.coordinator
    distribution_id, product_id = scene.numbers(2)
    await show_product(scene, distribution_id, product_id)


async def show_product(scene: Scene, distribution_id: int, product_id: int) -> None:
    """A product's page."""
    distribution = await distributions.get_distribution(scene.session, scene.group.id, distribution_id)
    lines = await corrections.current_lines(scene.session, Order.distribution_id == distribution.id)
    found = views.totals(lines)
    at = next((at for at, one in enumerate(found) if one.newest.product_id == product_id), None)
    if at is None:
        raise NotFound("product", product_id)
    scene.show(views.product_page(scene.texts, distribution, found[at], at // PAGE))


async def ask_not_delivered(scene: Scene) -> None:
    """A product did not come: sure?"""
    _ = scene.coordinator
    distribution_id, product_id = scene.numbers(2)
    await _ask_not_delivered(scene, distribution_id, product_id)


async def _ask_not_delivered(scene: Scene, distribution_id: int, product_id: int) -> None:
    one = await totals_of(scene, distribution_id, product_id)
    distribution = await distributions.get_distribution(scene.session, scene.group.id, distribution_id)
    scene.show(views.sure_it_did_not_come(scene.texts, distribution, one))


async def not_delivered(scene: Scene) -> None:
    """It did not come, for the lines that were shown; asked again when any of them changed."""
    by = scene.coordinator
    (distribution_id, product_id, _), seen = scene.numbers_seen(3)
    one = await totals_of(scene, distribution_id, product_id)
    nothing_left = one.given_milli == 0
    try:
        async with scene.attempt():
            done = await corrections.not_delivered(
                scene.session,
                by.group_id,
                distribution_id,
                product_id,
                by,
                seen=None if nothing_left else seen,
            )
    except SeenChanged as refusal:
        toast_refusal(scene, refusal)
        await _ask_not_delivered(scene, distribution_id, product_id)
        return
    except corrections.NothingToChange:
        lines = await corrections.product_lines(scene.session, by.group_id, distribution_id, product_id)
        await _say_who_was_first(scene, lines[0])
        await show_product(scene, distribution_id, product_id)
        return
    await tell_changed(scene, done)
    scene.toast(changes.toast_changed(scene.texts, done))
    scene.show(changes.changed_many(scene.texts, done, by.name))


async def lines(scene: Scene) -> None:
    """An order's lines, by pages."""
    group_id = scene.coordinator.group_id
    order_id, page = scene.numbers(2)
    order = await orders.get_order(scene.session, group_id, order_id)
    member = await get_member(scene.session, group_id, order.member_id)
    found = await corrections.lines_now(scene.session, order)
    show_aside(scene, views.lines_page(scene.texts, found, member, order_id, page))


async def line(scene: Scene) -> None:
    """One line."""
    _ = scene.coordinator
    await show_line(scene, scene.numbers(1)[0])


async def show_line(scene: Scene, line_id: int) -> None:
    """A line's page."""
    page = await line_page_of(scene, line_id)
    order = await orders.get_order(scene.session, scene.group.id, page.line.line.order_id)
    ids = [line.line.id for line in await corrections.lines_now(scene.session, order)]
    show_aside(scene, views.line_page(scene.texts, page, ids.index(line_id) // PAGE))


async def line_not_delivered(scene: Scene) -> None:
    """One line did not come."""
    by = scene.coordinator
    line_id, step = scene.numbers(2)
    if scene.leaves_others_page():
        await show_line(scene, line_id)
        return
    seen = corrections.mark_of_line(line_id, step)
    try:
        async with scene.attempt():
            done = await corrections.deliver(scene.session, by.group_id, line_id, 0, by, seen=seen)
    except (corrections.NothingToChange, SeenChanged):
        await _say_who_was_first(scene, await corrections.get_line(scene.session, by.group_id, line_id))
        await show_line(scene, line_id)
        return
    await show_changed(scene, done)


async def undo_change(scene: Scene) -> None:
    """↩️: the whole change is taken back; a receipt that stays gets its answer below."""
    by = scene.coordinator
    change_id = scene.numbers(1)[0]
    done = await corrections.undo_change(scene.session, by.group_id, change_id, by)
    maker_id = (await scene.session.get_one(Change, change_id)).by_id
    told = await scene.notify.maker(
        maker_id, by, lambda texts: taken_back.goods(texts, scene.group, done, by.name)
    )
    await show_changed(scene, done, taken_back.unreachable(scene.texts, told.unreachable))


async def show_changed(scene: Scene, done: Changed, notice: str | None = None) -> None:
    """The coordinator's receipt of a change (under a notice), and what the members concerned read."""
    by = scene.coordinator
    await tell_changed(scene, done)
    if len(done.corrected) > 1:
        scene.toast(changes.toast_changed(scene.texts, done))
        screen = changes.changed_many(scene.texts, done, by.name)
        scene.show(screen.under(notice) if notice else screen)
        return
    screen = changes.changed_one(scene.texts, scene.group, done.corrected[0], done.change, by.name)
    show_aside(scene, screen.under(notice) if notice else screen)
    scene.toast(changes.toast_changed(scene.texts, done))


async def tell_changed(scene: Scene, done: Changed) -> None:
    """Tells each member concerned, in one message."""
    by = scene.coordinator
    distribution = await distributions.get_distribution(
        scene.session, by.group_id, done.change.distribution_id
    )
    own: dict[int, list[Corrected]] = defaultdict(list)
    for one in done.corrected:
        own[one.member.id].append(one)
    announced = await payments.expected_by_member(scene.session, own)

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
    group_id = scene.coordinator.group_id
    lines = await corrections.product_lines(scene.session, group_id, distribution_id, product_id)
    if not lines:
        raise NotFound("product", product_id)
    return views.totals(lines)[0]


async def line_page_of(scene: Scene, line_id: int) -> views.LinePage:
    """A line with all that its screen shows."""
    session, group_id = scene.session, scene.coordinator.group_id
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


async def _say_who_was_first(scene: Scene, now: CurrentLine) -> None:
    last = await corrections.last_change(scene.session, now)
    if last is None:
        scene.toast(scene.texts.label("It is like this already. Nothing was changed."))
        return
    change, by = last
    scene.toast(views.already_so(scene.texts, change.at, by), alert=change.kind is not ChangeKind.UNDO)


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
