"""Cards in any order of events, against a small model of Stripe's balance and of what the group was told of it.

Members pay on pages, at once or by a means that takes days; banks pay, or do not, or do not after all. Pages run out, are
given up or cancelled beside the money; Stripe says so late, twice and out of order; treasurers give back, Stripe refuses or
the bank sends it back; others give back in Stripe's dashboard, dispute and pay out.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from ledger.books.models import AccountKind
from ledger.db import Database
from ledger.groups.models import Method
from ledger.payments import service as payments
from ledger.payments.card import checkouts
from ledger.payments.card.gateway import Movement
from ledger.payments.card.models import CardRefund, CardRefundState, Checkout, CheckoutState
from ledger.payments.models import Payment, PaymentState
from ledger.payments.refunds import MoreThanCredit, MoreThanTheWayTakes
from ledger.payments.service import AlreadySettled, InvalidPayment
from tests.support.card_story import charge, movement, new_id, seen_as, taken_back, takes_cards
from tests.support.ledger import STATEFUL, found

MEMBERS = st.integers(0, 1)
CENTS = st.integers(50, 5_000)
FEE = 30


@dataclass
class Paying:
    """A payment by card: ``state`` as the group has it, ``replaced`` for good."""

    payment: Payment
    member: int
    cents: int
    state: PaymentState = PaymentState.EXPECTED
    replaced: bool = False
    under_way: bool = False


@dataclass
class Page:
    """A checkout: how its page stands at Stripe, and as the group knows it."""

    checkout: Checkout
    paying: Paying
    at_stripe: str = "open"
    known: CheckoutState = CheckoutState.WANTED
    declines: int = 0
    disputed: int = 0
    left_at_stripe: int = 0
    """What Stripe could still give back or lose to a dispute."""
    brought: "Fact | None" = None
    """What came of it into Stripe's balance."""
    unpaid: "Fact | None" = None
    """The same, taken out again since the bank did not pay."""

    @property
    def member(self) -> int:
        return self.paying.member

    @property
    def is_alive(self) -> bool:
        return self.known in (CheckoutState.WANTED, CheckoutState.OPEN)


@dataclass
class Refund:
    """Money given back, ours (``row``) or out of the dashboard; ``stripe_id`` once Stripe has it."""

    page: Page
    cents: int
    row: CardRefund | None = None
    stripe_id: str | None = None
    state: CardRefundState = CardRefundState.WANTED
    is_booked: bool = True
    was_sent_back: bool = False


@dataclass
class Fact:
    """A movement at Stripe, and what writing it down does to the model. ``paid_out``: what a payout consists of."""

    movement: Movement
    effect: Callable[[], None]
    page: Page | None = None
    paid_out: list["Fact"] = field(default_factory=list)
    is_written: bool = False


