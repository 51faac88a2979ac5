"""Goods at distribution: a correction posts exactly the difference, a change is taken back as a whole."""

import re

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from ledger.books.models import AccountKind, Transaction
from ledger.catalogue.models import Product
from ledger.errors import NotFound
from ledger.groups.models import Member, Method
from ledger.orders import corrections
from ledger.orders.corrections import AlreadyUndone, ChangedSince, NothingToChange
from ledger.orders.handover_models import Change
from ledger.orders.models import Distribution
from ledger.payments.service import InvalidPayment
from tests.support.ledger import Story, found, together


@pytest.fixture
async def paul(story: Story) -> Member:
    return await story.member("Paul")


@pytest.fixture
async def friday(story: Story) -> Distribution:
    return await story.distribution()


@pytest.fixture
async def cheese(story: Story) -> Product:
    return await story.product("Tomme", 890, weighed=True)


async def deliver(
    story: Story, line_id: int, quantity_milli: int, by: Member | None = None
) -> corrections.Changed:
    async with story.database.unit_of_work() as session:
        return await corrections.deliver(session, story.group_id, line_id, quantity_milli, by or story.anne)


async def reprice(story: Story, line_id: int, price_cents: int) -> corrections.Changed:
    async with story.database.unit_of_work() as session:
        return await corrections.reprice(session, story.group_id, line_id, price_cents, story.anne)


async def undo(story: Story, change: Change, by: Member | None = None) -> corrections.Changed:
    async with story.database.unit_of_work() as session:
        return await corrections.undo_change(session, story.group_id, change.id, by or story.anne)


async def transactions(story: Story) -> int:
    async with story.database.snapshot() as session:
        statement = select(func.count()).where(Transaction.group_id == story.group_id)
        return int((await session.execute(statement)).scalar_one())


@pytest.mark.parametrize(
    ("price", "ordered", "given", "before", "after"),
    [
        (890, 1_200, 1_350, 1068, 1202),  # 10.68 → 12.015, half up 12.02
        (890, 1_200, 1_349, 1068, 1201),
        (890, 1_200, 0, 1068, 0),
        (333, 500, 1_500, 167, 500),
        (1, 400, 500, 0, 1),
    ],
)
async def test_a_weight_costs_its_difference_rounded_by_the_line(
    story: Story, paul: Member, friday: Distribution,
    price: int, ordered: int, given: int, before: int, after: int,
) -> None:  # fmt: skip
    goods = await story.product("Tomme", price, weighed=True)
    order = await story.order(paul, friday, {goods: ordered}, Method.CHEQUE)
    (line,) = order.lines
    (one,) = (await deliver(story, line.id, given)).corrected
    assert (one.before.quantity_milli, one.before.amount_cents) == (ordered, before)
    assert (one.after.quantity_milli, one.after.amount_cents) == (given, after)
    assert one.balance_cents == -after == await story.balance(paul)
    assert await story.account(AccountKind.PRODUCERS, goods.producer_id) == after
    assert await story.verify() == []


async def test_lines_are_read_at_once_however_many_there_are(
    story: Story, friday: Distribution, cheese: Product
) -> None:
    """Correcting a product and taking it back: no line, order, member or account is looked for one by one."""
    read = re.compile(r"FROM (order_lines|orders|members|confirmations|corrections|products)\b")
    statements: list[str] = []

    def note(_: object, __: object, sql: str, *___: object) -> None:
        if read.search(sql):
            statements.append(sql)

    async def asked(product: Product) -> int:
        statements.clear()
        event.listen(Engine, "before_cursor_execute", note)
        async with story.database.unit_of_work() as session:
            changed = await corrections.not_delivered(
                session, story.group_id, friday.id, product.id, story.anne
            )
        await undo(story, changed.change)
        event.remove(Engine, "before_cursor_execute", note)
        return len(statements)

    bread = await story.product("Pain", 535)
    for number in range(9):
        eater = await story.member(f"Membre {number}")
        await story.order(eater, friday, {bread: 1_000} if number > 1 else {cheese: 500}, Method.CHEQUE)
    assert 0 < await asked(cheese) == await asked(bread)
    assert await story.verify() == []


async def test_two_corrections_and_both_undone_in_turn(
    story: Story, paul: Member, friday: Distribution, cheese: Product
) -> None:
    (line,) = (await story.order(paul, friday, {cheese: 1_200}, Method.CASH)).lines
    weight = await deliver(story, line.id, 1_350)
    price = await reprice(story, line.id, 1000)
    assert await story.balance(paul) == -1350
    with pytest.raises(ChangedSince):
        await undo(story, weight.change)
    await undo(story, price.change)
    with pytest.raises(ChangedSince):
        await undo(story, weight.change)
    assert await story.balance(paul) == -1202
    with pytest.raises(AlreadyUndone) as refused:
        await undo(story, price.change)
    assert refused.value.by == "Anne"
    assert await story.verify() == []


