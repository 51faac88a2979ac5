"""A process that dies at any step: another one on the same database makes it right, and nobody does anything."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.service import Cards
from ledger.db import Database
from ledger.payments import service as payments
from ledger.payments.card.gateway import Gateway
from ledger.payments.models import Payment, PaymentState
from tests.support.card_desk import CardDesk, days


class Killed(BaseException):
    """As SIGKILL: whatever was not committed, or had not left, is lost."""


@dataclass
class Fate:
    """The process dies at its ``at``-th step, and does nothing afterwards."""

    at: int
    step: int = 0

    def passes(self) -> None:
        self.step += 1
        if self.step >= self.at:
            raise Killed

    @property
    def has_struck(self) -> bool:
        return self.step >= self.at


class MortalDatabase:
    """Dies before a unit of work, before its commit, or right after it."""

    def __init__(self, database: Database, fate: Fate) -> None:
        self._database, self._fate = database, fate

    @contextlib.asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        self._fate.passes()
        async with self._database.unit_of_work() as session:
            yield session
            self._fate.passes()
        self._fate.passes()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


class MortalGateway:
    """Dies before a question leaves, or when its answer is there."""

    def __init__(self, gateway: Gateway, fate: Fate) -> None:
        self._gateway, self._fate = gateway, fate

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._gateway, name)
        if name == "movements":
            return asked

        async def ask(*given: Any) -> Any:
            self._fate.passes()
            answer = await asked(*given)
            self._fate.passes()
            return answer

        return ask


Scene = Callable[[CardDesk], Awaitable[Any]]
Work = Callable[[CardDesk, Cards, Any], Awaitable[Any]]
MOST = 60


@pytest.fixture(autouse=True)
def one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a step is the same one every time; and what moved long ago, in lives before, is not looked through again."""
    monkeypatch.setattr("bot.cards.service.AT_A_TIME", 1)
    monkeypatch.setattr("ledger.payments.card.movements.OVERLAP", dt.timedelta(seconds=2))


async def die_everywhere(
    desk: CardDesk, scene: Scene, work: Work, right: Work, *, public: bool = True
) -> int:
    """Set the scene and let a process die at its first, second, … step of the work, each time followed by another one."""
    gateway = Gateway(desk.street.url)
    desk.stack.push_async_callback(gateway.aclose)
    for at in range(1, MOST):
        given = await scene(desk)
        fate = Fate(at)
        mortal: Any = desk.process(
            public=public,
            database=MortalDatabase(desk.database, fate),  # type: ignore[arg-type]
            gateway=MortalGateway(gateway, fate),
        )
        with contextlib.suppress(Killed):
            await work(desk, mortal, given)
        heir = desk.process(public=public, gateway=gateway)
        await desk.rest(heir)
        await right(desk, heir, given)
        if not fate.has_struck:
            await desk.right()
            return at - 1
    raise AssertionError(f"it goes on after {MOST} steps")


async def has_one_receipt(desk: CardDesk, _: Cards, payment: Payment) -> None:
    """Received once, told once; no page is left on which it could be paid again."""
    assert (await desk.payment(payment)).state is PaymentState.RECEIVED
    count = len({row["id"] for row in await desk.rows("payments") if row["amount_cents"] > 0})
    assert await desk.received() == [1235] * count
    assert len(await desk.receipts()) == count
    assert desk.open_sessions() == []
    await desk.even()


async def test_while_the_page_is_opened_by_the_link(desk: CardDesk) -> None:
    async def scene(desk: CardDesk) -> tuple[Payment, str]:
        payment = await desk.expect()
        return payment, await desk.offer(payment)

    async def work(_: CardDesk, cards: Cards, given: tuple[Payment, str]) -> None:
        await cards.open(given[1])

    async def right(desk: CardDesk, heir: Cards, given: tuple[Payment, str]) -> None:
        url = await heir.open(given[1])
        [session] = desk.open_sessions()
        assert session.id == url.rpartition("/")[2]
        desk.stripe.dashboard.pay(session.id)
        await desk.rest(heir)
        await has_one_receipt(desk, heir, given[0])

    assert await die_everywhere(desk, scene, work, right) == 8


async def test_while_the_link_is_made_that_the_member_waits_for(desk: CardDesk) -> None:
    links = 0

    async def scene(desk: CardDesk) -> Payment:
        payment = await desk.expect()
        await desk.offer(payment, desk.process(public=False))
        return payment

    async def work(_: CardDesk, cards: Cards, __: Payment) -> None:
        await cards.work_off()

    async def right(desk: CardDesk, heir: Cards, payment: Payment) -> None:
        nonlocal links
        links += 1
        [session] = desk.open_sessions()
        assert (
            len([one for one in await desk.told(desk.marie) if "The page below is Stripe's" in one]) == links
        )
        desk.stripe.dashboard.pay(session.id)
        await desk.rest(heir)
        await has_one_receipt(desk, heir, payment)

    assert await die_everywhere(desk, scene, work, right, public=False) > 8


async def test_while_a_payment_is_found_by_asking(desk: CardDesk) -> None:
    async def scene(desk: CardDesk) -> Payment:
        payment = await desk.expect()
        desk.stripe.dashboard.pay((await desk.opened(payment)).id)
        await desk.later()
        return payment

    async def work(_: CardDesk, cards: Cards, __: Payment) -> None:
        await cards.work_off()

    assert await die_everywhere(desk, scene, work, has_one_receipt) > 8


