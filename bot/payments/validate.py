"""Confirming payments, in the group chat or in private: /valider with and without a reference, two taps in the normal case.

Every button carries the number of steps the payment had when the button was made, so a button from before somebody else's
step shows what happened instead of doing it again.
"""

from __future__ import annotations

from enum import StrEnum

from bot.edge.conversation import END, Button, Command, DurableConversation, StepButton, Typed, keep
from bot.edge.scene import Scene
from bot.handover.views.money import instead_of as instead_of_line
from bot.payments.views import taken_back
from bot.payments.views import validation as views
from bot.refusals.sentences import already_settled, amount_again, plain, sentence
from bot.ui.screen import Screen
from bot.ui.taps import UNSEEN
from ledger.errors import NotAllowed, NotFound
from ledger.groups import service as groups
from ledger.groups.models import Method
from ledger.groups.roles import Role
from ledger.groups.service import get_member
from ledger.money import InvalidAmount, parse_amount
from ledger.orders import distributions, validation
from ledger.orders.awaited import awaited_of
from ledger.orders.models import Distribution
from ledger.orders.order_state import Receipt, Settles, due_by
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState
from ledger.reference import normalise, split_reference


class State(StrEnum):
    """What the coordinator is asked to type."""

    AMOUNT = "amount"


async def validate(scene: Scene) -> None:
    """/valider: with a reference (and an amount), that payment; without, what is awaited."""
    if scene.command_text and scene.update.callback_query is None:
        await show_reference(scene, scene.command_text)
    else:
        _ = scene.treasurer
        await _show_awaited_somewhere(scene)


async def show_reference(scene: Scene, text: str) -> None:
    """The payment a text names; proposals when it names none but nearly does."""
    code, rest = split_reference(text)
    payment = await _find(scene, text)
    if payment is None:
        group_id = scene.treasurer.group_id
        near = await payments.near_references(scene.session, group_id, code)
        named = [(p, scene.texts.who(await get_member(scene.session, group_id, p.member_id))) for p in near]
        scene.show(views.unknown_reference(scene.texts, code, named))
        return
    # An amount follows a reference that comes first; around one found in a longer text there is only noise.
    amount = None
    if rest and normalise(code) == payment.reference:
        amount = parse_amount(rest, currency=scene.group.currency)
        if amount == 0:
            raise InvalidAmount(rest)
    scene.show(await screen_of(scene, payment, amount))


async def _find(scene: Scene, text: str) -> Payment | None:
    """The payment in the group that is looked at; in private, else in another whose money the person keeps."""
    if not scene.is_private:
        return await payments.find_by_reference(scene.session, scene.treasurer.group_id, text)
    roles = await groups.roles_of_person(scene.session, scene.person.id)
    kept = [group_id for group_id, role in roles.items() if role >= Role.TREASURER]
    if not kept:
        raise NotAllowed("treasurer")
    current = scene.person.group_id
    for group_id in sorted(kept, key=lambda group_id: (group_id != current, group_id)):
        payment = await payments.find_by_reference(scene.session, group_id, text)
        if payment is not None:
            await scene.follow(Payment, payment.id)
            return payment
    if current not in kept:
        await scene.act_in(kept[0])
    return None


async def show_awaited(scene: Scene) -> None:
    """The list of one distribution."""
    distribution_id, page = scene.numbers(2)
    await scene.follow(Distribution, distribution_id)
    group_id = scene.treasurer.group_id
    distribution = await distributions.get_distribution(scene.session, group_id, distribution_id)
    expected = await distributions.payments_at(scene.session, group_id, distribution_id)
    scene.show(views.awaited(scene.texts, distribution, expected, page, names=scene.among_coordinators))


async def show_awaited_elsewhere(scene: Scene) -> None:
    """The list of what belongs to no order."""
    waiting = await distributions.awaited_elsewhere(scene.session, scene.treasurer.group_id)
    page = scene.numbers(1)[0]
    scene.show(views.awaited_elsewhere(scene.texts, waiting, page, names=scene.among_coordinators))


async def show_transfers(scene: Scene) -> None:
    """Every bank transfer that is awaited, for whatever it is: what a treasurer holds against the account's statement."""
    group_id, page = scene.treasurer.group_id, scene.numbers(1)[0]
    waiting = await distributions.awaited_by(scene.session, group_id, Method.TRANSFER)
    scene.show(views.awaited_transfers(scene.texts, waiting, page, names=scene.among_coordinators))


async def show_payment(scene: Scene) -> None:
    """A payment of the list was tapped."""
    payment = await payment_of(scene, scene.numbers(1)[0])
    scene.show(await screen_of(scene, payment))


