"""Double entry, told as bookkeeping: a market day, what it leaves in the accounts, and what is never allowed."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ledger.books import service as books
from ledger.books.models import GROUP_ACCOUNTS, AccountKind, Posting, Transaction
from ledger.books.service import AlreadyReversed, Entry, IdempotencyConflict, Leg
from ledger.db import Database
from ledger.errors import NotFound
from ledger.notes import service as notes
from tests.support.ledger import Story, found, together

CASH, CHEQUES, BANK = AccountKind.CASH, AccountKind.CHEQUES, AccountKind.BANK
MEMBERS, PRODUCERS = AccountKind.MEMBERS, AccountKind.PRODUCERS


class Ledger:
    """A group with Paul, Marie, a farm and a bakery; accounts by name."""

    def __init__(self, story: Story, ids: dict[str, int], owners: dict[str, tuple[AccountKind, int]]) -> None:
        self.story = story
        self.database = story.database
        self.group_id = story.group_id
        self.ids = ids
        self.owners = owners

    async def post(self, key: str, *legs: tuple[str, str, int], **values: object) -> books.Posted:
        """Post (debit, credit, cents) legs."""
        entry = Entry(
            kind="test",
            key=key,
            legs=[Leg(self.ids[debit], self.ids[credit], cents) for debit, credit, cents in legs],
            **values,  # type: ignore[arg-type]
        )
        async with self.database.unit_of_work() as session:
            return await books.post(session, self.group_id, entry)

    async def note(self, text: str, member_id: int | None = None) -> int:
        """Keep what somebody typed."""
        async with self.database.unit_of_work() as session:
            note = await notes.keep(session, self.group_id, member_id, text)
        assert note is not None
        return note.id

    async def reverse(self, transaction_id: int, actor_id: int | None = None) -> books.Posted:
        """Post the mirror image."""
        async with self.database.unit_of_work() as session:
            return await books.reverse(session, self.group_id, transaction_id, actor_id=actor_id)

    async def balances(self) -> dict[str, int]:
        """What screens show, accounts at zero left out."""
        async with self.database.snapshot() as session:
            shown = {
                name: await books.balance(session, self.group_id, *owner)
                for name, owner in self.owners.items()
            }
        return {name: cents for name, cents in shown.items() if cents}

    async def statement(
        self, name: str, before: int | None = None, size: int = 10
    ) -> tuple[list[tuple[str, int, int]], int | None]:
        """A page as (key, amount, balance after), and where the next begins."""
        async with self.database.snapshot() as session:
            page = await books.statement(session, self.group_id, *self.owners[name], before=before, size=size)
        return [
            (line.transaction.key, line.amount_cents, line.balance_after_cents) for line in page.lines
        ], page.older


@pytest.fixture
async def ledger(story: Story) -> Ledger:
    paul, marie = await story.member("Paul"), await story.member("Marie")
    farm = await story.product("Œufs", 350, producer="Ferme")
    bakery = await story.product("Pain", 420, producer="Fournil")
    owners: dict[str, tuple[AccountKind, int]] = {
        "Paul": (MEMBERS, paul.id),
        "Marie": (MEMBERS, marie.id),
        "farm": (PRODUCERS, farm.producer_id),
        "bakery": (PRODUCERS, bakery.producer_id),
        **{str(kind): (kind, 0) for kind in GROUP_ACCOUNTS},
    }
    async with story.database.snapshot() as session:
        ids = {
            name: await books.account_id(session, story.group_id, *owner) for name, owner in owners.items()
        }
    return Ledger(story, ids, owners)


async def test_a_market_day(ledger: Ledger) -> None:
    # Paul orders eggs and bread for 12.35, Marie bread for 4.20.
    await ledger.post("order 1", ("Paul", "farm", 700), ("Paul", "bakery", 535))
    await ledger.post("order 2", ("Marie", "bakery", 420))
    assert await ledger.balances() == {"Paul": -1235, "Marie": -420, "farm": 700, "bakery": 955}
    # Paul hands a cheque over, Marie five euros in cash.
    await ledger.post("payment 1", ("cheques", "Paul", 1235))
    await ledger.post("payment 2", ("cash", "Marie", 500))
    assert await ledger.balances() == {
        "Marie": 80,
        "farm": 700,
        "bakery": 955,
        "cheques": 1235,
        "cash": 500,
    }
    # The cheque goes to the bank, the producers are paid.
    await ledger.post("deposit", ("bank", "cheques", 1235))
    await ledger.post("producers", ("farm", "bank", 700), ("bakery", "bank", 535), ("bakery", "cash", 420))
    assert await ledger.balances() == {"Marie": 80, "cash": 80}
    assert await ledger.story.verify() == []


async def test_a_bounced_cheque_is_always_recorded(ledger: Ledger) -> None:
    await ledger.post("payment", ("cheques", "Paul", 1000))
    await ledger.post("deposit", ("bank", "cheques", 1000))
    await ledger.post("bounced", ("Paul", "bank", 1000))
    await ledger.post("fee", ("Paul", "bank", 1500))
    assert await ledger.balances() == {"Paul": -1500, "bank": -1500}


async def test_what_is_posted_is_kept(ledger: Ledger) -> None:
    posted = await ledger.post(
        "opening",
        ("opening", "Paul", 1000),
        subject="member:1",
        dated=dt.date(2024, 12, 31),
        actor_id=ledger.story.anne.id,
        note_id=await ledger.note("d'après le cahier"),
    )
    async with ledger.database.snapshot() as session:
        kept = await session.get_one(Transaction, posted.transaction_id)
        note = await notes.read_one(session, kept.note_id)
    assert not posted.replayed
    assert note is not None
    assert (kept.kind, kept.key, kept.subject, note.text) == (
        "test",
        "opening",
        "member:1",
        "d'après le cahier",
    )
    assert (kept.dated, kept.actor_id) == (dt.date(2024, 12, 31), ledger.story.anne.id)


class TestIdempotency:
    async def test_the_same_request_again_changes_nothing(self, ledger: Ledger) -> None:
        first = await ledger.post("payment:1", ("cash", "Paul", 500))
        again = await ledger.post("payment:1", ("cash", "Paul", 500))
        assert again == books.Posted(first.transaction_id, replayed=True)
        assert await ledger.balances() == {"cash": 500, "Paul": 500}

    @pytest.mark.parametrize(
        ("leg", "values"),
        [
            (("cash", "Paul", 501), {}),
            (("cash", "Marie", 500), {}),
            (("bank", "Paul", 500), {}),
            (("Paul", "cash", 500), {}),
            (("cash", "Paul", 500), {"subject": "order:1"}),
            (("cash", "Paul", 500), {"note_id": 1}),
            (("cash", "Paul", 500), {"dated": dt.date(2025, 1, 1)}),
            (("cash", "Paul", 500), {"actor_id": 1}),
        ],
    )
    async def test_the_same_key_for_something_else_is_an_error(
        self, ledger: Ledger, leg: tuple[str, str, int], values: dict[str, object]
    ) -> None:
        await ledger.post("payment:1", ("cash", "Paul", 500))
        with pytest.raises(IdempotencyConflict) as refused:
            await ledger.post("payment:1", leg, **values)
        assert refused.value.key == "payment:1"
        assert await ledger.balances() == {"cash": 500, "Paul": 500}

    async def test_twenty_at_the_same_instant_are_one(self, ledger: Ledger) -> None:
        posted = await asyncio.gather(*(ledger.post("payment:1", ("cash", "Paul", 500)) for _ in range(20)))
        assert len({p.transaction_id for p in posted}) == 1
        assert [p.replayed for p in posted].count(False) == 1
        assert await ledger.balances() == {"cash": 500, "Paul": 500}
        assert await ledger.story.verify() == []

    async def test_two_groups_may_use_the_same_key(self, ledger: Ledger, database: Database) -> None:
        other = await found(database, "Un autre groupe")
        await ledger.post("payment:1", ("cash", "Paul", 500))
        async with database.unit_of_work() as session:
            cash = await books.account_id(session, other.group_id, CASH)
            bank = await books.account_id(session, other.group_id, BANK)
            posted = await books.post(session, other.group_id, Entry("x", "payment:1", [Leg(bank, cash, 1)]))
        assert not posted.replayed


class TestReversal:
    async def test_the_mirror_image_brings_every_account_back(self, ledger: Ledger) -> None:
        posted = await ledger.post("order", ("Paul", "farm", 700), ("Paul", "bakery", 535), subject="order:1")
        reversal = await ledger.reverse(posted.transaction_id)
        assert await ledger.balances() == {}
        async with ledger.database.snapshot() as session:
            kept = await session.get_one(Transaction, reversal.transaction_id)
        assert (kept.kind, kept.reverses_id, kept.subject) == ("reversal", posted.transaction_id, "order:1")

    async def test_once_only(self, ledger: Ledger) -> None:
        posted = await ledger.post("order", ("Paul", "farm", 700))
        reversal = await ledger.reverse(posted.transaction_id)
        with pytest.raises(AlreadyReversed) as refused:
            await ledger.reverse(posted.transaction_id)
        assert refused.value.reversal_id == reversal.transaction_id
        assert await ledger.balances() == {}

    @pytest.mark.parametrize("same_person", [True, False])
    async def test_two_at_the_same_instant_are_one(self, ledger: Ledger, same_person: bool) -> None:
        posted = await ledger.post("order", ("Paul", "farm", 700))
        others = [await ledger.story.member(name) for name in "ABCDEF"]
        actors = [None if same_person else other.id for other in others]
        results = await together(*(ledger.reverse(posted.transaction_id, actor) for actor in actors))
        done = [result for result in results if isinstance(result, books.Posted)]
        refused = [result for result in results if isinstance(result, AlreadyReversed)]
        assert (len(done), len(refused)) == (1, 5)
        assert {error.reversal_id for error in refused} == {done[0].transaction_id}
        assert await ledger.balances() == {}

    async def test_a_reversal_can_be_reversed(self, ledger: Ledger) -> None:
        posted = await ledger.post("order", ("Paul", "farm", 700))
        reversal = await ledger.reverse(posted.transaction_id)
        await ledger.reverse(reversal.transaction_id)
        assert await ledger.balances() == {"Paul": -700, "farm": 700}

    async def test_not_what_belongs_to_another_group(self, ledger: Ledger, database: Database) -> None:
        other = await found(database, "Un autre groupe")
        posted = await ledger.post("order", ("Paul", "farm", 700))
        async with database.unit_of_work() as session:
            with pytest.raises(NotFound):
                await books.reverse(session, other.group_id, posted.transaction_id, actor_id=None)
            with pytest.raises(NotFound):
                await books.reverse(session, ledger.group_id, 999_999, actor_id=None)


class TestRefused:
    async def test_no_legs(self, ledger: Ledger) -> None:
        with pytest.raises(ValueError, match="legs"):
            await ledger.post("empty")

    @pytest.mark.parametrize("cents", [0, -1])
    async def test_amounts_that_are_not_positive(self, ledger: Ledger, cents: int) -> None:
        with pytest.raises(IntegrityError):
            await ledger.post("bad", ("cash", "Paul", cents))
        assert await ledger.balances() == {}

    async def test_one_account_on_both_sides(self, ledger: Ledger) -> None:
        with pytest.raises(IntegrityError):
            await ledger.post("bad", ("cash", "cash", 1))

    async def test_an_account_that_does_not_exist(self, ledger: Ledger) -> None:
        ledger.ids["nobody"] = 999_999
        with pytest.raises(IntegrityError):
            await ledger.post("bad", ("cash", "nobody", 1))
        with pytest.raises(IntegrityError):
            await ledger.post("bad", ("nobody", "cash", 1))

    async def test_an_account_of_another_group(self, ledger: Ledger, database: Database) -> None:
        other = await found(database, "Un autre groupe")
        async with database.snapshot() as session:
            ledger.ids["theirs"] = await books.account_id(session, other.group_id, CASH)
        for leg in (("cash", "theirs", 1), ("theirs", "cash", 1)):
            with pytest.raises(IntegrityError, match="another group"):
                await ledger.post("bad", leg)

    async def test_accounts_of_two_currencies(self, ledger: Ledger) -> None:
        async def post_to_swiss_account() -> None:
            async with ledger.database.unit_of_work() as session:
                await books.open_account(session, ledger.group_id, MEMBERS, 777, "CHF")
                swiss = await books.account_id(session, ledger.group_id, MEMBERS, 777)
                entry = Entry("x", "bad", [Leg(ledger.ids["cash"], swiss, 1)])
                await books.post(session, ledger.group_id, entry)

        with pytest.raises(IntegrityError, match="two currencies"):
            await post_to_swiss_account()

    async def test_what_is_refused_is_not_told_with_its_text(self, ledger: Ledger) -> None:
        """A member's words must not reach the logs by way of an error."""
        with pytest.raises(IntegrityError) as refused:
            await ledger.note("un mot privé", member_id=999_999)
        assert "privé" not in str(refused.value)

    async def test_one_bad_leg_undoes_the_whole_transaction(self, ledger: Ledger) -> None:
        with pytest.raises(IntegrityError):
            await ledger.post("bad", ("Paul", "farm", 700), ("Paul", "bakery", 0))
        assert await ledger.balances() == {}
        async with ledger.database.snapshot() as session:
            count = select(func.count()).where(Transaction.group_id == ledger.group_id)
            assert (await session.execute(count)).scalar_one() == 0

    async def test_an_account_nobody_has(self, ledger: Ledger) -> None:
        async with ledger.database.snapshot() as session:
            with pytest.raises(NotFound):
                await books.balance(session, ledger.group_id, MEMBERS, 999_999)
            with pytest.raises(NotFound):
                await books.account_id(session, ledger.group_id, PRODUCERS, 999_999)


