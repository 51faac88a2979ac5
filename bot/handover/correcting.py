"""Goods on distribution day, typed: a line's quantity or price, and a price for everybody.

A line may be corrected by somebody else between the question and the answer: then nothing is written and it is asked again.
"""

from __future__ import annotations

from enum import StrEnum

from bot.edge.conversation import END, Button, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
from bot.handover import goods
from bot.handover.views import asking, changes
from bot.handover.views import goods as views
from bot.refusals import sentences as errors
from bot.ui.screen import Button as ScreenButton
from bot.ui.screen import Screen
from bot.ui.taps import UNSEEN
from ledger.errors import NotFound
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


async def ask_quantity(scene: Scene) -> State | None:
    """How much of a line was handed over?"""
    _ = scene.coordinator
    page = await goods.line_page_of(scene, scene.numbers(1)[0])
    if not await scene.discreetly():
        return None
    keep_line(scene, page)
    scene.say(scene.to_answer(asking.ask_quantity(scene.texts, page, _cancel(scene))))
    return State.QUANTITY


async def take_quantity(scene: Scene) -> str | None:
    """The quantity; ten times what was ordered is asked again."""
    page = await asked_line(scene)
    quantity = typed_quantity(scene, page)
    if quantity is None:
        return say_again(scene, asking.quantity_again(scene.texts))
    if corrections.is_far_off(page.line.line.quantity_milli, quantity):
        ask_if_sure(scene, page, quantity, _cancel(scene))
        return State.QUANTITY
    return await _deliver(scene, page, quantity)


async def sure_quantity(scene: Scene) -> str | None:
    """It is ten times as much indeed."""
    return await _deliver(scene, await asked_line(scene), scene.conversation.data["quantity"])


async def _deliver(scene: Scene, page: views.LinePage, quantity: int) -> str | None:
    ask = asking.ask_quantity(scene.texts, page, _cancel(scene))
    if changed_meanwhile(scene, page, ask):
        return State.QUANTITY
    by, line = scene.coordinator, page.line
    seen = corrections.mark_of_line(line.line.id, line.step)
    done = await corrections.deliver(scene.session, by.group_id, line.line.id, quantity, by, seen=seen)
    await goods.show_changed(scene, done)
    return END


async def ask_price(scene: Scene) -> State | None:
    """What does a line cost?"""
    _ = scene.coordinator
    page = await goods.line_page_of(scene, scene.numbers(1)[0])
    if not await scene.discreetly():
        return None
    keep_line(scene, page)
    screen = asking.ask_price(scene.texts, page.line.line, page.line.price_cents, _cancel(scene))
    scene.say(scene.to_answer(screen))
    return State.PRICE


async def take_price(scene: Scene) -> str | None:
    """The price of one line; ten times the present one is asked again."""
    texts, page = scene.texts, await asked_line(scene)
    price = scene.typed_amount
    if not price:
        return say_again(scene, errors.amount_again(texts))
    if is_far_off(page.line.price_cents, price):
        keep(scene.conversation, price=price)
        yes = texts.label("Yes, {amount}", amount=texts.money(price))
        button = scene.step_button(yes, "sure", style="danger")
        scene.say(scene.to_answer(asking.price_far_off(texts, page.line, price, button, _cancel(scene))))
        return State.PRICE
    return await _reprice(scene, page, price)


async def sure_price(scene: Scene) -> str | None:
    """It is ten times as much indeed."""
    return await _reprice(scene, await asked_line(scene), scene.conversation.data["price"])


async def _reprice(scene: Scene, page: views.LinePage, price: int) -> str | None:
    ask = asking.ask_price(scene.texts, page.line.line, page.line.price_cents, _cancel(scene))
    if changed_meanwhile(scene, page, ask):
        return State.PRICE
    by, line = scene.coordinator, page.line
    seen = corrections.mark_of_line(line.line.id, line.step)
    done = await corrections.reprice(scene.session, by.group_id, line.line.id, price, by, seen=seen)
    await goods.show_changed(scene, done)
    return END


async def ask_price_for_all(scene: Scene) -> State:
    """What does a product cost everybody?"""
    _ = scene.coordinator
    distribution_id, product_id = scene.numbers(2)
    one = await goods.totals_of(scene, distribution_id, product_id)
    keep(scene.conversation, distribution=distribution_id, product=product_id)
    screen = asking.ask_price(
        scene.texts, one.newest, one.newest.price_cents, _cancel(scene), members=one.members
    )
    scene.say(scene.to_answer(screen))
    return State.PRICE_FOR_ALL


