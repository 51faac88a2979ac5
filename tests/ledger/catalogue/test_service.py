"""A catalogue file, once read, waits for a coordinator's yes; importing it changes no price already ordered."""

import dataclasses

import pytest
from sqlalchemy import select

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.catalogue import service as catalogue
from ledger.catalogue.models import CatalogueUpload, Producer, Product
from ledger.catalogue.reader import ProductRow
from ledger.catalogue.service import AlreadyImported, ImportPlan
from ledger.db import Database
from ledger.errors import NotFound
from ledger.groups.models import Method
from ledger.orders import service as orders
from ledger.orders import stock
from tests.support.ledger import Story, found, ordered, together

EGGS = ProductRow(2, "Ferme des Tilleuls", "Œufs", "boîte de 6", 350, 550, None, False)
HONEY = ProductRow(3, "Rucher", "Miel", "pot", 900, 550, 12_000, False)
CHEESE = ProductRow(4, "Ferme des Tilleuls", "Tomme", "kg", 1290, 550, None, True)


def changed(row: ProductRow, **values: object) -> ProductRow:
    return dataclasses.replace(row, **values)  # type: ignore[arg-type]


async def keep(story: Story, *rows: ProductRow) -> int:
    async with story.database.unit_of_work() as session:
        return (await catalogue.keep_upload(session, story.group_id, "catalogue.csv", rows)).id


async def import_(story: Story, upload_id: int, *, withdraw: bool = False) -> ImportPlan:
    async with story.database.unit_of_work() as session:
        group = await story.group(session)
        return await stock.import_upload(session, group, upload_id, withdraw_missing=withdraw)


async def plan(story: Story, *rows: ProductRow) -> ImportPlan:
    async with story.database.snapshot() as session:
        return await stock.plan_import(session, story.group_id, rows)


async def products(story: Story) -> dict[str, Product]:
    async with story.database.snapshot() as session:
        statement = select(Product).where(Product.group_id == story.group_id)
        return {product.name: product for product in (await session.execute(statement)).scalars()}


async def test_a_first_catalogue(story: Story) -> None:
    done = await import_(story, await keep(story, EGGS, HONEY, CHEESE))
    assert (len(done.new), done.changed, done.same, done.missing) == (3, (), 0, ())
    found_products = await products(story)
    honey = found_products["Miel"]
    assert (honey.unit, honey.price_cents, honey.vat_rate, honey.stock_milli) == ("pot", 900, 550, 12_000)
    assert (honey.weighed, honey.available, found_products["Tomme"].weighed) == (False, True, True)
    async with story.database.snapshot() as session:
        producers = list(
            (await session.execute(select(Producer).where(Producer.group_id == story.group_id))).scalars()
        )
        owed = await books.balances(session, story.group_id, AccountKind.PRODUCERS)
        assert await catalogue.count_products(session, story.group_id) == 3
        offered = await catalogue.offered_products(session, story.group_id)
    assert sorted(producer.name for producer in producers) == ["Ferme des Tilleuls", "Rucher"]
    assert owed == {producer.id: 0 for producer in producers}
    assert [(seen.producer.name, [product.name for product in seen.products]) for seen in offered] == [
        ("Ferme des Tilleuls", ["Œufs", "Tomme"]),
        ("Rucher", ["Miel"]),
    ]
    assert await story.verify() == []


async def test_nothing_is_imported_before_the_yes(story: Story) -> None:
    await keep(story, EGGS)
    planned = await plan(story, EGGS, HONEY)
    assert planned.new == (EGGS, HONEY)
    assert await products(story) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"price_cents": 360},
        {"unit": "les 6"},
        {"vat_rate": 2000},
        {"stock_milli": 5_000},
        {"weighed": True},
        {"name": "ŒUFS"},
    ],
)
async def test_what_changed_is_changed(story: Story, change: dict[str, object]) -> None:
    await import_(story, await keep(story, EGGS, HONEY))
    row = changed(EGGS, **change)
    planned = await plan(story, row, HONEY)
    assert (planned.new, planned.same, planned.missing) == ((), 1, ())
    assert [(product.name, new) for product, new in planned.changed] == [("Œufs", row)]
    before = (await products(story))["Œufs"]
    await import_(story, await keep(story, row, HONEY))
    after = (await products(story))[row.name]
    assert after.id == before.id
    for name, value in change.items():
        assert getattr(after, name) == value


async def test_the_same_file_again_changes_nothing(story: Story) -> None:
    await import_(story, await keep(story, EGGS, HONEY))
    done = await import_(story, await keep(story, EGGS, HONEY))
    assert (done.new, done.changed, done.same, done.missing) == ((), (), 2, ())