async def test_a_product_that_did_not_come_is_one_command_and_one_undo(
    story: Story, friday: Distribution, cheese: Product
) -> None:
    """Must hold 3: 14 members, 14 corrections, undone as a whole."""
    bread = await story.product("Pain", 535)
    eaters = [await story.member(f"Membre {number}") for number in range(14)]
    for eater in eaters:
        await story.order(eater, friday, {cheese: 500, bread: 1_000}, Method.CHEQUE)
    posted = await transactions(story)
    async with story.database.unit_of_work() as session:
        changed = await corrections.not_delivered(session, story.group_id, friday.id, cheese.id, story.anne)
    assert len(changed.corrected) == 14
    assert {one.balance_cents for one in changed.corrected} == {-535}
    assert await transactions(story) == posted + 14
    assert await story.account(AccountKind.PRODUCERS, cheese.producer_id) == 14 * 535
    assert await story.verify() == []

    undone = await undo(story, changed.change)
    assert len(undone.corrected) == 14
    assert {await story.balance(eater) for eater in eaters} == {-980}
    assert await transactions(story) == posted + 28
    assert await story.verify() == []


async def test_another_price_for_everybody(story: Story, friday: Distribution, cheese: Product) -> None:
    quantities = {"Paul": 1_000, "Zoé": 333}
    eaters = {name: await story.member(name) for name in quantities}
    for name, eater in eaters.items():
        await story.order(eater, friday, {cheese: quantities[name]}, Method.CASH)
    async with story.database.unit_of_work() as session:
        await corrections.reprice_for_all(session, story.group_id, friday.id, cheese.id, 1000, story.anne)
    assert [await story.balance(eater) for eater in eaters.values()] == [-1000, -333]
    assert await story.verify() == []


async def test_where_payments_are_off_goods_are_corrected_and_no_account_moves(
    story: Story, paul: Member, friday: Distribution, cheese: Product
) -> None:
    await story.option("payments_enabled", False)
    (line,) = (await story.order(paul, friday, {cheese: 1_200}, None)).lines
    (one,) = (await deliver(story, line.id, 1_350)).corrected
    assert one.after.amount_cents == 1202
    assert await transactions(story) == 0
    assert await story.verify() == []


async def test_refused_with_nothing_written(
    story: Story, paul: Member, friday: Distribution, cheese: Product
) -> None:
    (line,) = (await story.order(paul, friday, {cheese: 1_200}, Method.CASH)).lines
    other = await found(story.database, "Un autre groupe")
    with pytest.raises(NothingToChange):
        await deliver(story, line.id, 1_200)
    with pytest.raises(NotFound):
        await deliver(other, line.id, 1_000)
    with pytest.raises(InvalidPayment):
        await reprice(story, line.id, 0)
    with pytest.raises(NotFound):
        await deliver(story, line.id, -1)
    changed = await deliver(story, line.id, 1_000)
    with pytest.raises(NotFound):
        await undo(other, changed.change)
    assert await story.balance(paul) == -890
    assert await story.verify() == []


def test_ten_times_the_ordered_quantity_is_far_off() -> None:
    assert not corrections.is_far_off(1_200, 11_999)
    assert corrections.is_far_off(1_200, 12_000)


async def test_two_coordinators_correct_the_same_line(
    story: Story, paul: Member, friday: Distribution, cheese: Product
) -> None:
    bruno = await story.member("Bruno")
    (line,) = (await story.order(paul, friday, {cheese: 1_200}, Method.CASH)).lines
    for given in (1_350, 1_100, 0, 700):
        done = await together(deliver(story, line.id, given), deliver(story, line.id, given, bruno))
        assert sorted(type(one) for one in done if isinstance(one, Exception)) == [NothingToChange]
    done = await together(deliver(story, line.id, 900), deliver(story, line.id, 800, bruno))
    assert all(isinstance(one, corrections.Changed) for one in done)
    assert await story.balance(paul) in (-801, -712)
    assert await story.verify() == []


