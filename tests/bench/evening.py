"""One distribution evening of 30 members at Telegram's own limits: a coordinator with one hand, in a private chat.

Members join, order and choose how they pay in their chats, all at the same time. At the distribution the leeks did not
come. A first third of the members queue at the table in any order: Anne types a name and validates what they hand over.
The rest left their envelopes on a pile, which she takes as the list has them. Counted per member: her taps (a typed name is
one too), and the seconds from the first of them until she sees the outcome. The people here answer a screen at once, so
these are the bot's seconds, not a person's.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.app import Bot, running
from bot.config import load
from bot.sandbox.model import Limits
from bot.sandbox.server import Sandbox
from ledger.verify.service import verify
from tests.support.bot import TOKEN, environment
from tests.support.screens import Message
from tests.support.telegram import Group, Person, TelegramWorld

MEMBERS = 30
CATALOGUE = "\n".join(
    [
        "produit;unité;prix;producteur;tva;stock",
        "Panier de légumes;pièce;12,35;Les Tilleuls;5,5;",
        "Poireaux;pièce;2,60;Les Tilleuls;5,5;",
        "Pain de campagne;pièce;4,35;Le Fournil;5,5;",
        "Miel de tilleul;pot;8,00;Rucher du Haut;5,5;60",
        "Lentilles vertes;sachet;5,00;Les Tilleuls;5,5;",
    ]
).encode()
BASKETS = (
    ("Panier de légumes",),
    ("Panier de légumes", "Poireaux"),
    ("Pain de campagne", "Miel de tilleul"),
    ("Lentilles vertes", "Pain de campagne"),
    ("Panier de légumes", "Pain de campagne"),
)
METHODS = ("Chèque", "Liquide", "Chèque", "Chèque", "Liquide")
REAL = {
    "CAGNOTTE_LIMITS__MESSAGES_PER_SECOND": "30",
    "CAGNOTTE_LIMITS__PER_CHAT_PER_SECOND": "1",
    "CAGNOTTE_LIMITS__PER_GROUP_PER_MINUTE": "20",
}
PATIENCE = 90.0
Say = Callable[[str], object]


@dataclass
class Visit:
    """What one member took at the table."""

    name: str
    taps: int = 0
    seconds: float = 0.0


@dataclass
class Evening:
    """The group, its people, and what was counted."""

    world: TelegramWorld
    bot: Bot
    chat: Group
    anne: Person
    members: list[Person]
    visits: list[Visit] = field(default_factory=list)


def run(quick: bool, say: Say) -> dict[str, float]:
    """Play; `quick` with six members."""
    return asyncio.run(_play(6 if quick else MEMBERS, say))


def report(result: dict[str, float]) -> str:
    """The figures in a sentence or two."""
    return (
        f"{result['members']:.0f} members at the table: {result['taps_per_member']:.2f} taps a member "
        f"({result['taps']:.0f} in all), {result['median_seconds']:.1f} s at the median, "
        f"{result['slowest_seconds']:.1f} s at most, {result['minutes']:.1f} minutes in all."
    )


async def _play(count: int, say: Say) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="cagnotte-evening-") as folder:
        async with _evening(Path(folder), count) as evening:
            begin = time.monotonic()
            await _order(evening)
            say(f"{count} members ordered within {time.monotonic() - begin:.0f} s")
            begin = time.monotonic()
            await _hand_over(evening)
            took = time.monotonic() - begin
            for visit in evening.visits:
                say(f"{visit.name}: {visit.taps} taps, {visit.seconds:.1f} s")
            async with evening.bot.database.snapshot() as session:
                assert await verify(session) == []
    taps = [visit.taps for visit in evening.visits]
    seconds = [visit.seconds for visit in evening.visits]
    return {
        "members": len(taps),
        "taps": sum(taps),
        "taps_per_member": statistics.mean(taps),
        "median_seconds": statistics.median(seconds),
        "slowest_seconds": max(seconds),
        "minutes": took / 60,
    }


@contextlib.asynccontextmanager
async def _evening(folder: Path, count: int) -> AsyncIterator[Evening]:
    """A new group as a coordinator makes it: `/installer`, the catalogue, a distribution, everybody's first tap."""
    sandbox = Sandbox(TOKEN, limits=Limits(30, 1, 20))
    async with (
        sandbox.serve() as url,
        running(load(None, environment(url, f"sqlite+aiosqlite:///{folder / 'evening.db'}", **REAL))) as bot,
        await TelegramWorld.connect(url) as world,
    ):
        anne = await world.person("Anne", username="anne")
        members = [await world.person(f"Membre {number:02}") for number in range(1, count + 1)]
        chat = await world.group("Amap des Lilas", members=members, admins=[anne])
        await anne.ask("/start", expect="")
        await anne.ask("/installer", expect="prêt", chat=chat, timeout=PATIENCE)
        await anne.upload("catalogue.csv", CATALOGUE)
        await anne.wait("Poireaux", timeout=PATIENCE)
        await anne.press("Importer", expect="✅", timeout=PATIENCE)
        day = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).date().isoformat()
        await anne.ask(f"/distributions {day} 18:30 Préau", expect="Préau", timeout=PATIENCE)
        await anne.press("Confirmer", expect="", timeout=PATIENCE)
        await asyncio.gather(*(_join(member, chat) for member in members))
        yield Evening(world, bot, chat, anne, members)