async def take_price_for_all(scene: Scene) -> State | None:
    """The price, shown once more with how many it is for."""
    one = await _asked_product(scene)
    price = scene.typed_amount
    if not price:
        return say_again(scene, errors.amount_again(scene.texts))
    scene.say(_price_preview(scene, one, price))
    return State.CONFIRM_PRICE


def _price_preview(scene: Scene, one: views.ProductTotals, price: int) -> Screen:
    """Remembers what it shows."""
    keep(scene.conversation, price=price, seen=one.mark)
    yes = scene.step_button(scene.texts.label("✅ Confirm"), "confirm", style="success")
    return asking.price_preview(scene.texts, one, price, yes, _cancel(scene))


async def confirm_price(scene: Scene) -> str:
    """✅: for everybody, once; shown again when a line changed meanwhile."""
    by, data = scene.coordinator, scene.conversation.data
    try:
        async with scene.attempt():
            done = await corrections.reprice_for_all(
                scene.session,
                by.group_id,
                data["distribution"],
                data["product"],
                data["price"],
                by,
                seen=data.get("seen", UNSEEN),
            )
    except SeenChanged as refusal:
        again = _price_preview(scene, await _asked_product(scene), data["price"])
        scene.show(again.under(errors.sentence(scene.texts, refusal)))
        return State.CONFIRM_PRICE
    await goods.tell_changed(scene, done)
    scene.toast(changes.toast_changed(scene.texts, done))
    scene.show(changes.changed_many(scene.texts, done, by.name))
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    _ = scene.coordinator
    scene.show(Screen(asking.not_changed(scene.texts)))
    return END


def keep_line(scene: Scene, page: views.LinePage) -> None:
    """Remember which line is asked for, of which group, and how often it was corrected so far."""
    keep(scene.conversation, group=scene.group.id, line=page.line.line.id, step=page.line.step)


async def asked_line(scene: Scene) -> views.LinePage:
    """The line that was asked for, of the group it was asked in, as it is now."""
    group_id = scene.coordinator.group_id
    data = scene.conversation.data
    if data["group"] != group_id:
        raise NotFound("line", data["line"])
    return await goods.line_page_of(scene, data["line"])


async def _asked_product(scene: Scene) -> views.ProductTotals:
    data = scene.conversation.data
    return await goods.totals_of(scene, data["distribution"], data["product"])


def changed_meanwhile(scene: Scene, page: views.LinePage, ask: Screen) -> bool:
    """Whether somebody corrected the line since it was asked for; then they are named, and it is asked again."""
    if page.line.step == scene.conversation.data["step"]:
        return False
    keep_line(scene, page)
    scene.say(scene.to_answer(ask.under(asking.changed_meanwhile(scene.texts, page))))
    return True


def ask_if_sure(scene: Scene, page: views.LinePage, quantity: int, instead: ScreenButton) -> None:
    """Ten times as much as was ordered: a button for yes, and another way out; typing again is one too."""
    keep(scene.conversation, quantity=quantity)
    texts, line = scene.texts, page.line.line
    label = texts.label("Yes, {quantity}", quantity=texts.quantity(quantity, line.unit))
    yes = scene.step_button(label, "sure", style="danger")
    scene.say(scene.to_answer(asking.far_off(texts, line, quantity, yes, instead)))


def typed_quantity(scene: Scene, page: views.LinePage) -> int | None:
    """Thousandths of the line's unit; none when the text is no quantity."""
    try:
        quantity = parse_quantity(scene.typed, page.line.line.unit)
    except InvalidAmount:
        return None
    return quantity if quantity <= MAX_QUANTITY else None


def say_again(scene: Scene, sentence: str) -> State | None:
    """Ask once more: the state stays."""
    scene.say(scene.to_answer(Screen(sentence)))
    return None


def _cancel(scene: Scene) -> ScreenButton:
    return scene.step_button(scene.texts.label("Cancel"), "cancel")


CANCEL = StepButton("cancel", leave)
conversation = DurableConversation(
    name="handover_goods",
    entry_points=[
        Button("dqty", ask_quantity),
        Button("dprice", ask_price),
        Button("dpall", ask_price_for_all),
    ],
    states={
        State.QUANTITY: [CANCEL, StepButton("sure", sure_quantity), Typed(take_quantity)],
        State.PRICE: [CANCEL, StepButton("sure", sure_price), Typed(take_price)],
        State.PRICE_FOR_ALL: [CANCEL, Typed(take_price_for_all)],
        State.CONFIRM_PRICE: [CANCEL, StepButton("confirm", confirm_price)],
    },
)