async def test_while_events_are_handled(desk: CardDesk) -> None:
    desk.send_events()

    async def scene(desk: CardDesk) -> Payment:
        payment = await desk.expect()
        desk.stripe.dashboard.pay((await desk.opened(payment)).id)
        await desk.stripe.delivery.settled()
        return payment

    async def work(_: CardDesk, cards: Cards, __: Payment) -> None:
        await cards.work_off()

    assert await die_everywhere(desk, scene, work, has_one_receipt) > 8


async def test_while_a_refund_is_made(any_desk: CardDesk) -> None:
    refunded = 0

    async def scene(desk: CardDesk) -> None:
        nonlocal refunded
        await desk.paid()
        await desk.refund(500)
        refunded += 500

    async def work(_: CardDesk, cards: Cards, __: None) -> None:
        await cards.work_off()

    async def right(desk: CardDesk, _: Cards, __: None) -> None:
        assert desk.stripe.balance().refunded == refunded
        assert {row["state"] for row in await desk.rows("card_refunds")} == {"made"}
        assert len([one for one in await desk.told(desk.marie) if "is going back" in one]) == refunded // 500
        await desk.even()

    assert await die_everywhere(any_desk, scene, work, right) > 8


async def test_while_a_refund_is_made_and_the_machine_stays_off_for_days(desk: CardDesk) -> None:
    refunded = 0

    async def scene(desk: CardDesk) -> None:
        nonlocal refunded
        await desk.paid()
        await desk.refund(500)
        refunded += 500

    async def work(_: CardDesk, cards: Cards, __: None) -> None:
        try:
            await cards.work_off()
        finally:
            desk.stripe.advance(days(2))

    async def right(desk: CardDesk, _: Cards, __: None) -> None:
        assert desk.stripe.balance().refunded == refunded
        await desk.even()

    assert await die_everywhere(desk, scene, work, right) > 8


async def test_while_a_refund_fails(desk: CardDesk) -> None:
    desk.stripe.dashboard.let_refunds("failed")
    failures = 0

    async def scene(desk: CardDesk) -> None:
        nonlocal failures
        await desk.paid()
        await desk.refund(500)
        failures += 1

    async def work(_: CardDesk, cards: Cards, __: None) -> None:
        await cards.work_off()

    async def right(desk: CardDesk, _: Cards, __: None) -> None:
        assert await desk.balance() == 1235 * failures
        assert len([one for one in await desk.told(desk.marie) if "did not get there" in one]) == failures
        await desk.even()

    assert await die_everywhere(desk, scene, work, right) > 8


async def test_while_what_moved_is_written_down(desk: CardDesk) -> None:
    """A fee, a refund of the dashboard's, a dispute and a payout."""
    desk.stripe.world.account().days_until_available = 0

    async def scene(desk: CardDesk) -> None:
        session = await desk.opened(await desk.expect(9900))
        charge = desk.stripe.dashboard.pay(session.id)
        desk.stripe.dashboard.refund(charge, 300)
        desk.stripe.dashboard.dispute(charge, amount=1000)
        desk.stripe.dashboard.pay_out()
        await desk.later()

    async def work(_: CardDesk, cards: Cards, __: None) -> None:
        await cards.work_off()

    async def right(desk: CardDesk, _: Cards, __: None) -> None:
        assert len(await desk.rows("card_movements")) == len(desk.stripe.dashboard.mode().entries)
        await desk.even()

    assert await die_everywhere(desk, scene, work, right) > 15


async def test_while_a_page_is_closed(desk: CardDesk) -> None:
    async def scene(desk: CardDesk) -> int:
        payment = await desk.expect()
        await desk.opened(payment)
        return (await desk.checkouts(payment))[0].id

    async def work(desk: CardDesk, cards: Cards, checkout_id: int) -> None:
        await cards.close(checkout_id)

    async def right(desk: CardDesk, heir: Cards, checkout_id: int) -> None:
        await heir.close(checkout_id)
        assert desk.open_sessions() == []
        [checkout] = [one for one in await desk.checkouts() if one.id == checkout_id]
        assert (checkout.state, await desk.received()) == ("closed", [])

    assert await die_everywhere(desk, scene, work, right) == 10


@pytest.mark.parametrize("is_paid", [False, True])
async def test_while_a_payment_that_nobody_awaits_any_more_is_closed(desk: CardDesk, is_paid: bool) -> None:
    async def scene(desk: CardDesk) -> Payment:
        payment = await desk.expect()
        session = await desk.opened(payment)
        async with desk.database.unit_of_work() as unit:
            await cancel(unit, payment, desk)
        if is_paid:
            desk.stripe.dashboard.pay(session.id)
        return payment

    async def work(_: CardDesk, cards: Cards, __: Payment) -> None:
        await cards.work_off()

    async def right(desk: CardDesk, heir: Cards, payment: Payment) -> None:
        assert desk.open_sessions() == []
        if is_paid:
            await has_one_receipt(desk, heir, payment)
        else:
            assert (await desk.received(), await desk.told(desk.marie)) == ([], [])

    assert await die_everywhere(desk, scene, work, right) >= 8


async def cancel(session: AsyncSession, payment: Payment, desk: CardDesk) -> None:
    await payments.cancel(session, payment.group_id, payment.id, desk.marie)
