"""Cards: the loop that asks Stripe whatever is due and writes down what it says, as ``door.py`` asks for members."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.door import Door
from bot.cards.host_key import standing
from bot.cards.news import CardNews
from ledger.db import utc_now
from ledger.errors import LedgerError
from ledger.payments.card import accounts, asking, checkouts, events, movements, refunds
from ledger.payments.card.checkouts import NotOurs
from ledger.payments.card.gateway import (
    AnswerLost,
    CardKeyRefused,
    CardRefused,
    CardUnavailable,
    Movement,
    Seen,
)
from ledger.payments.card.keys import KeyUnreadable
from ledger.payments.card.models import CardAccount, CardRefund, Checkout
from ledger.payments.models import PaymentState
from ledger.payments.service import get_payment

log = logging.getLogger(__name__)

AT_A_TIME = 8
"""How many questions are under way at once."""
LONGEST_OPEN = dt.timedelta(hours=25)
"""Stripe lets nobody pay a session a day after it was made."""
POLL_EVERY = 2.0
"""Seconds between looks for what other processes left to be asked."""


class Cards(Door):
    """One process's door to Stripe, and what follows everything there until it is over."""

    async def run(self) -> None:
        """The loop, until cancelled; as many processes as wished may run it."""
        await self.mind_keys()
        while True:
            self._woken.clear()
            try:
                await self.work_off()
            except Exception as error:
                log.error("cards: %s; again in a moment", type(error).__name__, exc_info=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_EVERY):
                    await self._woken.wait()

    async def mind_keys(self) -> None:
        """Follows what the configuration says of keys; whoever keeps a group's money is told when its key cannot be read."""
        async with self._telling() as (session, news):
            await accounts.follow_host(session, self.host_key, self.host_group)
            found = await standing(session, self.host_key, self.host_group)
            if found is not None:
                log.log(found.level, "%s", found.said)
            for group in await accounts.mind_keys(session, self.reads):
                if group.takes_cards:
                    log.info("group %s: its Stripe key can be read again", group.id)
                else:
                    log.error(
                        "group %s: its Stripe key cannot be read: is encryption_key another one?", group.id
                    )
                await news.of_key(group)

    async def work_off(self) -> None:
        """Handles every event that came in, and asks Stripe everything that is due."""
        await self._while_due(self._next_event)
        now = utc_now()
        async with self.edge.database.snapshot() as session:
            is_due = await asking.is_due(session, Checkout, now) or await asking.is_due(
                session, CardRefund, now
            )
        if is_due:
            await asyncio.gather(
                *(self._while_due(self._next_checkout, self._next_refund) for _ in range(AT_A_TIME))
            )
        async with self.edge.database.snapshot() as session:
            due = await accounts.due(session, utc_now())
        for account_id in due:
            await self._guarded(partial(self._follow, account_id))

    async def _while_due(self, *kinds: Callable[[], Awaitable[bool]]) -> None:
        for take_next in kinds:
            while await self._guarded(take_next):
                pass

    async def _guarded(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """What breaks on one thing is taken up again later, and does not keep the others waiting."""
        try:
            return await work()
        except Exception as error:
            log.error("cards: %s; again later", type(error).__name__, exc_info=True)
            return False

    async def _next_event(self) -> bool:
        async with self._telling() as (session, news):
            event = await events.take(session)
            if event is None:
                return False
            outcome = "ignored"
            try:
                async with session.begin_nested():
                    seen = events.session_in(event)
                    if events.is_elsewhere(event):
                        if events.mark_in(event) is not None:
                            raise NotOurs("account")
                    elif event.kind == events.FAILED and seen is not None and seen.token is not None:
                        await checkouts.look_soon(session, seen.token)  # it does not say why
                        outcome = "looked"
                    elif seen is not None:
                        outcome = await self._event_of_checkout(session, news, seen)
                    elif event.kind.startswith(events.ABOUT_MONEY):
                        await accounts.look_soon(session, event.account_id)
                        outcome = "looked"
                    elif event.kind.startswith(events.ABOUT_PAYMENTS):
                        mark = events.mark_in(event)
                        if mark is not None:
                            await checkouts.look_soon(session, mark)
                            outcome = "looked"
            except NotOurs as refusal:
                outcome = f"parked: {refusal.field}"
            except (LedgerError, IntegrityError, DataError, KeyError, TypeError, AttributeError) as error:
                outcome = f"parked: {type(error).__name__}"
            if outcome.startswith("parked"):
                log.error("stripe event %s (%s): %s", event.stripe_id, event.kind, outcome)
                await news.parked(event)
            await events.finish(session, event, outcome)
        return True

    async def _event_of_checkout(self, session: AsyncSession, news: CardNews, seen: Seen) -> str:
        checkout = await events.checkout_of(session, seen)
        if checkout is None:
            if seen.token is not None:
                raise NotOurs("session")
            return "ignored"
        if (await accounts.get_account(session, checkout.account_id)).sealed_key is not None:
            raise NotOurs("account")  # it is the host's secret that signed it
        learnt = await checkouts.learn(session, checkout.id, seen)
        if learnt is not None:
            await news.of_checkout(learnt)
        elif not seen.is_paid and seen.url is None:
            await checkouts.look_soon(session, checkout.token)
        return "learnt"

    async def _next_checkout(self) -> bool:
        async with self.edge.database.unit_of_work() as session:
            checkout = await checkouts.take_due(session, utc_now())
            if checkout is None:
                return False
            account = await accounts.get_account(session, checkout.account_id)
            payment = await get_payment(session, checkout.group_id, checkout.payment_id)
            looks = checkout.looks
        try:
            seen = await self._ask(account, checkout)
            if payment.state is not PaymentState.EXPECTED and not seen.is_paid and not seen.is_over:
                seen = await self.gateway.expire(self._key(account), seen.stripe_id)
            learnt = await self._learn(checkout.id, seen)
            if learnt is None or not (learnt.is_over or learnt.receipt):
                async with self.edge.database.unit_of_work() as session:
                    await checkouts.postpone(session, checkout.id)
        except AnswerLost:
            log.error(
                "checkout %s: Stripe keeps an error as its answer; another takes its place", checkout.id
            )
            await self._renew(checkout.id)
        except CardRefused as refusal:
            await self._refused(checkout, refusal)
        except (CardUnavailable, CardKeyRefused, KeyUnreadable) as error:
            log.warning("checkout %s: %s", checkout.id, type(error).__name__)
            async with self._telling() as (session, news):
                await checkouts.postpone(session, checkout.id)
                if checkout.tell and not looks:
                    await news.unavailable(checkout, error)
        return True

    async def _refused(self, checkout: Checkout, refusal: CardRefused) -> None:
        """Stripe will not have this session: the next attempt is another one. One it had may have been paid: asked again."""
        log.error("checkout %s: Stripe refuses: %s", checkout.id, refusal.code)
        async with self._telling() as (session, news):
            if checkout.stripe_id is not None and utc_now() < checkout.created_at + LONGEST_OPEN:
                await checkouts.postpone(session, checkout.id)
            else:
                learnt = await checkouts.give_up(session, checkout.id)
                if learnt is not None:
                    await news.refused(learnt)

    async def _next_refund(self) -> bool:
        async with self.edge.database.unit_of_work() as session:
            taken = await refunds.take_due(session, utc_now())
            if taken is None:
                return False
            refund, checkout = taken
            account = await accounts.get_account(session, checkout.account_id)
        try:
            await self._make(account, checkout, refund)
        except (CardUnavailable, CardKeyRefused, KeyUnreadable) as error:
            log.warning("refund %s: %s", refund.id, type(error).__name__)
            async with self.edge.database.unit_of_work() as session:
                await refunds.postpone(session, refund.id)
        return True

    async def _make(self, account: CardAccount, checkout: Checkout, refund: CardRefund) -> None:
        assert checkout.payment_intent is not None
        stripe_id, status = None, "failed"
        is_first = refund.looks == 1
        try:
            key = self._key(account)
            done = (
                None
                if is_first
                else await self.gateway.find_refund(key, checkout.payment_intent, refund.token)
            )  # a token is good for a day only, and an attempt may be older
            stripe_id, status = done or await self.gateway.refund(
                key, checkout.payment_intent, refund.amount_cents, refund.token
            )
        except AnswerLost:
            if is_first:
                raise
            log.error("refund %s: Stripe keeps an error as its answer; asked anew", refund.id)
            async with self.edge.database.unit_of_work() as session:
                await refunds.ask_anew(session, refund.id)
            return
        except CardRefused as refusal:
            log.error("refund %s: Stripe refuses: %s", refund.id, refusal.code)
        except (CardKeyRefused, KeyUnreadable) as error:
            if not is_first:  # nobody knows what became of the attempt before
                raise
            log.error("refund %s: %s", refund.id, type(error).__name__)
        async with self._telling() as (session, news):
            if stripe_id is None or status in ("failed", "canceled"):
                learnt = await refunds.failed(session, refund.id, stripe_id)
            else:
                learnt = await refunds.made(session, refund.id, stripe_id)
            if learnt is not None:
                await news.of_refund(learnt)
            await accounts.look_soon(session, account.id)

    async def _follow(self, account_id: int) -> bool:
        """Writes down what moved at Stripe since the last look; returns whether all of it was seen."""
        begun = utc_now()
        async with self.edge.database.snapshot() as session:
            account = await accounts.get_account(session, account_id)
        soon, is_complete = False, True
        waiting: list[Movement] = []
        try:
            key = self._key(account)
            found = [movement async for movement in self.gateway.movements(key, movements.since(account))]
            async with self.edge.database.snapshot() as session:
                known = await movements.known(session, account, [movement.stripe_id for movement in found])
            for movement in reversed(found):
                if movement.stripe_id not in known:
                    try:
                        if not await self._write(key, account_id, movement, waiting):
                            waiting.append(movement)
                            soon |= not movement.is_at_a_bank
                    except (NotOurs, IntegrityError) as error:
                        log.error(
                            "card movement %s: %s", movement.stripe_id, type(error).__name__, exc_info=True
                        )
                        soon, is_complete = True, False
        except (CardUnavailable, CardRefused, CardKeyRefused, KeyUnreadable) as error:
            log.warning("card account %s: %s", account_id, type(error).__name__)
            soon, is_complete = isinstance(error, CardUnavailable), False
        async with self.edge.database.unit_of_work() as session:
            await movements.looked(
                session, account_id, begun, is_complete=is_complete, soon=soon, waiting=waiting
            )
        return is_complete

    async def _write(
        self, key: str, account_id: int, movement: Movement, waiting: Sequence[Movement]
    ) -> bool:
        paid_out: list[str] = []
        if movement.category == "payout" and movement.status == "paid" and movement.source is not None:
            paid_out = await self.gateway.paid_out(key, movement.source)
        if any(one.stripe_id in paid_out for one in waiting):
            return False  # what it brought to the bank is not all known yet
        async with self._telling() as (session, news):
            is_done, learnt = await movements.write(session, account_id, movement, paid_out)
            if learnt is not None:
                await news.of_movement(learnt)
        return is_done
