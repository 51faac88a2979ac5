"""Who may not: a stranger, a coordinator of another group, a member without the role. Every command of the interface and
every button the bot knows, with the ids of the group's own things: refused, nothing written, nothing told.

Buttons are those that are declared and those of the bot's list of handlers: a new one is tried without a word here.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import EnumType
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import text
from telegram.ext import BaseHandler

from bot.delivery import inbox
from bot.edge.handling import STEP, Conversation, On
from bot.routes import handlers
from bot.ui import taps
from ledger.db import Base, utc_now
from ledger.groups import service as groups
from ledger.groups.models import Member, Method
from ledger.payments import adjustments, refunds, requests
from ledger.payments.adjustments import AdjustmentKind
from ledger.payments.card import accounts, checkouts
from tests.support.bot import Stage
from tests.support.card_story import movement, new_id, takes_cards
from tests.support.ledger import Story
from tests.support.ordering import fill_basket, order, reference_in, village
from tests.support.screens import Message, says
from tests.support.seed import give_credit, seed_group
from tests.support.telegram import Group, Person

OUTSIDE_THE_LEDGER = {
    "inbox", "outbox", "outbox_files", "conversations", "leases", "people", "left_chats", "moved_chats",
}  # fmt: skip
PLACE = "Moulin du Haut-Lac"
"""Where the distribution is: a place that no sentence gives as an example."""
ANYONES = ("/start", "/aide", "/annuler", "/langue", "/help", "/cancel", "/language")
MEMBERS = (
    "/commander", "/panier", "/commandes", "/solde", "/historique", "/crediter", "/rappels", "/quitter",
    "/order", "/basket", "/orders", "/balance", "/history", "/topup", "/reminders", "/leave",
)  # fmt: skip
COORDINATORS = (
    "/installer", "/reglages", "/catalogue", "/distributions", "/valider", "/soldes", "/adherent", "/paiement",
    "/reprise", "/contrats", "/coordinateurs", "/setup", "/settings", "/catalog", "/validate", "/balances",
    "/member", "/payment", "/opening", "/contracts", "/coordinators",
    "/distribution", "/jour", "/day", "/feuilles", "/sheets",
    "/releve", "/remise", "/export", "/relancer", "/statement", "/deposit", "/remind",
)  # fmt: skip
IN_ONE_LINE = (
    "/distributions 2099-06-01 18:00 Préau", "/valider {reference}", "/valider {reference} 12", "{reference}",
    "/adherent Paul", "/paiement Paul 10 liquide", "/reprise Paul -5", "/validate {reference} 12,35",
    "/payment Paul 10 cash", "/opening Paul 5",
)  # fmt: skip


@dataclass
class Scene:
    """A group with something to steal, and three people who must not."""

    stage: Stage
    chat: Group
    group_id: int
    reference: str
    anne: Person
    marie: Person
    """A member without a role; what is stolen is Paul's."""
    zoe: Person
    """A stranger, who reads along in the group's chat all the same."""
    rita: Person
    """A coordinator, of another group; she is in this group's chat too."""

    async def ledger(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the group in every table of the ledger."""
        found = {}
        async with self.stage.database.snapshot() as session:
            for table in Base.metadata.sorted_tables:
                if table.name in OUTSIDE_THE_LEDGER:
                    continue
                column = "id" if table.name == "groups" else "group_id"
                statement = text(f"SELECT * FROM {table.name} WHERE {column} = {self.group_id}")
                found[table.name] = sorted(tuple(row) for row in await session.execute(statement))
        return found

    async def ids_of(self, *tables: str) -> set[int]:
        """The ids that rows of these tables have."""
        rows = await self.ledger()
        return {int(row[0]) for table in tables for row in rows[table]}


async def set_scene(stage: Stage) -> Scene:
    """Paul has an avoir, a part of which he asks back, a gift, an open basket, an order by cheque; another order was paid;
    by card he paid, got a part back, and has a link to pay once more; a file waits to be imported.
    """
    v = await village(stage)
    async with stage.database.unit_of_work() as session:
        await session.execute(text(f"UPDATE distributions SET place = '{PLACE}'"))
    await give_credit(stage.database, v.seeded, v.paul, 5000)
    paid = await order(v.paul, "Tisane", "Liquide", total="12,00")
    await v.anne.ask(f"/valider {reference_in(paid)}", expect="12,00")
    await v.anne.press("✅", expect="Solde")
    expected = await order(v.paul, "Colis de légumes", "Chèque", total="12,35")
    await fill_basket(v.paul, "Pain complet", total="8,00")
    await v.anne.upload("catalogue.csv", "produit;unité;prix;producteur\nPoireaux;kg;3,20;Ferme\n".encode())
    await v.anne.wait("Poireaux")
    async with stage.database.unit_of_work() as session:
        paul = await groups.get_member(session, v.seeded.group_id, v.seeded.members[v.paul.id])
        anne = await groups.get_member(session, paul.group_id, v.seeded.members[v.anne.id])
        await requests.ask(session, paul, 100, Method.CASH)
        await adjustments.adjust(session, paul, AdjustmentKind.GIFT, 100, anne, "Merci")
        await refunds.refund(session, paul, Method.CASH, 100, anne)
    await pay_by_card(Story(stage.database, paul.group_id, anne), paul)
    rita, zoe = await stage.world.person("Rita"), await stage.world.person("Zoé")
    for person in (rita, zoe):
        await person.ask("/start", expect="")
        await person.join(v.group)
    other = await stage.world.group("Autre groupe", admins=[rita])
    await seed_group(
        stage.database,
        other.chat_id,
        title="Autre groupe",
        place="Ailleurs",
        coordinators=[rita],
        prices={"Riz": 300},
    )
    await stage.world.settle()
    return Scene(
        stage, v.group, v.seeded.group_id, reference_in(expected), v.anne, v.marie, zoe, rita
    )  # fmt: skip


async def pay_by_card(story: Story, member: Member) -> None:
    """Every table of cards has a row, and none of them waits for Stripe, which is not there."""
    cards = await takes_cards(story)
    checkout = await cards.pay(member, 2000)
    await cards.write(movement("refund", -300, source=new_id("re"), of=checkout))
    await cards.event(done=True)
    payment = await cards.expect(member, 700)
    async with story.database.unit_of_work() as session:
        await checkouts.want(session, await story.group(session), payment.id, "fr")
        account = await accounts.get_account(session, cards.account_id)
        account.look_at = utc_now() + dt.timedelta(days=1)


def secrets_of(scene: Scene, who: Person) -> list[str]:
    """What must never be shown to somebody."""
    of_paul = ["Paul", scene.reference]
    return of_paul if who is scene.marie else [*of_paul, PLACE, "Colis de légumes"]


def told(messages: list[Message], own: set[int]) -> str:
    """All that others wrote and every label of their buttons."""
    heard = [one for one in messages if one.id not in own]
    return "\n".join("\n".join([one.text, *(button.text for button in one.all_buttons())]) for one in heard)


async def test_every_command(stage: Stage) -> None:
    """In private and in the group's chat, in both languages, with and without what goes behind."""
    scene = await set_scene(stage)
    known = taught()
    asked = {line.split()[0].removeprefix("/") for line in (*ANYONES, *MEMBERS, *COORDINATORS)}
    assert known <= asked, f"not in the table: {known - asked}"
    lines = [*COORDINATORS, *(line.format(reference=scene.reference) for line in IN_ONE_LINE)]
    before = await scene.ledger()
    assert [table for table, rows in before.items() if "card" in table or "stripe" in table if not rows] == []
    for who in (scene.zoe, scene.rita, scene.marie):
        own: set[int] = set()
        seen_before = len(await who.messages(scene.chat))
        for line in lines + ([] if who is scene.marie else [*ANYONES[1:], *MEMBERS]):
            own.add(await who.send(line, chat=scene.chat))
            if who is not scene.rita or line in MEMBERS:  # in private Rita acts in her own group
                own.add(await who.send(line))
            if len(own) % 20 < 2:  # nobody may have more undone at once than the bot keeps of one person
                await stage.world.settle(timeout=90)
        await stage.world.settle(timeout=90)
        heard = told(await who.messages(), own) + told((await who.messages(scene.chat))[seen_before:], own)
        for secret in secrets_of(scene, who):
            assert not says(heard, secret), f"{who} was told {secret!r}:\n{heard}"
    assert await scene.ledger() == before
    assert await stage.rows("inbox WHERE error IS NOT NULL") == []


async def test_a_members_commands_of_coordinators_are_refused_in_so_many_words(stage: Stage) -> None:
    scene = await set_scene(stage)
    known = taught()
    for line in COORDINATORS:
        if line[1:] in known - {"installer", "setup"}:
            await scene.marie.ask(line, expect="Seuls les coordinateurs")
    for line in ("/installer", "/setup"):
        await scene.marie.ask(line, expect="", chat=scene.chat)


def flat(found: Any) -> Iterator[BaseHandler[Any, Any, Any]]:
    """Every handler, those inside conversations too."""
    for handler in found:
        if isinstance(handler, Conversation):
            yield from flat([*handler.entry_points, *itertools.chain(*handler.states.values())])
        else:
            yield handler


def taught() -> set[str]:
    """Every command by each of its names."""
    return set(taps.COMMANDS)


def forged(ids: list[int]) -> Iterator[str]:
    """The data of every button, with such fields as it takes and such as it does not."""
    yield from forged_taps(ids)
    yield from forged_steps(ids)


def forged_taps(ids: list[int]) -> Iterator[str]:
    """Every declared tap by each of its verbs, the group's own rows in its fields; and absurd by the verb of today."""
    for declared in dict.fromkeys(taps.VERBS.values()):
        forms = plausible(declared, ids)
        for verb in (declared.verb, *declared.was):
            yield from (":".join([verb, *form]) for form in forms)
        yield from (":".join([declared.verb, *form]) for form in absurd(declared))


def first_forms(ids: list[int]) -> Iterator[str]:
    """Every declared tap once for each of two rows."""
    for declared in dict.fromkeys(taps.VERBS.values()):
        yield from (":".join([declared.verb, *form]) for form in plausible(declared, ids)[:: len(ids) + 1])


def forged_steps(ids: list[int]) -> Iterator[str]:
    """Every button of every step of a conversation, in answer to its first questions."""
    on = [one.what for one in flat(handlers()) if isinstance(one, On) and isinstance(one.what, type)]
    for declared in dict.fromkeys(one for one in on if one.declared is None):
        for revision, form in itertools.product(range(3), [(), *plausible(declared, ids)[:2]]):
            yield ":".join([STEP, declared.verb, str(revision), *form])


def plausible(declared: type[taps.Tap], ids: list[int]) -> list[tuple[str, ...]]:
    """Fields as a button of the bot's could carry them: the same id in all, then two that do not belong together."""
    types = fields_of(declared)
    forms: dict[tuple[str, ...], None] = {}
    for turn, rows in enumerate([*((one, one) for one in ids), (ids[0], ids[-1]), (ids[-1], ids[0])]):
        for shift in range(3 if turn < len(ids) else 1):
            numbers = itertools.chain([rows[0]], itertools.repeat(rows[1]))
            words = [str(next(numbers)) if one == taps.Id else word_for(one, shift) for one in types]
            forms[tuple(words)] = None
    return list(forms)


def absurd(declared: type[taps.Tap]) -> Iterator[tuple[str, ...]]:
    """Fields that no button carries: none, too many, and words, numbers and signs where something else belongs."""
    count = len(fields_of(declared))
    yield from {(), (*("1",) * count, "1", "1")}
    if count:
        yield from ((word,) * count for word in ("nonsense", "0", "-1", "9" * 17))


def fields_of(declared: type[taps.Tap]) -> list[Any]:
    """The types of its fields, none left out."""
    hints = get_type_hints(declared, include_extras=True)
    found = [hints[name] for name in declared.__struct_fields__]
    return [get_args(one)[0] if NoneType in get_args(one) else one for one in found]


WORDS = {int: ["0", "1", "1235"], bool: ["1", "0"], str: ["x", "cash", "Paul"]}


def word_for(field: Any, shift: int) -> str:
    """One of the words that a field of this type takes."""
    plain = get_args(field)[0] if get_origin(field) is Annotated else field
    known = list(plain) if isinstance(plain, EnumType) else get_args(plain)  # an enum's or a Literal's
    words = [str(one) for one in known] or WORDS[plain]
    return words[shift % len(words)]


async def tap(stage: Stage, sender: dict[str, Any], under: Message, data: str) -> None:
    """Tap what is not there; nobody waits for the answer."""
    query = f"forged-{sender['id']}-{under.chat_id}-{data}"
    await stage.world.forge(
        {
            "callback_query": {
                "id": query,
                "from": sender,
                "message": under.raw,
                "chat_instance": "1",
                "data": data,
            }
        }
    )


@pytest.mark.parametrize("name", ["zoe", "rita", "marie"])
async def test_every_forged_button(stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever it is, in private and in the group's chat: what can be tapped, what could, what never was."""
    monkeypatch.setattr(inbox, "MOST_WAITING", 100_000)  # nobody taps so fast; here every tap is to be seen
    scene = await set_scene(stage)
    buttons = list(dict.fromkeys(forged([1, 2])))
    there = await scene.ids_of("baskets", "payments", "orders", "members", "distributions", "products")
    assert there >= {1, 2, 3}
    who: Person = getattr(scene, name)
    before = await scene.ledger()
    under, in_the_chat = (await who.messages())[-1], (await who.messages(scene.chat))[-1]
    sender = {"id": who.id, "is_bot": False, "first_name": who.name, "language_code": "fr"}
    since = await stage.world.seq()
    # In her own group Rita may do what needs no id.
    tapped = [(under, data) for data in buttons if who is not scene.rita or ":" in data]
    tapped += [(in_the_chat, data) for data in first_forms([1, 2])]
    for begin in range(0, len(tapped), 25):
        some = tapped[begin : begin + 25]
        await asyncio.gather(*(tap(stage, sender, message, data) for message, data in some))
    await stage.world.settle(timeout=200)
    seen = [*await who.messages(), *await who.messages(scene.chat)]
    heard = told([one for one in seen if one.changed > since], set())
    for secret in secrets_of(scene, who):
        assert not says(heard, secret), f"{who} was told {secret!r}:\n{heard}"
    after = await scene.ledger()
    own = [row for row in after["baskets"] if row not in before["baskets"]]
    assert len(own) <= (who is scene.marie), own  # a member may begin a basket of their own
    assert [row for row in after["baskets"] if row not in own] == before["baskets"]
    assert {**after, "baskets": []} == {**before, "baskets": []}
    failed = await stage.rows("inbox WHERE error IS NOT NULL")
    assert [(row["payload"], row["error"]) for row in failed] == []