class CardMachine(RuleBasedStateMachine):
    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    payings = Bundle("payings")
    pages = Bundle("pages")
    refunds = Bundle("refunds")
    payouts = Bundle("payouts")

    @initialize()
    def found(self) -> None:
        self.balances: dict[int, int] = defaultdict(int)
        self.expected: dict[int, int] = defaultdict(int)
        self.card = 0
        self.at_stripe = 0
        self.held_back = 0
        self.unknown = 0
        self.facts: list[Fact] = []
        self.all_pages: list[Page] = []
        self.all_refunds: list[Refund] = []
        self.runner.run(self._found())

    async def _found(self) -> None:
        self.story = await found(self.database)
        self.cards = await takes_cards(self.story)
        self.members = [await self.story.member(name) for name in ("Paul", "Marie")]

    # — members —

    @rule(target=payings, member=MEMBERS, cents=CENTS)
    def expect(self, member: int, cents: int) -> Paying:
        payment = self.runner.run(self.cards.expect(self.members[member], cents))
        self.expected[member] += cents
        return Paying(payment, member, cents)

    @rule(target=pages, paying=payings)
    def want(self, paying: Paying) -> object:
        work = self.cards.want(paying.payment)
        if paying.state is not PaymentState.EXPECTED:
            with pytest.raises(AlreadySettled):
                self.runner.run(work)
            return multiple()
        checkout = self.runner.run(work)
        alive = [page for page in self.all_pages if page.paying is paying and page.is_alive]
        if alive:
            assert [page.checkout.id for page in alive] == [checkout.id]
            return multiple()
        page = Page(checkout, paying)
        self.all_pages.append(page)
        return page

    @rule(target=pages, member=MEMBERS, cents=CENTS)
    def expect_and_pay(self, member: int, cents: int) -> Page:
        page = self.want(self.expect(member, cents))
        assert isinstance(page, Page)
        self.pay(page)
        self.look(page)
        return page

    @rule(target=pages, member=MEMBERS, cents=CENTS, turn=st.sampled_from(["cancel", "switch", "twice"]))
    def pay_too_late(self, member: int, cents: int, turn: str) -> object:
        """On a page that should be gone: nobody waits for the money any more, or another page was paid."""
        paying = self.expect(member, cents)
        pages = [self.want(paying)]
        assert isinstance(pages[0], Page)
        if turn == "cancel":
            self.cancel(paying)
        elif turn == "switch":
            self.pay_another_way(paying)
        else:
            self.give_up(pages[0])
            pages.append(self.want(paying))
        found = [page for page in pages if isinstance(page, Page)]
        for page in found:
            self.pay(page)
            self.look(page)
        return multiple(*found)

    @rule(paying=payings)
    def cancel(self, paying: Paying) -> None:
        async def work() -> None:
            async with self.database.unit_of_work() as session:
                by = self.members[paying.member]
                await payments.cancel(session, self.story.group_id, paying.payment.id, by)

        if paying.state is not PaymentState.EXPECTED:
            with pytest.raises(AlreadySettled):
                self.runner.run(work())
            return
        self.runner.run(work())
        paying.state = PaymentState.CANCELLED
        self.expected[paying.member] -= paying.cents

    @rule(paying=payings)
    def pay_another_way(self, paying: Paying) -> None:
        work = self.story.switch(self.members[paying.member], paying.payment, Method.CASH)
        if paying.state is not PaymentState.EXPECTED:
            with pytest.raises(AlreadySettled):
                self.runner.run(work)
            return
        self.runner.run(work)
        paying.state, paying.replaced = PaymentState.CANCELLED, True

    @rule(member=MEMBERS, cents=CENTS)
    def owe(self, member: int, cents: int) -> None:
        self.runner.run(self.story.opening(self.members[member], -cents, key=new_id("key")))
        self.balances[member] -= cents

    # — pages at Stripe, and what is heard of them —

    @rule(page=pages)
    def pay(self, page: Page) -> None:
        if page.at_stripe != "open":
            return
        page.at_stripe = "complete"
        page.left_at_stripe = page.checkout.amount_cents
        page.brought = self._moves(charge(page.checkout, FEE), lambda: self._fee(FEE), page)

    @rule(page=pages)
    def pay_slowly(self, page: Page) -> None:
        """The page is done with, the balance shows the money, and the bank has not paid."""
        if page.at_stripe == "open":
            page.at_stripe = "under way"
            pending = charge(page.checkout, FEE, "pending")
            page.brought = self._moves(pending, lambda: self._fee(FEE), page)

    @rule(page=pages)
    def the_bank_pays(self, page: Page) -> None:
        if page.at_stripe != "under way":
            return
        assert page.brought is not None
        page.at_stripe, page.left_at_stripe = "complete", page.checkout.amount_cents
        page.brought.movement = replace(page.brought.movement, status="succeeded")

    @rule(page=pages, fee=st.sampled_from([0, -FEE, 350]))
    def the_bank_does_not_pay(self, page: Page, fee: int) -> None:
        """At once, or after it had seemed to."""
        had_paid = page.at_stripe == "complete" and page.left_at_stripe == page.checkout.amount_cents
        if page.unpaid is not None or not (page.at_stripe == "under way" or had_paid):
            return
        assert page.brought is not None
        if not had_paid:
            page.at_stripe = "failed"
        page.left_at_stripe = 0
        if not page.brought.is_written:
            page.brought.movement = replace(page.brought.movement, status="failed")

        def effect() -> None:
            self._fee(fee)
            if page.known is CheckoutState.PAID:
                page.disputed += page.checkout.amount_cents
                self._moved(page.member, -page.checkout.amount_cents)

        page.unpaid = self._moves(taken_back(page.checkout, fee), effect, page)

    @rule(
        member=MEMBERS,
        cents=CENTS,
        is_late=st.booleans(),
        turns=st.lists(st.sampled_from(["write", "look"]), max_size=3),
    )
    def a_debit_fails(self, member: int, cents: int, is_late: bool, turns: list[str]) -> None:
        page = self.want(self.expect(member, cents))
        assert isinstance(page, Page)
        self.pay_slowly(page)
        if is_late:
            self.the_bank_pays(page)
        for turn in turns:
            self.write_all() if turn == "write" else self.look(page)
        self.the_bank_does_not_pay(page, 350)

    @rule(page=pages)
    def run_out(self, page: Page) -> None:
        if page.at_stripe == "open":
            page.at_stripe = "expired"

    @rule(page=pages)
    def look(self, page: Page) -> None:
        """However often."""
        self._heard(page, page.at_stripe)

    @rule(page=pages)
    def hear_of_before(self, page: Page) -> None:
        """An event of when the page was open comes last."""
        self._heard(page, "open")

    @rule(page=pages, again=st.booleans())
    def decline(self, page: Page, again: bool) -> None:
        """A card is declined; perhaps that is heard of once more."""
        is_new = not again or not page.declines
        page.declines += is_new
        found = seen_as(page.checkout, "open", declined=f"ch_{page.declines}")
        news = self.runner.run(self.cards.learn(page.checkout, found))
        was_alive = page.is_alive
        if was_alive:
            page.known = CheckoutState.OPEN
        assert (news is not None and news.is_declined) == (was_alive and is_new)
        page.declines -= is_new and not was_alive

    @rule(page=pages)
    def give_up(self, page: Page) -> None:
        """It is thought to be gone, and may be paid all the same."""

        async def work() -> None:
            async with self.database.unit_of_work() as session:
                await checkouts.give_up(session, page.checkout.id)

        self.runner.run(work())
        if page.is_alive:
            page.known, page.paying.under_way = CheckoutState.CLOSED, False

    def _heard(self, page: Page, status: str) -> None:
        news = self.runner.run(self.cards.learn(page.checkout, seen_as(page.checkout, status)))
        paying, was_alive = page.paying, page.is_alive
        is_stale = page.unpaid is not None and page.unpaid.is_written
        if status == "complete" and (page.known is CheckoutState.PAID or not is_stale):
            is_new = page.known is not CheckoutState.PAID
            assert (news is not None and news.receipt is not None) == is_new
            if is_new:
                self._received(page)
        elif not was_alive:
            assert news is None
        elif status == "under way":
            is_new = not paying.under_way and paying.state is not PaymentState.RECEIVED
            assert (news is not None and news.is_under_way) == is_new
            paying.under_way |= is_new
        elif status == "open":
            page.known = CheckoutState.OPEN
            assert news is None
        else:
            is_told = paying.state is PaymentState.EXPECTED or (status == "failed" and paying.under_way)
            assert (news is not None and news.is_over) == is_told
            assert (news is not None and news.failure is not None) == (is_told and status == "failed")
            page.known, paying.under_way = CheckoutState.CLOSED, False

    def _received(self, page: Page) -> None:
        """The group knows that it was paid."""
        page.known = CheckoutState.PAID
        paying = page.paying
        paying.under_way = False
        own = paying.state is PaymentState.RECEIVED or paying.replaced
        found = self.runner.run(self.cards.checkout(page.checkout.id))
        assert (found.payment_id != paying.payment.id) == own
        if paying.state is PaymentState.EXPECTED:
            self.expected[page.member] -= paying.cents
        if not own:
            paying.state = PaymentState.RECEIVED
        self._moved(page.member, paying.cents)

    # — money given back —

    def _held(self, page: Page) -> int:
        gone = sum(
            one.cents
            for one in self.all_refunds
            if one.page is page and one.is_booked and one.state is not CardRefundState.FAILED
        )
        is_there = page.known is CheckoutState.PAID and not page.disputed
        return max(page.checkout.amount_cents - gone, 0) if is_there else 0

    @rule(target=refunds, member=MEMBERS, cents=st.integers(1, 6_000))
    def refund(self, member: int, cents: int) -> object:
        held = [page for page in self.all_pages if page.member == member and self._held(page)]
        held.sort(key=lambda page: -page.checkout.id)
        most = sum(map(self._held, held))
        refusal: type[Exception] | None = None
        if not most:
            refusal = InvalidPayment
        elif cents > self.balances[member]:
            refusal = MoreThanCredit
        elif cents > most:
            refusal = MoreThanTheWayTakes
        work = self.cards.refund(self.members[member], cents)
        if refusal is not None:
            with pytest.raises(refusal):
                self.runner.run(work)
            return multiple()
        rows = self.runner.run(work)
        made = [Refund(page, 0) for page in held]
        for one in made:
            one.cents = min(cents, self._held(one.page))
            cents -= one.cents
        made = [one for one in made if one.cents]
        parts = [(one.page.checkout.id, one.cents) for one in made]
        assert [(row.checkout_id, row.amount_cents) for row in rows] == parts
        for one, row in zip(made, rows, strict=True):
            one.row = row
            self._moved(member, -one.cents)
        self.all_refunds += made
        return multiple(*made)

    @rule(refund=refunds, is_heard=st.booleans())
    def stripe_makes(self, refund: Refund, is_heard: bool) -> None:
        """Or refuses, where others were faster. Its answer may be lost: the movement tells."""
        if refund.row is None or refund.stripe_id is not None or refund.state is not CardRefundState.WANTED:
            return
        if refund.cents > refund.page.left_at_stripe:
            self.runner.run(self.cards.failed(refund.row))
            self._failed(refund)
            return
        if is_heard:
            found = self.runner.run(self.cards.made(refund.row))
            refund.state = CardRefundState.MADE
        else:
            found = movement(
                "refund",
                -refund.cents,
                source=new_id("re"),
                of=refund.page.checkout,
                token=refund.row.token,
            )
        refund.stripe_id = found.source
        refund.page.left_at_stripe -= refund.cents

        def effect() -> None:
            if refund.state is CardRefundState.WANTED:
                refund.state = CardRefundState.MADE

        self._moves(found, effect, refund.page)

    @rule(target=refunds, page=pages, cents=CENTS)
    def give_back_in_the_dashboard(self, page: Page, cents: int) -> object:
        cents = min(cents, page.left_at_stripe)
        if not cents or page.disputed:
            return multiple()
        refund = Refund(page, cents, stripe_id=new_id("re"), is_booked=False)
        page.left_at_stripe -= cents

        def effect() -> None:
            refund.is_booked, refund.state = True, CardRefundState.MADE
            self._moved(page.member, -cents)

        self._moves(movement("refund", -cents, source=refund.stripe_id, of=page.checkout), effect, page)
        self.all_refunds.append(refund)
        return refund

    @rule(refund=refunds)
    def the_bank_sends_it_back(self, refund: Refund) -> None:
        if refund.stripe_id is None or refund.was_sent_back:
            return
        refund.was_sent_back = True
        refund.page.left_at_stripe += refund.cents
        back = movement("refund_failure", refund.cents, source=refund.stripe_id, of=refund.page.checkout)
        self._moves(back, lambda: self._failed(refund), refund.page)

    def _failed(self, refund: Refund) -> None:
        if refund.state is not CardRefundState.FAILED:
            refund.state = CardRefundState.FAILED
            self._moved(refund.page.member, refund.cents)

    # — what else moves —

    @rule(page=pages)
    def dispute(self, page: Page) -> None:
        cents = page.left_at_stripe
        if not cents:
            return
        page.left_at_stripe = 0

        def effect() -> None:
            page.disputed += cents
            self._moved(page.member, -cents)
            self._fee(1500)

        self._moves(movement("adjustment", -cents, 1500, source=new_id("dp"), of=page.checkout), effect, page)

    @rule(page=pages)
    def win_the_dispute(self, page: Page) -> None:
        cents = page.disputed
        if not cents or page.left_at_stripe or page.unpaid is not None:
            return
        page.left_at_stripe = cents

        def effect() -> None:
            page.disputed -= cents
            self._moved(page.member, cents)
            self._fee(-1500)

        self._moves(movement("adjustment", cents, -1500, source=new_id("dp"), of=page.checkout), effect, page)

    @rule(
        cents=CENTS,
        kind=st.sampled_from(["topup", "reserved_funds", "reserve_release", "climate_order_purchase"]),
    )
    def moved_without_a_payment(self, cents: int, kind: str) -> None:
        """From the bank; held back, which Stripe holds all the same; for what nobody knows, which is not booked."""
        cents = cents if kind in ("topup", "reserve_release") else -cents
        if kind == "topup":
            self._moves(movement(kind, cents), lambda: self._card(cents))
        elif kind == "climate_order_purchase":
            self._moves(movement(kind, cents), lambda: None)
            self.unknown += cents
        else:
            self._moves(movement(kind, cents), lambda: None)
            self.held_back -= cents

    @rule(cents=st.integers(-200, 200).filter(bool))
    def a_fee_of_its_own(self, cents: int) -> None:
        self._moves(movement("stripe_fee", -cents), lambda: self._fee(cents))

    @rule(target=payouts, amount=st.none() | CENTS)
    def pay_out(self, amount: int | None) -> object:
        """All there is, or a part; on its way for some time."""
        cents = self.at_stripe if amount is None else min(amount, self.at_stripe)
        if cents <= 0:
            return multiple()
        moved = movement("payout", -cents, source=new_id("po"), status="pending")
        parts = [one for one in self.facts if one.movement.kind != "payout"]
        fact = self._moves(moved, lambda: self._card(-cents))
        fact.paid_out = parts
        return fact

    @rule(payout=payouts, status=st.sampled_from(["paid", "paid", "failed", "canceled"]))
    def the_payout_ends(self, payout: Fact, status: str) -> None:
        """A failed one comes back, before it was written down or after."""
        was, cents = payout.movement.status, -payout.movement.amount_cents
        if was not in ("pending", "paid") or (was == "paid" and status == "paid"):
            return
        payout.movement = replace(payout.movement, status=status)
        if status == "paid":
            return
        if not payout.is_written:
            payout.effect = lambda: None
        gives_back = payout.is_written
        kind = "payout_failure" if status == "failed" else "payout_cancel"
        back = movement(kind, cents, source=payout.movement.source)
        self._moves(back, lambda: self._card(cents if gives_back else 0))

    # — what is written down —

    @rule(count=st.integers(1, 4))
    def write_some(self, count: int) -> None:
        for fact in [one for one in self.facts if not one.is_written][:count]:
            self._write(fact)

    @rule()
    def write_all(self) -> None:
        for fact in self.facts:
            self._write(fact)

    @rule(number=st.integers(0, 50))
    def write_again(self, number: int) -> None:
        written = [one for one in self.facts if one.is_written]
        if written:
            again = self.runner.run(self.cards.write(written[number % len(written)].movement))
            assert again == (True, None)

    def _write(self, fact: Fact) -> None:
        if fact.is_written or not self._charge_is_written(fact):
            return
        if not all(part.is_written for part in fact.paid_out):
            return  # its parts are written down first
        parts = [one.movement for one in fact.paid_out]
        is_done, _ = self.runner.run(self.cards.write(fact.movement, *parts))
        status, page = fact.movement.status, fact.page
        if status == "pending":
            assert not is_done
        elif page is None:
            assert is_done
        elif page.known is not CheckoutState.PAID and fact is page.brought and status == "succeeded":
            self._received(page)  # the balance brought the news
        elif page.known is not CheckoutState.PAID and fact not in (page.brought, page.unpaid):
            assert not is_done
        if is_done:
            fact.is_written = True
            fact.effect()

    def _charge_is_written(self, fact: Fact) -> bool:
        """Nothing of a payment is written down before what it brought."""
        first = next((one for one in self.facts if one.page is fact.page), fact)
        return fact.page is None or first is fact or first.is_written

    def _moves(self, moved: Movement, effect: Callable[[], None], page: Page | None = None) -> Fact:
        fact = Fact(moved, effect, page)
        self.facts.append(fact)
        self.at_stripe += moved.net
        return fact

    def _moved(self, member: int, cents: int) -> None:
        self.balances[member] += cents
        self._card(cents)

    def _fee(self, cents: int) -> None:
        self._card(-cents)

    def _card(self, cents: int) -> None:
        self.card += cents

    # — what holds —

    @invariant()
    def the_model_agrees(self) -> None:
        self.runner.run(self._compare())

    async def _compare(self) -> None:
        assert await self.story.account(AccountKind.CARD) == self.card
        for number, member in enumerate(self.members):
            assert await self.story.balance(member) == self.balances[number]
            assert await self.story.expected(member) == self.expected[number]
        for page in self.all_pages:
            made = [one.cents for one in self.all_refunds if one.page is page and one.state == "made"]
            assert sum(made) <= page.checkout.amount_cents
            async with self.database.snapshot() as session:
                payment = await session.get_one(Payment, page.paying.payment.id)
            assert (payment.under_way_since is not None) == page.paying.under_way

    def teardown(self) -> None:
        """Once everything was heard, the account is Stripe's balance to the cent."""
        for page in self.all_pages:
            self.the_bank_pays(page)
            self.look(page)
        for refund in self.all_refunds:
            self.stripe_makes(refund, True)
        for fact in self.facts:
            if fact.movement.status == "pending":
                fact.movement = replace(fact.movement, status="paid")
        self.write_all()
        assert all(fact.is_written for fact in self.facts)
        assert self.card == self.at_stripe + self.held_back - self.unknown
        self.runner.run(self._compare())
        assert self.runner.run(self.story.verify()) == []


@pytest.mark.timeout(3_600)
def test_cards_against_a_model(sqlite_url: str, examples: Callable[[int, int], int]) -> None:
    with asyncio.Runner() as runner:
        CardMachine.runner = runner
        CardMachine.database = Database(sqlite_url)
        run_machine(
            CardMachine, settings=settings(STATEFUL, max_examples=examples(7, 200), stateful_step_count=30)
        )
        runner.run(CardMachine.database.close())