async def test_one_undoes_while_another_corrects(
    story: Story, paul: Member, friday: Distribution, cheese: Product
) -> None:
    bruno = await story.member("Bruno")
    (line,) = (await story.order(paul, friday, {cheese: 1_000}, Method.CASH)).lines
    for given in (1_100, 1_200, 1_300):
        changed = await deliver(story, line.id, given)
        undone, corrected = await together(
            undo(story, changed.change), deliver(story, line.id, 2 * given, bruno)
        )
        assert isinstance(undone, corrections.Changed | ChangedSince)
        assert isinstance(corrected, corrections.Changed)
        assert await story.balance(paul) == -(890 * 2 * given // 1000)
    assert await story.verify() == []


async def test_two_undo_the_same_change(
    story: Story, paul: Member, friday: Distribution, cheese: Product
) -> None:
    bruno = await story.member("Bruno")
    (line,) = (await story.order(paul, friday, {cheese: 1_000}, Method.CASH)).lines
    changed = await deliver(story, line.id, 1_100)
    done = await together(undo(story, changed.change), undo(story, changed.change, bruno))
    assert sorted(type(one).__name__ for one in done) == ["AlreadyUndone", "Changed"]
    assert await story.balance(paul) == -890
    assert await story.verify() == []


async def test_changes_for_everybody_at_the_same_instant(story: Story, friday: Distribution) -> None:
    """Each locks many orders and accounts: in one order, so that nobody waits in a circle."""
    goods = [
        await story.product(f"Fromage {n}", 100 + n, producer=f"Ferme {n}", weighed=True) for n in range(3)
    ]
    for number in range(6):
        eater = await story.member(f"Membre {number}")
        await story.order(eater, friday, dict.fromkeys(goods[number % 2 :], 1_000), Method.CASH)

    async def missing(product: Product) -> corrections.Changed:
        async with story.database.unit_of_work() as session:
            return await corrections.not_delivered(session, story.group_id, friday.id, product.id, story.anne)

    done = await together(*(missing(product) for product in reversed(goods)))
    assert [len(one.corrected) for one in done if isinstance(one, corrections.Changed)] == [6, 6, 3]
    assert await story.verify() == []


async def test_what_is_ordered_after_a_price_was_corrected_for_everybody_costs_that(
    story: Story, paul: Member, friday: Distribution, cheese: Product
) -> None:
    bruno, claire = await story.member("Bruno"), await story.member("Claire")
    monday = await story.distribution()
    first = await story.order(paul, friday, {cheese: 1_000}, Method.CASH)

    async def for_all(price_cents: int) -> corrections.Changed:
        async with story.database.unit_of_work() as session:
            return await corrections.reprice_for_all(
                session, story.group_id, friday.id, cheese.id, price_cents, story.anne
            )

    await reprice(story, first.lines[0].id, 700)
    later = await story.order(bruno, friday, {cheese: 1_000}, Method.CASH)
    assert await story.balance(bruno) == -890, "one member's price is nobody else's"
    await for_all(900)
    ten = await for_all(1000)
    added = await story.order(claire, friday, {cheese: 2_000}, Method.CASH)
    assert (added.lines[0].price_cents, added.lines[0].amount_cents) == (1000, 2000)
    assert added.payment is not None
    assert added.payment.amount_cents == 2000
    await story.order(claire, monday, {cheese: 1_000}, Method.CASH)
    assert await story.balance(claire) == -2890, "another day's price is its own"

    # Taken back, what was ordered at the mistaken price follows, whatever was weighed meanwhile.
    await deliver(story, added.lines[0].id, 1_500)
    undone = await undo(story, ten.change)
    assert {one.member.name for one in undone.corrected} == {"Paul", "Bruno", "Claire"}
    assert await story.balance(claire) == -1350 - 890
    assert (await story.balance(paul), await story.balance(bruno)) == (-900, -900)
    dora = await story.member("Dora")
    assert (await story.order(dora, friday, {cheese: 1_000}, Method.CASH)).lines[0].price_cents == 900
    assert later.lines[0].price_cents == 890
    assert await story.verify() == []


async def test_a_price_is_corrected_while_somebody_orders(
    story: Story, paul: Member, friday: Distribution, cheese: Product
) -> None:
    await story.order(paul, friday, {cheese: 1_000}, Method.CASH)

    async def for_all(price_cents: int) -> corrections.Changed:
        async with story.database.unit_of_work() as session:
            return await corrections.reprice_for_all(
                session, story.group_id, friday.id, cheese.id, price_cents, story.anne
            )

    for number in range(4):
        eater = await story.member(f"Membre {number}")
        price = 1000 + number
        basket = await story.basket(eater, friday, {cheese: 1_000})
        done = await together(for_all(price), story.confirm(eater, basket, Method.CASH))
        assert [one for one in done if isinstance(one, Exception)] == []
        assert await story.balance(eater) == -price
    assert await story.verify() == []
