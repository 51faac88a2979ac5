"""Groups, members, products and orders for tests of the ledger, and ways to break its rows on purpose."""

import asyncio
import datetime as dt
import itertools
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ledger.books import service as books
from ledger.books.models import AccountKind
from ledger.catalogue.models import Producer, Product
from ledger.catalogue.reader import name_key
from ledger.db import Database, utc_now
from ledger.groups import service as groups
from ledger.groups.models import Group, Member, Method
from ledger.orders import baskets, distributions, switching
from ledger.orders import service as orders
from ledger.orders.models import Basket, Distribution, Order, OrderLine
from ledger.payments import adjustments, refunds
from ledger.payments import service as payments
from ledger.payments.adjustments import Adjusted, AdjustmentKind
from ledger.payments.models import Payment
from ledger.verify.check import Violation
from ledger.verify.service import verify

T = TypeVar("T")

STATEFUL = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
"""For machines that walk through the ledger: the same walks every time, on a machine of any speed."""

_people = itertools.count(1_000)
_chats = itertools.count(1)

Lines = Mapping[Product, int]
"""What goes into a basket: products and thousandths of their unit."""


@dataclass
class Story:
    """One group in a database. Every verb is a unit of work of its own, as one update of one person would be."""

    database: Database
    group_id: int
    anne: Member
    """The coordinator."""
    members: list[Member] = field(default_factory=list)

    async def option(self, name: str, value: object) -> None:
        """Change an option of the group."""
        async with self.database.unit_of_work() as session:
            await groups.set_option(session, await self.group(session), name, value)

    async def group(self, session: AsyncSession) -> Group:
        """The group's row."""
        return await groups.get_group(session, self.group_id)

    async def member(self, name: str) -> Member:
        """Somebody joins."""
        async with self.database.unit_of_work() as session:
            person = await groups.remember_person(session, next(_people), name, None, "fr")
            member, _ = await groups.join(session, await self.group(session), person)
        self.members.append(member)
        return member

    async def product(
        self,
        name: str,
        price_cents: int,
        *,
        producer: str = "Ferme des Tilleuls",
        stock: int | None = None,
        weighed: bool = False,
    ) -> Product:
        """A product on offer; `stock` in thousandths of its unit."""
        async with self.database.unit_of_work() as session:
            owner = await self._producer(session, producer)
            product = Product(
                group_id=self.group_id,
                producer_id=owner.id,
                name=name,
                name_key=name_key(name),
                unit="kg" if weighed else "pièce",
                price_cents=price_cents,
                vat_rate=550,
                stock_milli=stock,
                weighed=weighed,
            )
            session.add(product)
        return product

    async def _producer(self, session: AsyncSession, name: str) -> Producer:
        group = await self.group(session)
        statement = Producer.__table__.select().where(
            Producer.group_id == self.group_id, Producer.name_key == name_key(name)
        )
        row = (await session.execute(statement)).first()
        if row is not None:
            return await session.get_one(Producer, row.id)
        producer = Producer(group_id=self.group_id, name=name, name_key=name_key(name))
        session.add(producer)
        await session.flush()
        await books.open_account(session, self.group_id, AccountKind.PRODUCERS, producer.id, group.currency)
        return producer

    async def distribution(self, place: str = "Salle des fêtes") -> Distribution:
        """A distribution in a week, closing the day before."""
        starts = utc_now() + dt.timedelta(days=7)
        async with self.database.unit_of_work() as session:
            return await distributions.announce(
                session, self.group_id, place, starts, starts - dt.timedelta(days=1)
            )

    async def close(self, distribution: Distribution) -> None:
        """The closing time of a distribution passes."""
        past = utc_now() - dt.timedelta(hours=1)
        async with self.database.unit_of_work() as session:
            row = await session.get_one(Distribution, distribution.id)
            row.opens_at, row.closes_at = past - dt.timedelta(days=1), past

    async def change(self, product: Product, **values: object) -> None:
        """A coordinator changes a product."""
        async with self.database.unit_of_work() as session:
            row = await session.get_one(Product, product.id)
            for name, value in values.items():
                setattr(row, name, value)

    async def basket(self, member: Member, distribution: Distribution, lines: Lines) -> Basket:
        """The member's basket for a distribution, holding exactly `lines`."""
        async with self.database.unit_of_work() as session:
            row = await distributions.get_distribution(session, self.group_id, distribution.id)
            basket = (await baskets.open_basket(session, member, row)).basket
            await baskets.empty(session, basket)
            for product, quantity in lines.items():
                await baskets.set_quantity(session, basket, product, quantity)
        return basket

    async def confirm(
        self,
        member: Member,
        basket: Basket,
        method: Method | None,
        agreed_cents: int | None = None,
        credit_cents: int = 0,
    ) -> orders.Confirmed:
        """The member chooses how to pay."""
        async with self.database.unit_of_work() as session:
            return await orders.confirm(
                session,
                await self.group(session),
                member,
                basket.id,
                method,
                agreed_cents=agreed_cents,
                credit_cents=credit_cents,
            )

    async def order(
        self,
        member: Member,
        distribution: Distribution,
        lines: Lines,
        method: Method | None,
        credit_cents: int = 0,
    ) -> orders.Confirmed:
        """A basket, filled and confirmed."""
        basket = await self.basket(member, distribution, lines)
        return await self.confirm(member, basket, method, credit_cents=credit_cents)

    async def switch(
        self, member: Member, payment: Payment, method: Method, credit_cents: int = 0
    ) -> switching.Switched:
        """The member pays another way."""
        async with self.database.unit_of_work() as session:
            group = await self.group(session)
            return await switching.switch(
                session, group, member, payment.id, method, credit_cents=credit_cents
            )

    async def refund(
        self, member: Member, amount_cents: int, method: Method = Method.CASH, by: Member | None = None
    ) -> payments.Settled:
        """A treasurer gives money back."""
        async with self.database.unit_of_work() as session:
            return await refunds.refund(session, member, method, amount_cents, by or self.anne)

    async def adjust(
        self, member: Member, kind: AdjustmentKind, amount_cents: int, reason: str = "a reason"
    ) -> Adjusted:
        """A treasurer gives, or gives up, an amount."""
        async with self.database.unit_of_work() as session:
            return await adjustments.adjust(session, member, kind, amount_cents, self.anne, reason)

    async def undo_adjustment(self, done: Adjusted) -> int:
        """It is taken back; the balance after it."""
        async with self.database.unit_of_work() as session:
            _, undone = await adjustments.undo_adjustment(
                session, self.group_id, done.transaction_id, self.anne
            )
            return undone.balance_cents

    async def cancel(self, member: Member, order: Order) -> None:
        """The member cancels an order."""
        async with self.database.unit_of_work() as session:
            await orders.cancel(session, await self.group(session), member, order.id)

    async def receive(
        self, payment: Payment, amount_cents: int | None = None, by: Member | None = None
    ) -> payments.Settled:
        """A coordinator confirms that the money is there."""
        async with self.database.unit_of_work() as session:
            return await payments.receive(session, self.group_id, payment.id, by or self.anne, amount_cents)

    async def refuse(self, payment: Payment) -> payments.Settled:
        """A coordinator says that the money did not come."""
        async with self.database.unit_of_work() as session:
            return await payments.refuse(session, self.group_id, payment.id, self.anne)

    async def undo(self, payment: Payment) -> payments.Settled:
        """A coordinator takes the last settlement back."""
        async with self.database.unit_of_work() as session:
            return await payments.undo(session, self.group_id, payment.id, self.anne)

    async def enter(
        self, member: Member, method: Method, amount_cents: int, dated: dt.date | None = None
    ) -> payments.Settled:
        """A coordinator types a payment in."""
        async with self.database.unit_of_work() as session:
            return await payments.enter_by_hand(session, member, method, amount_cents, self.anne, dated=dated)

    async def opening(self, member: Member, amount_cents: int, key: str = "first") -> int:
        """A coordinator enters the balance a member brings from before."""
        async with self.database.unit_of_work() as session:
            return await payments.enter_opening_balance(
                session, member, amount_cents, self.anne, key=f"{member.id}:{key}"
            )

    async def balance(self, member: Member) -> int:
        """What the member's screen shows."""
        async with self.database.snapshot() as session:
            return await payments.balance_of(session, member)

    async def expected(self, member: Member) -> int:
        """How much of it is announced."""
        async with self.database.snapshot() as session:
            return await payments.expected_cents(session, member)

    async def account(self, kind: AccountKind, owner_id: int = 0) -> int:
        """The balance of any account of the group."""
        async with self.database.snapshot() as session:
            return await books.balance(session, self.group_id, kind, owner_id)

    async def stock(self, product: Product) -> int | None:
        """How much of a product is left."""
        async with self.database.snapshot() as session:
            return (await session.get_one(Product, product.id)).stock_milli

    async def verify(self) -> list[Violation]:
        """What `cagnotte verify` would say."""
        return await check(self.database)


