"""Money a member says they give: expected, received, refused, taken back; each once, and told who did it."""

import asyncio
import datetime as dt

import pytest

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.books.service import IdempotencyConflict
from ledger.db import Database, utc_now
from ledger.errors import NotFound
from ledger.groups.models import Member, Method
from ledger.payments import service as payments
from ledger.payments.models import Payment, PaymentState, SettlementKind
from ledger.payments.service import AlreadySettled, InvalidPayment, NotSettled
from ledger.reference import format_reference, is_valid
from tests.support.ledger import Story, found, together

OFFLINE = [Method.CHEQUE, Method.CASH, Method.TRANSFER]
WHERE = {
    Method.CHEQUE: AccountKind.CHEQUES,
    Method.CASH: AccountKind.CASH,
    Method.TRANSFER: AccountKind.BANK,
}


@pytest.fixture
async def paul(story: Story) -> Member:
    return await story.member("Paul")


@pytest.fixture
async def announced(story: Story, paul: Member) -> Payment:
    """Paul ordered for 12.35 and announced a cheque."""
    basket = await story.product("Panier de légumes", 1235)
    ordered = await story.order(paul, await story.distribution(), {basket: 1_000}, Method.CHEQUE)
    assert ordered.payment is not None
    return ordered.payment


class TestWorkedExample:
    """Must hold 2, to the cent."""

    async def test_an_announced_cheque_moves_nothing(
        self, story: Story, paul: Member, announced: Payment
    ) -> None:
        assert await story.balance(paul) == -1235
        assert await story.expected(paul) == 1235
        assert announced.state is PaymentState.EXPECTED
        assert await story.account(AccountKind.CHEQUES) == 0

    @pytest.mark.parametrize(
        ("received", "balance"), [(None, 0), (1235, 0), (1000, -235), (1500, 265), (1, -1234)]
    )
    async def test_received(
        self, story: Story, paul: Member, announced: Payment, received: int | None, balance: int
    ) -> None:
        settled = await story.receive(announced, received)
        assert settled.balance_cents == balance
        assert settled.settlement.amount_cents == (received or 1235)
        assert settled.payment.state is PaymentState.RECEIVED
        assert await story.balance(paul) == balance
        assert await story.expected(paul) == 0
        assert await story.account(AccountKind.CHEQUES) == (received or 1235)
        assert await story.verify() == []

    async def test_refused_leaves_the_debt(self, story: Story, paul: Member, announced: Payment) -> None:
        settled = await story.refuse(announced)
        assert settled.payment.state is PaymentState.REFUSED
        assert settled.settlement.amount_cents is None
        assert (await story.balance(paul), await story.expected(paul)) == (-1235, 0)


@pytest.mark.parametrize("method", OFFLINE)
async def test_each_method_has_its_account(story: Story, paul: Member, method: Method) -> None:
    async with story.database.unit_of_work() as session:
        payment = await payments.expect(session, paul, method, 500, None)
    await story.receive(payment)
    held = {kind: await story.account(kind) for kind in WHERE.values()}
    assert held == {kind: 500 if kind is WHERE[method] else 0 for kind in WHERE.values()}
    assert await story.balance(paul) == 500


class TestOnce:
    async def test_twice_is_told_who_and_when(self, story: Story, announced: Payment) -> None:
        paule = await story.member("Paule")
        before = utc_now()
        await story.receive(announced, 1000, by=paule)
        for again in (story.receive(announced), story.receive(announced, 1235), story.refuse(announced)):
            with pytest.raises(AlreadySettled) as refused:
                await again
            assert refused.value.by == "Paule"
            assert refused.value.kind is SettlementKind.RECEIVED
            assert refused.value.amount_cents == 1000
            assert before <= refused.value.at <= utc_now()
        assert await story.account(AccountKind.CHEQUES) == 1000

    async def test_refused_is_settled_too(self, story: Story, announced: Payment) -> None:
        await story.refuse(announced)
        with pytest.raises(AlreadySettled) as refused:
            await story.receive(announced)
        assert (refused.value.by, refused.value.kind) == ("Anne", SettlementKind.REFUSED)
        assert refused.value.amount_cents is None

    async def test_two_coordinators_at_the_same_instant(
        self, story: Story, paul: Member, announced: Payment
    ) -> None:
        basile = await story.member("Basile")
        results = await together(
            story.receive(announced, 1235, by=story.anne),
            story.receive(announced, 1235, by=basile),
            story.refuse(announced),
        )
        (done,) = [result for result in results if isinstance(result, payments.Settled)]
        refused = [result for result in results if isinstance(result, AlreadySettled)]
        assert len(refused) == 2
        names = {story.anne.id: "Anne", basile.id: "Basile"}
        assert {error.by for error in refused} == {names[done.settlement.by_id]}
        assert {error.at for error in refused} == {done.settlement.at}
        assert await story.balance(paul) in (0, -1235)
        assert await story.verify() == []

    async def test_two_workers(self, postgresql_url: str) -> None:
        one, two = Database(postgresql_url), Database(postgresql_url)
        story = await found(one)
        paul = await story.member("Paul")
        async with one.unit_of_work() as session:
            announced = await payments.expect(session, paul, Method.CASH, 500, None)
        other = Story(two, story.group_id, story.anne)
        results = await together(*(s.receive(announced) for s in (story, other) for _ in range(3)))
        assert sum(isinstance(result, payments.Settled) for result in results) == 1
        assert sum(isinstance(result, AlreadySettled) for result in results) == 5
        assert await story.balance(paul) == 500
        await one.close()
        await two.close()