class TestWithinCredit:
    """I7: a transfer that asks for permission never leaves the debited account owing; a fact always may."""

    async def spend(self, ledger: Ledger, key: str, cents: int) -> None:
        leg = Leg(ledger.ids["Paul"], ledger.ids["farm"], cents, within_credit=True)
        async with ledger.database.unit_of_work() as session:
            await books.post(session, ledger.group_id, Entry("order", key, [leg]))

    async def test_down_to_zero_and_no_further(self, ledger: Ledger) -> None:
        await ledger.post("opening", ("opening", "Paul", 1000))
        await self.spend(ledger, "a", 999)
        with pytest.raises(IntegrityError, match="not enough credit"):
            await self.spend(ledger, "b", 2)
        await self.spend(ledger, "c", 1)
        assert (await ledger.balances()).get("Paul", 0) == 0

    async def test_exactly_as_many_as_the_account_holds(self, ledger: Ledger) -> None:
        await ledger.post("opening", ("opening", "Paul", 1000))
        results = await together(*(self.spend(ledger, f"spend {n}", 150) for n in range(20)))
        assert results.count(None) == 6
        assert sum(isinstance(result, IntegrityError) for result in results) == 14
        assert (await ledger.balances())["Paul"] == 100
        assert await ledger.story.verify() == []


