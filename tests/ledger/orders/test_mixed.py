"""Existing credit pays a part of an order, another method the rest, in one go (B4): together, or not at all."""

import pytest
from sqlalchemy import func, select

from ledger.books.models import AccountKind, Transaction, Transfer
from ledger.books.service import Leg
from ledger.catalogue.models import Product
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.orders import corrections, validation
from ledger.orders.charging import InvalidSplit, credit_part, legs_of
from ledger.orders.models import Confirmation, Distribution, Order
from ledger.orders.service import MethodNotOffered, NotEnoughCredit
from ledger.payments.models import PaymentState
from tests.support.ledger import Story, together

PAUL, FARM, BAKERY = 1, 7, 8
FARM_ID, BAKERY_ID = 70, 80
OWED = {FARM_ID: 700, BAKERY_ID: 535}


@pytest.mark.parametrize(
    ("within", "legs"),
    [
        (0, [(FARM, 700, False), (BAKERY, 535, False)]),
        (1, [(FARM, 1, True), (FARM, 699, False), (BAKERY, 535, False)]),
        (699, [(FARM, 699, True), (FARM, 1, False), (BAKERY, 535, False)]),
        (700, [(FARM, 700, True), (BAKERY, 535, False)]),
        (1000, [(FARM, 700, True), (BAKERY, 300, True), (BAKERY, 235, False)]),
        (1235, [(FARM, 700, True), (BAKERY, 535, True)]),
    ],
)
def test_the_part_on_credit_goes_first(within: int, legs: list[tuple[int, int, bool]]) -> None:
    made = legs_of(PAUL, {FARM_ID: FARM, BAKERY_ID: BAKERY}, OWED, within)
    assert made == [Leg(PAUL, account, cents, within_credit=on_credit) for account, cents, on_credit in legs]


@pytest.mark.parametrize(
    ("method", "asked", "part"),
    [
        (Method.CHEQUE, 0, 0),
        (Method.CHEQUE, 1, 1),
        (Method.CASH, 1234, 1234),
        (Method.MEMBER_CREDIT, 0, 1235),
        (None, 0, 0),
    ],
)
def test_what_credit_pays(method: Method | None, asked: int, part: int) -> None:
    assert credit_part(method, asked, 1235) == part


@pytest.mark.parametrize("asked", [-1, 1235, 1236])
def test_what_is_no_part(asked: int) -> None:
    with pytest.raises(InvalidSplit):
        credit_part(Method.CHEQUE, asked, 1235)


@pytest.fixture
async def paul(story: Story) -> Member:
    """Paul, with an avoir of 10.00."""
    member = await story.member("Paul")
    await story.opening(member, 1000)
    return member


@pytest.fixture
async def friday(story: Story) -> Distribution:
    return await story.distribution()


@pytest.fixture
async def goods(story: Story) -> dict[Product, int]:
    """Worth 12.35, from two producers."""
    eggs = await story.product("Œufs", 350, producer="Ferme")
    bread = await story.product("Pain", 535, producer="Fournil")
    return {eggs: 2_000, bread: 1_000}


async def written(story: Story) -> list[int]:
    """How much was written down for the group."""
    found = []
    async with story.database.snapshot() as session:
        for table in (Order, Confirmation, Transaction, Transfer):
            statement = select(func.count()).select_from(table).where(table.group_id == story.group_id)
            found.append(int((await session.execute(statement)).scalar_one()))
    return found


async def test_both_parts_at_once(
    story: Story, paul: Member, friday: Distribution, goods: dict[Product, int]
) -> None:
    done = await story.order(paul, friday, goods, Method.CHEQUE, credit_cents=1000)
    assert (done.confirmation.amount_cents, done.confirmation.credit_cents) == (1235, 1000)
    assert done.payment is not None
    assert (done.payment.amount_cents, done.payment.method) == (235, Method.CHEQUE)
    assert (done.balance_cents, await story.expected(paul)) == (-235, 235)
    assert (await story.receive(done.payment)).balance_cents == 0
    assert await story.verify() == []


async def test_an_addition_is_mixed_too(
    story: Story, paul: Member, friday: Distribution, goods: dict[Product, int]
) -> None:
    bread = next(product for product in goods if product.name == "Pain")
    first = await story.order(paul, friday, {bread: 1_000}, Method.CASH, credit_cents=300)
    assert first.balance_cents == 465
    second = await story.order(paul, friday, goods, Method.TRANSFER, credit_cents=465)
    assert second.is_addition
    assert (second.confirmation.credit_cents, second.balance_cents) == (465, 465 - 1235)
    assert await story.expected(paul) == 235 + 770
    assert await story.verify() == []