async def test_the_same_name_at_another_producer_is_another_product(story: Story) -> None:
    await import_(story, await keep(story, EGGS, changed(EGGS, producer="Basse-cour", price_cents=400)))
    async with story.database.snapshot() as session:
        statement = select(Product.price_cents).where(Product.group_id == story.group_id)
        assert sorted((await session.execute(statement)).scalars()) == [350, 400]


async def test_names_are_compared_without_case_and_accents(story: Story) -> None:
    await import_(story, await keep(story, EGGS))
    done = await import_(
        story, await keep(story, changed(EGGS, producer="FERME DES TILLEULS", price_cents=1))
    )
    assert (done.new, len(done.changed)) == ((), 1)
    async with story.database.snapshot() as session:
        statement = select(Producer).where(Producer.group_id == story.group_id)
        assert len(list((await session.execute(statement)).scalars())) == 1


class TestMissing:
    async def test_kept_unless_asked_otherwise(self, story: Story) -> None:
        await import_(story, await keep(story, EGGS, HONEY))
        done = await import_(story, await keep(story, EGGS))
        assert [product.name for product in done.missing] == ["Miel"]
        assert (await products(story))["Miel"].available

    async def test_withdrawn_and_back_again(self, story: Story) -> None:
        await import_(story, await keep(story, EGGS, HONEY))
        await import_(story, await keep(story, EGGS), withdraw=True)
        assert not (await products(story))["Miel"].available
        async with story.database.snapshot() as session:
            assert await catalogue.count_products(session, story.group_id) == 1
            offered = await catalogue.offered_products(session, story.group_id)
            assert [product.name for seen in offered for product in seen.products] == ["Œufs"]
        planned = await plan(story, EGGS)
        assert planned.missing == ()
        done = await import_(story, await keep(story, EGGS, HONEY))
        assert [product.name for product, _ in done.changed] == ["Miel"]
        assert (await products(story))["Miel"].available


async def test_prices_already_ordered_are_never_touched(story: Story) -> None:
    await import_(story, await keep(story, EGGS, HONEY))
    paul = await story.member("Paul")
    eggs = (await products(story))["Œufs"]
    await story.order(paul, await story.distribution(), {eggs: 2_000}, Method.CHEQUE)
    await import_(story, await keep(story, changed(EGGS, price_cents=999, unit="les 12")), withdraw=True)
    async with story.database.snapshot() as session:
        (seen,) = await orders.orders_of(session, paul)
    assert [(line.price_cents, line.unit, line.amount_cents) for line in ordered(seen)] == [
        (350, "boîte de 6", 700)
    ]
    assert await story.balance(paul) == -700
    assert await story.verify() == []


class TestOnce:
    async def test_twice_is_once(self, story: Story) -> None:
        upload = await keep(story, EGGS)
        await import_(story, upload)
        with pytest.raises(AlreadyImported):
            await import_(story, upload)

    async def test_tapped_by_everybody_at_once(self, story: Story) -> None:
        upload = await keep(story, EGGS, HONEY)
        results = await together(*(import_(story, upload) for _ in range(5)))
        assert sum(isinstance(result, ImportPlan) for result in results) == 1
        assert sum(isinstance(result, AlreadyImported) for result in results) == 4
        assert len(await products(story)) == 2

    async def test_two_files_at_once(self, story: Story) -> None:
        uploads = [await keep(story, EGGS, HONEY, changed(CHEESE, price_cents=n)) for n in range(1, 5)]
        results = await together(*(import_(story, upload) for upload in uploads))
        assert all(isinstance(result, ImportPlan) for result in results), results
        assert len(await products(story)) == 3
        assert await story.verify() == []

    async def test_another_groups_upload(self, story: Story, database: Database) -> None:
        other = await found(database, "Un autre groupe")
        upload = await keep(story, EGGS)
        for forged in (upload, 999_999):
            with pytest.raises(NotFound):
                await import_(other, forged)
        async with database.snapshot() as session:
            assert (await session.get_one(CatalogueUpload, upload)).imported_at is None


async def test_a_product_of_another_group(story: Story, database: Database) -> None:
    other = await found(database, "Un autre groupe")
    bread = await other.product("Pain", 100)
    async with database.snapshot() as session:
        assert (await catalogue.get_product(session, other.group_id, bread.id)).name == "Pain"
        with pytest.raises(NotFound):
            await catalogue.get_product(session, story.group_id, bread.id)