async def found(database: Database, title: str = "AMAP des Lilas") -> Story:
    """A new group, with Anne as its coordinator."""
    async with database.unit_of_work() as session:
        person = await groups.remember_person(session, next(_people), "Anne", None, "fr")
        group, _ = await groups.create_group(session, title, -next(_chats), "fr", person)
        anne = await groups.member_of(session, group.id, person.id)
    assert anne is not None
    return Story(database, group.id, anne, [anne])


def next_person() -> int:
    """The Telegram id of somebody new."""
    return next(_people)


def next_chat() -> int:
    """The Telegram id of a new chat."""
    return -next(_chats)


async def check(database: Database) -> list[Violation]:
    """What `cagnotte verify` would say."""
    async with database.snapshot() as session:
        return await verify(session)


async def together(*work: Coroutine[Any, Any, T]) -> list[T | BaseException]:
    """Start everything at the same instant; what each returned or raised."""
    return await asyncio.gather(*work, return_exceptions=True)


async def drop_triggers(session: AsyncSession) -> list[str]:
    """Switch the books' own guards off (on PostgreSQL, foreign keys too); what `restore_triggers` needs."""
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        rows = await session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        triggers = [(name, sql) for name, sql in rows]
        for name, _ in triggers:
            await connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return [sql for _, sql in triggers]
    tables = await _tables(session)
    for table in tables:
        await connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    return [f"ALTER TABLE {table} ENABLE TRIGGER ALL" for table in tables]


async def restore_triggers(session: AsyncSession, dropped: Sequence[str]) -> None:
    """Switch the guards on again."""
    connection = await session.connection()
    for statement in dropped:
        await connection.exec_driver_sql(statement)


async def _tables(session: AsyncSession) -> list[str]:
    rows = await session.execute(
        text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    )
    return list(rows.scalars())


def ordered(seen: orders.OrderView) -> list[OrderLine]:
    """An order's lines as they were ordered, in the order they were added."""
    return sorted((one.line for one in seen.current), key=lambda line: line.id)


class Undone(Exception):
    """Undoes what was tried."""


async def damaged(database: Database, damage: str) -> list[Violation]:
    """What `verify` says of the damage (a statement, done behind the triggers' back), which is undone."""
    violations: list[Violation] = []
    try:
        async with database.unit_of_work() as session:
            dropped = await drop_triggers(session)
            await session.execute(text(damage))
            await restore_triggers(session, dropped)
            violations += await verify(session)
            raise Undone
    except Undone:
        return violations
