"""Verdict and close: what validating receives, what undoing takes back, the till, and what two at once become."""

import pytest
from sqlalchemy import func, select

from ledger.books.models import AccountKind, Transaction
from ledger.catalogue.models import Product
from ledger.errors import NotFound
from ledger.groups.models import Member, Method
from ledger.orders import baskets, corrections, rescheduling, till, validation
from ledger.orders import distributions as dists
from ledger.orders import service as orders
from ledger.orders.baskets import OrdersClosed
from ledger.orders.handover_models import CountKind
from ledger.orders.models import Distribution
from ledger.orders.seen import SeenChanged
from ledger.orders.validation import AlreadyValidated, NotValidated, OrdersLeftOpen, OrderState
from ledger.payments import service as payments
from ledger.payments.models import PaymentState
from ledger.payments.service import AlreadySettled, InvalidPayment
from tests.support.ledger import Story, together


@pytest.fixture
async def paul(story: Story) -> Member:
    return await story.member("Paul")


@pytest.fixture
async def bruno(story: Story) -> Member:
    return await story.member("Bruno")


@pytest.fixture
async def friday(story: Story) -> Distribution:
    return await story.distribution()


@pytest.fixture
async def box(story: Story) -> Product:
    return await story.product("Colis", 4250, stock=20_000)


async def state(story: Story, order_id: int) -> OrderState:
    async with story.database.snapshot() as session:
        return await validation.order_state(session, story.group_id, order_id)


async def validate(story: Story, order_id: int, by: Member | None = None) -> OrderState:
    async with story.database.unit_of_work() as session:
        return await validation.validate_order(session, story.group_id, order_id, by or story.anne)


async def undo(story: Story, order_id: int, by: Member | None = None) -> OrderState:
    async with story.database.unit_of_work() as session:
        return (await validation.undo_order(session, story.group_id, order_id, by or story.anne)).state


async def close(
    story: Story, distribution: Distribution, by: Member | None = None, *, leave_open: bool = False
) -> validation.DistributionStep:
    async with story.database.unit_of_work() as session:
        return await validation.validate_distribution(
            session, story.group_id, distribution.id, by or story.anne, leave_open=leave_open
        )


async def cancel(story: Story, distribution: Distribution) -> list[rescheduling.Cancelled]:
    async with story.database.unit_of_work() as session:
        return await rescheduling.cancel_distribution(session, story.group_id, distribution.id, story.anne)


async def transactions(story: Story) -> int:
    async with story.database.snapshot() as session:
        statement = select(func.count()).where(Transaction.group_id == story.group_id)
        return int((await session.execute(statement)).scalar_one())


