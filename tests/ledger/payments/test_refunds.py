"""Money given back, gifts, debts given up: never more than is there, whoever else acts; each taken back once."""

import asyncio

import pytest
from sqlalchemy import text

from ledger.books.models import AccountKind
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Member, Method
from ledger.orders import till
from ledger.payments import adjustments, refunds
from ledger.payments import service as payments
from ledger.payments.adjustments import Adjusted, AdjustmentKind, MoreThanDebt, NoReason
from ledger.payments.models import PaymentState
from ledger.payments.refunds import AlreadyTakenBack, MoreThanCredit, MoreThanTheWayTakes, RefundWay
from ledger.payments.service import InvalidPayment, Settled
from tests.support.ledger import Story, found, together

GIFT, WRITE_OFF, LEFT = AdjustmentKind.GIFT, AdjustmentKind.WRITE_OFF, AdjustmentKind.LEFT


@pytest.fixture
async def paul(story: Story) -> Member:
    return await story.member("Paul")


@pytest.fixture
async def rich(story: Story, paul: Member) -> Member:
    """Paul gave 12.35 in cash."""
    await story.enter(paul, Method.CASH, 1235)
    return paul


class TestRefund:
    @pytest.mark.parametrize(
        ("method", "account"), [(Method.CASH, AccountKind.CASH), (Method.TRANSFER, AccountKind.BANK)]
    )
    async def test_a_part(self, story: Story, rich: Member, method: Method, account: AccountKind) -> None:
        before = await story.account(account)
        done = await story.refund(rich, 500, method)
        assert (done.balance_cents, done.payment.amount_cents) == (735, -500)
        assert await story.account(account) == before - 500
        assert await story.verify() == []

    async def test_in_cash_it_comes_out_of_the_till(self, story: Story, rich: Member) -> None:
        await story.refund(rich, 500)
        async with story.database.snapshot() as session:
            assert await till.expected_in_till(session, story.group_id) == 735

    @pytest.mark.parametrize("asked", [1236, 10**6])
    async def test_never_more_than_is_there(self, story: Story, rich: Member, asked: int) -> None:
        with pytest.raises(MoreThanCredit) as refused:
            await story.refund(rich, asked)
        assert (refused.value.credit, refused.value.asked) == (1235, asked)
        assert await story.balance(rich) == 1235

    @pytest.mark.parametrize("asked", [0, -5])
    async def test_an_amount_it_must_be(self, story: Story, rich: Member, asked: int) -> None:
        with pytest.raises(InvalidPayment):
            await story.refund(rich, asked)

    @pytest.mark.parametrize("method", [Method.CHEQUE, Method.MEMBER_CREDIT, Method.CARD])
    async def test_by_a_way_there_is(self, story: Story, rich: Member, method: Method) -> None:
        with pytest.raises(InvalidPayment):
            await story.refund(rich, 5, method)

    async def test_announced_money_is_no_credit(self, story: Story, paul: Member) -> None:
        """D1: what nobody has received cannot be given back."""
        async with story.database.unit_of_work() as session:
            await payments.expect(session, paul, Method.CASH, 5000, None)
        with pytest.raises(MoreThanCredit) as refused:
            await story.refund(paul, 1)
        assert refused.value.credit == 0

    async def test_a_debt_is_no_credit_either(self, story: Story, paul: Member) -> None:
        await story.opening(paul, -500)
        with pytest.raises(MoreThanCredit) as refused:
            await story.refund(paul, 1)
        assert refused.value.credit == 0

    async def test_a_way_with_a_limit_of_its_own(
        self, story: Story, rich: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As a card will have: no more than it gave."""

        async def limited(*_: object) -> tuple[RefundWay, ...]:
            return (RefundWay(Method.TRANSFER, 300),)

        monkeypatch.setattr(refunds, "refund_ways", limited)
        with pytest.raises(MoreThanTheWayTakes) as refused:
            await story.refund(rich, 301, Method.TRANSFER)
        assert (refused.value.most, refused.value.asked) == (300, 301)
        await story.refund(rich, 300, Method.TRANSFER)

    async def test_two_treasurers_at_once(self, story: Story, rich: Member) -> None:
        """12.35 are there: 5.00 twice at once go, then 10.00 is refused, with 2.35 left."""
        answers = await together(story.refund(rich, 500), story.refund(rich, 500))
        assert all(isinstance(one, Settled) for one in answers), answers
        with pytest.raises(MoreThanCredit) as refused:
            await story.refund(rich, 1000)
        assert refused.value.credit == 235
        assert await story.verify() == []

    async def test_ten_at_once_share_what_is_there(self, story: Story, rich: Member) -> None:
        ways = [Method.CASH, Method.TRANSFER]
        answers = await together(*(story.refund(rich, 300, ways[n % 2]) for n in range(10)))
        refused = [one for one in answers if isinstance(one, MoreThanCredit)]
        assert len(refused) == 6, answers
        assert {one.credit for one in refused} == {35}
        assert await story.balance(rich) == 35
        assert await story.verify() == []

    async def test_a_refund_while_money_comes_in(self, story: Story, rich: Member) -> None:
        """The till and the member's account move both ways at once: nobody waits in a circle."""
        comes = [story.enter(rich, Method.CASH, 100) for _ in range(8)]
        goes = [story.refund(rich, 100) for _ in range(8)]
        answers = await together(*(one for pair in zip(comes, goes, strict=True) for one in pair))
        assert all(isinstance(one, Settled) for one in answers), answers
        assert await story.balance(rich) == 1235

    async def test_a_refund_while_an_order_takes_the_credit(self, story: Story, rich: Member) -> None:
        box = await story.product("Panier", 1235)
        basket = await story.basket(rich, await story.distribution(), {box: 1_000})
        answers = await together(story.confirm(rich, basket, Method.MEMBER_CREDIT), story.refund(rich, 1235))
        assert sum(isinstance(one, LedgerError) for one in answers) == 1, answers
        assert await story.balance(rich) == 0
        assert await story.verify() == []

    async def test_taken_back_once(self, story: Story, rich: Member) -> None:
        done = await story.refund(rich, 500)

        async def undo() -> Settled:
            async with story.database.unit_of_work() as session:
                return await refunds.undo_refund(
                    session, story.group_id, done.payment.id, story.anne, step=done.settlement.step
                )

        answers = await together(*(undo() for _ in range(4)))
        assert sum(isinstance(one, Settled) for one in answers) == 1, answers
        lost = [one for one in answers if isinstance(one, AlreadyTakenBack)]
        assert [one.by for one in lost] == ["Anne"] * 3
        assert await story.balance(rich) == 1235
        async with story.database.snapshot() as session:
            payment = await payments.get_payment(session, story.group_id, done.payment.id)
        assert payment.state is PaymentState.CANCELLED
        assert await story.verify() == []

    async def test_only_a_refund_is_taken_back_like_one(self, story: Story, paul: Member) -> None:
        entered = await story.enter(paul, Method.CASH, 500)
        other = await found(story.database, "Un autre groupe")
        async with story.database.unit_of_work() as session:
            with pytest.raises(NotFound):
                await refunds.undo_refund(session, story.group_id, entered.payment.id, story.anne)
            with pytest.raises(NotFound):
                await refunds.undo_refund(session, other.group_id, entered.payment.id, other.anne)


class TestAdjustments:
    @pytest.mark.parametrize(
        ("kind", "opening", "cents", "after", "account", "moved"),
        [
            (GIFT, 0, 500, 500, AccountKind.ADJUSTMENTS, 500),
            (GIFT, -200, 500, 300, AccountKind.ADJUSTMENTS, 500),
            (WRITE_OFF, -2000, 500, -1500, AccountKind.WRITE_OFFS, 500),
            (WRITE_OFF, -2000, 2000, 0, AccountKind.WRITE_OFFS, 2000),
            (LEFT, 750, 750, 0, AccountKind.WRITE_OFFS, -750),
            (LEFT, 750, 1, 749, AccountKind.WRITE_OFFS, -1),
        ],
    )
    async def test_recorded_and_taken_back(
        self,
        story: Story,
        paul: Member,
        kind: AdjustmentKind,
        opening: int,
        cents: int,
        after: int,
        account: AccountKind,
        moved: int,
    ) -> None:
        if opening:
            await story.opening(paul, opening)
        done = await story.adjust(paul, kind, cents)
        assert (done.amount_cents, done.balance_cents, await story.balance(paul)) == (cents, after, after)
        assert await story.account(account) == moved
        assert await story.undo_adjustment(done) == opening
        assert await story.account(account) == 0
        with pytest.raises(AlreadyTakenBack) as refused:
            await story.undo_adjustment(done)
        assert refused.value.by == "Anne"
        assert await story.verify() == []

    @pytest.mark.parametrize(("opening", "cents", "owed"), [(-2000, 2001, 2000), (0, 1, 0), (500, 1, 0)])
    async def test_never_more_than_is_owed(
        self, story: Story, paul: Member, opening: int, cents: int, owed: int
    ) -> None:
        if opening:
            await story.opening(paul, opening)
        with pytest.raises(MoreThanDebt) as refused:
            await story.adjust(paul, WRITE_OFF, cents)
        assert (refused.value.owed, refused.value.asked) == (owed, cents)

    async def test_nobody_leaves_more_than_they_have(self, story: Story, paul: Member) -> None:
        await story.opening(paul, 100)
        with pytest.raises(MoreThanCredit):
            await story.adjust(paul, LEFT, 101)

    @pytest.mark.parametrize("kind", AdjustmentKind)
    async def test_not_without_a_reason(self, story: Story, paul: Member, kind: AdjustmentKind) -> None:
        with pytest.raises(NoReason):
            await story.adjust(paul, kind, 100, "  ")
        with pytest.raises(InvalidPayment):
            await story.adjust(paul, kind, 0)

    async def test_a_debt_is_given_up_once_at_once(self, story: Story, paul: Member) -> None:
        await story.opening(paul, -1000)
        answers = await together(*(story.adjust(paul, WRITE_OFF, 1000) for _ in range(4)))
        assert sum(isinstance(one, Adjusted) for one in answers) == 1, answers
        assert [one.owed for one in answers if isinstance(one, MoreThanDebt)] == [0, 0, 0]
        assert await story.balance(paul) == 0

    async def test_taken_back_once_at_once(self, story: Story, paul: Member) -> None:
        done = await story.adjust(paul, GIFT, 500)
        answers = await together(*(story.undo_adjustment(done) for _ in range(4)))
        assert sorted(type(one).__name__ for one in answers) == ["AlreadyTakenBack"] * 3 + ["int"], answers
        assert await story.balance(paul) == 0
        assert await story.verify() == []

    async def test_a_gift_that_was_spent_is_taken_back_all_the_same(self, story: Story, paul: Member) -> None:
        done = await story.adjust(paul, GIFT, 500)
        await story.refund(paul, 500)
        assert await story.undo_adjustment(done) == -500
        assert await story.verify() == []

    async def test_only_these_are_taken_back(self, story: Story, paul: Member) -> None:
        entered = await story.enter(paul, Method.CASH, 500)
        gift = await story.adjust(paul, GIFT, 500)
        other = await found(story.database, "Un autre groupe")
        async with story.database.unit_of_work() as session:
            assert entered.settlement.transaction_id is not None
            for group_id, transaction_id in (
                (story.group_id, entered.settlement.transaction_id),
                (other.group_id, gift.transaction_id),
                (story.group_id, 10**9),
            ):
                with pytest.raises(NotFound):
                    await adjustments.undo_adjustment(session, group_id, transaction_id, story.anne)

    async def test_the_reason_is_in_the_books(self, story: Story, paul: Member) -> None:
        done = await story.adjust(paul, GIFT, 500, "  Merci pour le camion ")
        async with story.database.snapshot() as session:
            note = await session.execute(
                text(
                    "SELECT n.text FROM transactions t JOIN notes n ON n.id = t.note_id"
                    f" WHERE t.id = {done.transaction_id}"
                )
            )
            assert note.scalar_one() == "Merci pour le camion"


async def test_gifts_and_refunds_at_once(story: Story, rich: Member) -> None:
    work = [story.adjust(rich, GIFT, 100) for _ in range(5)] + [
        story.adjust(rich, LEFT, 100) for _ in range(5)
    ]
    answers = await asyncio.gather(*work, *(story.refund(rich, 100) for _ in range(5)))
    assert len(answers) == 15
    assert await story.balance(rich) == 1235 - 500
    assert await story.verify() == []
