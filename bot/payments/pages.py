"""A payment's screens, for this room and others: what they show is loaded here; members are told what became of theirs."""

from __future__ import annotations

from bot.edge.scene import Scene
from bot.handover.views.money import instead_of as instead_of_line
from bot.payments.views import expected as lists
from bot.payments.views import validation as views
from bot.refusals.sentences import already_settled, plain
from bot.ui.screen import Screen
from ledger.errors import NotAllowed
from ledger.groups import service as groups
from ledger.groups.roles import Role
from ledger.groups.service import get_member
from ledger.money import InvalidAmount, parse_amount
from ledger.orders import distributions, validation
from ledger.orders.expected import expected_of
from ledger.orders.order_state import Receipt, Settles, due_by
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState
from ledger.reference import normalise, split_reference


async def show_reference(scene: Scene, text: str) -> None:
    """Shows the payment a text names; proposals when it names none but nearly does. For who keeps a group's money."""
    code, rest = split_reference(text)
    payment = await _find(scene, text)
    if payment is None:
        near = await payments.near_references(scene.session, scene.group.id, code)
        named = [(p, scene.texts.who(await get_member(scene.session, p.group_id, p.member_id))) for p in near]
        scene.show(lists.unknown_reference(scene.texts, code, named))
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
        return await payments.find_by_reference(scene.session, scene.group.id, text)
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


async def payment_of(scene: Scene, payment_id: int) -> Payment:
    """A payment of the group that the person acts in."""
    return await payments.get_payment(scene.session, scene.group.id, payment_id)


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
    """The page of the list that a payment stands on, or stood on when it was expected."""
    group_id = payment.group_id
    distribution_id = await distributions.distribution_of(scene.session, payment)
    if distribution_id is None:
        listed = await distributions.expected_elsewhere(scene.session, group_id)
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
    by = scene.member.name
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
    """Tells the member what became of their payment; ``due_cents``: what it should have brought, if another sum."""
    member = await get_member(scene.session, done.payment.group_id, done.payment.member_id)
    expected = await expected_of(scene.session, member)
    await scene.notify.member(
        member,
        lambda texts: views.told_member(
            texts, done.payment, done.settlement, done.balance_cents, expected, due_cents
        ),
    )