class TestUndo:
    async def test_received_is_taken_back_and_received_again(
        self, story: Story, paul: Member, announced: Payment
    ) -> None:
        await story.receive(announced, 1000)
        undone = await story.undo(announced)
        assert undone.payment.state is PaymentState.EXPECTED
        assert undone.settlement.kind is SettlementKind.UNDONE
        assert (await story.balance(paul), await story.expected(paul)) == (-1235, 1235)
        assert await story.account(AccountKind.CHEQUES) == 0
        await story.receive(announced)
        assert (await story.balance(paul), await story.expected(paul)) == (0, 0)
        await story.undo(announced)
        await story.refuse(announced)
        await story.undo(announced)
        assert (await story.balance(paul), await story.expected(paul)) == (-1235, 1235)
        assert await story.verify() == []

    async def test_nothing_to_undo(self, story: Story, announced: Payment) -> None:
        with pytest.raises(NotSettled):
            await story.undo(announced)
        await story.receive(announced)
        await story.undo(announced)
        with pytest.raises(NotSettled):
            await story.undo(announced)

    async def test_two_undo_at_the_same_instant(self, story: Story, paul: Member, announced: Payment) -> None:
        await story.receive(announced)
        results = await together(*(story.undo(announced) for _ in range(4)))
        assert sum(isinstance(result, payments.Settled) for result in results) == 1
        assert sum(isinstance(result, NotSettled) for result in results) == 3
        assert await story.balance(paul) == -1235
        assert await story.verify() == []

    async def test_the_books_keep_the_trace(self, story: Story, paul: Member, announced: Payment) -> None:
        await story.receive(announced)
        await story.undo(announced)
        async with story.database.snapshot() as session:
            page = await books.statement(session, story.group_id, AccountKind.MEMBERS, paul.id)
        assert [(line.transaction.kind, line.amount_cents) for line in page.lines] == [
            ("reversal", -1235),
            ("received-cheque", 1235),
            ("order", -1235),
        ]


class TestRefusedInput:
    @pytest.mark.parametrize("amount", [0, -1, -1235])
    async def test_money_received_is_positive(self, story: Story, announced: Payment, amount: int) -> None:
        with pytest.raises(InvalidPayment) as refused:
            await story.receive(announced, amount)
        assert refused.value.field == "amount"
        assert await story.account(AccountKind.CHEQUES) == 0

    async def test_a_payment_of_another_group(
        self, story: Story, database: Database, announced: Payment
    ) -> None:
        other = await found(database, "Un autre groupe")
        for attempt in (other.receive(announced), other.refuse(announced), other.undo(announced)):
            with pytest.raises(NotFound):
                await attempt
        async with database.snapshot() as session:
            with pytest.raises(NotFound):
                await payments.get_payment(session, other.group_id, announced.id)
            assert await payments.find_by_reference(session, other.group_id, announced.reference) is None
            assert await payments.near_references(session, other.group_id, announced.reference) == []


class TestByHand:
    async def test_a_cheque_given_in_the_past_keeps_its_date(self, story: Story, paul: Member) -> None:
        settled = await story.enter(paul, Method.CHEQUE, 4000, dated=dt.date(2024, 9, 1))
        assert settled.payment.dated == dt.date(2024, 9, 1)
        assert settled.balance_cents == 4000
        async with story.database.snapshot() as session:
            page = await books.statement(session, story.group_id, AccountKind.MEMBERS, paul.id)
        assert page.lines[0].transaction.dated == dt.date(2024, 9, 1)
        assert page.lines[0].transaction.actor_id == story.anne.id
        assert await story.verify() == []

    @pytest.mark.parametrize("method", OFFLINE)
    async def test_money_given_back_is_negative(self, story: Story, paul: Member, method: Method) -> None:
        await story.enter(paul, method, 2000)
        settled = await story.enter(paul, method, -500)
        assert settled.balance_cents == 1500
        assert await story.account(WHERE[method]) == 1500
        assert await story.verify() == []

    async def test_undone_is_cancelled_since_nobody_announced_it(self, story: Story, paul: Member) -> None:
        settled = await story.enter(paul, Method.CASH, -500)
        undone = await story.undo(settled.payment)
        assert undone.payment.state is PaymentState.CANCELLED
        assert await story.balance(paul) == 0
        assert await story.verify() == []
        await story.undo(settled.payment)
        await story.receive(settled.payment)
        assert await story.balance(paul) == -500
        assert await story.verify() == []

    async def test_each_has_a_reference_of_its_own(self, story: Story, paul: Member) -> None:
        references = {(await story.enter(paul, Method.CASH, 100)).payment.reference for _ in range(5)}
        assert len(references) == 5
        assert all(is_valid(code) for code in references)

    @pytest.mark.parametrize(
        ("method", "amount", "field"),
        [
            (Method.CASH, 0, "amount"),
            (Method.MEMBER_CREDIT, 100, "method"),
            (Method.CARD, 100, "method"),
        ],
    )
    async def test_refused(self, story: Story, paul: Member, method: Method, amount: int, field: str) -> None:
        with pytest.raises(InvalidPayment) as refused:
            await story.enter(paul, method, amount)
        assert refused.value.field == field

    async def test_not_in_the_future(self, story: Story, paul: Member) -> None:
        with pytest.raises(InvalidPayment) as refused:
            await story.enter(paul, Method.CASH, 100, dated=utc_now().date() + dt.timedelta(days=3))
        assert refused.value.field == "date"
        await story.enter(paul, Method.CASH, 100, dated=utc_now().date())