class TestStatement:
    async def test_newest_first_page_by_page(self, ledger: Ledger) -> None:
        for number in range(1, 8):
            await ledger.post(f"cash {number}", ("cash", "Paul", number * 100))
        first, older = await ledger.statement("Paul", size=3)
        assert first == [("cash 7", 700, 2800), ("cash 6", 600, 2100), ("cash 5", 500, 1500)]
        second, older = await ledger.statement("Paul", older, size=3)
        assert second == [("cash 4", 400, 1000), ("cash 3", 300, 600), ("cash 2", 200, 300)]
        third, older = await ledger.statement("Paul", older, size=3)
        assert third == [("cash 1", 100, 100)]
        assert older is None

    async def test_exactly_one_page_has_no_older_one(self, ledger: Ledger) -> None:
        for number in range(3):
            await ledger.post(f"cash {number}", ("cash", "Paul", 100))
        lines, older = await ledger.statement("Paul", size=3)
        assert len(lines) == 3
        assert older is None

    async def test_an_empty_account(self, ledger: Ledger) -> None:
        assert await ledger.statement("Marie") == ([], None)

    async def test_a_transaction_is_one_line_however_many_legs(self, ledger: Ledger) -> None:
        """Legs of 1, 2, 3 … cents on Paul's account, more of them than a page fetches."""
        for number in range(1, 5):
            await ledger.post(
                f"order {number}", *[("Paul", "farm", cents) for cents in range(1, number * 15)]
            )
        sums = [-sum(range(1, number * 15)) for number in range(1, 5)]
        seen: list[tuple[str, int, int]] = []
        older: int | None = None
        for _ in range(4):
            lines, older = await ledger.statement("Paul", older, size=1)
            seen += lines
        assert older is None
        assert seen == [
            (f"order {number}", sums[number - 1], sum(sums[:number])) for number in range(4, 0, -1)
        ]
        lines, older = await ledger.statement("Paul", size=10)
        assert (lines, older) == (seen, None)

    async def test_legs_both_ways_are_summed(self, ledger: Ledger) -> None:
        await ledger.post("exchange", ("Paul", "farm", 500), ("bakery", "Paul", 300))
        assert await ledger.statement("Paul") == ([("exchange", -200, -200)], None)

    async def test_signs_are_those_of_the_balance(self, ledger: Ledger) -> None:
        await ledger.post("cash", ("cash", "Paul", 500))
        assert (await ledger.statement("Paul"))[0] == [("cash", 500, 500)]
        assert (await ledger.statement("cash"))[0] == [("cash", 500, 500)]

    async def test_what_is_written_meanwhile_moves_no_page(self, ledger: Ledger) -> None:
        for number in range(4):
            await ledger.post(f"cash {number}", ("cash", "Paul", 100))
        _, older = await ledger.statement("Paul", size=2)
        await ledger.post("late", ("cash", "Paul", 100))
        lines, _ = await ledger.statement("Paul", older, size=2)
        assert [key for key, _, _ in lines] == ["cash 1", "cash 0"]

    async def test_an_account_of_another_group_has_none_here(
        self, ledger: Ledger, database: Database
    ) -> None:
        other = await found(database, "Un autre groupe")
        async with database.snapshot() as session:
            with pytest.raises(NotFound):
                await books.statement(session, other.group_id, *ledger.owners["Paul"])


