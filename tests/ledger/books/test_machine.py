"""Any sequence of posts, repeats, reversals and page turns, against a dictionary and a list."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from ledger.books import service as books
from ledger.books.models import GROUP_ACCOUNTS, AccountKind
from ledger.books.service import AlreadyReversed, Entry, IdempotencyConflict, Leg
from ledger.db import Database
from tests.support.ledger import STATEFUL, Story, found

OWNERS: list[AccountKind] = [kind for kind in GROUP_ACCOUNTS if kind is not AccountKind.CARD][:5]
"""Not cards: what moves there must come from Stripe, and verify asks for it."""
LEGS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(1, 10**6)).map(
        lambda leg: (leg[0], (leg[0] + leg[1]) % 5, leg[2])
    ),
    min_size=1,
    max_size=6,
)


class BooksMachine(RuleBasedStateMachine):
    """Five accounts of one group. The model: balances, and each account's transactions with their amounts."""

    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    posted = Bundle("posted")

    @initialize()
    def found(self) -> None:
        self.story: Story = self.runner.run(found(self.database))
        self.runner.run(self._accounts())
        self.balances: dict[int, int] = defaultdict(int)
        self.history: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.count = 0

    async def _accounts(self) -> None:
        async with self.database.snapshot() as session:
            self.ids = [await books.account_id(session, self.story.group_id, kind) for kind in OWNERS]

    def _entry(self, key: str, legs: list[tuple[int, int, int]]) -> Entry:
        return Entry(
            "x", key, [Leg(self.ids[debit], self.ids[credit], cents) for debit, credit, cents in legs]
        )

    async def _post(self, entry: Entry) -> books.Posted:
        async with self.database.unit_of_work() as session:
            return await books.post(session, self.story.group_id, entry)

    def _expect(self, transaction_id: int, legs: list[tuple[int, int, int]]) -> None:
        moved: dict[int, int] = defaultdict(int)
        for debit, credit, cents in legs:
            moved[debit] += cents
            moved[credit] -= cents
        for account, cents in moved.items():
            self.balances[account] += cents
            self.history[account].append((transaction_id, cents))

    @rule(target=posted, legs=LEGS)
    def post(self, legs: list[tuple[int, int, int]]) -> object:
        self.count += 1
        entry = self._entry(f"entry {self.count}", legs)
        result = self.runner.run(self._post(entry))
        assert not result.replayed
        self._expect(result.transaction_id, legs)
        return entry, result.transaction_id, legs

    @rule(known=posted)
    def repeat(self, known: tuple[Entry, int, object]) -> None:
        entry, transaction_id, _ = known
        assert self.runner.run(self._post(entry)) == books.Posted(transaction_id, replayed=True)

    @rule(known=posted, legs=LEGS)
    def reuse_the_key(self, known: tuple[Entry, int, list[tuple[int, int, int]]], legs: object) -> None:
        entry, _, earlier = known
        if legs != earlier:
            with pytest.raises(IdempotencyConflict):
                self.runner.run(self._post(self._entry(entry.key, legs)))  # type: ignore[arg-type]

    @rule(target=posted, known=consumes(posted))
    def reverse(self, known: tuple[Entry, int, list[tuple[int, int, int]]]) -> object:
        _, transaction_id, legs = known
        result = self.runner.run(self._reverse(transaction_id))
        self._expect(result.transaction_id, [(credit, debit, cents) for debit, credit, cents in legs])
        with pytest.raises(AlreadyReversed):
            self.runner.run(self._reverse(transaction_id))
        return multiple()

    async def _reverse(self, transaction_id: int) -> books.Posted:
        async with self.database.unit_of_work() as session:
            return await books.reverse(session, self.story.group_id, transaction_id, actor_id=None)

    @rule(account=st.integers(0, 4), size=st.integers(1, 4))
    def turn_pages(self, account: int, size: int) -> None:
        assert self.runner.run(self._pages(account, size)) == self.history[account][::-1]

    async def _pages(self, account: int, size: int) -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []
        before: int | None = None
        after = self.balances[account]
        async with self.database.snapshot() as session:
            while True:
                page = await books.statement(
                    session, self.story.group_id, OWNERS[account], 0, before=before, size=size
                )
                for line in page.lines:
                    assert line.balance_after_cents == after
                    after -= line.amount_cents
                    seen.append((line.transaction.id, line.amount_cents))
                if page.older is None:
                    return seen
                assert len(page.lines) == size
                before = page.older

    @invariant()
    def balances_agree(self) -> None:
        if self.ids:
            shown = self.runner.run(self._shown())
            assert shown == [self.balances[account] for account in range(5)]

    async def _shown(self) -> list[int]:
        async with self.database.snapshot() as session:
            return [await books.balance(session, self.story.group_id, kind) for kind in OWNERS]

    ids: ClassVar[list[int]] = []

    def teardown(self) -> None:
        assert self.runner.run(self.story.verify()) == []


@pytest.mark.timeout(3_600)
def test_books_against_a_dictionary(database_url: str, examples: Callable[[int, int], int]) -> None:
    with asyncio.Runner() as runner:
        BooksMachine.runner = runner
        BooksMachine.database = Database(database_url)
        run_machine(
            BooksMachine, settings=settings(STATEFUL, max_examples=examples(8, 200), stateful_step_count=15)
        )
        runner.run(BooksMachine.database.close())
