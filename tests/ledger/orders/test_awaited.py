"""What is expected from several members together is what is expected from each, and asking costs the same however many."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from ledger.catalogue.models import Product
from ledger.groups.models import Member, Method
from ledger.orders import corrections
from ledger.orders.expected import expected_among, expected_of
from ledger.orders.models import Distribution
from ledger.payments.service import ExpectedCents
from tests.support.ledger import Story


def told(expected: ExpectedCents) -> tuple[int, int, bool]:
    """What a member reads of it: all of it, by card, and whether less is due by now."""
    return int(expected), expected.by_card_cents, expected.recounted


async def eaters(
    story: Story, day: Distribution, cheese: Product, count: int, *, less_for: int
) -> list[Member]:
    """As many who ordered and pay in cash; the first few got less than they ordered."""
    found = []
    for number in range(count):
        eater = await story.member(f"Membre {number}")
        (line,) = (await story.order(eater, day, {cheese: 1_000}, Method.CASH)).lines
        if number < less_for:
            async with story.database.unit_of_work() as session:
                await corrections.deliver(session, story.group_id, line.id, 400, story.anne)
        found.append(eater)
    return found


@pytest.fixture
async def cheese(story: Story) -> Product:
    return await story.product("Tomme", 890, weighed=True)


async def test_together_is_as_one_by_one(story: Story, cheese: Product) -> None:
    friday, saturday = await story.distribution(), await story.distribution("Sous la halle")
    less, whole = await eaters(story, friday, cheese, 2, less_for=1)
    by_cheque, nobody, twice = [await story.member(name) for name in ("Chloé", "Nadia", "Théo")]
    (line,) = (await story.order(by_cheque, friday, {cheese: 1_000}, Method.CHEQUE)).lines
    for day in (friday, saturday):
        (last,) = (await story.order(twice, day, {cheese: 1_000}, Method.CASH)).lines
    async with story.database.unit_of_work() as session:
        for one in (line, last):
            await corrections.deliver(session, story.group_id, one.id, 400, story.anne)
    everybody = [less, whole, by_cheque, nobody, twice]
    async with story.database.snapshot() as session:
        together = await expected_among(session, everybody)
        each = {member.id: await expected_of(session, member) for member in everybody}
    assert {one: told(cents) for one, cents in together.items()} == {
        one: told(cents) for one, cents in each.items()
    }
    assert [told(together[one.id]) for one in everybody] == [
        (890, 0, True),
        (890, 0, False),
        (890, 0, False),
        (0, 0, False),
        (1780, 0, True),
    ]


async def test_asking_for_many_costs_the_same(story: Story, cheese: Product) -> None:
    friday = await story.distribution()
    everybody = await eaters(story, friday, cheese, 8, less_for=4)

    async def asked(found: list[Member]) -> int:
        statements: list[str] = []

        def note(connection: object, cursor: object, sql: str, *_: object) -> None:
            statements.append(sql)

        event.listen(Engine, "before_cursor_execute", note)
        async with story.database.snapshot() as session:
            await expected_among(session, found)
        event.remove(Engine, "before_cursor_execute", note)
        return len(statements)

    assert await asked(everybody[:2]) == await asked(everybody)