async def receive(scene: Scene) -> None:
    """✅: the money is there; asked again when the order comes to another sum than the screen said."""
    (payment_id, steps, amount), seen_due = scene.numbers_seen(3)
    payment = await payment_of(scene, payment_id)
    if await is_old(scene, payment, steps):
        return
    due = (await page_of(scene, payment)).due.amount_cents
    if seen_due not in (UNSEEN, due):
        scene.toast(plain(sentence(scene.texts, SeenChanged())), alert=True)
        scene.show(await screen_of(scene, payment))
        return
    done = await payments.receive(scene.session, payment.group_id, payment.id, scene.treasurer, amount)
    await show_settled(scene, done, due_cents=due)


async def receive_late(scene: Scene) -> None:
    """A transfer that was cancelled with its order arrived all the same."""
    payment_id, steps, amount = scene.numbers(3)
    payment = await payment_of(scene, payment_id)
    if await is_old(scene, payment, steps):
        return
    done = await payments.receive_late(scene.session, payment.group_id, payment.id, scene.treasurer, amount)
    await show_settled(scene, done)


async def refuse(scene: Scene) -> None:
    """The money did not come."""
    payment_id, steps = scene.numbers(2)
    payment = await payment_of(scene, payment_id)
    if await is_old(scene, payment, steps):
        return
    done = await payments.refuse(scene.session, payment.group_id, payment.id, scene.treasurer)
    await show_settled(scene, done)


async def undo(scene: Scene) -> None:
    """Take the last step back."""
    payment_id, steps = scene.numbers(2)
    payment = await payment_of(scene, payment_id)
    if await is_old(scene, payment, steps):
        return
    if not views.can_be_undone(payment):
        raise NotFound("button", payment.id)
    by, last = scene.treasurer, await payments.last_settlement(scene.session, payment)
    done = await payments.undo(scene.session, payment.group_id, payment.id, by)
    if done.payment.state is PaymentState.EXPECTED:
        scene.toast(scene.texts.label("Undone: the payment is awaited again."))
    else:
        scene.toast(scene.texts.label("Undone: the payment is cancelled."))
    member = await get_member(scene.session, done.payment.group_id, done.payment.member_id)
    assert last is not None, "what was just undone stood"
    told = await scene.notify.maker(
        last.by_id,
        by,
        lambda texts: taken_back.payment(texts, scene.group, member, done.payment, last, by.name),
    )
    notice = taken_back.unreachable(scene.texts, told.unreachable)
    screen = await screen_of(scene, done.payment)
    scene.show(screen.under(notice) if notice else screen)
    await tell_settled(scene, done)


async def ask_amount(scene: Scene) -> State | None:
    """Another amount was given: which?"""
    payment_id, steps = scene.numbers(2)
    payment = await payment_of(scene, payment_id)
    if await is_old(scene, payment, steps):
        return None
    keep(scene.conversation, payment=payment.id)
    cancel = scene.step_button(scene.texts.label("Cancel"), "cancel")
    scene.say(scene.to_answer(views.ask_amount(scene.texts, payment, cancel)))
    return State.AMOUNT


async def take_amount(scene: Scene) -> str | None:
    """The amount, shown once more with its button."""
    _ = scene.treasurer
    payment = await payment_of(scene, scene.conversation.data["payment"])
    amount = scene.typed_amount
    if not amount:
        scene.say(scene.to_answer(Screen(amount_again(scene.texts))))
        return None
    scene.say(await screen_of(scene, payment, amount))
    return END


async def leave(scene: Scene) -> str:
    """No other amount after all."""
    payment = await payment_of(scene, scene.conversation.data["payment"])
    scene.show(await screen_of(scene, payment))
    return END


async def _show_awaited_somewhere(scene: Scene) -> None:
    group_id, names = scene.treasurer.group_id, scene.among_coordinators
    found = await distributions.awaiting(scene.session, group_id)
    elsewhere = await distributions.awaited_elsewhere(scene.session, group_id)
    if not found and not elsewhere:
        scene.show(views.nothing_awaited(scene.texts))
    elif not found:
        scene.show(views.awaited_elsewhere(scene.texts, elsewhere, 0, names=names))
    elif len(found) == 1 and not elsewhere:
        distribution, _ = found[0]
        expected = await distributions.payments_at(scene.session, group_id, distribution.id)
        scene.show(views.awaited(scene.texts, distribution, expected, 0, names=names))
    else:
        page = scene.numbers(1)[0] if scene.button_args else 0
        scene.show(views.choose_distribution(scene.texts, found, len(elsewhere), page))


