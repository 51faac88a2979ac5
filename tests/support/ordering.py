"""Steps that many stories share: a seeded group on stage, and a member who orders one thing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.support.bot import Stage
from tests.support.screens import Message
from tests.support.seed import Seeded, seed_group
from tests.support.telegram import Group, Person

REFERENCE = re.compile(r"\b[2-9A-Z]{3}-[2-9A-Z]{4}\b")
PRICES = {"Colis de légumes": 1235, "Pain complet": 800, "Miel de tilleul": 1000, "Tisane": 1200}


@dataclass
class Village:
    """A group with its chat: Anne and Bruno coordinate, Marie and Paul are members, everybody has started the bot."""

    stage: Stage
    group: Group
    seeded: Seeded
    anne: Person
    bruno: Person
    marie: Person
    paul: Person


async def village(stage: Stage, *, language: str = "fr", marie: str = "Marie") -> Village:
    """Set the scene."""
    world = stage.world
    people = [await world.person(name, language=language) for name in ("Anne", "Bruno", marie, "Paul")]
    anne, bruno, marie_, paul = people
    for person in people:
        await person.ask("/start", expect="")
    group = await world.group("Amap des Lilas", members=[marie_, paul], admins=[anne, bruno])
    seeded = await seed_group(
        stage.database,
        group.chat_id,
        coordinators=[anne, bruno],
        members=[marie_, paul],
        prices=PRICES,
        language=language,
    )
    await world.settle()
    return Village(stage, group, seeded, anne, bruno, marie_, paul)


async def fill_basket(who: Person, product: str, times: int = 1, *, total: str) -> Message:
    """Open the catalogue, add a product, and look at the basket."""
    await who.ask("/commander", expect=product)
    await who.press(product, expect="✅ 1 ×")
    for _ in range(times - 1):
        await who.tap("+")
    await who.press("Panier", expect=total)
    return await who.wait("Total")


async def order(who: Person, product: str, method: str, *, total: str, times: int = 1) -> Message:
    """Order one product; returns the receipt."""
    await fill_basket(who, product, times, total=total)
    await who.press("Valider mon panier", expect="comment voulez-vous payer")
    return await who.press(method, expect="🧾")


def reference_in(message: Message) -> str:
    """The reference a message holds."""
    found = REFERENCE.search(message.text)
    assert found, message
    return found.group()
