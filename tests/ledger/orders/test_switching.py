"""Paying another way than announced: one payment is expected at any time, under a reference of its own, and credit that is
not there is never used."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import select

from ledger.books.models import AccountKind
from ledger.catalogue.models import Product
from ledger.errors import NotFound
from ledger.groups.models import Member, Method
from ledger.orders import rescheduling, switching, validation
from ledger.orders.models import Confirmation, Distribution
from ledger.orders.service import Confirmed, MethodNotOffered, NotEnoughCredit
from ledger.orders.switching import PaymentChanged, SameChoice, Switched, Ways
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState, Purpose, SettlementKind
from ledger.payments.service import AlreadySettled, Replaced, Settled
from tests.support.ledger import Story, together

CHEQUE, CASH, TRANSFER, CREDIT = Method.CHEQUE, Method.CASH, Method.TRANSFER, Method.MEMBER_CREDIT


@pytest.fixture
async def paul(story: Story) -> Member:
    return await story.member("Paul")


@pytest.fixture
async def box(story: Story) -> Product:
    return await story.product("Panier de légumes", 1235)


@pytest.fixture
async def friday(story: Story) -> Distribution:
    return await story.distribution()


async def ordered(
    story: Story, who: Member, day: Distribution, box: Product, method: Method, credit: int = 0
) -> tuple[Confirmed, Payment]:
    done = await story.order(who, day, {box: 1_000}, method, credit_cents=credit)
    assert done.payment is not None
    return done, done.payment


async def choice(story: Story, done: Confirmed) -> tuple[Method | None, int, int | None]:
    """How a confirmation is paid now."""
    async with story.database.snapshot() as session:
        row = await session.get_one(Confirmation, done.confirmation.id)
        return row.method, row.credit_cents, row.payment_id


async def payment_of(story: Story, payment: Payment) -> Payment:
    async with story.database.snapshot() as session:
        return await session.get_one(Payment, payment.id)


async def ways(story: Story, who: Member, payment: Payment) -> Ways:
    async with story.database.snapshot() as session:
        return await switching.ways(session, await story.group(session), who, payment.id)


async def test_a_cheque_becomes_cash(story: Story, paul: Member, friday: Distribution, box: Product) -> None:
    done, cheque = await ordered(story, paul, friday, box, CHEQUE)
    switched = await story.switch(paul, cheque, CASH)
    assert switched.payment is not None
    assert switched.payment.reference != cheque.reference
    assert (switched.payment.method, switched.payment.amount_cents) == (CASH, 1235)
    assert (switched.payment.purpose, switched.payment.order_id) == (cheque.purpose, cheque.order_id)
    old = await payment_of(story, cheque)
    assert (old.state, old.reference) == (PaymentState.CANCELLED, cheque.reference)
    assert await choice(story, done) == (CASH, 0, switched.payment.id)
    assert (await story.balance(paul), await story.expected(paul)) == (-1235, 1235)
    async with story.database.snapshot() as session:
        last = await payments.last_settlement(session, old)
        assert last is not None
        assert (last.kind, last.by_id) == (SettlementKind.CANCELLED, paul.id)
        current, changed = await switching.what_stands(session, old)
        assert changed
        assert current is not None
        assert current.id == switched.payment.id
    await story.receive(switched.payment)
    assert await story.balance(paul) == 0
    assert await story.account(AccountKind.CASH) == 1235
    assert await story.verify() == []


async def test_a_top_up_is_changed_too_but_not_for_credit(story: Story, paul: Member) -> None:
    async with story.database.unit_of_work() as session:
        announced = await payments.expect(session, paul, CHEQUE, 5000, None)
    found = await ways(story, paul, announced)
    assert (found.whole, found.mixed) == ((CASH, TRANSFER), ())
    for method, credit in ((CREDIT, 0), (CASH, 100)):
        with pytest.raises(MethodNotOffered):
            await story.switch(paul, announced, method, credit)
    switched = await story.switch(paul, announced, TRANSFER)
    assert switched.payment is not None
    assert (switched.payment.purpose, await story.expected(paul)) == (Purpose.TOP_UP, 5000)
    assert await story.verify() == []


@pytest.mark.parametrize(
    ("credit", "whole", "mixed", "part"),
    [
        (0, (CASH, TRANSFER), (), 0),
        (1, (CASH, TRANSFER), (CHEQUE, CASH, TRANSFER), 1),
        (1000, (CASH, TRANSFER), (CHEQUE, CASH, TRANSFER), 1000),
        (1234, (CASH, TRANSFER), (CHEQUE, CASH, TRANSFER), 1234),
        (1235, (CASH, TRANSFER, CREDIT), (), 0),
        (5000, (CASH, TRANSFER, CREDIT), (), 0),
    ],
)
async def test_what_is_offered(
    story: Story,
    paul: Member,
    friday: Distribution,
    box: Product,
    credit: int,
    whole: tuple[Method, ...],
    mixed: tuple[Method, ...],
    part: int,
) -> None:
    if credit:
        await story.opening(paul, credit)
    _, cheque = await ordered(story, paul, friday, box, CHEQUE)
    found = await ways(story, paul, cheque)
    assert (found.whole, found.mixed, found.mixed_credit_cents) == (whole, mixed, part)


async def test_every_way_that_is_offered_is_taken(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    """From a mixed order through all the other ways and back: what is expected and the credit always make the total."""
    await story.opening(paul, 1000)
    done, current = await ordered(story, paul, friday, box, CHEQUE, 1000)
    for method, credit in (
        (CASH, 1000),
        (CASH, 0),
        (TRANSFER, 1000),
        (TRANSFER, 1),
        (CHEQUE, 0),
        (CHEQUE, 999),
    ):
        switched = await story.switch(paul, current, method, credit)
        assert switched.payment is not None
        current = switched.payment
        assert (current.amount_cents, switched.credit_cents) == (1235 - credit, credit)
        assert (await story.balance(paul), await story.expected(paul)) == (-235, 1235 - credit)
        assert await choice(story, done) == (method, credit, current.id)
    assert await story.verify() == []


async def test_mixed_for_all_by_cheque_gives_the_credit_back(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    await story.opening(paul, 1000)
    _, rest = await ordered(story, paul, friday, box, CHEQUE, 1000)
    switched = await story.switch(paul, rest, CHEQUE)
    assert switched.payment is not None
    await story.receive(switched.payment)
    assert await story.balance(paul) == 1000


async def test_all_by_credit_when_it_is_there(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    await story.opening(paul, 1235)
    done, cheque = await ordered(story, paul, friday, box, CHEQUE)
    switched = await story.switch(paul, cheque, CREDIT)
    assert switched.payment is None
    assert await choice(story, done) == (CREDIT, 1235, None)
    assert (switched.balance_cents, await story.expected(paul)) == (0, 0)
    async with story.database.snapshot() as session:
        assert await switching.what_stands(session, await session.get_one(Payment, cheque.id)) == (None, True)
        state = await validation.order_state(session, story.group_id, done.order.id)
    assert (state.due_cents, state.credit_cents, state.missing_cents) == (0, 1235, 0)
    assert await story.verify() == []


@pytest.mark.parametrize(("method", "credit"), [(CREDIT, 0), (CASH, 1001)])
async def test_credit_that_is_not_there(
    story: Story, paul: Member, friday: Distribution, box: Product, method: Method, credit: int
) -> None:
    await story.opening(paul, 1000)
    done, cheque = await ordered(story, paul, friday, box, CHEQUE)
    with pytest.raises(NotEnoughCredit) as refused:
        await story.switch(paul, cheque, method, credit)
    assert refused.value.balance == 1000
    assert (await payment_of(story, cheque)).state is PaymentState.EXPECTED
    assert await choice(story, done) == (CHEQUE, 0, cheque.id)


async def test_negative_balances_allow_all_by_credit(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    await story.option("negative_balances", True)
    _, cheque = await ordered(story, paul, friday, box, CHEQUE)
    assert CREDIT in (await ways(story, paul, cheque)).whole
    assert (await story.switch(paul, cheque, CREDIT)).balance_cents == -1235


async def test_what_was_agreed_stays_allowed_when_the_credit_went_away(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    """A cheque that bounced is a fact: the order's credit part is not taken anew by another way for its rest."""
    await story.opening(paul, 1000)
    _, rest = await ordered(story, paul, friday, box, CHEQUE, 1000)
    await story.enter(paul, TRANSFER, -1000)
    switched = await story.switch(paul, rest, CASH, 1000)
    assert switched.payment is not None
    assert switched.payment.amount_cents == 235
    with pytest.raises(NotEnoughCredit):
        await story.switch(paul, switched.payment, CREDIT)