async def payment_of(scene: Scene, payment_id: int) -> Payment:
    """A payment of the group the coordinator acts in."""
    await scene.follow(Payment, payment_id)
    return await payments.get_payment(scene.session, scene.treasurer.group_id, payment_id)


async def page_of(scene: Scene, payment: Payment) -> views.PaymentPage:
    """A payment with all that its screen shows."""
    member = await get_member(scene.session, payment.group_id, payment.member_id)
    last = await payments.last_settlement(scene.session, payment)
    settled = None
    if payment.state is not PaymentState.EXPECTED:
        settled = await payments.settled_by(scene.session, payment)
    balance = await payments.balance_of(scene.session, member)
    order = await distributions.order_of(scene.session, payment)
    order_id = order.id if order is not None and order.cancelled_at is None else None
    due = Receipt(Settles.AS_ANNOUNCED, payment.amount_cents)
    if order_id is not None and payment.state is PaymentState.EXPECTED:
        due = due_by(await validation.order_state(scene.session, payment.group_id, order_id), payment)
    late = await payments.can_come_late(scene.session, payment)
    return views.PaymentPage(
        payment, member, settled, last.step if last else 0, balance, due, order_id, may_come_late=late
    )


async def screen_of(scene: Scene, payment: Payment, amount_cents: int | None = None) -> Screen:
    """A payment's screen. ``amount_cents``: the amount given, where it is another one."""
    page, back = await page_of(scene, payment), await back_of(scene, payment)
    return views.payment_page(scene.texts, page, amount_cents, back)


async def is_old(scene: Scene, payment: Payment, steps: int) -> bool:
    """Whether somebody took a step since the button was made, or it is on a colleague's page; then it is shown anew."""
    await payments.lock_payment(scene.session, payment.group_id, payment.id)
    page = await page_of(scene, payment)
    changed = page.steps != steps
    if not changed and not scene.leaves_others_page():
        return False
    if changed and page.settled is not None:
        scene.toast(plain(already_settled(scene.texts, page.settled)), alert=True)
    elif changed:
        scene.toast(scene.texts.label("This payment changed meanwhile. Here is how it stands."))
    scene.show(await screen_of(scene, payment))
    return True


async def back_of(scene: Scene, payment: Payment) -> views.Back:
    """The page of the list that a payment stands on, or stood on when it was awaited."""
    group_id = payment.group_id
    distribution_id = await distributions.distribution_of(scene.session, payment)
    if distribution_id is None:
        listed = await distributions.awaited_elsewhere(scene.session, group_id)
    else:
        listed = await distributions.payments_at(scene.session, group_id, distribution_id)
    return views.Back(distribution_id or views.ELSEWHERE, views.list_page(listed, payment))


async def show_settled(
    scene: Scene,
    done: payments.Settled,
    *,
    due_cents: int | None = None,
    instead_of: Payment | None = None,
) -> None:
    """What was just done, with the way to undo it; the member is told.

    ``due_cents``: what it should have brought, if not what was announced; ``instead_of``: what had been announced.
    """
    page = await page_of(scene, done.payment)
    scene.toast(views.toast_settled(scene.texts, page, done.settlement))
    by = scene.treasurer.name
    back = await back_of(scene, done.payment)
    discreet = not scene.among_coordinators
    screen = views.settled(
        scene.texts, page, done.settlement, by, back, due_cents=due_cents, discreet=discreet
    )
    if instead_of is not None and instead_of.id != done.payment.id:
        screen = screen.under(instead_of_line(scene.texts, instead_of))
    scene.show(screen)
    await tell_settled(scene, done, due_cents)


async def tell_settled(scene: Scene, done: payments.Settled, due_cents: int | None = None) -> None:
    """Tell the member what became of their payment; ``due_cents``: what it should have brought, if another sum."""
    member = await get_member(scene.session, done.payment.group_id, done.payment.member_id)
    awaited = await awaited_of(scene.session, member)
    await scene.notify.member(
        member,
        lambda texts: views.told_member(
            texts, done.payment, done.settlement, done.balance_cents, awaited, due_cents
        ),
    )


conversation = DurableConversation(
    name="validate",
    entry_points=[
        Command(("valider", "validate"), validate),
        Button("validate", validate),
        Button("awaited", show_awaited),
        Button("awaitedother", show_awaited_elsewhere),
        Button("transfers", show_transfers),
        Button("pmt", show_payment),
        Button("rcv", receive),
        Button("rcvlate", receive_late),
        Button("refuse", refuse),
        Button("undo", undo),
        Button("other", ask_amount),
    ],
    states={State.AMOUNT: [StepButton("cancel", leave), Typed(take_amount)]},
)
