"""Baskets become orders with a payment choice: the member's debt, their reference, the stock, all of it or nothing."""

import asyncio

import pytest
from sqlalchemy import func, select, text

from ledger.books import service as books
from ledger.books.models import AccountKind, Transaction, Transfer
from ledger.catalogue.models import Product
from ledger.db import Database
from ledger.errors import NotFound
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.orders import baskets, distributions
from ledger.orders import service as orders
from ledger.orders.basket_views import latest
from ledger.orders.baskets import InvalidQuantity, OrdersClosed
from ledger.orders.models import Distribution, Order
from ledger.orders.service import (
    AlreadyConfirmed,
    EmptyBasket,
    MethodNotOffered,
    NoLongerOffered,
    NotEnoughCredit,
    OrderFixed,
    OutOfStock,
    PriceChanged,
)
from ledger.payments.models import PaymentState
from ledger.reference import is_valid
from tests.support.ledger import Story, found, ordered, together


@pytest.fixture
async def paul(story: Story) -> Member:
    return await story.member("Paul")


@pytest.fixture
async def friday(story: Story) -> Distribution:
    return await story.distribution()


@pytest.fixture
async def eggs(story: Story) -> Product:
    return await story.product("Œufs", 350, producer="Ferme")


@pytest.fixture
async def bread(story: Story) -> Product:
    return await story.product("Pain", 535, producer="Fournil")


async def count(story: Story, what: type) -> int:
    async with story.database.snapshot() as session:
        statement = select(func.count()).select_from(what).where(what.group_id == story.group_id)  # type: ignore[attr-defined]
        return int((await session.execute(statement)).scalar_one())