class TestOpeningBalance:
    @pytest.mark.parametrize("cents", [5000, -3210, 1, -1])
    async def test_avoir_or_owed(self, story: Story, paul: Member, cents: int) -> None:
        assert await story.opening(paul, cents) == cents
        assert await story.balance(paul) == cents
        assert await story.account(AccountKind.OPENING) == cents  # a debit: the other side
        assert await story.verify() == []

    async def test_a_member_may_owe_although_negative_balances_are_off(
        self, story: Story, paul: Member
    ) -> None:
        assert await story.opening(paul, -100_000) == -100_000

    async def test_repeated_it_counts_once(self, story: Story, paul: Member) -> None:
        results = await asyncio.gather(*(story.opening(paul, 5000) for _ in range(5)))
        assert results == [5000] * 5
        with pytest.raises(IdempotencyConflict):
            await story.opening(paul, 6000)
        assert await story.opening(paul, 1000, key="correction") == 6000

    async def test_never_nothing(self, story: Story, paul: Member) -> None:
        with pytest.raises(InvalidPayment):
            await story.opening(paul, 0)


class TestReferences:
    async def test_found_however_it_is_written(self, story: Story, announced: Payment) -> None:
        shown = format_reference(announced.reference)
        async with story.database.snapshot() as session:
            for text in (shown, shown.lower(), f"VIR MME DUPONT {shown[:3]} {shown[4:]} merci"):
                payment = await payments.find_by_reference(session, story.group_id, text)
                assert payment is not None
                assert payment.id == announced.id
            assert await payments.find_by_reference(session, story.group_id, "merci") is None

    async def test_a_slip_is_proposed_and_never_taken(self, story: Story, announced: Payment) -> None:
        code = announced.reference
        slip = code[:2] + ("2" if code[2] != "2" else "3") + code[3:]
        async with story.database.snapshot() as session:
            assert await payments.find_by_reference(session, story.group_id, slip) is None
            near = await payments.near_references(session, story.group_id, slip)
            assert [payment.id for payment in near] == [announced.id]

    async def test_what_is_settled_is_not_proposed(self, story: Story, announced: Payment) -> None:
        await story.receive(announced)
        code = announced.reference
        slip = code[:2] + ("2" if code[2] != "2" else "3") + code[3:]
        async with story.database.snapshot() as session:
            assert await payments.near_references(session, story.group_id, slip) == []

    async def test_taken_codes_are_not_given_again(
        self, story: Story, paul: Member, announced: Payment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fresh = "K7M3P9" + next(c for c in "23456789ACDEFHJKMNPRTWX" if is_valid("K7M3P9" + c))
        await story.receive(announced)
        codes = iter([announced.reference, announced.reference, fresh])
        monkeypatch.setattr(payments, "new_reference", lambda: next(codes))
        async with story.database.unit_of_work() as session:
            assert (await payments.expect(session, paul, Method.CASH, 100, None)).reference == fresh


async def test_what_is_expected_from_whom(story: Story, paul: Member, announced: Payment) -> None:
    marie = await story.member("Marie")
    async with story.database.unit_of_work() as session:
        await payments.expect(session, paul, Method.CASH, 65, None)
        await payments.expect(session, marie, Method.CASH, 100, None)
        refused = await payments.expect(session, marie, Method.CASH, 900, None)
    await story.refuse(refused)
    async with story.database.snapshot() as session:
        assert await payments.expected_cents_by_member(session, story.group_id) == {
            paul.id: 1300,
            marie.id: 100,
        }
        expected = await payments.payments_of(session, paul, PaymentState.EXPECTED)
        assert [payment.amount_cents for payment in expected] == [1235, 65]
        assert await payments.payments_of(session, paul, PaymentState.RECEIVED) == []