async def test_refused(story: Story, paul: Member, friday: Distribution, box: Product) -> None:
    marie = await story.member("Marie")
    _, cheque = await ordered(story, paul, friday, box, CHEQUE)
    with pytest.raises(NotFound):
        await story.switch(marie, cheque, CASH)
    with pytest.raises(SameChoice):
        await story.switch(paul, cheque, CHEQUE)
    with pytest.raises(MethodNotOffered):
        await story.switch(paul, cheque, Method.CARD)
    await story.receive(cheque)
    with pytest.raises(AlreadySettled):
        await story.switch(paul, cheque, CASH)
    with pytest.raises(AlreadySettled):
        await ways(story, paul, cheque)
    await story.undo(cheque)
    async with story.database.unit_of_work() as session:
        with pytest.raises(PaymentChanged):
            await switching.switch(session, await story.group(session), paul, cheque.id, CASH, steps=0)
    await story.switch(paul, cheque, CASH)


async def test_what_was_replaced_is_over(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    _, cheque = await ordered(story, paul, friday, box, CHEQUE)
    await story.switch(paul, cheque, CASH)
    for again in (story.receive(cheque), story.refuse(cheque), story.switch(paul, cheque, TRANSFER)):
        with pytest.raises(AlreadySettled):
            await again
    with pytest.raises(Replaced):
        await story.undo(cheque)
    assert await story.expected(paul) == 1235


async def after(seconds: float, work: Coroutine[Any, Any, object]) -> object:
    await asyncio.sleep(seconds)
    return await work


async def test_a_coordinator_confirms_while_the_member_changes(
    story: Story, paul: Member, box: Product
) -> None:
    """Exactly one of them wins, whoever it is."""
    winners = set()
    for number in range(12):
        day = await story.distribution(f"Lieu {number}")
        done, cheque = await ordered(story, paul, day, box, CHEQUE)
        answers = await together(
            after(number % 4 * 0.005, story.receive(cheque)), after(0.007, story.switch(paul, cheque, CASH))
        )
        won = [one for one in answers if not isinstance(one, BaseException)]
        lost = [one for one in answers if isinstance(one, BaseException)]
        assert len(won) == 1, answers
        assert isinstance(lost[0], AlreadySettled), answers
        winners.add(type(won[0]))
        method, _, payment_id = await choice(story, done)
        if isinstance(won[0], Switched):
            assert won[0].payment is not None
            assert (method, payment_id) == (CASH, won[0].payment.id)
            assert lost[0].kind is SettlementKind.CANCELLED
            await story.receive(won[0].payment)
        else:
            assert isinstance(won[0], Settled)
            assert (method, payment_id) == (CHEQUE, cheque.id)
        assert (await story.balance(paul), await story.expected(paul)) == (0, 0)
    assert len(winners) == 2, "both orders were tried"
    assert await story.verify() == []


async def test_tapped_twice_at_once(story: Story, paul: Member, friday: Distribution, box: Product) -> None:
    _, cheque = await ordered(story, paul, friday, box, CHEQUE)
    answers = await together(*(story.switch(paul, cheque, CASH) for _ in range(5)))
    assert sum(isinstance(one, Switched) for one in answers) == 1, answers
    assert sum(isinstance(one, AlreadySettled) for one in answers) == 4
    assert await story.expected(paul) == 1235


async def test_the_same_credit_for_two_orders_at_once(story: Story, paul: Member, box: Product) -> None:
    """12.35 are there beyond the two cheques, and each order would take all of it."""
    await story.opening(paul, 1235)
    first = (await ordered(story, paul, await story.distribution("A"), box, CHEQUE))[1]
    second = (await ordered(story, paul, await story.distribution("B"), box, CHEQUE))[1]
    await story.receive(first)  # now 12.35 are there, less the second order's debt: exactly one order's worth
    third = await story.basket(paul, await story.distribution("C"), {box: 1_000})
    answers = await together(story.switch(paul, second, CREDIT), story.confirm(paul, third, CREDIT))
    assert sum(isinstance(one, NotEnoughCredit) for one in answers) == 1, answers
    assert await story.balance(paul) >= 0
    assert await story.verify() == []


async def test_validating_the_order_while_the_member_changes(
    story: Story, paul: Member, box: Product
) -> None:
    async def validate(order_id: int) -> object:
        async with story.database.unit_of_work() as session:
            return await validation.validate_order(session, story.group_id, order_id, story.anne)

    for number in range(6):
        day = await story.distribution(f"Lieu {number}")
        done, cheque = await ordered(story, paul, day, box, CHEQUE)
        work = [validate(done.order.id), story.switch(paul, cheque, CASH)]
        answers = await together(*(work if number % 2 else reversed(work)))
        assert all(
            not isinstance(one, BaseException) or isinstance(one, AlreadySettled) for one in answers
        ), answers
        # Whoever came first: the order is validated, and paid once by the cheque or by what replaced it.
        assert (await story.balance(paul), await story.expected(paul)) == (0, 0)
    assert await story.verify() == []


async def test_a_cancelled_distribution_frees_both_parts(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    await story.opening(paul, 1000)
    _, rest = await ordered(story, paul, friday, box, CHEQUE, 1000)
    await story.switch(paul, rest, CASH, 1000)
    async with story.database.unit_of_work() as session:
        await rescheduling.cancel_distribution(session, story.group_id, friday.id, story.anne)
    assert (await story.balance(paul), await story.expected(paul)) == (1000, 0)
    async with story.database.snapshot() as session:
        left = await session.execute(
            select(Payment.state).where(Payment.member_id == paul.id, Payment.state == PaymentState.EXPECTED)
        )
        assert left.all() == []
    assert await story.verify() == []
