"""Goods on distribution day, typed: a line's quantity or price, and a price for everybody.

A line may be corrected by somebody else between the question and the answer: then nothing is written and it is asked again.
"""

from __future__ import annotations

from enum import StrEnum

from bot.edge.draft import Draft
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.handover import goods
from bot.handover.asking import ask_if_sure
from bot.handover.taps.goods import ConfirmPrice, Price, PriceForAll, Quantity, Sure
from bot.handover.views import asking
from bot.handover.views import goods as views
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui.screen import Button, Screen
from bot.ui.taps import UNSEEN
from ledger.money import InvalidAmount
from ledger.orders import corrections
from ledger.orders.baskets import MAX_QUANTITY
from ledger.orders.seen import SeenChanged
from ledger.payments.service import is_far_off
from ledger.quantities import parse_quantity


class State(StrEnum):
    """What the coordinator is asked."""

    QUANTITY = "quantity"
    PRICE = "price"
    PRICE_FOR_ALL = "price_for_all"
    CONFIRM_PRICE = "confirm_price"


class LineDraft(Draft):
    """The line that is asked for, how often it was corrected when it was, and the quantity of which one must be sure."""

    line: int = 0
    step: int = 0
    quantity: int = 0

    def ask_for(self, page: views.LinePage) -> None:
        """Remembers the line as it stands."""
        self.line, self.step = page.line.line.id, page.line.step


class GoodsDraft(LineDraft):
    """A line's, or a product's price in cents with the mark of the lines it was shown for."""

    price: int = 0
    distribution: int = 0
    product: int = 0
    seen: int = UNSEEN


async def ask_quantity(scene: Scene, tap: Quantity) -> State:
    """Asks how much of a line was handed over."""
    page = await _begin(scene, tap.line)
    scene.ask(asking.ask_quantity(scene.texts, page, cancel_button(scene)))
    return State.QUANTITY


async def take_quantity(scene: Scene, draft: GoodsDraft) -> str | None:
    """Takes the quantity; asks again whether ten times what was ordered is right."""
    page = await goods.line_page_of(scene, draft.line)
    quantity = typed_quantity(scene, page)
    if quantity is None:
        scene.ask(Screen(asking.quantity_again(scene.texts)))
        return None
    if corrections.is_far_off(page.line.line.quantity_milli, quantity):
        ask_if_sure_of_quantity(scene, draft, page, quantity, cancel_button(scene))
        return State.QUANTITY
    return await _deliver(scene, draft, page, quantity)


async def sure_quantity(scene: Scene, draft: GoodsDraft) -> str:
    """Takes a quantity of ten times as much."""
    return await _deliver(scene, draft, await goods.line_page_of(scene, draft.line), draft.quantity)


async def _deliver(scene: Scene, draft: GoodsDraft, page: views.LinePage, quantity: int) -> str:
    ask = asking.ask_quantity(scene.texts, page, cancel_button(scene))
    if changed_meanwhile(scene, draft, page, ask):
        return State.QUANTITY
    by, line = scene.member, page.line
    seen = corrections.mark_of_line(line.line.id, line.step)
    done = await corrections.deliver(scene.session, by.group_id, line.line.id, quantity, by, seen=seen)
    await goods.show_changed(scene, done)
    return END


async def ask_price(scene: Scene, tap: Price) -> State:
    """Asks what a line costs."""
    page = await _begin(scene, tap.line)
    scene.ask(_price_question(scene, page))
    return State.PRICE


async def take_price(scene: Scene, draft: GoodsDraft) -> str | None:
    """Takes the price of one line; asks again whether ten times the present one is right."""
    texts, page = scene.texts, await goods.line_page_of(scene, draft.line)
    price = scene.typed_amount
    if not price:
        scene.ask(Screen(errors.amount_again(texts)))
        return None
    if is_far_off(page.line.price_cents, price):
        draft.price = price
        yes = texts.label("Yes, {amount}", amount=texts.money(price))
        ask_if_sure(scene, asking.price_far_off(texts, page.line, price), yes, cancel_button(scene))
        return State.PRICE
    return await _reprice(scene, draft, page, price)


async def sure_price(scene: Scene, draft: GoodsDraft) -> str:
    """Takes a price of ten times as much."""
    return await _reprice(scene, draft, await goods.line_page_of(scene, draft.line), draft.price)


async def _reprice(scene: Scene, draft: GoodsDraft, page: views.LinePage, price: int) -> str:
    if changed_meanwhile(scene, draft, page, _price_question(scene, page)):
        return State.PRICE
    by, line = scene.member, page.line
    seen = corrections.mark_of_line(line.line.id, line.step)
    done = await corrections.reprice(scene.session, by.group_id, line.line.id, price, by, seen=seen)
    await goods.show_changed(scene, done)
    return END