@pytest.mark.parametrize("negative", [False, True])
async def test_never_more_than_is_there(
    story: Story, paul: Member, friday: Distribution, goods: dict[Product, int], negative: bool
) -> None:
    """Also where negative balances are allowed: what existing credit pays must exist."""
    await story.option("negative_balances", negative)
    before = await written(story)
    with pytest.raises(NotEnoughCredit) as refused:
        await story.order(paul, friday, goods, Method.CHEQUE, credit_cents=1001)
    assert (refused.value.balance, refused.value.needed) == (1000, 1001)
    assert await written(story) == before
    await story.order(paul, friday, goods, Method.CHEQUE, credit_cents=1000)


async def test_both_methods_must_be_offered(
    story: Story, paul: Member, friday: Distribution, goods: dict[Product, int]
) -> None:
    async with story.database.unit_of_work() as session:
        await groups.offer_method(session, await story.group(session), Method.MEMBER_CREDIT, False)
    with pytest.raises(MethodNotOffered) as refused:
        await story.order(paul, friday, goods, Method.CHEQUE, credit_cents=1000)
    assert refused.value.method is Method.MEMBER_CREDIT
    await story.option("payments_enabled", False)
    with pytest.raises(MethodNotOffered):
        await story.order(paul, friday, goods, None, credit_cents=1000)


async def test_the_same_credit_is_not_spent_twice_at_once(
    story: Story, paul: Member, goods: dict[Product, int]
) -> None:
    """Five baskets for five distributions, each with the same 10.00 and a cheque: one of them goes through."""
    baskets = [await story.basket(paul, await story.distribution(f"Lieu {n}"), goods) for n in range(5)]
    answers = await together(
        *(story.confirm(paul, basket, Method.CHEQUE, credit_cents=1000) for basket in baskets)
    )
    refused = [one for one in answers if isinstance(one, NotEnoughCredit)]
    assert len(refused) == 4, answers
    assert {(one.balance, one.needed) for one in refused} == {(-235, 1000)}
    assert (await story.balance(paul), await story.expected(paul)) == (-235, 235)
    assert await story.verify() == []


async def test_the_database_itself_refuses_credit_that_is_not_there(
    story: Story,
    paul: Member,
    friday: Distribution,
    goods: dict[Product, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even if the service forgot to look (I7)."""

    async def forgetful(*_: object) -> None:
        return None

    monkeypatch.setattr("ledger.orders.service.require_credit", forgetful)
    before = await written(story)
    with pytest.raises(Exception, match="not enough credit"):
        await story.order(paul, friday, goods, Method.CHEQUE, credit_cents=1001)
    assert await written(story) == before


@pytest.mark.parametrize(
    ("given", "due", "credit", "missing"),
    [(2_000, 235, 1000, 0), (1_000, 0, 885, -235), (3_000, 585, 1000, 350)],
)
async def test_corrected_at_distribution(
    story: Story,
    paul: Member,
    friday: Distribution,
    goods: dict[Product, int],
    given: int,
    due: int,
    credit: int,
    missing: int,
) -> None:
    """The part on credit is at most what the goods come to; the rest is what is paid on the spot."""
    done = await story.order(paul, friday, goods, Method.CASH, credit_cents=1000)
    eggs = next(line for line in done.lines if line.product_name == "Œufs")
    if given != eggs.quantity_milli:
        async with story.database.unit_of_work() as session:
            await corrections.deliver(session, story.group_id, eggs.id, given, story.anne)
    async with story.database.snapshot() as session:
        state = await validation.order_state(session, story.group_id, done.order.id)
    assert (state.due_cents, state.credit_cents, state.missing_cents) == (due, credit, missing)
    async with story.database.unit_of_work() as session:
        await validation.validate_order(session, story.group_id, done.order.id, story.anne)
    assert await story.balance(paul) == 1000 - credit - missing
    assert await story.account(AccountKind.CASH) == 235
    assert await story.verify() == []


async def test_the_rest_that_never_came_stays_a_debt(
    story: Story, paul: Member, friday: Distribution, goods: dict[Product, int]
) -> None:
    done = await story.order(paul, friday, goods, Method.CHEQUE, credit_cents=1000)
    assert done.payment is not None
    settled = await story.refuse(done.payment)
    assert settled.payment.state is PaymentState.REFUSED
    assert (settled.balance_cents, await story.expected(paul)) == (-235, 0)