async def test_all_balances_of_a_kind(ledger: Ledger) -> None:
    await ledger.post("order", ("Paul", "farm", 700), ("Marie", "bakery", 420))
    async with ledger.database.snapshot() as session:
        members = await books.balances(session, ledger.group_id, MEMBERS)
        producers = await books.balances(session, ledger.group_id, PRODUCERS)
        bank = await books.balances(session, ledger.group_id, BANK)
    by_name = {name: owner_id for name, (_, owner_id) in ledger.owners.items()}
    assert members == {by_name["Paul"]: -700, by_name["Marie"]: -420, ledger.story.anne.id: 0}
    assert producers == {by_name["farm"]: 700, by_name["bakery"]: 420}
    assert bank == {0: 0}


class TestConcurrency:
    async def test_numbers_have_no_gap_and_no_double(self, ledger: Ledger) -> None:
        """Everybody pays into the same till at once, producers and members in every direction."""
        names = ["Paul", "Marie", "farm", "bakery", "cash", "bank"]
        pairs = [(names[n % 6], names[(n * n + n + 1) % 6], 100 + n) for n in range(60)]
        works = [
            ledger.post(f"post {n}", pair, (pair[1], names[(n + 3) % 6], 7))
            for n, pair in enumerate(pairs)
            if pair[0] != pair[1] and pair[1] != names[(n + 3) % 6]
        ]
        await asyncio.gather(*works)
        assert await ledger.story.verify() == []
        async with ledger.database.snapshot() as session:
            count = select(func.count()).where(Posting.group_id == ledger.group_id)
            assert (await session.execute(count)).scalar_one() == len(works) * 4

    async def test_two_workers(self, postgresql_url: str) -> None:
        """Two engines, as two processes would be, on one PostgreSQL."""
        one, two = Database(postgresql_url), Database(postgresql_url)
        story = await found(one)
        paul = await story.member("Paul")
        async with one.snapshot() as session:
            account = await books.account_id(session, story.group_id, MEMBERS, paul.id)
            opening = await books.account_id(session, story.group_id, AccountKind.OPENING)

        async def post(database: Database, key: str, leg: Leg) -> None:
            async with database.unit_of_work() as session:
                await books.post(session, story.group_id, Entry("x", key, [leg]))

        await post(one, "opening", Leg(opening, account, 1000))
        spend = [
            post(database, f"spend {n}", Leg(account, opening, 150, within_credit=True))
            for n in range(10)
            for database in (one, two)
        ]
        results = await together(*spend)
        # Each key was tried by both: six were accepted once and replayed once, the others refused twice.
        assert results.count(None) == 12
        assert await story.balance(paul) == 100
        assert await story.verify() == []
        await one.close()
        await two.close()
