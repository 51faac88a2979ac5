"""Payments and opening balances entered by hand (R8, R16): in one line or step by step, recorded once they are confirmed.

The conversation asks for whatever is missing, in a fixed order, so a line that says half of it goes on from there.
"""

from __future__ import annotations

from bot.cards.pages import close_page
from bot.edge.handling import END, Conversation, On, Typed, cancel_button
from bot.edge.scene import Scene
from bot.payments import line as payment_line
from bot.payments.pages import page_of, payment_of, show_settled
from bot.payments.questions import (
    Kind,
    PaymentDraft,
    State,
    ask_member,
    ask_next,
    ask_whether_another,
    check_date,
    entry_of,
    today,
)
from bot.payments.taps import (
    ENTER_OPENING,
    ENTER_PAYMENT,
    AnotherPayment,
    ChooseMember,
    ChooseMethod,
    Confirm,
    EnterOpening,
    EnterPayment,
    ReceiveExpected,
    Today,
    WithoutNote,
)
from bot.payments.views import by_hand as views
from bot.payments.views import entered
from bot.refusals import sentences as errors
from bot.rights import May
from bot.ui.dates import NotUnderstood, parse_date
from bot.ui.methods import method_of
from bot.ui.screen import Screen
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import OFFLINE_METHODS
from ledger.money import InvalidAmount
from ledger.orders import by_hand
from ledger.orders.seen import SeenChanged
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState


async def enter_payment(scene: Scene) -> State | None:
    """/paiement, with or without a line."""
    return await _begin(scene, Kind.PAYMENT)


async def enter_opening(scene: Scene) -> State | None:
    """/reprise, with or without a line."""
    return await _begin(scene, Kind.OPENING)


async def payment_for(scene: Scene, tap: EnterPayment) -> State:
    """A payment, from a member's page."""
    return await _begin_for(scene, Kind.PAYMENT, tap.member)


async def opening_for(scene: Scene, tap: EnterOpening) -> State:
    """An opening balance, from a member's page."""
    return await _begin_for(scene, Kind.OPENING, tap.member)


async def _begin(scene: Scene, kind: Kind) -> State | None:
    draft = PaymentDraft(kind=kind)
    scene.keep(draft)
    if not scene.command_text:
        return await ask_next(scene, draft)
    parse = payment_line.parse_opening if kind is Kind.OPENING else payment_line.parse_payment
    try:
        typed = parse(scene.command_text, scene.group.currency)
        check_date(scene, typed.dated)
    except NotUnderstood as problem:
        sentence = views.not_understood(scene.texts, problem.part)
        scene.say(Screen(f"{sentence}\n\n{views.payment_form(scene.texts)}"))
        return None
    if typed.unknown and await groups.find_members(scene.session, scene.group.id, scene.command_text):
        typed = payment_line.TypedPayment(scene.command_text)  # a name with a number in it
    _keep_line(scene, draft, typed)
    notice = errors.amount_again(scene.texts) if typed.wrong else None
    notice = views.unknown_method(scene.texts, typed.unknown) if typed.unknown else notice
    return await _take_member(scene, draft, typed.member, notice)


async def _begin_for(scene: Scene, kind: Kind, member_id: int) -> State:
    member = await groups.get_member(scene.session, scene.group.id, member_id)
    scene.keep(PaymentDraft(kind=kind, member=member.id))
    cancel = cancel_button(scene)
    scene.ask(views.ask_amount(scene.texts, member, cancel, is_opening=kind is Kind.OPENING))
    return State.AMOUNT


def _keep_line(scene: Scene, draft: PaymentDraft, typed: payment_line.TypedPayment) -> None:
    """What the line says. A line that names the method is whole: without a date it means today, without a note none."""
    draft.amount = typed.amount_cents
    if typed.method is not None:
        draft.method = typed.method
        draft.dated, draft.note = typed.dated or today(scene), typed.note or ""
    elif typed.dated is not None:
        draft.dated, draft.note = typed.dated, typed.note or ""


async def take_member(scene: Scene, draft: PaymentDraft) -> State:
    """A name was typed."""
    return await _take_member(scene, draft, scene.typed)


async def choose_member(scene: Scene, tap: ChooseMember, draft: PaymentDraft) -> State:
    """A member was tapped."""
    draft.member = (await groups.get_member(scene.session, scene.group.id, tap.member)).id
    return await ask_next(scene, draft)


async def _take_member(scene: Scene, draft: PaymentDraft, text: str, notice: str | None = None) -> State:
    """Who the text names; asked again when that is nobody or several."""
    found = await groups.find_members(scene.session, scene.group.id, text)
    if len(found) == 1:
        draft.member = found[0].id
        return await ask_next(scene, draft, notice)
    if found:
        return ask_member(scene, found, views.several_members(scene.texts))
    everyone = await groups.members(scene.session, scene.group.id)
    return ask_member(scene, everyone, views.unknown_member(scene.texts, text))


async def take_amount(scene: Scene, draft: PaymentDraft) -> State:
    """How much; asked again when it is no amount."""
    try:
        draft.amount = payment_line.parse_signed(scene.typed, scene.group.currency)
    except InvalidAmount:
        return await ask_next(scene, draft, errors.amount_again(scene.texts))
    return await ask_next(scene, draft)


async def choose_method(scene: Scene, tap: ChooseMethod, draft: PaymentDraft) -> State:
    """How it was paid."""
    if tap.method not in OFFLINE_METHODS:
        raise NotFound("button", tap.method)
    draft.method = tap.method
    return await ask_next(scene, draft)