async def _join(member: Person, chat: Group) -> None:
    await member.tap("Commander", chat=chat, timeout=PATIENCE)
    await member.wait("Amap des Lilas", timeout=PATIENCE)


async def _order(evening: Evening) -> None:
    """Everybody orders, all at the same time."""
    await asyncio.gather(
        *(
            _order_of(member, BASKETS[number % len(BASKETS)], METHODS[number % len(METHODS)])
            for number, member in enumerate(evening.members)
        )
    )


async def _order_of(member: Person, products: Sequence[str], method: str) -> None:
    await member.ask("/commander", expect="Poireaux", timeout=PATIENCE)
    for product in products:
        await member.press(product, expect=product, timeout=PATIENCE)
    await member.press("Panier ·", expect="Total", timeout=PATIENCE)
    await member.press("Valider mon panier", expect="comment voulez-vous payer", timeout=PATIENCE)
    await member.press(method, expect="🧾", timeout=PATIENCE)


async def _hand_over(evening: Evening) -> None:
    """Anne's evening: the leeks, the queue, the pile."""
    anne = evening.anne
    await anne.ask("/jour", expect="Commandes validées", timeout=PATIENCE)
    await anne.press("🥕 Produits", expect="Quel produit", timeout=PATIENCE)
    await anne.press("Poireaux", expect="Commandé par", timeout=PATIENCE)
    asked = await anne.press("Pas livré", expect="Poireaux", timeout=PATIENCE)
    yes = next(one.text for one in asked.all_buttons() if one.text != "Annuler")
    await anne.press(yes, expect="Poireaux", message=asked, timeout=PATIENCE)
    queue = evening.members[::3]
    for member in reversed(queue):
        await _at_the_table(evening, member)
    await anne.ask("/jour", expect="Commandes validées", timeout=PATIENCE)
    page = await anne.press("📋 Commandes", expect="validée", timeout=PATIENCE)
    first = next(one for one in page.all_buttons() if "⏳" in one.text)
    visit, begin = Visit(first.text, 1), time.monotonic()
    page = await anne.press(first.text, expect="👤", message=page, timeout=PATIENCE)
    while page is not None:
        visit.name = _name_on(page)
        page = await _from_the_pile(evening, page, visit)
        visit.seconds = time.monotonic() - begin
        evening.visits.append(visit)
        visit, begin = Visit(""), time.monotonic()


async def _at_the_table(evening: Evening, member: Person) -> None:
    visit, begin = Visit(member.name, 2), time.monotonic()
    await evening.anne.ask(member.name, expect=f"👤 {member.name}", timeout=PATIENCE)
    await evening.anne.press("✅ Valider", expect="Validée par Anne", timeout=PATIENCE)
    visit.seconds = time.monotonic() - begin
    evening.visits.append(visit)


async def _from_the_pile(evening: Evening, page: Message, visit: Visit) -> Message | None:
    """Validate the order of a page; the next one's page, or nothing when it was the last."""
    anne = evening.anne
    at_once = next((one.text for one in page.all_buttons() if "➡️" in one.text), None)
    if at_once is not None:
        visit.taps += 1
        return await anne.press(at_once, expect=f"✅ {visit.name}", message=page, timeout=PATIENCE)
    visit.taps += 1
    done = await anne.press("✅ Valider", expect="Validée par Anne", message=page, timeout=PATIENCE)
    onward = next((one.text for one in done.all_buttons() if "➡️" in one.text), None)
    if onward is None:
        return None
    visit.taps += 1
    return await anne.press(onward, expect="👤", message=done, timeout=PATIENCE)


def _name_on(page: Message) -> str:
    return page.text.partition("👤 ")[2].partition("\n")[0]