def _price_question(scene: Scene, page: views.LinePage) -> Screen:
    return asking.ask_price(scene.texts, page.line.line, page.line.price_cents, cancel_button(scene))


async def ask_price_for_all(scene: Scene, tap: PriceForAll) -> State:
    """Asks what a product costs everybody."""
    one = await goods.totals_of(scene, tap.distribution, tap.product)
    scene.keep(GoodsDraft(distribution=tap.distribution, product=tap.product))
    price, cancel = one.newest.price_cents, cancel_button(scene)
    scene.ask(asking.ask_price(scene.texts, one.newest, price, cancel, members=one.members))
    return State.PRICE_FOR_ALL


async def take_price_for_all(scene: Scene, draft: GoodsDraft) -> State | None:
    """Takes the price, and shows it once more with how many it is for."""
    one = await goods.totals_of(scene, draft.distribution, draft.product)
    price = scene.typed_amount
    if not price:
        scene.ask(Screen(errors.amount_again(scene.texts)))
        return None
    draft.price = price
    scene.say(_price_preview(scene, draft, one))
    return State.CONFIRM_PRICE


def _price_preview(scene: Scene, draft: GoodsDraft, one: views.ProductTotals) -> Screen:
    """Remembers what it shows."""
    draft.seen = one.mark
    yes = scene.step_button(scene.texts.label("✅ Confirm"), ConfirmPrice(), style="success")
    return asking.price_preview(scene.texts, one, draft.price, yes, cancel_button(scene))


async def confirm_price(scene: Scene, draft: GoodsDraft) -> str:
    """Sets the price for everybody, once; shows it again when a line changed meanwhile."""
    by = scene.member
    try:
        async with scene.attempt():
            done = await corrections.reprice_for_all(
                scene.session,
                by.group_id,
                draft.distribution,
                draft.product,
                draft.price,
                by,
                seen=draft.seen,
            )
    except SeenChanged as refusal:
        one = await goods.totals_of(scene, draft.distribution, draft.product)
        again = _price_preview(scene, draft, one)
        scene.show(again.under(errors.sentence(scene.texts, refusal)))
        return State.CONFIRM_PRICE
    await goods.show_changed_for_all(scene, done)
    return END


async def leave(scene: Scene) -> str:
    """Says that nothing was changed."""
    scene.show(Screen(asking.not_changed(scene.texts)))
    return END


async def _begin(scene: Scene, line_id: int) -> views.LinePage:
    """The line that is asked for, as it is now."""
    page = await goods.line_page_of(scene, line_id)
    draft = GoodsDraft()
    draft.ask_for(page)
    scene.keep(draft)
    return page


def changed_meanwhile(scene: Scene, draft: LineDraft, page: views.LinePage, ask: Screen) -> bool:
    """Whether somebody corrected the line since it was asked for; then they are named, and it is asked again."""
    if page.line.step == draft.step:
        return False
    draft.ask_for(page)
    scene.ask(ask.under(asking.changed_meanwhile(scene.texts, page)))
    return True


def ask_if_sure_of_quantity(
    scene: Scene, draft: LineDraft, page: views.LinePage, quantity: int, way_out: Button
) -> None:
    """Asks whether ten times as much as was ordered is right."""
    draft.quantity = quantity
    texts, line = scene.texts, page.line.line
    yes = texts.label("Yes, {quantity}", quantity=texts.quantity(quantity, line.unit))
    ask_if_sure(scene, asking.far_off(texts, line, quantity), yes, way_out)


def typed_quantity(scene: Scene, page: views.LinePage) -> int | None:
    """Thousandths of the line's unit; none when the text is no quantity."""
    try:
        quantity = parse_quantity(scene.typed, page.line.line.unit)
    except InvalidAmount:
        return None
    return quantity if quantity <= MAX_QUANTITY else None


conversation = Conversation(
    "handover_goods",
    may=May.CORRECT,
    draft=GoodsDraft,
    entry_points=[On(Quantity, ask_quantity), On(Price, ask_price), On(PriceForAll, ask_price_for_all)],
    states={
        State.QUANTITY: [On(Sure, sure_quantity), Typed(take_quantity)],
        State.PRICE: [On(Sure, sure_price), Typed(take_price)],
        State.PRICE_FOR_ALL: [Typed(take_price_for_all)],
        State.CONFIRM_PRICE: [On(ConfirmPrice, confirm_price)],
    },
    cancel=leave,
)