async def take_method(scene: Scene, draft: PaymentDraft) -> State:
    """How it was paid, typed."""
    method = method_of(scene.typed)
    if method not in OFFLINE_METHODS:
        return await ask_next(scene, draft, views.unknown_method(scene.texts, scene.typed))
    draft.method = method
    return await ask_next(scene, draft)


async def take_date(scene: Scene, draft: PaymentDraft) -> State:
    """The day, typed."""
    try:
        dated = parse_date(scene.typed)
        check_date(scene, dated)
    except NotUnderstood as problem:
        return await ask_next(scene, draft, views.not_understood(scene.texts, problem.part))
    except payments.InvalidPayment as problem:
        return await ask_next(scene, draft, errors.sentence(scene.texts, problem))
    draft.dated = dated
    return await ask_next(scene, draft)


async def choose_today(scene: Scene, draft: PaymentDraft) -> State:
    """Today."""
    draft.dated = today(scene)
    return await ask_next(scene, draft)


async def take_note(scene: Scene, draft: PaymentDraft) -> State:
    """A note, typed."""
    note = " ".join(scene.typed.split())
    if len(note) > payment_line.LONGEST_NOTE:
        return await ask_next(scene, draft, views.not_understood(scene.texts, "note"))
    draft.note = note
    return await ask_next(scene, draft)


async def skip_note(scene: Scene, draft: PaymentDraft) -> State:
    """No note."""
    draft.note = ""
    return await ask_next(scene, draft)


async def receive_expected(scene: Scene, tap: ReceiveExpected, draft: PaymentDraft) -> str:
    """✅: it is what was expected already; received for the amount that was typed, so that it counts once."""
    by, entry = scene.member, await entry_of(scene, draft)
    payment = await payment_of(scene, tap.payment)
    if payment.member_id != entry.member.id or entry.method is None:
        raise NotFound("payment", payment.id)
    if payment.method is not entry.method:
        await close_page(scene, payment)
    await payments.lock_payment(scene.session, payment.group_id, payment.id)
    if payment.state is not PaymentState.EXPECTED:
        settled = await payments.settled_by(scene.session, payment)
        return await ask_whether_another(scene, draft, errors.already_settled(scene.texts, settled))
    due = (await page_of(scene, payment)).due.amount_cents
    if payment.method is entry.method:
        done = await payments.receive(scene.session, payment.group_id, payment.id, by, entry.amount_cents)
    else:
        done = await payments.receive_instead(
            scene.session, payment.group_id, payment.id, entry.method, entry.amount_cents, by
        )
    await show_settled(scene, done, due_cents=due, instead_of=payment)
    return END


async def another(scene: Scene, draft: PaymentDraft) -> State:
    """➕: other money than what is expected."""
    draft.another = True
    return await ask_next(scene, draft)


async def confirm(scene: Scene, draft: PaymentDraft) -> str:
    """✅: recorded, once; the member is told."""
    entry = await entry_of(scene, draft)
    if entry.method is None:
        return await _record_opening(scene, entry)
    try:
        async with scene.attempt():
            done = await by_hand.enter(
                scene.session,
                entry.member,
                entry.method,
                entry.amount_cents,
                scene.member,
                seen=draft.seen,
                dated=entry.dated,
                note=entry.note,
            )
    except SeenChanged:
        return await ask_whether_another(scene, draft, views.changed_meanwhile(scene.texts, entry.member))
    scene.show(entered.recorded(scene.texts, done.payment, done.settlement, entry, done.balance_cents))
    scene.toast(entered.toast_recorded(scene.texts, entry))
    await _tell_member(scene, entry, done.balance_cents, done.payment)
    return END


async def _record_opening(scene: Scene, entry: views.Entry) -> str:
    key, by = f"{scene.chat_id}:{scene.person.id}:{scene.conversation.revision}", scene.member
    balance = await payments.enter_opening_balance(
        scene.session, entry.member, entry.amount_cents, by, key=key
    )
    scene.show(entered.opening_recorded(scene.texts, entry, balance))
    scene.toast(entered.toast_recorded(scene.texts, entry))
    await _tell_member(scene, entry, balance, None)
    return END


async def leave(scene: Scene) -> str:
    """Not after all."""
    scene.show(views.not_recorded(scene.texts))
    return END


async def _tell_member(scene: Scene, entry: views.Entry, balance: int, payment: Payment | None) -> None:
    by = scene.member
    if entry.member.id == by.id:
        return
    expected = await payments.expected_cents(scene.session, entry.member)
    await scene.notify.member(
        entry.member, lambda texts: entered.told_member(texts, entry, by.name, balance, expected, payment)
    )


conversation = Conversation(
    "payment",
    may=May.ENTER_PAYMENTS,
    draft=PaymentDraft,
    entry_points=[
        On(ENTER_PAYMENT, enter_payment),
        On(ENTER_OPENING, enter_opening),
        On(EnterPayment, payment_for),
        On(EnterOpening, opening_for),
    ],
    states={
        State.MEMBER: [On(ChooseMember, choose_member), Typed(take_member)],
        State.AMOUNT: [Typed(take_amount)],
        State.METHOD: [On(ChooseMethod, choose_method), Typed(take_method)],
        State.DATE: [On(Today, choose_today), Typed(take_date)],
        State.NOTE: [On(WithoutNote, skip_note), Typed(take_note)],
        State.EXPECTED: [On(ReceiveExpected, receive_expected), On(AnotherPayment, another)],
        State.CONFIRM: [On(Confirm, confirm)],
    },
    cancel=leave,
)
