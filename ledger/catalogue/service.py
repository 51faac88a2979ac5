"""The verbs of the catalogue: keep an uploaded file, say what importing it would change, import it; list products.

An import updates products by name and producer and adds the others. What was ordered keeps its price: order lines carry
their own copy. A file's stock is what somebody counted, what is promised to members included: what is ordered and not
handed over is told by the caller (``ledger.orders.stock``) and taken off, so that it is never sold again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.catalogue.models import CatalogueUpload, Producer, Product
from ledger.catalogue.reader import ProductRow
from ledger.db import utc_now
from ledger.errors import LedgerError, NotFound
from ledger.groups.models import Group
from ledger.names import name_key, sort_key


class AlreadyImported(LedgerError):
    """The file was imported before."""


@dataclass(frozen=True, slots=True)
class StockChange:
    """A product's stock, in thousandths of its unit: what could be ordered before, what the file counts (none: unlimited),
    and what of that is ordered and not handed over yet."""

    name: str
    before_milli: int | None
    counted_milli: int | None
    ordered_milli: int

    @property
    def after_milli(self) -> int | None:
        """What can be ordered from now on."""
        return None if self.counted_milli is None else max(self.counted_milli - self.ordered_milli, 0)

    @property
    def short_milli(self) -> int:
        """How much more is ordered than counted."""
        return 0 if self.counted_milli is None else max(self.ordered_milli - self.counted_milli, 0)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing would do: products that are new, that change, that stay, and that the file no longer names.

    ``stock``: the products known before whose stock changes, or is partly ordered.
    """

    new: tuple[ProductRow, ...]
    changed: tuple[tuple[Product, ProductRow], ...]
    same: int
    missing: tuple[Product, ...]
    stock: tuple[StockChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ProducerProducts:
    """A producer with the products on offer, by name."""

    producer: Producer
    products: tuple[Product, ...]


async def keep_upload(
    session: AsyncSession, group_id: int, filename: str, rows: Sequence[ProductRow]
) -> CatalogueUpload:
    """Stores the good rows of a file until a coordinator decides."""
    upload = CatalogueUpload(
        group_id=group_id, filename=filename, rows=[asdict(row) for row in rows], uploaded_at=utc_now()
    )
    session.add(upload)
    await session.flush()
    return upload


async def plan_import(
    session: AsyncSession, group_id: int, rows: Sequence[ProductRow], ordered: Mapping[int, int]
) -> ImportPlan:
    """Compares rows with the group's catalogue; changes nothing.

    ``ordered``: what is ordered and not handed over yet of each product, by its id, in thousandths of its unit.
    """
    existing = await _products_by_key(session, group_id)
    new: list[ProductRow] = []
    changed: list[tuple[Product, ProductRow]] = []
    stock: list[StockChange] = []
    same = 0
    named: set[tuple[str, str]] = set()
    for row in rows:
        key = (name_key(row.producer), name_key(row.name))
        named.add(key)
        product = existing.get(key)
        if product is None:
            new.append(row)
            continue
        counted = StockChange(row.name, product.stock_milli, row.stock_milli, ordered.get(product.id, 0))
        if counted.before_milli != counted.after_milli or (
            row.stock_milli is not None and counted.ordered_milli
        ):
            stock.append(counted)
        if _differs(product, row, counted):
            changed.append((product, row))
        else:
            same += 1
    missing = tuple(p for key, p in existing.items() if key not in named and p.available)
    return ImportPlan(tuple(new), tuple(changed), same, missing, tuple(stock))


async def lock_catalogue(session: AsyncSession, group_id: int) -> None:
    """Keeps others from importing and from ordering until the unit of work ends; the products are read afterwards.

    The group's row is the lock of imports: two files are imported one after the other.
    """
    await session.execute(select(Group.id).where(Group.id == group_id).with_for_update(key_share=True))
    products = select(Product).where(Product.group_id == group_id).order_by(Product.id)
    await session.execute(products.with_for_update(key_share=True).execution_options(populate_existing=True))


async def import_upload(
    session: AsyncSession,
    group: Group,
    upload_id: int,
    ordered: Mapping[int, int],
    *,
    withdraw_missing: bool = False,
) -> ImportPlan:
    """Carries an upload out, once; ``withdraw_missing`` stops offering what the file does not name.

    ``ordered``: as :func:`plan_import`, read after :func:`lock_catalogue`.
    Returns what it did. Raises :class:`AlreadyImported` or :class:`~ledger.errors.NotFound`.
    """
    statement = (
        select(CatalogueUpload)
        .where(CatalogueUpload.id == upload_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    upload = (await session.execute(statement)).scalar_one_or_none()
    if upload is None or upload.group_id != group.id:
        raise NotFound("upload", upload_id)
    if upload.imported_at is not None:
        raise AlreadyImported
    rows = [ProductRow(**row) for row in upload.rows]
    plan = await plan_import(session, group.id, rows, ordered)
    producers = await _producers_for(session, group, [row.producer for row in rows])
    for row in plan.new:
        product = Product(group_id=group.id, producer_id=producers[name_key(row.producer)].id)
        _apply(product, row, ordered_milli=0)
        session.add(product)
    for product, row in plan.changed:
        _apply(product, row, ordered.get(product.id, 0))
    if withdraw_missing:
        for product in plan.missing:
            product.available = False
    upload.imported_at = utc_now()
    await session.flush()
    return plan


async def offered_products(session: AsyncSession, group_id: int) -> list[ProducerProducts]:
    """Returns what can be ordered now, by producer and name."""
    statement = (
        select(Producer, Product)
        .join(Product, Product.producer_id == Producer.id)
        .where(Product.group_id == group_id, Product.available)
        .order_by(Producer.id, Product.id)
    )
    return by_producer((producer, product) for producer, product in await session.execute(statement))


def by_producer(found: Iterable[tuple[Producer, Product]]) -> list[ProducerProducts]:
    """Returns products with their producers, put in order: by the producers' names, and by their own."""
    rows = sorted(found, key=lambda row: (sort_key(row[0].name), row[0].id, sort_key(row[1].name)))
    grouped: dict[int, tuple[Producer, list[Product]]] = {}
    for producer, product in rows:
        grouped.setdefault(producer.id, (producer, []))[1].append(product)
    return [ProducerProducts(producer, tuple(products)) for producer, products in grouped.values()]


async def producer_names(session: AsyncSession, group_id: int) -> dict[int, str]:
    """Returns every producer's name, by id."""
    statement = select(Producer).where(Producer.group_id == group_id)
    return {producer.id: producer.name for producer in (await session.execute(statement)).scalars()}


async def count_products(session: AsyncSession, group_id: int) -> int:
    """Returns how many products can be ordered."""
    statement = select(func.count()).where(Product.group_id == group_id, Product.available)
    return int((await session.execute(statement)).scalar_one())


async def get_product(session: AsyncSession, group_id: int, product_id: int) -> Product:
    """Returns a product of this group. Raises :class:`~ledger.errors.NotFound`."""
    product = await session.get(Product, product_id)
    if product is None or product.group_id != group_id:
        raise NotFound("product", product_id)
    return product


async def _products_by_key(session: AsyncSession, group_id: int) -> dict[tuple[str, str], Product]:
    statement = (
        select(Producer.name_key, Product)
        .join(Product, Product.producer_id == Producer.id)
        .where(Product.group_id == group_id)
    )
    return {(key, product.name_key): product for key, product in await session.execute(statement)}


async def _producers_for(session: AsyncSession, group: Group, names: Sequence[str]) -> dict[str, Producer]:
    statement = select(Producer).where(Producer.group_id == group.id)
    producers = {producer.name_key: producer for producer in (await session.execute(statement)).scalars()}
    for name in names:
        key = name_key(name)
        if key not in producers:
            producers[key] = producer = Producer(group_id=group.id, name=name, name_key=key)
            session.add(producer)
            await session.flush()
            await books.open_account(session, group.id, AccountKind.PRODUCERS, producer.id, group.currency)
    return producers


def _differs(product: Product, row: ProductRow, stock: StockChange) -> bool:
    then = (
        product.name,
        product.unit,
        product.price_cents,
        product.vat_rate,
        product.stock_milli,
        product.short_milli,
        product.weighed,
    )
    left = (stock.after_milli, stock.short_milli)
    now = (row.name, row.unit, row.price_cents, row.vat_rate, *left, row.weighed)
    return then != now or not product.available


def _apply(product: Product, row: ProductRow, ordered_milli: int) -> None:
    product.name = row.name
    product.name_key = name_key(row.name)
    product.unit = row.unit
    product.price_cents = row.price_cents
    product.vat_rate = row.vat_rate
    product.count(row.stock_milli, ordered_milli)
    product.weighed = row.weighed
    product.available = True