async def test_cash_instead_of_a_cheque(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    """Must hold 2: expected 42.50 by cheque, given 40.00 cash."""
    done = await story.order(paul, friday, {box: 1_000}, Method.CHEQUE)
    assert done.payment is not None
    async with story.database.unit_of_work() as session:
        settled = await payments.receive_instead(
            session, story.group_id, done.payment.id, Method.CASH, 4000, story.anne
        )
    assert (settled.settlement.amount_cents, settled.balance_cents) == (4000, -250)
    after = await state(story, done.order.id)
    assert [(p.method, p.state) for p in after.payments] == [
        (Method.CHEQUE, PaymentState.CANCELLED),
        (Method.CASH, PaymentState.RECEIVED),
    ]
    assert (after.missing_cents, after.at_the_stand_cents, after.received_cents) == (250, 0, 4000)
    assert await story.account(AccountKind.CASH) == 4000
    assert await story.expected(paul) == 0
    async with story.database.snapshot() as session:
        assert await dists.distribution_of(session, settled.payment) == friday.id
    with pytest.raises(AlreadySettled):
        async with story.database.unit_of_work() as session:
            await payments.receive_instead(
                session, story.group_id, done.payment.id, Method.CASH, 4000, story.anne
            )
    assert await story.verify() == []


async def test_validate_undo_validate_is_equal_to_the_cent_and_to_the_state(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    """Must hold 4: two payments received, reversed, received again; a payment it did not touch stays."""
    bread = await story.product("Pain", 535)
    jam = await story.product("Confiture", 410)
    first = await story.order(paul, friday, {box: 1_000}, Method.CHEQUE)
    await story.order(paul, friday, {bread: 1_000}, Method.CASH)
    third = await story.order(paul, friday, {jam: 1_000}, Method.TRANSFER)
    assert third.payment is not None
    await story.receive(third.payment, 400)
    before = await state(story, first.order.id)
    balance = await story.balance(paul)

    def figures(one: OrderState) -> list[object]:
        return [(p.id, p.state) for p in one.payments] + [one.received_cents, one.at_the_stand_cents]

    once = await validate(story, first.order.id)
    assert (once.missing_cents, await story.balance(paul)) == (10, -10)
    posted = await transactions(story)
    back = await undo(story, first.order.id)
    assert figures(back) == figures(before)
    assert await story.balance(paul) == balance
    again = await validate(story, first.order.id)
    assert figures(again) == figures(once)
    assert await story.balance(paul) == -10
    assert await transactions(story) == posted + 4
    assert await story.verify() == []


async def test_undoing_leaves_what_others_did_meanwhile(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    done = await story.order(paul, friday, {box: 1_000}, Method.CHEQUE)
    assert done.payment is not None
    await validate(story, done.order.id)
    await story.undo(done.payment)
    await story.receive(done.payment, 4000)
    after = await undo(story, done.order.id)
    assert (after.received_cents, after.validated) == (4000, None)
    assert await story.balance(paul) == -250
    with pytest.raises(NotValidated) as refused:
        await undo(story, done.order.id)
    assert refused.value.by == "Anne"
    assert await story.verify() == []


async def test_a_transfer_stays_expected_beside_a_validated_order(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    """Only who saw it on the account receives it; undoing the validation leaves that alone."""
    bread = await story.product("Pain", 535)
    first = await story.order(paul, friday, {box: 1_000}, Method.TRANSFER)
    await story.order(paul, friday, {bread: 1_000}, Method.CASH)
    assert first.payment is not None
    done = await validate(story, first.order.id)
    assert [p.state for p in done.payments] == [PaymentState.EXPECTED, PaymentState.RECEIVED]
    assert (done.at_the_stand_cents, done.transfer_cents, done.missing_cents) == (0, 4250, 0)
    assert (await story.balance(paul), await story.account(AccountKind.BANK)) == (-4250, 0)
    assert (await close(story, friday)).left_open == 0
    async with story.database.snapshot() as session:
        report = await validation.report(session, story.group_id, friday.id)
        assert [(d.id, n) for d, n in await dists.expecting(session, story.group_id)] == [(friday.id, 1)]
    assert (report.tally.transfer_cents, report.tally.missing_cents) == (4250, 0)
    await story.receive(first.payment)
    back = await undo(story, first.order.id)
    assert [p.state for p in back.payments] == [PaymentState.RECEIVED, PaymentState.EXPECTED]
    assert await story.balance(paul) == -535
    assert await story.verify() == []


async def test_the_new_total_is_received_and_undone(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    """Goods failed: cash is received for what they come to now; for nothing, it is not expected any more."""
    leeks = await story.product("Poireaux", 260)
    done = await story.order(paul, friday, {box: 1_000, leeks: 1_000}, Method.CASH)
    lines = {line.product_id: line.id for line in done.lines}

    async def fail(product: Product) -> None:
        async with story.database.unit_of_work() as session:
            await corrections.deliver(session, story.group_id, lines[product.id], 0, story.anne)

    async def receive(amount: int, seen: int | None) -> OrderState:
        async with story.database.unit_of_work() as session:
            return await validation.validate_order(
                session, story.group_id, done.order.id, story.anne, received_cents=amount, seen=seen
            )

    old = (await state(story, done.order.id)).mark
    await fail(leeks)
    with pytest.raises(SeenChanged):
        await receive(4510, old)
    with pytest.raises(validation.ExpectedChanged):
        await receive(4250, None)
    now = (await state(story, done.order.id)).mark
    assert (await receive(4250, now)).missing_cents == 0
    assert (await story.account(AccountKind.CASH), await story.balance(paul)) == (4250, 0)
    await undo(story, done.order.id)
    await fail(box)
    after = await receive(0, (await state(story, done.order.id)).mark)
    assert [p.state for p in after.payments] == [PaymentState.CANCELLED]
    assert (await story.account(AccountKind.CASH), await story.expected(paul)) == (0, 0)
    back = await undo(story, done.order.id)
    assert (back.at_the_stand_cents, await story.expected(paul)) == (4510, 4510)
    assert await story.verify() == []


@pytest.mark.parametrize(("given", "missing"), [(4250, 0), (4050, 200), (4515, -265)])
async def test_the_verdict(
    story: Story, paul: Member, friday: Distribution, box: Product, given: int, missing: int
) -> None:
    done = await story.order(paul, friday, {box: 1_000}, Method.CASH)
    assert done.payment is not None
    assert (await state(story, done.order.id)).missing_cents == 0
    await story.receive(done.payment, given)
    assert (await state(story, done.order.id)).missing_cents == missing


async def test_money_nobody_announced(story: Story, paul: Member, friday: Distribution, box: Product) -> None:
    done = await story.order(paul, friday, {box: 1_000}, Method.CASH)
    assert done.payment is not None
    await story.refuse(done.payment)
    async with story.database.unit_of_work() as session:
        with pytest.raises(InvalidPayment):
            await payments.receive_unannounced(session, paul, Method.CASH, 0, story.anne, done.order.id)
        await payments.receive_unannounced(session, paul, Method.CHEQUE, 4250, story.anne, done.order.id)
    assert (await state(story, done.order.id)).missing_cents == 0
    assert await story.balance(paul) == 0
    assert await story.verify() == []


async def test_two_coordinators_validate_the_same_order(
    story: Story, paul: Member, bruno: Member, friday: Distribution, box: Product
) -> None:
    done = await story.order(paul, friday, {box: 1_000}, Method.CHEQUE)
    for _ in range(3):
        one, other = await together(validate(story, done.order.id), validate(story, done.order.id, bruno))
        refused = one if isinstance(one, AlreadyValidated) else other
        assert isinstance(refused, AlreadyValidated)
        assert isinstance(other if refused is one else one, OrderState)
        assert refused.by == ("Bruno" if refused is one else "Anne")
        assert await story.balance(paul) == 0
        await undo(story, done.order.id)
    assert await story.verify() == []


async def test_validated_while_another_receives_the_payment(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    bread = await story.product("Pain", 535)
    for number in range(4):
        eater = await story.member(f"Membre {number}")
        first = await story.order(eater, friday, {box: 1_000}, Method.CHEQUE)
        second = await story.order(eater, friday, {bread: 1_000}, Method.CASH)
        assert second.payment is not None
        validated, received = await together(
            validate(story, first.order.id), story.receive(second.payment, 500)
        )
        assert isinstance(validated, OrderState), validated
        assert isinstance(received, payments.Settled | AlreadySettled), received
        assert await story.balance(eater) in (0, -35)
    assert await story.verify() == []


async def test_many_validate_orders_paid_in_different_ways_at_once(
    story: Story, friday: Distribution, box: Product
) -> None:
    """The till and the cheques are locked in one order, whatever came first in the order."""
    bread = await story.product("Pain", 535)
    ids = []
    for number in range(8):
        eater = await story.member(f"Membre {number}")
        ways = [Method.CHEQUE, Method.CASH] if number % 2 else [Method.CASH, Method.CHEQUE]
        first = await story.order(eater, friday, {box: 1_000}, ways[0])
        await story.order(eater, friday, {bread: 1_000}, ways[1])
        ids.append(first.order.id)
    done = await together(*(validate(story, order_id) for order_id in ids))
    assert [one for one in done if not isinstance(one, OrderState)] == []
    assert await story.account(AccountKind.CASH) + await story.account(AccountKind.CHEQUES) == 8 * 4785
    assert await story.verify() == []


async def test_a_distribution_is_validated_when_every_order_is_or_when_somebody_says_so(
    story: Story, paul: Member, bruno: Member, friday: Distribution, box: Product
) -> None:
    done = await story.order(paul, friday, {box: 1_000}, Method.CHEQUE)
    left = await story.order(bruno, friday, {box: 1_000}, Method.CASH)
    await validate(story, done.order.id)
    with pytest.raises(OrdersLeftOpen) as refused:
        await close(story, friday)
    assert refused.value.count == 1
    assert (await close(story, friday, leave_open=True)).left_open == 1
    with pytest.raises(AlreadyValidated):
        await close(story, friday)
    with pytest.raises(rescheduling.DistributionValidated):
        await cancel(story, friday)
    async with story.database.unit_of_work() as session:
        await validation.undo_distribution(session, story.group_id, friday.id, story.anne)
    await validate(story, left.order.id)
    assert (await close(story, friday)).left_open == 0
    async with story.database.snapshot() as session:
        report = await validation.report(session, story.group_id, friday.id)
    assert (report.orders, report.validated, report.total_cents) == (2, 2, 8500)
    assert report.per_producer == {box.producer_id: 8500}
    assert report.per_method[Method.CASH] == validation.MethodTotals(4250, 4250)
    assert (report.tally.missing_cents, report.tally.overpaid_cents) == (0, 0)
    assert await story.verify() == []


async def test_an_order_undone_after_the_day_was_closed_opens_the_day(
    story: Story, paul: Member, bruno: Member, friday: Distribution, box: Product
) -> None:
    done = await story.order(paul, friday, {box: 1_000}, Method.CHEQUE)
    await validate(story, done.order.id)
    await close(story, friday)
    async with story.database.unit_of_work() as session:
        undone = await validation.undo_order(session, story.group_id, done.order.id, bruno)
    assert undone.validated.by_id == story.anne.id
    assert undone.closed is not None
    assert undone.closed.by_id == story.anne.id
    async with story.database.snapshot() as session:
        assert await validation.distribution_validation(session, friday.id) is None
    await validate(story, done.order.id)
    # Nobody may close the day over an order that is being undone: the one who comes second sees what the first did.
    closing, undoing = await together(close(story, friday), undo(story, done.order.id, bruno))
    assert isinstance(undoing, OrderState), undoing
    assert isinstance(closing, OrdersLeftOpen | validation.DistributionStep), closing
    async with story.database.snapshot() as session:
        assert await validation.distribution_validation(session, friday.id) is None
    assert await story.verify() == []


async def test_two_coordinators_close_at_once(story: Story, bruno: Member, friday: Distribution) -> None:
    done = await together(close(story, friday), close(story, friday, bruno))
    assert sorted(type(one).__name__ for one in done) == ["AlreadyValidated", "DistributionStep"]
    assert await story.verify() == []


async def test_cancelled_everything_is_reversed_and_received_money_stays(
    story: Story, paul: Member, bruno: Member, friday: Distribution, box: Product
) -> None:
    paid = await story.order(paul, friday, {box: 1_000}, Method.CHEQUE)
    owed = await story.order(bruno, friday, {box: 2_000}, Method.CASH)
    async with story.database.unit_of_work() as session:
        await corrections.deliver(session, story.group_id, owed.lines[0].id, 1_000, story.anne)
    await validate(story, paid.order.id)
    told = await cancel(story, friday)
    assert {one.state.member.name: one.balance_cents for one in told} == {"Paul": 4250, "Bruno": 0}
    assert await story.account(AccountKind.PRODUCERS, box.producer_id) == 0
    assert await story.expected(bruno) == 0
    assert await story.stock(box) == 20_000
    with pytest.raises(rescheduling.AlreadyCancelled) as refused:
        await cancel(story, friday)
    assert refused.value.by == "Anne"
    with pytest.raises(NotFound):
        await validate(story, owed.order.id)
    async with story.database.snapshot() as session:
        assert await dists.open_distributions(session, story.group_id) == []
    assert await story.verify() == []


async def test_cancelled_while_orders_are_validated_and_placed(story: Story, box: Product) -> None:
    for number in range(3):
        friday = await story.distribution()
        early, late = await story.member(f"Tôt {number}"), await story.member(f"Tard {number}")
        done = await story.order(early, friday, {box: 1_000}, Method.CHEQUE)
        basket = await story.basket(late, friday, {box: 1_000})
        cancelled, validated, placed = await together(
            cancel(story, friday),
            validate(story, done.order.id),
            story.confirm(late, basket, Method.CASH),
        )
        assert isinstance(cancelled, list), cancelled
        assert isinstance(validated, OrderState | NotFound), validated
        assert isinstance(placed, orders.Confirmed | OrdersClosed), placed
        assert await story.balance(early) == (4250 if isinstance(validated, OrderState) else 0)
        assert await story.balance(late) == 0
        async with story.database.snapshot() as session:
            assert await validation.order_states(session, story.group_id, friday.id) == []
    assert await story.verify() == []


async def test_cancelled_while_goods_are_corrected(story: Story) -> None:
    cheese = await story.product("Tomme", 890, weighed=True)

    async def deliver(line_id: int) -> corrections.Changed:
        async with story.database.unit_of_work() as session:
            return await corrections.deliver(session, story.group_id, line_id, 1_350, story.anne)

    for number in range(4):
        friday = await story.distribution()
        eaters = [await story.member(f"Membre {number}.{n}") for n in range(3)]
        orders_ = [await story.order(eater, friday, {cheese: 1_200}, Method.CASH) for eater in eaters]
        cancelled, *corrected = await together(
            cancel(story, friday), *(deliver(done.lines[0].id) for done in orders_)
        )
        assert isinstance(cancelled, list), cancelled
        assert [one for one in corrected if not isinstance(one, corrections.Changed | NotFound)] == []
        assert {await story.balance(eater) for eater in eaters} == {0}
    assert await story.verify() == []


async def test_a_coordinator_orders_for_a_member_until_the_distribution_is_validated(
    story: Story, paul: Member, friday: Distribution, box: Product
) -> None:
    await story.close(friday)

    async def order_for(by: Member) -> orders.Confirmed:
        async with story.database.unit_of_work() as session:
            group = await story.group(session)
            distribution = await dists.get_distribution(session, story.group_id, friday.id)
            basket = (await baskets.open_basket(session, paul, distribution, by=by)).basket
            await baskets.set_quantity(session, basket, box, 1_000)
            return await orders.confirm(session, group, paul, basket.id, Method.CASH, by=by)

    with pytest.raises(OrdersClosed):
        await order_for(paul)
    done = await order_for(story.anne)
    async with story.database.snapshot() as session:
        assert done.confirmation.transaction_id is not None
        posted = await session.get_one(Transaction, done.confirmation.transaction_id)
    assert posted.actor_id == story.anne.id
    assert await story.balance(paul) == -4250
    await close(story, friday, leave_open=True)
    with pytest.raises(OrdersClosed):
        await order_for(story.anne)
    assert await story.verify() == []


async def test_a_basket_is_found_by_its_member_and_by_coordinators_of_its_group(
    story: Story, paul: Member, bruno: Member, friday: Distribution, box: Product
) -> None:
    basket = await story.basket(paul, friday, {box: 1_000})
    async with story.database.snapshot() as session:
        for finder in (paul, story.anne):
            assert (await baskets.basket_filled_by(session, finder, basket.id)).id == basket.id
        with pytest.raises(NotFound):
            await baskets.basket_filled_by(session, bruno, basket.id)


async def test_the_till(story: Story, paul: Member, friday: Distribution, box: Product) -> None:
    done = await story.order(paul, friday, {box: 1_000}, Method.CASH)
    assert done.payment is not None
    await story.receive(done.payment)

    async def count(cents: int, reason: str | None = None) -> till.Counted:
        async with story.database.unit_of_work() as session:
            return await till.count(
                session, story.group_id, friday.id, CountKind.CLOSING, cents, story.anne, reason=reason
            )

    assert (await count(4250)).count.transaction_id is None
    with pytest.raises(till.ReasonNeeded) as refused:
        await count(4000)
    assert (refused.value.counted, refused.value.expected) == (4000, 4250)
    explained = await count(4000, " rendu trop ")
    assert explained.reason is not None
    assert explained.reason.text == "rendu trop"
    assert await story.account(AccountKind.CASH) == 4000
    assert await story.account(AccountKind.ADJUSTMENTS) == 250
    assert (await count(4100, "retrouvé")).count.expected_cents == 4000
    assert await story.verify() == []
