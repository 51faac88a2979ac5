"""A group with people, products and a distribution, put into a database through the ledger's services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.catalogue import service as catalogue
from ledger.catalogue.rows import ProductRow
from ledger.db import Database, utc_now
from ledger.groups import service as groups
from ledger.orders import distributions, stock
from ledger.payments import service as payments

PRICES = {"Lentilles vertes": 500, "Carottes de sable": 240, "Miel de tilleul": 800, "Pain complet": 435}


class Somebody(Protocol):
    """A person as the sandbox knows them."""

    id: int


@dataclass(frozen=True)
class Seeded:
    """The ids of what was made: members by person, products by name."""

    group_id: int
    distribution_id: int
    invitation: str
    members: Mapping[int, int]
    products: Mapping[str, int]


async def seed_group(
    database: Database,
    chat_id: int,
    *,
    title: str = "Amap des Lilas",
    place: str = "Salle des fêtes",
    coordinators: Sequence[Somebody],
    members: Sequence[Somebody] = (),
    prices: Mapping[str, int] = PRICES,
    started: bool = True,
    language: str = "fr",
) -> Seeded:
    """A group in a chat, as `/installer` makes it. `started`: everybody opened their private chat with the bot."""
    async with database.unit_of_work() as session:
        found: dict[int, int] = {}
        founder = await groups.remember_person(
            session, coordinators[0].id, name_of(coordinators[0]), None, language
        )
        group, _ = await groups.create_group(session, title, chat_id, language, founder)
        for somebody in (*coordinators, *members):
            person = await groups.remember_person(session, somebody.id, name_of(somebody), None, language)
            person.started_at = utc_now() if started else None
            member, _ = await groups.join(session, group, person)
            member.is_coordinator = somebody in coordinators
            found[somebody.id] = member.id
        rows = [
            ProductRow(line, "Ferme des Tilleuls", name, "pièce", price, 550, None, weighed=False)
            for line, (name, price) in enumerate(prices.items(), start=2)
        ]
        upload = await catalogue.keep_upload(session, group.id, "catalogue.csv", rows)
        await stock.import_upload(session, group, upload.id)
        offered = await catalogue.offered_products(session, group.id)
        products = {product.name: product.id for producer in offered for product in producer.products}
        now = utc_now()
        distribution = await distributions.announce(
            session, group.id, place, now + dt.timedelta(days=7), now + dt.timedelta(days=6)
        )
        return Seeded(group.id, distribution.id, group.invitation, found, products)


def name_of(somebody: Somebody) -> str:
    """The name people read."""
    return str(getattr(somebody, "full_name", None) or getattr(somebody, "name", ""))


async def give_credit(database: Database, seeded: Seeded, person: Somebody, cents: int) -> None:
    """An opening balance, by the group's first coordinator."""
    async with database.unit_of_work() as session:
        member = await groups.get_member(session, seeded.group_id, seeded.members[person.id])
        by = (await groups.staff(session, seeded.group_id))[0]
        await payments.enter_opening_balance(session, member, cents, by, key=f"seed:{member.id}:{cents}")