class TestOrdering:
    async def test_a_basket_becomes_an_order(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, bread: Product
    ) -> None:
        done = await story.order(paul, friday, {eggs: 2_000, bread: 1_000}, Method.CHEQUE)
        assert [(line.product_name, line.quantity_milli, line.amount_cents) for line in done.lines] == [
            ("Œufs", 2_000, 700),
            ("Pain", 1_000, 535),
        ]
        assert not done.is_addition
        assert done.balance_cents == -1235
        assert done.payment is not None
        assert done.payment.amount_cents == done.confirmation.amount_cents == 1235
        assert done.payment.state is PaymentState.EXPECTED
        assert is_valid(done.payment.reference)
        assert await story.account(AccountKind.PRODUCERS, eggs.producer_id) == 700
        assert await story.account(AccountKind.PRODUCERS, bread.producer_id) == 535
        assert await story.verify() == []

    @pytest.mark.parametrize("method", [Method.CHEQUE, Method.CASH, Method.TRANSFER])
    async def test_offline_methods_are_expected(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, method: Method
    ) -> None:
        done = await story.order(paul, friday, {eggs: 1_000}, method)
        assert done.payment is not None
        assert (done.payment.method, await story.expected(paul)) == (method, 350)

    async def test_no_choice_no_order(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        """R9."""
        basket = await story.basket(paul, friday, {eggs: 1_000})
        with pytest.raises(MethodNotOffered):
            await story.confirm(paul, basket, None)
        assert await count(story, Order) == 0

    async def test_only_methods_the_group_offers(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        """R10; card is offered once somebody can take it."""
        async with story.database.unit_of_work() as session:
            group = await story.group(session)
            await groups.offer_method(session, group, Method.CHEQUE, False)
            await groups.offer_method(session, group, Method.CARD, True)
        basket = await story.basket(paul, friday, {eggs: 1_000})
        for method in (Method.CHEQUE, Method.CARD):
            with pytest.raises(MethodNotOffered) as refused:
                await story.confirm(paul, basket, method)
            assert refused.value.method is method
        await story.confirm(paul, basket, Method.CASH)

    async def test_weighed_goods_are_rounded_by_the_line(
        self, story: Story, paul: Member, friday: Distribution
    ) -> None:
        cheese = await story.product("Tomme", 1290, weighed=True)
        apples = await story.product("Pommes", 333, weighed=True)
        done = await story.order(paul, friday, {cheese: 350, apples: 500}, Method.CASH)
        assert {line.product_name: line.amount_cents for line in done.lines} == {"Tomme": 452, "Pommes": 167}
        assert done.balance_cents == -619
        assert await story.verify() == []

    async def test_a_basket_worth_nothing(self, story: Story, paul: Member, friday: Distribution) -> None:
        crumbs = await story.product("Miettes", 1, weighed=True)
        done = await story.order(paul, friday, {crumbs: 100}, Method.CHEQUE)
        assert (done.confirmation.amount_cents, done.payment, done.balance_cents) == (0, None, 0)
        assert await story.verify() == []

    async def test_an_empty_basket(self, story: Story, paul: Member, friday: Distribution) -> None:
        with pytest.raises(EmptyBasket):
            await story.order(paul, friday, {}, Method.CHEQUE)

    async def test_somebody_elses_basket(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, database: Database
    ) -> None:
        marie, other = await story.member("Marie"), await found(database, "Un autre groupe")
        basket = await story.basket(paul, friday, {eggs: 1_000})
        for stranger in (marie, other.anne):
            with pytest.raises(NotFound):
                await story.confirm(stranger, basket, Method.CHEQUE)

    async def test_an_order_is_remembered_with_its_choices(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, bread: Product
    ) -> None:
        await story.order(paul, friday, {eggs: 1_000}, Method.CHEQUE)
        await story.order(paul, friday, {bread: 1_000}, Method.CASH)
        async with story.database.snapshot() as session:
            (seen,) = await orders.orders_of(session, paul)
        assert seen.total_cents == 885
        assert [confirmation.method for confirmation, _ in seen.confirmations] == [Method.CHEQUE, Method.CASH]
        assert [payment.amount_cents for _, payment in seen.confirmations if payment] == [350, 535]


class TestTwice:
    async def test_confirmed_twice_is_one_order(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        basket = await story.basket(paul, friday, {eggs: 1_000})
        done = await story.confirm(paul, basket, Method.CHEQUE)
        with pytest.raises(AlreadyConfirmed) as refused:
            await story.confirm(paul, basket, Method.CHEQUE)
        assert refused.value.confirmation_id == done.confirmation.id
        async with story.database.snapshot() as session:
            again = await orders.confirmed(session, paul, refused.value.confirmation_id)
        assert again.payment is not None
        assert done.payment is not None
        assert again.payment.reference == done.payment.reference
        assert not again.is_addition

    async def test_tapped_five_times_at_the_same_instant(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        basket = await story.basket(paul, friday, {eggs: 1_000})
        results = await together(*(story.confirm(paul, basket, Method.CHEQUE) for _ in range(5)))
        assert sum(isinstance(result, orders.Confirmed) for result in results) == 1
        assert sum(isinstance(result, AlreadyConfirmed) for result in results) == 4
        assert await story.balance(paul) == -350
        assert await count(story, Transaction) == 1
        assert await story.verify() == []

    async def test_a_receipt_is_its_members(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, database: Database
    ) -> None:
        marie, other = await story.member("Marie"), await found(database, "Un autre groupe")
        done = await story.order(paul, friday, {eggs: 1_000}, Method.CHEQUE)
        async with database.snapshot() as session:
            for stranger in (marie, other.anne):
                with pytest.raises(NotFound):
                    await orders.confirmed(session, stranger, done.confirmation.id)


class TestAdditions:
    """R7: with payments on, what is ordered stays; more may be added, with a payment and a reference of its own."""

    async def test_more_of_it(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, bread: Product
    ) -> None:
        first = await story.order(paul, friday, {eggs: 2_000}, Method.CHEQUE)
        second = await story.order(paul, friday, {bread: 1_000}, Method.TRANSFER)
        assert (first.is_addition, second.is_addition) == (False, True)
        assert second.order.id == first.order.id
        assert first.payment is not None
        assert second.payment is not None
        assert first.payment.reference != second.payment.reference
        assert second.payment.amount_cents == 535
        assert second.balance_cents == -1235
        async with story.database.snapshot() as session:
            assert (await orders.confirmed(session, paul, second.confirmation.id)).is_addition
        assert await story.verify() == []

    async def test_a_new_basket_starts_empty(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        await story.order(paul, friday, {eggs: 2_000}, Method.CHEQUE)
        async with story.database.unit_of_work() as session:
            basket = (await baskets.open_basket(session, paul, friday)).basket
            seen = await baskets.view(session, basket)
        assert seen.lines == ()
        assert seen.order is not None

    async def test_it_cannot_be_cancelled(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        done = await story.order(paul, friday, {eggs: 2_000}, Method.CHEQUE)
        with pytest.raises(OrderFixed):
            await story.cancel(paul, done.order)
        await story.option("payments_enabled", False)  # nor afterwards: it was debited
        with pytest.raises(OrderFixed):
            await story.cancel(paul, done.order)
        assert await story.balance(paul) == -700


class TestMemberCredit:
    """R14, and Must hold 3."""

    async def test_refused_with_what_is_missing(
        self, story: Story, paul: Member, friday: Distribution
    ) -> None:
        vegetables = await story.product("Panier", 1200)
        await story.opening(paul, 1000)
        with pytest.raises(NotEnoughCredit) as refused:
            await story.order(paul, friday, {vegetables: 1_000}, Method.MEMBER_CREDIT)
        assert (refused.value.balance, refused.value.needed) == (1000, 1200)
        assert await story.balance(paul) == 1000
        assert await count(story, Order) == 0

    async def test_accepted_down_to_zero(self, story: Story, paul: Member, friday: Distribution) -> None:
        vegetables = await story.product("Panier", 1000)
        await story.opening(paul, 1000)
        done = await story.order(paul, friday, {vegetables: 1_000}, Method.MEMBER_CREDIT)
        assert (done.balance_cents, done.payment) == (0, None)
        assert await story.expected(paul) == 0
        assert await story.verify() == []
        # The database itself was asked for permission, not only the code above it (I7).
        async with story.database.snapshot() as session:
            transfers = select(Transfer.within_credit).where(
                Transfer.transaction_id == done.confirmation.transaction_id
            )
            assert set((await session.execute(transfers)).scalars()) == {True}

    @pytest.mark.parametrize("devices", [2, 6])
    async def test_two_devices_at_the_same_instant(self, story: Story, paul: Member, devices: int) -> None:
        """Two orders of 8.00 with 10.00 on the account: exactly one, also where nothing but the account is shared."""
        await story.opening(paul, 1000)
        held = []
        for number in range(devices):
            vegetables = await story.product(f"Panier {number}", 800, producer=f"Ferme {number}")
            held.append(await story.basket(paul, await story.distribution(), {vegetables: 1_000}))
        results = await together(*(story.confirm(paul, basket, Method.MEMBER_CREDIT) for basket in held))
        assert sum(isinstance(result, orders.Confirmed) for result in results) == 1
        refused = [result for result in results if isinstance(result, NotEnoughCredit)]
        assert [(error.balance, error.needed) for error in refused] == [(200, 800)] * (devices - 1)
        assert await story.balance(paul) == 200
        assert await story.verify() == []

    async def test_two_workers(self, postgresql_url: str) -> None:
        one, two = Database(postgresql_url), Database(postgresql_url)
        story = await found(one)
        other = Story(two, story.group_id, story.anne)
        paul = await story.member("Paul")
        await story.opening(paul, 1000)
        held = []
        for number in range(6):
            vegetables = await story.product(f"Panier {number}", 800, producer=f"Ferme {number}")
            held.append(await story.basket(paul, await story.distribution(), {vegetables: 1_000}))
        results = await together(
            *(
                (story, other)[n % 2].confirm(paul, basket, Method.MEMBER_CREDIT)
                for n, basket in enumerate(held)
            )
        )
        assert sum(isinstance(result, orders.Confirmed) for result in results) == 1
        assert sum(isinstance(result, NotEnoughCredit) for result in results) == 5
        assert await story.verify() == []
        await one.close()
        await two.close()

    async def test_negative_balances_are_shown_as_owed(
        self, story: Story, paul: Member, friday: Distribution
    ) -> None:
        await story.option("negative_balances", True)
        vegetables = await story.product("Panier", 1200)
        await story.opening(paul, 1000)
        done = await story.order(paul, friday, {vegetables: 1_000}, Method.MEMBER_CREDIT)
        assert (done.balance_cents, done.payment) == (-200, None)
        assert await story.verify() == []

    async def test_other_methods_need_no_credit(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        await story.opening(paul, -5000)
        done = await story.order(paul, friday, {eggs: 1_000}, Method.CHEQUE)
        assert done.balance_cents == -5350

    async def test_expected_money_is_no_credit(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        """D1: an announced payment does not move the balance."""
        done = await story.order(paul, friday, {eggs: 4_000}, Method.CHEQUE)
        assert done.payment is not None
        saturday = await story.distribution()
        with pytest.raises(NotEnoughCredit):
            await story.order(paul, saturday, {eggs: 1_000}, Method.MEMBER_CREDIT)
        await story.receive(done.payment, 2000)
        assert (await story.order(paul, saturday, {eggs: 1_000}, Method.MEMBER_CREDIT)).balance_cents == 250


class TestStock:
    async def test_taken_and_shown(self, story: Story, paul: Member, friday: Distribution) -> None:
        honey = await story.product("Miel", 900, stock=5_000)
        await story.order(paul, friday, {honey: 3_000}, Method.CASH)
        assert await story.stock(honey) == 2_000
        with pytest.raises(OutOfStock) as refused:
            await story.order(paul, friday, {honey: 3_000}, Method.CASH)
        assert (refused.value.product, refused.value.left_milli) == ("Miel", 2_000)
        assert await story.stock(honey) == 2_000
        assert await story.balance(paul) == -2700

    async def test_twenty_buyers_of_the_last_five(self, story: Story, friday: Distribution) -> None:
        honey = await story.product("Miel", 900, stock=5_000)
        buyers = [await story.member(f"Membre {n}") for n in range(20)]
        held = [(buyer, await story.basket(buyer, friday, {honey: 1_000})) for buyer in buyers]
        results = await together(*(story.confirm(buyer, basket, Method.CASH) for buyer, basket in held))
        assert sum(isinstance(result, orders.Confirmed) for result in results) == 5
        assert sum(isinstance(result, OutOfStock) for result in results) == 15
        assert await story.stock(honey) == 0
        assert await story.account(AccountKind.PRODUCERS, honey.producer_id) == 4500
        assert await story.verify() == []

    async def test_two_workers(self, postgresql_url: str) -> None:
        one, two = Database(postgresql_url), Database(postgresql_url)
        story = await found(one)
        other = Story(two, story.group_id, story.anne)
        friday, honey = await story.distribution(), await story.product("Miel", 900, stock=5_000)
        buyers = [await story.member(f"Membre {n}") for n in range(10)]
        held = [(buyer, await story.basket(buyer, friday, {honey: 1_000})) for buyer in buyers]
        results = await together(
            *(
                (story, other)[n % 2].confirm(*who_and_what, Method.CASH)
                for n, who_and_what in enumerate(held)
            )
        )
        assert sum(isinstance(result, orders.Confirmed) for result in results) == 5
        assert sum(isinstance(result, OutOfStock) for result in results) == 5
        assert await story.stock(honey) == 0
        assert await story.verify() == []
        await one.close()
        await two.close()

    async def test_products_are_locked_in_the_order_of_their_ids(self, postgresql_url: str) -> None:
        """Who waits for the first product holds none of the others, or two orders could wait for each other."""
        database = Database(postgresql_url)
        story = await found(database)
        paul, friday = await story.member("Paul"), await story.distribution()
        goods = [await story.product(f"Produit {9 - n}", 100, stock=9_000 - n) for n in range(6)]
        basket = await story.basket(
            paul, friday, {product: 1_000 * (1 + n) for n, product in enumerate(reversed(goods))}
        )
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        async with database.unit_of_work() as session:
            lock = select(Product.id).with_for_update()
            await session.execute(lock.where(Product.id == goods[0].id))
            order = asyncio.create_task(story.confirm(paul, basket, Method.CASH))
            for _ in range(1_000):
                await asyncio.sleep(0.005)
                if (await session.execute(waiting)).scalar_one():
                    break
            others = select(Product.id).where(Product.id != goods[0].id).with_for_update(skip_locked=True)
            assert len((await session.execute(others)).all()) == 5
        assert isinstance(await order, orders.Confirmed)
        await database.close()

    async def test_many_products_in_every_order_do_not_wait_for_each_other(
        self, story: Story, friday: Distribution
    ) -> None:
        """Locks are taken in one order: nobody is refused for a deadlock."""
        goods = [
            await story.product(f"Produit {n}", 100, stock=50_000, producer=f"P{n % 3}") for n in range(6)
        ]
        buyers = [await story.member(f"Membre {n}") for n in range(12)]
        held = []
        for n, buyer in enumerate(buyers):
            turned = goods[n % 6 :] + goods[: n % 6]
            lines = dict.fromkeys(turned if n % 2 else turned[::-1], 1_000)
            held.append((buyer, await story.basket(buyer, friday, lines)))
        results = await together(*(story.confirm(buyer, basket, Method.CASH) for buyer, basket in held))
        assert all(isinstance(result, orders.Confirmed) for result in results), results
        assert {await story.stock(product) for product in goods} == {38_000}
        assert await story.verify() == []

    async def test_unlimited(self, story: Story, paul: Member, friday: Distribution, eggs: Product) -> None:
        await story.order(paul, friday, {eggs: 900_000}, Method.CASH)
        assert await story.stock(eggs) is None


class TestWhatChangedMeanwhile:
    async def test_the_price(self, story: Story, paul: Member, friday: Distribution, eggs: Product) -> None:
        basket = await story.basket(paul, friday, {eggs: 2_000})
        await story.change(eggs, price_cents=400)
        with pytest.raises(PriceChanged) as refused:
            await story.confirm(paul, basket, Method.CHEQUE, agreed_cents=700)
        assert (refused.value.shown, refused.value.now) == (700, 800)
        done = await story.confirm(paul, basket, Method.CHEQUE, agreed_cents=800)
        assert done.balance_cents == -800

    async def test_what_is_ordered_keeps_its_price(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        await story.order(paul, friday, {eggs: 2_000}, Method.CHEQUE)
        await story.change(eggs, price_cents=400, name="Gros œufs")
        await story.order(paul, friday, {eggs: 1_000}, Method.CHEQUE)
        async with story.database.snapshot() as session:
            (seen,) = await orders.orders_of(session, paul)
        assert [(line.product_name, line.price_cents) for line in ordered(seen)] == [
            ("Œufs", 350),
            ("Gros œufs", 400),
        ]
        assert await story.verify() == []

    async def test_the_product_is_withdrawn(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, bread: Product
    ) -> None:
        basket = await story.basket(paul, friday, {eggs: 2_000, bread: 1_000})
        await story.change(eggs, available=False)
        async with story.database.snapshot() as session:
            seen = await baskets.view(session, basket)
        assert [line.product.name for line in seen.lines] == ["Pain"]
        with pytest.raises(NoLongerOffered) as refused:
            await story.confirm(paul, basket, Method.CHEQUE)
        assert refused.value.product == "Œufs"
        assert await count(story, Order) == 0
        async with story.database.unit_of_work() as session:
            await baskets.take_out_withdrawn(session, basket)
        done = await story.confirm(paul, basket, Method.CHEQUE)
        assert [line.product_name for line in done.lines] == ["Pain"]

    async def test_orders_are_closed(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        basket = await story.basket(paul, friday, {eggs: 2_000})
        await story.close(friday)
        with pytest.raises(OrdersClosed) as refused:
            await story.confirm(paul, basket, Method.CHEQUE)
        assert refused.value.distribution.id == friday.id
        with pytest.raises(OrdersClosed):
            await story.basket(await story.member("Marie"), friday, {eggs: 1_000})
        assert await count(story, Order) == 0


class TestPaymentsOff:
    """R1: orders are recorded, no account moves, and members edit or cancel until closing."""

    @pytest.fixture
    async def story(self, story: Story) -> Story:
        await story.option("payments_enabled", False)
        return story

    async def test_no_account_moves(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        done = await story.order(paul, friday, {eggs: 2_000}, None)
        assert (done.payment, done.balance_cents) == (None, 0)
        assert done.confirmation.amount_cents == 700
        assert await count(story, Transaction) == 0
        assert await story.verify() == []

    async def test_nobody_is_asked_how_to_pay(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        with pytest.raises(MethodNotOffered):
            await story.order(paul, friday, {eggs: 2_000}, Method.CASH)

    async def test_edited_until_closing(
        self, story: Story, paul: Member, friday: Distribution, bread: Product
    ) -> None:
        honey = await story.product("Miel", 900, stock=5_000)
        first = await story.order(paul, friday, {honey: 4_000}, None)
        async with story.database.unit_of_work() as session:
            basket = (await baskets.open_basket(session, paul, friday)).basket
            seen = await baskets.view(session, basket)
            assert {line.product.name: line.quantity_milli for line in seen.lines} == {"Miel": 4_000}
        # Five are there for whoever already has four of them.
        second = await story.order(paul, friday, {honey: 5_000, bread: 1_000}, None)
        assert second.order.id != first.order.id
        assert second.is_addition
        assert await story.stock(honey) == 0
        async with story.database.snapshot() as session:
            (seen_order,) = await orders.orders_of(session, paul)
        assert seen_order.total_cents == 5035
        with pytest.raises(OutOfStock) as refused:
            await story.order(paul, friday, {honey: 6_000}, None)
        assert refused.value.left_milli == 5_000
        assert await story.stock(honey) == 0
        await story.close(friday)
        with pytest.raises(OrdersClosed):
            await story.basket(paul, friday, {honey: 1_000})
        assert await story.verify() == []

    async def test_a_refused_edit_leaves_the_order_as_it_was(
        self, story: Story, paul: Member, friday: Distribution
    ) -> None:
        """Even where the caller goes on after the refusal and commits."""
        honey = await story.product("Miel", 900, stock=5_000)
        await story.order(paul, friday, {honey: 4_000}, None)
        basket = await story.basket(paul, friday, {honey: 9_000})
        async with story.database.unit_of_work() as session:
            group = await story.group(session)
            with pytest.raises(OutOfStock):
                await orders.confirm(session, group, paul, basket.id, None)
        async with story.database.snapshot() as session:
            (seen,) = await orders.orders_of(session, paul)
        assert seen.total_cents == 3600
        assert await story.stock(honey) == 1_000

    async def test_cancelled_the_stock_goes_back(
        self, story: Story, paul: Member, friday: Distribution
    ) -> None:
        honey = await story.product("Miel", 900, stock=5_000)
        done = await story.order(paul, friday, {honey: 4_000}, None)
        results = await together(*(story.cancel(paul, done.order) for _ in range(3)))
        assert results.count(None) == 1
        assert sum(isinstance(result, NotFound) for result in results) == 2
        assert await story.stock(honey) == 5_000
        async with story.database.snapshot() as session:
            assert await orders.orders_of(session, paul) == []
        again = await story.order(paul, friday, {honey: 1_000}, None)
        assert not again.is_addition

    async def test_not_after_closing_and_not_by_others(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        done = await story.order(paul, friday, {eggs: 1_000}, None)
        with pytest.raises(NotFound):
            await story.cancel(await story.member("Marie"), done.order)
        await story.close(friday)
        with pytest.raises(OrdersClosed):
            await story.cancel(paul, done.order)

    async def test_edits_of_many_members_at_once(self, story: Story, friday: Distribution) -> None:
        """Each gives back some and takes others, in every order: nobody is refused for a deadlock."""
        goods = [await story.product(f"Produit {n}", 100, stock=30_000) for n in range(4)]
        buyers = [await story.member(f"Membre {n}") for n in range(8)]
        held = []
        for n, buyer in enumerate(buyers):
            await story.order(buyer, friday, {goods[n % 4]: 2_000, goods[(n + 1) % 4]: 1_000}, None)
            held.append((buyer, await story.basket(buyer, friday, {goods[(n + 3) % 4]: 3_000})))
        results = await together(*(story.confirm(buyer, basket, None) for buyer, basket in held))
        assert all(isinstance(result, orders.Confirmed) for result in results), results
        assert [await story.stock(product) for product in goods] == [24_000] * 4
        assert await story.verify() == []

    async def test_switched_on_in_between(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, bread: Product
    ) -> None:
        """What was ordered before costs nothing in the books; the addition does."""
        await story.order(paul, friday, {eggs: 2_000}, None)
        await story.option("payments_enabled", True)
        done = await story.order(paul, friday, {bread: 1_000}, Method.CHEQUE)
        assert done.is_addition
        assert done.balance_cents == -535
        assert await story.verify() == []


class TestBaskets:
    async def test_one_open_basket_for_a_distribution(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        first = await story.basket(paul, friday, {eggs: 1_000})
        assert (await story.basket(paul, friday, {eggs: 2_000})).id == first.id
        async with story.database.snapshot() as session:
            seen = await latest(session, paul)
            assert seen is not None
            assert seen.basket.id == first.id
        assert seen.total_cents == 700
        assert seen.quantity_of(eggs.id) == 2_000
        assert seen.quantity_of(0) == 0
        await story.close(friday)
        async with story.database.snapshot() as session:
            assert await latest(session, paul) is None

    @pytest.mark.parametrize("quantity", [-1, -1_000, 1_500, 1_000_001, 1])
    async def test_quantities_that_make_no_sense(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product, quantity: int
    ) -> None:
        with pytest.raises(InvalidQuantity) as refused:
            await story.basket(paul, friday, {eggs: quantity})
        assert refused.value.quantity_milli == quantity

    async def test_zero_takes_it_out(
        self, story: Story, paul: Member, friday: Distribution, eggs: Product
    ) -> None:
        basket = await story.basket(paul, friday, {eggs: 1_000})
        async with story.database.unit_of_work() as session:
            await baskets.set_quantity(session, basket, eggs, 0)
            assert (await baskets.view(session, basket)).lines == ()

    async def test_a_product_of_another_group(
        self, story: Story, paul: Member, friday: Distribution, database: Database
    ) -> None:
        other = await found(database, "Un autre groupe")
        theirs = await other.product("Pain", 100)
        with pytest.raises(NotFound):
            await story.basket(paul, friday, {theirs: 1_000})

    async def test_a_distribution_of_another_group(
        self, story: Story, friday: Distribution, database: Database
    ) -> None:
        other = await found(database, "Un autre groupe")
        async with database.snapshot() as session:
            with pytest.raises(NotFound):
                await distributions.get_distribution(session, other.group_id, friday.id)


async def test_two_leagues_of_orders_do_not_mix(story: Story, paul: Member, eggs: Product) -> None:
    """Each distribution has its order, each order its own debt."""
    friday, saturday = await story.distribution("Vendredi"), await story.distribution("Samedi")
    first = await story.order(paul, friday, {eggs: 1_000}, Method.CASH)
    second = await story.order(paul, saturday, {eggs: 2_000}, Method.CASH)
    assert first.order.id != second.order.id
    async with story.database.snapshot() as session:
        page = await books.statement(session, story.group_id, AccountKind.MEMBERS, paul.id)
        listed = await distributions.summaries(session, story.group_id)
        expected = await distributions.payments_at(session, story.group_id, friday.id)
        opened = await distributions.open_distributions(session, story.group_id)
    assert [line.transaction.subject for line in page.lines] == [
        f"order:{second.order.id}",
        f"order:{first.order.id}",
    ]
    assert {(seen.distribution.place, seen.orders, seen.total_cents) for seen in listed} == {
        ("Vendredi", 1, 350),
        ("Samedi", 1, 700),
    }
    assert [(seen.member_name, seen.payment.amount_cents) for seen in expected] == [("Paul", 350)]
    assert [distribution.place for distribution in opened] == ["Vendredi", "Samedi"]
