"""The whole business, in any order of events, against a small model: balances, what is expected, what is in stock.

Members order (by every method and by two, with and without enough credit or stock) and pay another way after all,
coordinators receive, refuse, undo, enter by hand, give back, give and give up, options are switched; at the end `verify`
finds nothing to say.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from ledger.catalogue.models import Product
from ledger.db import Database
from ledger.groups.models import Method
from ledger.money import line_amount
from ledger.orders.models import Order
from ledger.orders.service import MethodNotOffered, NotEnoughCredit, OutOfStock
from ledger.orders.switching import SameChoice
from ledger.payments.adjustments import AdjustmentKind, MoreThanDebt
from ledger.payments.models import Payment
from ledger.payments.refunds import AlreadyTakenBack, MoreThanCredit
from ledger.payments.service import AlreadySettled, NotSettled, Replaced
from tests.support.ledger import STATEFUL, Story, found

MEMBERS = st.integers(0, 2)
PRODUCTS = st.dictionaries(st.integers(0, 3), st.integers(1, 4), min_size=1, max_size=3)
OFFLINE = st.sampled_from([Method.CHEQUE, Method.CASH, Method.TRANSFER])
CENTS = st.integers(1, 5_000)
SIGNED = CENTS | CENTS.map(lambda cents: -cents)


@dataclass
class Announced:
    """What the model knows of a payment."""

    payment: Payment
    member: int
    cents: int
    received: int | None = None
    settled: bool = False
    by_hand: bool = False
    replaced: bool = False
    order_cents: int | None = None
    """What the order comes to that it pays, perhaps with credit beside it; none for what pays no order."""
    credit: int = 0


@dataclass
class Group:
    """What the model knows of the group."""

    balances: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    expected: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    stock: list[int | None] = field(default_factory=lambda: [None, 30_000, 10_000, None])
    negatives: bool = False


class GroupMachine(RuleBasedStateMachine):
    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    payments = Bundle("payments")

    @initialize()
    def found(self) -> None:
        self.model = Group()
        self.count = 0
        self.runner.run(self._found())

    async def _found(self) -> None:
        self.story: Story = await found(self.database)
        self.members = [await self.story.member(name) for name in ("Paul", "Marie", "Zoé")]
        self.goods = [
            await self.story.product("Œufs", 350, producer="Ferme"),
            await self.story.product("Miel", 905, producer="Rucher", stock=30_000),
            await self.story.product("Tomme", 1295, producer="Ferme", stock=10_000, weighed=True),
            await self.story.product("Pommes", 333, producer="Verger", weighed=True),
        ]
        self.distributions = [await self.story.distribution(f"Lieu {number}") for number in range(2)]

    def _lines(self, wanted: dict[int, int]) -> tuple[dict[Product, int], int]:
        lines = {
            self.goods[number]: quantity * (350 if self.goods[number].weighed else 1_000)
            for number, quantity in wanted.items()
        }
        total = sum(line_amount(product.price_cents, quantity) for product, quantity in lines.items())
        return lines, total

    def _in_stock(self, wanted: dict[int, int]) -> bool:
        lines, _ = self._lines(wanted)
        for number in wanted:
            left = self.model.stock[number]
            if left is not None and left < lines[self.goods[number]]:
                return False
        return True

    def _ordered(self, member: int, wanted: dict[int, int]) -> None:
        lines, total = self._lines(wanted)
        self.model.balances[member] -= total
        for number in wanted:
            left = self.model.stock[number]
            if left is not None:
                self.model.stock[number] = left - lines[self.goods[number]]

    @rule(target=payments, member=MEMBERS, place=st.integers(0, 1), wanted=PRODUCTS, method=OFFLINE)
    def order(self, member: int, place: int, wanted: dict[int, int], method: Method) -> object:
        lines, total = self._lines(wanted)
        work = self.story.order(self.members[member], self.distributions[place], lines, method)
        if not self._in_stock(wanted):
            with pytest.raises(OutOfStock):
                self.runner.run(work)
            return multiple()
        done = self.runner.run(work)
        self._ordered(member, wanted)
        self.model.expected[member] += total
        assert done.payment is not None
        assert done.balance_cents == self.model.balances[member]
        return Announced(done.payment, member, total, order_cents=total)

    @rule(
        target=payments,
        member=MEMBERS,
        place=st.integers(0, 1),
        wanted=PRODUCTS,
        method=OFFLINE,
        share=st.integers(1, 100),
    )
    def order_in_two_parts(
        self, member: int, place: int, wanted: dict[int, int], method: Method, share: int
    ) -> object:
        """``share``: per cent of what credit can pay, when it can; a tenth of the total when it cannot."""
        lines, total = self._lines(wanted)
        there = self.model.balances[member]
        credit = max(min(there, total - 1) * share // 100, 1) if there > 0 else max(total // 10, 1)
        work = self.story.order(self.members[member], self.distributions[place], lines, method, credit)
        if not self._in_stock(wanted):
            with pytest.raises(OutOfStock):
                self.runner.run(work)
            return multiple()
        if there < credit:
            with pytest.raises(NotEnoughCredit):
                self.runner.run(work)
            return multiple()
        done = self.runner.run(work)
        self._ordered(member, wanted)
        self.model.expected[member] += total - credit
        assert done.payment is not None
        return Announced(done.payment, member, total - credit, order_cents=total, credit=credit)

    @rule(target=payments, known=payments, method=OFFLINE, part=st.integers(0, 3))
    def pay_another_way(self, known: Announced, method: Method, part: int) -> object:
        """``part`` thirds of an order's total by credit; all three of them: by credit alone."""
        total = known.order_cents
        credit = 0 if total is None else total * part // 3
        by = Method.MEMBER_CREDIT if part == 3 else method
        work = self.story.switch(self.members[known.member], known.payment, by, 0 if part == 3 else credit)
        refusal: type[Exception] | None = None
        if known.settled:
            refusal = AlreadySettled
        elif total is None and part == 3:
            refusal = MethodNotOffered
        elif (by, credit) == (known.payment.method, known.credit):
            refusal = SameChoice
        elif (
            total is not None
            and credit > known.credit
            and self.model.balances[known.member] + total < credit
            and not (part == 3 and self.model.negatives)
        ):
            refusal = NotEnoughCredit
        if refusal is not None:
            with pytest.raises(refusal):
                self.runner.run(work)
            return multiple()
        done = self.runner.run(work)
        self.model.expected[known.member] -= known.cents
        known.settled = known.replaced = True
        if done.payment is None:
            return multiple()
        self.model.expected[known.member] += done.payment.amount_cents
        return Announced(
            done.payment, known.member, done.payment.amount_cents, order_cents=total, credit=credit
        )

    @rule(member=MEMBERS, place=st.integers(0, 1), wanted=PRODUCTS)
    def order_by_member_credit(self, member: int, place: int, wanted: dict[int, int]) -> None:
        lines, total = self._lines(wanted)
        work = self.story.order(self.members[member], self.distributions[place], lines, Method.MEMBER_CREDIT)
        if not self._in_stock(wanted):
            with pytest.raises(OutOfStock):
                self.runner.run(work)
        elif not self.model.negatives and self.model.balances[member] < total:
            with pytest.raises(NotEnoughCredit) as refused:
                self.runner.run(work)
            assert (refused.value.balance, refused.value.needed) == (self.model.balances[member], total)
        else:
            self.runner.run(work)
            self._ordered(member, wanted)

    @rule(known=payments, other=st.none() | CENTS)
    def receive(self, known: Announced, other: int | None) -> None:
        work = self.story.receive(known.payment, other)
        if known.settled:
            with pytest.raises(AlreadySettled):
                self.runner.run(work)
            return
        self.runner.run(work)
        known.received = other if other is not None else known.cents
        known.settled = True
        self.model.balances[known.member] += known.received
        self.model.expected[known.member] -= known.cents

    @rule(known=payments)
    def refuse(self, known: Announced) -> None:
        work = self.story.refuse(known.payment)
        if known.settled:
            with pytest.raises(AlreadySettled):
                self.runner.run(work)
            return
        self.runner.run(work)
        known.settled = True
        self.model.expected[known.member] -= known.cents

    @rule(known=payments)
    def undo(self, known: Announced) -> None:
        work = self.story.undo(known.payment)
        if known.replaced:
            with pytest.raises(Replaced):
                self.runner.run(work)
            return
        if not known.settled:
            with pytest.raises(NotSettled):
                self.runner.run(work)
            return
        self.runner.run(work)
        self.model.balances[known.member] -= known.received or 0
        if known.by_hand and known.received is not None:
            known.received = None  # nobody announced it: cancelled, not expected again
            return
        self.model.expected[known.member] += known.cents
        known.settled, known.received = False, None

    @rule(target=payments, member=MEMBERS, method=OFFLINE, cents=SIGNED)
    def enter_by_hand(self, member: int, method: Method, cents: int) -> Announced:
        settled = self.runner.run(self.story.enter(self.members[member], method, cents))
        self.model.balances[member] += cents
        return Announced(settled.payment, member, cents, received=cents, settled=True, by_hand=True)

    @rule(member=MEMBERS, cents=CENTS, method=st.sampled_from([Method.CASH, Method.TRANSFER]))
    def give_back(self, member: int, cents: int, method: Method) -> None:
        work = self.story.refund(self.members[member], cents, method)
        if cents > self.model.balances[member]:
            with pytest.raises(MoreThanCredit):
                self.runner.run(work)
            return
        self.runner.run(work)
        self.model.balances[member] -= cents

    @rule(member=MEMBERS, cents=CENTS, kind=st.sampled_from(AdjustmentKind), taken_back=st.booleans())
    def give_or_give_up(self, member: int, cents: int, kind: AdjustmentKind, taken_back: bool) -> None:
        work = self.story.adjust(self.members[member], kind, cents)
        balance = self.model.balances[member]
        if kind is AdjustmentKind.WRITE_OFF and cents > -balance:
            with pytest.raises(MoreThanDebt):
                self.runner.run(work)
            return
        if kind is AdjustmentKind.LEFT and cents > balance:
            with pytest.raises(MoreThanCredit):
                self.runner.run(work)
            return
        done = self.runner.run(work)
        if taken_back:
            self.runner.run(self.story.undo_adjustment(done))
            with pytest.raises(AlreadyTakenBack):
                self.runner.run(self.story.undo_adjustment(done))
            return
        self.model.balances[member] += -cents if kind is AdjustmentKind.LEFT else cents

    @rule(member=MEMBERS, cents=SIGNED)
    def open_a_balance(self, member: int, cents: int) -> None:
        self.count += 1
        self.runner.run(self.story.opening(self.members[member], cents, key=str(self.count)))
        self.model.balances[member] += cents

    @rule(allowed=st.booleans())
    def allow_negative_balances(self, allowed: bool) -> None:
        self.runner.run(self.story.option("negative_balances", allowed))
        self.model.negatives = allowed

    @rule(member=MEMBERS, wanted=PRODUCTS, edited=st.none() | PRODUCTS)
    def order_and_edit_with_payments_off(
        self, member: int, wanted: dict[int, int], edited: dict[int, int] | None
    ) -> None:
        """R1, at a distribution of its own: what is cancelled leaves no trace in stock or balances."""
        self.runner.run(self._without_payments(member, wanted, edited))

    async def _without_payments(
        self, member: int, wanted: dict[int, int], edited: dict[int, int] | None
    ) -> None:
        await self.story.option("payments_enabled", False)
        place, person = await self.story.distribution(), self.members[member]
        order: Order | None = None
        for choice in (wanted, edited):
            if choice is not None and self._in_stock(choice):
                order = (await self.story.order(person, place, self._lines(choice)[0], None)).order
        if order is not None:
            await self.story.cancel(person, order)
        await self.story.option("payments_enabled", True)

    @invariant()
    def the_model_agrees(self) -> None:
        self.runner.run(self._compare())

    async def _compare(self) -> None:
        for number, member in enumerate(self.members):
            assert await self.story.balance(member) == self.model.balances[number]
            assert await self.story.expected(member) == self.model.expected[number]
        assert [await self.story.stock(product) for product in self.goods] == self.model.stock

    def teardown(self) -> None:
        assert self.runner.run(self.story.verify()) == []


@pytest.mark.timeout(3_600)
def test_a_group_against_a_model(database_url: str, examples: Callable[[int, int], int]) -> None:
    with asyncio.Runner() as runner:
        GroupMachine.runner = runner
        GroupMachine.database = Database(database_url)
        run_machine(
            GroupMachine, settings=settings(STATEFUL, max_examples=examples(7, 200), stateful_step_count=20)
        )
        runner.run(GroupMachine.database.close())
